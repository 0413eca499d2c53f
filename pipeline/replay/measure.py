"""What a replay is judged by: pure measures over ranked days.

Knows no model, no list and no file.
"""

from __future__ import annotations

import math
import random
import statistics
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

DEPTHS = (5, 10, 20, 50)
"""How many papers a day somebody may read."""

RECALL = 0.95
"""Share of the positives that ``wss_95`` asks to be found."""

CALIBRATED = 50
"""How many of each day's first papers calibration is measured on: nobody sees the rest."""

BINS = 10

RESAMPLES = 1000
SEED = 20220601
INTERVAL = (0.025, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedDay:
    """One announcement day as it would have been shown.

    Attributes:
        day: The announcement day.
        arxiv_ids: Its papers, as announced.
        added: The positives among them.
        scores: Ranker → one score a paper, in the same order; higher is shown first.
        topics: Positive → (topic it was put in, likeliest topic said then).
    """

    day: date
    arxiv_ids: tuple[str, ...]
    added: frozenset[str]
    scores: Mapping[str, tuple[float, ...]]
    topics: Mapping[str, tuple[str, str]]

    def ranks(self, ranker: str) -> dict[str, int]:
        """Place of each positive, 1 for the first; equal scores stand as announced."""
        return _ranks(self, ranker)


@lru_cache(maxsize=4096)
def _order(day: RankedDay, ranker: str) -> tuple[int, ...]:
    """Rows of the day, best first. Kept, for intervals ask thousands of times."""
    scores = day.scores[ranker]
    return tuple(sorted(range(len(scores)), key=lambda row: -scores[row]))


@lru_cache(maxsize=4096)
def _ranks(day: RankedDay, ranker: str) -> dict[str, int]:
    return {
        day.arxiv_ids[row]: place
        for place, row in enumerate(_order(day, ranker), start=1)
        if day.arxiv_ids[row] in day.added
    }


def recall_at(days: Sequence[RankedDay], ranker: str, depth: int) -> float:
    """Share of all positives that stand within the first ``depth`` of their own day, 0..1."""
    ranks = [place for day in days for place in day.ranks(ranker).values()]
    return sum(place <= depth for place in ranks) / len(ranks) if ranks else 0.0


def work_saved(days: Sequence[RankedDay], ranker: str) -> float:
    """Share of the papers nobody has to read to find :data:`RECALL` of the positives, less 0.05.

    The reader goes down to the same depth every day: work saved over sampling at 95 %
    (A. Cohen and others, JAMIA 2006), for lists that come day by day.
    """
    ranks = sorted(place for day in days for place in day.ranks(ranker).values())
    total = sum(len(day.arxiv_ids) for day in days)
    if not ranks or not total:
        return 0.0
    depth = ranks[math.ceil(RECALL * len(ranks)) - 1]
    read = sum(min(depth, len(day.arxiv_ids)) for day in days)
    return RECALL - read / total


def topic_accuracy(days: Sequence[RankedDay]) -> float:
    """Share of the positives whose likeliest topic is the one they were put in, 0..1."""
    pairs = [pair for day in days for pair in day.topics.values()]
    return sum(truth == said for truth, said in pairs) / len(pairs) if pairs else 0.0


def per_topic(days: Sequence[RankedDay], ranker: str) -> dict[str, dict[str, float | int]]:
    """Positives, recall at 20 and topic accuracy of each topic, most positives first."""
    rows: dict[str, list[tuple[bool, bool]]] = {}
    for day in days:
        ranks = day.ranks(ranker)
        for arxiv_id, (truth, said) in day.topics.items():
            rows.setdefault(truth, []).append((ranks[arxiv_id] <= 20, truth == said))  # noqa: PLR2004
    return {
        topic: {
            "positives": len(found),
            "recall_at_20": round(sum(shown for shown, _ in found) / len(found), 4),
            "accuracy": round(sum(right for _, right in found) / len(found), 4),
        }
        for topic, found in sorted(rows.items(), key=lambda item: (-len(item[1]), item[0]))
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Papers with scores close to each other.

    Attributes:
        said: Their mean score, 0..1.
        happened: The share of them that was added, 0..1.
        n: How many they are.
    """

    said: float
    happened: float
    n: int


def reliability(days: Sequence[RankedDay], ranker: str) -> tuple[Bin, ...]:
    """Each day's first :data:`CALIBRATED` papers in bins of equal mass, lowest scores first."""
    pairs = _first_papers(days, ranker)
    bins = min(BINS, len(pairs))
    edges = [len(pairs) * n // bins for n in range(bins + 1)] if bins else []
    return tuple(
        Bin(
            said=statistics.fmean(said for said, _ in part),
            happened=statistics.fmean(added for _, added in part),
            n=len(part),
        )
        for part in (pairs[low:high] for low, high in pairwise(edges))
    )


def calibration(days: Sequence[RankedDay], ranker: str) -> tuple[float, float]:
    """Calibration error over equal-mass bins, and Brier skill over the base rate.

    Both over each day's first :data:`CALIBRATED` papers; the base rate is that of the
    same papers.
    """
    pairs = _first_papers(days, ranker)
    if not pairs:
        return 0.0, 0.0
    error = sum(abs(part.said - part.happened) * part.n for part in reliability(days, ranker))
    rate = sum(added for _, added in pairs) / len(pairs)
    brier = sum((said - added) ** 2 for said, added in pairs) / len(pairs)
    base = rate * (1.0 - rate)
    return error / len(pairs), 1.0 - brier / base if base else 0.0


def _first_papers(days: Sequence[RankedDay], ranker: str) -> list[tuple[float, bool]]:
    """Score and whether it was added, of each day's first papers, lowest scores first."""
    pairs = [
        (day.scores[ranker][row], day.arxiv_ids[row] in day.added)
        for day in days
        for row in _order(day, ranker)[:CALIBRATED]
    ]
    pairs.sort(key=lambda pair: pair[0])
    return pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Recall for one number of papers read a day, with its 95 % bootstrap interval; all 0..1."""

    depth: int
    recall: float
    low: float
    high: float


def recall_curve(
    days: Sequence[RankedDay], ranker: str, depths: Sequence[int]
) -> tuple[CurvePoint, ...]:
    """Recall at each of ``depths``, with the same intervals as :func:`interval` has.

    One draw of days serves all depths, so that a curve costs what one figure does.
    """
    places = [tuple(day.ranks(ranker).values()) for day in days]
    if not days:
        return ()
    draw = random.Random(SEED)  # noqa: S311  # no secret: the same interval every time
    samples = []
    for _ in range(RESAMPLES):
        drawn = sorted(place for day in draw.choices(places, k=len(places)) for place in day)
        samples.append([bisect_right(drawn, depth) / max(len(drawn), 1) for depth in depths])
    curve = []
    for depth, values in zip(depths, zip(*samples, strict=True), strict=True):
        low, high = _bounds(values)
        recall = recall_at(days, ranker, depth)
        curve.append(CurvePoint(depth=depth, recall=recall, low=low, high=high))
    return tuple(curve)


def interval(
    days: Sequence[RankedDay], measure: Callable[[Sequence[RankedDay]], float]
) -> tuple[float, float]:
    """95 % bootstrap interval of ``measure``.

    Whole days are drawn, for the papers of a day compete with each other.
    """
    draw = random.Random(SEED)  # noqa: S311  # no secret: the same interval every time
    return _bounds([measure(draw.choices(days, k=len(days))) for _ in range(RESAMPLES)])


def _bounds(values: Sequence[float]) -> tuple[float, float]:
    ordered = sorted(values)
    low, high = (ordered[min(int(share * RESAMPLES), RESAMPLES - 1)] for share in INTERVAL)
    return low, high


def median_papers(days: Sequence[RankedDay]) -> float:
    """Papers of the median day."""
    return float(statistics.median(len(day.arxiv_ids) for day in days)) if days else 0.0
