"""Every fault alone, in every view it can strike: nothing lost, nothing twice, nothing silent.

Six announcement days; the fault strikes on the fourth, and two undisturbed runs
follow (invariants I1, I3 and I9 of the reference page, 7.5). The fourth is the last
day of a month, before the weekend on which daylight saving ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from pipeline.daily import problems_of
from tests.arxiv_emulator import FAULTS, Rule, View, every_fault, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.live_world import MORNING, LiveWorld
from tests.pipeline.sources.live.conftest import Start

FIRST_DAY = date(2026, 10, 27)
CATEGORIES = ("cs.LG", "cs.AI", "cs.CV")
SPACING_SECONDS = 0.02
STAMPING_SECONDS = 0.01
"""The emulator shares a processor with its client, and notes the end of an answer late."""

IN_EVERY_RUN = {"F1-oai", "F4:500-rss", "F6-oai", "F9:gzip-oai", "F15:token-oai", "F23-oai"}
"""A few of them, which are not slow; the others are, together."""


ON_LATER_PAGES = {"F15:token-rss", "F15:token-api", "F18:middle-api", "F20:grow-api"} | {
    "F20:shrink-api",
    "F21-api",
    "F22-api",
}
"""Feeds and answers about identifiers have one page: ``test_api`` has these for the others."""


def cases() -> Iterator[object]:
    for code in every_fault():
        fault = FAULTS[code.partition(":")[0]]
        for view in sorted(fault.views) if fault.spoil else [None]:
            name = f"{code}-{view}" if view else code
            if name in ON_LATER_PAGES:
                continue
            marks = () if name in IN_EVERY_RUN else pytest.mark.slow
            yield pytest.param(code, view, id=name, marks=marks)


def strike(world: LiveWorld, code: str, view: View | None) -> None:
    """Let the fault wait for the run of the next day."""
    if view is View.API:
        # Only what OAI-PMH does not bring is asked for by identifier.
        world.emulator.faults.set(Rule("F25", hours=1))
    nth = 1 if view is View.API else 2
    world.emulator.faults.set(Rule(code, view=view, nth=nth) if view else Rule(code))


@pytest.mark.parametrize(("code", "view"), tuple(cases()))
def test_a_fault_costs_nothing_and_is_told_of(code: str, view: View | None, start: Start) -> None:
    corpus = make_corpus(seed=5, first=FIRST_DAY, days=6, new=12, replaced=8, oddities=False)
    world = start(corpus, categories=CATEGORIES, timeout_seconds=0.4)
    days = corpus.days()[-6:]
    for day in days[:3]:
        assert problems_of(world.run(day)) == ()
    strike(world, code, view)
    world.emulator.log.clear()
    world.spacing_seconds = SPACING_SECONDS
    told = problems_of(world.run(days[3]))
    world.spacing_seconds = 0.0
    log = world.emulator.log
    assert log.violations(spacing_seconds=SPACING_SECONDS - STAMPING_SECONDS) == ()
    assert told or not (world.lost(since=days[0]) or world.missed(days[0], days[3]))
    if view is not None:
        assert code in {row.fault for row in log.requests}
    world.emulator.faults.clear()
    for day in days[4:]:
        world.run(day)
    assert world.lost(since=days[0]) == []
    assert world.missed(days[0], days[-1]) == set()
    assert world.doubled() == []
