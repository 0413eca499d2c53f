"""Which lines of a list file are headings, and which are hidden from the reader of the page.

Knows the shapes of headings (``## Topic``, underlined, a folded group's summary), code
fences and comments; not which heading is a topic.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.lists.grammar import (
    Heading,
    YearLabel,
    parse_heading,
    parse_summary,
    parse_year_label,
    plain_label,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t])*(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_COMMENT_START = re.compile(r"(?:[ \t]|[-*+][ \t])*<!--")
_UNDERLINE = re.compile(r" {0,3}(?P<mark>=+|-{2,})[ \t]*$")
_PARAGRAPH = re.compile(r" {0,3}(?![-*+>#<|=`~:]|\d{1,9}[.)])\S")
_DETAILS = re.compile(r"[ \t]*<details[^>]*>\s*$", re.IGNORECASE)
_SUMMARY_REACH = 3
"""Most lines above a ``<summary>`` where its ``<details>`` stands."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A heading, or a summary that names a year."""

    line: int
    level: int
    text: str
    year: YearLabel | None
    header: range
    folded: bool = False


def topic_key(name: str) -> str:
    """What two spellings of a topic's name share."""
    return " ".join(name.casefold().replace("&", "and").split())


def hidden_lines(lines: Sequence[str]) -> dict[int, str]:
    """0-based lines inside code fences and HTML comments, and which of the two."""
    hidden: dict[int, str] = {}
    fence = ""
    in_comment = False
    for number, line in enumerate(lines):
        if fence:
            hidden[number] = "a code fence"
            if line.strip() and not line.strip(" \t\r>").strip(fence[0]) and fence in line:
                fence = ""
        elif in_comment:
            hidden[number] = "a comment"
            in_comment = "-->" not in line
        elif "<!--" in line and _COMMENT_START.match(line):
            after = line.partition("<!--")[2]
            in_comment = "-->" not in after
            if in_comment or not after.partition("-->")[2].strip():
                hidden[number] = "a comment"
        elif "```" in line or "~~~" in line:
            found = _FENCE.match(line)
            if found:
                fence = found["fence"]
                hidden[number] = "a code fence"
    return hidden


def find_marks(lines: Sequence[str], hidden: Collection[int]) -> list[Mark]:
    """The headings of a file and the summaries that name a year, in its order.

    Args:
        lines: The file's lines.
        hidden: 0-based lines to pass over.
    """
    return _settle(list(_marks(lines, hidden)))


def _marks(lines: Sequence[str], hidden: Collection[int]) -> Iterator[Mark]:
    for number, line in enumerate(lines):
        if number in hidden:
            continue
        text = (line.lstrip("\ufeff") if number == 0 else line).lstrip(" \t")
        first = text[:1]
        if first == "#":
            heading = parse_heading(line.lstrip("\ufeff").rstrip("\r"))
            if heading:
                yield _heading(range(number, number + 1), heading)
        elif first == "<" and (summary := parse_summary(text)) is not None:
            year = parse_year_label(summary)
            if year:
                yield Mark(number, 7, summary, year, _summary_header(lines, number), folded=True)
        elif first in {"=", "-"} and (underlined := _underlined(lines, hidden, number)):
            yield _heading(range(number - 1, number + 1), underlined)


def _heading(header: range, heading: Heading) -> Mark:
    year = parse_year_label(heading.text)
    return Mark(header.start, heading.level, heading.text, year, header)


def _underlined(lines: Sequence[str], hidden: Collection[int], number: int) -> Heading | None:
    """The heading of one line that line ``number`` underlines, if it does."""
    found = _UNDERLINE.match(lines[number].rstrip("\r"))
    if not found or not number or number - 1 in hidden:
        return None
    text = lines[number - 1].lstrip("\ufeff")
    above = lines[number - 2] if number > 1 and number - 2 not in hidden else ""
    if above.strip() or not _PARAGRAPH.match(text):
        return None
    return Heading(1 if found["mark"][0] == "=" else 2, plain_label(text.rstrip("\r")))


def _summary_header(lines: Sequence[str], number: int) -> range:
    """The lines of a summary, with the ``<details>`` line above it."""
    if not lines[number].lower().startswith("<details"):
        for above in range(number - 1, max(-1, number - 1 - _SUMMARY_REACH), -1):
            if _DETAILS.match(lines[above]):
                return range(above, number + 1)
            if lines[above].strip():
                break
    return range(number, number + 1)


def _settle(marks: list[Mark]) -> list[Mark]:
    """Year headings without a colon are such only if they name a heading."""
    names = {topic_key(mark.text) for mark in marks if mark.year is None}
    return [
        replace(mark, year=None)
        if mark.year and not mark.year.sure and topic_key(mark.year.topic) not in names
        else mark
        for mark in marks
    ]
