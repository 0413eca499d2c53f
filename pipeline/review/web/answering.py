"""A desk's values as answers of the HTTP interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url
from pipeline.review.web.answers import (
    CardAnswer,
    DayCount,
    DayProgress,
    DecisionAnswer,
    EntryAnswer,
    EvidenceAnswer,
    FetchAnswer,
    HistoryItem,
    LedgerAnswer,
    LedgerDayAnswer,
    Near,
    PreviewAnswer,
    PublishedAnswer,
    PublishEntry,
    PublishPreviewAnswer,
    QueueAnswer,
    QueueItem,
    RankedTopic,
    TopicCount,
)
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
