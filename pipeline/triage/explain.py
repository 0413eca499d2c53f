"""Why a paper is in the queue, in a few plain words.

Reasons are facts that a maintainer can check: the nearest listed papers and
the paper's own words. Knows no queue and no list file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.artifact import Prediction
    from pipeline.lists.entry import Entry

LEAST_SIMILARITY = 0.35
"""Cosine similarity under which two abstracts have nothing to say about each other.

Measured with all-MiniLM-L6-v2: random pairs of one day's papers lie at 0.1 to 0.3.
"""


def explain(prediction: Prediction, *, near: Entry | None, has_abstract: bool) -> tuple[str, ...]:
    """Reasons, most important first; never empty.

    Args:
        prediction: What the models said of the paper.
        near: The listed paper that it may be, if any.
        has_abstract: Whether the models saw more than the title.
    """
    reasons: list[str] = []
    if near is not None:
        reasons.append(f"may be the listed “{near.title}”")
    reasons += [
        f"like “{neighbour.title}” ({neighbour.similarity:.2f})"
        for neighbour in prediction.neighbours
        if neighbour.similarity >= LEAST_SIMILARITY
    ]
    if prediction.words:
        reasons.append(f"words: {', '.join(prediction.words)}")
    if not has_abstract:
        reasons.append("judged by its title alone: no abstract was delivered")
    return tuple(reasons) or ("near no listed paper; ranked by its text as a whole",)
