"""The queue as the body of an issue: topics, boxes, evidence folded under each paper.

A body is as long as GitHub takes it: evidence is left out first, of the least relevant
papers first, then papers; how many is said in the body. All text from outside goes
through :func:`.harmless`, or stands in a block of code that it cannot end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from db.records import State, Verdict
from pipeline.arxiv_id import abs_url
from pipeline.lists.harmless import harmless
from pipeline.review.issue.evidence import folded_evidence
from pipeline.review.issue.marks import (
    MOST_CHARACTERS,
    Notice,
    all_mark,
    box_mark,
    comments_mark,
    notice_line,
    sealed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from db.records import Candidate, DecidedPaper, JobRun
    from pipeline.review.card import Card

MOST_ALTERNATIVES = 4
"""Other topics offered for a paper."""

LEAST_CHANCE = 0.05
"""Probability from which a topic is offered that is in no prediction set."""

MOST_APPROVED = 30
"""Papers named that wait for publication."""

MOST_PROBLEMS = 15

_HELP = (
    "Tick a box, here or on your phone: **approve** puts the paper into the list, **reject** never"
    " shows it again, **later** keeps it. Ticks take effect within minutes, several at once are"
    " fine, and everything can be undone below. In a comment: `/approve 2302.06637 privacy`,"
    " `/reject 2302.06637 why`, `/topic 2302.06637 fairness`, `/undo 2302.06637`. Text typed into"
    " this description is not kept; a comment is."
)
_ROOM_FOR_COUNTS = 400
"""Characters kept for the lines that say what was left out."""
_DONE = {
    Verdict.APPROVE: "approved",
    Verdict.REJECT: "rejected",
    Verdict.DEFER: "kept for later",
    Verdict.UNDO: "taken back",
    Verdict.EDIT: "entry edited",
    Verdict.ADD: "added by hand",
    Verdict.LISTED: "written into the list",
    Verdict.WITHDRAW: "taken out of the list",
}
_TAKEN_BACK = frozenset({Verdict.UNDO, Verdict.WITHDRAW})
_UNDOABLE = frozenset({State.APPROVED, State.REJECTED, State.DEFERRED, State.PUBLISHED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """What a dashboard shows.

    Attributes:
        cards: Candidates that wait, most relevant first; not all if there are very many.
        waiting: How many wait in all.
        topics: The list's topics, in its order.
        approved: Candidates that wait for publication, in the order of their approval.
        decided: What was decided lately, newest first.
        problems: What a person has to look at, one line each, as it is now.
        notices: What could not be done lately.
        jobs: The last successful run of each job.
        comments_until: Up to when comments were read, ``None`` if there was none.
    """

    cards: tuple[Card, ...]
    waiting: int
    topics: tuple[str, ...] = ()
    approved: tuple[Candidate, ...] = ()
    decided: tuple[DecidedPaper, ...] = ()
    problems: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    jobs: tuple[JobRun, ...] = ()
    comments_until: datetime | None = None


_ANY_TOKEN = "0" * 8
# What finds room is the same with a token and without: two writings differ in nothing else.


def render_body(dashboard: Dashboard, *, token: str = "") -> str:
    """The body; the same for the same dashboard and token (see :func:`.marks.sealed`)."""
    head, foot = _head(dashboard), _foot(dashboard)
    room = (
        MOST_CHARACTERS
        - _length(sealed("", token=_ANY_TOKEN))
        - _length(head)
        - _length(foot)
        - _ROOM_FOR_COUNTS
    )
    lines = {card.candidate.paper.arxiv_id: _boxes(card) for card in dashboard.cards}
    shown = _that_fit(dashboard, lines, room)
    # What the groups take without evidence is known now: the rest of the room is for evidence.
    room -= _length("\n\n".join(_groups(dashboard, shown, lines)))
    bare = 0
    for card in shown:
        arxiv_id = card.candidate.paper.arxiv_id
        evidence = folded_evidence(card)
        if _length(evidence) <= room:
            lines[arxiv_id] += evidence
            room -= _length(evidence)
        else:
            bare += 1
    parts = [
        head,
        *_left_out(shown=len(shown), waiting=dashboard.waiting, bare=bare),
        *_groups(dashboard, shown, lines),
        foot,
    ]
    return sealed("\n\n".join(part for part in parts if part) + "\n", token=token)


def _that_fit(dashboard: Dashboard, lines: dict[str, str], room: int) -> tuple[Card, ...]:
    """The most relevant cards whose boxes fit."""
    shown: list[Card] = []
    headings: set[str] = set()
    for card in dashboard.cards:
        candidate = card.candidate
        need = _length(lines[candidate.paper.arxiv_id])
        # Its place in the mark of the box for the whole group.
        need += len(candidate.paper.arxiv_id) + len(str(candidate.revision)) + 3
        if candidate.topic not in headings:
            need += _length(_heading(candidate.topic, 100)) + 120
        if need > room:
            break
        room -= need
        headings.add(candidate.topic)
        shown.append(card)
    return tuple(shown)


def _head(dashboard: Dashboard) -> str:
    count = _papers(dashboard.waiting)
    waits = "waits" if dashboard.waiting == 1 else "wait"
    parts = [f"## {count} {waits} for a decision" if dashboard.waiting else "## Nothing waits"]
    troubles = [f"- {harmless(problem)}" for problem in dashboard.problems[:MOST_PROBLEMS]]
    if len(dashboard.problems) > MOST_PROBLEMS:
        troubles.append(f"- and {len(dashboard.problems) - MOST_PROBLEMS} problems more")
    troubles += [notice_line(notice) for notice in dashboard.notices]
    if troubles:
        parts.append("### Please look\n\n" + "\n".join(troubles))
    parts.append(_HELP)
    return "\n\n".join(parts)


def _left_out(*, shown: int, waiting: int, bare: int) -> list[str]:
    """What there was no room for."""
    said = []
    if shown < waiting:
        said.append(
            f"**{_papers(waiting - shown)} more, less relevant, found no room here**: they move up"
            " as you decide, and `shortlist review` shows them all."
        )
    if bare:
        said.append(
            f"The evidence of the last {_papers(bare)} found no room here: the links lead to arXiv."
        )
    return said


def _groups(dashboard: Dashboard, shown: Sequence[Card], lines: dict[str, str]) -> list[str]:
    """The groups by topic, in the list's order; within each the most relevant first."""
    places = {topic: place for place, topic in enumerate(dashboard.topics)}

    def topic_of(card: Card) -> tuple[int, str]:
        topic = card.candidate.topic
        return places.get(topic, len(places)), topic

    groups = []
    for (_, topic), cards in groupby(sorted(shown, key=topic_of), key=topic_of):
        of_topic = [card.candidate for card in cards]
        known = tuple((each.paper.arxiv_id, each.revision) for each in of_topic)
        boxes = [lines[arxiv_id] for arxiv_id, _ in known]
        if len(known) > 1:
            boxes.append(f"- [ ] **approve all {len(known)} above** {all_mark(known)}")
        groups.append("\n".join([_heading(topic, len(known)), "", *boxes]))
    return groups


