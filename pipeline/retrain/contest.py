"""Champion against challenger, on days that are over and that the challenger never saw.

Both rank every day of the slice; a day's papers are a sample, so a place in its order
counts how many papers stand above, not how many were sampled. What of the difference
is noise is told by drawing the days, and the papers, again and again. Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import Paper
from models.evaluation import macro_f1
from pipeline.retrain.material import DAYS_TO_ENTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from models.artifact import Prediction
    from pipeline.retrain.material import Gathered

DEPTH = 20
"""How many papers a day a maintainer reads."""

UNSEEN_POSITIVES = 20
"""With fewer positives on the days the champion never saw, days it has seen are taken too."""

SLICE_DAYS = 28
"""How long the slice is, weekends and all."""

LEAST_POSITIVES = 10
LEAST_DAYS = 5
"""With less nothing can be told."""

RESAMPLES = 2000
SEED = 20220601

WORSE_SHARE = 0.9
"""A challenger that is worse in so many resamples is worse beyond noise."""

MOST_LOST = {"recall_at_20": 0.10, "topic_macro_f1": 0.15}
"""If the challenger may be worse by more than this (one side, 95 %), too little is known."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContestDay:
    """One announcement day of the slice.

    Attributes:
        day: The announcement day.
        papers: Those of its papers that are known.
        weights: How many papers each stands for, shape (n,).
        added: Which are positives, shape (n,).
    """

    day: date
    papers: tuple[Paper, ...]
    weights: NDArray[np.float64]
    added: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slice:
    """The days on which both are compared.

    Attributes:
        days: Oldest first.
        topics: The papers added on them, with the topic where each stands now.
        seen: Whether the champion was trained on some of them.
    """

    days: tuple[ContestDay, ...]
    topics: tuple[tuple[Paper, str], ...]
    seen: bool

    @property
    def positives(self) -> int:
        """How many papers there are to be found."""
        return sum(int(day.added.sum()) for day in self.days)

    @property
    def papers(self) -> int:
        """How many papers are ranked."""
        return sum(len(day.papers) for day in self.days)

    @property
    def too_small(self) -> bool:
        """Whether nothing can be told from it."""
        return len(self.days) < LEAST_DAYS or self.positives < LEAST_POSITIVES


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One measure of both.

    Attributes:
        champion: Its value, 0..1.
        challenger: Likewise, of the challenger's twin.
        low: Lower end of the 90 % interval of the difference, challenger less champion.
        high: Upper end.
        worse: Share of the resamples in which the challenger is worse, 0..1.
    """

    champion: float
    challenger: float
    low: float
    high: float
    worse: float


def choose_slice(
    gathered: Gathered, topics: Mapping[str, str], *, today: date, champion_until: date
) -> Slice:
    """The days to compare on: the last four weeks, later than all the champion knew if possible.

    More than four weeks where it takes that to find :data:`UNSEEN_POSITIVES`. No more, for
    what is compared on cannot be learned from. Where the days that the champion never saw
    do not hold so many, the slice says that it has seen some.

    Args:
        gathered: What is known.
        topics: Topic of each listed paper, by identifier.
        today: Days of the last week are not over yet: what is not in may still come.
        champion_until: The last day the champion knew anything of.
    """
    by_day: dict[date, list[Paper]] = {}
    for paper in gathered.papers.values():
        if paper.announced < today - timedelta(days=DAYS_TO_ENTER):
            by_day.setdefault(paper.announced, []).append(paper)
    for listed in gathered.listed.values():
        # Added by hand, and neither queued nor sampled: whoever ranks it high is right.
        if (
            isinstance(listed, Paper)
            and listed.announced in by_day
            and listed.arxiv_id not in gathered.papers
            and gathered.was_added(listed)
        ):
            by_day[listed.announced].append(listed)
    days = [_day(gathered, day, papers) for day, papers in sorted(by_day.items())]
    unseen = [day for day in days if day.day > champion_until]
    enough = sum(int(day.added.sum()) for day in unseen) >= UNSEEN_POSITIVES
    chosen = _newest(unseen, UNSEEN_POSITIVES) if enough else _newest(days, 0)
    return Slice(
        days=chosen,
        topics=tuple(
            (paper, topics[paper.arxiv_id])
            for day in chosen
            for paper, added in zip(day.papers, day.added, strict=True)
            if added and paper.arxiv_id in topics
        ),
        seen=bool(chosen) and chosen[0].day <= champion_until,
    )


def _newest(days: Sequence[ContestDay], positives: int) -> tuple[ContestDay, ...]:
    """The last :data:`SLICE_DAYS` of ``days``, and as many before as hold so many positives."""
    chosen: list[ContestDay] = []
    for day in reversed(days):
        long_enough = (days[-1].day - day.day).days >= SLICE_DAYS
        if long_enough and sum(int(each.added.sum()) for each in chosen) >= positives:
            break
        chosen.insert(0, day)
    return tuple(chosen)


def _day(gathered: Gathered, day: date, papers: Sequence[Paper]) -> ContestDay:
    import numpy as np

    before = {entry.arxiv_id for entry in gathered.past.before(day).entries}
    kept = []
    for paper in sorted(papers, key=lambda each: each.arxiv_id):
        listed_late = paper.arxiv_id in gathered.past.entered and not gathered.was_added(paper)
        # What was listed before its day, or long after it, is neither one nor the other.
        if paper.arxiv_id not in before and not listed_late:
            kept.append(paper)
    added = np.array([gathered.was_added(paper) for paper in kept], dtype=np.bool_)
    weights = np.array([gathered.weights.get(paper.arxiv_id, 1.0) for paper in kept])
    return ContestDay(
        day=day,
        papers=tuple(kept),
        # A positive is there by itself: it is always known, not sampled.
        weights=np.where(added, 1.0, weights),
        added=added,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where the positives of the slice stand, with all that says so.

    A paper that is known by itself stands above a positive of its own day or does not. Of
    those that stand for others only a few a day are known: how many of them are above is
    told by all days of the slice together, as a share of the day's.

    Attributes:
        day: Which day each positive is of, shape (p,).
        known: How many papers of its day that are known by themselves stand above it, shape (p,).
        sampled: What the sampled papers of each day above its score stand for, shape (p, days).
        sizes: What the sampled papers of each day stand for, shape (days,).
    """

    day: NDArray[np.intp]
    known: NDArray[np.float64]
    sampled: NDArray[np.float64]
    sizes: NDArray[np.float64]

    def recall(self, draws: NDArray[np.float64]) -> float:
        """Recall at :data:`DEPTH` where each day was drawn so often, 0..1; shape (days,)."""
        import numpy as np

        total = self.sizes @ draws
        share = (self.sampled @ draws) / total if total else np.zeros(len(self.day))
        found = self.known + share * self.sizes[self.day] < DEPTH
        of_day = draws[self.day]
        return float((found * of_day).sum() / of_day.sum())


