"""The listed papers nearest to another one: why a paper stands where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

NEIGHBOURS_SHOWN = 3

STEPS = 127
"""Steps of a row from zero to its largest number."""


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
        codes: Their vectors in steps of a row's own size, shape (n, dimension): half of what
            float16 takes, and what makes an artifact light enough for a branch.
        scales: The length of a step of each row, shape (n,).
        arxiv_ids: "" where there is none.
        titles: White space collapsed.
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]
    arxiv_ids: tuple[str, ...]
    titles: tuple[str, ...]

    @classmethod
    def of(
        cls, vectors: NDArray[np.floating], *, arxiv_ids: Sequence[str], titles: Sequence[str]
    ) -> Neighbours:
        """Papers by their vectors, shape (n, dimension), which are rounded here.

        Not when they are saved, so that what is saved says the same.
        """
        import numpy as np

        exact = np.asarray(vectors, dtype=np.float64)
        largest = np.abs(exact).max(axis=1, initial=0.0)
        codes = np.rint(exact * (STEPS / np.where(largest > 0, largest, 1.0))[:, None])
        # A step so long that the row keeps its length, not its largest number.
        lengths = np.linalg.norm(codes, axis=1)
        scales = np.linalg.norm(exact, axis=1) / np.where(lengths > 0, lengths, 1.0)
        return cls(
            codes=codes.astype(np.int8),
            scales=scales.astype(np.float32),
            arxiv_ids=tuple(arxiv_ids),
            titles=tuple(titles),
        )

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Shape (n, dimension), of the length that was given; cosines are true to 0.01."""
        return self.codes * self.scales[:, None]

    def nearest(self, vectors: NDArray[np.float32]) -> tuple[tuple[Neighbour, ...], ...]:
        """For each vector the nearest papers, nearest first."""
        import numpy as np

        similarity = np.asarray(vectors, dtype=np.float32) @ self.vectors.T
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
