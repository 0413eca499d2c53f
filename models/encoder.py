"""Text to vectors of unit length, with sentence-transformers.

Knows no papers: texts go in, vectors come out in the same order. Nothing heavy
is imported before the first text is really encoded.
"""

from __future__ import annotations

import contextlib
import os
from functools import cached_property
from typing import TYPE_CHECKING, Any

from models.errors import EncoderError
from models.weights import DEFAULT_ENCODER, Weights, locate_weights, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BATCH_SIZE", "DEFAULT_ENCODER", "DIMENSION", "SentenceEncoder", "load_encoder"]

BATCH_SIZE = 32
DIMENSION = 384
"""Length of a vector of the default encoder (``hidden_size`` in its config.json)."""


def load_encoder(setting: str = DEFAULT_ENCODER) -> SentenceEncoder:
    """The encoder that config names; nothing is read until it is asked for.

    Args:
        setting: :data:`DEFAULT_ENCODER`, a folder in the layout of
            sentence-transformers, or a hub name ``owner/model``.

    Raises:
        EncoderError: ``setting`` can be none of these.
    """
    refuse_unknown(setting)
    return SentenceEncoder(setting)


class SentenceEncoder:
    """An encoder that loads itself when the first text comes.

    Args:
        setting: As for :func:`load_encoder`.
    """

    def __init__(self, setting: str = DEFAULT_ENCODER) -> None:
        self.setting = setting

    @property
    def name(self) -> str:
        """What the encoder is called, without its checksum."""
        return self._weights.name

    @cached_property
    def identity(self) -> str:
        """Name and checksum of all files, ``name@0123456789ab``; torch is not needed.

        Raises:
            EncoderError: The weights cannot be found.
        """
        return self._weights.identity()

    def verify(self) -> None:
        """Check that every file of the encoder is the one that is meant.

        Raises:
            EncoderError: A file is missing, was changed, or does not belong there.
        """
        self._weights.verify()

    def encode(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> NDArray[np.float32]:
        """One vector of unit length per text, shape (len(texts), dimension), in order.

        Equal texts are encoded once. Batches hold texts of like length, so that
        little padding is computed; the longest come first.

        Args:
            texts: Anything, "" included; what lies beyond the encoder's own limit
                (256 tokens for the default) does not count.
            progress: Called with (texts done, all texts) after each batch.

        Raises:
            EncoderError: The weights are missing, damaged or cannot be loaded.
        """
        import numpy as np

        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        rows: dict[str, list[int]] = {}
        for row, text in enumerate(texts):
            rows.setdefault(_encodable(text), []).append(row)
        by_length = sorted(rows, key=lambda text: (-len(text), text))
        model = self._model
        parts = []
        done = 0
        for start in range(0, len(by_length), BATCH_SIZE):
            batch = by_length[start : start + BATCH_SIZE]
            parts.append(
                model.encode(
                    batch,
                    batch_size=BATCH_SIZE,
                    normalize_embeddings=True,
                    convert_to_numpy=True,
                    show_progress_bar=False,
                )
            )
            done += sum(len(rows[text]) for text in batch)
            if progress is not None:
                progress(done, len(texts))
        encoded = np.concatenate(parts)
        vectors = np.empty((len(texts), encoded.shape[1]), dtype=np.float32)
        for text, vector in zip(by_length, encoded, strict=True):
            vectors[rows[text]] = vector
        return vectors

    @cached_property
    def _weights(self) -> Weights:
        return locate_weights(self.setting)

    @cached_property
    def _model(self) -> Any:
        weights = self._weights
        weights.verify()
        with _quiet_and_offline():
            from sentence_transformers import SentenceTransformer

            try:
                return SentenceTransformer(
                    str(weights.folder),
                    device="cpu",
                    local_files_only=True,
                    trust_remote_code=False,
                    model_kwargs={"use_safetensors": True},
                )
            # Whatever transformers and safetensors make of damaged files.
            except Exception as error:
                reason = str(error).strip().split("\n", maxsplit=1)[0]
                raise EncoderError(
                    f"encoder {weights.name}: cannot be loaded from {weights.folder} ({reason})",
                    hint="the folder needs the layout of sentence-transformers",
                ) from error


def _encodable(text: str) -> str:
    """``text`` without lone surrogates, which JSON may hold and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


@contextlib.contextmanager
def _quiet_and_offline() -> Iterator[None]:
    """Load local files as what they are: no hub, no telemetry, no progress bars.

    The variables are put back, but libraries that are first imported here keep
    what they read.
    """
    settings = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        from transformers.utils import logging

        verbosity = logging.get_verbosity()
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # theirs is untyped
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            yield
        finally:
            logging.set_verbosity(verbosity)
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
