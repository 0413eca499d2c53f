"""What a card says of what was learned: its version, its scores, its limits.

Only describes; nothing here changes a model.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from models.evaluation import accuracy, average_precision, macro_f1, roc_auc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.neighbours import Neighbours
    from models.relevance_learning import FittedRelevance
    from models.topics import FittedTopics

FEW_EXAMPLES = 50
"""With fewer entries the probabilities are rough, and the card says so."""

FEW_OF_TOPIC = 4
"""A topic with fewer entries is rarely found, and the card says so."""


def score_relevance(relevance: FittedRelevance) -> dict[str, float]:
    """Measures of relevance on papers held out in turn, each 0..1."""
    added, held_out = relevance.added, relevance.held_out
    return {
        "relevance_auc": round(roc_auc(added, held_out), 4),
        "relevance_average_precision": round(
            average_precision(added, held_out, relevance.stands_for), 4
        ),
    }


def score_topics(truth: Sequence[str], topics: FittedTopics) -> dict[str, float]:
    """Measures of topics on papers held out in turn, each 0..1."""
    guessed = [topics.model.topics[column] for column in topics.held_out.argmax(axis=1)]
    return {
        "topic_accuracy": round(accuracy(truth, guessed), 4),
        "topic_macro_f1": round(macro_f1(truth, guessed), 4),
    }


def note_limits(
    counts: Mapping[str, int], *, for_relevance: int, base_rate_known: bool
) -> tuple[str, ...]:
    """What such a model cannot do yet, one sentence each.

    Args:
        counts: Topic → its entries.
        for_relevance: Entries that relevance was learned from.
        base_rate_known: Whether the base rate was measured.
    """
    notes: list[str] = []
    if for_relevance < FEW_EXAMPLES:
        notes.append(
            f"Relevance was learned from {for_relevance} entries: the order helps, "
            "the probabilities are rough."
        )
    if len(counts) == 1:
        notes.append("The list has one topic, so every paper is put there.")
    few = sorted(topic for topic, n in counts.items() if n < FEW_OF_TOPIC)
    if few and len(counts) > 1:
        notes.append(f"Topics with fewer than {FEW_OF_TOPIC} entries: {', '.join(few)}.")
    if not base_rate_known:
        notes.append(
            "The base rate is assumed, not measured: every entry counts as announced with the "
            "background."
        )
    return tuple(notes)


def fingerprint(relevance: FittedRelevance, topics: FittedTopics, neighbours: Neighbours) -> str:
    """Eight hexadecimal digits over everything learned."""
    import numpy as np

    digest = hashlib.sha256()
    digest.update("\n".join(relevance.model.features.terms).encode())
    digest.update(relevance.model.features.idf.tobytes())
    digest.update(np.round(relevance.model.classifier.coef_, 4).astype(np.float32).tobytes())
    digest.update(np.round(relevance.model.look.weights, 3).astype(np.float32).tobytes())
    digest.update(np.round(relevance.model.mixture.weights, 3).astype(np.float32).tobytes())
    digest.update("\n".join(sorted(relevance.model.facts.authors)).encode())
    digest.update("\n".join(topics.model.wording.words.terms).encode())
    digest.update(np.round(topics.model.weights, 2).tobytes())
    line = relevance.model.calibration
    calibration = (line.slope, line.offset, topics.model.temperature)
    digest.update(" ".join(f"{value:.4f}" for value in calibration).encode())
    digest.update("\n".join((*topics.model.topics, *neighbours.titles)).encode())
    digest.update(neighbours.codes.tobytes())
    return digest.hexdigest()[:8]
