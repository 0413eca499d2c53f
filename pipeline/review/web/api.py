"""The routes under ``/api``: what is asked becomes calls of a desk, its values become answers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from pipeline.arxiv_id import parse_arxiv_id
from pipeline.review.card import Desk
from pipeline.review.web.answering import (
    card_answer,
    history_item,
    ledger_answer,
    preview_answer,
    progress_answer,
    publish_preview_answer,
    published_answer,
    queue_answer,
)
from pipeline.review.web.answers import (
    BulkAnswer,
    CardAnswer,
    Conflict,
    HistoryAnswer,
    LedgerAnswer,
    PreviewAnswer,
    Problem,
    PublishedAnswer,
    PublishPreviewAnswer,
    QueueAnswer,
    ReportAnswer,
    SessionAnswer,
)
from pipeline.review.web.guard import Refusal
from pipeline.review.web.identity import changing_desk, csrf_for, desk_of
from pipeline.review.web.questions import (
    BulkQuestion,
    DayName,
    DecisionQuestion,
    EditQuestion,
    PreviewQuestion,
    PublishQuestion,
    StateName,
    UndoQuestion,
    Words,
    make_filter,
    verdict_of,
)

MOST_ITEMS = 500
"""Candidates or decisions in one answer."""

Reading = Annotated[Desk, Depends(desk_of)]
Changing = Annotated[Desk, Depends(changing_desk)]
Csrf = Annotated[str, Depends(csrf_for)]
Offset = Annotated[int, Query(ge=0, lt=2**31)]
Limit = Annotated[int, Query(ge=1, le=MOST_ITEMS)]

_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "No request of this interface"},
    401: {"model": Problem, "description": "The token, or the proxy's reviewer, is missing"},
    403: {"model": Problem, "description": "Asked for by another site, or without the CSRF header"},
    421: {"model": Problem, "description": "Not served under this name"},
    422: {"model": Problem, "description": "A value is none that can be used"},
    503: {"model": Problem, "description": "The database or the list cannot be read now"},
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "Never queued, or no identifier"}
}
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"model": Conflict, "description": "Changed meanwhile, or not possible as it stands"},
    413: {"model": Problem, "description": "Too long"},
}
_CHANGE = {**_UNKNOWN, **_CONFLICT}

router = APIRouter(prefix="/api", responses=_REFUSALS)


@router.get("/session")
def read_session(desk: Reading, csrf: Csrf) -> SessionAnswer:
    """Who reviews here, and what has to come along with every change."""
    return SessionAnswer(
        reviewer=desk.reviewer,
        csrf=csrf,
        topics=list(desk.topics()),
        progress=progress_answer(desk.progress()),
    )


@router.get("/queue")
def read_queue(  # noqa: PLR0917 each is a parameter of the address
    desk: Reading,
    state: StateName = "",
    topic: Words = "",
    day: DayName = "",
    text: Words = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> QueueAnswer:
    """The candidates that a filter finds, most relevant first, and how far the day's work is.

    Without a state all states are looked through.
    """
    page = desk.queue(make_filter(state, topic, day, text), offset=offset, limit=limit)
    return queue_answer(page, desk.progress())


@router.post("/candidates/{arxiv_id:path}/decision", responses=_CHANGE)
def decide(arxiv_id: str, asked: DecisionQuestion, desk: Changing) -> CardAnswer:
    """Approve, reject or defer a candidate that is as it was seen (``revision``)."""
    return card_answer(
        desk.decide(
            _identifier(arxiv_id),
            verdict_of(asked.verdict),
            topic=asked.topic,
            reason=asked.reason,
            revision=asked.revision,
        )
    )


@router.post("/candidates/{arxiv_id:path}/undo", responses=_CHANGE)
def undo(arxiv_id: str, asked: UndoQuestion, desk: Changing) -> CardAnswer:
    """Take back the last decision or edit."""
    return card_answer(desk.undo(_identifier(arxiv_id), revision=asked.revision))


@router.put("/candidates/{arxiv_id:path}/entry", responses=_CHANGE)
def edit_entry(arxiv_id: str, asked: EditQuestion, desk: Changing) -> CardAnswer:
    """Keep what a maintainer changed in the entry, and its topic."""
    known = _identifier(arxiv_id)
    before = desk.candidate(known).edit
    return card_answer(
        desk.edit(known, asked.over(before), topic=asked.topic or "", revision=asked.revision)
    )


@router.post("/candidates/{arxiv_id:path}/preview", responses=_CHANGE)
def preview_entry(arxiv_id: str, asked: PreviewQuestion, desk: Changing) -> PreviewAnswer:
    """The entry as it would stand in the list; nothing is kept."""
    known = _identifier(arxiv_id)
    before = desk.candidate(known).edit
    return preview_answer(desk.preview(known, asked.over(before), topic=asked.topic or ""))


@router.get("/candidates/{arxiv_id:path}", responses=_UNKNOWN)
def read_candidate(arxiv_id: str, desk: Reading) -> CardAnswer:
    """One candidate with all that is needed to decide."""
    return card_answer(desk.card(_identifier(arxiv_id)))


@router.post("/bulk", responses=_CONFLICT)
def decide_found(asked: BulkQuestion, desk: Changing) -> BulkAnswer:
    """One verdict for all that a filter finds: for all of them, or for none."""
    decided = desk.decide_found(verdict_of(asked.verdict), asked.filter.wanted(), count=asked.count)
    return BulkAnswer(decided=len(decided))


@router.get("/history")
def read_history(
    desk: Reading, offset: Offset = 0, limit: Limit = 50, reviewer: Words = ""
) -> HistoryAnswer:
    """What was decided, newest first; of all reviewers, or of one."""
    lines = desk.history(offset=offset, limit=limit + 1, reviewer=reviewer)
    return HistoryAnswer(
        items=[history_item(line) for line in lines[:limit]], has_more=len(lines) > limit
    )


@router.get("/papers/{arxiv_id:path}", responses=_UNKNOWN)
def read_story(arxiv_id: str, desk: Reading) -> dict[str, Any]:
    """A paper's whole story, as `shortlist log` tells it: why it is here, or why it is not."""
    return dict(desk.story(_identifier(arxiv_id)))


@router.get("/publish")
def preview_publication(desk: Reading) -> PublishPreviewAnswer:
    """What a publication would do now: the exact difference; nothing is written."""
    return publish_preview_answer(desk.preview_publication())


@router.post("/publish", responses=_CONFLICT)
def publish(asked: PublishQuestion, desk: Changing) -> PublishedAnswer:
    """Publish what was approved, if it still is what the token stands for."""
    return published_answer(desk.publish(asked.token))


@router.get("/ledger")
def read_ledger(desk: Reading, days: Annotated[int, Query(ge=1, le=366)] = 14) -> LedgerAnswer:
    """What each source delivered in the last days."""
    return ledger_answer(desk.ledger(days=days))


@router.get("/report")
def read_report(desk: Reading) -> ReportAnswer:
    """Whether there is a page of the model, and how to make one."""
    report = desk.report()
    return ReportAnswer(
        exists=bool(report.html),
        address="/model/report",
        made_at=report.made_at,
        hint=report.hint,
    )


def _identifier(text: str) -> str:
    found = parse_arxiv_id(text)
    if found is None:
        raise Refusal(404, f"{text[:80]!r} is no arXiv identifier", "write it like 2302.06637")
    return found