def _heading(topic: str, count: int) -> str:
    return f"### {harmless(topic)} ({count})"


def _boxes(card: Card) -> str:
    """A paper with its boxes, without evidence."""
    candidate = card.candidate
    arxiv_id, revision = candidate.paper.arxiv_id, candidate.revision
    facts = [f"relevance {candidate.relevance:.2f}", f"{candidate.paper.announced}"]
    if candidate.audit:
        facts.append("drawn at random from below the cut")
    if candidate.state is State.DEFERRED:
        facts.append(f"kept for later by {harmless(candidate.reviewer)}")
    if card.entry.problem:
        facts.append(f"cannot be written yet: {harmless(card.entry.problem)}")
    paper = _link(arxiv_id, card.entry.title or candidate.paper.title)
    mark = box_mark(arxiv_id, revision, "approve")
    lines = [
        f"- [ ] **approve** {paper} · {' · '.join(facts)} {mark}",
        f"  - [ ] reject {box_mark(arxiv_id, revision, 'reject')}",
    ]
    if candidate.state is not State.DEFERRED:
        lines.append(f"  - [ ] later {box_mark(arxiv_id, revision, 'later')}")
    lines += [
        f"  - [ ] approve under {harmless(topic)} ({chance})"
        f" {box_mark(arxiv_id, revision, 'approve', topic)}"
        for topic, chance in _alternatives(candidate)
    ]
    return "\n".join(lines)


