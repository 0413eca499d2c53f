"""Every fault alone, in every view it can strike: nothing lost, nothing twice, nothing silent.

Seven announcement days. A fault strikes once in each view, in the run of a day of
its own; two undisturbed runs follow (invariants I1, I3 and I9 of the reference page,
7.5). The last day struck is the last of a month, before daylight saving ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from pipeline.daily import problems_of
from tests.arxiv_emulator import FAULTS, Rule, View, every_fault, make_corpus
from tests.live_world import LiveWorld
from tests.pipeline.sources.live.conftest import Start

FIRST_DAY = date(2026, 10, 26)
CATEGORIES = ("cs.LG", "cs.AI", "cs.CV")
SPACING_SECONDS = 0.02
STAMPING_SECONDS = 0.01
"""The emulator shares a processor with its client, and notes the end of an answer late."""

IN_EVERY_RUN = frozenset({"F1", "F6", "F9:gzip", "F15:token", "F23", "F31"})
"""Not slow, each alone; the others are, together."""

LATER_PAGES = {
    "F15:token": {View.RSS, View.API},
    **{code: {View.API} for code in ("F18:middle", "F20:grow", "F20:shrink", "F21", "F22")},
}
"""What strikes after a first page only: a feed has one, and so has an answer about identifiers.

``test_api`` has these for answers about a day.
"""


def views_of(code: str) -> list[View]:
    fault = FAULTS[code.partition(":")[0]]
    return sorted(fault.views - LATER_PAGES.get(code, set())) if fault.spoil else []


def cases() -> Iterator[object]:
    for code in every_fault():
        if views_of(code) or FAULTS[code.partition(":")[0]].prepare:
            yield pytest.param(code, marks=() if code in IN_EVERY_RUN else pytest.mark.slow)


def start_week(start: Start, code: str) -> tuple[LiveWorld, list[date]]:
    corpus = make_corpus(seed=5, first=FIRST_DAY, days=7, new=12, replaced=8, oddities=False)
    is_long = code.partition(":")[0] in {"F2", "F11"}
    world = start(corpus, categories=CATEGORIES, timeout_seconds=0.4 if is_long else 5.0)
    return world, list(corpus.days()[-7:])


def run_struck(world: LiveWorld, day: date, code: str, view: View | None) -> tuple[str, ...]:
    """The run of a day with the fault in one view; what it told."""
    emulator = world.emulator
    if view is View.API:
        # Only what OAI-PMH does not bring is asked for by identifier.
        emulator.faults.set(Rule("F25", hours=1))
    nth = 1 if view is View.API else 2
    emulator.faults.set(Rule(code, view=view, nth=nth) if view else Rule(code))
    emulator.log.clear()
    world.spacing_seconds = SPACING_SECONDS
    told = problems_of(world.run(day))
    world.spacing_seconds = 0.0
    assert emulator.log.violations(spacing_seconds=SPACING_SECONDS - STAMPING_SECONDS) == ()
    world.calm()
    assert view is None or code in {row.fault for row in emulator.log.requests}
    return told


@pytest.mark.parametrize("code", tuple(cases()))
def test_a_fault_costs_nothing_and_is_told_of(code: str, start: Start) -> None:
    world, days = start_week(start, code)
    views: list[View | None] = [*views_of(code)] or [None]
    quiet, struck, rest = days[: 5 - len(views)], days[5 - len(views) : 5], days[5:]
    for day in quiet:
        assert problems_of(world.run(day)) == ()
    for day, view in zip(struck, views, strict=True):
        told = run_struck(world, day, code, view)
        assert told or not (world.lost(since=days[0]) or world.missed(days[0], day))
    for day in rest:
        world.run(day)
    assert world.lost(since=days[0]) == []
    assert world.missed(days[0], days[-1]) == set()
    assert world.doubled() == []
