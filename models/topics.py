"""Topic: which section of the list a paper belongs to.

Topics are whatever labels the examples carry; none is known beforehand, and one
with a single example is still a topic.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.calibration import assign_folds, fit_temperature, softmax
from models.features import TextFeatures, fit_text_features

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TERMS = 3000
TEXT_WEIGHT = 1.0
STRENGTH = 10.0
"""``C`` of the logistic regression."""

BALANCE = 1.0
"""0 lets topics count by their size, 1 makes all count the same."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicModel:
    """Multinomial logistic regression over embedding and words, calibrated.

    Attributes:
        features: How texts become rows.
        classifier: scikit-learn's fitted ``LogisticRegression`` over columns of
            ``topics``, or ``None`` where there is only one topic.
        topics: Sorted.
        temperature: From its logits to probabilities.
    """

    features: TextFeatures
    classifier: Any
    topics: tuple[str, ...]
    temperature: float

    def predict(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of each topic, shape (n, len(topics)); rows sum to 1."""
        import numpy as np

        if self.classifier is None:
            return np.ones((len(texts), 1))
        rows = self.features.transform(texts, vectors)
        return softmax(_logits(self.classifier, rows, len(self.topics)), self.temperature)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedTopics:
    """The model, and what its like said of papers they had not been shown.

    Attributes:
        model: Fitted on everything.
        held_out: Probability of each topic, out of fold, shape (n, len(topics)).
    """

    model: TopicModel
    held_out: NDArray[np.float64]


def fit_topics(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    topics: Sequence[str],
) -> FittedTopics:
    """Learn which paper goes where.

    Args:
        texts: Papers of the list, at least one.
        vectors: Theirs, shape (n, dimension), unit length.
        topics: Theirs.
    """
    import numpy as np

    names = tuple(sorted(set(topics)))
    features = fit_text_features(texts, terms=TERMS, text_weight=TEXT_WEIGHT)
    if len(names) == 1:
        only = TopicModel(features=features, classifier=None, topics=names, temperature=1.0)
        return FittedTopics(model=only, held_out=np.ones((len(texts), 1)))
    rows = features.transform(texts, vectors)
    truth = np.array([names.index(topic) for topic in topics], dtype=np.intp)
    logits = np.zeros((len(texts), len(names)))
    folds = assign_folds(topics)
    # A topic of one example cannot be met while that one is held out: such rows
    # say nothing about how sure the model may be.
    met = np.zeros(len(texts), dtype=np.bool_)
    for fold in np.unique(folds):
        out = folds == fold
        if len(np.unique(truth[~out])) < 2:  # noqa: PLR2004  # nothing to tell apart
            continue
        part = _fit(rows[~out], truth[~out])
        logits[out] = _logits(part, rows[out], len(names))
        met[out] = np.isin(truth[out], part.classes_)
    temperature = fit_temperature(logits[met], truth[met])
    model = TopicModel(
        features=features,
        classifier=_fit(rows, truth),
        topics=names,
        temperature=temperature,
    )
    return FittedTopics(model=model, held_out=softmax(logits, temperature))


def _fit(rows: Any, truth: NDArray[np.intp]) -> Any:
    from sklearn.linear_model import LogisticRegression

    sizes = Counter(truth.tolist())
    weights = {column: (len(truth) / (len(sizes) * n)) ** BALANCE for column, n in sizes.items()}
    classifier = LogisticRegression(C=STRENGTH, class_weight=weights, max_iter=1000)
    return classifier.fit(rows, truth)


def _logits(classifier: Any, rows: Any, columns: int) -> NDArray[np.float64]:
    """One column per topic; topics the classifier never met are far below the others."""
    import numpy as np

    scores = classifier.decision_function(rows)
    if scores.ndim == 1:
        scores = np.stack([-scores / 2, scores / 2], axis=1)
    logits = np.full((rows.shape[0], columns), scores.min(axis=1, keepdims=True) - 3.0)
    logits[:, classifier.classes_] = scores
    return logits
