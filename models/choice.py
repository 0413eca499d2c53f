"""Linear scores for choosing: one among several, or each for itself. Knows no text.

Both are fitted in numpy by Adam from zero, without randomness: the same data
give the same weights. They are small enough to be read, rounded and written
into the code that uses them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_STEPS = 400
_RATE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Choices:
    """What could be chosen in one case.

    Attributes:
        features: Shape (n, features), n at least 1.
        rewards: What each would have been worth, shape (n,).
    """

    features: Floats
    rewards: Floats


def fit_one_of_many(cases: Sequence[Choices], *, penalty: float) -> Floats:
    """Weights under which a softmax over each case's scores earns the most on average.

    Args:
        cases: At least one.
        penalty: Of the squared weights, features scaled to unit deviation.

    Returns:
        Shape (features,), on the features' own scale.
    """
    features = np.concatenate([case.features for case in cases])
    rewards = np.concatenate([case.rewards for case in cases])
    starts = np.cumsum([0, *(len(case.rewards) for case in cases)])[:-1]
    case_of = np.repeat(np.arange(len(cases)), [len(case.rewards) for case in cases])

    def uphill(scaled: Floats, weights: Floats) -> Floats:
        scores = scaled @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[case_of])
        shares /= np.add.reduceat(shares, starts)[case_of]
        earned = np.add.reduceat(shares * rewards, starts)
        return np.asarray(scaled.T @ (shares * (rewards - earned[case_of])) / len(cases))

    return _ascend(features, uphill, penalty)


def fit_each(features: Floats, chosen: NDArray[np.bool_], *, penalty: float) -> Floats:
    """Weights of a logistic regression, the first feature being the constant 1.

    Args:
        features: Shape (n, features).
        chosen: Shape (n,).
        penalty: Of the squared weights, features scaled to unit deviation.

    Returns:
        Shape (features,), on the features' own scale.
    """

    def uphill(scaled: Floats, weights: Floats) -> Floats:
        missed = chosen - 1 / (1 + np.exp(-scaled @ weights))
        return np.asarray(scaled.T @ missed / max(int(chosen.sum()), 1))

    return _ascend(features, uphill, penalty)


def _ascend(features: Floats, uphill: Callable[[Floats, Floats], Floats], penalty: float) -> Floats:
    """Adam (Kingma and Ba, 2015) with its usual decays, from zero."""
    scale = features.std(axis=0)
    scale[scale < 1e-9] = 1.0  # noqa: PLR2004  # a constant has no deviation
    scaled = features / scale
    weights = np.zeros(features.shape[1])
    mean, square = weights.copy(), weights.copy()
    for step in range(1, _STEPS + 1):
        slope = uphill(scaled, weights) - penalty * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        weights += _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return np.asarray(weights / scale)
