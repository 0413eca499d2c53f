"""Figures with their intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pipeline.pages.facts import Measured, ReliabilityBin

if TYPE_CHECKING:
    from collections.abc import Sequence

WILSON_Z = 1.96
"""Standard deviations of a 95 % interval."""


def measured(value: float, bounds: Sequence[float]) -> Measured:
    """A figure with its interval (low, high)."""
    low, high = bounds
    return Measured(value=value, low=low, high=high)


def make_bin(said: float, happened: float, n: int) -> ReliabilityBin:
    """A bin of ``n`` papers with Wilson's interval.

    Source: E. B. Wilson, Journal of the American Statistical Association 22, 1927.
    """
    spread = WILSON_Z**2 / n
    middle = (happened + spread / 2) / (1 + spread)
    half = math.sqrt(happened * (1 - happened) * spread + spread**2 / 4) / (1 + spread)
    return ReliabilityBin(
        said=said,
        happened=Measured(
            value=happened, low=max(middle - half, 0.0), high=min(middle + half, 1.0)
        ),
        n=n,
    )
