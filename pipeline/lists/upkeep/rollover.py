"""Which preview entries are overdue, and the edit that moves them to the full list.

An entry moves as it stands: its lines are taken out of one file and put into
the other, none is written anew. The edit is proved before it is handed out:
no byte but the entries' own changed, both files together hold every entry as
often as before, and each reads as it did. Writes nothing itself.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_month
from pipeline.errors import EditError
from pipeline.lists.document import insert, splice
from pipeline.lists.entry import title_key
from pipeline.lists.headings import topic_key
from pipeline.lists.layout import Block
from pipeline.lists.new_topic import make_topics
from pipeline.lists.upkeep.moving import arrive, leave, lines_of, read_back, texts_of, topic_in
from pipeline.lists.writer import FileEdit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.upkeep.added import Addition


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A preview entry that is older than it may be there.

    Attributes:
        entry: As the preview has it.
        year: The year it counts for in the full list.
        because: What its age is taken from, for people.
    """

    entry: Entry
    year: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An entry on its way into the full list.

    Attributes:
        overdue: The entry.
        topic: Its topic there.
        year: Its year group there, ``None`` outside any.
        line: 1-based line there, once it is done.
        already: Whether it stood there before, byte for byte, and only leaves the preview.
    """

    overdue: Overdue
    topic: str
    year: int | None
    line: int
    already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An entry that stays where it is, and why."""

    entry: Entry
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloverPlan:
    """What a roll-over would do.

    Attributes:
        moved: What moves, in the preview's order.
        refused: What is overdue and stays.
        edits: The preview's edit and the full list's; empty if nothing moves.
    """

    moved: tuple[Move, ...] = ()
    refused: tuple[Refusal, ...] = ()
    edits: tuple[FileEdit, ...] = ()


def find_overdue(
    preview: ListFile,
    *,
    as_of: date,
    preview_days: int,
    submitted: Mapping[str, date],
    added: Mapping[int, Addition],
) -> tuple[tuple[Overdue, ...], tuple[Refusal, ...]]:
    """The entries that were more than ``preview_days`` old on ``as_of``, in the file's order.

    Args:
        preview: The preview file.
        as_of: The day that ages are counted to.
        preview_days: Days an entry stays in the preview.
        submitted: Days of first submission by identifier, where known; without one
            an identifier counts from the end of its month.
        added: For entries without identifier, by line: the commit that added them.

    Returns:
        What is overdue, and the entries whose age cannot be told.
    """
    last = as_of - timedelta(days=preview_days)
    overdue: list[Overdue] = []
    unknown: list[Refusal] = []
    for entry in preview.entries:
        if entry.arxiv_id is not None:
            day, because = _day_of(entry.arxiv_id, submitted)
            year = id_month(entry.arxiv_id)[0]
        elif entry.line in added:
            addition = added[entry.line]
            day, year = addition.day, addition.day.year
            because = f"added {day} by {addition.commit[:10]}"
            if not addition.sure and day >= last:
                problem = "its age is not known, the history is cut off: `git fetch --unshallow`"
                unknown.append(Refusal(entry=entry, problem=problem))
        else:
            continue
        if day < last:
            overdue.append(Overdue(entry=entry, year=entry.year or year, because=because))
    return tuple(overdue), tuple(unknown)


def plan_rollover(
    overdue: Sequence[Overdue], preview: ListFile, full: ListFile, aliases: Mapping[str, str]
) -> RolloverPlan:
    """The edits that move ``overdue`` from ``preview`` to ``full``.

    An entry whose paper is in the full list already stays where it is, unless
    both are the same to the byte: then it only leaves the preview. One that
    cannot be moved alone, so that everything still reads as it did, stays too;
    so does the newest of a topic that the preview would lose with it.

    Args:
        overdue: What is to move.
        preview: The preview file.
        full: The full list.
        aliases: Other names of topics, in either direction.
    """
    waiting, refused = _refuse_doubled(overdue, preview, full)
    task = _Task(preview, full, aliases)
    # Oldest first: if not all can move, the newest are those that stay.
    done, stuck = _as_many_as_can(tuple(reversed(waiting)), task)
    refused = sorted([*refused, *stuck], key=lambda refusal: refusal.entry.line)
    return replace(done, refused=tuple(refused))


@dataclass(frozen=True, slots=True)
class _Step:
    """One entry with its lines; ``twin``: the full list has, or gets, another such."""

    overdue: Overdue
    lines: tuple[str, ...]
    twin: bool


