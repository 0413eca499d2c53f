"""The queue: which papers were seen, which wait, and what was decided about each.

Every change is one transaction, and every decision is kept: the history only
grows, an undo is one more line in it. Knows nothing of arXiv but identifiers
as text, and nothing of what a topic or a score means.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from db.decisions import check_verdicts, decide, take_back, take_in
from db.engine import insert_into, reading, take_turns, writing
from db.events import close, expire, publish
from db.questions import (
    added_papers,
    announced_paper,
    approved_candidates,
    candidate_titles,
    count_states,
    ranked_candidates,
    triaged_ids,
    waiting_papers,
)
from db.records import State
from db.sample import MOST_SAMPLED, bound_sample, find_labels, find_sample
from db.statements import (
    candidate_ids,
    find_candidate,
    history_rows,
    store_candidates,
    store_papers,
)
from db.tables import PAPERS, decision_of, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Engine

    from db.records import AddedPaper, Candidate, Decision, Label, Paper, SampledPaper


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
            return waiting_papers(connection)

    def seen_ids(self, arxiv_ids: Iterable[str]) -> frozenset[str]:
        """Those of ``arxiv_ids`` that were triaged, candidates included."""
        with reading(self._engine) as connection:
            return triaged_ids(connection, arxiv_ids)

    def paper(self, arxiv_id: str) -> Paper | None:
        """A paper that was seen, as it was announced; ``None`` if at most its id is known."""
        with reading(self._engine) as connection:
            return announced_paper(connection, arxiv_id)

    # -- what waits --------------------------------------------------------

    def titles(self) -> dict[str, str]:
        """The title of every candidate, by identifier."""
        with reading(self._engine) as connection:
            return candidate_titles(connection)

    def candidates(
        self, *, state: State | None = None, topic: str | None = None
    ) -> tuple[Candidate, ...]:
        """Those in ``state`` and ``topic``, or all; most relevant first, then newest."""
        with reading(self._engine) as connection:
            return ranked_candidates(connection, state=state, topic=topic)

    def pending(self) -> tuple[Candidate, ...]:
        """Those nobody has decided about, most relevant first."""
        return self.candidates(state=State.PENDING)

    def approved(self) -> tuple[Candidate, ...]:
        """Those to be published, in the order they were approved."""
        with reading(self._engine) as connection:
            return approved_candidates(connection)

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

    def added(self, *, since: datetime) -> tuple[AddedPaper, ...]:
        """What came into the list at ``since`` (UTC) or later and stands there, in that order."""
        with reading(self._engine) as connection:
            return added_papers(connection, since)

    def counts(self) -> dict[State, int]:
        """How many candidates are in each state, those with none included."""
        with reading(self._engine) as connection:
            return count_states(connection)

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
        check_verdicts(decisions)
        with writing(self._engine) as connection:
            return decide(connection, decisions)

    def add(self, candidate: Candidate, *, reviewer: str, now: datetime) -> Candidate:
        """Takes in a paper by hand: it is approved at once.

        A candidate that waits is approved where it stands, under the topic given.

        Raises:
            DecidedError: It is approved, rejected or published already.
        """
        with writing(self._engine) as connection:
            take_turns(connection)
            return take_in(connection, candidate, reviewer=reviewer, now=now)

    def undo(self, arxiv_id: str, *, reviewer: str, now: datetime) -> Candidate:
        """Takes back the last decision: state and topic are as before it.

        A paper that was taken in by hand stays in the queue and waits.

        Raises:
            UnknownCandidateError: It was never queued.
            NothingToUndoError: It waits, or has expired.
            DecidedError: It is published.
        """
        with writing(self._engine) as connection:
            return take_back(connection, arxiv_id, reviewer=reviewer, now=now)

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
        with writing(self._engine) as connection:
            return publish(connection, arxiv_ids, commit=commit, now=now)

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
        with writing(self._engine) as connection:
            return close(connection, arxiv_ids, now=now)

    def expire(self, *, before: datetime, now: datetime) -> tuple[str, ...]:
        """Gives up on pending candidates that were queued before ``before``.

        Returns:
            Those that expired, sorted.
        """
        with writing(self._engine) as connection:
            return expire(connection, before=before, now=now)
