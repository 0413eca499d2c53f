"""What a fault is, before any is told of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.arxiv_emulator.exchange import Arguments, Spoiler, World
from tests.arxiv_emulator.papers import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault.

    Attributes:
        number: F1 is number 1.
        name: In a few words.
        meaning: What the client sees.
        variants: Its forms; the first one unless another is named ("F9:gzip").
        views: Where it can strike.
        spoil: What it makes of an answer; ``None`` if it spoils none.
        prepare: What it does to the corpus when it is set; ``None`` if nothing.
        times: How often it strikes unless told otherwise; 0: as long as it lasts.
        lasts_until: From its first strike (virtual time); ``None``: no end.
        lasts_seconds: The same in real seconds, unless the argument ``seconds`` or the hours
            of its rule say otherwise; 0: no end.
        passing: Whether another try soon is answered: fit for random weather.
    """

    number: int
    name: str
    meaning: str
    variants: tuple[str, ...] = ("",)
    views: frozenset[View] = frozenset(View)
    spoil: Spoiler | None = None
    prepare: Callable[[World, Arguments], None] | None = None
    times: int = 1
    lasts_until: Callable[[datetime], datetime] | None = None
    lasts_seconds: float = 0.0
    passing: bool = False

    @property
    def code(self) -> str:
        """As the reference page writes it."""
        return f"F{self.number}"
