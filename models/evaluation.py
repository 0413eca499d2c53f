"""How good predictions were: small pure measures over plain arrays.

Knows no model and no list. A random split flatters; which predictions are
measured, and on which days, is the caller's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]


def accuracy(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Share of labels that were met, 0..1; 0.0 for none."""
    hits = sum(true == guess for true, guess in zip(truth, predicted, strict=True))
    return hits / len(truth) if truth else 0.0


def f1_by_label(truth: Sequence[str], predicted: Sequence[str]) -> dict[str, float]:
    """F1 of each label that occurs in ``truth``, sorted by label."""
    scores = {}
    for label in sorted(set(truth)):
        both = sum(t == p == label for t, p in zip(truth, predicted, strict=True))
        named = sum(p == label for p in predicted)
        there = sum(t == label for t in truth)
        scores[label] = 2 * both / (named + there)
    return scores


def macro_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Mean F1 over the labels of ``truth``, each with the same say; 0.0 for none."""
    scores = f1_by_label(truth, predicted)
    return sum(scores.values()) / len(scores) if scores else 0.0


def average_precision(positive: NDArray[np.bool_], scores: Floats, weights: Floats) -> float:
    """Area under precision over recall, 0..1; 0.0 without positives.

    Args:
        positive: Which rows are positives, shape (n,).
        scores: Higher means more likely; ties count in the rows' order.
        weights: How many papers each row stands for.
    """
    import numpy as np

    order = np.argsort(-scores, kind="stable")
    hits = np.where(positive[order], weights[order], 0.0)
    total = hits.sum()
    if total == 0:
        return 0.0
    precision = np.cumsum(hits) / np.cumsum(weights[order])
    return float((precision * hits).sum() / total)


def roc_auc(positive: NDArray[np.bool_], scores: Floats) -> float:
    """How often a positive stands above a negative, ties half; 0.5 if one side is empty."""
    import numpy as np

    n_positive = int(positive.sum())
    n_negative = len(positive) - n_positive
    if n_positive == 0 or n_negative == 0:
        return 0.5
    values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    del values
    ranks = np.cumsum(counts) - (counts - 1) / 2
    above = float(ranks[inverse][positive].sum()) - n_positive * (n_positive + 1) / 2
    return above / (n_positive * n_negative)


def recall_at(k: int, days: Sequence[tuple[NDArray[np.bool_], Floats]]) -> float:
    """Share of all positives that stand within the first ``k`` of their own day; 0.0 for none.

    Args:
        k: Papers read a day.
        days: One (positive, scores) pair of equal length a day.
    """
    import numpy as np

    found = total = 0
    for positive, scores in days:
        first = np.argsort(-scores, kind="stable")[:k]
        found += int(positive[first].sum())
        total += int(positive.sum())
    return found / total if total else 0.0


def calibration_error(correct: NDArray[np.bool_], confidence: Floats, *, bins: int = 10) -> float:
    """Mean distance between confidence and share correct over bins of equal mass, 0..1."""
    gaps = [
        abs(happened - said) * n
        for said, happened, n in reliability(correct, confidence, bins=bins)
    ]
    return sum(gaps) / len(correct) if gaps else 0.0


def reliability(
    correct: NDArray[np.bool_], confidence: Floats, *, bins: int = 10
) -> tuple[tuple[float, float, int], ...]:
    """(mean confidence, share correct, rows) of bins of equal mass, least confident first."""
    import numpy as np

    if len(correct) == 0:
        return ()
    order = np.argsort(confidence, kind="stable")
    return tuple(
        (float(confidence[part].mean()), float(correct[part].mean()), len(part))
        for part in np.array_split(order, min(bins, len(order)))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScore:
    """How one topic fared.

    Attributes:
        n: Papers that belong there.
        precision: Share of those put there that belong there, 0..1; 0.0 if none was.
        recall: Share of those that belong there that were put there.
        f1: Of both.
        coverage: Share of its papers whose set holds it.
        mean_set_size: Topics in a set, on its papers.
    """

    n: int
    precision: float
    recall: float
    f1: float
    coverage: float
    mean_set_size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicScores:
    """How topics fared on papers the models had not been shown; shares are 0..1.

    Attributes:
        n: Papers; without any, all else is 0.
        accuracy: Share whose likeliest topic is theirs.
        macro_f1: Mean F1 over topics that have a paper.
        top2_accuracy: Share whose topic is among the likeliest two.
        ece: Expected calibration error of the likeliest topic, ten bins of equal mass.
        coverage: Share whose prediction set holds their topic.
        mean_set_size: Topics in a set.
        per_topic: By name, as sorted.
    """

    n: int
    accuracy: float
    macro_f1: float
    top2_accuracy: float
    ece: float
    coverage: float
    mean_set_size: float
    per_topic: Mapping[str, TopicScore]


def score_topic_sets(
    truth: NDArray[np.intp],
    probabilities: Floats,
    sets: NDArray[np.bool_],
    names: Sequence[str],
) -> TopicScores:
    """Every measure of topics.

    Args:
        truth: The column each paper belongs to, shape (n,).
        probabilities: Shape (n, len(names)).
        sets: Prediction sets, shape (n, len(names)).
        names: Topics, one a column.
    """
    import numpy as np

    if len(truth) == 0:
        return TopicScores(
            n=0,
            accuracy=0.0,
            macro_f1=0.0,
            top2_accuracy=0.0,
            ece=0.0,
            coverage=0.0,
            mean_set_size=0.0,
            per_topic={},
        )
    order = np.argsort(-probabilities, axis=1, kind="stable")
    first = order[:, 0]
    held, sizes = sets[np.arange(len(truth)), truth], sets.sum(axis=1)
    per_topic = {}
    for column, name in enumerate(names):
        own, put = truth == column, first == column
        if not own.any():
            continue
        both = int((own & put).sum())
        per_topic[name] = TopicScore(
            n=int(own.sum()),
            precision=both / int(put.sum()) if put.any() else 0.0,
            recall=both / int(own.sum()),
            f1=2 * both / (int(own.sum()) + int(put.sum())),
            coverage=float(held[own].mean()),
            mean_set_size=float(sizes[own].mean()),
        )
    return TopicScores(
        n=len(truth),
        accuracy=float((first == truth).mean()),
        macro_f1=float(np.mean([score.f1 for score in per_topic.values()])),
        top2_accuracy=float((order[:, :2] == truth[:, None]).any(axis=1).mean()),
        ece=calibration_error(first == truth, probabilities.max(axis=1)),
        coverage=float(held.mean()),
        mean_set_size=float(sizes.mean()),
        per_topic=per_topic,
    )
