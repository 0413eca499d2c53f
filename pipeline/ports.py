"""What the jobs ask of the world: protocols of one to three methods.

A port exists once there are two implementations of it (one of them may be a
fake that works, under ``tests/fakes.py``); each has one suite of tests that every
implementation passes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from pipeline.outcome import Delivery, Proposal, Scores

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) as work goes on."""


class PaperSource(Protocol):
    """Where announced papers come from."""

    @property
    def name(self) -> str:
        """As in config and in the ledger."""
        ...

    def fetch_day(self, day: date) -> Delivery:
        """Everything announced on ``day``.

        Never raises for what the outside does: a source that is down, late or
        wrong says so in ``Delivery.fetch``.
        """
        ...


class Intake(Protocol):
    """What brings announced papers in: one source after another, or lanes that know each other."""

    def deliver(self, day: date) -> tuple[Delivery, ...]:
        """What there is for ``day``, and for days before it that are still owed.

        Never raises for what the outside does, as :class:`PaperSource`.
        """
        ...


class Encoder(Protocol):
    """Text to vectors."""

    @property
    def identity(self) -> str:
        """Name and checksum of the weights: vectors of other identities never mix."""
        ...

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        """One unit-length vector per text, shape (len(texts), dimension), in order."""
        ...


class Scorer(Protocol):
    """What the models say of papers; nothing heavy is loaded before the first paper."""

    def score(self, papers: Sequence[Paper]) -> Scores:
        """Predictions for ``papers``.

        Raises:
            ModelsError: The encoder or the artifact cannot serve.
        """
        ...


class Publisher(Protocol):
    """Puts finished edits of list files where the maintainers keep the list."""

    def publish(self, edits: Sequence[FileEdit], *, message: str) -> str:
        """Write and commit ``edits`` as one commit; its identifier.

        Raises:
            ListMovedError: The list changed since it was read; nothing was written.
            PublishError: The list cannot be committed to as it stands; nothing was written.
        """
        ...

    def recover(self) -> tuple[str, ...]:
        """Put in order what a killed run left; the paths that got their old bytes back."""
        ...

    def push_pending(self) -> str | None:
        """Send on what an earlier run could not; the commit, or ``None`` if all is sent."""
        ...


@runtime_checkable
class Proposer(Publisher, Protocol):
    """A publisher after which nothing is in the list yet: a person has to accept it first."""

    @property
    def proposal(self) -> Proposal:
        """What became of the last :meth:`publish`."""
        ...


class PublisherMaker(Protocol):
    """Makes a publisher when one is needed: it may ask for an author, or a token."""

    def __call__(self, branch: str = "") -> Publisher:
        """The publisher; ``branch`` is where one that proposes puts its edits, "" for its own."""
        ...


class FileEdit(Protocol):
    """One list file before and after (``pipeline.lists.writer.FileEdit``)."""

    @property
    def path(self) -> Path:
        """The file, absolute."""
        ...

    @property
    def before(self) -> bytes:
        """Its bytes as they were read."""
        ...

    @property
    def after(self) -> bytes:
        """Its bytes as they shall be."""
        ...
