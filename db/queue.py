"""The queue: which papers were seen, which wait, and what was decided about each.

Every change is one transaction, and every decision is kept: the history only
grows, an undo is one more line in it. Knows nothing of arXiv but identifiers
as text, and nothing of what a topic or a score means.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from db.engine import insert_into, reading, take_turns, writing
from db.errors import DecidedError, NothingToUndoError
from db.records import Candidate, Decision, Paper, State, Verdict
from db.sample import MOST_SAMPLED, bound_sample, find_labels, find_sample
from db.statements import (
    candidate_ids,
    change_candidate,
    chunks,
    find_candidate,
    find_candidates,
    history_rows,
    lock_candidates,
    store_candidates,
    store_papers,
)
from db.tables import PAPERS, CandidateRow, DecisionRow, PaperRow, decision_of, paper_of, row_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Engine, RowMapping

    from db.records import Label, SampledPaper

LIST_REVIEWER = "list"
"""Who decided, where the list file itself is what tells."""

JOB_REVIEWER = "shortlist"
"""Who decided, where no person did."""

OPEN = frozenset({State.PENDING, State.DEFERRED, State.EXPIRED})
"""States in which a candidate may be decided."""

_AFTER = {
    Verdict.APPROVE: State.APPROVED,
    Verdict.REJECT: State.REJECTED,
    Verdict.DEFER: State.DEFERRED,
}


class Queue:
    """The candidates and their history.

    Every method may raise ``DatabaseUnavailableError``; what was written before
    it in the same call is then taken back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- what was seen -----------------------------------------------------

    def record(
        self,
        papers: Sequence[Paper],
        candidates: Sequence[Candidate],
        *,
        now: datetime,
        sampled: Mapping[str, float] = MappingProxyType({}),
    ) -> int:
        """Remembers every paper as triaged, and queues the candidates.

        A paper that is a candidate already stays as it is, and so does what is known of
        one that waited if that is of a later version than the paper given. Candidates
        become part of the training sample, and so does what ``sampled`` names.

        Args:
            papers: All that was triaged.
            candidates: Those of them that wait for a maintainer from now on.
            now: When (UTC).
            sampled: By identifier, how many papers one stands for in the training
                sample, 1 or more; a candidate that is not named stands for itself.

        Returns:
            How many were newly queued.
        """
        with writing(self._engine) as connection:
            take_turns(connection)
            known = candidate_ids(connection, (each.paper.arxiv_id for each in candidates))
            fresh = {
                each.paper.arxiv_id: each for each in candidates if each.paper.arxiv_id not in known
            }
            weights = {**dict.fromkeys(fresh, 1.0), **sampled}
            queued = [each.paper for each in fresh.values()]
            store_papers(connection, queued, now, weights=weights, fully=True)
            store_papers(connection, papers, now, weights=weights)
            bound_sample(connection, MOST_SAMPLED)
            return store_candidates(connection, fresh.values())

    def remember(self, papers: Sequence[Paper], *, now: datetime) -> None:
        """Keeps papers that could not be scored yet, unless they are known."""
        rows = [row_of(paper, triaged=False, history=False, seen_at=now) for paper in papers]
        if not rows:
            return
        with writing(self._engine) as connection:
            take_turns(connection)
            connection.execute(insert_into(connection, PAPERS).on_conflict_do_nothing(), rows)

    def waiting(self) -> tuple[Paper, ...]:
        """The papers not scored yet, oldest announcement first, then by identifier."""
        with reading(self._engine) as connection:
            found = connection.execute(select(PAPERS).where(PaperRow.triaged.is_(False)))
            papers = [paper_of(row) for row in found.mappings()]
        return tuple(sorted(papers, key=lambda paper: (paper.announced, paper.arxiv_id)))

    def seen_ids(self, arxiv_ids: Iterable[str]) -> frozenset[str]:
        """Those of ``arxiv_ids`` that were triaged, candidates included."""
        seen: set[str] = set()
        with reading(self._engine) as connection:
            for chunk in chunks(arxiv_ids):
                found = select(PaperRow.arxiv_id).where(
                    PaperRow.arxiv_id.in_(chunk), PaperRow.triaged.is_(True)
                )
                seen.update(connection.scalars(found))
        return frozenset(seen)

    def paper(self, arxiv_id: str) -> Paper | None:
        """A paper that was seen, as it was announced; ``None`` if at most its id is known."""
        with reading(self._engine) as connection:
            found = connection.execute(select(PAPERS).where(PaperRow.arxiv_id == arxiv_id))
            row = found.mappings().one_or_none()
        return paper_of(row) if row is not None and row["title"] is not None else None

    # -- what waits --------------------------------------------------------

    def titles(self) -> dict[str, str]:
        """The title of every candidate, by identifier."""
        with reading(self._engine) as connection:
            found = connection.execute(
                select(PaperRow.arxiv_id, PaperRow.title).join(
                    CandidateRow, CandidateRow.arxiv_id == PaperRow.arxiv_id
                )
            )
            return {arxiv_id: title or "" for arxiv_id, title in found}

    def candidates(
        self, *, state: State | None = None, topic: str | None = None
    ) -> tuple[Candidate, ...]:
        """Those in ``state`` and ``topic``, or all; most relevant first, then newest."""
        conditions: list[ColumnElement[bool]] = []
        if state is not None:
            conditions.append(CandidateRow.state == state)
        if topic is not None:
            conditions.append(CandidateRow.topic == topic)
        with reading(self._engine) as connection:
            found = find_candidates(connection, *conditions)
        # Sorted here: databases disagree about the order of texts.
        return tuple(
            sorted(found, key=lambda each: (each.relevance, each.paper.arxiv_id), reverse=True)
        )

    def pending(self) -> tuple[Candidate, ...]:
        """Those nobody has decided about, most relevant first."""
        return self.candidates(state=State.PENDING)

    def approved(self) -> tuple[Candidate, ...]:
        """Those to be published, in the order they were approved."""
        last = func.max(DecisionRow.decision_id)
        with reading(self._engine) as connection:
            found = find_candidates(connection, CandidateRow.state == State.APPROVED)
            decided = connection.execute(
                select(DecisionRow.arxiv_id, last)
                .join(CandidateRow, CandidateRow.arxiv_id == DecisionRow.arxiv_id)
                .where(CandidateRow.state == State.APPROVED)
                .group_by(DecisionRow.arxiv_id)
            )
            order = dict(decided.all())
        return tuple(sorted(found, key=lambda each: order.get(each.paper.arxiv_id, 0)))

    def get(self, arxiv_id: str) -> Candidate:
        """One candidate.

        Raises:
            UnknownCandidateError: It was never queued.
        """
        with reading(self._engine) as connection:
            return find_candidate(connection, arxiv_id)

    def history(self, arxiv_id: str) -> tuple[Decision, ...]:
        """Everything decided about a paper, oldest first."""
        with reading(self._engine) as connection:
            return tuple(decision_of(row) for row in history_rows(connection, arxiv_id))

    def counts(self) -> dict[State, int]:
        """How many candidates are in each state, those with none included."""
        with reading(self._engine) as connection:
            found = connection.execute(
                select(CandidateRow.state, func.count()).group_by(CandidateRow.state)
            )
            return dict.fromkeys(State, 0) | dict(found.all())

    # -- what models learn from --------------------------------------------

    def training_sample(self) -> tuple[SampledPaper, ...]:
        """Every queued paper and a random share of the rest, bounded; oldest day first."""
        with reading(self._engine) as connection:
            return find_sample(connection)

    def labels(self) -> dict[str, Label]:
        """What became of each candidate, by identifier; those that wait are left out."""
        with reading(self._engine) as connection:
            return find_labels(connection)

    # -- what people decide ------------------------------------------------

    def decide(self, decision: Decision) -> Candidate:
        """Approves, rejects or defers one candidate; see :meth:`decide_all`."""
        return self.decide_all([decision])[0]

    def decide_all(self, decisions: Sequence[Decision]) -> tuple[Candidate, ...]:
        """Approves, rejects or defers candidates: all of them, or none.

        Of two reviewers who decide about one candidate at once, one wins and the
        other is refused. A topic in the decision becomes the candidate's.

        Returns:
            The candidates as they stand now, in the order of ``decisions``.

        Raises:
            UnknownCandidateError: One was never queued.
            DecidedError: One is approved, rejected or published already.
            ValueError: A verdict is none that people give.
        """
        for decision in decisions:
            if decision.verdict not in _AFTER:
                raise ValueError(f"{decision.verdict} is not decided, it happens")
        with writing(self._engine) as connection:
            lock_candidates(connection, [decision.arxiv_id for decision in decisions])
            return tuple(
                _apply(connection, decision, _AFTER[decision.verdict]) for decision in decisions
            )

    def add(self, candidate: Candidate, *, reviewer: str, now: datetime) -> Candidate:
        """Takes in a paper by hand: it is approved at once.

        A candidate that waits is approved where it stands, under the topic given.

        Raises:
            DecidedError: It is approved, rejected or published already.
        """
        arxiv_id = candidate.paper.arxiv_id
        added = Decision(
            arxiv_id=arxiv_id,
            verdict=Verdict.ADD,
            topic=candidate.topic,
            reason=candidate.reason,
            reviewer=reviewer,
            decided_at=now,
        )
        fresh = replace(candidate, state=State.PENDING, reviewer="", decided_at=None, reason="")
        with writing(self._engine) as connection:
            take_turns(connection)
            if not candidate_ids(connection, [arxiv_id]):
                store_papers(
                    connection, [candidate.paper], now, weights={arxiv_id: 1.0}, fully=True
                )
                store_candidates(connection, [fresh])
            lock_candidates(connection, [arxiv_id])
            return _apply(connection, added, State.APPROVED)

    def undo(self, arxiv_id: str, *, reviewer: str, now: datetime) -> Candidate:
        """Takes back the last decision: state and topic are as before it.

        A paper that was taken in by hand stays in the queue and waits.

        Raises:
            UnknownCandidateError: It was never queued.
            NothingToUndoError: It waits, or has expired.
            DecidedError: It is published.
        """
        with writing(self._engine) as connection:
            lock_candidates(connection, [arxiv_id])
            candidate = find_candidate(connection, arxiv_id)
            if candidate.state is State.PUBLISHED:
                raise DecidedError(arxiv_id, candidate.state, candidate.reviewer)
            standing = _standing(history_rows(connection, arxiv_id))
            if candidate.state in {State.PENDING, State.EXPIRED} or not standing:
                raise NothingToUndoError(arxiv_id, candidate.state)
            last, earlier = standing[-1], [row for row in standing[:-1] if _by_person(row)]
            before = earlier[-1] if earlier else None
            undone = replace(
                candidate,
                state=last["state_before"],
                topic=last["topic_before"],
                reviewer=before["reviewer"] if before else "",
                decided_at=before["decided_at"] if before else None,
                reason=before["reason"] if before else "",
            )
            undo = Decision(
                arxiv_id=arxiv_id, verdict=Verdict.UNDO, reviewer=reviewer, decided_at=now
            )
            change_candidate(connection, candidate, undone, undo)
            return undone

    # -- what happens ------------------------------------------------------

    def mark_published(
        self, arxiv_ids: Iterable[str], *, commit: str, now: datetime
    ) -> tuple[str, ...]:
        """Marks approved candidates as standing in the list.

        Args:
            arxiv_ids: Candidates; those in another state are left alone.
            commit: The list commit that holds them.
            now: When (UTC).

        Returns:
            Those that were marked, in the order given.
        """

        def publish(candidate: Candidate) -> tuple[Candidate, Decision]:
            return (
                replace(candidate, state=State.PUBLISHED, commit=commit),
                _event(candidate, Verdict.PUBLISH, JOB_REVIEWER, now),
            )

        return self._sweep(arxiv_ids, {State.APPROVED}, publish)

    def close_listed(self, arxiv_ids: Iterable[str], *, now: datetime) -> tuple[str, ...]:
        """Closes the candidates that stand in the list already.

        One that waited was written there by a person; one that was approved was
        committed by a run that died before it could say so.

        Args:
            arxiv_ids: All identifiers in the list files.
            now: When (UTC).

        Returns:
            Those that were closed, in the order given.
        """

        def close(candidate: Candidate) -> tuple[Candidate, Decision]:
            if candidate.state is State.APPROVED:
                return (
                    replace(candidate, state=State.PUBLISHED),
                    _event(candidate, Verdict.PUBLISH, LIST_REVIEWER, now),
                )
            closed = replace(
                candidate, state=State.PUBLISHED, reviewer=LIST_REVIEWER, decided_at=now, reason=""
            )
            return closed, _event(candidate, Verdict.LISTED, LIST_REVIEWER, now)

        return self._sweep(arxiv_ids, OPEN | {State.APPROVED}, close)

    def expire(self, *, before: datetime, now: datetime) -> tuple[str, ...]:
        """Gives up on pending candidates that were queued before ``before``.

        Returns:
            Those that expired, sorted.
        """

        def give_up(candidate: Candidate) -> tuple[Candidate, Decision]:
            expired = replace(candidate, state=State.EXPIRED)
            return expired, _event(candidate, Verdict.EXPIRE, JOB_REVIEWER, now)

        with reading(self._engine) as connection:
            overdue = connection.scalars(
                select(CandidateRow.arxiv_id).where(
                    CandidateRow.state == State.PENDING, CandidateRow.queued_at < before
                )
            ).all()
        return self._sweep(sorted(overdue), {State.PENDING}, give_up)

    def _sweep(
        self,
        arxiv_ids: Iterable[str],
        states: Iterable[State],
        change: Callable[[Candidate], tuple[Candidate, Decision]],
    ) -> tuple[str, ...]:
        """Changes those of ``arxiv_ids`` that are in ``states``; which, in order."""
        allowed, asked = set(states), list(dict.fromkeys(arxiv_ids))
        with writing(self._engine) as connection:
            open_ids = {
                arxiv_id
                for chunk in chunks(asked)
                for arxiv_id in connection.scalars(
                    select(CandidateRow.arxiv_id).where(
                        CandidateRow.arxiv_id.in_(chunk), CandidateRow.state.in_(allowed)
                    )
                )
            }
            lock_candidates(connection, open_ids)
            changed = []
            for arxiv_id in (each for each in asked if each in open_ids):
                candidate = find_candidate(connection, arxiv_id)
                if candidate.state in allowed:
                    change_candidate(connection, candidate, *change(candidate))
                    changed.append(arxiv_id)
            return tuple(changed)


def _standing(history: Iterable[RowMapping]) -> list[RowMapping]:
    """The decisions that were not taken back, oldest first."""
    standing: list[RowMapping] = []
    for row in history:
        if row["verdict"] is Verdict.UNDO:
            del standing[-1:]
        else:
            standing.append(row)
    return standing


def _by_person(row: RowMapping) -> bool:
    return row["verdict"] is not Verdict.EXPIRE


def _event(candidate: Candidate, verdict: Verdict, reviewer: str, now: datetime) -> Decision:
    return Decision(
        arxiv_id=candidate.paper.arxiv_id, verdict=verdict, reviewer=reviewer, decided_at=now
    )


def _apply(connection: Connection, decision: Decision, state: State) -> Candidate:
    candidate = find_candidate(connection, decision.arxiv_id)
    if candidate.state not in OPEN:
        raise DecidedError(decision.arxiv_id, candidate.state, candidate.reviewer)
    decided = replace(
        candidate,
        state=state,
        topic=decision.topic or candidate.topic,
        reviewer=decision.reviewer,
        decided_at=decision.decided_at,
        reason=decision.reason,
    )
    change_candidate(connection, candidate, decided, decision)
    return decided
