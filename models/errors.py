"""What can go wrong between text and numbers, as one tree.

::

    ModelsError                 a refusal with a reason: one line, exit status 1
    ├── EncoderError            unknown name, weights missing, checksum mismatch
    ├── ArtifactError           missing, damaged, tampered with, newer format, untrusted types
    │   └── EncoderMismatchError  trained on the vectors of another encoder
    └── TrainingError           too little data; says what can and cannot be done

Errors of scikit-learn, skops, torch and the hub stop in this package.
"""

from __future__ import annotations


class ModelsError(Exception):
    """A refusal with a reason, for people.

    Args:
        problem: What is wrong, and where; a sentence without its full stop.
        hint: What to do next, or "" when nothing can be done.
    """

    def __init__(self, problem: str, *, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}: {hint}" if hint else problem)


class EncoderError(ModelsError):
    """The encoder is unknown, or its weights are missing or not the ones expected."""


class ArtifactError(ModelsError):
    """An artifact is missing, damaged, tampered with, too new, or holds untrusted types."""


class EncoderMismatchError(ArtifactError):
    """The artifact was trained on the vectors of another encoder.

    Args:
        trained_with: Identity of the encoder in the artifact's card.
        configured: Identity of the encoder in use.
    """

    def __init__(self, trained_with: str, configured: str) -> None:
        self.trained_with = trained_with
        self.configured = configured
        super().__init__(
            f"the model was trained with {trained_with}, config says {configured}",
            hint="run `shortlist train`, or set [models] encoder to the one it was trained with",
        )


class TrainingError(ModelsError):
    """There is too little to learn from; says what can and cannot be done."""
