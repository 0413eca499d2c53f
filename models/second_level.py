"""A few scores put together as one: logistic regression over standardised columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

STRENGTH = 0.1
"""``C``; a few dozen positives carry no more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mixture:
    """A weight for each column, and an offset."""

    weights: NDArray[np.float64]
    offset: float

    def score(self, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        """One score a row, shape (n,)."""
        import numpy as np

        return np.asarray(columns @ self.weights + self.offset, dtype=np.float64)


def fit_mixture(
    columns: NDArray[np.float64],
    added: NDArray[np.bool_],
    attention: NDArray[np.float64],
    trust: NDArray[np.float64],
) -> Mixture:
    """The weights under which the labels are likeliest, held small.

    Args:
        columns: Shape (n, width); scores in them were made out of fold.
        added: Labels; both kinds must occur.
        attention: How much each row counts.
        trust: Of each column, above 0 to 1: the less, the more evidence it needs for the
            same weight.
    """
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    centre, spread = columns.mean(axis=0), columns.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0) / trust  # noqa: PLR2004
    line = LogisticRegression(C=STRENGTH, max_iter=1000)
    line.fit((columns - centre) / spread, added, sample_weight=attention)
    weights = line.coef_[0] / spread
    return Mixture(weights=weights, offset=float(line.intercept_[0] - weights @ centre))
