"""What is remembered, as values: frozen, keyword-only, times aware and in UTC.

These are what the rest of the program passes around; the tables behind them
are nobody else's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime


class AnnounceType(StrEnum):
    """How arXiv announced a paper that day (its listings' own words)."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"


class State(StrEnum):
    """Where a candidate stands.

    ``PENDING`` and ``DEFERRED`` wait for a maintainer; ``APPROVED`` waits for
    the next publication; the others are ends. ``EXPIRED`` may be revived.
    """

    PENDING = "pending"
    DEFERRED = "deferred"
    APPROVED = "approved"
    REJECTED = "rejected"
    PUBLISHED = "published"
    EXPIRED = "expired"


OPEN = frozenset({State.PENDING, State.DEFERRED, State.EXPIRED})
"""States in which a candidate may be decided."""


class Verdict(StrEnum):
    """What was decided about a candidate; the history keeps every one."""

    APPROVE = "approve"
    REJECT = "reject"
    DEFER = "defer"
    UNDO = "undo"
    EDIT = "edit"
    """A maintainer changed the entry that was drafted, or its topic, and decided nothing."""
    ADD = "add"
    """A maintainer took in a paper that Shortlist had not queued."""
    LISTED = "listed"
    """A person wrote the paper into the list by hand: a positive label."""
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    """It was taken out of the list again: publication and approval are taken back together."""
    EXPIRE = "expire"


class FetchStatus(StrEnum):
    """What a source delivered for one announcement day."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    FAILED = "failed"
    NO_MAILING = "no_mailing"


class Standing(StrEnum):
    """What is still to be done about a paper that was seen."""

    WAITING = "waiting"
    """It is news and has not been scored yet."""
    TRIAGED = "triaged"
    """It was scored, and queued or not."""
    HISTORY = "history"
    """It was there before anybody looked: kept up to date, never scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperVersion:
    """One version of a paper.

    Attributes:
        number: 1 for the first.
        submitted: When it was submitted (UTC); ``None`` where the source does not say.
    """

    number: int
    submitted: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper as the sources tell it, the best-informed one last.

    Attributes:
        arxiv_id: Identifier without version.
        title: White space collapsed, TeX as arXiv gave it.
        abstract: ``None`` if the source delivered none.
        authors: In arXiv's order.
        categories: Primary first.
        comment: The authors' comment, or ``None`` if there is none.
        published: Day of the first submission, or ``None`` if not known.
        announced: The announcement day (the day of the listing).
        announce_type: How it was announced.
        estimated: Whether ``announced`` follows from the calendar; else a listing named it.
        versions: Those that are known, by number; none where the source tells none.
        revised: The announcement day of the current version, ``None`` if it is the first.
        withdrawn: Whether the current version withdraws the paper.
        license: Address of its licence, or "".
        dois: Digital object identifiers of the published paper.
        journal_ref: Where it was published, or ``None``.
    """

    arxiv_id: str
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    comment: str | None
    published: date | None
    announced: date
    announce_type: AnnounceType
    estimated: bool = False
    versions: tuple[PaperVersion, ...] = ()
    revised: date | None = None
    withdrawn: bool = False
    license: str = ""
    dois: tuple[str, ...] = ()
    journal_ref: str | None = None

    @property
    def version(self) -> int:
        """Number of the current version, 0 where it is not known."""
        return self.versions[-1].number if self.versions else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPaper:
    """What is remembered of a paper.

    Attributes:
        arxiv_id: Identifier without version.
        announced: The announcement day.
        version: Number of the current version, 0 where it is not known.
        standing: What is still to be done about it.
        paper: All of it; ``None`` where no more than the above is remembered.
    """

    arxiv_id: str
    announced: date
    version: int
    standing: Standing
    paper: Paper | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicProbability:
    """How likely a paper belongs to a topic of the list; probability in 0..1, calibrated."""

    topic: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NearEntry:
    """An entry of the list that a candidate is near to.

    Attributes:
        title: As the list has it.
        arxiv_id: "" for an entry without one.
        similarity: 0 for nothing in common, 1 for the same text.
    """

    title: str
    arxiv_id: str = ""
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a candidate's scores rest on, as facts that a person can check.

    Attributes:
        nearest: The nearest entries of the list, nearest first.
        words_for: Its words that spoke for adding it, the strongest first.
        words_against: Those that spoke against.
        accepted: Where it was accepted (``"NeurIPS 2022"``), or "".
        listed_authors: Those of its authors that stand in the list already.
    """

    nearest: tuple[NearEntry, ...] = ()
    words_for: tuple[str, ...] = ()
    words_against: tuple[str, ...] = ()
    accepted: str = ""
    listed_authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryEdit:
    """What a maintainer changed in the entry drafted for a candidate; ``None`` keeps the draft's.

    Attributes:
        title: Title of the paper.
        authors: As one text, as the list has them.
        venue: Where it was published, "" for nowhere.
        keywords: Key words in order.
        digest: The digest's text.
        links: Pairs of label and address, in order.
    """

    title: str | None = None
    authors: str | None = None
    venue: str | None = None
    keywords: tuple[str, ...] | None = None
    digest: str | None = None
    links: tuple[tuple[str, str], ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the draft stands as it was made."""
        return self == EntryEdit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A paper that waits, or waited, for a maintainer's decision.

    Attributes:
        paper: The paper as it was announced.
        topic: The list topic it would go to: the likeliest, or the one a maintainer chose.
        topics: The likeliest topics, best first; empty for a paper added by hand.
        relevance: Calibrated probability that the maintainers add it, 0..1.
        why: Reasons in plain words, most important first.
        model: Version of the artifact that scored it, "" for a paper added by hand.
        queued_at: When it was queued (UTC).
        state: Where it stands.
        reviewer: Who decided last, "" while nobody has.
        decided_at: When (UTC), ``None`` while nobody has.
        reason: What the reviewer gave as reason, or "".
        commit: The list commit that holds it, "" while not published.
        audit: Whether it was drawn at random from below the cut, to learn what is missed.
        choices: The topics of which one is right with the coverage asked for, likeliest
            first; empty where the topic is sure, and where nobody asked.
        evidence: What the scores rest on.
        edit: What a maintainer changed in its entry.
        revision: Grows with every change of the candidate: who decides says what they saw.
    """

    paper: Paper
    topic: str
    topics: tuple[TopicProbability, ...]
    relevance: float
    why: tuple[str, ...]
    model: str
    queued_at: datetime
    state: State = State.PENDING
    reviewer: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    commit: str = ""
    audit: bool = False
    choices: tuple[str, ...] = ()
    evidence: Evidence = Evidence()
    edit: EntryEdit = EntryEdit()
    revision: int = 0

    @property
    def topic_probability(self) -> float:
        """Probability of ``topic``; 0.0 when the model did not name it."""
        return next((t.probability for t in self.topics if t.topic == self.topic), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One answer of one reviewer about one candidate, with what the model said then.

    Attributes:
        arxiv_id: The candidate.
        verdict: The answer.
        topic: The topic the reviewer chose, "" to keep the candidate's own.
        reason: Free text, or "".
        reviewer: Who, as config, git or GitHub name them.
        decided_at: When (UTC).
        model: Version of the artifact that had scored it; filled in by the queue.
        relevance: What it had said; filled in by the queue.
        topic_probability: Likewise for the topic.
    """

    arxiv_id: str
    verdict: Verdict
    topic: str = ""
    reason: str = ""
    reviewer: str
    decided_at: datetime
    model: str = ""
    relevance: float = 0.0
    topic_probability: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPaper:
    """A candidate that stands in the list.

    Attributes:
        candidate: As it stands now: published.
        added_at: When it was published, or found in the list (UTC).
        by_hand: Whether a person wrote it there, and nobody had approved it.
    """

    candidate: Candidate
    added_at: datetime
    by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedPaper:
    """A line of the history, with the paper it is about.

    Attributes:
        decision: What was decided.
        title: The paper's title.
        state: Where the candidate stands now.
        revision: The candidate's now.
    """

    decision: Decision
    title: str
    state: State
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFilter:
    """Which candidates are asked for; all that is said must hold.

    Attributes:
        states: In one of these; all states if empty.
        topic: Under this topic, "" for any.
        day: Announced on this day, ``None`` for any.
        text: Words that all occur in identifier, title, abstract or authors, in any case.
    """

    states: frozenset[State] = frozenset()
    topic: str = ""
    day: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePage:
    """Some of the candidates that a filter finds.

    Attributes:
        candidates: Most relevant first, then newest.
        total: How many the filter finds.
    """

    candidates: tuple[Candidate, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """How far the reviewers came.

    Attributes:
        done: Candidates whose last decision a person made in the time asked for.
        waiting: Candidates that are pending.
    """

    done: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What was said of a paper when it was scored, whether it was queued or not.

    Attributes:
        arxiv_id: The paper.
        announced: Its announcement day.
        model: Version of the artifact.
        topic: The likeliest topic.
        relevance: As for :class:`Candidate`, to four digits.
        rank: 1 for the most relevant paper of its announcement day.
        papers: How many of its day were scored with it.
        cut: How many of a day are queued at most.
        sources: Who delivered it, as in the ledger.
        scored_at: When (UTC).
    """

    arxiv_id: str
    announced: date
    model: str
    topic: str
    relevance: float
    rank: int
    papers: int
    cut: int
    sources: tuple[str, ...]
    scored_at: datetime


class Answer(StrEnum):
    """What became of a candidate, as a label to learn from."""

    ADDED = "added"
    """Approved, published, or written into the list by a person."""
    REJECTED = "rejected"
    """A person said no: a real negative."""
    EXPIRED = "expired"
    """Nobody said anything in time: a weak negative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a candidate teaches; one whose decision was undone teaches nothing.

    Attributes:
        arxiv_id: The candidate.
        answer: What became of it.
        topic: Where it stands, or would.
        corrected: Whether a person put it there instead of where the model would have.
        audit: Whether it had been drawn at random from below the cut.
        answered_at: When it became so (UTC).
    """

    arxiv_id: str
    answer: Answer
    topic: str
    corrected: bool
    audit: bool
    answered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledPaper:
    """A paper of the training sample.

    Attributes:
        paper: All of it.
        weight: How many papers it stands for, 1 or more.
    """

    paper: Paper
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """What one source delivered for one announcement day; the latest word counts.

    Attributes:
        source: Name of the source as in config.
        day: The announcement day.
        status: How complete it was.
        received: Papers received; of a recorded day and the API's window all of them, of
            arXiv's feeds and OAI-PMH those announced for the first time.
        expected: How many there should be, as another source or the answer itself says;
            ``None`` where nobody does.
        highest_id: The highest identifier announced until that day, "" where not known.
        problem: What went wrong, in one line, or "".
        fetched_at: When (UTC).
    """

    source: str
    day: date
    status: FetchStatus
    received: int
    expected: int | None = None
    highest_id: str = ""
    problem: str = ""
    fetched_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """How far a harvest came: stored with each of its pages, in one transaction.

    Attributes:
        name: What is harvested: a set (``"cs"``), or a set for a span of the past.
        since: The first day of change it asked for.
        resume_from: Where a harvest begins that is to miss nothing from here on.
        token: Leads to the next page, "" where none does.
        completed: The last day up to which a harvest came to its end, ``None`` for never.
        open: Whether it has not come to its end.
    """

    name: str
    since: date
    resume_from: date
    token: str
    completed: date | None
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRun:
    """One run of a job, so that a run that failed or never came is noticed.

    Attributes:
        job: The job's name (``"daily"``).
        started_at: When it began (UTC).
        finished_at: When it ended (UTC).
        status: Whether it did what it was asked.
        problem: What went wrong, in one line, or "".
    """

    job: str
    started_at: datetime
    finished_at: datetime
    status: Literal["ok", "failed"]
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRename:
    """A topic of the list that got another name, or was merged into another topic.

    Attributes:
        old: The name it had, as its heading spelled it.
        new: The name it has, or the topic that took it in.
        renamed_at: When (UTC).
    """

    old: str
    new: str
    renamed_at: datetime