def place_positives(days: Sequence[ContestDay], said: Sequence[NDArray[np.float64]]) -> Places:
    """Where the positives stand by these scores, one array a day; equal scores stand above."""
    import numpy as np

    alone = [day.weights <= 1.0 for day in days]
    places: list[int] = []
    known: list[float] = []
    sampled: list[list[float]] = []
    for row, (day, scores) in enumerate(zip(days, said, strict=True)):
        for score in scores[day.added]:
            places.append(row)
            known.append(float((scores[alone[row]] >= score).sum()) - 1.0)
            sampled.append(
                [
                    float(other.weights[~single & (theirs >= score)].sum())
                    for other, single, theirs in zip(days, alone, said, strict=True)
                ]
            )
    return Places(
        day=np.array(places, dtype=np.intp),
        known=np.array(known),
        sampled=np.array(sampled).reshape(len(places), len(days)),
        sizes=np.array(
            [day.weights[~single].sum() for day, single in zip(days, alone, strict=True)]
        ),
    )


def compare_recall(
    days: Sequence[ContestDay],
    champion: Sequence[NDArray[np.float64]],
    challenger: Sequence[NDArray[np.float64]],
) -> Comparison:
    """Recall at :data:`DEPTH` of both, with what is noise told by drawing days again.

    Args:
        days: The slice; at least one positive.
        champion: Its scores for the papers of each day.
        challenger: Those of the challenger's twin.
    """
    import numpy as np

    old, new = place_positives(days, champion), place_positives(days, challenger)
    dice = np.random.default_rng(SEED)
    lost: list[float] = []
    while len(lost) < RESAMPLES:
        drawn = dice.multinomial(len(days), np.full(len(days), 1 / len(days))).astype(float)
        if drawn[old.day].any():
            lost.append(new.recall(drawn) - old.recall(drawn))
    once = np.ones(len(days))
    return _comparison(old.recall(once), new.recall(once), np.array(lost))


def compare_topics(
    truth: Sequence[str], champion: Sequence[str], challenger: Sequence[str]
) -> Comparison:
    """Macro-F1 over topics of both, with what is noise told by drawing papers again."""
    import numpy as np

    dice = np.random.default_rng(SEED)
    lost = []
    for _ in range(RESAMPLES):
        rows = dice.integers(0, len(truth), len(truth)).tolist()
        right, old, new = ([each[row] for row in rows] for each in (truth, champion, challenger))
        lost.append(macro_f1(right, new) - macro_f1(right, old))
    return _comparison(macro_f1(truth, champion), macro_f1(truth, challenger), np.array(lost))


def _comparison(champion: float, challenger: float, lost: NDArray[np.float64]) -> Comparison:
    import numpy as np

    low, high = np.quantile(lost, [0.05, 0.95])
    return Comparison(
        champion=float(champion),
        challenger=float(challenger),
        low=float(low),
        high=float(high),
        worse=float((lost < 0).mean()),
    )


def judge(comparisons: Mapping[str, Comparison]) -> tuple[bool, str]:
    """Whether the challenger is promoted, and why or why not in one sentence."""
    for measure, found in comparisons.items():
        name = measure.replace("_", " ")
        said = f"{name} {found.challenger:.2f} against {found.champion:.2f}"
        if found.worse >= WORSE_SHARE:
            return False, f"worse beyond noise: {said}"
        if found.low < -MOST_LOST[measure]:
            return False, f"too little to tell: {said}, and it may be {-found.low:.2f} worse"
    parts = [
        f"{name.replace('_', ' ')} {found.challenger:.2f} against {found.champion:.2f}"
        for name, found in comparisons.items()
    ]
    return True, f"not worse beyond noise: {', '.join(parts)}"


def likeliest(predictions: Sequence[Prediction], name_now: Callable[[str], str]) -> tuple[str, ...]:
    """The likeliest topic of each prediction under the name it has now."""
    return tuple(name_now(prediction.topics[0][0]) for prediction in predictions)
