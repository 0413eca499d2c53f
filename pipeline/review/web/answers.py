"""What the HTTP interface answers, as its OpenAPI description has it, made from a desk's values."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from db.records import AnnounceType, FetchStatus, State, Verdict
from pipeline.arxiv_id import abs_url
from pipeline.review.web.rendered import render_html

if TYPE_CHECKING:
    from db.records import Candidate, DecidedPaper, Decision, Fetch
    from pipeline.outcome import Publication
    from pipeline.review.card import (
        Card,
        DraftedEntry,
        LedgerPage,
        Progress,
        PublishPreview,
        QueuePage,
    )


class Answer(BaseModel):
    """What all answers share."""

    model_config = ConfigDict(frozen=True)


class Problem(Answer):
    """Why something was not done, and what to do."""

    problem: str
    hint: str = ""


class DayProgress(Answer):
    """``done`` decided today, of ``of`` with those that wait."""

    done: int
    of: int


class QueueItem(Answer):
    """A line of the queue."""

    arxiv_id: str
    title: str
    topic: str
    relevance: float
    state: State
    audit: bool
    announced: date
    revision: int


class TopicCount(Answer):
    """How many of what waits, or of the states asked for, stand under a topic."""

    topic: str
    count: int


class DayCount(Answer):
    """How many were announced on a day."""

    day: date
    count: int


class QueueAnswer(Answer):
    """A part of the queue."""

    total: int
    progress: DayProgress
    items: list[QueueItem]
    topics: list[TopicCount]
    days: list[DayCount]


class RankedTopic(Answer):
    """How likely the paper belongs to a topic."""

    topic: str
    probability: float


class Near(Answer):
    """An entry of the list that the paper is near to."""

    title: str
    arxiv_id: str
    similarity: float


class EvidenceAnswer(Answer):
    """What the scores rest on."""

    nearest: list[Near]
    words_for: list[str]
    words_against: list[str]
    accepted: str
    listed_authors: list[str]


class EntryAnswer(Answer):
    """The entry as it will stand in the list."""

    topic: str
    title: str
    authors: str
    venue: str
    keywords: list[str]
    digest: str
    links: list[tuple[str, str]]
    markdown: str
    html: str
    problem: str


class PreviewAnswer(Answer):
    """An entry as it would stand in the list; ``problem`` says why it could not."""

    markdown: str
    html: str
    problem: str


class DecisionAnswer(Answer):
    """A line of a paper's history."""

    verdict: Verdict
    topic: str
    reason: str
    reviewer: str
    decided_at: datetime
    model: str
    relevance: float


class CardAnswer(Answer):
    """One candidate with all that is needed to decide."""

    arxiv_id: str
    revision: int
    state: State
    reviewer: str
    decided_at: datetime | None
    reason: str
    commit: str
    title: str
    authors: list[str]
    categories: list[str]
    comment: str
    abstract: str
    announced: date
    announce_type: AnnounceType
    url: str
    relevance: float
    audit: bool
    why: list[str]
    model: str
    topic: str
    topics: list[RankedTopic]
    choices: list[str]
    evidence: EvidenceAnswer
    entry: EntryAnswer
    is_edited: bool
    all_topics: list[str]
    history: list[DecisionAnswer]


class Conflict(Problem):
    """Somebody was faster: ``candidate`` is how it stands now."""

    candidate: CardAnswer | None = None


class BulkAnswer(Answer):
    """How many candidates got the verdict."""

    decided: int


class HistoryItem(DecisionAnswer):
    """A decision, and where its paper stands now."""

    arxiv_id: str
    title: str
    state: State
    revision: int


class HistoryAnswer(Answer):
    """Decisions, newest first."""

    items: list[HistoryItem]
    has_more: bool


class PublishEntry(Answer):
    """An entry that a publication writes."""

    arxiv_id: str
    title: str
    topic: str


class PublishPreviewAnswer(Answer):
    """What a publication would do now; ``token`` stands for exactly that."""

    diff: str
    entries: list[PublishEntry]
    message: str
    problems: list[str]
    token: str


class PublishedAnswer(Answer):
    """What a publication did."""

    published: list[str]
    commit: str
    closed: list[str]
    problems: list[str]
    proposed: list[str] = []
    pull_request: str = ""


class FetchAnswer(Answer):
    """What one source delivered for one announcement day."""

    source: str
    status: FetchStatus
    received: int
    expected: int | None
    problem: str
    fetched_at: datetime


class LedgerDayAnswer(Answer):
    """One announcement day."""

    day: date
    mailing: str
    owed: bool
    sources: list[FetchAnswer]


class LedgerAnswer(Answer):
    """The last days, newest first."""

    alarm: str
    days: list[LedgerDayAnswer]


class ReportAnswer(Answer):
    """Whether there is a page of the model at ``address``, and how to make one."""

    exists: bool
    address: str
    made_at: datetime | None
    hint: str


class SessionAnswer(Answer):
    """Who reviews here, and what has to come along with every change."""

    reviewer: str
    csrf: str
    topics: list[str]
    progress: DayProgress


