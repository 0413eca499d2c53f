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

    Counts = NDArray[np.integer]

SANITY_TERMS = 20_000
SANITY_STRENGTH = 0.01
"""``C`` of the SVM.

Source: karpathy/arxiv-sanity-lite, ``svm_rank`` in ``serve.py``. Earlier versions had 0.1,
which finds less here (0.76 against 0.79 in the first twenty a day).
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


class SvmBaseline:
    """A linear SVM on TF-IDF that learns again and again from mostly the same texts.

    Args:
        analyser: Settings of scikit-learn's vectoriser that say what a term is.
        choose: Which terms to keep, from (in how many texts, how often at all, texts).
        fit: From rows and labels to a fitted classifier.
    """

    def __init__(
        self,
        analyser: dict[str, Any],
        choose: Callable[[Counts, Counts, int], NDArray[np.bool_]],
        fit: Callable[[Any, NDArray[np.bool_]], Any],
    ) -> None:
        self._terms = _TermCounts(analyser)
        self._choose = choose
        self._fit = fit
        self._machine: Any = None

    def fit(self, texts: Sequence[str], added: NDArray[np.bool_]) -> None:
        """Learn from scratch."""
        import numpy as np

        counts = self._terms.matrix(texts)
        found = np.bincount(counts.indices, minlength=counts.shape[1])
        often = np.asarray(counts.sum(axis=0)).ravel()
        self._kept = np.flatnonzero(self._choose(found, often, len(texts)))
        self._idf = np.log((1.0 + len(texts)) / (1.0 + found[self._kept])) + 1.0
        self._machine = self._fit(self._rows(counts), added)

    def score(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Its distance from the plane, one a text."""
        import numpy as np

        if not texts:
            return np.zeros(0)
        rows = self._rows(self._terms.matrix(texts))
        return np.asarray(self._machine.decision_function(rows), dtype=np.float64)

    def _rows(self, counts: Any) -> Any:
        import numpy as np
        from sklearn.preprocessing import normalize

        rows = counts[:, self._kept].astype(np.float64)
        rows.data = (1.0 + np.log(rows.data)) * self._idf[rows.indices]
        return normalize(rows)


def sanity_svm() -> SvmBaseline:
    """A linear SVM on TF-IDF of title, abstract and authors, classes balanced.

    Source: karpathy/arxiv-sanity-lite, ``compute.py`` and ``serve.py``.
    """
    import numpy as np
    from sklearn.svm import LinearSVC

    def choose(found: Counts, often: Counts, texts: int) -> NDArray[np.bool_]:
        kept = (found >= min(5, texts)) & (found <= max(0.5 * texts, 1))
        if kept.sum() > SANITY_TERMS:
            least = np.sort(often[kept])[-SANITY_TERMS]
            kept &= often >= least
        return np.asarray(kept)

    def fit(rows: Any, added: NDArray[np.bool_]) -> Any:
        machine = LinearSVC(
            class_weight="balanced", C=SANITY_STRENGTH, tol=1e-6, max_iter=10_000, random_state=0
        )
        return machine.fit(rows, added)

    analyser = {
        "strip_accents": "unicode",
        "stop_words": "english",
        "token_pattern": r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b",
        "ngram_range": (1, 2),
    }
    return SvmBaseline(analyser, choose, fit)


def elas_u4() -> SvmBaseline:
    """ASReview's default of 2025: TF-IDF of words and pairs, a linear SVM, weighted classes.

    Source: asreview/asreview, ``models.py`` (``elas_u4``), ``balancers.py``.
    """
    import numpy as np
    from sklearn.svm import LinearSVC

    def choose(found: Counts, often: Counts, texts: int) -> NDArray[np.bool_]:
        del often
        return np.asarray((found >= 1) & (found <= max(0.95 * texts, 1)))

    def fit(rows: Any, added: NDArray[np.bool_]) -> Any:
        positives, negatives = int(added.sum()), int((~added).sum())
        weights = np.where(added, 1.0, positives / (ELAS_RATIO * max(negatives, 1)))
        machine = LinearSVC(loss="squared_hinge", C=ELAS_STRENGTH, random_state=0)
        return machine.fit(rows, added, sample_weight=weights * (len(added) / weights.sum()))

    return SvmBaseline({"ngram_range": (1, 2)}, choose, fit)


class _TermCounts:
    """How often each term stands in each text; a text that was counted is not read again."""

    def __init__(self, analyser: dict[str, Any]) -> None:
        from sklearn.feature_extraction.text import CountVectorizer

        self._analyse = CountVectorizer(**analyser).build_analyzer()
        self._columns: dict[str, int] = {}
        self._texts: dict[str, tuple[NDArray[np.int32], NDArray[np.int32]]] = {}

    def matrix(self, texts: Sequence[str]) -> Any:
        """Counts as a sparse matrix, shape (len(texts), terms met so far)."""
        import numpy as np
        from scipy import sparse

        counted = [self._texts.get(text) or self._count(text) for text in texts]
        bounds = np.cumsum([0, *(len(columns) for columns, _ in counted)])
        return sparse.csr_matrix(
            (
                np.concatenate([counts for _, counts in counted]),
                np.concatenate([columns for columns, _ in counted]),
                bounds,
            ),
            shape=(len(texts), len(self._columns)),
        )

    def _count(self, text: str) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        import numpy as np

        met = [self._columns.setdefault(term, len(self._columns)) for term in self._analyse(text)]
        columns, counts = np.unique(np.array(met, dtype=np.int32), return_counts=True)
        self._texts[text] = (columns, counts.astype(np.int32))
        return self._texts[text]
