"""The models in service: score papers with them, save them, load them safely.

An artifact is a folder: ``model.skops`` and the card that names its checksum.
Nothing is pickled; what is loaded is limited to a written list of types. Knows no
queue and no list, only texts, vectors and the topics it was trained on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.card import CARD_FILE, RETRAIN, Card, Probe, read_card, render_card
from models.errors import ArtifactError, EncoderMismatchError
from models.facts import NO_FACTS, Facts
from models.neighbours import Neighbour, Neighbours
from models.persistence import dump_models, load_models

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from models.new_topics import NewTopic
    from models.relevance import RelevanceModel
    from models.topics import TopicModel

__all__ = [
    "ARTIFACT_FILES",
    "SHIPPED_ARTIFACT",
    "Artifact",
    "Card",
    "Facts",
    "Neighbour",
    "Neighbours",
    "Prediction",
    "check_encoder",
    "load_artifact",
    "read_card",
    "save_artifact",
]

SHIPPED_ARTIFACT = Path(__file__).parent / "artifacts"
"""The artifact that comes with the program."""

MODEL_FILE = "model.skops"

ARTIFACT_FILES = (MODEL_FILE, CARD_FILE)
"""What an artifact is made of; the card comes last, for it names the others."""

COVERAGE = 0.95
"""How often a choice of topics holds the right one unless another share is asked for."""

PROBE_TOLERANCE = 0.01
"""Most that a probability may move between saving and loading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What the models say of one paper.

    Attributes:
        relevance: Calibrated probability that the maintainers add it, 0..1.
        topics: Every topic with its calibrated probability, best first; they sum to 1.
        choice: The topics that together hold the right one as often as was asked for,
            best first; one where the model is sure.
        neighbours: The nearest listed papers, nearest first, three at most.
        words: The words of the paper that spoke most for adding it, best first, five
            at most.
        against: Those that spoke most against it, likewise.
        listed_authors: Its authors that have papers in the list, with how many.
        loud: Whether its text speaks for itself louder than any listed paper does, as a
            heap of key words would; ``relevance`` has been taken back for it.
        looked_at: Whether it was read whole; ``False`` if the first look left it aside:
            then ``relevance`` says only where it stands.
    """

    relevance: float
    topics: tuple[tuple[str, float], ...]
    neighbours: tuple[Neighbour, ...]
    words: tuple[str, ...]
    choice: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    listed_authors: tuple[tuple[str, int], ...] = ()
    loud: bool = False
    looked_at: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Artifact:
    """Everything that scores a paper, and the card that says where it comes from."""

    card: Card
    relevance: RelevanceModel
    topics: TopicModel
    neighbours: Neighbours

    def score(
        self,
        texts: Sequence[str],
        vectors: NDArray[np.float32],
        facts: Sequence[Facts] | None = None,
        *,
        coverage: float = COVERAGE,
    ) -> tuple[Prediction, ...]:
        """One prediction per text, in order.

        Args:
            texts: Made by the same rule as those it was trained on.
            vectors: Theirs, shape (len(texts), dimension), of the card's encoder.
            facts: What else is known of them; ``None`` if nothing is.
            coverage: How often the choice of topics shall hold the right one, 0..1 without 1.

        Raises:
            EncoderMismatchError: The vectors have another length.
        """
        if not texts:
            return ()
        dimension = self.neighbours.codes.shape[1]
        if vectors.shape != (len(texts), dimension):
            raise EncoderMismatchError(
                f"{self.card.encoder_identity} ({dimension} dimensions)",
                f"one of shape {vectors.shape}",
            )
        facts = [NO_FACTS] * len(texts) if facts is None else facts
        reading = self.relevance.predict(texts, vectors, facts)
        topics = self.topics.predict(texts, vectors)
        choices = self.topics.choose(topics, coverage)
        neighbours = self.neighbours.nearest(vectors)
        return tuple(
            Prediction(
                relevance=float(reading.probability[row]),
                topics=tuple(
                    sorted(
                        zip(self.topics.topics, topics[row].tolist(), strict=True),
                        key=lambda pair: -pair[1],
                    )
                ),
                neighbours=neighbours[row],
                words=reading.words_for[row],
                choice=choices[row],
                against=reading.words_against[row],
                listed_authors=self.relevance.facts.listed_authors(facts[row]),
                loud=reading.loud[row],
            )
            for row in range(len(texts))
        )

    def with_new_topics(self, topics: Sequence[NewTopic]) -> Artifact:
        """The same artifact for a list that has ``topics`` too; for service, not to be saved."""
        return replace(self, topics=self.topics.with_new(topics, self.neighbours.vectors))

    def glance(self, texts: Sequence[str], facts: Sequence[Facts]) -> NDArray[np.float64]:
        """What the first look says of papers, to be ordered by; shape (len(texts),)."""
        return self.relevance.glance(texts, facts)

    @property
    def depth(self) -> int:
        """How many papers of a day the first look lets through; 0 if it is off."""
        return self.relevance.look.depth


def check_encoder(card: Card, encoder_identity: str) -> None:
    """Refuse vectors of another encoder than the one the artifact of ``card`` was trained with.

    Raises:
        EncoderMismatchError: Names both.
    """
    if card.encoder_identity != encoder_identity:
        raise EncoderMismatchError(card.encoder_identity, encoder_identity)


def probe(artifact: Artifact, row: int) -> Probe:
    """What ``artifact`` says of entry ``row``, by its title and its vector."""
    vector = artifact.neighbours.vectors[row : row + 1]
    said = artifact.score([artifact.neighbours.titles[row]], vector)[0]
    topic, probability = said.topics[0]
    return Probe(row=row, relevance=said.relevance, topic=topic, probability=probability)


def save_artifact(artifact: Artifact, folder: Path) -> None:
    """Write ``artifact`` into ``folder``, which is made if needed; the card comes last.

    Raises:
        ArtifactError: The folder cannot be written to.
    """
    model = dump_models(artifact.relevance, artifact.topics, artifact.neighbours)
    card = replace(artifact.card, files={MODEL_FILE: hashlib.sha256(model).hexdigest()})
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in ((MODEL_FILE, model), (CARD_FILE, render_card(card))):
            unfinished = folder / f".{name}.new"
            unfinished.write_bytes(content)
            unfinished.replace(folder / name)
    except OSError as error:
        raise ArtifactError(f"cannot save the model in {folder}: {error.strerror}") from error


def load_artifact(folder: Path) -> Artifact:
    """The artifact in ``folder``, after its checksums, its types and a probe agree.

    Raises:
        ArtifactError: It is missing, damaged, tampered with, newer than this program,
            holds untrusted types, or does not say what it said when it was saved.
    """
    card = read_card(folder)
    if set(card.files) != {MODEL_FILE}:
        raise ArtifactError(f"{folder / CARD_FILE} does not name {MODEL_FILE} alone", hint=RETRAIN)
    path = folder / MODEL_FILE
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ArtifactError(f"{path} is missing", hint=RETRAIN) from None
    except OSError as error:
        raise ArtifactError(f"{path}: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != card.files[MODEL_FILE]:
        raise ArtifactError(f"{path} is not the file its card describes", hint=RETRAIN)
    relevance, topics, neighbours = load_models(content, path)
    artifact = Artifact(card=card, relevance=relevance, topics=topics, neighbours=neighbours)
    _check_probe(artifact, path)
    return artifact


def _check_probe(artifact: Artifact, path: Path) -> None:
    import sklearn

    expected = artifact.card.probe
    versions = (
        f"trained with scikit-learn {artifact.card.scikit_learn}, this is {sklearn.__version__}"
    )
    try:
        found = probe(artifact, expected.row)
    # Whatever another version of scikit-learn makes of numbers it did not learn.
    except Exception as error:
        raise ArtifactError(f"{path} cannot be used ({versions})", hint=RETRAIN) from error
    agrees = (
        found.topic == expected.topic
        and abs(found.relevance - expected.relevance) <= PROBE_TOLERANCE
        and abs(found.probability - expected.probability) <= PROBE_TOLERANCE
    )
    if not agrees:
        raise ArtifactError(
            f"{path} does not say what it said when it was saved ({versions})", hint=RETRAIN
        )