def _alternatives(candidate: Candidate) -> list[tuple[str, str]]:
    """Other topics that may be right, likeliest first: the prediction set, else likely runners-up.

    Where the topic is sure there are none; a command can choose any.
    """
    chances = {each.topic: each.probability for each in candidate.topics}
    likely = (topic for topic, chance in chances.items() if chance >= LEAST_CHANCE)
    others = [topic for topic in candidate.choices or likely if topic != candidate.topic]
    return [
        (topic, f"{chances[topic]:.2f}" if topic in chances else "?")
        for topic in others[:MOST_ALTERNATIVES]
    ]


def _foot(dashboard: Dashboard) -> str:
    parts = []
    if dashboard.approved:
        parts.append(
            "### Approved, on the way into the list\n\n"
            + "\n".join(_approved_lines(dashboard.approved))
        )
    if dashboard.decided:
        parts.append("### Decided lately\n\n" + "\n".join(_decided_lines(dashboard.decided)))
    if dashboard.jobs:
        runs = [
            f"{harmless(run.job)} {run.finished_at:%Y-%m-%d %H:%M} UTC" for run in dashboard.jobs
        ]
        parts.append(f"Last success: {', '.join(runs)}.")
    if dashboard.comments_until is not None:
        parts.append(comments_mark(dashboard.comments_until))
    return "\n\n".join(parts)


def _approved_lines(approved: Sequence[Candidate]) -> list[str]:
    lines = []
    for candidate in approved[:MOST_APPROVED]:
        paper = candidate.paper
        lines.append(
            f"- [ ] undo · {_link(paper.arxiv_id, paper.title)}, {harmless(candidate.topic)},"
            f" by {harmless(candidate.reviewer)}"
            f" {box_mark(paper.arxiv_id, candidate.revision, 'undo')}"
        )
    more = len(approved) - len(lines)
    return [*lines, *([f"- and {_papers(more)} more"] if more else [])]


def _decided_lines(decided: Sequence[DecidedPaper]) -> list[str]:
    """One line a decision; only the last about a paper can be taken back."""
    lines: list[str] = []
    met: set[str] = set()
    for each in decided:
        decision = each.decision
        last = decision.arxiv_id not in met
        met.add(decision.arxiv_id)
        done = _DONE.get(decision.verdict, decision.verdict.value)
        under = f" under {harmless(decision.topic)}" if decision.topic else ""
        why = f" ({harmless(decision.reason)})" if decision.reason else ""
        said = (
            f"{_link(decision.arxiv_id, each.title)}: {done}{under}{why}"
            f" by {harmless(decision.reviewer)}, {decision.decided_at:%Y-%m-%d %H:%M} UTC"
        )
        if last and each.state in _UNDOABLE and decision.verdict not in _TAKEN_BACK:
            mark = box_mark(decision.arxiv_id, each.revision, "undo")
            lines.append(f"- [ ] undo · {said} {mark}")
        else:
            lines.append(f"- {said}")
    return lines


def _link(arxiv_id: str, title: str) -> str:
    return f"[{harmless(title)}]({abs_url(arxiv_id)})"


def _papers(count: int) -> str:
    return f"{count:,} paper" + ("" if count == 1 else "s")


def _length(text: str) -> int:
    """Characters as GitHub may count them: those beyond the basic plane are two."""
    return len(text.encode("utf-16-le", errors="replace")) // 2
