"""Where a new entry goes, and the year heading it needs if there is none.

The list's own rule: under its topic, in the group of its year where the file
has such groups, newest first by arXiv identifier. Of 237 papers that its
maintainers added one to five at a time in its first two years, 228 land where
they put them (``shortlist lists replay-history``); the others they put out of
their own order, or changed the headings around them in the same commit. Renders
nothing and changes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_month, id_order
from pipeline.lists.document import Insertion
from pipeline.lists.headings import topic_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic, YearGroup

_CLOSE = "</details>"


@dataclass(frozen=True, slots=True)
class Block:
    """An entry and its lines, on the way into a file."""

    entry: Entry
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a topic an entry belongs.

    Attributes:
        year: The year group, ``None`` for outside any.
        group: That group if the file has it; ``None`` with a year means it has to be made.
    """

    year: int | None
    group: YearGroup | None


def entry_year(entry: Entry) -> int | None:
    """The year an entry counts for: its own, else that of its arXiv identifier."""
    if entry.year is not None or entry.arxiv_id is None:
        return entry.year
    return id_month(entry.arxiv_id)[0]


def find_place(entry: Entry, topic: Topic, list_file: ListFile) -> Place:
    """The year group of ``topic`` that ``entry`` belongs to, existing or not.

    A topic without year groups keeps having none, unless it is empty and most
    of the file's other topics have them.
    """
    year = entry_year(entry)
    own = _own_groups(topic)
    if not own:
        without = _has_loose_entries(topic, list_file) or not _mostly_grouped(list_file)
        return Place(None if without else year, None)
    if year is None:
        return Place(own[0].year, own[0])
    for group in own:
        if group.year == year or (group.and_before and year < group.year):
            return Place(group.year, group)
    if year > max(group.year for group in own) and _has_loose_entries(topic, list_file):
        return Place(None, None)
    return Place(year, None)


def place_blocks(
    blocks: Sequence[Block],
    topic: Topic,
    place: Place,
    list_file: ListFile,
    *,
    blank_lines: int | None = None,
) -> list[Insertion]:
    """The insertions that put ``blocks`` into one place, newest first.

    ``blank_lines`` is the file's :func:`entry_gap`, for callers that know it.
    """
    ordered = sorted(blocks, key=lambda block: _age(block.entry))
    gap = ("",) * (entry_gap(list_file) if blank_lines is None else blank_lines)
    if place.group:
        return _into_region(ordered, place.group.body, gap, list_file)
    if place.year is None:
        region = topic.loose[0] if topic.loose else range(topic.line, topic.line)
        for loose in topic.loose:
            if _entries_in(loose, list_file):
                region = loose
                break
        return _into_region(ordered, region, gap, list_file)
    return [_new_group(ordered, place.year, topic, gap, list_file)]


def entry_gap(list_file: ListFile) -> int:
    """How many blank lines the file mostly has between two entries."""
    lines = list_file.document.lines
    gaps = Counter(
        below.start - above.stop
        for above, below in pairwise(list_file.spans)
        if not "".join(lines[above.stop : below.start]).strip()
    )
    return gaps.most_common(1)[0][0] if gaps else 1


def _age(entry: Entry) -> tuple[int, int, int]:
    """Sort key, newest first; without identifier before all others."""
    if entry.arxiv_id is None:
        return (-1, 0, 0)
    month, number = id_order(entry.arxiv_id)
    return (0, -month, -number)


def _own_groups(topic: Topic) -> list[YearGroup]:
    """The topic's year groups that stand in its own section."""
    return [group for group in topic.years if group.header.start in topic.section]


def _entries_in(region: range, list_file: ListFile) -> list[tuple[Entry, range]]:
    first, last = (
        bisect_left(list_file.spans, line, key=lambda span: span.start)
        for line in (region.start, region.stop)
    )
    return list(zip(list_file.entries[first:last], list_file.spans[first:last], strict=True))


def _has_loose_entries(topic: Topic, list_file: ListFile) -> bool:
    return any(_entries_in(region, list_file) for region in topic.loose)


def _mostly_grouped(list_file: ListFile) -> bool:
    """Whether most topics that hold papers have year groups."""
    filled = [
        topic
        for topic in list_file.topics
        if _has_loose_entries(topic, list_file)
        or any(_entries_in(group.body, list_file) for group in topic.years)
    ]
    grouped = sum(bool(topic.years) for topic in filled)
    return grouped * 2 > len(filled) if filled else any(t.years for t in list_file.topics)


