"""A story in plain sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from db.records import FetchStatus, Verdict
from pipeline.arxiv_id import id_month
from pipeline.story.value import Event, Story, Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from db.records import Decision, Fetch, Scoring
    from pipeline.story.value import ListCommit

_DECIDED = {
    Verdict.APPROVE: "approved by {who}",
    Verdict.REJECT: "rejected by {who}",
    Verdict.DEFER: "put off by {who}",
    Verdict.UNDO: "the last decision was taken back by {who}",
    Verdict.EDIT: "its entry was edited by {who}",
    Verdict.ADD: "taken in by hand by {who}",
    Verdict.LISTED: "found in the list, where a person had written it",
    Verdict.PUBLISH: "published",
    Verdict.WITHDRAW: "taken out of the list again by {who}, and its approval taken back",
    Verdict.EXPIRE: "given up, for nobody had decided",
}
_WITH_SCORE = frozenset({Verdict.APPROVE, Verdict.REJECT, Verdict.DEFER})
_SETTLED = frozenset({FetchStatus.COMPLETE, FetchStatus.NO_MAILING})
_MOST_DAYS = 5
"""Days named that are not whole."""
_STATUS = {
    FetchStatus.COMPLETE: "delivered the whole day",
    FetchStatus.PARTIAL: "delivered a part of the day",
    FetchStatus.FAILED: "delivered nothing of the day",
    FetchStatus.NO_MAILING: "told of no mailing",
}


def events_of(story: Story) -> tuple[Event, ...]:
    """What happened to a paper, oldest first."""
    by_commit = bool(story.commits)
    found = [
        *_announced(story),
        *_scored(story),
        *(_decided(d) for d in story.decisions if not (by_commit and d.verdict is Verdict.PUBLISH)),
        *(_written(each) for each in story.commits),
    ]
    # What has a day only comes first on it.
    return tuple(sorted(found, key=lambda e: (e.day, e.at.timestamp() if e.at else 0.0)))


def answer_of(story: Story) -> str:
    """Why a paper is where it is, as sentences."""
    return _ANSWERS[story.why](story)


def _announced(story: Story) -> Iterator[Event]:
    known = story.known
    if known is None:
        return
    paper = known.paper
    how = {"new": "as new", "cross": "as a cross-list", "replace": "as a new version"}
    kind = f" {how[paper.announce_type]}" if paper else ""
    estimated = " (the day is an estimate)" if paper and paper.estimated else ""
    text = f"announced{kind}{estimated}"
    if story.fetches:
        text += f"; {_ledger(story.fetches)}"
    yield Event(day=known.announced, at=None, text=text)


def _scored(story: Story) -> Iterator[Event]:
    scoring = story.scoring
    if scoring is not None:
        text = f"scored {_number(scoring.relevance)} for {scoring.topic} by model {scoring.model}"
        yield Event(
            day=scoring.scored_at.date(), at=scoring.scored_at, text=f"{text}: {_rank(scoring)}"
        )
    candidate = story.candidate
    if candidate is not None:
        text = f"queued for {candidate.topic}" if not candidate.decided_at else "queued"
        text += ", drawn at random from below the cut" if candidate.audit else ""
        text += f": {'; '.join(candidate.why)}" if candidate.why else ""
        yield Event(day=candidate.queued_at.date(), at=candidate.queued_at, text=text)


def _decided(decision: Decision) -> Event:
    text = _DECIDED[decision.verdict].format(who=decision.reviewer or "nobody")
    text += f" for {decision.topic}" if decision.topic else ""
    if decision.model and decision.verdict in _WITH_SCORE:
        text += f" (relevance {_number(decision.relevance)}, model {decision.model})"
    text += f": {decision.reason}" if decision.reason else ""
    return Event(day=decision.decided_at.date(), at=decision.decided_at, text=text)


def _written(each: ListCommit) -> Event:
    commit = each.commit
    into, out_of = " and ".join(each.into), " and ".join(each.out_of)
    if into and out_of:
        what = f"moved from {out_of} to {into}"
    elif into:
        what = f"put into {into}" if each.sure else f"stood in {into} where this clone begins"
    else:
        what = f"taken out of {out_of}"
    by = f" by hand, by {commit.author}" if each.sure and not each.provenance else ""
    text = f"{what}{by} ({commit.sha[:10]})"
    return Event(day=commit.committed_at.date(), at=commit.committed_at, text=text)


def _number(relevance: float) -> str:
    """A relevance with two digits; what would be none is said to be small."""
    return f"{relevance:.2f}" if relevance == 0.0 or relevance >= 0.005 else "under 0.01"  # noqa: PLR2004 rounds to 0.01


def _rank(scoring: Scoring) -> str:
    return (
        f"rank {scoring.rank:,} of {scoring.papers:,} that day, of which the best"
        f" {scoring.cut} are queued"
    )


def _ledger(fetches: Sequence[Fetch]) -> str:
    return ", ".join(
        f"{fetch.source} {_STATUS[fetch.status]}"
        + (f" ({fetch.received:,} papers)" if fetch.received else "")
        + (f": {fetch.problem}" if fetch.problem else "")
        for fetch in fetches
    )


def _listed(story: Story) -> str:
    places = " and ".join(
        f"{place.file}, line {place.line}, under {place.topic}" for place in story.places
    )
    return f"It stands in the list: {places}."


def _left(_: Story) -> str:
    return (
        "It was published, and stands in no list file any more: a person took it out. It is"
        " neither offered nor written again; `shortlist queue undo` makes it wait again."
    )


def _undecided(story: Story) -> str:
    candidate = story.candidate
    assert candidate is not None  # noqa: S101 - as `why` says
    return {
        Why.PENDING: f"It waits for a decision, under {candidate.topic}.",
        Why.DEFERRED: f"It was put off by {candidate.reviewer}, and waits under {candidate.topic}.",
        Why.APPROVED: f"It is approved by {candidate.reviewer} for {candidate.topic}, and waits"
        " for the next publication.",
        Why.REJECTED: f"It was rejected by {candidate.reviewer}"
        + (f": {candidate.reason}." if candidate.reason else "."),
        Why.EXPIRED: "It waited, and nobody decided in time; `shortlist queue approve` revives it.",
    }[story.why]


def _same_title(story: Story) -> str:
    return f"It has the title of {story.twin}, and counts as that paper."


def _outside(story: Story) -> str:
    return f"Its categories are none of those that are read ({', '.join(story.categories)})."


def _waiting(_: Story) -> str:
    return "It has not been scored yet; the next `shortlist run` does it."


def _below(story: Story) -> str:
    scoring = story.scoring
    assert scoring is not None  # noqa: S101 - as `why` says
    last = story.last_queued
    had = "" if last is None else f"; the last that was had {_number(last)}"
    return (
        f"It was seen and not queued: with a relevance of {_number(scoring.relevance)} it is"
        f" {_rank(scoring)}{had}. `shortlist add {story.arxiv_id}` takes it in."
    )


def _history(story: Story) -> str:
    return (
        "It was there before Shortlist looked, or came as a new version of a paper that was;"
        f" such papers are not scored. `shortlist add {story.arxiv_id}` takes it in."
    )


def _forgotten(story: Story) -> str:
    return (
        "It was seen and not queued; what the model said of it is not remembered any more."
        f" `shortlist add {story.arxiv_id}` takes it in."
    )


def _not_seen(story: Story) -> str:
    read = f"read are {', '.join(story.categories)}"
    if story.day is not None and story.fetches:
        return (
            f"No source delivered it. Its identifier suggests {story.day}:"
            f" {_ledger(story.fetches)}; {read}."
        )
    year, month = id_month(story.arxiv_id)
    return (
        f"No source delivered it. {_of_month(story.month, f'{year}-{month:02}')}; {read}."
        " `shortlist ledger` shows the days, `shortlist backfill` fetches others."
    )


def _of_month(fetches: Sequence[Fetch], month: str) -> str:
    """What the ledger has of the month that an identifier is of, where it suggests no day."""
    days = {fetch.day for fetch in fetches}
    if not days:
        return f"The ledger has no day of {month}, the month of its identifier"
    whole = {fetch.day for fetch in fetches if fetch.status in _SETTLED}
    owed = ", ".join(str(day) for day in sorted(days - whole)[:_MOST_DAYS])
    return (
        f"Of {month}, the month of its identifier, the ledger has {len(days)}"
        f" {'day' if len(days) == 1 else 'days'}, " + (f"not whole are {owed}" if owed else "whole")
    )


_ANSWERS = {
    Why.LISTED: _listed,
    Why.LEFT: _left,
    Why.PENDING: _undecided,
    Why.DEFERRED: _undecided,
    Why.APPROVED: _undecided,
    Why.REJECTED: _undecided,
    Why.EXPIRED: _undecided,
    Why.SAME_TITLE: _same_title,
    Why.OUTSIDE: _outside,
    Why.WAITING: _waiting,
    Why.BELOW_THE_CUT: _below,
    Why.HISTORY: _history,
    Why.FORGOTTEN: _forgotten,
    Why.NOT_SEEN: _not_seen,
}
