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
    glanced: NDArray[np.float64], added: NDArray[np.bool_], days: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows to read whole, ascending, and which rows belong to days read to the last paper.

    All that were added; of the others each day's best by the first look, the newest
    days first, and everything of a few days. Rows without a day count as one day.
    """
    import numpy as np

    others = np.flatnonzero(~added)
    newest = np.unique(days[others])[::-1]
    big = [day for day in newest if day > 0 and (days[others] == day).sum() >= LEAST_DAY]
    sampled = set(big[:SAMPLE_DAYS])
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
) -> int:
    """How many papers of a day to let through, 0 (all) where too little is known.

    Measured on days read whole, alone and joined to days as large as today's.

    Args:
        glanced: The first look's score of each row.
        full: The whole model's.
        days: Theirs.
        sample: Which rows belong to days that were read to the last paper.
    """
    import numpy as np

    found = [np.flatnonzero(sample & (days == day)) for day in np.unique(days[sample])]
    if len(found) < LEAST_DAYS:
        return 0
    joined, large = [], np.zeros(0, dtype=np.intp)
    for rows in found:
        large = np.concatenate([large, rows])
        if len(large) >= LARGE_DAY:
            joined.append(large)
            large = np.zeros(0, dtype=np.intp)
    return max(_depth(glanced, full, found), _depth(glanced, full, joined))


def _depth(
    glanced: NDArray[np.float64], full: NDArray[np.float64], groups: list[NDArray[np.intp]]
) -> int:
    """The least depth at which :data:`KEPT` of all groups' first :data:`SHOWN` are let through."""
    import numpy as np

    places: list[int] = []
    for rows in groups:
        place = np.empty(len(rows), dtype=np.intp)
        place[np.argsort(-glanced[rows], kind="stable")] = np.arange(1, len(rows) + 1)
        places += place[np.argsort(-full[rows], kind="stable")[:SHOWN]].tolist()
    if not places:
        return 0
    places.sort()
    return max(SHOWN, places[min(int(np.ceil(KEPT * len(places))) - 1, len(places) - 1)])