@dataclass(frozen=True, slots=True)
class _Task:
    """What every attempt at a roll-over starts from."""

    preview: ListFile
    full: ListFile
    aliases: Mapping[str, str]

    def move(self, steps: Sequence[_Step]) -> RolloverPlan:
        """The proved edits that move exactly these.

        Raises:
            EditError: They could not be proved.
        """
        leaving = [step.overdue.entry for step in steps]
        coming = sorted(
            (step for step in steps if not step.twin), key=lambda step: step.overdue.entry.line
        )
        preview = splice(self.preview.document, leave(self.preview, leaving))
        less = read_back(self.preview, preview, gone=leaving)
        grown = make_topics(self._new_topics(coming), self.full)
        blocks = [self._block(step, grown) for step in coming]
        insertions, meant = arrive(grown, blocks)
        full = insert(grown.document, insertions)
        more = read_back(grown, full, come=meant)
        lost = texts_of(self.preview) - texts_of(less)
        lost.subtract(texts_of(more) - texts_of(self.full))
        if lost != Counter(step.lines for step in steps if step.twin):
            raise EditError("an entry would be lost or doubled")
        there: dict[str, Entry] = {}
        for entry in more.entries:
            for key in _keys(entry):
                there.setdefault(key, entry)
        moved = [_moved(step, there) for step in steps]
        edits = [
            FileEdit(
                path=self.preview.document.path,
                before=self.preview.document.data,
                after=preview,
                entries=(),
            ),
            FileEdit(
                path=self.full.document.path,
                before=self.full.document.data,
                after=full,
                entries=meant,
            ),
        ]
        return RolloverPlan(
            moved=tuple(sorted(moved, key=lambda move: move.overdue.entry.line)),
            edits=tuple(edit for edit in edits if edit.before != edit.after),
        )

    def _new_topics(self, steps: Sequence[_Step]) -> list[str]:
        """The topics that the full list has under no name, in the preview's order."""
        wanted = {topic_key(step.overdue.entry.topic) for step in steps}
        return [
            topic.name
            for topic in self.preview.topics
            if topic_key(topic.name) in wanted
            and topic_in(self.full, topic.name, self.aliases) is None
        ]

    def _block(self, step: _Step, full: ListFile) -> Block:
        entry = step.overdue.entry
        topic = topic_in(full, entry.topic, self.aliases) or entry.topic
        return Block(replace(entry, topic=topic, year=step.overdue.year), step.lines)


def _day_of(arxiv_id: str, submitted: Mapping[str, date]) -> tuple[date, str]:
    """The day that an identifier's age counts from, and what says so."""
    day = submitted.get(arxiv_id)
    if day is not None:
        return day, f"submitted {day}"
    year, month = id_month(arxiv_id)
    return date(year, month, monthrange(year, month)[1]), f"its identifier is of {year}-{month:02}"


def _refuse_doubled(
    overdue: Sequence[Overdue], preview: ListFile, full: ListFile
) -> tuple[list[_Step], list[Refusal]]:
    """What may move, and what would stand in the full list twice."""
    listed: dict[str, tuple[str, tuple[str, ...]]] = {}
    for entry in full.entries:
        place = f"{full.document.path.name}, line {entry.line}"
        for key in _keys(entry):
            listed.setdefault(key, (place, lines_of(full, entry)))
    steps: list[_Step] = []
    refused: list[Refusal] = []
    for each in overdue:
        lines = lines_of(preview, each.entry)
        known = next((listed[key] for key in _keys(each.entry) if key in listed), None)
        if known and known[1] != lines:
            problem = f"the paper is listed already, and reads differently there: {known[0]}"
            refused.append(Refusal(entry=each.entry, problem=problem))
            continue
        steps.append(_Step(each, lines, twin=known is not None))
        place = f"{preview.document.path.name}, line {each.entry.line}"
        for key in _keys(each.entry):
            listed.setdefault(key, (place, lines))
    return steps, refused


def _keys(entry: Entry) -> tuple[str, ...]:
    by_title = f"title {title_key(entry.title)}"
    return (by_title,) if entry.arxiv_id is None else (entry.arxiv_id, by_title)


def _as_many_as_can(waiting: Sequence[_Step], task: _Task) -> tuple[RolloverPlan, list[Refusal]]:
    """The plan that moves all that can be moved together, and what cannot."""
    plan = RolloverPlan()
    moving: list[_Step] = []
    stuck: list[Refusal] = []
    halves = [list(waiting)] if waiting else []
    while halves:
        some = halves.pop(0)
        try:
            plan = task.move([*moving, *some])
        except EditError as error:
            if len(some) > 1:
                middle = len(some) // 2
                halves[:0] = [some[:middle], some[middle:]]
            else:
                stuck.append(Refusal(entry=some[0].overdue.entry, problem=error.problem))
        else:
            moving += some
    return plan, stuck


def _moved(step: _Step, there: Mapping[str, Entry]) -> Move:
    entry = there[_keys(step.overdue.entry)[0]]
    return Move(
        overdue=step.overdue,
        topic=entry.topic,
        year=entry.year,
        line=entry.line,
        already=step.twin,
    )
