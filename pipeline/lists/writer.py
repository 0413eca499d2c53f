"""Entries as lines in the house form, and the edit that puts them into a file.

Four lines, always the same: title and links, authors and venue, key words,
digest. An edit is proved before it is handed out: taken out again it gives the
original, read again it gives every old entry unchanged and the new ones as
they were meant. Writes nothing itself.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from heapq import nlargest
from operator import attrgetter
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url, id_order
from pipeline.errors import EditError
from pipeline.lists.document import insert
from pipeline.lists.entry import Entry, Link, title_key
from pipeline.lists.escape import one_line, to_html, to_markdown, to_markdown_item
from pipeline.lists.grammar import (
    is_paper,
    paper_id,
    split_keywords,
    strip_details_end,
    strip_digest_label,
    strip_keywords_label,
    without_full_stop,
)
from pipeline.lists.headings import topic_key
from pipeline.lists.layout import Block, Place, entry_gap, find_place, place_blocks
from pipeline.lists.new_topic import make_topics
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic

_RECENT = 3
"""How many of the newest entries tell the convention in force."""
_ADDRESS = re.compile(r"https?://[^\s<>\\\"`|]+", re.ASCII)
_BALANCED = re.compile(r"(?:[^()]|\([^()]*\))*")
_LABEL = re.compile(r"[^\W_][\w .+-]{0,59}")
_COLONS = {":": "\\:", "\uff1a": "&#65306;"}
_COLON = re.compile(r"(?<!\\)[:\uff1a]")
_OPEN_DIGEST = "<details><summary>Digest</summary>"
_CONTENT = attrgetter(*(field.name for field in fields(Entry) if field.name != "line"))
"""All that an entry says, its title first; not where it stands."""


class DigestForm(StrEnum):
    """How a list writes its digests."""

    CLOSED = "closed"
    """``<details>`` and ``</details>`` on one line: the house form."""
    OPEN = "open"
    """``<details>`` never closed, as from May 2022 to May 2026."""
    PLAIN = "plain"
    """``Digest: text``, as in 2020 and 2021."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """One list file before and after, proved.

    Attributes:
        path: The list file.
        before: Its bytes as they were read.
        after: Its bytes with the entries in them.
        entries: The entries as they read back from ``after``, in the order given.
    """

    path: Path
    before: bytes
    after: bytes
    entries: tuple[Entry, ...]


def convention(list_file: ListFile) -> DigestForm:
    """The form of digest that the file's newest entries have; closed if it has none."""
    lines = list_file.document.lines
    dated = [
        (id_order(entry.arxiv_id), span)
        for entry, span in zip(list_file.entries, list_file.spans, strict=True)
        if entry.arxiv_id and entry.digest
    ]
    newest = [
        _digest_form("\n".join(lines[number] for number in span))
        for _, span in nlargest(_RECENT, dated, key=lambda pair: pair[0])
    ]
    return max(newest, key=newest.count, default=DigestForm.CLOSED)


def render_entry(entry: Entry, digest_form: DigestForm = DigestForm.CLOSED) -> tuple[str, ...]:
    """The entry's lines in the house form, without line endings.

    A part that the entry does not have (authors, key words, digest) has no line.

    Raises:
        EditError: It cannot be written: no title, no paper link, an address
            that is no web address, or a lone surrogate in its text.
    """
    meant = _as_written(entry)
    links = " ".join(f"[[{link.label}]]({link.url})" for link in meant.links)
    title = to_markdown_item(_with_full_stop(meant.title))
    lines = [f"- {title} {links}"]
    if meant.authors or meant.venue:
        authors = _authors_markdown(meant.authors)
        venue = f"*{to_markdown(meant.venue, reserved='*')}*" if meant.venue else ""
        lines.append(f"  - {_unlabelled(' '.join(part for part in (authors, venue) if part))}")
    if meant.keywords:
        words = to_markdown(_with_full_stop("; ".join(meant.keywords)), reserved="*_")
        lines.append(f"  - Key Word: {words}")
    if meant.digest:
        if digest_form is DigestForm.PLAIN:
            lines.append(f"  - Digest: {to_markdown(meant.digest)}")
        else:
            end = "</details>" if digest_form is DigestForm.CLOSED else ""
            lines.append(f"  - {_OPEN_DIGEST} {to_html(meant.digest)}{end}")
    return tuple(lines)


