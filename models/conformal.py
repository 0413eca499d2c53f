"""Prediction sets: as many topics as it takes to hold the right one often enough.

Split conformal prediction on probabilities that were made out of fold (cross-conformal).
A threshold for each topic: its own misses where it has many entries, those of all topics
where it has few. Knows no texts.

Sources: M. Sadinle, J. Lei and L. Wasserman, Least ambiguous set-valued classifiers with
bounded error levels, JASA 2019; V. Vovk, Cross-conformal predictors, 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

BORROWED = 80.0
"""How many entries all other topics together count as beside a topic's own.

With none, a topic of thirty entries would be in nearly every set; with all of them, hard
topics are left out of sets too often. No entry counts for more than one.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conformal:
    """What out-of-fold predictions gave the topic that was right.

    Attributes:
        given: Probability of the right topic for each entry, shape (n,), 0..1.
        topic: Which topic that was, shape (n,): a column of the probabilities.
    """

    given: NDArray[np.float32]
    topic: NDArray[np.int32]

    def thresholds(self, topics: int, coverage: float) -> NDArray[np.float64]:
        """Least probability with which each topic is in a set, shape (topics,).

        Args:
            topics: How many topics there are.
            coverage: How often the right topic shall be in the set, 0..1 without 1.
        """
        import numpy as np

        if len(self.given) == 0:
            return np.zeros(topics)
        order = np.argsort(self.given, kind="stable")
        given = self.given[order].astype(np.float64)
        found = np.empty(topics)
        for column in range(topics):
            weights = np.where(self.topic[order] == column, 1.0, min(1.0, BORROWED / len(given)))
            # The paper to come is one more, and may lie below all that were seen.
            allowed = (1.0 - coverage) * (weights.sum() + 1.0) - 1.0
            missed = np.cumsum(weights)
            # All entries below the threshold together weigh no more than is allowed.
            below = int(np.searchsorted(missed, allowed, side="right"))
            found[column] = given[below] if allowed > 0 else 0.0
        return found

    def sets(self, probabilities: Floats, coverage: float) -> NDArray[np.bool_]:
        """Which topics each paper's set holds, shape (n, topics); the likeliest always.

        Args:
            probabilities: Shape (n, topics).
            coverage: As for :meth:`thresholds`.
        """
        import numpy as np

        chosen = probabilities >= self.thresholds(probabilities.shape[1], coverage)
        chosen[np.arange(len(chosen)), np.argmax(probabilities, axis=1)] = True
        return np.asarray(chosen)
