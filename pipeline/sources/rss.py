"""arXiv's RSS: what was announced today in one category, and how.

The only interface that says how a paper was announced. What it cannot do: it has
one announcement day and no other, leaves out versions from 6 on, and may serve
yesterday's day as today's (``freshness``). feedparser reads the feed, but from
bytes that were fetched and found whole here, and without its sanitiser, which
takes ``<think>`` and ``$i<j>k$`` for markup. It also mends what looks to it like a
wrong encoding, so the free text is taken from the strict tree.

Source of the format: https://info.arxiv.org/help/rss.html, arXiv/arxiv-feed at
110b5ab, and answers recorded in 2026.
"""

from __future__ import annotations

import io
import logging
import re
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.arxiv_id import parse_arxiv_id
from pipeline.errors import SourceError
from pipeline.sources.authors import split_authors
from pipeline.sources.plain_text import plain_text
from pipeline.sources.strict_xml import XmlError, local_name, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from pipeline.sources.http import HttpClient

SOURCE = "rss"
"""Who asks, in errors and in the ledger."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_GUID = re.compile(r"oai:arXiv\.org:(\S+?)v([1-9]\d{0,3})", re.ASCII)
_DESCRIPTION = re.compile(
    r"arXiv:(?P<id>\S+?)v(?P<version>\d+)\s+Announce Type:\s*(?P<type>\S+)\s+Abstract:(?P<text>.*)",
    re.DOTALL,
)
_ERROR_TITLE = "Feed error"
_TRIES = 3
_OK = 200
_SHOWN_CHARACTERS = 120

_log = logging.getLogger(__name__)


class FeedError(Exception):
    """An answer is no feed; the message says what it is instead.

    Args:
        problem: What it is.
        refused: Whether arXiv refused the question, so that asking again is no use.
    """

    def __init__(self, problem: str, *, refused: bool = False) -> None:
        self.refused = refused
        super().__init__(problem)


class FeedType(StrEnum):
    """How arXiv announced a paper in a category (the feed's own words)."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    REPLACE_CROSS = "replace-cross"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One announcement in one category.

    Attributes:
        arxiv_id: Identifier without version.
        version: The version announced.
        feed_type: How it was announced.
        day: The announcement day it gives (US Eastern).
        title: White space collapsed, TeX as the authors typed it.
        abstract: Likewise, or ``None`` if the description has none.
        authors: In arXiv's order, without affiliations.
        categories: Primary first, as far as arXiv keeps to that.
        license: Address of the licence, or "".
        doi: Digital object identifier, or "".
        journal_ref: Where it was published, or ``None``.
    """

    arxiv_id: str
    version: int
    feed_type: FeedType
    day: date
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    license: str
    doi: str
    journal_ref: str | None

    @property
    def is_first(self) -> bool:
        """Whether it is announced as new in its category: new, or a cross-list."""
        return self.feed_type in {FeedType.NEW, FeedType.CROSS}

    @property
    def guid(self) -> str:
        """What arXiv calls this announcement: identifier and version."""
        return f"oai:arXiv.org:{self.arxiv_id}v{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A whole feed, if it is fresh or not.

    Attributes:
        title: What it says it is (``"cs.LG updates on arXiv.org"``).
        day: The announcement day it says it is of (US Eastern); ``None`` for an
            Atom feed without entries, which names none.
        items: In the feed's order.
        received: How many items it has, those set aside included.
        set_aside: One line for each item that could not be read.
    """

    title: str
    day: date | None
    items: tuple[FeedItem, ...]
    received: int
    set_aside: tuple[str, ...]

    @property
    def guids(self) -> frozenset[str]:
        """What arXiv calls its announcements."""
        return frozenset(item.guid for item in self.items)


def fetch_category(client: HttpClient, rss_url: str, category: str, *, twin: bool = False) -> Feed:
    """The feed of one category, whole; whether it is fresh is another question.

    Args:
        client: The run's client; ``rss_url`` is one of its addresses.
        rss_url: The address of the feeds (``https://rss.arxiv.org/rss``).
        category: A category or an archive (``"cs.LG"``, ``"cs"``). One a request:
            joined with "+", busy ones exceed what a feed holds.
        twin: Ask for the same in Atom, which arXiv's cache keeps apart.

    Raises:
        SourceError: arXiv does not answer, or not with a feed, or knows no such category.
    """
    base = rss_url.rstrip("/")
    if twin:
        base = re.sub(r"/rss$", "/atom", base)
    url = f"{base}/{quote(category, safe='')}"
    problem = ""
    for _ in range(_TRIES):
        answer = client.get(url, source=SOURCE)
        try:
            feed = read_feed(answer.body)
        except FeedError as error:
            problem = str(error)
            if error.refused:
                raise SourceError(
                    SOURCE,
                    f"{category}: {problem}",
                    hint="categories under [sources] names it",
                ) from error
            if answer.status != _OK:
                problem = f"status {answer.status}"
                break
            _log.info("%s: %s: %s", SOURCE, category, problem)
            continue
        if answer.status == _OK:
            return feed
        problem = f"status {answer.status}"
        break
    raise SourceError(SOURCE, f"{category}: {problem}", hint="the next run asks again")


def read_feed(body: bytes) -> Feed:
    """The feed that ``body`` is: RSS 2.0, or its twin in Atom.

    Raises:
        FeedError: It is none: empty, cut short, HTML, with a document type, an error feed.
    """
    texts = _read_texts(body)
    parsed = _parse(body)
    title = plain_text(str(parsed.feed.get("title", "")))
    if title.startswith(_ERROR_TITLE):
        said = plain_text(str(parsed.feed.get("subtitle", "")))
        raise FeedError(f"arXiv refuses: {_shown(said)}", refused=True)
    if len(parsed.entries) != len(texts):
        raise FeedError(f"feedparser reads {len(parsed.entries)} of {len(texts)} items")
    day = _day(parsed.feed.get("published"))
    if day is None and parsed.entries:
        day = _day(parsed.entries[0].get("published"))
    items: list[FeedItem] = []
    set_aside: list[str] = []
    for entry, text in zip(parsed.entries, texts, strict=True):
        item = _item(entry, text, day)
        if isinstance(item, FeedItem):
            items.append(item)
        else:
            name = _shown(plain_text(str(entry.get("id") or entry.get("link") or "an item")))
            set_aside.append(f"{name}: {item}")
    return Feed(
        title=title, day=day, items=tuple(items), received=len(texts), set_aside=tuple(set_aside)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """The free text of an item, to the letter."""

    title: str
    description: str
    creator: str


def _read_texts(body: bytes) -> list[_Text]:
    """The text of each item of a whole feed, by a parser that repairs nothing."""
    try:
        root = parse_xml(body)
    except XmlError as error:
        raise FeedError(str(error)) from error
    if root.tag == "rss":
        channel = root.find("channel")
        if channel is None:
            raise FeedError("the answer is an RSS without a channel")
        if _day(channel.findtext("pubDate")) is None:
            raise FeedError("the feed names no day")
        return [_text(item, "title", "description") for item in channel.findall("item")]
    if root.tag == f"{_ATOM}feed":
        entries = root.findall(f"{_ATOM}entry")
        return [_text(entry, f"{_ATOM}title", f"{_ATOM}summary") for entry in entries]
    raise FeedError(f"the answer is no RSS but <{local_name(root)}>")


def _text(item: Element, title: str, description: str) -> _Text:
    return _Text(
        title=plain_text(item.findtext(title) or ""),
        description=(item.findtext(description) or "").strip(),
        creator=item.findtext(f"{_DC}creator") or "",
    )


def _parse(body: bytes) -> Any:
    import feedparser

    parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if parsed.bozo:
        raise FeedError(f"feedparser cannot read it ({_shown(str(parsed.bozo_exception))})")
    return parsed


def _item(entry: Any, text: _Text, day: date | None) -> FeedItem | str:
    """One item, or what is wrong with it."""
    named = _GUID.fullmatch(plain_text(str(entry.get("id", ""))))
    arxiv_id = parse_arxiv_id(named[1]) if named else None
    if named is None or arxiv_id is None:
        return "it names no paper and version"
    if not text.title:
        return "it has no title"
    said = plain_text(str(entry.get("arxiv_announce_type", "")))
    if said not in set(FeedType):
        return f"its announce type is {_shown(said)!r}"
    own_day = _day(entry.get("published")) or day
    if own_day is None:
        return "it names no day"
    described = _DESCRIPTION.fullmatch(text.description)
    if described and (described["id"], described["version"]) != (named[1], named[2]):
        return f"its description is of {_shown(plain_text(described['id']))!r}"
    return FeedItem(
        arxiv_id=arxiv_id,
        version=int(named[2]),
        feed_type=FeedType(said),
        day=own_day,
        title=text.title,
        abstract=(plain_text(described["text"]) or None) if described else None,
        authors=split_authors(text.creator),
        categories=tuple(
            dict.fromkeys(plain_text(str(tag.get("term") or "")) for tag in entry.get("tags", ()))
        ),
        license=plain_text(str(entry.get("rights", ""))),
        doi=plain_text(str(entry.get("arxiv_doi", ""))),
        journal_ref=plain_text(str(entry.get("arxiv_journal_reference", ""))) or None,
    )


def _day(text: object) -> date | None:
    """The day of a time as it is written: arXiv writes midnight in US Eastern."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text.strip()).date()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _shown(text: str) -> str:
    return text[:_SHOWN_CHARACTERS]
