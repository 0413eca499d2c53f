"""What was added and what waits, as Markdown for a mail or the summary of an Actions run.

Pure: what is told comes in, and the same facts give the same text. Short enough to be read, and
all that came from outside is harmless in it (:mod:`pipeline.lists.harmless`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.lists.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

MOST_ADDED = 100
"""Added papers that are named."""
MOST_WAITING = 10
"""Papers that wait and are named, the most relevant."""
MOST_INCOMPLETE = 5
"""Incomplete days that are named, the newest."""
_PARAGRAPH = 600
"""Longest line of trouble, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A paper that stands in the list now.

    Attributes:
        arxiv_id: Its identifier.
        title: As people read it, without TeX.
        url: Where it is.
        topic: The list's topic it stands under.
        reviewer: Who approved it, "" for one that a person wrote into the list by hand.
        added_at: When (UTC).
        commit: The list commit that holds it, "" where nobody knows.
    """

    arxiv_id: str
    title: str
    url: str
    topic: str
    reviewer: str
    added_at: datetime
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A paper that waits for a decision.

    Attributes:
        arxiv_id: Its identifier.
        title: As people read it, without TeX.
        url: Where it is.
        topic: Where it would go.
        relevance: Probability that the maintainers add it, 0..1.
        why: The first reason, or "".
    """

    arxiv_id: str
    title: str
    url: str
    topic: str
    relevance: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incomplete:
    """A day of which papers may be missing.

    Attributes:
        day: The announcement day.
        known: What each source said of it, one sentence a source; none where nobody asked.
    """

    day: date
    known: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """All that a digest tells.

    Attributes:
        list_name: What the list is called.
        since: From when on (UTC).
        until: Until when (UTC).
        added: In the order in which they were added.
        waiting: The most relevant of those that nobody has decided about, best first.
        pending: How many of these there are.
        deferred: How many were put off.
        approved: How many are approved and not in the list yet.
        incomplete: Newest first.
        problems: What a person must look at, one sentence each, without its full stop.
        dashboard: Address of the page on GitHub where decisions are taken, or "".
    """

    list_name: str
    since: datetime
    until: datetime
    added: tuple[Added, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    pending: int = 0
    deferred: int = 0
    approved: int = 0
    incomplete: tuple[Incomplete, ...] = ()
    problems: tuple[str, ...] = ()
    dashboard: str = ""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened and nothing is to be done."""
        return not (
            self.added
            or self.pending
            or self.deferred
            or self.approved
            or self.incomplete
            or self.problems
        )


def render_digest(facts: DigestFacts) -> str:
    """Markdown, about a screen."""
    parts = [
        f"## {harmless(facts.list_name)}: what is new",
        f"*{_moment(facts.since)} to {_moment(facts.until)} UTC*",
    ]
    if facts.is_quiet:
        parts.append("A quiet time: nothing was added, nothing waits, and no day is incomplete.")
        return "\n\n".join(parts) + "\n"
    parts.append(f"**{_in_one_sentence(facts)}**")
    parts += [f"**Please look:** {harmless(each, most=_PARAGRAPH)}." for each in facts.problems]
    if facts.added:
        lines = [_added(paper) for paper in facts.added[:MOST_ADDED]]
        parts += ["### Added", _bullets(lines, len(facts.added))]
    if facts.pending:
        lines = [_waiting(paper) for paper in facts.waiting[:MOST_WAITING]]
        parts += ["### Waiting for you", _bullets(lines, facts.pending), _how_to_decide(facts)]
    if facts.incomplete:
        lines = [_incomplete(day) for day in facts.incomplete[:MOST_INCOMPLETE]]
        parts += ["### Not complete yet", _bullets(lines, len(facts.incomplete), "day", "days")]
        parts.append("The next run asks again; nothing is lost.")
    return "\n\n".join(parts) + "\n"


def _moment(moment: datetime) -> str:
    return f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M}"


def _in_one_sentence(facts: DigestFacts) -> str:
    added, waiting = len(facts.added), facts.pending
    said = [
        f"{_count(added, 'paper was', 'papers were')} added" if added else "Nothing was added",
        f"{_count(waiting, 'waits', 'wait')} for a decision"
        if waiting
        else "nothing waits for a decision",
    ]
    if facts.deferred:
        said.append(f"{_count(facts.deferred, 'was', 'were')} put off")
    if facts.approved:
        said.append(f"{_count(facts.approved, 'is', 'are')} approved for the next publication")
    if facts.incomplete:
        said.append(f"{_count(len(facts.incomplete), 'day is', 'days are')} incomplete")
    return f"{', '.join(said[:-1])} and {said[-1]}."


def _added(paper: Added) -> str:
    who = f"approved by {harmless(paper.reviewer)}" if paper.reviewer else "written in by hand"
    return f"{_link(paper.title, paper.url)} ({harmless(paper.topic)}), {who}"


def _waiting(paper: Waiting) -> str:
    why = f": {harmless(paper.why)}" if paper.why else ""
    topic = harmless(paper.topic)
    return f"{_link(paper.title, paper.url)} ({topic}), relevance {paper.relevance:.2f}{why}"


def _incomplete(day: Incomplete) -> str:
    known = "; ".join(harmless(each) for each in day.known) or "nobody has asked yet"
    return f"{day.day:%a} {day.day}: {known}"


def _how_to_decide(facts: DigestFacts) -> str:
    ways = ["with `shortlist review`", "in a terminal with `shortlist review --terminal`"]
    if facts.dashboard:
        ways = [f"[on GitHub]({facts.dashboard})", *ways]
    return f"Decide {', '.join(ways[:-1])} or {ways[-1]}: one key each."


def _link(title: str, url: str) -> str:
    return f"[{harmless(title)}]({url})"


def _bullets(lines: Sequence[str], total: int, one: str = "", many: str = "") -> str:
    more = total - len(lines)
    named = f" {one if more == 1 else many}" if one else ""
    return "\n".join(
        [*(f"- {line}" for line in lines), *([f"- and {more} more{named}"] * (more > 0))]
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
