"""Two dumps that began as one, as one again: no decision is lost, and none is there twice.

Of each record three versions are known: as both began (``base``), as it became here
(``ours``), and as it became where somebody saved first (``theirs``). What only one side
changed is taken from there. Where both changed a candidate, what was done here is done
again on top of theirs, as the queue would have taken it: a candidate that still waits
takes another decision, one that is decided does not, and whose decision comes too late
is told. What happened in the list itself (published, found there) is no opinion and
stands whoever was first.

Knows no file: it is given rows, as :func:`db.dump.read_dump` gives them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from db.dump_files import SAMPLE_NAME, Values
from db.records import OPEN, EntryEdit, FetchStatus, State, Verdict

Rows = Mapping[str, list[Values]]
_Place = tuple[str, Values]

_CANDIDATES, _DECISIONS = "candidates.jsonl", "decisions.jsonl"
_PAPER_FILES = (_CANDIDATES, "seen.jsonl", "waiting.jsonl")
_FACTS = frozenset({Verdict.PUBLISH, Verdict.LISTED})
_BY_ITSELF = _FACTS | {Verdict.EXPIRE}
_TAKES_BACK = frozenset({Verdict.UNDO, Verdict.WITHDRAW})
_LESS = (FetchStatus.FAILED, FetchStatus.PARTIAL)
_OUTCOME = ("state", "reviewer", "decided_at", "reason", "commit")


class _Table(NamedTuple):
    """How rows of a table are told apart, and which of two counts."""

    name: str
    key: tuple[str, ...]
    worth: Callable[[Values], Any] = lambda _values: 0

    def key_of(self, values: Values) -> Hashable:
        return tuple(values[column] for column in self.key)


def _delivery(values: Values) -> tuple[int, Any]:
    """More is worth more, then what came later."""
    status = values["status"]
    rank = _LESS.index(status) if status in _LESS else len(_LESS)
    return rank, values["fetched_at"]


def _progress(values: Values) -> tuple[date, date, bool]:
    """What was read on the way is in the same side's papers, so the farther one is right."""
    return values["completed"] or date.min, values["resume_from"], not values["open"]


