"""From scores to probabilities, learned from predictions made out of fold.

Two numbers for relevance (Platt), four for topics (a temperature, and how sure the
likeliest topic is): little data carries no more.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

FOLDS = 5
SEED = 20220531

LEAST_SLOPE = 0.05
"""Calibration may flatten the order that scores give, never reverse it."""

PULL = 0.5
"""How strongly the curve of certainty is drawn towards no change."""

TEMPERATURES = (0.05, 20.0)
"""Bounds between which the temperature is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platt:
    """Log-odds of a probability as a line over a score.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.
    """

    slope: float
    offset: float

    def probability(self, scores: Floats) -> NDArray[np.float64]:
        """Probability in 0..1 for each score, in order."""
        import numpy as np

        log_odds = np.asarray(scores, dtype=np.float64) * self.slope + self.offset
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -40.0, 40.0))))


def fit_platt(scores: Floats, positive: NDArray[np.bool_], weights: Floats) -> Platt:
    """The line under which the weighted positives are likeliest.

    Args:
        scores: Out of fold, shape (n,); both kinds must occur.
        positive: Which rows are positives.
        weights: How many papers each row stands for: they carry the base rate.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    standard = ((scores - centre) / spread).reshape(-1, 1)
    # Platt's own guard against being too sure: each row is a little of the other kind;
    # as much of the negatives as of the positives, so that the base rate stays.
    weight_of_positives = float(weights[positive].sum())
    moved = weight_of_positives / (int(positive.sum()) + 2)
    doubt = np.where(positive, moved / weight_of_positives, moved / float(weights[~positive].sum()))
    line = LogisticRegression(C=1e6, max_iter=1000)
    line.fit(
        np.concatenate([standard, standard]),
        np.concatenate([positive, ~positive]),
        sample_weight=np.concatenate([weights * (1.0 - doubt), weights * doubt]) / weights.mean(),
    )
    slope = float(line.coef_[0, 0]) / spread
    if slope >= LEAST_SLOPE:
        return Platt(slope=slope, offset=float(line.intercept_[0]) - slope * centre)
    # The scores say nothing, so every probability is close to the base rate.
    rate = float((weights * positive).sum() / weights.sum())
    base = float(np.log(rate / (1.0 - rate)))
    return Platt(slope=LEAST_SLOPE, offset=base - LEAST_SLOPE * centre)


def softmax(logits: Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """Rows of ``logits`` as probabilities that sum to 1; a higher temperature is less sure."""
    import numpy as np

    scaled = np.asarray(logits, dtype=np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def fit_temperature(logits: Floats, truth: NDArray[np.intp]) -> float:
    """The temperature under which the true columns are likeliest; 1.0 without rows.

    Source: C. Guo and others, On calibration of modern neural networks, ICML 2017.

    Args:
        logits: Out of fold, shape (n, columns).
        truth: The true column of each row, shape (n,).
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    if len(truth) == 0:
        return 1.0
    # As for Platt: with few rows all in their place, the next one still may not be.
    doubt = 1.0 / (len(truth) + 2)
    target = np.full(logits.shape, doubt / logits.shape[1])
    target[np.arange(len(truth)), truth] += 1.0 - doubt

    def loss(log_temperature: float) -> float:
        likely = softmax(logits, float(np.exp(log_temperature)))
        return float(-(target * np.log(np.maximum(likely, 1e-12))).sum(axis=1).mean())

    low, high = np.log(TEMPERATURES)
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How likely the first topic is right, as a curve over its share.

    A list holds a few papers that nobody would have put where they are, and a temperature,
    which is one number, pays for these with all the others. The curve is the beta
    calibration of the likeliest topic; what is left is shared out as before.

    Sources: M. Kull and others, Beta calibration, AISTATS 2017; C. Gupta and A. Ramdas,
    Top-label calibration, ICLR 2022.

    Attributes:
        rise: Slope over the log of the share, above 0.
        fall: Slope over minus the log of what is left, above 0.
        offset: Log-odds at neither.
    """

    rise: float = 1.0
    fall: float = 1.0
    offset: float = 0.0

    def apply(self, shares: Floats) -> NDArray[np.float64]:
        """Probabilities, shape (n, columns), rows sum to 1; the likeliest stays the likeliest."""
        import numpy as np

        if shares.shape[1] == 1:
            return np.asarray(shares, dtype=np.float64)
        rows, first = np.arange(len(shares)), np.argmax(shares, axis=1)
        top = np.clip(shares[rows, first], 1e-9, 1.0 - 1e-9)
        others = np.array(shares, dtype=np.float64)
        others[rows, first] = 0.0
        # A share of 1 leaves nothing to share out: then all others are as likely.
        others += 1e-12
        others[rows, first] = 0.0
        others /= others.sum(axis=1, keepdims=True)
        sure = self._probability(top)
        runner_up = others.max(axis=1)
        sure = np.maximum(sure, runner_up / (1.0 + runner_up))
        probabilities = others * (1.0 - sure)[:, None]
        probabilities[rows, first] = sure
        return np.asarray(probabilities)

    def _probability(self, top: Floats) -> NDArray[np.float64]:
        import numpy as np

        log_odds = self.rise * np.log(top) - self.fall * np.log1p(-top) + self.offset
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -40.0, 40.0))))


def fit_certainty(shares: Floats, truth: NDArray[np.intp]) -> Certainty:
    """The curve under which it is likeliest that the first topic was right where it was.

    Drawn towards no change: ten rows move it little, a few hundred decide it.

    Args:
        shares: Out of fold, shape (n, columns).
        truth: The true column of each row, shape (n,).
    """
    import numpy as np
    from scipy.optimize import minimize

    if len(truth) == 0 or shares.shape[1] == 1:
        return Certainty()
    right = shares.argmax(axis=1) == truth
    top = np.clip(shares.max(axis=1), 1e-9, 1.0 - 1e-9)

    def loss(numbers: NDArray[np.float64]) -> float:
        rise, fall, offset = numbers
        log_odds = rise * np.log(top) - fall * np.log1p(-top) + offset
        cost = np.logaddexp(0.0, np.where(right, -log_odds, log_odds)).sum()
        drawn = (rise - 1.0) ** 2 + (fall - 1.0) ** 2 + offset**2
        return float(cost + PULL * drawn)

    found = minimize(
        loss,
        np.array([1.0, 1.0, 0.0]),
        method="L-BFGS-B",
        bounds=[(LEAST_SLOPE, None), (LEAST_SLOPE, None), (None, None)],
    )
    rise, fall, offset = (float(number) for number in found.x)
    return Certainty(rise=rise, fall=fall, offset=offset)


def assign_folds(
    labels: Sequence[Hashable], *, folds: int = FOLDS, seed: int = SEED
) -> NDArray[np.intp]:
    """A fold for each row, the same for the same labels; each label spread evenly.

    Labels with fewer rows than folds are welcome: they are simply absent from
    some folds, and a label with one row is absent whenever that row is held out.
    """
    import numpy as np

    members: dict[Hashable, list[int]] = {}
    for row, label in enumerate(labels):
        members.setdefault(label, []).append(row)
    assigned = np.zeros(len(labels), dtype=np.intp)
    shuffler = random.Random(seed)  # noqa: S311  # no secret: the same folds every time
    dealt = 0
    for rows in members.values():
        shuffler.shuffle(rows)
        for row in rows:
            assigned[row] = dealt % folds
            dealt += 1
    return assigned
