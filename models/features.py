"""A text as numbers that a linear model can weigh: its embedding beside its words.

Words are TF-IDF over a bounded vocabulary, stored as plain terms and numbers;
scikit-learn's vectoriser is rebuilt from them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TOKEN = r"(?u)\b[^\W\d_][\w-]*\w\b"  # noqa: S105  # a pattern, no secret
"""A word of two letters or more; hyphens stay inside it (``out-of-distribution``)."""

LEAST_TEXTS = 3
"""A term in fewer texts is left out of the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TextFeatures:
    """A vocabulary and how telling each term is.

    Attributes:
        terms: Words and pairs of words, lower case, sorted.
        idf: Inverse document frequency of each term, shape (len(terms),).
        text_weight: Length of the words' part beside the embedding's, which is 1.
    """

    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    text_weight: float

    def transform(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Any:
        """[embedding | TF-IDF] as a sparse matrix, shape (n, dimension + len(terms))."""
        import numpy as np
        from scipy import sparse

        embedded = sparse.csr_array(np.asarray(vectors, dtype=np.float64))
        if not self.terms:
            return embedded
        return sparse.hstack([embedded, self.text_weight * self.words(texts)], format="csr")

    def words(self, texts: Sequence[str]) -> Any:
        """TF-IDF alone, rows of unit length, as a sparse matrix, shape (n, len(terms))."""
        import numpy as np
        from scipy import sparse

        if not self.terms or not texts:
            return sparse.csr_array((len(texts), len(self.terms)), dtype=np.float64)
        vectoriser = _vectoriser(vocabulary=self.terms)
        vectoriser.idf_ = self.idf.astype(np.float64)
        return sparse.csr_array(vectoriser.transform(texts))


def fit_word_features(texts: Sequence[str], *, terms: int) -> TextFeatures:
    """The ``terms`` words and pairs that most of ``texts`` have, and how telling each is.

    Given listed papers and background together, as many as there are of each: a vocabulary
    in which the listed have a larger say fits them, and no paper that comes tomorrow
    (see ``docs/triage.md``).
    """
    import numpy as np

    analyse = _vectoriser(vocabulary=None).build_analyzer()
    found: Counter[str] = Counter()
    for text in texts:
        found.update(set(analyse(text)))
    least = min(LEAST_TEXTS, len(texts))
    kept = [term for term, n in found.items() if n >= least]
    chosen = sorted(sorted(kept, key=lambda term: (-found[term], term))[:terms])
    frequency = np.array([found[term] for term in chosen], dtype=np.float64)
    idf = np.log((1.0 + len(texts)) / (1.0 + frequency)) + 1.0
    return TextFeatures(
        terms=tuple(chosen), idf=idf.astype(np.float16).astype(np.float32), text_weight=1.0
    )


def fit_text_features(
    *corpora: Sequence[str], terms: int, text_weight: float = 1.0
) -> TextFeatures:
    """Choose the vocabulary and weigh it.

    Each corpus has the same say in the choice, however many texts it has: the
    few hundred entries of a list are not drowned by thousands of other papers.

    Args:
        corpora: Texts; document frequencies are over all of them.
        terms: Most terms to keep.
        text_weight: As in :class:`TextFeatures`.
    """
    import numpy as np

    analyse = _vectoriser(vocabulary=None).build_analyzer()
    total: Counter[str] = Counter()
    share: dict[str, float] = {}
    for corpus in corpora:
        found: Counter[str] = Counter()
        for text in corpus:
            found.update(set(analyse(text)))
        total.update(found)
        for term, texts in found.items():
            share[term] = share.get(term, 0.0) + texts / len(corpus)
    kept = [term for term, texts in total.items() if texts >= LEAST_TEXTS]
    chosen = sorted(sorted(kept, key=lambda term: (-share[term], term))[:terms])
    n_texts = sum(len(corpus) for corpus in corpora)
    frequency = np.array([total[term] for term in chosen], dtype=np.float64)
    idf = np.log((1.0 + n_texts) / (1.0 + frequency)) + 1.0
    return TextFeatures(terms=tuple(chosen), idf=idf.astype(np.float32), text_weight=text_weight)


def _vectoriser(vocabulary: Sequence[str] | None) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(
        vocabulary=vocabulary,
        ngram_range=(1, 2),
        stop_words="english",
        sublinear_tf=True,
        token_pattern=TOKEN,
    )
