"""Entries on the way from one place to another, as they stand: no line is written anew.

What leaves takes its blank lines along; what arrives goes where a new entry
would. :func:`read_back` says whether the result still reads as it should.
Writes nothing itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import EditError, ListFormatError
from pipeline.lists.document import Splice
from pipeline.lists.headings import topic_key
from pipeline.lists.layout import Block, find_place, place_blocks
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.lists.document import Insertion
    from pipeline.lists.entry import Entry
    from pipeline.lists.layout import Place
    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic


def topic_in(list_file: ListFile, name: str, aliases: Mapping[str, str]) -> str | None:
    """What ``list_file`` calls the topic ``name``: that, or an alias in either direction."""
    present = {topic_key(topic.name): topic.name for topic in list_file.topics}
    key = topic_key(name)
    other = {topic_key(old): topic_key(new) for old, new in aliases.items()}
    shared = other.get(key, key)
    names = [key, shared, *(old for old, new in other.items() if new in {key, shared})]
    return next((present[each] for each in names if each in present), None)


def lines_of(list_file: ListFile, entry: Entry) -> tuple[str, ...]:
    """The entry's lines as they stand, without line endings."""
    at = bisect_left(list_file.spans, entry.line - 1, key=lambda span: span.start)
    span = list_file.spans[at]
    return tuple(list_file.document.lines[number].removesuffix("\r") for number in span)


def texts_of(list_file: ListFile) -> Counter[tuple[str, ...]]:
    """The lines of each entry, and how often the file has them."""
    lines = list_file.document.lines
    return Counter(
        tuple(lines[number].removesuffix("\r") for number in span) for span in list_file.spans
    )


def leave(list_file: ListFile, entries: Iterable[Entry]) -> list[Splice]:
    """What takes ``entries`` out: their lines, and the blank lines that came after them."""
    gone = {entry.line for entry in entries}
    starts = {span.start for span in list_file.spans}
    lines = list_file.document.lines
    splices: list[Splice] = []
    for entry, span in zip(list_file.entries, list_file.spans, strict=True):
        if entry.line not in gone:
            continue
        start, stop = span.start, span.stop
        if splices and splices[-1].stop == start:
            start = splices.pop().start
        following = stop
        while following < len(lines) and is_blank(lines[following]):
            following += 1
        if start == 0 or is_blank(lines[start - 1]) or following in starts:
            stop = following
        splices.append(Splice(start, stop))
    if splices and splices[-1].stop == len(lines):  # nothing follows: no blank line need end it
        start = splices[-1].start
        while start and is_blank(lines[start - 1]):
            start -= 1
        splices[-1] = Splice(start, len(lines))
    return splices


def arrive(
    list_file: ListFile, blocks: Sequence[Block]
) -> tuple[list[Insertion], tuple[Entry, ...]]:
    """What puts ``blocks`` where they belong, and how their entries will read there.

    Args:
        list_file: Where they go.
        blocks: Entries with a topic of this file and the year they count for, and
            their lines.

    Raises:
        EditError: The file has not the topic of one.
    """
    topics = {topic_key(topic.name): topic for topic in list_file.topics}
    places: dict[tuple[str, int | None], tuple[Topic, Place, list[Block]]] = {}
    meant: list[Entry] = []
    for block in blocks:
        topic = topics.get(topic_key(block.entry.topic))
        if topic is None:
            raise EditError(f"{list_file.document.path} has no topic {block.entry.topic!r}")
        place = find_place(block.entry, topic, list_file)
        meant.append(replace(block.entry, topic=topic.name, year=place.year, line=0))
        places.setdefault((topic.name, place.year), (topic, place, []))[2].append(block)
    insertions: list[Insertion] = []
    # Newest year first: two groups that are made at one place keep the file's order.
    for topic, place, placed in sorted(places.values(), key=lambda found: -(found[1].year or 9999)):
        insertions += place_blocks(placed, topic, place, list_file)
    return insertions, tuple(meant)


def read_back(
    list_file: ListFile,
    after: bytes,
    *,
    gone: Iterable[Entry] = (),
    come: Iterable[Entry] = (),
    topics: Sequence[str] | None = None,
) -> ListFile:
    """``after`` as a list file, if it reads as it should.

    Args:
        list_file: The file as it was.
        after: Its bytes as they shall be.
        gone: Entries of it that shall no longer be there.
        come: Entries that shall be there, as they shall read; their line says nothing.
        topics: Names of the topics it shall have; those of ``list_file`` by default.

    Raises:
        EditError: An entry, a topic or a remark would read differently.
    """
    path = list_file.document.path
    try:
        result = parse_list(path, after)
    except ListFormatError as error:
        raise EditError(f"{path} would no longer read as a list") from error
    left = {entry.line for entry in gone}
    old = [replace(entry, line=0) for entry in list_file.entries if entry.line not in left]
    missing = Counter(replace(entry, line=0) for entry in come)
    expected = 0
    for read in result.entries:
        entry = replace(read, line=0)
        if expected < len(old) and entry == old[expected]:
            expected += 1
        elif missing[entry]:
            missing[entry] -= 1
        else:
            raise EditError(f"{path}:{read.line}: {read.title!r} would read differently")
    lost = old[expected:] or list(missing.elements())
    if lost:
        raise EditError(f"{path}: {lost[0].title!r} would not read as it stands")
    names = [topic.name for topic in result.topics]
    wanted = [topic.name for topic in list_file.topics] if topics is None else list(topics)
    if names != wanted:
        other = next(
            (name for name in [*wanted, *names] if (name in wanted) != (name in names)), ""
        )
        raise EditError(f"{path}: {other!r} would be read as a topic otherwise than now")
    if [each.problem for each in result.remarks] != [each.problem for each in list_file.remarks]:
        raise EditError(f"{path}: what looks like an entry would read differently")
    return result


def is_blank(line: str) -> bool:
    """Whether a line is empty but for blanks; a line separator (U+2028) is text."""
    return not line.strip(" \t\r")