def _into_region(
    blocks: Sequence[Block], region: range, gap: tuple[str, ...], list_file: ListFile
) -> list[Insertion]:
    """Each block before the first older entry of the region, else after the last one."""
    present = _entries_in(region, list_file)
    if not present:
        return [_into_empty(_joined(blocks, gap), region, list_file)]
    # Papers without identifier that end a group stay its end.
    last = next((span for entry, span in reversed(present) if entry.arxiv_id), present[-1][1])
    insertions = []
    for block in blocks:
        line = _first_older(block.entry, present)
        if line is None:
            insertions.append(Insertion(last.stop, (*gap, *block.lines)))
        else:
            insertions.append(Insertion(line, (*block.lines, *gap)))
    return insertions


def _first_older(entry: Entry, present: Sequence[tuple[Entry, range]]) -> int | None:
    """The line of the first entry with an older identifier.

    Entries without identifier are passed over; one that is to be placed goes first,
    as 5 of 9 did in the reference list's first two years.
    """
    if entry.arxiv_id is None:
        return present[0][1].start
    own = id_order(entry.arxiv_id)
    for other, span in present:
        if other.arxiv_id is not None and id_order(other.arxiv_id) < own:
            return span.start
    return None


def _joined(blocks: Sequence[Block], gap: tuple[str, ...]) -> tuple[str, ...]:
    lines = list(blocks[0].lines)
    for block in blocks[1:]:
        lines += [*gap, *block.lines]
    return tuple(lines)


def _into_empty(lines: tuple[str, ...], region: range, list_file: ListFile) -> Insertion:
    """After what stands in the region (its heading, a link line), blank lines around it."""
    last = max((n for n in region if list_file.document.lines[n].strip()), default=region.start - 1)
    return _after_line(last, lines, list_file)


def _after_line(last: int, lines: tuple[str, ...], list_file: ListFile) -> Insertion:
    """``lines`` under line ``last`` with one blank line on either side, as few new as possible."""
    existing = list_file.document.lines
    following = existing[last + 1 : last + 3]
    if following and not following[0].strip():
        # A blank line is there: what comes after it, if anything, needs one of its own.
        more = len(following) > 1 and bool(following[1].strip())
        return Insertion(last + 2, (*lines, "") if more else lines)
    before = ("",) if last >= 0 else ()
    return Insertion(last + 1, (*before, *lines, "") if following else (*before, *lines))


def _new_group(
    blocks: Sequence[Block],
    year: int,
    topic: Topic,
    gap: tuple[str, ...],
    list_file: ListFile,
) -> Insertion:
    """A year group that was missing, before the first older one, in the file's own style."""
    own = _own_groups(topic)
    older = next((group for group in own if group.year < year), None)
    model = _model_group(year, topic, list_file)
    document = list_file.document
    header = tuple(
        document.lines[number].rstrip("\r").replace(model.label, _label(model, year, topic))
        for number in model.header
    )
    lines = (*header, "", *_joined(blocks, gap), *(("", _CLOSE) if model.folded else ()))
    if older:
        return Insertion(older.header.start, (*lines, ""))
    if own:
        region = range(own[-1].body.start, own[-1].body.stop + own[-1].folded)
    else:
        region = topic.loose[0] if topic.loose else range(topic.line, topic.line)
    return _into_empty(lines, region, list_file)


def _model_group(year: int, topic: Topic, list_file: ListFile) -> YearGroup:
    """The year group whose style a new one takes: the nearest in the topic, else in the file."""
    for topics in ([topic], list_file.topics):
        groups = [group for other in topics for group in _own_groups(other)]
        plain = [group for group in groups if not group.and_before] or groups
        if plain:
            return min(plain, key=lambda group: (abs(group.year - year), -group.line))
    raise AssertionError("no year group in the file to take the style from")  # pragma: no cover


def _label(model: YearGroup, year: int, topic: Topic) -> str:
    before, _, after = model.label.rpartition(str(model.year))
    if model.names_topic and topic_key(model.names_topic) != topic_key(topic.name):
        before = before.replace(model.names_topic, topic.name, 1)
    return f"{before}{year}{'' if model.and_before else after}"
