"""Text on a terminal: what may be shown, how it is wrapped, and how it is told apart.

Widths are columns of the terminal: a Chinese character has two, an accent none. Nothing is told
by colour alone, so that NO_COLOR loses nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pipeline.lists.harmless import plain_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STRONG = "bold"
SOFT = "dim"
FOR = "bold green"
AGAINST = "underline red"
GRAVE = "bold red"
GOOD = "bold green"
ADDED, REMOVED = "green", "red"

LONGEST = 50_000
"""Characters of a text that are shown: no honest abstract has a tenth."""
_MOST_MARKS = 4
"""Combining marks on one letter; more climb over the lines above."""

_DRIVES = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_MEASURING = Console(width=80, highlight=False, markup=False, emoji=False)


def shown(text: str, *, most: int = LONGEST) -> str:
    """``text`` on one line, with nothing in it that drives a terminal, hides or turns round."""
    line = plain_line(text, most=most)
    if line.isascii():
        return line
    kept: list[str] = []
    marks = 0
    for character in line:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def exact(text: str) -> str:
    """A line of a file with its blanks as they are; what drives a terminal is a U+FFFD."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) in _DRIVES else character
        for character in text.replace("\t", "    ")
    )


def wrap(text: Text | str, width: int, *, indent: str = "", first: str | None = None) -> list[Text]:
    """Lines of at most ``width`` columns, the first after ``first``, others after ``indent``."""
    whole = Text(text) if isinstance(text, str) else text
    begin = indent if first is None else first
    room = max(width - max(cell_len(begin), cell_len(indent)), 8)
    lines = list(whole.wrap(_MEASURING, room, overflow="fold")) or [Text()]
    return [
        Text.assemble(begin if number == 0 else indent, line) for number, line in enumerate(lines)
    ]


def fitted(text: Text, width: int) -> Text:
    """One line of exactly ``width`` columns."""
    line = text.copy()
    line.truncate(width, overflow="ellipsis", pad=True)
    return line


def side_by_side(
    left: Sequence[Text], right: Sequence[Text], *, width: int, gap: int
) -> list[Text]:
    """Two columns as lines; the left one is ``width`` wide."""
    rows = max(len(left), len(right))
    empty = Text()
    return [
        Text.assemble(
            fitted(left[row] if row < len(left) else empty, width),
            " " * gap,
            right[row] if row < len(right) else empty,
        )
        for row in range(rows)
    ]


def bar(share: float, width: int) -> Text:
    """A share of 0..1 as a bar."""
    full = round(max(0.0, min(1.0, share)) * width)
    return Text.assemble(("━" * full, STRONG), ("─" * (width - full), SOFT))


def with_words(text: str, words_for: Iterable[str], words_against: Iterable[str]) -> Text:
    """``text`` with the words that mattered marked; one that spoke both ways spoke for it.

    A blank in a word stands for a hyphen too: "pre trained" is found in "pre-trained".
    """
    marked = Text(text)
    for style, words in ((AGAINST, words_against), (FOR, words_for)):
        pattern = _pattern(words)
        if pattern:
            for found in pattern.finditer(text):
                marked.stylize(f"not underline {style}" if style == FOR else style, *found.span())
    return marked


def _pattern(words: Iterable[str]) -> re.Pattern[str] | None:
    parts = [re.split(r"[\s-]+", shown(word).strip()) for word in words]
    wanted = sorted(
        (r"[\s-]+".join(map(re.escape, part)) for part in parts if any(part)), key=len, reverse=True
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", re.IGNORECASE) if wanted else None
