"""The first look: which papers are worth an embedding at all.

Words and facts cost next to nothing, the encoder is nearly all of a day's time.
How far down the first look's order the rest must be read is learned: so far that
what the whole model would show first is nearly always among it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.second_level import Mixture

SHOWN = 50
"""What the whole model would put so far up a day must not be lost."""
KEPT = 0.985
"""Share of it that the first look has to let through where it is learned (0.98 is asked for)."""
LARGE_DAY = 1000
"""Papers of a large day of today; small days are joined to such days to learn from."""

READ_SHARE = 0.34
"""Share of each training day that is read whole: its best by the first look."""
MOST_READ = 6000
"""Most such papers: each is an abstract to encode, about ten a second on two cores."""
SAMPLE_DAYS = 10
"""Newest training days that are read whole to the last paper, to learn the depth from."""
SAMPLE_ROWS = 1000
"""More days are, where few papers of each are known by themselves, until there are so many."""
LEAST_DAYS = 5
"""Sampled days under which nothing is known, and the first look is off."""
LEAST_DAY = 100
"""A sampled day with fewer papers teaches nothing about depth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FirstLook:
    """A linear reading of words, and what facts add to it.

    Attributes:
        weights: One for each term, shape (terms,).
        offset: Added to their sum.
        mixture: Puts the reading and the facts together.
        depth: How many papers of a day are let through; 0 if all are.
    """

    weights: NDArray[np.floating]
    offset: float
    mixture: Mixture
    depth: int

    def said(self, words: Any) -> NDArray[np.float64]:
        """The reading of each row of words, shape (n,)."""
        import numpy as np

        return np.asarray(words @ self.weights + self.offset, dtype=np.float64)


def choose_rows(
    glanced: NDArray[np.float64],
    added: NDArray[np.bool_],
    days: NDArray[np.intp],
    counts: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows to read whole, ascending, and which rows belong to days read to the last paper.

    All that were added; of the others each day's best by the first look, the newest
    days first, and everything of a few days. Rows without a day count as one day.

    Args:
        glanced: The first look's score of each row.
        added: Which rows are in the list.
        days: Announcement day of each row as an ordinal, 0 where it is not known.
        counts: How many papers each row stands for; ``None`` for itself.
    """
    import numpy as np

    counts = np.ones(len(days)) if counts is None else counts
    others = np.flatnonzero(~added)
    newest = np.unique(days[others])[::-1]
    sampled: set[int] = set()
    rows = 0
    for day in newest:
        of_day = others[days[others] == day]
        if (len(sampled) >= SAMPLE_DAYS and rows >= SAMPLE_ROWS) or day <= 0:
            break
        if counts[of_day].sum() >= LEAST_DAY:
            sampled.add(day)
            rows += int((counts[of_day] <= 1.0).sum())
    chosen = [np.flatnonzero(added)]
    room = MOST_READ
    for day in newest:
        of_day = others[days[others] == day]
        best = of_day[np.argsort(-glanced[of_day], kind="stable")]
        if day not in sampled:
            best = best[: max(min(len(best), 20), int(READ_SHARE * len(best)))]
        chosen.append(best[:room])
        room -= len(chosen[-1])
        if room <= 0:
            break
    sample = np.isin(days, list(sampled)) & ~added if sampled else np.zeros(len(days), np.bool_)
    return np.sort(np.concatenate(chosen)), sample


def learn_depth(
    *,
    glanced: NDArray[np.float64],
    full: NDArray[np.float64],
    days: NDArray[np.intp],
    sample: NDArray[np.bool_],
    counts: NDArray[np.float64] | None = None,
) -> int:
    """How many papers of a day to let through, 0 (all) where too little is known.

    Measured on days read whole, alone and joined to days as large as today's.

    Args:
        glanced: The first look's score of each row.
        full: The whole model's.
        days: Theirs.
        sample: Which rows belong to days that were read to the last paper.
        counts: How many papers each row stands for; ``None`` for itself.
    """
    import numpy as np

    counts = np.ones(len(days)) if counts is None else counts
    found = [np.flatnonzero(sample & (days == day)) for day in np.unique(days[sample])]
    if len(found) < LEAST_DAYS:
        return 0
    joined, large = [], np.zeros(0, dtype=np.intp)
    for rows in found:
        large = np.concatenate([large, rows])
        if counts[large].sum() >= LARGE_DAY:
            joined.append(large)
            large = np.zeros(0, dtype=np.intp)
    return max(
        _depth(glanced, full, found, counts),
        _depth(glanced, full, joined, counts),
    )


def _depth(
    glanced: NDArray[np.float64],
    full: NDArray[np.float64],
    groups: list[NDArray[np.intp]],
    counts: NDArray[np.float64],
) -> int:
    """The least depth at which :data:`KEPT` of all groups' first :data:`SHOWN` are let through.

    Where a row stands for several papers, its place is the middle of theirs.
    """
    import numpy as np

    places: list[tuple[float, float]] = []
    for rows in groups:
        place = np.empty(len(rows))
        order = np.argsort(-glanced[rows], kind="stable")
        own = counts[rows][order]
        place[order] = np.cumsum(own) - (own - 1.0) / 2.0
        best = np.argsort(-full[rows], kind="stable")
        above = np.cumsum(counts[rows][best]) - counts[rows][best]
        shown = best[above < SHOWN]
        places += zip(place[shown].tolist(), counts[rows][shown].tolist(), strict=True)
    if not places:
        return 0
    places.sort()
    reached = np.cumsum([weight for _, weight in places])
    row = int(np.searchsorted(reached, KEPT * reached[-1] - 1e-9))
    return max(SHOWN, int(np.ceil(places[min(row, len(places) - 1)][0])))
