"""Whether what a maintainer typed can stand in an entry.

The list's writer makes any text harmless; here is refused what it would have to
change, so that an entry never stands otherwise than its maintainer typed it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.errors import EntryEditError

if TYPE_CHECKING:
    from db.records import EntryEdit

LONGEST_LINE = 1_000
"""Characters of a title, a venue, a key word or a label; the reference list's longest is 250."""
LONGEST_TEXT = 20_000
"""Characters of authors and of a digest: a paper of 3,000 authors has 50,000 and is cut by hand."""
LONGEST_ADDRESS = 2_000
MOST_KEYWORDS = 20
MOST_LINKS = 20


def check_edit(edit: EntryEdit) -> None:
    """Refuses what cannot stand in an entry.

    Raises:
        EntryEditError: A value is empty where the list needs one, holds more than a line, is too
            long, or is no address of the web.
    """
    if edit.title is not None:
        _check_line("title", edit.title, LONGEST_LINE)
        if not edit.title.strip(" ."):
            raise EntryEditError("an entry needs a title")
    for name, text, longest in (
        ("authors", edit.authors, LONGEST_TEXT),
        ("venue", edit.venue, LONGEST_LINE),
        ("digest", edit.digest, LONGEST_TEXT),
    ):
        if text is not None:
            _check_line(name, text, longest)
    _check_keywords(edit.keywords or ())
    _check_links(edit.links or ())


def _check_keywords(keywords: tuple[str, ...]) -> None:
    if len(keywords) > MOST_KEYWORDS:
        raise EntryEditError(f"{len(keywords)} key words are too many: at most {MOST_KEYWORDS}")
    for word in keywords:
        _check_line("key word", word, LONGEST_LINE)
        if not word.strip(" ."):
            raise EntryEditError("a key word is empty")
        if ";" in word:
            raise EntryEditError("a key word holds a semicolon", hint="give each one by itself")


def _check_links(links: tuple[tuple[str, str], ...]) -> None:
    if len(links) > MOST_LINKS:
        raise EntryEditError(f"{len(links)} links are too many: at most {MOST_LINKS}")
    for label, address in links:
        _check_line("label of a link", label, LONGEST_LINE)
        _check_line("address", address, LONGEST_ADDRESS)
        if not is_web_address(address):
            raise EntryEditError(
                f"{address[:80]!r} is no web address",
                hint="links begin with https:// or http:// and hold no blanks",
            )


def is_web_address(text: str) -> bool:
    """Whether ``text`` is an address that a browser may follow from a list."""
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and not any(c.isspace() for c in text)


def _check_line(name: str, text: str, longest: int) -> None:
    if len(text) > longest:
        raise EntryEditError(
            f"the {name} has {len(text):,} characters", hint=f"at most {longest:,} fit"
        )
    for character in text:
        if character in "\u2028\u2029" or unicodedata.category(character) in {"Cc", "Cs"}:
            what = "a line break" if character in "\n\r\u2028\u2029\x0b\x0c\x85" else "a control"
            raise EntryEditError(
                f"the {name} holds {what} (U+{ord(character):04X})", hint="write it as one line"
            )
