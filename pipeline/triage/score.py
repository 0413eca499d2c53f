"""Papers to predictions with the model in service, loaded when the first paper comes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipeline.outcome import Scores
from pipeline.triage.embed import embed_texts, training_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from db.records import Paper
    from db.vectors import VectorCache
    from models.artifact import Artifact, Prediction
    from pipeline.ports import Encoder, Progress

log = logging.getLogger(__name__)


class PaperScorer:
    """Scores papers with an artifact and the encoder it was trained with.

    Args:
        make_encoder: Makes the encoder of the config; asked only when there is a paper, so that an
            encoder that is missing keeps nothing else from being done.
        artifact: Folder of the model in service.
        fallback: Folder of the model that serves if that one is missing or broken.
        cache: Where vectors are kept.
        progress: Called while texts are encoded.
    """

    def __init__(
        self,
        *,
        make_encoder: Callable[[], Encoder],
        artifact: Path,
        fallback: Path | None = None,
        cache: VectorCache,
        progress: Progress | None = None,
    ) -> None:
        self._make_encoder = make_encoder
        self.artifact = artifact
        self.fallback = fallback
        self._cache = cache
        self._progress = progress

    def score(self, papers: Sequence[Paper]) -> Scores:
        """Predictions for ``papers``; without papers, nothing is loaded.

        Raises:
            ModelsError: Encoder or artifact are missing, damaged, or not made for each other.
        """
        if not papers:
            return Scores(predictions=(), model="")
        from models.artifact import check_encoder

        encoder = self._make_encoder()
        artifact = self.load()
        check_encoder(artifact.card, encoder.identity)
        predictions = predict_papers(
            papers, artifact, encoder, self._cache, progress=self._progress
        )
        return Scores(predictions=predictions, model=artifact.card.version)

    def load(self) -> Artifact:
        """The model in service, or the one that serves in its place; which, is said.

        Raises:
            ArtifactError: Neither can be loaded.
        """
        from models.artifact import load_artifact
        from models.errors import ArtifactError

        try:
            return load_artifact(self.artifact)
        except ArtifactError as error:
            if self.fallback is None or self.fallback == self.artifact:
                raise
            log.warning("%s; the model that is shipped serves instead", error)
            return load_artifact(self.fallback)


def predict_papers(
    papers: Sequence[Paper],
    artifact: Artifact,
    encoder: Encoder,
    cache: VectorCache,
    *,
    progress: Progress | None = None,
) -> tuple[Prediction, ...]:
    """What ``artifact`` says of ``papers``, in order."""
    texts = [training_text(paper.title, paper.abstract) for paper in papers]
    vectors = embed_texts(texts, encoder, cache, progress=progress)
    return artifact.score(texts, vectors)
