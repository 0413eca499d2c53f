"""Topics that a model was not trained on, known by their name and what little stands there.

A heading that appears in the list today is a topic today. Its name is a text like any
other, so its embedding points at the papers it means; each entry that is already there
moves it. How sure that makes anybody was learned from the topics of a real list, each
taken for new in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

SLOPE = 1.2
OFFSET = -3.2
"""Log-odds that a paper belongs to a new topic, over how much nearer to it than a listed
paper it stands, in standard deviations.

Source: logistic regression over the eleven topics of the list of 2022-08-31, each left out
in turn: slope and offset 1.1 and -3.1 by name alone, 1.5 and -3.6 with four entries.
See docs/topics.md.
"""

LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewTopic:
    """A topic the model has not met.

    Attributes:
        name: As its heading says.
        vector: Embedding of the name, shape (dimension,), unit length.
        entries: Embeddings of what is listed there already, shape (n, dimension); n may be 0.
    """

    name: str
    vector: NDArray[np.float32]
    entries: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewTopics:
    """Where new topics lie among what is listed.

    Attributes:
        names: In the order of the columns.
        directions: Shape (len(names), dimension), unit length.
        centres: Mean likeness of listed papers to each.
        spreads: Its standard deviation.
    """

    names: tuple[str, ...]
    directions: NDArray[np.float32]
    centres: NDArray[np.float32]
    spreads: NDArray[np.float32]

    def odds(self, vectors: Floats) -> NDArray[np.float64]:
        """Odds that each paper belongs to each topic, shape (n, len(names))."""
        import numpy as np

        likeness = np.asarray(vectors, dtype=np.float64) @ self.directions.T
        nearer = (likeness - self.centres) / self.spreads
        return np.asarray(np.exp(np.clip(SLOPE * nearer + OFFSET, -20.0, 20.0)))

    def join(self, probabilities: NDArray[np.float64], vectors: Floats) -> NDArray[np.float64]:
        """Probabilities of known topics with columns for the new ones; rows sum to 1."""
        import numpy as np

        joined = np.hstack([probabilities, self.odds(vectors)])
        return np.asarray(joined / joined.sum(axis=1, keepdims=True))


def place_new_topics(topics: Sequence[NewTopic], listed: Floats) -> NewTopics:
    """Find where ``topics`` lie.

    Args:
        topics: At least one.
        listed: Embeddings of listed papers, shape (n, dimension), at least one.
    """
    import numpy as np

    sums = np.stack([topic.vector + topic.entries.sum(axis=0) for topic in topics])
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    directions = sums / np.where(lengths > 0, lengths, 1.0)
    likeness = np.asarray(listed, dtype=np.float64) @ directions.T
    return NewTopics(
        names=tuple(topic.name for topic in topics),
        directions=directions.astype(np.float32),
        centres=likeness.mean(axis=0).astype(np.float32),
        spreads=np.maximum(likeness.std(axis=0), LEAST_SPREAD).astype(np.float32),
    )
