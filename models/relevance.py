"""Relevance: the probability that the maintainers add a paper.

Knows texts, vectors and facts; on-topic is not the question. Two readings are weighed:
words alone (the first look, which costs nothing), and words beside the embedding. A
small second level puts them together with who wrote the paper and where it was filed.
How all this is learned stands in :mod:`models.relevance_learning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.loudness import PILED_PENALTY, are_piled_up, quieten
from models.readings import both_rows, word_rows
from models.spoken_words import name_loudest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.calibration import Platt
    from models.facts import FactFeatures, Facts
    from models.features import TextFeatures
    from models.first_look import FirstLook
    from models.second_level import Mixture


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What relevance says of some papers, one value each.

    Attributes:
        probability: Calibrated, 0..1.
        words_for: Words that spoke most for adding the paper, best first.
        words_against: Words that spoke most against it, strongest first.
        loud: Whether the text is no prose (:func:`models.prose.is_piled_up`), or speaks for
            itself louder than any listed paper: key words piled up. Its score has been
            taken back for it.
    """

    probability: NDArray[np.float64]
    words_for: tuple[tuple[str, ...], ...]
    words_against: tuple[tuple[str, ...], ...]
    loud: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RelevanceModel:
    """Two linear readings, facts, and the level that weighs them.

    Attributes:
        features: How texts become words.
        facts: How facts become numbers.
        look: The reading of words alone, and how far down its order the rest is read.
        classifier: scikit-learn's fitted ``LogisticRegression`` over [embedding | words].
        mixture: The second level.
        loudest: Highest score that either reading gave a listed paper out of fold,
            (words, both).
        calibration: From the second level's score to a probability at the base rate.
    """

    features: TextFeatures
    facts: FactFeatures
    look: FirstLook
    classifier: Any
    mixture: Mixture
    loudest: tuple[float, float]
    calibration: Platt

    def glance(self, texts: Sequence[str], facts: Sequence[Facts]) -> NDArray[np.float64]:
        """Scores by words and facts alone, to be ordered by; no probabilities."""
        import numpy as np

        words = word_rows(self.features, texts, facts)
        said = self.look.said(words)
        quiet, _ = quieten(said, self.loudest[0])
        scores = self.look.mixture.score(np.column_stack([quiet, self.facts.transform(facts)]))
        return scores - PILED_PENALTY * are_piled_up(texts)

    def predict(
        self, texts: Sequence[str], vectors: NDArray[np.float32], facts: Sequence[Facts]
    ) -> Reading:
        """What is said of each text.

        Args:
            texts: The papers.
            vectors: Theirs, shape (len(texts), dimension), unit length.
            facts: Theirs.
        """
        import numpy as np

        words = word_rows(self.features, texts, facts)
        by_words, loud_words = quieten(self.look.said(words), self.loudest[0])
        rows = both_rows(words, vectors)
        by_both, loud_both = quieten(self.classifier.decision_function(rows), self.loudest[1])
        level = np.column_stack([by_words, by_both, self.facts.transform(facts)])
        spoke = self._spoke(words, vectors.shape[1])
        piled = are_piled_up(texts)
        scores = self.mixture.score(level) - PILED_PENALTY * piled
        return Reading(
            probability=self.calibration.probability(scores),
            words_for=name_loudest(spoke, self.features.terms, sign=1.0),
            words_against=name_loudest(spoke, self.features.terms, sign=-1.0),
            loud=tuple(bool(loud) for loud in loud_words | loud_both | piled),
        )

    def _spoke(self, words: Any, dimension: int) -> Any:
        weights = self.classifier.coef_[0, dimension:] + self.look.weights
        return (words * weights).tocsr()
