"""What programs in use today would make of the same papers: the bar that replay sets.

Each is written anew from the other program's published recipe; none of them is
used for anything but comparison. Scores order the papers of one day and mean
nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Ranker = Callable[[Sequence[str]], NDArray[np.float64]]

SANITY_TERMS = 20_000
SANITY_STRENGTH = 0.1
"""``C`` of the SVM.

Source: karpathy/arxiv-sanity-lite, ``compute.py`` and ``serve.py``: 10,000 to 20,000
terms and C from 0.01 to 0.1 over its history; the stronger pair of them on the
replay of June 2022 is kept, so that the bar is not set low.
"""

ELAS_STRENGTH = 0.11
ELAS_RATIO = 9.8
"""How many times as much all positives weigh as all negatives.

Source: asreview/asreview, ``asreview/models/models.py``, ``elas_u4`` of 2025.
"""


def rank_by_keywords(texts: Sequence[str], keywords: Iterable[str]) -> NDArray[np.float64]:
    """How many of ``keywords`` occur in each text, as whole words in any case.

    A query that joins key words with OR only tells some from none; counting them
    is kinder to it.
    """
    import numpy as np

    patterns = [
        re.compile(rf"(?<!\w){re.escape(' '.join(keyword.split()).casefold())}(?!\w)")
        for keyword in dict.fromkeys(keywords)
        if keyword.strip()
    ]
    folded = [" ".join(text.split()).casefold() for text in texts]
    return np.array(
        [sum(bool(pattern.search(text)) for pattern in patterns) for text in folded],
        dtype=np.float64,
    )


def rank_by_library(
    vectors: NDArray[np.float32], library: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Mean cosine to the library, what was added last counting most.

    Source: TideDra/zotero-arxiv-daily, ``recommender.py``: weight 1 / (1 + log10(rank)).

    Args:
        vectors: Papers of a day, shape (n, dimension), unit length.
        library: Listed papers, newest first, shape (m, dimension), unit length.
    """
    import numpy as np

    weights = 1.0 / (1.0 + np.log10(np.arange(len(library)) + 1.0))
    return np.asarray(vectors @ library.T @ (weights / weights.sum()), dtype=np.float64)


def fit_sanity_svm(texts: Sequence[str], added: NDArray[np.bool_]) -> Ranker:
    """A linear SVM on TF-IDF of title, abstract and authors, classes balanced.

    Source: karpathy/arxiv-sanity-lite, ``compute.py`` and ``serve.py``.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectoriser = TfidfVectorizer(
        strip_accents="unicode",
        stop_words="english",
        token_pattern=r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",  # noqa: S106  # no secret
        ngram_range=(1, 2),
        max_features=SANITY_TERMS,
        sublinear_tf=True,
        max_df=0.5,
        min_df=min(5, len(texts)),
    )
    rows = vectoriser.fit_transform(texts)
    machine = LinearSVC(
        class_weight="balanced", C=SANITY_STRENGTH, tol=1e-6, max_iter=10_000, random_state=0
    )
    return _ranker(vectoriser, machine.fit(rows, added))


def fit_elas_u4(texts: Sequence[str], added: NDArray[np.bool_]) -> Ranker:
    """ASReview's default of 2025: TF-IDF of words and pairs, a linear SVM, weighted classes.

    Source: asreview/asreview, ``models.py`` (``elas_u4``), ``balancers.py``.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    vectoriser = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1, max_df=0.95)
    rows = vectoriser.fit_transform(texts)
    positives, negatives = int(added.sum()), int((~added).sum())
    weights = np.where(added, 1.0, positives / (ELAS_RATIO * max(negatives, 1)))
    machine = LinearSVC(loss="squared_hinge", C=ELAS_STRENGTH, random_state=0)
    machine.fit(rows, added, sample_weight=weights * (len(added) / weights.sum()))
    return _ranker(vectoriser, machine)


def _ranker(vectoriser: Any, machine: Any) -> Ranker:
    def rank(texts: Sequence[str]) -> NDArray[np.float64]:
        import numpy as np

        if not texts:
            return np.zeros(0)
        return np.asarray(machine.decision_function(vectoriser.transform(texts)))

    return rank
