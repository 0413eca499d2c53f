"""How many of the papers announced now are added, and what each row stands for beside that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RATE_HALF_LIFE_DAYS = 14.0
"""Age at which a day counts half for the base rate: how much is added changes by the week."""
RATE_PRIOR_PAPERS = 200.0
"""How many papers the long-run base rate counts for beside the recent days."""

CALIBRATION_HALF_LIFE_DAYS = 60.0
"""Age at which a row counts half in calibration."""


def recent_rate(added: Sequence[int], announced: Sequence[float], ages: Sequence[float]) -> float:
    """The base rate of now: recent days count more, and a long run holds it.

    Args:
        added: Papers of each day that are in the list.
        announced: Papers of each day.
        ages: How many days ago each day was.
    """
    if not sum(announced):
        return 0.0
    long_run = sum(added) / sum(announced)
    fades = [0.5 ** (age / RATE_HALF_LIFE_DAYS) for age in ages]
    came = sum(n * fade for n, fade in zip(added, fades, strict=True))
    of = sum(n * fade for n, fade in zip(announced, fades, strict=True))
    return float((came + RATE_PRIOR_PAPERS * long_run) / (of + RATE_PRIOR_PAPERS))


def fade(days: NDArray[np.intp], today: int) -> Floats:
    """How much a row counts in calibration: recent days more."""
    import numpy as np

    ages = np.where(days > 0, np.maximum(today - days, 0), 0)
    return np.asarray(0.5 ** (ages / CALIBRATION_HALF_LIFE_DAYS))


def stand_for(
    added: NDArray[np.bool_], counts: Floats, *, base_rate: float, background_total: int
) -> Floats:
    """How many announced papers each row stands for, so that the base rate is theirs."""
    weights = counts.copy()
    weights[~added] *= background_total / weights[~added].sum()
    weights[added] *= background_total * base_rate / (1.0 - base_rate) / weights[added].sum()
    return weights