def plan_edit(
    entries: Sequence[Entry], list_file: ListFile, *, new_topics: frozenset[str] = frozenset()
) -> FileEdit:
    """The edit that puts ``entries`` into a list file, each where it belongs.

    Args:
        entries: The new entries; those without a year go by their identifier.
        list_file: The list file.
        new_topics: Topics that may be made if the file does not have them.
            Any other is refused, so that a slip of the pen makes no topic.

    Raises:
        EditError: A paper is already listed there, a topic does not exist, an
            entry cannot be written, or the proof failed.
    """
    before = list_file
    list_file = make_topics(_missing(entries, list_file, new_topics), list_file)
    document = list_file.document
    form = convention(list_file)
    listed = _index(list_file.entries)
    meant: list[Entry] = []
    places: dict[tuple[str, int | None], tuple[Topic, Place, list[Block]]] = {}
    for entry in entries:
        topic = _find_topic(entry, list_file)
        place = find_place(entry, topic, list_file)
        written = replace(_as_written(entry), topic=topic.name, year=place.year, line=0)
        _refuse_listed(written, listed, document.path)
        listed |= _index([written])
        meant.append(written)
        block = Block(written, render_entry(written, form))
        places.setdefault((topic.name, place.year), (topic, place, []))[2].append(block)
    insertions = []
    blank_lines = entry_gap(list_file)
    # Newest year first: two groups that are made at one place keep the file's order.
    for topic, place, blocks in sorted(places.values(), key=lambda found: -(found[1].year or 9999)):
        insertions += place_blocks(blocks, topic, place, list_file, blank_lines=blank_lines)
    after = insert(document, insertions)
    _prove(meant, list_file, after)
    return FileEdit(
        path=document.path, before=before.document.data, after=after, entries=tuple(meant)
    )


def _missing(
    entries: Sequence[Entry], list_file: ListFile, new_topics: frozenset[str]
) -> list[str]:
    """The topics to be made, as ``new_topics`` spells them, in the entries' order."""
    present = {topic_key(topic.name) for topic in list_file.topics}
    allowed = {topic_key(name): name for name in sorted(new_topics)}
    wanted = dict.fromkeys(topic_key(entry.topic) for entry in entries)
    return [allowed[key] for key in wanted if key in allowed and key not in present]


def _prove(meant: Sequence[Entry], list_file: ListFile, after: bytes) -> None:
    """Read the result: every old entry in its order and unchanged, every new one as meant."""
    path = list_file.document.path
    result = parse_list(path, after)
    missing = [_CONTENT(entry) for entry in meant]
    old = iter([_CONTENT(entry) for entry in list_file.entries])
    expected = next(old, None)
    for read in result.entries:
        content = _CONTENT(read)
        if content == expected:
            expected = next(old, None)
        elif content in missing:
            missing.remove(content)
        else:
            raise EditError(
                f"{path}:{read.line}: after the edit {read.title!r} would read differently",
                hint="nothing was written; this is a bug, please report it with the entry",
            )
    if expected or missing:
        lost = expected or missing[0]
        raise EditError(
            f"{path}: after the edit {lost[0]!r} would not read as meant",
            hint="nothing was written; look for an open comment or code fence near its topic",
        )
    # A heading that had nothing under it may count as a topic now that papers stand below it.
    names = iter([topic.name for topic in result.topics])
    if not all(topic.name in names for topic in list_file.topics):
        raise EditError(f"{path}: the edit would have changed the list's topics")


def _digest_form(text: str) -> DigestForm:
    for line in text.split("\n"):
        digest = strip_digest_label(line.strip(" \t\r-*+"))
        if digest:
            if not digest[1]:
                return DigestForm.PLAIN
            closed = strip_details_end(text.rstrip()) != text.rstrip()
            return DigestForm.CLOSED if closed else DigestForm.OPEN
    return DigestForm.CLOSED


