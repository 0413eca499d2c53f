"""List files as topics and entries; reads what people wrote, repairs nothing.

What looks like an entry and is none becomes a :class:`Remark`: reported, never
swallowed. Says nothing about where a new entry goes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.errors import ListFormatError
from pipeline.lists.document import Document
from pipeline.lists.entry import Entry, Link
from pipeline.lists.escape import from_html, from_markdown
from pipeline.lists.grammar import (
    collapse,
    is_paper,
    looks_like_entry,
    names_paper_without_address,
    paper_id,
    parse_bullet,
    split_authors,
    split_keywords,
    split_title,
    split_venue,
    strip_details_end,
    strip_digest_label,
    strip_keywords_label,
    without_full_stop,
)
from pipeline.lists.headings import hidden_lines
from pipeline.lists.sections import Topic, find_topics

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_REMEMBERED = 16_384
"""Lines of which the meaning is remembered: a list is read again after each edit, nearly the same.

A line's meaning depends on nothing but the line, so what is remembered proves as much."""
_TOP_LEVEL = 1
"""Greatest indentation, in columns, at which a bullet stands on the top level."""
_CODE = 4
"""Least indentation, in columns, of code that follows no list item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something in a topic that a person should look at.

    Attributes:
        line: 1-based.
        problem: What it is, a sentence without its full stop.
    """

    line: int
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A list file as read.

    Attributes:
        document: The file itself.
        topics: In the file's order, empty ones included.
        entries: In the file's order.
        spans: For each entry its 0-based lines, without blank ones after it.
        remarks: By line.
    """

    document: Document
    topics: tuple[Topic, ...]
    entries: tuple[Entry, ...]
    spans: tuple[range, ...]
    remarks: tuple[Remark, ...]


def read_list(path: Path, *, hint: str = "check `[list]` in config.toml") -> ListFile:
    """Read a list file; ``hint`` says what to do if it cannot be read.

    Raises:
        ListFormatError: It cannot be read, is not UTF-8, or has no topics.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ListFormatError(
            path,
            0,
            f"cannot be read: {error.strerror or error}",
            hint=hint,
        ) from error
    return parse_list(path, data)


def parse_list(path: Path, data: bytes) -> ListFile:
    """A list file from its bytes; ``path`` is for messages.

    Raises:
        ListFormatError: It is not UTF-8, or has no topics.
    """
    document = Document(path, data)
    hidden = hidden_lines(document.lines)
    topics = find_topics(document.lines, hidden)
    if not topics:
        raise ListFormatError(
            path,
            0,
            "no topics were found: no heading has papers under it",
            hint="a paper is a line like `- Title. [[paper]](https://arxiv.org/abs/2302.06637)` "
            "under a heading like `## Topic`",
        )
    found: list[tuple[Entry, range]] = []
    remarks: list[Remark] = []
    for topic in topics:
        regions: list[tuple[range, int | None]] = [(region, None) for region in topic.loose]
        regions += [(group.body, group.year) for group in topic.years]
        for region, year in regions:
            reading = _Region(document.lines, hidden, region)
            reading.read(topic.name, year)
            found += reading.found
            remarks += reading.remarks
    found.sort(key=lambda pair: pair[0].line)
    return ListFile(
        document=document,
        topics=topics,
        entries=tuple(entry for entry, _ in found),
        spans=tuple(span for _, span in found),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.line)),
    )


@dataclass(slots=True)
class _Item:
    """A list item: its first line, the line after its last, indentation and whole text.

    One with ``why_none`` is a line that looks like an entry's, but is no list item.
    """

    start: int
    stop: int
    indent: int
    text: str
    after_blank: bool
    why_none: str = ""


@dataclass(slots=True)
class _Draft:
    """An entry while its lines come in."""

    start: int
    stop: int
    title: str
    links: tuple[Link, ...]
    rest: str
    authors: str | None = None
    venue: str = ""
    keywords: tuple[str, ...] = ()
    digest: str = ""


