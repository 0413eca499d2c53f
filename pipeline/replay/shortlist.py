"""Shortlist itself in a replay: the model that ``shortlist train`` would have made that day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.train import Material, make_models
from pipeline.triage.score import predict_papers

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from models.artifact import Artifact
    from pipeline.replay.rankers import Known
    from pipeline.train import Workshop


class ShortlistRanker:
    """Trains as ``shortlist train`` does, and scores as the daily job does.

    Args:
        workshop: What models are made with.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._artifact: Artifact | None = None
        self.topics: list[str] = []
        """Likeliest topic of each paper that was scored last."""

    def learn(self, known: Known) -> None:
        """Train on what is known.

        Raises:
            SetupError: There is no background.
            ModelsError: There is too little to learn from.
        """
        self._artifact = make_models(
            Material(
                until=known.day - timedelta(days=1),
                source=f"list at {known.state.commit}",
                entries=known.state.entries,
                announced=known.announced,
                listed=known.listed,
            ),
            self._workshop,
        )

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        """Calibrated probabilities, 0..1; keeps the likeliest topics."""
        import numpy as np

        if self._artifact is None or not papers:
            self.topics = []
            return np.zeros(0)
        predictions = predict_papers(
            papers, self._artifact, self._workshop.encoder, self._workshop.cache
        )
        self.topics = [prediction.topics[0][0] for prediction in predictions]
        return np.array([prediction.relevance for prediction in predictions])
