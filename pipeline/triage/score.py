"""Papers to predictions with the model in service, loaded when the first paper comes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipeline.outcome import Scores
from pipeline.triage.embed import embed_texts, training_text
from pipeline.triage.headings import with_headings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from db.vectors import VectorCache
    from models.artifact import Artifact, Prediction
    from models.facts import Facts
    from pipeline.ports import Encoder, Progress
    from pipeline.triage.headings import Headings

log = logging.getLogger(__name__)


COVERAGE = 0.95
"""What ``[models] coverage`` is by default."""


class PaperScorer:
    """Scores papers with an artifact and the encoder it was trained with.

    Args:
        make_encoder: Makes the encoder of the config; asked only when there is a paper, so that an
            encoder that is missing keeps nothing else from being done.
        artifact: Folder of the model in service.
        fallback: Folder of the model that serves if that one is missing or broken.
        cache: Where vectors are kept.
        coverage: How often a choice of topics shall hold the right one.
        headings: Reads the list's headings of today; asked only when there is a paper. Without
            it, papers go where the model was trained to put them.
        first_look: Whether only what the model's first look lets through is embedded.
        progress: Called while texts are encoded.
    """

    def __init__(
        self,
        *,
        make_encoder: Callable[[], Encoder],
        artifact: Path,
        fallback: Path | None = None,
        cache: VectorCache,
        headings: Callable[[], Headings] | None = None,
        coverage: float = COVERAGE,
        first_look: bool = True,
        progress: Progress | None = None,
    ) -> None:
        self._make_encoder = make_encoder
        self.artifact = artifact
        self.fallback = fallback
        self._cache = cache
        self.headings = headings
        self._coverage = coverage
        self._first_look = first_look
        self._progress = progress

    def score(self, papers: Sequence[Paper]) -> Scores:
        """Predictions for ``papers``; without papers, nothing is loaded.

        Raises:
            ModelsError: Encoder or artifact are missing, damaged, or not made for each other.
            ListFormatError: The list, asked for its headings, cannot be read.
        """
        if not papers:
            return Scores(predictions=(), model="")
        from models.artifact import check_encoder

        encoder = self._make_encoder()
        artifact = self.load()
        check_encoder(artifact.card, encoder.identity)
        if self.headings is not None:
            artifact = with_headings(artifact, self.headings(), encoder, self._cache)
        predictions = predict_papers(
            papers,
            artifact,
            encoder,
            self._cache,
            coverage=self._coverage,
            first_look=self._first_look,
            progress=self._progress,
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
    coverage: float = COVERAGE,
    first_look: bool = True,
    progress: Progress | None = None,
) -> tuple[Prediction, ...]:
    """What ``artifact`` says of ``papers``, in order.

    Of each announcement day only what the first look lets through is embedded and read
    whole. The rest stands below it, in the first look's order.
    """
    from dataclasses import replace

    import numpy as np

    texts = [training_text(paper.title, paper.abstract) for paper in papers]
    facts = [facts_of(paper) for paper in papers]
    glanced = artifact.glance(texts, facts)
    depth = artifact.depth if first_look else 0
    whole = _let_through([paper.announced for paper in papers], glanced, depth)
    rest = sorted(set(range(len(papers))) - set(whole))
    predictions: dict[int, Prediction] = {}
    vectors = embed_texts([texts[row] for row in whole], encoder, cache, progress=progress)
    read = artifact.score(
        [texts[row] for row in whole],
        vectors,
        [facts[row] for row in whole],
        coverage=coverage,
    )
    predictions.update(zip(whole, read, strict=True))
    if rest:
        floor: dict[date, float] = {}
        for row in whole:
            day, said = papers[row].announced, predictions[row].relevance
            floor[day] = min(floor.get(day, 1.0), said)
        blank = np.zeros((len(rest), vectors.shape[1]), dtype=np.float32)
        aside = artifact.score(
            [texts[row] for row in rest],
            blank,
            [facts[row] for row in rest],
            coverage=coverage,
        )
        for row, prediction in zip(rest, aside, strict=True):
            below = floor[papers[row].announced] / (1.0 + np.exp(-glanced[row]))
            predictions[row] = replace(
                prediction, relevance=float(below), neighbours=(), looked_at=False
            )
    return tuple(predictions[row] for row in range(len(papers)))


def facts_of(paper: Paper) -> Facts:
    """What the models are told of a paper beside its text."""
    from models.facts import Facts

    return Facts(title=paper.title, authors=paper.authors, categories=paper.categories)


def _let_through(days: Sequence[date], glanced: NDArray[np.float64], depth: int) -> list[int]:
    """The rows that stand within the first ``depth`` of their day, ascending; all for 0."""
    if not depth:
        return list(range(len(days)))
    of_day: dict[date, list[int]] = {}
    for row, day in enumerate(days):
        of_day.setdefault(day, []).append(row)
    return sorted(
        row
        for rows in of_day.values()
        for row in sorted(rows, key=lambda row: -glanced[row])[:depth]
    )
