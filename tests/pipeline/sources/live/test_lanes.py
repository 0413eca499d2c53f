"""Lanes in use alone, or two of them: each loses nothing that it can see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.daily import problems_of
from tests.arxiv_emulator import Rule, View, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.live_world import LiveWorld
from tests.pipeline.sources.live.conftest import Start

CATEGORIES = ("cs.LG", "cs.AI")


def make_days(start: Start, *use: str) -> tuple[LiveWorld, list[date]]:
    corpus = make_corpus(seed=6, days=6, new=15, replaced=10, known=60)
    return start(corpus, categories=CATEGORIES, use=use), list(corpus.days()[-6:])


@pytest.mark.parametrize("use", [("oai",), ("oai", "api"), ("oai", "rss")], ids="+".join)
def test_with_oai_nothing_at_all_is_lost(use: tuple[str, ...], start: Start) -> None:
    world, days = make_days(start, *use)
    for day in days:
        assert problems_of(world.run(day)) == ()
    assert world.lost(since=days[0]) == []
    assert world.missed(days[0], days[-1]) == set()
    assert world.doubled() == []


@pytest.mark.parametrize("use", [("rss",), ("rss", "api")], ids="+".join)
def test_with_feeds_every_paper_they_announce_is_news(use: tuple[str, ...], start: Start) -> None:
    world, days = make_days(start, *use)
    crossed = set()
    for day in days:
        assert problems_of(world.run(day)) == ()
        crossed |= {
            row.arxiv_id
            for row in world.emulator.oracle.announcements(day, day, CATEGORIES)
            if row.action == "cross"
        }
    assert world.missed(days[0], days[-1]) == set()
    assert world.doubled() == []
    new = {i for day in days for i in world.emulator.oracle.new(day, CATEGORIES)}
    assert new < {paper.arxiv_id for paper in world.triaged} <= new | crossed


def test_lookups_add_what_feeds_do_not_say(start: Start) -> None:
    world, days = make_days(start, "rss", "api")
    oracle = world.emulator.oracle
    for day in days[:2]:
        world.run(day)
        for arxiv_id, known in world.store.known(oracle.new(day, CATEGORIES)).items():
            submitted = oracle.papers()[arxiv_id].versions[0][1]
            assert known.paper is not None
            assert known.paper.versions[0].submitted == submitted
            assert known.paper.published == submitted.date()
            assert (known.announced, known.paper.estimated) == (day, False)


def test_what_the_index_lacks_for_a_night_is_filled_in_later(start: Start) -> None:
    world, days = make_days(start, "rss", "api")
    world.run(days[0])
    world.emulator.faults.set(Rule("F30"))
    (told,) = problems_of(world.run(days[1]))
    assert "not there yet" in told
    assert world.missed(days[0], days[1]) == set()
    world.calm()
    again = announced(days[1]) + timedelta(hours=18)
    assert problems_of(world.run(days[1], at=again)) == ()
    assert world.doubled() == []


def test_rows_that_moving_pages_hide_are_read_in_the_same_run(start: Start) -> None:
    corpus = make_corpus(seed=6, days=6, new=15, replaced=10, known=60)
    world, days = start(corpus, use=("oai", "api"), records_per_page=5), corpus.days()[-6:]
    for day in days[:2]:
        world.run(day)
    world.emulator.faults.set(Rule("F23", path="ListRecords", times=0))
    world.run(days[2])
    assert sum(row.fault == "F23" for row in world.emulator.log.requests) > 1
    assert world.missed(days[0], days[2]) == set()
    assert world.doubled() == []
    world.calm()
    world.run(days[3])
    assert world.lost(since=days[0]) == []


def test_a_twin_that_is_fresh_stands_in_for_a_feed_that_is_stale(start: Start) -> None:
    news: dict[bool, int] = {}
    for is_spared in (True, False):
        world, days = make_days(start, "rss")
        world.run(days[0])
        spare = {"spare": "atom"} if is_spared else {}
        world.emulator.faults.set(Rule("F26", arguments=spare))
        world.emulator.log.clear()
        before = len(world.triaged)
        told = problems_of(world.run(days[1]))
        news[is_spared] = len(world.triaged) - before
        assert bool(told) is not is_spared
        paths = [row.request.path for row in world.emulator.log.requests]
        for category in CATEGORIES:
            assert [path for path in paths if path.endswith(category)] == [
                f"/rss/{category}",
                f"/atom/{category}",
            ]
        missed = world.missed(days[0], days[1])
        assert missed == (set() if is_spared else world.emulator.oracle.new(days[1], CATEGORIES))
    assert news[True] > news[False] == 0


def test_feeds_alone_say_which_day_they_missed(start: Start) -> None:
    world, days = make_days(start, "rss")
    world.run(days[0])
    world.emulator.faults.set(Rule("F4:503", view=View.RSS, times=0))
    (told,) = problems_of(world.run(days[1]))
    assert told.startswith(f"rss {days[1]}")
    world.calm()
    world.run(days[2])
    assert world.missed(days[2], days[2]) == set()
    assert world.line("rss", days[1]).problem


def test_days_without_any_run_are_made_up_for(start: Start) -> None:
    world, days = make_days(start, "oai", "rss", "api")
    world.run(days[0])
    assert problems_of(world.run(days[-1])) == ()
    assert world.lost(since=days[0]) == []
    assert world.missed(days[0], days[-1]) == set()
    oracle = world.emulator.oracle
    for day in days[1:-1]:
        assert world.line("oai", day).received == len(oracle.new(day, CATEGORIES))
