"""A few papers from below the cut, drawn at random, and what they tell of what is missed.

Nobody looks below the cut, so nobody knows what is lost there unless somebody does now
and then. A few papers a week are drawn with known probability from everything that
was not queued, what a first look dropped included; they wait in the queue like others,
marked as drawn. Each stands for as many papers as its probability says, so that the
answers about them add up to an honest estimate. Knows no model.

Source: D. G. Horvitz and D. J. Thompson, A generalization of sampling without
replacement from a finite universe, JASA 1952.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.records import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from db.records import Candidate, Label, Paper


DAYS_A_WEEK = 5
"""arXiv announces on Monday to Friday."""

SHARE = 0.05
"""Share of what was not queued that is kept whole to train on: about 10 papers a day."""

LEAST_ANSWERS = 20
"""With fewer answers nothing is said: the interval would reach from nothing to everything."""

_Z = 1.96
"""Half-width of a 95 % interval, in standard deviations."""


def draws_on(day: date, per_week: int) -> int:
    """How many papers are drawn on ``day``, the same whenever it is asked.

    Over the five announcement days of a week these add up to ``per_week``; which days
    get one more than the others is drawn anew each week.
    """
    if day.weekday() >= DAYS_A_WEEK:
        return 0
    every, more = divmod(per_week, DAYS_A_WEEK)
    year, week, _ = day.isocalendar()
    drawn = sorted(range(DAYS_A_WEEK), key=lambda place: _hash(f"week {year} {week} {place}"))
    return every + (day.weekday() in drawn[:more])


def draw_audit(
    below: Iterable[Paper], *, per_week: int, drawn_before: Iterable[Candidate] = ()
) -> tuple[Paper, ...]:
    """The papers drawn from those below the cut, by day.

    Args:
        below: Everything of each announcement day that was not queued.
        per_week: How many are drawn a week.
        drawn_before: Candidates of earlier runs: a day's papers are drawn once. What
            comes in for the day after that is not drawn from.
    """
    by_day: dict[date, list[Paper]] = {}
    for paper in below:
        by_day.setdefault(paper.announced, []).append(paper)
    before = Counter(each.paper.announced for each in drawn_before if each.audit)
    drawn: list[Paper] = []
    for day, papers in sorted(by_day.items()):
        papers.sort(key=lambda paper: _hash(f"audit {paper.announced} {paper.arxiv_id}"))
        drawn += papers[: max(draws_on(day, per_week) - before[day], 0)]
    return tuple(drawn)


def sampling_weights(
    papers: Iterable[Paper], candidates: Iterable[Candidate], *, per_week: int
) -> dict[str, float]:
    """How many papers each one stands for that is drawn from what was not queued.

    Args:
        papers: Everything that was triaged.
        candidates: Those of it that are queued, the drawn ones included.
        per_week: How many are drawn a week.

    Returns:
        For a drawn candidate, how many of its day's papers below the cut there are for
        each one drawn on average; for a random share of the rest, one by :data:`SHARE`.
        Both stand for all papers below the cut, each by themselves.
    """
    chosen = {each.paper.arxiv_id: each.audit for each in candidates}
    below = [paper for paper in papers if chosen.get(paper.arxiv_id, True)]
    sizes = Counter(paper.announced for paper in below)
    weights = {}
    for paper in below:
        if chosen.get(paper.arxiv_id):
            expected = _expected_draws(sizes[paper.announced], per_week)
            weights[paper.arxiv_id] = max(sizes[paper.announced] / expected, 1.0)
        elif in_share(paper.arxiv_id):
            weights[paper.arxiv_id] = 1.0 / SHARE
    return weights


def in_share(arxiv_id: str) -> bool:
    """Whether a paper is of the random share that is kept whole, queued or not."""
    return _hash(f"sample {arxiv_id}") < SHARE


def _expected_draws(size: int, per_week: int) -> float:
    """How many of a day's ``size`` papers are drawn on average over the days of a week."""
    every, more = divmod(per_week, DAYS_A_WEEK)
    chance = more / DAYS_A_WEEK
    return (1.0 - chance) * min(every, size) + chance * min(every + 1, size)


