r"""Text from outside in Markdown that is not a list file: issues, summaries, digests, mails.

It shows as typed and does nothing. Two things can go wrong, and both are met here. Markdown and
HTML could read markup in it, so that is escaped; tags with entities, which are right in a
paragraph and in a block of HTML alike. And GitHub acts on plain words after Markdown is done
(mentions, issues, commits, addresses, emoji), where no backslash helps, so those are broken by a
character that nobody sees. A list file's own entries are written by :mod:`pipeline.lists.escape`:
they must read back, this need not.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.lists.escape import to_markdown, to_markdown_item

MOST_CHARACTERS = 300
"""Longest text; a longer one ends in an ellipsis. The longest title of the list has 198."""

WORD_JOINER = "\u2060"
"""Takes no room, and breaks what GitHub would act on."""

_ACTIVE = re.compile(
    r"""
      @(?=\w)                            # mentions, and addresses of mail
    | \#(?=\w) | \bGH-(?=\d)             # issues
    | :(?=//) | \bwww(?=\.)              # addresses
    | :(?=[\w+-]+:)                      # emoji
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Source: GitHub Docs, "Autolinked references and URLs" and "Basic writing and formatting syntax";
# https://github.github.com/gfm/#autolinks-extension-.


def harmless(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """Markdown of one line that shows ``text``, wherever it is put, and does nothing.

    Args:
        text: Anything, lone surrogates included.
        most: Longest result before escaping, in characters.
    """
    first, *rest = plain_line(text, most=most).split("$")
    parts = [to_markdown_item(first, reserved=_MARKS)]
    parts += [to_markdown(part, reserved=_MARKS) for part in rest]
    # A dollar sign is one: what GitHub would typeset between two of them is shown as typed.
    markdown = _ESCAPED.sub(lambda found: _ENTITIES.get(found[0], found[0]), "\\$".join(parts))
    markdown = _ACTIVE.sub(lambda found: found[0] + WORD_JOINER, markdown.replace("|", "\\|"))
    return _COMMIT.sub(lambda found: WORD_JOINER.join(_PIECES.findall(found[0])), markdown)


def plain_line(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """``text`` on one line, at most ``most`` characters, without any that hide or turn it round.

    Control and format characters leave (Cc, Cf), white space collapses, half a surrogate pair
    becomes U+FFFD.
    """
    kept = (" " if c.isspace() else _REPLACED.get(unicodedata.category(c), c) for c in text)
    line = " ".join("".join(kept).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


_MARKS = "`*~_"
_ESCAPED = re.compile(r"\\.")
_COMMIT = re.compile(r"\b[0-9a-f]{7,40}\b", re.IGNORECASE)
_PIECES = re.compile(".{1,6}")
_ENTITIES = {"\\<": "&lt;", "\\&": "&amp;"}
_REPLACED = {"Cc": "", "Cf": "", "Cs": "\N{REPLACEMENT CHARACTER}"}
