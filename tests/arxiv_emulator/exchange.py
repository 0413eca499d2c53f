"""One request, the world it meets, and the right answer to it: what a fault may look at."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from tests.arxiv_emulator.answers import Answer, Request
from tests.arxiv_emulator.api import Api
from tests.arxiv_emulator.clock import Clock, eastern_day, next_announcement_day
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.oai import Oai
from tests.arxiv_emulator.papers import View
from tests.arxiv_emulator.rss import Rss

Arguments = Mapping[str, object]
Memory = dict[str, object]
"""What a fault remembers from one request to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One corpus, one clock, three views."""

    corpus: Corpus
    clock: Clock
    oai: Oai
    rss: Rss
    api: Api

    def answer(self, request: Request) -> Answer:
        """The right answer."""
        views: dict[View, Callable[[Request], Answer]] = {
            View.OAI: self.oai.answer,
            View.RSS: self.rss.answer,
            View.API: self.api.answer,
        }
        return views[request.view](request)

    def day(self, arguments: Arguments) -> date:
        """The day a fault is about: ``day`` of its arguments, or the next with a mailing."""
        given = arguments.get("day")
        if given is None:
            return next_announcement_day(eastern_day(self.clock.now()))
        return given if isinstance(given, date) else date.fromisoformat(str(given))


@dataclass(kw_only=True)
class Exchange:
    """A request that a fault may spoil.

    Attributes:
        variant: Which form of the fault.
        gap_seconds: Real seconds since the last answer ended (``None``: the first request).
        others: Other connections that are open.
    """

    world: World
    request: Request
    rng: random.Random
    variant: str = ""
    arguments: Arguments = field(default_factory=dict)
    memory: Memory = field(default_factory=dict)
    gap_seconds: float | None = None
    others: int = 0

    @cached_property
    def right(self) -> Answer:
        """The answer without a fault."""
        return self.world.answer(self.request)

    def number(self, name: str, default: float) -> float:
        """A numeric argument of the fault."""
        value = self.arguments.get(name, default)
        if not isinstance(value, int | float):
            raise TypeError(f"{name} is {value!r}, not a number")
        return float(value)


Spoiler = Callable[[Exchange], Answer | None]
"""What a fault makes of an exchange; ``None`` if it has no hold on this one."""