def card_answer(card: Card) -> CardAnswer:
    """A card."""
    candidate = card.candidate
    paper, evidence = candidate.paper, candidate.evidence
    return CardAnswer(
        arxiv_id=paper.arxiv_id,
        revision=candidate.revision,
        state=candidate.state,
        reviewer=candidate.reviewer,
        decided_at=candidate.decided_at,
        reason=candidate.reason,
        commit=candidate.commit,
        title=paper.title,
        authors=list(paper.authors),
        categories=list(paper.categories),
        comment=paper.comment or "",
        abstract=paper.abstract or "",
        announced=paper.announced,
        announce_type=paper.announce_type,
        url=abs_url(paper.arxiv_id),
        relevance=candidate.relevance,
        audit=candidate.audit,
        why=list(candidate.why),
        model=candidate.model,
        topic=candidate.topic,
        topics=[
            RankedTopic(topic=each.topic, probability=each.probability) for each in candidate.topics
        ],
        choices=list(candidate.choices),
        evidence=EvidenceAnswer(
            nearest=[
                Near(title=near.title, arxiv_id=near.arxiv_id, similarity=near.similarity)
                for near in evidence.nearest
            ],
            words_for=list(evidence.words_for),
            words_against=list(evidence.words_against),
            accepted=evidence.accepted,
            listed_authors=list(evidence.listed_authors),
        ),
        entry=_entry_answer(card.entry),
        is_edited=not candidate.edit.is_empty,
        all_topics=list(card.all_topics),
        history=[_decision_answer(decision) for decision in card.history],
    )


def preview_answer(entry: DraftedEntry) -> PreviewAnswer:
    """An entry that nobody has kept."""
    return PreviewAnswer(
        markdown=entry.markdown, html=render_html(entry.markdown), problem=entry.problem
    )


def queue_answer(page: QueuePage, progress: Progress) -> QueueAnswer:
    """A part of the queue."""
    return QueueAnswer(
        total=page.total,
        progress=progress_answer(progress),
        items=[_item(candidate) for candidate in page.candidates],
        topics=[TopicCount(topic=topic, count=count) for topic, count in page.topics],
        days=[DayCount(day=day, count=count) for day, count in page.days],
    )


def progress_answer(progress: Progress) -> DayProgress:
    """How far the day's work is."""
    return DayProgress(done=progress.done, of=progress.of)


def history_item(line: DecidedPaper) -> HistoryItem:
    """A line of the history."""
    return HistoryItem(
        arxiv_id=line.decision.arxiv_id,
        title=line.title,
        state=line.state,
        revision=line.revision,
        **dict(_decision_answer(line.decision)),
    )


def publish_preview_answer(preview: PublishPreview) -> PublishPreviewAnswer:
    """What would be published."""
    return PublishPreviewAnswer(
        diff=preview.diff,
        entries=[
            PublishEntry(arxiv_id=arxiv_id, title=title, topic=topic)
            for arxiv_id, title, topic in preview.entries
        ],
        message=preview.message,
        problems=list(preview.problems),
        token=preview.token,
    )


def published_answer(publication: Publication) -> PublishedAnswer:
    """What was published."""
    return PublishedAnswer(
        published=list(publication.published),
        commit=publication.commit,
        closed=list(publication.closed),
        problems=list(publication.problems),
        proposed=list(publication.proposed),
        pull_request=publication.pull_request,
    )


def ledger_answer(page: LedgerPage) -> LedgerAnswer:
    """What was fetched."""
    return LedgerAnswer(
        alarm=page.alarm,
        days=[
            LedgerDayAnswer(
                day=day.day,
                mailing=day.mailing,
                owed=day.owed,
                sources=[_fetch_answer(fetch) for fetch in day.fetches],
            )
            for day in page.days
        ],
    )


def _entry_answer(entry: DraftedEntry) -> EntryAnswer:
    return EntryAnswer(
        topic=entry.topic,
        title=entry.title,
        authors=entry.authors,
        venue=entry.venue,
        keywords=list(entry.keywords),
        digest=entry.digest,
        links=list(entry.links),
        markdown=entry.markdown,
        html=render_html(entry.markdown),
        problem=entry.problem,
    )


def _item(candidate: Candidate) -> QueueItem:
    return QueueItem(
        arxiv_id=candidate.paper.arxiv_id,
        title=candidate.paper.title,
        topic=candidate.topic,
        relevance=candidate.relevance,
        state=candidate.state,
        audit=candidate.audit,
        announced=candidate.paper.announced,
        revision=candidate.revision,
    )


def _decision_answer(decision: Decision) -> DecisionAnswer:
    return DecisionAnswer(
        verdict=decision.verdict,
        topic=decision.topic,
        reason=decision.reason,
        reviewer=decision.reviewer,
        decided_at=decision.decided_at,
        model=decision.model,
        relevance=decision.relevance,
    )


def _fetch_answer(fetch: Fetch) -> FetchAnswer:
    return FetchAnswer(
        source=fetch.source,
        status=fetch.status,
        received=fetch.received,
        expected=fetch.expected,
        problem=fetch.problem,
        fetched_at=fetch.fetched_at,
    )
