"""The listed papers nearest to another one: why a paper stands where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEIGHBOURS_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A listed paper close to another; similarity is their cosine, -1..1."""

    arxiv_id: str
    title: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Neighbours:
    """The papers of the list, for likeness.

    Attributes:
        vectors: Shape (n, dimension), float16, unit length.
        arxiv_ids: "" where there is none.
        titles: White space collapsed.
    """

    vectors: NDArray[np.float16]
    arxiv_ids: tuple[str, ...]
    titles: tuple[str, ...]

    def nearest(self, vectors: NDArray[np.float32]) -> tuple[tuple[Neighbour, ...], ...]:
        """For each vector the nearest papers, nearest first."""
        import numpy as np

        similarity = np.asarray(vectors, dtype=np.float32) @ self.vectors.astype(np.float32).T
        nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :NEIGHBOURS_SHOWN]
        return tuple(
            tuple(
                Neighbour(
                    arxiv_id=self.arxiv_ids[column],
                    title=self.titles[column],
                    similarity=float(similarity[row, column]),
                )
                for column in columns
            )
            for row, columns in enumerate(nearest)
        )
