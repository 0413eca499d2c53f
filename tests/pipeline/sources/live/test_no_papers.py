""" "0 new papers" is said only when the calendar or two sources agree (invariant I5)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db.records import Fetch, FetchStatus
from pipeline.daily import problems_of
from pipeline.outcome import Delivery
from tests.arxiv_emulator import Rule, View, make_corpus
from tests.live_world import LiveWorld
from tests.pipeline.sources.live.conftest import Start

FRIDAY = date(2026, 10, 9)
SATURDAY = date(2026, 10, 10)
MONDAY = date(2026, 10, 12)
TUESDAY = date(2026, 10, 13)
SAID_NOTHING = {FetchStatus.NO_MAILING}


@pytest.fixture
def world(start: Start) -> LiveWorld:
    """A week has passed: runs on Thursday and Friday, and Monday comes."""
    corpus = make_corpus(seed=2, days=7, new=16, replaced=8, oddities=False)
    world = start(corpus, categories=("cs.LG", "cs.AI"))
    for day in (FRIDAY - timedelta(days=1), FRIDAY):
        assert problems_of(world.run(day)) == ()
    return world


def empty_feeds(world: LiveWorld) -> None:
    """All feeds hold nothing, for an hour."""
    for category in world.categories:
        rule = Rule("F29:empty", path=f"/{category}$", arguments={"category": category})
        world.emulator.faults.set(rule)


def statuses(deliveries: tuple[Delivery, ...], day: date) -> dict[str, FetchStatus]:
    lines: list[Fetch] = [delivery.fetch for delivery in deliveries]
    return {line.source: line.status for line in lines if line.day == day}


@pytest.mark.parametrize("day", [SATURDAY, SATURDAY + timedelta(days=1)])
def test_a_weekend_is_quiet(world: LiveWorld, day: date) -> None:
    asked = len(world.emulator.log.requests)
    deliveries = world.run(day)
    assert statuses(deliveries, day) == {
        "rss": FetchStatus.NO_MAILING,
        "oai": FetchStatus.NO_MAILING,
    }
    assert problems_of(deliveries) == ()
    views = {row.request.view for row in world.emulator.log.requests[asked:]}
    assert views == {View.OAI}


def test_a_holiday_is_quiet(start: Start) -> None:
    thanksgiving = date(2026, 11, 27)  # the listing that the evening of the 26th does not bring
    corpus = make_corpus(seed=2, first=date(2026, 11, 24), days=4, new=12, oddities=False)
    world = start(corpus, categories=("cs.LG", "cs.AI"))
    assert thanksgiving not in corpus.days()
    world.run(date(2026, 11, 25))
    world.run(date(2026, 11, 26))
    deliveries = world.run(thanksgiving)
    assert set(statuses(deliveries, thanksgiving).values()) == SAID_NOTHING
    assert problems_of(deliveries) == ()


def test_a_deferred_mailing_is_one_line_on_its_day_and_none_later(world: LiveWorld) -> None:
    world.emulator.corpus.defer(MONDAY)
    deliveries = world.run(MONDAY)
    assert set(statuses(deliveries, MONDAY).values()) == SAID_NOTHING
    assert len(problems_of(deliveries)) == 1
    after = world.run(TUESDAY)
    assert problems_of(after) == ()
    assert statuses(after, TUESDAY) == {"rss": FetchStatus.COMPLETE, "oai": FetchStatus.COMPLETE}
    assert world.missed(FRIDAY, TUESDAY) == set()
    assert world.line("oai", MONDAY).status is FetchStatus.NO_MAILING


def test_empty_feeds_alone_say_nothing(world: LiveWorld) -> None:
    empty_feeds(world)
    deliveries = world.run(MONDAY)
    assert statuses(deliveries, MONDAY) == {"rss": FetchStatus.FAILED, "oai": FetchStatus.COMPLETE}
    assert len(problems_of(deliveries)) == 1
    assert world.missed(FRIDAY, MONDAY) == set()


def test_an_empty_oai_alone_says_nothing(world: LiveWorld) -> None:
    world.emulator.faults.set(Rule("F25"))
    deliveries = world.run(MONDAY)
    assert statuses(deliveries, MONDAY)["oai"] not in {FetchStatus.COMPLETE, *SAID_NOTHING}
    assert statuses(deliveries, MONDAY)["rss"] is FetchStatus.COMPLETE
    assert len(problems_of(deliveries)) == 1
    world.calm()
    assert statuses(world.run(TUESDAY), MONDAY) == {"oai": FetchStatus.COMPLETE}
    assert world.missed(FRIDAY, TUESDAY) == set()


def test_both_empty_are_not_believed_when_oai_denies_what_it_told_before(
    world: LiveWorld,
) -> None:
    empty_feeds(world)
    world.emulator.faults.set(Rule("F25"))
    deliveries = world.run(MONDAY)
    assert not SAID_NOTHING & set(statuses(deliveries, MONDAY).values())
    assert problems_of(deliveries)
    world.calm()
    world.run(TUESDAY)
    assert world.missed(FRIDAY, TUESDAY) == set()
    assert world.line("oai", MONDAY).status is FetchStatus.COMPLETE


def test_both_lanes_failing_are_a_failure(world: LiveWorld) -> None:
    world.emulator.faults.set(Rule("F4:503", times=0))
    deliveries = world.run(MONDAY)
    assert set(statuses(deliveries, MONDAY).values()) == {FetchStatus.FAILED}
    assert problems_of(deliveries)
    world.calm()
    assert statuses(world.run(TUESDAY), MONDAY) == {"oai": FetchStatus.COMPLETE}
    assert world.missed(FRIDAY, TUESDAY) == set()
    assert world.lost(since=FRIDAY) == []


@pytest.mark.parametrize("use", [("oai",), ("rss",)], ids="+".join)
def test_one_source_alone_never_says_that_nothing_was_announced(
    start: Start, use: tuple[str, ...]
) -> None:
    corpus = make_corpus(seed=2, days=7, new=16, replaced=8, oddities=False)
    world = start(corpus, categories=("cs.LG", "cs.AI"), use=use)
    world.run(FRIDAY)
    corpus.defer(MONDAY)
    deliveries = world.run(MONDAY)
    assert not SAID_NOTHING & set(statuses(deliveries, MONDAY).values())
    assert problems_of(deliveries)


def test_a_small_category_may_have_an_empty_feed(start: Start) -> None:
    corpus = make_corpus(seed=2, days=3, new=16, replaced=8, oddities=False)
    world = start(corpus, categories=("cs.LG", "cs.GL"))
    for day in corpus.days()[-3:]:
        deliveries = world.run(day)
        assert statuses(deliveries, day) == {
            "rss": FetchStatus.COMPLETE,
            "oai": FetchStatus.COMPLETE,
        }
        assert problems_of(deliveries) == ()
