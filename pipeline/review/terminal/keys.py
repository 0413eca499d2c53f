"""Bytes from a terminal as keys: what was typed, one name a key.

A printable character is its own name; the others are ``enter``, ``backspace``, ``clear`` (Ctrl-U),
``esc``, ``up``, ``down``, ``left``, ``right``, ``pageup``, ``pagedown``, ``home`` and ``end``.
What is pasted is no key: nobody decides by pasting.
"""

from __future__ import annotations

import codecs
import re

PASTE_ON, PASTE_OFF = "\x1b[?2004h", "\x1b[?2004l"
"""Asks the terminal to mark what is pasted. Source: xterm, "Bracketed Paste Mode"."""

_PASTE_BEGINS, _PASTE_ENDS = "\x1b[200~", "\x1b[201~"
_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|O.)")
# Source: ECMA-48, control sequences; xterm, "PC-Style Function Keys".
_NAMES = {
    "\x1b[A": "up",
    "\x1b[B": "down",
    "\x1b[C": "right",
    "\x1b[D": "left",
    "\x1b[5~": "pageup",
    "\x1b[6~": "pagedown",
    "\x1b[H": "home",
    "\x1b[1~": "home",
    "\x1b[F": "end",
    "\x1b[4~": "end",
    "\r": "enter",
    "\n": "enter",
    "\x7f": "backspace",
    "\x08": "backspace",
    "\x15": "clear",
}


class KeyDecoder:
    """Turns what was read into keys; keeps what is not whole yet."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._rest = ""
        self._is_pasting = False

    @property
    def is_undecided(self) -> bool:
        """Whether a lone escape waits, which may be the key or begin a sequence."""
        return bool(self._rest)

    def feed(self, data: bytes) -> list[str]:
        """The keys that ``data`` completes, in order."""
        self._rest += self._text.decode(data)
        return self._keys()

    def settle(self) -> list[str]:
        """What waited is all there is: an escape alone is the key."""
        rest, self._rest = self._rest, ""
        return ["esc"] if rest.startswith("\x1b") and not self._is_pasting else []

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while self._rest:
            if self._is_pasting:
                _, ended, after = self._rest.partition(_PASTE_ENDS)
                if not ended:
                    # Its end may have come in part.
                    self._rest = self._rest[-len(_PASTE_ENDS) + 1 :]
                    break
                self._rest, self._is_pasting = after, False
                continue
            if self._rest[0] == "\x1b":
                found = _SEQUENCE.match(self._rest)
                if not found:
                    if len(self._rest) > 1 and self._rest[1] not in "[O":
                        # Alt with a key, or two quick keys: the escape counts.
                        keys.append("esc")
                        self._rest = self._rest[1:]
                        continue
                    break
                self._rest = self._rest[found.end() :]
                if found[0] == _PASTE_BEGINS:
                    self._is_pasting = True
                else:
                    keys.append(_key_of_sequence(found[0]))
                continue
            character, self._rest = self._rest[0], self._rest[1:]
            name = _NAMES.get(character, character if character.isprintable() else "")
            keys.append(name)
        return [key for key in keys if key]


def _key_of_sequence(sequence: str) -> str:
    """Arrows come as ``ESC [ A`` or ``ESC O A``, as the terminal's mode is."""
    return _NAMES.get(sequence.replace("\x1bO", "\x1b["), "")
