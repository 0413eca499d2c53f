"""What is known of a paper, as one value; and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url

if TYPE_CHECKING:
    from datetime import date, datetime

    from db.records import Candidate, Decision, Fetch, KnownPaper, Scoring
    from pipeline.git import Message
    from pipeline.publish.provenance import Provenance


class Why(StrEnum):
    """Why a paper is where it is: in the list, in the queue, or in neither."""

    LISTED = "listed"
    """It stands in the list."""
    LEFT = "left"
    """It was published, and stands in no list file any more."""
    PENDING = "pending"
    DEFERRED = "deferred"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SAME_TITLE = "same_title"
    """Another paper of the list or the queue has its title."""
    OUTSIDE = "outside"
    """Its categories are not read."""
    WAITING = "waiting"
    """It has not been scored yet."""
    BELOW_THE_CUT = "below_the_cut"
    """It was scored, and others of its day were more relevant."""
    HISTORY = "history"
    """It was there before Shortlist looked, or came as a new version: it is never scored."""
    FORGOTTEN = "forgotten"
    """It was triaged, and what was said of it is not remembered."""
    NOT_SEEN = "not_seen"
    """No source delivered it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a paper stands in the list.

    Attributes:
        file: Name of the list file.
        line: 1-based line.
        topic: The topic's heading.
    """

    file: str
    line: int
    topic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCommit:
    """A commit that changed where a paper stands.

    Attributes:
        commit: The commit.
        into: Names of the list files that it stands in since.
        out_of: Names of the list files that it left.
        sure: Whether it was this commit; else the history begins with it.
        provenance: What its trailer says of the paper, ``None`` for one made by hand.
    """

    commit: Message
    into: tuple[str, ...]
    out_of: tuple[str, ...]
    sure: bool
    provenance: Provenance | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of a paper.

    Attributes:
        arxiv_id: Identifier without version.
        why: Why it is where it is.
        title: "" where nobody told it.
        known: What the sources told, ``None`` if none did.
        day: Its announcement day, or the one that its identifier suggests; ``None`` where
            nothing suggests one.
        fetches: The ledger's lines for that day.
        month: Without such a day, its lines for the month that the identifier is of.
        last_queued: Relevance of the last paper that was queued for that day, ``None`` if none was.
        scoring: What the model said, ``None`` where it said nothing or it is forgotten.
        candidate: As it stands in the queue, ``None`` if it was never queued.
        decisions: Everything decided about it, oldest first.
        commits: Commits that changed where it stands in the list, oldest first.
        places: Where it stands now.
        twin: Title and place of the paper that has its title, "" if none has.
        categories: The categories that are read.
    """

    arxiv_id: str
    why: Why
    title: str = ""
    known: KnownPaper | None = None
    day: date | None = None
    fetches: tuple[Fetch, ...] = ()
    month: tuple[Fetch, ...] = ()
    last_queued: float | None = None
    scoring: Scoring | None = None
    candidate: Candidate | None = None
    decisions: tuple[Decision, ...] = ()
    commits: tuple[ListCommit, ...] = ()
    places: tuple[Place, ...] = ()
    twin: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        day: When; of what has a time, its day in UTC.
        at: The time (UTC), ``None`` where only the day is known.
        text: A sentence without its full stop.
    """

    day: date
    at: datetime | None
    text: str


def as_json(story: Story, *, answer: str, events: tuple[Event, ...]) -> dict[str, object]:
    """The story for machines: its facts, and the sentences that people get.

    Args:
        story: The story.
        answer: Why it is where it is, in plain words.
        events: What happened, oldest first.
    """
    known, scoring, candidate = story.known, story.scoring, story.candidate
    paper = known.paper if known else None
    return {
        "arxiv_id": story.arxiv_id,
        "url": abs_url(story.arxiv_id),
        "title": story.title,
        "why": story.why.value,
        "answer": answer,
        "announced": None
        if known is None
        else {
            "day": known.announced.isoformat(),
            "type": paper.announce_type.value if paper else "",
            "estimated": bool(paper and paper.estimated),
            "version": known.version,
            "standing": known.standing.value,
            "categories": list(paper.categories) if paper else [],
        },
        "ledger": {
            "day": story.day.isoformat() if story.day else None,
            "sources": [_fetch(fetch) for fetch in story.fetches],
            "month": [{"day": each.day.isoformat(), **_fetch(each)} for each in story.month],
        },
        "scoring": None
        if scoring is None
        else {
            "model": scoring.model,
            "topic": scoring.topic,
            "relevance": scoring.relevance,
            "rank": scoring.rank,
            "papers": scoring.papers,
            "cut": scoring.cut,
            "sources": list(scoring.sources),
            "scored_at": scoring.scored_at.isoformat(),
            "last_queued": story.last_queued,
        },
        "candidate": None
        if candidate is None
        else {
            "state": candidate.state.value,
            "topic": candidate.topic,
            "relevance": round(candidate.relevance, 4),
            "model": candidate.model,
            "audit": candidate.audit,
            "why": list(candidate.why),
            "queued_at": candidate.queued_at.isoformat(),
        },
        "decisions": [_decision(each) for each in story.decisions],
        "commits": [_commit(each) for each in story.commits],
        "places": [
            {"file": place.file, "line": place.line, "topic": place.topic} for place in story.places
        ],
        "same_title_as": story.twin,
        "events": [
            {
                "day": event.day.isoformat(),
                "at": event.at.isoformat() if event.at else None,
                "text": event.text,
            }
            for event in events
        ],
    }


def _fetch(fetch: Fetch) -> dict[str, object]:
    return {
        "source": fetch.source,
        "status": fetch.status.value,
        "received": fetch.received,
        "expected": fetch.expected,
        "problem": fetch.problem,
    }


def _decision(decision: Decision) -> dict[str, object]:
    return {
        "verdict": decision.verdict.value,
        "topic": decision.topic,
        "reason": decision.reason,
        "reviewer": decision.reviewer,
        "decided_at": decision.decided_at.isoformat(),
        "model": decision.model,
        "relevance": round(decision.relevance, 4),
    }


def _commit(each: ListCommit) -> dict[str, object]:
    said = each.provenance
    return {
        "commit": each.commit.sha,
        "author": each.commit.author,
        "committed_at": each.commit.committed_at.isoformat(),
        "into": list(each.into),
        "out_of": list(each.out_of),
        "sure": each.sure,
        "by_shortlist": said is not None,
        "decision": said.decision if said else "",
        "reviewer": said.reviewer if said else "",
    }
