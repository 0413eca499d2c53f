"""A queue of years: 10,000 candidates that wait and 100,000 that were decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import insert

from db.engine import open_database, writing
from db.queue import Queue
from db.records import Candidate, Decision, Evidence, NearEntry, State, Verdict
from db.tables import DECISIONS, row_of
from tests.builders import DAY, NOW, make_candidate

PENDING = 10_000
DECIDED = 100_000
_CHUNK = 10_000
_STATES = (
    (State.REJECTED, Verdict.REJECT),
    (State.PUBLISHED, Verdict.APPROVE),
    (State.REJECTED, Verdict.REJECT),
)
_TOPICS = ("Privacy", "Fairness")
_ABSTRACT = "We study private learning of fair things under attack. " * 22
"""About as long as an abstract is: 1,200 characters."""


def fill_queue(url: str, *, pending: int = PENDING, decided: int = DECIDED) -> Queue:
    """The queue at ``url``, with that many candidates; the first of them are pending."""
    engine = open_database(url)
    queue = Queue(engine)
    total = pending + decided
    for begin in range(0, total, _CHUNK):
        candidates = [
            _candidate(number, is_pending=number < pending)
            for number in range(begin, min(begin + _CHUNK, total))
        ]
        queue.record([each.paper for each in candidates], candidates, now=NOW)
        lines = [
            row_of(
                _decision(each),
                state_before=State.PENDING,
                topic_before=each.topic,
                edit_before=each.edit,
            )
            for each in candidates
            if each.state is not State.PENDING
        ]
        if lines:
            with writing(engine) as connection:
                connection.execute(insert(DECISIONS), lines)
    return queue


def identifier(number: int) -> str:
    """The identifier of the candidate of that number, from 0."""
    month, place = divmod(number, 10_000)
    return f"{22 + month // 12:02}{month % 12 + 1:02}.{place:05}"


def _candidate(number: int, *, is_pending: bool) -> Candidate:
    candidate = make_candidate(
        identifier(number),
        relevance=(number * 7919 % 10_007) / 10_007,
        topic=_TOPICS[number % 2],
        abstract=f"{_ABSTRACT} It is paper {number}.",
        announced=DAY + timedelta(days=number % 500),
    )
    candidate = replace(
        candidate,
        evidence=Evidence(
            nearest=(NearEntry(title="Private Things", arxiv_id="2205.00002", similarity=0.71),),
            words_for=("private", "attack"),
            words_against=("poetry",),
        ),
    )
    if is_pending:
        return candidate
    state, _ = _STATES[number % len(_STATES)]
    return replace(
        candidate,
        state=state,
        reviewer=("Mara", "Noor")[number % 2],
        decided_at=NOW - timedelta(minutes=number),
        commit="0" * 40 if state is State.PUBLISHED else "",
        revision=1,
    )


def _decision(candidate: Candidate) -> Decision:
    verdict = Verdict.APPROVE if candidate.state is State.PUBLISHED else Verdict.REJECT
    assert candidate.decided_at is not None
    return Decision(
        arxiv_id=candidate.paper.arxiv_id,
        verdict=verdict,
        topic=candidate.topic,
        reviewer=candidate.reviewer,
        decided_at=candidate.decided_at,
        model=candidate.model,
        relevance=candidate.relevance,
    )
