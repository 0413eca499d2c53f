"""What the HTTP interface answers, as its OpenAPI description has it."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from db.records import AnnounceType, FetchStatus, State, Verdict


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
