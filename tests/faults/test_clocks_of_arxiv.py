"""A machine whose clock is wrong for a run, before an arXiv whose clock is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.arxiv_emulator import Emulator, make_corpus
from tests.arxiv_emulator.clock import Clock, announced
from tests.live_world import MORNING, LiveWorld

FIRST = date(2026, 10, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClock:
    """What a machine takes for arXiv's time."""

    clock: Clock
    wrong_by: timedelta

    def now(self) -> datetime:
        return self.clock.now() + self.wrong_by

    def set(self, moment: datetime) -> datetime:
        return self.clock.set(moment)


class SeenFrom:
    """The emulator, from a machine with a clock of its own."""

    def __init__(self, emulator: Emulator, wrong_by: timedelta) -> None:
        self._emulator = emulator
        self.clock = OwnClock(clock=emulator.clock, wrong_by=wrong_by)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._emulator, name)


@pytest.mark.parametrize("days", [-400, -3, 3, 400])
def test_a_wrong_clock_for_a_run_costs_no_paper(tmp_path: Path, days: int) -> None:
    corpus = make_corpus(seed=9, first=FIRST, days=6, new=12, replaced=6, oddities=False)
    spent = [day for day in corpus.days() if day >= FIRST]
    with Emulator(corpus, seed=9, records_per_page=20) as emulator:
        world = LiveWorld(emulator=emulator, folder=tmp_path)
        for day in spent[:2]:
            world.run(day)
        emulator.clock.set(announced(spent[2]) + MORNING)
        wrong: Any = SeenFrom(emulator, timedelta(days=days))
        off = LiveWorld(emulator=wrong, folder=tmp_path, triaged=world.triaged)
        off.run(wrong.clock.now().date(), at=announced(spent[2]) + MORNING)
        for day in spent[3:]:
            world.run(day)
        assert world.lost(since=FIRST) == []
        assert world.missed(FIRST, spent[-1]) == set()
        assert world.doubled() == []
