"""The queue: which papers were seen, which wait, and what was decided about each.

Every change is one transaction, and every decision is kept: the history only
grows, an undo is one more line in it. Knows nothing of arXiv but identifiers
as text, and nothing of what a topic or a score means.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from db.asked import QueueReads
from db.decisions import check_verdicts, decide, edit_entry, take_back, take_in
from db.engine import insert_into, take_turns, writing
from db.events import close, expire, publish
from db.requests import carry_out
from db.sample import MOST_SAMPLED, bound_sample
from db.scorings import store_scorings
from db.statements import candidate_ids, store_candidates, store_papers
from db.tables import PAPERS, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from db.records import Candidate, Decision, EntryEdit, Paper, Scoring


class Queue(QueueReads):
    """The candidates and their history.

    Every method may raise ``DatabaseUnavailableError``; what was written before
    it in the same call is then taken back.
    """

    # -- what was seen -----------------------------------------------------

    def record(
        self,
        papers: Sequence[Paper],
        candidates: Sequence[Candidate],
        *,
        now: datetime,
        sampled: Mapping[str, float] = MappingProxyType({}),
        scorings: Sequence[Scoring] = (),
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
            scorings: What was said of each paper.

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
            store_scorings(connection, scorings)
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

    # -- what people decide ------------------------------------------------

    def decide(self, decision: Decision) -> Candidate:
        """Approves, rejects or defers one candidate; see :meth:`decide_all`."""
        return self.decide_all([decision])[0]

    def decide_all(
        self,
        decisions: Sequence[Decision],
        *,
        revisions: Mapping[str, int] = MappingProxyType({}),
        request: str = "",
    ) -> tuple[Candidate, ...]:
        """Approves, rejects or defers candidates: all of them, or none.

        Of two reviewers who decide about one candidate at once, one wins and the
        other is refused. A topic in the decision becomes the candidate's.

        Args:
            decisions: What was decided.
            revisions: By identifier, the revision that the reviewer saw.
            request: Key of the request from outside that asks for it, or "".

        Returns:
            The candidates as they stand now, in the order of ``decisions``.

        Raises:
            UnknownCandidateError: One was never queued.
            DecidedError: One is approved, rejected or published already.
            ChangedError: One has another revision than ``revisions`` says.
            RepeatedRequestError: The request was carried out before.
            ValueError: A verdict is none that people give.
        """
        check_verdicts(decisions)
        with writing(self._engine) as connection:
            if request:
                carry_out(connection, request, now=max(each.decided_at for each in decisions))
            return decide(connection, decisions, revisions)

    def edit(
        self,
        arxiv_id: str,
        edit: EntryEdit,
        *,
        topic: str = "",
        reviewer: str,
        now: datetime,
        revision: int | None = None,
        request: str = "",
    ) -> Candidate:
        """Changes the entry of a candidate, or its topic, and decides nothing.

        Args:
            arxiv_id: A candidate that may be decided, or is approved.
            edit: All that differs from the draft, in place of what was edited before.
            topic: Its topic from now on, "" to keep it.
            reviewer: Who.
            now: When (UTC).
            revision: What the reviewer saw, ``None`` for whatever there is.
            request: Key of the request from outside that asks for it, or "".

        Raises:
            UnknownCandidateError: It was never queued.
            DecidedError: It is rejected or published already.
            ChangedError: It has another revision.
            RepeatedRequestError: The request was carried out before.
        """
        with writing(self._engine) as connection:
            carry_out(connection, request, now=now)
            return edit_entry(
                connection,
                arxiv_id,
                edit,
                topic=topic,
                reviewer=reviewer,
                now=now,
                revision=revision,
            )

    def add(self, candidate: Candidate, *, reviewer: str, now: datetime) -> Candidate:
        """Takes in a paper by hand: it is approved at once.

        A candidate that waits is approved where it stands, under the topic given.

        Raises:
            DecidedError: It is approved, rejected or published already.
        """
        with writing(self._engine) as connection:
            take_turns(connection)
            return take_in(connection, candidate, reviewer=reviewer, now=now)

    def undo(
        self,
        arxiv_id: str,
        *,
        reviewer: str,
        now: datetime,
        revision: int | None = None,
        request: str = "",
        withdrawn: bool = False,
    ) -> Candidate:
        """Takes back the last decision: state, topic and entry are as before it.

        A paper that was taken in by hand stays in the queue and waits. Of a published one
        publication and approval are taken back together; edits of its entry stay.

        Args:
            arxiv_id: The candidate.
            reviewer: Who takes back.
            now: When (UTC).
            revision: What the reviewer saw, ``None`` for whatever there is.
            request: Key of the request from outside that asks for it, or "".
            withdrawn: Whether the list has lost the paper again.

        Raises:
            UnknownCandidateError: It was never queued.
            NothingToUndoError: It waits, or has expired.
            DecidedError: It is published, and not ``withdrawn``.
            ChangedError: It has another revision.
            RepeatedRequestError: The request was carried out before.
        """
        with writing(self._engine) as connection:
            carry_out(connection, request, now=now)
            return take_back(
                connection,
                arxiv_id,
                reviewer=reviewer,
                now=now,
                revision=revision,
                withdrawn=withdrawn,
            )

    # -- what is asked for from outside ------------------------------------

    def mark_handled(self, request: str, *, now: datetime) -> None:
        """Notes that a request is done with, though it changed nothing.

        Raises:
            RepeatedRequestError: It was before.
        """
        with writing(self._engine) as connection:
            carry_out(connection, request, now=now)

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
