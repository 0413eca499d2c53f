"""A page of arXiv's query interface, checked before anything believes it.

The ``arxiv`` package repairs what is broken and calls the rest an empty result;
here a page is either well-formed and complete or a :class:`PageError`. An entry
that cannot be read is taken out and named, so that it costs no other.

Source of the format: https://info.arxiv.org/help/api/user-manual.html and
answers recorded in 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from pipeline.arxiv_id import parse_arxiv_id
from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_ERROR_ID = re.compile(r"https?://arxiv\.org/api/errors", re.ASCII)
_SHOWN_CHARACTERS = 80


class PageError(Exception):
    """An answer is no page of results.

    Args:
        problem: What it is instead.
        refused: Whether arXiv refused the query, so that asking again is no use.
    """

    def __init__(self, problem: str, *, refused: bool = False) -> None:
        self.refused = refused
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of results, as arXiv sent it.

    Attributes:
        total: How many papers match the query, on all pages.
        start: Index of the first entry among them.
        received: Entries on this page, the unreadable ones included.
        set_aside: One line for each unreadable entry.
        body: The page without them, and with a total that ends here: for a
            parser that would otherwise ask for the next page itself.
    """

    total: int
    start: int
    received: int
    set_aside: tuple[str, ...]
    body: bytes


def read_page(body: bytes) -> Page:
    """The page of results that ``body`` is.

    Raises:
        PageError: It is none: empty, cut short, HTML, another feed, an error feed.
    """
    root = _parse(body)
    if root.tag != f"{_ATOM}feed":
        raise PageError(f"the answer is no Atom feed but <{_shown(root.tag)}>")
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if _ERROR_ID.match(_text(entry, f"{_ATOM}id")):
            said = _shown(_text(entry, f"{_ATOM}summary"))
            raise PageError(f"arXiv refuses the query: {said}", refused=True)
    total, start = _count(root, "totalResults"), _count(root, "startIndex")
    set_aside = []
    for entry in entries:
        if problem := _problem(entry):
            set_aside.append(f"{_shown(_text(entry, f'{_ATOM}id')) or 'an entry'}: {problem}")
            root.remove(entry)
    readable = len(entries) - len(set_aside)
    _counter(root, "totalResults").text = str(start + readable)
    return Page(
        total=total,
        start=start,
        received=len(entries),
        set_aside=tuple(set_aside),
        body=ElementTree.tostring(root, encoding="utf-8", xml_declaration=True),
    )


class _NoDoctype(ElementTree.TreeBuilder):
    """Builds the tree, and refuses entity definitions before they are read."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:  # noqa: ARG002 - the parser's interface
        raise PageError(f"the answer is no Atom feed but a document of type {_shown(name)}")


def _parse(body: bytes) -> Element:
    if not body.strip():
        raise PageError("the answer is empty")
    # Strict, without entities of its own (see _NoDoctype), and within the client's byte cap.
    parser = ElementTree.XMLParser(target=_NoDoctype())  # noqa: S314 - as above
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        if body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
            raise PageError("the answer is a page of HTML") from error
        raise PageError(f"the answer is not well-formed XML ({error})") from error
    return root


def _problem(entry: Element) -> str:
    """Why an entry cannot be read, or ""."""
    if parse_arxiv_id(_text(entry, f"{_ATOM}id")) is None:
        return "its id is no arXiv address"
    if not plain_text(_text(entry, f"{_ATOM}title")):
        return "it has no title"
    for name in ("published", "updated"):
        if not _is_time(_text(entry, f"{_ATOM}{name}")):
            return f"its <{name}> is no time"
    primary = entry.find(f"{_ARXIV}primary_category")
    if primary is None or not primary.get("term"):
        return "it has no primary category"
    return ""


def _is_time(text: str) -> bool:
    try:
        # As the arxiv package reads it, which lets these errors escape.
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return moment.tzinfo is not None


def _count(root: Element, name: str) -> int:
    text = (_counter(root, name).text or "").strip()
    if not (text.isascii() and text.isdecimal()):
        raise PageError(f"<{name}> is {_shown(text)!r}, not a number")
    return int(text)


def _counter(root: Element, name: str) -> Element:
    found = root.find(f"{_SEARCH}{name}")
    if found is None:
        raise PageError(f"the feed has no <{name}>")
    return found


def _text(entry: Element, tag: str) -> str:
    return entry.findtext(tag) or ""


def _shown(text: str) -> str:
    return plain_text(text)[:_SHOWN_CHARACTERS]