_TABLES = (
    _Table("fetches.jsonl", ("source", "day"), _delivery),
    _Table("harvests.jsonl", ("name",), _progress),
    _Table("requests.jsonl", ("request",)),
    _Table("scorings.jsonl", ("arxiv_id",)),
    _Table(
        "topic_renames.jsonl", ("old", "new", "renamed_at"), lambda values: not values["pending"]
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostDecision:
    """A decision that came too late.

    Attributes:
        arxiv_id: The candidate.
        verdict: What was decided.
        reviewer: By whom.
        state: How the candidate stands instead.
        winner: By whose decision.
    """

    arxiv_id: str
    verdict: Verdict
    reviewer: str
    state: State
    winner: str

    def __str__(self) -> str:
        by = f" by {self.winner}" if self.winner else ""
        return (
            f"{self.arxiv_id}: {self.verdict} by {self.reviewer} came too late,"
            f" it is already {self.state}{by}"
        )


def merge_dumps(
    base: Rows, ours: Rows, theirs: Rows
) -> tuple[dict[str, list[Values]], tuple[LostDecision, ...]]:
    """What both sides come to, and whose decisions came too late.

    Args:
        base: What both began with; empty where that is not known.
        ours: What it became here.
        theirs: What it became where somebody saved first.
    """
    old = Counter(map(_decision_key, base.get(_DECISIONS, [])))
    new_ours = _new_decisions(ours, old, Counter(map(_decision_key, theirs[_DECISIONS])))
    new_theirs = _new_decisions(theirs, old, Counter())
    merged = {table.name: _merge_table(table, base, ours, theirs) for table in _TABLES}
    merged["job_runs.jsonl"] = _merge_runs(base, ours, theirs)
    candidates = _Candidates(new_ours, new_theirs)
    papers = _merge_papers(_papers(base), _papers(ours), _papers(theirs), candidates)
    for name in (*_PAPER_FILES, *sorted({place for place, _ in papers.values()})):
        merged.setdefault(name, [])
    for arxiv_id in sorted(papers):
        place, values = papers[arxiv_id]
        merged[place].append(values)
    at = {_decision_key(line): number for number, line in enumerate(ours[_DECISIONS])}
    merged[_DECISIONS] = [
        *_old_and_theirs(base, ours, theirs),
        *sorted(
            (line for lines in candidates.kept.values() for line in lines),
            key=lambda line: at[_decision_key(line)],
        ),
    ]
    return merged, tuple(candidates.lost)


class _Candidates:
    """What becomes of candidates that both sides changed; notes what came too late.

    Args:
        new_ours: What was done here since both began, by candidate.
        new_theirs: What was done there.
    """

    def __init__(
        self, new_ours: Mapping[str, list[Values]], new_theirs: Mapping[str, list[Values]]
    ) -> None:
        self._theirs = new_theirs
        self.kept = dict(new_ours)
        self.lost: list[LostDecision] = []

    def merge(self, base: Values | None, ours: Values, theirs: Values) -> Values:
        """The candidate as it stands after both."""
        arxiv_id = ours["arxiv_id"]
        lines = self.kept.get(arxiv_id, [])
        if not lines or {line["verdict"] for line in lines} == {Verdict.EXPIRE}:
            self.kept.pop(arxiv_id, None)
            return _combine(base, theirs, ours) if not lines else theirs
        if not self._theirs.get(arxiv_id):
            return _combine(base, ours, theirs)
        is_fact = lines[-1]["verdict"] in _FACTS
        if is_fact and theirs["state"] is not State.PUBLISHED:
            self._tell(self._theirs[arxiv_id], ours)
            if theirs["state"] is State.APPROVED:
                self.kept[arxiv_id] = lines[-1:]  # approved it is already
            return self._on_top(base, ours, theirs)
        if theirs["state"] in OPEN and not _takes_back_older(lines):
            return self._on_top(base, ours, theirs)
        only_edits = all(line["verdict"] is Verdict.EDIT for line in lines)
        may_edit = theirs["state"] is State.APPROVED and not _both_edited(base, ours, theirs)
        if only_edits and may_edit:
            return self._on_top(base, ours, theirs)
        self.kept.pop(arxiv_id)
        if (ours["state"], ours["topic"]) != (theirs["state"], theirs["topic"]) or only_edits:
            self._tell(lines, theirs)
        return theirs

    def _on_top(self, base: Values | None, ours: Values, theirs: Values) -> Values:
        """What was done here, after what was done there: an undo goes back to theirs."""
        first, *rest = self.kept[ours["arxiv_id"]]
        before = {f"{key}_before": theirs[key] for key in ("state", "topic", "edit")}
        self.kept[ours["arxiv_id"]] = [{**first, **before}, *rest]
        decided = any(line["verdict"] is not Verdict.EDIT for line in (first, *rest))
        outcome = ours if decided else theirs
        return _combine(base, ours, theirs) | {key: outcome[key] for key in _OUTCOME}

    def _tell(self, lines: list[Values], winner: Values) -> None:
        self.lost += [
            LostDecision(
                arxiv_id=line["arxiv_id"],
                verdict=line["verdict"],
                reviewer=line["reviewer"],
                state=winner["state"],
                winner=winner["reviewer"],
            )
            for line in lines
            if line["verdict"] not in _BY_ITSELF
            and not (
                winner["state"] is State.PUBLISHED
                and line["verdict"] in {Verdict.APPROVE, Verdict.ADD}
            )
        ]


def _combine(base: Values | None, first: Values, second: Values) -> Values:
    """Each attribute from ``first`` if it was changed there, else from ``second``."""
    began = base or {
        **second,
        "state": State.PENDING,
        "reviewer": "",
        "decided_at": None,
        "reason": "",
        "commit": "",
        "edit": EntryEdit(),
    }
    combined = {
        key: value if value != began.get(key) else second[key] for key, value in first.items()
    }
    if combined in (first, second):
        return combined
    return {**combined, "revision": max(first["revision"], second["revision"]) + 1}


def _takes_back_older(lines: list[Values]) -> bool:
    """Whether one of ``lines`` takes back what was decided before all of them."""
    standing = 0
    for line in lines:
        standing += -1 if line["verdict"] in _TAKES_BACK else 1
        if standing < 0:
            return True
    return False


def _both_edited(base: Values | None, ours: Values, theirs: Values) -> bool:
    began = base["edit"] if base else EntryEdit()
    return bool(ours["edit"] != began and theirs["edit"] != began)


def _merge_papers(
    base: Mapping[str, _Place],
    ours: Mapping[str, _Place],
    theirs: Mapping[str, _Place],
    candidates: _Candidates,
) -> dict[str, _Place]:
    """Where each paper stands, and as what."""
    merged: dict[str, _Place] = {}
    for arxiv_id in ours.keys() | theirs.keys():
        began, here, there = base.get(arxiv_id), ours.get(arxiv_id), theirs.get(arxiv_id)
        if here in (there, began):
            found = there
        elif there == began:
            found = here
        elif here is None or there is None:
            found = here or there
        elif here[0] == there[0] == _CANDIDATES:
            was = began[1] if began and began[0] == _CANDIDATES else None
            found = (_CANDIDATES, candidates.merge(was, here[1], there[1]))
        else:
            found = here if _standing(here[0]) < _standing(there[0]) else there
        if found is not None:
            merged[arxiv_id] = found
    return merged


def _standing(place: str) -> int:
    """Of two sides, the one counts that did more about a paper."""
    order = (_CANDIDATES, "sample", "seen.jsonl", "waiting.jsonl")
    return order.index("sample" if SAMPLE_NAME.fullmatch(place) else place)


def _papers(rows: Rows) -> dict[str, _Place]:
    return {
        values["arxiv_id"]: (name, values)
        for name in rows
        if name in _PAPER_FILES or SAMPLE_NAME.fullmatch(name)
        for values in rows[name]
    }


def _decision_key(line: Values) -> Hashable:
    """A line of the history; its topics may have been renamed since."""
    return (line["arxiv_id"], line["verdict"], line["reviewer"], line["decided_at"])


def _new_decisions(
    rows: Rows, old: Counter[Hashable], saved: Counter[Hashable]
) -> dict[str, list[Values]]:
    """The lines that are neither ``old`` nor ``saved`` already, by candidate and in order."""
    left = old | saved
    found: dict[str, list[Values]] = {}
    for line in rows[_DECISIONS]:
        key = _decision_key(line)
        if left[key] > 0:
            left[key] -= 1
        else:
            found.setdefault(line["arxiv_id"], []).append(line)
    return found


def _old_and_theirs(base: Rows, ours: Rows, theirs: Rows) -> list[Values]:
    """The lines of theirs; what was renamed here is renamed in them too."""
    began = {_decision_key(line): line for line in base.get(_DECISIONS, [])}
    here = {_decision_key(line): line for line in ours[_DECISIONS]}
    lines = []
    for line in theirs[_DECISIONS]:
        key = _decision_key(line)
        lines.append(here.get(key, line) if line == began.get(key) else line)
    return lines


def _merge_table(table: _Table, base: Rows, ours: Rows, theirs: Rows) -> list[Values]:
    """Rows of a table by key, theirs first; where both changed one, the worthier, else theirs."""
    began, here, there = (
        {table.key_of(values): values for values in rows.get(table.name, [])}
        for rows in (base, ours, theirs)
    )
    merged = []
    for key in dict.fromkeys((*there, *here)):
        was, mine, yours = began.get(key), here.get(key), there.get(key)
        if mine == was:
            found = yours
        elif yours == was:
            found = mine
        elif mine is None or yours is None:
            found = mine or yours
        else:
            found = mine if table.worth(mine) > table.worth(yours) else yours
        if found is not None:
            merged.append(found)
    return merged


def _merge_runs(base: Rows, ours: Rows, theirs: Rows) -> list[Values]:
    """The runs of both, in the order they ended."""
    name = "job_runs.jsonl"
    began, here, there = (
        {tuple(values.values()): values for values in rows.get(name, [])}
        for rows in (base, ours, theirs)
    )
    kept = [
        values
        for key, values in {**there, **here}.items()
        if (key in here and key in there) or key not in began
    ]
    return sorted(kept, key=lambda values: (values["finished_at"], values["job"]))