def _find_topic(entry: Entry, list_file: ListFile) -> Topic:
    topics = {topic_key(topic.name): topic for topic in list_file.topics}
    topic = topics.get(topic_key(entry.topic))
    if topic:
        return topic
    near = difflib.get_close_matches(topic_key(entry.topic), topics, n=3, cutoff=0.4)
    names = [topics[key].name for key in near] or [topic.name for topic in list_file.topics]
    raise EditError(
        f"{list_file.document.path} has no topic {entry.topic!r}",
        hint=f"nearest: {', '.join(names)}" if near else f"its topics: {', '.join(names)}",
    )


def _index(entries: Iterable[Entry]) -> dict[str, Entry]:
    """Entries by identifier and by normalised title."""
    found: dict[str, Entry] = {}
    for entry in entries:
        for key in _keys(entry):
            found.setdefault(key, entry)
    return found


def _keys(entry: Entry) -> tuple[str, ...]:
    by_title = f"title {title_key(entry.title)}"
    return (by_title,) if entry.arxiv_id is None else (entry.arxiv_id, by_title)


def _refuse_listed(entry: Entry, listed: dict[str, Entry], path: Path) -> None:
    other = next((listed[key] for key in _keys(entry) if key in listed), None)
    if other:
        where = f"{path}:{other.line}" if other.line else "given twice"
        raise EditError(
            f"{entry.arxiv_id or repr(entry.title)} is already listed: {where}: {other.title}"
        )


def _as_written(entry: Entry) -> Entry:
    """The entry as it will read back: one line a part, full stops and links in house form."""
    title = _settled(one_line(entry.title))
    if not title:
        raise EditError("an entry without a title cannot be written")
    links = tuple(_written_link(link, title) for link in entry.links)
    if entry.arxiv_id and not is_paper(links):
        links = (Link(label="paper", url=abs_url(entry.arxiv_id)), *links)
    if not links:
        raise EditError(f"{title!r} has no link to the paper", hint="give it one")
    if paper_id(links) != entry.arxiv_id:
        raise EditError(f"{title!r} is {entry.arxiv_id}, but its links say {paper_id(links)}")
    return replace(
        entry,
        title=title,
        links=links,
        authors=_settled(one_line(entry.authors)),
        venue=one_line(entry.venue),
        keywords=_settled_keywords([one_line(word) for word in entry.keywords]),
        digest=one_line(entry.digest),
    )


def _written_link(link: Link, title: str) -> Link:
    label = one_line(link.label)
    url = one_line(link.url)
    if not _BALANCED.fullmatch(url):
        url = url.replace("(", "%28").replace(")", "%29")
    if not _ADDRESS.fullmatch(url):
        raise EditError(
            f"{title!r}: {link.url[:80]!r} is no web address",
            hint="links begin with https:// and hold no blanks",
        )
    if not _LABEL.fullmatch(label):
        raise EditError(f"{title!r}: {label!r} is no label for a link", hint="use a plain word")
    return Link(label=label, url=url)


def _settled(text: str) -> str:
    """``text`` without its final full stop, however many blanks and stops there are."""
    while (shorter := without_full_stop(text)) != text:
        text = shorter
    return text


def _settled_keywords(words: Iterable[str]) -> tuple[str, ...]:
    """Key words as the reader will part them: one that holds a semicolon is two."""
    before: tuple[str, ...] = tuple(words)
    while (after := split_keywords(_with_full_stop("; ".join(before)))) != before:
        before = after
    return after


def _with_full_stop(text: str) -> str:
    """``text`` ending a sentence, such that the reader gives ``text`` again."""
    if text.endswith(("?", "!")) or without_full_stop(f"{text}.") != text:
        return text
    return f"{text}."


def _authors_markdown(authors: str) -> str:
    if not authors:
        return ""
    stopped = authors if without_full_stop(f"{authors}.") != authors else f"{authors}."
    return to_markdown_item(stopped, reserved="*_")


def _unlabelled(markdown: str) -> str:
    """A line of authors and venue that does not read as one of key words or a digest."""
    while strip_keywords_label(markdown) is not None or strip_digest_label(markdown) is not None:
        markdown = _COLON.sub(lambda found: _COLONS[found[0]], markdown, count=1)
    return markdown
