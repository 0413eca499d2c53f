"""A paper's text as numbers that tell topics apart: words, pieces of words, its opening.

Three vocabularies beside the embedding, each a block of columns. Pieces of words find
what is spelt otherwise (*robust*, *robustness*); the opening is the title, which names
the topic more often than any other sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

TOKEN = r"(?u)\b[^\W\d_][\w-]*\w\b"  # noqa: S105  # a pattern, no secret

WORDS, PIECES, OPENINGS = "words", "pieces", "openings"

MOST_TERMS = {WORDS: 4000, PIECES: 8000, OPENINGS: 2000}
"""Terms kept of each vocabulary, those in most texts first: more changed no score."""

LEAST_TEXTS = {WORDS: 2, PIECES: 3, OPENINGS: 2}

LONGEST_OPENING = 400
"""Characters: a text without a full stop is no title."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vocabulary:
    """The terms of one kind, and how telling each is.

    Attributes:
        kind: :data:`WORDS`, :data:`PIECES` or :data:`OPENINGS`.
        terms: Sorted; one column each.
        idf: Inverse document frequency of each, shape (len(terms),).
    """

    kind: str
    terms: tuple[str, ...]
    idf: NDArray[np.float32]

    def transform(self, texts: Sequence[str]) -> Any:
        """TF-IDF as a sparse matrix of shape (n, len(terms)), rows of length 1 or 0."""
        import numpy as np
        from scipy import sparse

        if not self.terms:
            return sparse.csr_array((len(texts), 0), dtype=np.float64)
        vectoriser = _vectoriser(self.kind, vocabulary=self.terms)
        vectoriser.idf_ = self.idf.astype(np.float64)
        return sparse.csr_array(vectoriser.transform(_read(self.kind, texts)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wording:
    """The vocabularies of a list."""

    words: Vocabulary
    pieces: Vocabulary
    openings: Vocabulary

    def transform(self, texts: Sequence[str]) -> tuple[Any, Any, Any]:
        """Words, pieces and openings of each text, each a sparse block of n rows."""
        return (
            self.words.transform(texts),
            self.pieces.transform(texts),
            self.openings.transform(texts),
        )


def fit_wording(texts: Sequence[str]) -> Wording:
    """The vocabularies of ``texts``; empty ones where texts share nothing."""
    return Wording(
        words=_fit(WORDS, texts), pieces=_fit(PIECES, texts), openings=_fit(OPENINGS, texts)
    )


def opening(text: str) -> str:
    """The text up to its first full stop: the title, as texts for training are made."""
    return text.split(". ", 1)[0][:LONGEST_OPENING]


def _read(kind: str, texts: Sequence[str]) -> Sequence[str]:
    """What a vocabulary sees of each text; its opening counts twice beside all the rest."""
    if kind == OPENINGS:
        return [opening(text) for text in texts]
    return [f"{opening(text)}. {text}" for text in texts]


def _fit(kind: str, texts: Sequence[str]) -> Vocabulary:
    import numpy as np

    counter = _vectoriser(kind, vocabulary=None)
    try:
        found = counter.fit_transform(_read(kind, texts))
    except ValueError:  # no text holds a single term
        return Vocabulary(kind=kind, terms=(), idf=np.zeros(0, dtype=np.float32))
    names = counter.get_feature_names_out()
    frequency = np.bincount(found.indices, minlength=len(names))
    often = np.argsort(-frequency, kind="stable")[: MOST_TERMS[kind]]
    kept = np.sort(often[frequency[often] >= LEAST_TEXTS[kind]])
    idf = np.log((1.0 + len(texts)) / (1.0 + frequency[kept])) + 1.0
    return Vocabulary(
        kind=kind, terms=tuple(str(term) for term in names[kept]), idf=idf.astype(np.float32)
    )


def _vectoriser(kind: str, vocabulary: Sequence[str] | None) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    if kind == WORDS:
        return TfidfVectorizer(
            vocabulary=vocabulary,
            ngram_range=(1, 2),
            stop_words="english",
            sublinear_tf=True,
            token_pattern=TOKEN,
        )
    return TfidfVectorizer(
        vocabulary=vocabulary, analyzer="char_wb", ngram_range=(5, 5), sublinear_tf=True
    )
