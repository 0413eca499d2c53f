"""Rules about characters: blanks at the end of lines, letters damaged on the way."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pipeline.lists.grammar import parse_bullet, parse_heading
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.finding import Finding, Lists, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

_LATIN = {
    bytes([byte]).decode("cp1252", errors="ignore") or chr(byte): byte for byte in range(0x80, 256)
} | {chr(byte): byte for byte in range(0x80, 256)}
"""Characters that a byte from 0x80 on becomes when UTF-8 is read as cp1252 or Latin-1."""
_TRAIL = "".join(map(re.escape, (c for c, byte in _LATIN.items() if byte < 0xC0)))  # noqa: PLR2004
_TWICE = re.compile(rf"[ÂÃÄÅÌÍÎÏÐÑ][{_TRAIL}]|[à-ï][{_TRAIL}]{{2}}|[ðñòóô][{_TRAIL}]{{3}}")
"""Two to four characters that can be one, encoded twice.

Of the two-byte letters only Latin, combining, Greek and Cyrillic ones: what
else begins so is a capital before a quotation mark or a dash, as in ``CAFÉ”``.
"""
_LOST = "\ufffd"


def repair_encoding(text: str) -> str:
    """``text`` with letters that were encoded twice as they were meant; nothing else changes.

    >>> repair_encoding("TramÃ¨r â€“ cafÉ")
    'Tramèr – cafÉ'
    """
    while (better := _TWICE.sub(_decoded, text)) != text:
        text = better
    return text


def _decoded(found: re.Match[str]) -> str:
    try:
        text = bytes(_LATIN[char] for char in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
    return found[0] if unicodedata.category(text) in {"Cc", "Cs", "Co", "Cn"} else text


def _damaged(lists: Lists) -> Iterator[Finding]:
    for file, entry, span in lists.entries():
        for number in span:
            line = file.document.lines[number].removesuffix("\r")
            if line.isascii():
                continue
            repaired = repair_encoding(line)
            if repaired != line:
                words = [
                    f"{old} (meant: {new})"
                    for old, new in zip(line.split(" "), repaired.split(" "), strict=False)
                    if old != new
                ]
                message = f"damaged letters: {', '.join(words)}"
            elif _LOST in line:
                message = f"a letter was lost: …{_around(line, line.index(_LOST))}…"
                repaired = ""
            else:
                continue
            yield Finding(
                rule="mojibake",
                path=file.document.path,
                line=number + 1,
                message=message,
                fix=repaired,
                entry=entry,
            )


def _around(line: str, place: int) -> str:
    return line[max(0, place - 15) : place + 15]


def _trailing(lists: Lists) -> Iterator[Finding]:
    for file, entry, span in lists.entries():
        lines = file.document.lines
        for number in span:
            line = lines[number].removesuffix("\r")
            kept = line.rstrip(" \t")
            blanks = len(line) - len(kept)
            if blanks and not (number + 1 < len(lines) and _goes_on(line, lines[number + 1])):
                yield Finding(
                    rule="trailing-blanks",
                    path=file.document.path,
                    line=number + 1,
                    message=f"{blanks} blank{'s' * (blanks > 1)} at the end",
                    fix=kept,
                    entry=entry,
                )


def _goes_on(line: str, after: str) -> bool:
    """Whether the paragraph goes on: then two blanks are a line break that is meant."""
    return (
        line.endswith("  ")
        and bool(after.strip())
        and not parse_bullet(after)
        and not parse_heading(after)
    )


RULES = (
    Rule(
        name="trailing-blanks",
        summary="A line of an entry ends in blanks.",
        fixable=True,
        bad=changed(("Key Word: Auditing; Shadow Models.", "Key Word: Auditing; Shadow Models.  ")),
        good=SOUND,
        check=_trailing,
    ),
    Rule(
        name="mojibake",
        summary="Letters are damaged: UTF-8 that was read as Latin-1 or cp1252 and written again.",
        fixable=True,
        touches=("title", "authors", "venue", "keywords", "digest"),
        bad=changed(("Zoë Author", "ZoÃ« Author")),
        good=SOUND,
        check=_damaged,
    ),
)
