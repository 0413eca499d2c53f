"""What a rename or a merge of topics does to the headings and entries of one file.

Each file becomes a :class:`Draft`; the links between the files are then the
business of :mod:`pipeline.lists.upkeep.topic_links`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_month
from pipeline.errors import EditError
from pipeline.lists.anchors import heading_anchors, only_links
from pipeline.lists.document import Document, Splice, insert, line_after, splice
from pipeline.lists.grammar import parse_heading, parse_year_label, plain_label
from pipeline.lists.headings import hidden_lines, topic_key
from pipeline.lists.layout import Block
from pipeline.lists.reader import parse_list
from pipeline.lists.upkeep.moving import arrive, is_blank, lines_of, read_back, texts_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic

_DETAILS_END = re.compile(r"\s*</details>\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A file on the way to its edit.

    Attributes:
        file: As it was read.
        data: Its bytes with headings and entries as they shall be; the links are as before.
        anchors: The anchors that changed, old to new, and the topic's own in any case.
        own: The topic's own: links to them show its name.
        gone: Anchors of headings that are no longer there.
        expected: The file as it was, with the names that its topics shall have.
        leaving: Entries that stand elsewhere afterwards.
        arriving: How they read there.
        topics: The topics afterwards.
    """

    file: ListFile
    data: bytes
    anchors: Mapping[str, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    expected: ListFile
    leaving: tuple[Entry, ...] = ()
    arriving: tuple[Entry, ...] = ()
    topics: tuple[str, ...]

    def prove(self, after: bytes) -> None:
        """Read ``after`` back.

        Raises:
            EditError: It does not read as it should, or entries were lost or doubled.
        """
        result = read_back(
            self.expected, after, gone=self.leaving, come=self.arriving, topics=self.topics
        )
        if texts_of(result) != texts_of(self.file):
            raise EditError(f"{self.file.document.path}: an entry would be lost or doubled")


def untouched(file: ListFile) -> Draft:
    """A file that has not the topic; links in it may lead to one that has."""
    names = tuple(topic.name for topic in file.topics)
    return Draft(file=file, data=file.document.data, expected=file, topics=names)


def rename_headings(file: ListFile, old: str, new: str) -> Draft:
    """The file with ``new`` for ``old`` in the topic's heading and in those of its years.

    Raises:
        EditError: A heading is written such that the name in it cannot be changed.
    """
    document = file.document
    splices = [
        Splice(number, number + 1, (_renamed(document, number, old, new),))
        for number in _headings(file, old)
    ]
    data = splice(document, splices)
    before, after = _anchors(document), _anchors(Document(document.path, data))
    key = topic_key(old)
    topics = tuple(
        replace(topic, name=new) if topic_key(topic.name) == key else topic for topic in file.topics
    )
    entries = tuple(
        replace(entry, topic=new) if topic_key(entry.topic) == key else entry
        for entry in file.entries
    )
    moved = {anchor: after[line] for line, anchor in before.items()}
    own = frozenset(before[each.start] for each in splices if each.start in before)
    return Draft(
        file=file,
        data=data,
        anchors=_changed(moved, own),
        own=own,
        expected=replace(file, topics=topics, entries=entries),
        topics=tuple(topic.name for topic in topics),
    )


def merge_sections(file: ListFile, source: Topic, target: Topic) -> Draft:
    """The file with the entries of ``source`` under ``target``, and the section gone.

    Raises:
        EditError: The section holds something that is no entry and would be lost.
    """
    document = file.document
    leaving = tuple(entry for entry in file.entries if entry.topic == source.name)
    blocks = [
        Block(replace(entry, topic=target.name, year=_year(entry, source)), lines_of(file, entry))
        for entry in leaving
    ]
    insertions, arriving = arrive(file, blocks)
    grown = parse_list(document.path, insert(document, insertions))
    there = next(topic for topic in grown.topics if topic.name == source.name)
    removals = _section(grown, there)
    data = splice(grown.document, removals)
    arrived = [Splice(each.line, each.line, each.lines) for each in insertions]
    before, after = _anchors(document), _anchors(Document(document.path, data))
    removed = {number for each in removals for number in range(each.start, each.stop)}
    moved: dict[str, str] = {}
    gone: set[str] = set()
    result = Document(document.path, data)
    homes = _homes(result, target.name, after)
    for line, anchor in before.items():
        grown_line = line_after(line, arrived)
        if grown_line in removed:
            gone.add(anchor)
            label = parse_year_label(plain_label(document.lines[line].lstrip("# ")))
            year = label.year if label else None
            moved[anchor] = homes.get(year) or homes.get(None, anchor)
        else:
            moved[anchor] = after[line_after(grown_line, removals)]
    return Draft(
        file=file,
        data=data,
        anchors=_changed(moved, gone),
        own=frozenset(gone),
        gone=frozenset(gone),
        expected=file,
        leaving=leaving,
        arriving=arriving,
        topics=tuple(topic.name for topic in file.topics if topic.name != source.name),
    )


def _headings(file: ListFile, name: str) -> Iterator[int]:
    """0-based lines of the headings that name a topic: its own, and those of its years."""
    key = topic_key(name)
    years = {
        number
        for topic in file.topics
        for group in topic.years
        if topic_key(group.names_topic) == key
        for number in group.header
        if group.label in plain_label(file.document.lines[number].rstrip("\r"))
    }
    plain = set(_plain_headings(file, name))
    yield from sorted(years | plain)


def _plain_headings(file: ListFile, name: str) -> Iterator[int]:
    key = topic_key(name)
    lines = file.document.lines
    hidden = hidden_lines(lines)
    own = {topic.line - 1 for topic in file.topics if topic_key(topic.name) == key}
    for number, line in enumerate(lines):
        heading = parse_heading(line.lstrip("\ufeff").rstrip("\r"))
        if heading and number not in hidden and topic_key(heading.text) == key:
            yield number
        elif number in own and topic_key(plain_label(line)) == key:
            yield number  # underlined


def _renamed(document: Document, number: int, old: str, new: str) -> str:
    """The heading's line with ``new`` for ``old``; a tag that is called like a topic stays."""
    line = document.lines[number].removesuffix("\r")
    words = name_pattern(old)
    meant = words.sub(lambda _: new, plain_label(line), count=1)
    for found in words.finditer(line):
        after = f"{line[: found.start()]}{new}{line[found.end() :]}"
        if plain_label(after) == meant:
            return after
    raise EditError(
        f"{document.path}:{number + 1}: {line.strip()!r} holds {old!r} in pieces",
        hint="write the heading as plain text first",
    )


def name_pattern(name: str) -> re.Pattern[str]:
    """What finds a topic's name in a line, in any case and with any blanks."""
    words = r"[ \t]+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _changed(anchors: Mapping[str, str], own: Container[str]) -> dict[str, str]:
    return {old: new for old, new in anchors.items() if old != new or old in own}


def _anchors(document: Document) -> dict[int, str]:
    return heading_anchors(document.lines, hidden_lines(document.lines))


def _homes(document: Document, name: str, anchors: Mapping[int, str]) -> dict[int | None, str]:
    """The anchors of a topic's heading (``None``) and of its year headings."""
    homes: dict[int | None, str] = {}
    for number, anchor in anchors.items():
        text = plain_label(document.lines[number].rstrip("\r").lstrip("\ufeff# "))
        label = parse_year_label(text)
        if topic_key(text) == topic_key(name):
            homes.setdefault(None, anchor)
        elif label and topic_key(label.topic) == topic_key(name):
            homes.setdefault(label.year, anchor)
    return homes


def _year(entry: Entry, topic: Topic) -> int | None:
    """The year an entry counts for; "2019 and Before" says no more than its identifier."""
    group = next((each for each in topic.years if entry.line - 1 in each.body), None)
    if entry.arxiv_id and group and group.and_before:
        return min(group.year, id_month(entry.arxiv_id)[0])
    return entry.year


def _section(file: ListFile, topic: Topic) -> list[Splice]:
    """All that is the topic's: its headings, years, entries, blank lines and links.

    Raises:
        EditError: There is something else.
    """
    lines = file.document.lines
    headings = set(_plain_headings(file, topic.name))
    frame = set(headings)
    body: set[int] = set()
    for region in topic.loose:
        body |= set(region)
    for group in topic.years:
        frame |= set(group.header)
        body |= set(group.body)
        if group.folded and group.body.stop < len(lines):
            body.add(group.body.stop)
    entries = {
        number
        for entry, span in zip(file.entries, file.spans, strict=True)
        if entry.topic == topic.name
        for number in span
    }
    hidden = hidden_lines(lines)
    for number in sorted((body - frame - entries) | _own_subheadings(file, topic, frame)):
        line = lines[number]
        fine = is_blank(line) or (_DETAILS_END.match(line) or only_links(line))
        if number in hidden or not fine:
            raise EditError(
                f"{file.document.path}:{number + 1}: {line.strip()[:60]!r} in {topic.name!r} is no"
                " entry and would be lost",
                hint="move it or take it out by hand first",
            )
    splices = [Splice(start, stop) for start, stop in _runs(frame | body)]
    if splices and splices[-1].stop == len(lines):  # nothing follows: no blank line need end it
        start = splices[-1].start
        while start and is_blank(lines[start - 1]) and start - 1 >= _end_before(splices):
            start -= 1
        splices[-1] = Splice(start, len(lines))
    return splices


def _end_before(splices: Sequence[Splice]) -> int:
    return splices[-2].stop if len(splices) > 1 else 0


def _own_subheadings(file: ListFile, topic: Topic, frame: set[int]) -> set[int]:
    """Headings inside the topic's section that are neither its own nor another topic's."""
    others = {other.line - 1 for other in file.topics}
    others |= {n for other in file.topics for group in other.years for n in group.header}
    lines = file.document.lines
    return {
        number
        for number in topic.section
        if number not in frame | others and parse_heading(lines[number].rstrip("\r"))
    }


def _runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = stop = None
    for number in sorted(numbers):
        if stop is not None and start is not None and number != stop:
            yield start, stop
            start = number
        elif start is None:
            start = number
        stop = number + 1
    if start is not None and stop is not None:
        yield start, stop
