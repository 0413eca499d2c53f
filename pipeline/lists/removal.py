"""An entry taken out again, so that nothing of it stays and nothing else goes.

The inverse of the writer: of the ways to take the entry's lines out (with which
of the blank lines around it, with its year heading or without) the one is taken
from which putting the entry back gives the file as it is, byte for byte. Where
people moved the entry, and no way does, its lines and the blank lines that parted
it go. The result is read before it is handed out. Writes nothing itself.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from pipeline.errors import EditError, ListFormatError
from pipeline.lists.document import insert
from pipeline.lists.headings import topic_key
from pipeline.lists.layout import Block
from pipeline.lists.reader import parse_list
from pipeline.lists.upkeep.moving import arrive, is_blank, lines_of, read_back
from pipeline.lists.writer import FileEdit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists.document import Document
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import YearGroup


def plan_removal(entry: Entry, list_file: ListFile, *, earlier: bytes | None = None) -> FileEdit:
    """The edit that takes ``entry`` out of a list file.

    A year heading under which nothing stands any more goes too, unless ``earlier``
    had it.

    Args:
        entry: One of ``list_file.entries``.
        list_file: The list file.
        earlier: The file as it was before the entry came, where that is known. If
            nothing else changed since, the result is exactly that.

    Raises:
        EditError: Without it the file would read differently otherwise.
    """
    problem: EditError | None = None
    document = list_file.document
    if earlier is not None and _gives_back(earlier, entry, list_file):
        return FileEdit(path=document.path, before=document.data, after=earlier, entries=())
    ways = list(dict.fromkeys(_ways(entry, list_file, earlier)))
    for after in sorted(ways, key=lambda way: not _gives_back(way, entry, list_file)):
        try:
            _prove(entry, list_file, after)
        except EditError as error:
            problem = problem or error
        else:
            return FileEdit(path=document.path, before=document.data, after=after, entries=())
    raise problem or EditError(f"{document.path}:{entry.line}: {entry.title!r} cannot be taken out")


def _ways(entry: Entry, list_file: ListFile, earlier: bytes | None) -> Iterator[bytes]:
    """The file without the entry, in every way it may have been before, the likeliest first."""
    span = _span(entry, list_file)
    group = _emptied_group(entry, span, list_file)
    if group is not None and not _had_group(earlier, entry, list_file, group):
        end = group.body.stop + 1 if group.folded else span.stop
        yield from _without(range(group.header.start, end), list_file.document)
    yield from _without(span, list_file.document)


def _without(span: range, document: Document) -> Iterator[bytes]:
    """The document without some lines, and with each number of the blank lines around them."""
    lines = document.lines
    first, last = span.start, min(span.stop, len(lines))
    while first and is_blank(lines[first - 1]):
        first -= 1
    while last < len(lines) and is_blank(lines[last]):
        last += 1
    before, after = span.start - first, last - min(span.stop, len(lines))
    kept = max(before, after) if last < len(lines) else after
    for number in sorted(range(before + after + 1), key=lambda n: (abs(n - kept), n)):
        yield _cut(document, first + min(number, before), last - max(number - before, 0))


def _cut(document: Document, start: int, stop: int) -> bytes:
    """The document without the lines from ``start`` to ``stop``; an open end stays open."""
    pieces = document.data.split(b"\n")
    if stop >= len(document.lines) and not document.ends_with_newline:
        return b"\n".join(pieces[:start]).removesuffix(b"\r")
    return b"\n".join([*pieces[:start], *pieces[stop:]])


def _span(entry: Entry, list_file: ListFile) -> range:
    at = bisect_left(list_file.spans, entry.line - 1, key=lambda span: span.start)
    if at == len(list_file.entries) or list_file.entries[at] != entry:
        raise EditError(f"{list_file.document.path} has no entry {entry.title!r}")
    return list_file.spans[at]


def _emptied_group(entry: Entry, span: range, list_file: ListFile) -> YearGroup | None:
    """The year group in which nothing but the entry stands."""
    lines = list_file.document.lines
    for topic in list_file.topics:
        for group in topic.years if topic.name == entry.topic else ():
            if span.start in group.body:
                others = (n for n in group.body if n not in span and not is_blank(lines[n]))
                return group if next(others, None) is None else None
    return None


def _had_group(earlier: bytes | None, entry: Entry, list_file: ListFile, group: YearGroup) -> bool:
    """Whether the file had the year group before the entry came."""
    if earlier is None:
        return False
    try:
        was = parse_list(list_file.document.path, earlier)
    except ListFormatError:
        return False
    return any(
        topic_key(topic.name) == topic_key(entry.topic) and other.label == group.label
        for topic in was.topics
        for other in topic.years
    )


def _gives_back(without: bytes, entry: Entry, list_file: ListFile) -> bool:
    """Whether putting the entry into ``without`` gives the file as it is."""
    document = list_file.document
    try:
        smaller = parse_list(document.path, without)
        insertions, _ = arrive(smaller, [Block(entry, lines_of(list_file, entry))])
        return insert(smaller.document, insertions) == document.data
    except (EditError, ListFormatError):
        return False


def _prove(entry: Entry, list_file: ListFile, after: bytes) -> None:
    """Read the result: every other entry, topic and remark as it was.

    A heading may stop being a topic with its last paper.
    """
    names = [topic.name for topic in list_file.topics]
    try:
        read_back(list_file, after, gone=[entry])
    except EditError:
        read_back(list_file, after, gone=[entry], topics=[n for n in names if n != entry.topic])
