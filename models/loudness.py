"""What no abstract says: scores beyond those of listed papers, and texts without sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.prose import is_piled_up

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LOUDER = 1.1
"""A text that speaks so many times more for itself than any listed paper did is suspect."""
LOUD_PENALTY = 3.0
PILED_PENALTY = 4.0
"""Log-odds that a text without sentences loses."""


def quieten(said: Floats, loudest: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores taken back where they are beyond what any listed paper says for itself.

    An abstract has words that say nothing; a heap of key words has none, and says
    more than any paper of the list. By so much it is less believed.
    """
    import numpy as np

    limit = loudest * LOUDER if loudest > 0 else loudest + 1.0
    excess = np.maximum(said - limit, 0.0)
    return said - (1.0 + LOUD_PENALTY) * excess, excess > 0


def are_piled_up(texts: Sequence[str]) -> NDArray[np.bool_]:
    """Which texts have no sentences, shape (len(texts),)."""
    import numpy as np

    return np.array([is_piled_up(text) for text in texts], dtype=np.bool_)
