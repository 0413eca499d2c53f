"""Rows that relevance reads, and a linear reading of them learned out of fold.

Knows texts, vectors and which papers were added; how readings are weighed is not its matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.facts import Facts
    from models.features import TextFeatures

    Floats = NDArray[np.float64]

TITLE_WEIGHT = 0.5
"""How much the title's words count again, beside their place in the text."""
EMBEDDING_WEIGHT = 2.0
"""Length of the embedding beside the words' part, which is about 1."""
STRENGTH = 0.3
"""``C`` of the logistic regressions."""


def word_rows(features: TextFeatures, texts: Sequence[str], facts: Sequence[Facts]) -> Any:
    """TF-IDF of the text, and the title's once more at :data:`TITLE_WEIGHT`."""
    titles = features.words([paper.title for paper in facts])
    return (features.words(texts) + TITLE_WEIGHT * titles).tocsr()


def both_rows(words: Any, vectors: NDArray[np.float32]) -> Any:
    """[embedding | words], the embedding at :data:`EMBEDDING_WEIGHT`."""
    import numpy as np
    from scipy import sparse

    embedded = sparse.csr_array(np.asarray(vectors, dtype=np.float64) * EMBEDDING_WEIGHT)
    return sparse.hstack([embedded, words], format="csr")


def read_out_of_fold(
    rows: Any, added: NDArray[np.bool_], attention: Floats, folds: NDArray[np.intp]
) -> tuple[Floats, Any]:
    """The score of each row out of fold, and the classifier that learned from all."""
    import numpy as np

    held_out = np.zeros(len(added))
    for fold in np.unique(folds):
        out = folds == fold
        if added[~out].any():
            part = _fit(rows[~out], added[~out], attention[~out])
            held_out[out] = part.decision_function(rows[out])
    return held_out, _fit(rows, added, attention)


def _fit(rows: Any, added: NDArray[np.bool_], attention: Floats) -> Any:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    weights = attention.copy()
    weights[added] *= weights[~added].sum() / weights[added].sum()
    classifier = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=1000, random_state=0)
    classifier.fit(rows, added, sample_weight=weights / weights.mean())
    # Rounded here and not when it is saved, so that what is saved says the same.
    classifier.coef_ = classifier.coef_.astype(np.float16).astype(np.float64)
    return classifier
