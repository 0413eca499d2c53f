"""The one text that models see of a paper, and its vectors, each computed once.

Knows no source and no list: what is embedded is text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from db.vectors import VectorCache
    from pipeline.ports import Encoder, Progress

CHUNK = 256
"""Texts embedded between two writes to the cache: what a kill can cost."""


def training_text(title: str, abstract: str | None) -> str:
    """The text of a paper for training and for service: they must never differ."""
    return " ".join(f"{title.rstrip(' .')}. {abstract or ''}".split())


def embed_texts(
    texts: Sequence[str],
    encoder: Encoder,
    cache: VectorCache,
    *,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """One vector per text, in order; only texts never seen before are encoded.

    Vectors pass through the cache's float16 even when fresh, so that a score
    does not depend on whether the cache was warm.

    Returns:
        Shape ``(len(texts), dimension)``; ``(0, 0)`` for no texts.
    """
    import numpy as np

    from db.vectors import text_hash

    if not texts:
        return np.zeros((0, 0), dtype=np.float32)
    hashes = [text_hash(text) for text in texts]
    vectors = cache.get(encoder.identity, hashes)
    missing = list(
        {key: text for key, text in zip(hashes, texts, strict=True) if key not in vectors}.items()
    )
    # Longest first: the slowest batches come at once, and an estimate of the rest is honest.
    missing.sort(key=lambda item: len(item[1]), reverse=True)
    for start in range(0, len(missing), CHUNK):
        chunk = missing[start : start + CHUNK]
        step = None if progress is None else _shifted(progress, start, len(missing))
        fresh = encoder.encode([text for _, text in chunk], progress=step).astype(np.float16)
        found = dict(zip((key for key, _ in chunk), fresh, strict=True))
        cache.put(encoder.identity, found)
        vectors |= found
    return np.stack([vectors[key] for key in hashes]).astype(np.float32)


def _shifted(progress: Progress, start: int, total: int) -> Progress:
    return lambda done, _: progress(start + done, total)
