"""Relevance: the probability that the maintainers add a paper.

Knows texts, vectors and which of them were added; on-topic is not the question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.calibration import Platt, assign_folds, fit_platt
from models.features import TextFeatures, fit_text_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TERMS = 6000
TEXT_WEIGHT = 1.0
STRENGTH = 0.3
"""``C`` of the logistic regression."""

WORDS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RelevanceModel:
    """Logistic regression over embedding and words, calibrated.

    Attributes:
        features: How texts become rows.
        classifier: scikit-learn's fitted ``LogisticRegression``.
        calibration: From its score to a probability at the true base rate.
    """

    features: TextFeatures
    classifier: Any
    calibration: Platt

    def predict(
        self, texts: Sequence[str], vectors: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], tuple[tuple[str, ...], ...]]:
        """For each text its probability, and its words that spoke most for it, best first."""
        rows = self.features.transform(texts, vectors)
        scores = self.classifier.decision_function(rows)
        return self.calibration.probability(scores), self._words(rows, vectors.shape[1])

    def _words(self, rows: Any, dimension: int) -> tuple[tuple[str, ...], ...]:
        import numpy as np

        spoke = (rows[:, dimension:] * self.classifier.coef_[0, dimension:]).tocsr()
        found = []
        for row in range(spoke.shape[0]):
            part = slice(spoke.indptr[row], spoke.indptr[row + 1])
            values, columns = spoke.data[part], spoke.indices[part]
            best = [columns[i] for i in np.argsort(-values, kind="stable") if values[i] > 0]
            found.append(_distinct([self.features.terms[column] for column in best]))
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedRelevance:
    """The model, and what its like said of papers they had not been shown.

    Attributes:
        model: Fitted on everything.
        held_out: Uncalibrated score of each row, out of fold, shape (n,).
        added: Which rows are in the list.
        stands_for: How many announced papers each row stands for.
    """

    model: RelevanceModel
    held_out: NDArray[np.float64]
    added: NDArray[np.bool_]
    stands_for: NDArray[np.float64]


def fit_relevance(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    added: NDArray[np.bool_],
    *,
    stands_for: NDArray[np.float64],
    attention: NDArray[np.float64],
) -> FittedRelevance:
    """Learn which papers the maintainers add.

    Args:
        texts: All papers.
        vectors: Theirs, shape (n, dimension), unit length.
        added: Which of them are in the list; both kinds must occur.
        stands_for: How many announced papers each row stands for, from which the
            base rate follows; used in calibration.
        attention: How much each row counts in learning; both kinds are made to
            weigh the same beyond that.
    """
    import numpy as np

    features = fit_text_features(
        [text for text, is_added in zip(texts, added, strict=True) if is_added],
        [text for text, is_added in zip(texts, added, strict=True) if not is_added],
        terms=TERMS,
        text_weight=TEXT_WEIGHT,
    )
    rows = features.transform(texts, vectors)
    held_out = np.zeros(len(texts))
    folds = assign_folds(added.tolist())
    for fold in np.unique(folds):
        out = folds == fold
        part = _fit(rows[~out], added[~out], attention[~out])
        held_out[out] = part.decision_function(rows[out])
    model = RelevanceModel(
        features=features,
        classifier=_fit(rows, added, attention),
        calibration=fit_platt(held_out, added, stands_for),
    )
    return FittedRelevance(model=model, held_out=held_out, added=added, stands_for=stands_for)


def _fit(rows: Any, added: NDArray[np.bool_], attention: NDArray[np.float64]) -> Any:
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    return classifier.fit(rows, added, sample_weight=attention)


def _distinct(terms: list[str]) -> tuple[str, ...]:
    """The first few terms, none a part of one named before it or the other way round."""
    chosen: list[str] = []
    for term in terms:
        words = set(term.split())
        if all(not (words & set(other.split())) for other in chosen):
            chosen.append(term)
        if len(chosen) == WORDS_SHOWN:
            break
    return tuple(chosen)