def _hash(text: str) -> float:
    """A number in 0..1 that looks random and is the same for the same text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """What the drawn papers tell of those that nobody saw.

    Attributes:
        drawn: Papers drawn so far.
        answered: Those that a person approved or rejected. One that expired says nothing
            here: nobody looked.
        added: Those of them that were approved.
        weeks: How long papers have been drawn, at least 1.
        below: About how many papers a week are below the cut.
        missed: About how many of these a week would be added, with its 95 % interval.
        found: How many a week were added from above the cut in the same time.
    """

    drawn: int
    answered: int
    added: int
    weeks: float
    below: float
    missed: tuple[float, float, float]
    found: float

    @property
    def enough(self) -> bool:
        """Whether there are answers enough to say anything."""
        return self.answered >= LEAST_ANSWERS

    @property
    def line(self) -> str:
        """The estimate in one line, for people."""
        if not self.enough:
            return (
                f"audit: too few answers yet to say what is missed"
                f" ({self.answered} of {LEAST_ANSWERS}, {self.drawn} drawn)"
            )
        value, low, high = self.missed
        return (
            f"audit: {self.added} of {self.answered} papers from below the cut were approved:"
            f" about {value:.1f} a week are missed (95 %: {low:.1f} to {high:.1f}),"
            f" {self.found:.1f} are found"
        )


def estimate_missed(
    candidates: Sequence[Candidate], labels: Mapping[str, Label], weights: Mapping[str, float]
) -> Missed | None:
    """What is missed below the cut, ``None`` while nothing was drawn.

    The share of approvals among the answered is a ratio of weighted sums; its interval is
    Wilson's, with as many answers as the unequal weights leave (Kish). That those
    without answer are like the others is assumed.

    Args:
        candidates: All candidates.
        labels: The answers about them, by identifier.
        weights: How many papers each drawn one stands for; without one, it is left out.
    """
    drawn = [each for each in candidates if each.audit and each.paper.arxiv_id in weights]
    if not drawn:
        return None
    days = [each.paper.announced for each in drawn]
    first, last = min(days), max(days)
    weeks = max((last - first).days / 7.0, 1.0)
    said: list[tuple[float, bool]] = []
    for each in drawn:
        label = labels.get(each.paper.arxiv_id)
        if label is not None and label.answer is not Answer.EXPIRED:
            said.append((weights[each.paper.arxiv_id], label.answer is Answer.ADDED))
    below = sum(weights[each.paper.arxiv_id] for each in drawn) / weeks
    found = sum(
        first <= each.paper.announced <= last
        and each.paper.arxiv_id in labels
        and labels[each.paper.arxiv_id].answer is Answer.ADDED
        for each in candidates
        if not each.audit
    )
    share, low, high = _share_with_interval(said)
    return Missed(
        drawn=len(drawn),
        answered=len(said),
        added=sum(added for _, added in said),
        weeks=weeks,
        below=below,
        missed=(share * below, low * below, high * below),
        found=found / weeks,
    )


def _share_with_interval(said: Sequence[tuple[float, bool]]) -> tuple[float, float, float]:
    total = sum(weight for weight, _ in said)
    if not total:
        return 0.0, 0.0, 1.0
    share = sum(weight for weight, added in said if added) / total
    answers = total**2 / sum(weight**2 for weight, _ in said)
    middle = (share + _Z**2 / (2 * answers)) / (1 + _Z**2 / answers)
    spread = (share * (1 - share) / answers + _Z**2 / (4 * answers**2)) ** 0.5
    half = _Z * spread / (1 + _Z**2 / answers)
    return share, max(middle - half, 0.0), min(middle + half, 1.0)
