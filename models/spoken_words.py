"""Which words of a paper spoke most for it, or against it."""

from __future__ import annotations

from typing import Any

WORDS_SHOWN = 5
"""Most terms named for a paper on either side."""


def name_loudest(spoke: Any, terms: tuple[str, ...], *, sign: float) -> tuple[tuple[str, ...], ...]:
    """The terms that spoke loudest in each row, at most :data:`WORDS_SHOWN`, loudest first.

    Args:
        spoke: What each term of each text contributed, sparse, shape (n, len(terms)).
        terms: Of the columns.
        sign: 1 for what spoke for the paper, -1 for what spoke against it.
    """
    import numpy as np

    found = []
    for row in range(spoke.shape[0]):
        part = slice(spoke.indptr[row], spoke.indptr[row + 1])
        values, columns = sign * spoke.data[part], spoke.indices[part]
        best = [columns[i] for i in np.argsort(-values, kind="stable")[:60] if values[i] > 0]
        found.append(_distinct([terms[column] for column in best]))
    return tuple(found)


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
