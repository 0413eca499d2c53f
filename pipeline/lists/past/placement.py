"""Where two hands put the same new entries: ours and the maintainers'.

Compares places, not line numbers: the group an entry stands in, and which
entry that was there before comes next. Each difference is of one named kind;
``docs/lists/history.md`` says what each means. Reads nothing, writes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_month, id_order
from pipeline.lists.entry import Entry, title_key
from pipeline.lists.grammar import strip_details_end, strip_digest_label
from pipeline.lists.headings import topic_key

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pipeline.lists.reader import ListFile

Group = tuple[str, int | None]
"""A topic's key and a year, ``None`` for outside any year group."""


class Kind(StrEnum):
    """What sets the maintainers' own edit apart from ours."""

    OUT_OF_ORDER = "out of order"
    """Their neighbours in the group are out of the order of identifiers with it."""
    UNSORTED = "unsorted group"
    """It fits its neighbours, in a group that is out of order elsewhere."""
    WRONG_YEAR = "wrong year"
    """They put it under another year than that of its identifier."""
    REGROUPED = "regrouped"
    """The same commit renamed, made or removed the headings around it."""
    NEW_TOPIC = "new topic"
    """They made its topic too, in another place than we: nothing says where topics go."""
    HEADING = "heading elsewhere"
    """Both made a year heading for it, in different places."""
    NO_IDENTIFIER = "no identifier"
    """Without an identifier, its own or its neighbour's, no order says where it goes."""
    DIGEST_FORM = "digest form"
    """The same place; they began another form of digest than the newest entries had."""
    SLIP = "slip"
    """The same place; their lines have a blank, a mark or a label that the house form has not."""
    REFUSED = "refused"
    """The writer would not write it."""
    UNREADABLE = "unreadable"
    """This version of the list file cannot be read, or does not come back byte for byte."""
    UNEXPLAINED = "unexplained"
    """None of these: a fault of the writer's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an entry stands.

    Attributes:
        topic: The topic's heading.
        year: Its year group, ``None`` outside any.
        before: The next entry of the group that was there before, its
            identifier or else its title; "" at the group's end.
        line: 1-based line of its title.
        text: Its first line that differs from the other side's, "" if none does.
    """

    topic: str
    year: int | None
    before: str
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One new entry as written by us and by them.

    Attributes:
        entry: The entry, as the maintainers wrote it.
        same_place: Whether it stands in the same place.
        same_bytes: Whether it does, and its lines are the same byte for byte.
        kind: What the difference is, ``None`` if there is none.
        ours: Where we put it.
        theirs: Where they put it.
    """

    entry: Entry
    same_place: bool
    same_bytes: bool
    kind: Kind | None
    ours: Position
    theirs: Position


def paper_key(entry: Entry) -> str:
    """What names a paper in a list: its identifier, else its normalised title."""
    return entry.arxiv_id or title_key(entry.title)


def new_entries(before: ListFile, after: ListFile) -> tuple[Entry, ...]:
    """The entries of ``after`` whose paper ``before`` does not have, by identifier or title."""
    known = {entry.arxiv_id for entry in before.entries if entry.arxiv_id}
    titles = {title_key(entry.title) for entry in before.entries}
    return tuple(
        entry
        for entry in after.entries
        if entry.arxiv_id not in known and title_key(entry.title) not in titles
    )


def compare_placements(
    new: Sequence[Entry], before: ListFile, ours: ListFile, theirs: ListFile
) -> tuple[Comparison, ...]:
    """Each of ``new`` as it stands in ``ours`` and in ``theirs``, both made from ``before``."""
    keys = {paper_key(entry) for entry in new}
    kept = _unmoved(before, theirs) - keys
    left, right = _Side(ours, kept, keys), _Side(theirs, kept, keys)
    settled = _in_same_place(left, right, before)
    return tuple(
        _compare(entry, before, left, right, same_place=paper_key(entry) in settled)
        for entry in new
    )


def _unmoved(before: ListFile, after: ListFile) -> set[str]:
    """The papers that a commit left where they were: places are measured from these."""
    was: dict[Group, dict[str, int]] = {}
    for number, entry in enumerate(before.entries):
        was.setdefault(_group(entry), {}).setdefault(paper_key(entry), number)
    now: dict[Group, list[str]] = {}
    for entry in after.entries:
        if paper_key(entry) in was.get(_group(entry), {}):
            now.setdefault(_group(entry), []).append(paper_key(entry))
    unmoved: set[str] = set()
    for group, keys in now.items():
        unmoved.update(keys[n] for n in _longest_rise([was[group][key] for key in keys]))
    return unmoved


def _longest_rise(numbers: Sequence[int]) -> list[int]:
    """The places of a longest strictly rising run, gaps allowed."""
    ends: list[int] = []  # the places where the best runs of each length end
    values: list[int] = []
    previous: dict[int, int | None] = {}
    for place, number in enumerate(numbers):
        length = bisect_left(values, number)
        previous[place] = ends[length - 1] if length else None
        values[length : length + 1] = [number]
        ends[length : length + 1] = [place]
    rise: list[int] = []
    at = ends[-1] if ends else None
    while at is not None:
        rise.append(at)
        at = previous[at]
    return rise[::-1]


class _Side:
    """One file, as groups of papers that were there before or are new."""

    def __init__(self, file: ListFile, kept: Collection[str], new: Collection[str]) -> None:
        self.file = file
        self.at: dict[str, int] = {}
        self.groups: dict[Group, list[str]] = {}
        for number, entry in enumerate(file.entries):
            key = paper_key(entry)
            if key in kept or key in new:
                self.groups.setdefault(_group(entry), []).append(key)
            self.at.setdefault(key, number)
        self.kept = kept

    def entry(self, key: str) -> Entry:
        return self.file.entries[self.at[key]]

    def next_kept(self, key: str) -> str:
        group = self.groups[_group(self.entry(key))]
        return next((k for k in group[group.index(key) + 1 :] if k in self.kept), "")

    def lines(self, key: str) -> list[str]:
        return [self.file.document.lines[n] for n in self.file.spans[self.at[key]]]

    def position(self, key: str, other: _Side) -> Position:
        entry = self.entry(key)
        following = self.next_kept(key)
        below = self.entry(following) if following else None
        mine, theirs = self.lines(key), other.lines(key)
        pairs = zip(mine, [*theirs, *[""] * len(mine)], strict=False)
        return Position(
            topic=entry.topic,
            year=entry.year,
            before=(below.arxiv_id or below.title) if below else "",
            line=entry.line,
            text=next((line for line, answer in pairs if line != answer), ""),
        )


def _group(entry: Entry) -> Group:
    return topic_key(entry.topic), entry.year


def _groups_of(file: ListFile) -> list[Group]:
    """Every topic and year group of a file, in its order."""
    return [
        (topic_key(topic.name), year)
        for topic in file.topics
        for year in (None, *(group.year for group in topic.years))
    ]


def _in_same_place(ours: _Side, theirs: _Side, before: ListFile) -> set[str]:
    """The new papers that need not move to get from one file to the other."""
    shared: dict[tuple[Group, str], list[str]] = {}
    for group, keys in ours.groups.items():
        for key in keys:
            if key in ours.kept or _group(theirs.entry(key)) != group:
                continue
            if theirs.next_kept(key) == ours.next_kept(key) and (
                _is_same_group(group, ours, theirs, before)
            ):
                shared.setdefault((group, ours.next_kept(key)), []).append(key)
    settled: set[str] = set()
    for (group, _), keys in shared.items():
        order = theirs.groups[group]
        settled.update(keys[n] for n in _longest_rise([order.index(key) for key in keys]))
    return settled


def _is_same_group(group: Group, ours: _Side, theirs: _Side, before: ListFile) -> bool:
    """Whether a group is the one that was there, or that both made in the same place."""
    was = _groups_of(before)
    if group in was:
        return True
    old = {paper_key(entry) for entry in before.entries}
    if any(paper_key(e) in old for e in theirs.file.entries if _group(e) == group):
        return False
    return group[0] not in {topic for topic, _ in was} or _same_heading(group, ours, theirs, was)


def _same_heading(group: Group, ours: _Side, theirs: _Side, before: list[Group]) -> bool:
    """Whether a heading that both made stands before the same old one."""

    def following(side: _Side) -> Group | None:
        groups = _groups_of(side.file)
        below = groups[groups.index(group) + 1 :] if group in groups else []
        return next((other for other in below if other in before), None)

    return following(ours) == following(theirs)


def _compare(
    entry: Entry, before: ListFile, ours: _Side, theirs: _Side, *, same_place: bool
) -> Comparison:
    key = paper_key(entry)
    mine, other = ours.lines(key), theirs.lines(key)
    kind = None
    if not same_place:
        kind = _kind_of_place(key, before, ours, theirs)
    elif not _same_topics(ours, theirs, _group(entry)[0], before):
        kind = Kind.NEW_TOPIC
    elif mine != other:
        kind = Kind.DIGEST_FORM if _digest_form(mine) != _digest_form(other) else Kind.SLIP
    return Comparison(
        entry=entry,
        same_place=same_place,
        same_bytes=same_place and mine == other,
        kind=kind,
        ours=ours.position(key, theirs),
        theirs=theirs.position(key, ours),
    )


def _same_topics(ours: _Side, theirs: _Side, key: str, before: ListFile) -> bool:
    """Whether a topic that was there, or was made, stands among the same old ones."""
    old = {topic_key(topic.name) for topic in before.topics}
    if key in old:
        return True

    def following(side: _Side) -> str:
        topics = [topic_key(topic.name) for topic in side.file.topics]
        return next((k for k in topics[topics.index(key) + 1 :] if k in old), "")

    return following(ours) == following(theirs)


def _kind_of_place(key: str, before: ListFile, ours: _Side, theirs: _Side) -> Kind:
    entry, mine = theirs.entry(key), ours.entry(key)
    if entry.arxiv_id is None:
        return Kind.NO_IDENTIFIER
    was = _groups_of(before)
    if _group(entry) != _group(mine):
        gone = set(was) - set(_groups_of(theirs.file))
        if gone or (_group(entry) not in was and _group(mine) in was):
            return Kind.REGROUPED
        wrong = entry.year is not None and entry.year != id_month(entry.arxiv_id)[0]
        return Kind.WRONG_YEAR if wrong else Kind.UNEXPLAINED
    if not _is_same_group(_group(entry), ours, theirs, before):
        same = _same_heading(_group(entry), ours, theirs, was)
        return Kind.REGROUPED if same or _group(entry)[0] not in dict(was) else Kind.HEADING
    return _kind_of_order(key, theirs)


def _kind_of_order(key: str, theirs: _Side) -> Kind:
    group = [theirs.entry(k) for k in theirs.groups[_group(theirs.entry(key))]]
    dated = [(paper_key(e), id_order(e.arxiv_id)) for e in group if e.arxiv_id]
    at = next(n for n, (k, _) in enumerate(dated) if k == key)
    order = [number for _, number in dated]
    if all(above >= below for above, below in pairwise(order)):
        # Identifiers leave one place, but for papers without one in it.
        return Kind.NO_IDENTIFIER if len(dated) < len(group) else Kind.UNEXPLAINED
    fits = all(above >= below for above, below in pairwise(order[max(0, at - 1) : at + 2]))
    return Kind.UNSORTED if fits else Kind.OUT_OF_ORDER


def _digest_form(lines: Sequence[str]) -> tuple[bool, bool] | None:
    """Whether the digest is folded, and whether it is closed again."""
    for line in lines:
        found = strip_digest_label(line.strip(" \t\r-*+"))
        if found:
            closed = strip_details_end(lines[-1].rstrip()) != lines[-1].rstrip()
            return found[1], closed
    return None
