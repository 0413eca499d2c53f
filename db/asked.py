"""What is asked of the queue; nothing here changes it. :mod:`db.queue` has the changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.engine import reading
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
from db.requests import handled_requests
from db.review import candidate_page, count_days, count_topics, recent_decisions, work_since
from db.sample import find_labels, find_sample
from db.scorings import find_scoring
from db.statements import find_candidate, history_rows
from db.tables import decision_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Engine

    from db.records import (
        AddedPaper,
        Candidate,
        CandidateFilter,
        CandidatePage,
        DecidedPaper,
        Decision,
        Label,
        Paper,
        SampledPaper,
        Scoring,
        Work,
    )


class QueueReads:
    """The half of the queue that only reads.

    Every method may raise ``DatabaseUnavailableError``.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- what was seen -----------------------------------------------------

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

    def scoring(self, arxiv_id: str) -> Scoring | None:
        """What was last said of a paper, queued or not; ``None`` where that is not known."""
        with reading(self._engine) as connection:
            return find_scoring(connection, arxiv_id)

    # -- what waits --------------------------------------------------------

    def titles(self, states: Iterable[State] | None = None) -> dict[str, str]:
        """The title of every candidate, or of those in ``states``, by identifier."""
        with reading(self._engine) as connection:
            return candidate_titles(connection, states)

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

    # -- what reviewers look at --------------------------------------------

    def page(self, wanted: CandidateFilter, *, offset: int = 0, limit: int) -> CandidatePage:
        """Some of the candidates that a filter finds, most relevant first, then newest."""
        with reading(self._engine) as connection:
            return candidate_page(connection, wanted, offset=offset, limit=limit)

    def topic_counts(self, states: Iterable[State]) -> dict[str, int]:
        """How many candidates in ``states`` each topic has, the largest first."""
        with reading(self._engine) as connection:
            return count_topics(connection, states)

    def day_counts(self, states: Iterable[State]) -> dict[date, int]:
        """How many candidates in ``states`` each announcement day has, the newest first."""
        with reading(self._engine) as connection:
            return count_days(connection, states)

    def work(self, since: datetime) -> Work:
        """How many candidates people decided about since then, and how many are pending."""
        with reading(self._engine) as connection:
            return work_since(connection, since)

    def recent(
        self, *, limit: int, offset: int = 0, reviewer: str = ""
    ) -> tuple[DecidedPaper, ...]:
        """What people decided, newest first; by one of them if ``reviewer`` is given."""
        with reading(self._engine) as connection:
            return recent_decisions(connection, offset=offset, limit=limit, reviewer=reviewer)

    # -- what models learn from --------------------------------------------

    def training_sample(self) -> tuple[SampledPaper, ...]:
        """Every queued paper and a random share of the rest, bounded; oldest day first."""
        with reading(self._engine) as connection:
            return find_sample(connection)

    def labels(self) -> dict[str, Label]:
        """What became of each candidate, by identifier; those that wait are left out."""
        with reading(self._engine) as connection:
            return find_labels(connection)

    # -- what is asked for from outside ------------------------------------

    def handled(self, requests: Iterable[str]) -> frozenset[str]:
        """Those of ``requests`` that were carried out, or refused for good."""
        with reading(self._engine) as connection:
            return handled_requests(connection, requests)