@dataclass(slots=True)
class _Region:
    """The lines of one topic and year, on the way to entries."""

    lines: Sequence[str]
    hidden: dict[int, str]
    region: range
    found: list[tuple[Entry, range]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def read(self, topic: str, year: int | None) -> None:
        """Fill ``found`` and ``remarks``."""
        drafts: list[_Draft] = []
        lost = False  # below something that is reported as no entry, and takes its parts along
        for item in self._items():
            current = drafts[-1] if drafts else None
            if item.indent > _TOP_LEVEL and (current or lost) and not self._stands_alone(item):
                if current and not lost:
                    self._add_line(current, item)
                continue
            title, links, rest = split_title(item.text)
            if not current and item.indent >= _CODE and is_paper(links):
                self._remark(item.start, "looks like an entry, but is indented as code is")
            elif links and (item.indent <= _TOP_LEVEL or is_paper(links)):
                drafts.append(_Draft(item.start, item.stop, title, links, rest))
                lost = False
            elif current and not lost and not item.after_blank and self._is_labelled(item.text):
                self._add_line(current, item)
            else:
                self._remark(item.start, item.why_none or _why_none(item.text))
                lost = lost or item.after_blank or names_paper_without_address(item.text)
        for draft in drafts:
            self.found.append((_entry(draft, topic, year), range(draft.start, draft.stop)))

    def _items(self) -> Iterator[_Item]:
        """The region's list items; other text is passed over or remarked upon."""
        item: _Item | None = None
        blank = True
        for number in self.region:
            line = self.lines[number]
            text = line.strip(" \t\r")
            if number in self.hidden:
                self._look_into_hidden(number, text)
                blank = True
                continue
            bullet = parse_bullet(line) if text else None
            if bullet:
                if item:
                    yield item
                item = _Item(number, number + 1, bullet.indent, bullet.text.rstrip("\r "), blank)
            elif text and item and item.stop == number and _goes_on(item, line):
                item.text = f"{item.text} {text}"
                item.stop = number + 1
            elif looks_like_entry(text):
                if item:
                    yield item
                why = "looks like an entry, but is no list item (`- Title`)"
                item = _Item(number, number + 1, 0, "", after_blank=True, why_none=why)
            blank = not text
        if item:
            yield item

    def _look_into_hidden(self, number: int, text: str) -> None:
        bullet = parse_bullet(text.removeprefix("<!--").strip()) if "[" in text else None
        if bullet and is_paper(split_title(bullet.text)[1]):
            self._remark(number, f"looks like an entry, but stands in {self.hidden[number]}")

    def _stands_alone(self, item: _Item) -> bool:
        """Whether an indented item is an entry of its own, pushed in by a slip."""
        return item.after_blank and "[" in item.text and is_paper(split_title(item.text)[1])

    def _is_labelled(self, text: str) -> bool:
        return strip_keywords_label(text) is not None or strip_digest_label(text) is not None

    def _add_line(self, draft: _Draft, item: _Item) -> None:
        """Take an item below a title into its entry."""
        draft.stop = item.stop
        part = _read_part(item.text)
        if part.role == "keywords":
            draft.keywords += part.keywords
            draft.venue = draft.venue or part.venue
        elif part.role == "digest":
            draft.digest = f"{draft.digest} {part.text}".strip()
        elif part.role == "authors" and draft.authors is None:
            draft.authors = part.text
            draft.venue = part.venue or draft.venue
        else:
            self._remark(item.start, "belongs to no part of the entry above it")

    def _remark(self, number: int, problem: str) -> None:
        self.remarks.append(Remark(line=number + 1, problem=problem))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One item below a title: ``authors``, ``keywords``, ``digest``, or ``other``."""

    role: str
    text: str = ""
    venue: str = ""
    keywords: tuple[str, ...] = ()


@lru_cache(maxsize=_REMEMBERED)
def _read_part(text: str) -> _Part:
    keywords = strip_keywords_label(text)
    if keywords is not None:
        words, venue = split_venue(keywords)
        return _Part(
            role="keywords",
            keywords=split_keywords(from_markdown(words)),
            venue=from_markdown(venue),
        )
    digest = strip_digest_label(text)
    if digest is not None:
        text, folded = digest
        shown = from_html(strip_details_end(text)) if folded else from_markdown(text)
        return _Part(role="digest", text=collapse(shown))
    if is_paper(split_title(text)[1]):
        return _Part(role="other")
    authors, venue = split_authors(text)
    return _Part(role="authors", text=_plain_authors(authors), venue=from_markdown(venue))


def _goes_on(item: _Item, line: str) -> bool:
    """Whether a line without bullet goes on with the item above it."""
    if not (line[:1] in {" ", "\t"} or line[:1].isalnum()):
        return False
    if item.why_none:
        return True
    is_title = item.indent <= _TOP_LEVEL and not is_paper(split_title(item.text)[1])
    return is_title or "[[" not in line or not looks_like_entry(line.strip(" \t\r"))


def _plain_authors(markdown: str) -> str:
    return without_full_stop(collapse(from_markdown(markdown)))


def _why_none(text: str) -> str:
    if names_paper_without_address(text):
        return "looks like an entry, but its paper link has no address"
    return "looks like an entry, but has no link to a paper"


def _entry(draft: _Draft, topic: str, year: int | None) -> Entry:
    authors = draft.authors
    if authors is None:  # A slip: the authors stand behind the links.
        behind, venue = split_authors(draft.rest)
        authors, draft.venue = _plain_authors(behind), from_markdown(venue) or draft.venue
    return Entry(
        title=without_full_stop(collapse(from_markdown(draft.title))),
        arxiv_id=paper_id(draft.links),
        topic=topic,
        year=year,
        links=draft.links,
        authors=authors,
        venue=draft.venue,
        keywords=draft.keywords,
        digest=draft.digest,
        line=draft.start + 1,
    )
