"""A small made-up list and an encoder that works without weights."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from models.artifact import Artifact
from models.training import Background, Example, train

DIMENSION = 48
IDENTITY = "made-up@0123456789ab"

WORDS = {
    "Privacy": "membership inference leakage differential private federated secrets memorization",
    "Fairness": "bias group parity demographic equalized odds discrimination audit",
    "Evasion": "adversarial perturbation attack robust certified defense norm evasion",
    "Ownership": "watermark fingerprint stealing extraction intellectual property ownership",
}
ORDINARY = ("deep", "neural", "network", "model", "data", "training", "method", "results")
ELSEWHERE = ("robot", "speech", "parsing", "translation", "planning", "graph", "audio", "reward")


class WordEncoder:
    """Texts that share words point the same way; nothing is learned or loaded."""

    identity = IDENTITY

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4])
                vectors[row] += np.random.default_rng(seed).normal(size=DIMENSION)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths > 0, lengths, 1.0)


def text_on(topic: str, seed: int) -> str:
    """A made-up text on a topic, always the same for the same seed."""
    dice = random.Random(f"{topic}{seed}")
    return " ".join(dice.choices(WORDS[topic].split(), k=10) + dice.choices(ORDINARY, k=6))


def text_elsewhere(seed: int) -> str:
    dice = random.Random(seed)
    return " ".join(dice.choices(ELSEWHERE, k=10) + dice.choices(ORDINARY, k=6))


def make_examples(**counts: int) -> list[Example]:
    """Entries of each topic, as many as asked for."""
    return [
        Example(
            text=text_on(topic, n),
            arxiv_id=f"2201.{number:02d}{n:03d}",
            title=f"Paper {n} on {topic}",
            topic=topic,
        )
        for number, (topic, count) in enumerate(counts.items())
        for n in range(count)
    ]


def make_background(count: int = 80) -> list[Background]:
    return [Background(text=text_elsewhere(n), arxiv_id=f"2202.{n:05d}") for n in range(count)]


def train_on(
    examples: Sequence[Example],
    background: Sequence[Background] | None = None,
    *,
    background_total: int = 800,
    **more: object,
) -> Artifact:
    """An artifact trained on made-up vectors of these texts."""
    encoder = WordEncoder()
    others = make_background() if background is None else background
    more.setdefault("background_added", len(examples))
    return train(
        examples,
        encoder.encode([example.text for example in examples]),
        others,
        encoder.encode([paper.text for paper in others]),
        background_total=background_total,
        encoder_identity=IDENTITY,
        encoder_name="made-up",
        until=date(2022, 5, 31),
        trained_at=datetime(2022, 6, 1, 5, 30, tzinfo=UTC),
        source="a list made for tests",
        **more,  # type: ignore[arg-type]
    )
