"""Topics of papers that the model was not shown: the list held out part by part.

Everything that is learned is learned from the other parts: vocabulary, weights,
calibration and the thresholds of the prediction sets. Knows no dates; what comes before
what is the caller's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.calibration import FOLDS, SEED, assign_folds
from models.errors import TrainingError
from models.evaluation import TopicScores, reliability, score_topic_sets
from models.topics import fit_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Rows = NDArray[np.bool_]

LEAST_ENTRIES = 10
"""With fewer entries a part that is held out is a paper or two."""

RESAMPLES = 1000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Listed:
    """What is to be sorted into topics.

    Attributes:
        texts: One a paper.
        vectors: Theirs, shape (n, dimension), unit length.
        topics: Theirs.
        alike: Which texts have an abstract, shape (n,): they say how sure to be.
    """

    texts: Sequence[str]
    vectors: NDArray[np.float32]
    topics: Sequence[str]
    alike: Rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HeldOut:
    """What models said of papers they had not been shown.

    Attributes:
        names: All topics of the list, sorted: the columns.
        truth: Column each paper belongs to, shape (n,).
        probabilities: Shape (n, len(names)); 0 for a topic that model had never met.
        sets: Prediction sets, shape (n, len(names)).
        said: Which papers a model was asked about, shape (n,).
    """

    names: tuple[str, ...]
    truth: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    sets: NDArray[np.bool_]
    said: Rows

    def scores(self, rows: Rows) -> TopicScores:
        """Every measure on those of ``rows`` that were asked about."""
        chosen = rows & self.said
        return score_topic_sets(
            self.truth[chosen], self.probabilities[chosen], self.sets[chosen], self.names
        )

    def reliability(self, rows: Rows) -> tuple[tuple[float, float, int], ...]:
        """(mean probability of the likeliest topic, share right, papers) of bins of ``rows``."""
        chosen = rows & self.said
        found = self.probabilities[chosen]
        if not len(found):
            return ()
        return reliability(found.argmax(axis=1) == self.truth[chosen], found.max(axis=1))

    def confusion(self, rows: Rows) -> dict[str, dict[str, int]]:
        """Topic → topic said → papers of ``rows``; a pair that never happened is left out."""
        chosen = rows & self.said
        said = self.probabilities[chosen].argmax(axis=1)
        counts: dict[str, dict[str, int]] = {}
        for truth, guess in zip(self.truth[chosen].tolist(), said.tolist(), strict=True):
            row = counts.setdefault(self.names[truth], {})
            row[self.names[guess]] = row.get(self.names[guess], 0) + 1
        return dict(sorted(counts.items()))

    def intervals(self, rows: Rows) -> dict[str, tuple[float, float]]:
        """95 % bootstrap intervals over the papers of ``rows``, by measure.

        They say what another list of the same kind might have given; that a model
        trained on it would differ too is not in them.
        """
        import numpy as np

        places = np.flatnonzero(rows & self.said)
        if len(places) == 0:
            return {}
        dice = np.random.default_rng(SEED)
        found: dict[str, list[float]] = {}
        for _ in range(RESAMPLES):
            drawn = dice.choice(places, len(places))
            scores = score_topic_sets(
                self.truth[drawn], self.probabilities[drawn], self.sets[drawn], self.names
            )
            for measure in MEASURES:
                found.setdefault(measure, []).append(getattr(scores, measure))
        return {
            measure: (float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975)))
            for measure, values in found.items()
        }


MEASURES = ("accuracy", "macro_f1", "top2_accuracy", "ece", "coverage", "mean_set_size")


def cross_validate(
    listed: Listed,
    *,
    coverage: float,
    seed: int = SEED,
    progress: Callable[[], None] = lambda: None,
) -> HeldOut:
    """Five stratified folds, each predicted by a model of the other four.

    Args:
        listed: The list.
        coverage: How often a prediction set shall hold the right topic, 0..1 without 1.
        seed: Which of the many ways to deal the folds.
        progress: Called after each fold.

    Raises:
        TrainingError: There are too few entries.
    """
    _refuse_too_few(listed)
    kinds: list[Hashable] = list(zip(listed.topics, listed.alike.tolist(), strict=True))
    folds = assign_folds(kinds, folds=FOLDS, seed=seed)
    return _hold_out(
        listed, [(folds != fold, folds == fold) for fold in range(FOLDS)], coverage, progress
    )


def predict_later(
    listed: Listed,
    blocks: NDArray[np.intp],
    *,
    coverage: float,
    progress: Callable[[], None] = lambda: None,
) -> HeldOut:
    """Each block predicted by a model of the blocks before it; of the first, nothing is said.

    Args:
        listed: The list.
        blocks: Block of each paper, from 0 on in the order of time, shape (n,); -1 for one
            whose time is not known, which takes no part.
        coverage: As for :func:`cross_validate`.
        progress: Called after each block.

    Raises:
        TrainingError: There are too few entries.
    """
    _refuse_too_few(listed)
    splits = [
        ((blocks >= 0) & (blocks < block), blocks == block)
        for block in range(1, int(blocks.max(initial=0)) + 1)
    ]
    return _hold_out(listed, [split for split in splits if split[0].any()], coverage, progress)


def _refuse_too_few(listed: Listed) -> None:
    if len(listed.texts) < LEAST_ENTRIES:
        raise TrainingError(
            f"the list has {len(listed.texts)} entries, scoring takes {LEAST_ENTRIES}",
            hint="a list so short is sorted by hand; each entry teaches",
        )


def _hold_out(
    listed: Listed,
    splits: Iterable[tuple[Rows, Rows]],
    coverage: float,
    progress: Callable[[], None],
) -> HeldOut:
    import numpy as np

    names = tuple(sorted(set(listed.topics)))
    columns = {name: column for column, name in enumerate(names)}
    shape = (len(listed.texts), len(names))
    probabilities, sets = np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    said = np.zeros(shape[0], dtype=np.bool_)
    for shown, hidden in splits:
        if not hidden.any():
            continue
        learned: list[int] = np.flatnonzero(shown).tolist()
        asked: list[int] = np.flatnonzero(hidden).tolist()
        model = fit_topics(
            [listed.texts[row] for row in learned],
            listed.vectors[learned],
            [listed.topics[row] for row in learned],
            alike=listed.alike[learned],
        ).model
        found = model.predict([listed.texts[row] for row in asked], listed.vectors[asked])
        at = np.ix_(np.array(asked), np.array([columns[name] for name in model.topics]))
        probabilities[at] = found
        sets[at] = model.conformal.sets(found, coverage)
        said[asked] = True
        progress()
    return HeldOut(
        names=names,
        truth=np.array([columns[topic] for topic in listed.topics], dtype=np.intp),
        probabilities=probabilities,
        sets=sets,
        said=said,
    )
