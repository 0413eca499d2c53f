"""Every status and every problem of a ledger line, from what the lanes said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from db.records import FetchStatus, KnownPaper
from pipeline.sources.feeds import FeedNews
from pipeline.sources.spine import HarvestNews
from pipeline.sources.tally import (
    NOTHING_ANNOUNCED,
    SETTLED_AFTER,
    Told,
    feed_line,
    is_settled,
    spine_lines,
)
from tests.pipeline.sources.records import CATEGORIES, DAY, MORNING, make_fetch, make_known

COMPLETE, PARTIAL, FAILED, NO_MAILING = (
    FetchStatus.COMPLETE,
    FetchStatus.PARTIAL,
    FetchStatus.FAILED,
    FetchStatus.NO_MAILING,
)
OPENING = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
EARLY = OPENING + timedelta(hours=2)
WEDNESDAY, THURSDAY, SATURDAY, MONDAY = (DAY + timedelta(days=n) for n in (-2, -1, 1, 3))


def held(count: int, day: date = DAY, *, first: int = 10_000) -> tuple[KnownPaper, ...]:
    """So many papers announced on a day, numbered from ``first`` on."""
    return tuple(make_known(f"2611.{first + n}", announced=day) for n in range(count))


def feeds(**said: Any) -> FeedNews:
    """Feeds that tell the whole day, and announce one paper."""
    settings: dict[str, Any] = {
        "announced": {"2611.10000": None},
        "fresh": set(CATEGORIES),
    }
    return FeedNews(**(settings | said))


def empty_feeds(**said: Any) -> FeedNews:
    """Feeds that all say that nothing was announced."""
    problem = f"the feed of {DAY} is empty, and a mailing was due"
    settings: dict[str, Any] = {
        "announced": {},
        "fresh": set(),
        "empty": set(CATEGORIES),
        "problems": dict.fromkeys(CATEGORIES, problem),
    }
    return FeedNews(**(settings | said))


def harvest(**said: Any) -> HarvestNews:
    """A harvest that came to its end, from the day before on."""
    settings: dict[str, Any] = {"since": THURSDAY, "records": 9, "received": 9, "pages": 1}
    return HarvestNews(**(settings | said))


def tell(**said: Any) -> Told:
    """A day on which all went well, and three papers were announced."""
    settings: dict[str, Any] = {
        "day": DAY,
        "now": MORNING,
        "categories": CATEGORIES,
        "news": feeds(),
        "harvested": harvest(since=DAY),
        "held": {DAY: held(3)},
        "named": 3,
        "first_day": DAY,
    }
    return Told(**(settings | said))


# -- the feeds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status", "problem"),
    [
        ({}, COMPLETE, ""),
        ({"news": None}, NO_MAILING, ""),
        (
            {"news": feeds(fresh={"cs.LG"}, problems={"stat.ML": "status 500"})},
            PARTIAL,
            "stat.ML: status 500",
        ),
        (
            {"news": feeds(fresh=set(), problems={"cs.LG": "it is cut", "stat.ML": "no"})},
            PARTIAL,
            "cs.LG and 1 more category: it is cut",
        ),
        (
            {"news": feeds(announced={}, fresh={"x"}, problems=dict.fromkeys("abc", "no"))},
            PARTIAL,
            "a and 2 more categories: no",
        ),
        (
            {"news": feeds(announced={}, fresh=set(), problems={"cs.LG": "down"})},
            FAILED,
            "cs.LG: down",
        ),
        ({"news": feeds(set_aside=["rss: cs.LG: x"])}, PARTIAL, "1 item set aside"),
        ({"news": feeds(set_aside=["x", "y"])}, PARTIAL, "2 items set aside"),
        (
            {"news": feeds(set_aside=["x"], problems={"cs.LG": "cut"})},
            PARTIAL,
            "cs.LG: cut",
        ),
        ({"news": feeds(announced={})}, PARTIAL, "no category announces anything"),
        ({"news": empty_feeds(), "held": {}}, NO_MAILING, NOTHING_ANNOUNCED),
        (
            {"news": empty_feeds()},
            FAILED,
            f"cs.LG and 1 more category: the feed of {DAY} is empty, and a mailing was due",
        ),
        (
            {"news": empty_feeds(), "held": {}, "harvested": None},
            FAILED,
            f"cs.LG and 1 more category: the feed of {DAY} is empty, and a mailing was due",
        ),
        (
            {"news": empty_feeds(), "held": {}, "harvested": harvest(problems={"cs: no": None})},
            FAILED,
            f"cs.LG and 1 more category: the feed of {DAY} is empty, and a mailing was due",
        ),
        (
            {"news": empty_feeds(empty={"cs.LG"}), "held": {}},
            FAILED,
            f"cs.LG and 1 more category: the feed of {DAY} is empty, and a mailing was due",
        ),
    ],
    ids=[
        "all categories whole",
        "not asked, as the calendar has no mailing",
        "one category failed",
        "all were cut, and announce something",
        "three failed, another is whole",
        "all failed",
        "an item could not be read",
        "items could not be read",
        "a category weighs more than an item",
        "whole feeds that announce nothing",
        "empty, and OAI-PMH says so too",
        "empty, and OAI-PMH has papers of the day",
        "empty, and OAI-PMH is not in use",
        "empty, and OAI-PMH did not come to its end",
        "empty in one category only",
    ],
)
def test_the_line_of_the_feeds(said: dict[str, Any], status: FetchStatus, problem: str) -> None:
    line = feed_line(tell(**said))
    assert (line.status, line.problem) == (status, problem)
    assert (line.source, line.day, line.fetched_at) == ("rss", DAY, MORNING)


@pytest.mark.parametrize(
    ("said", "status", "problem"),
    [
        ({"silent": frozenset({"stat.ML"})}, COMPLETE, ""),
        (
            {"silent": frozenset({"cs.LG"})},
            PARTIAL,
            f"stat.ML: the feed of {DAY} is empty, and a mailing was due",
        ),
    ],
    ids=["and OAI-PMH has nothing of it", "and OAI-PMH has papers of it"],
)
def test_one_category_whose_feed_is_empty(
    said: dict[str, Any], status: FetchStatus, problem: str
) -> None:
    empty = f"the feed of {DAY} is empty, and a mailing was due"
    news = feeds(fresh={"cs.LG"}, empty={"stat.ML"}, problems={"stat.ML": empty})
    told = tell(news=news, **said)
    assert (feed_line(told).status, feed_line(told).problem) == (status, problem)
    # What the feeds name is all there is only if none of them has a hole.
    *_, line = spine_lines(told)
    assert line.expected == (3 if status is COMPLETE else None)


def test_feeds_that_have_not_turned_over_are_not_due_yet() -> None:
    told = tell(news=None, now=datetime(2026, 11, 20, 4, 59, tzinfo=UTC))
    line = feed_line(told)
    assert (line.status, line.problem) == (FAILED, "the feeds of the day begin at 05:00 UTC")
    weekend = tell(news=None, day=SATURDAY, held={}, now=MORNING)
    assert feed_line(weekend).status is NO_MAILING


def test_the_feeds_count_what_they_name_and_expect_what_oai_pmh_has() -> None:
    line = feed_line(tell(held={DAY: held(5)}, named=4))
    assert (line.received, line.expected) == (4, 5)
    alone = feed_line(tell(harvested=None, named=4))
    assert (alone.received, alone.expected) == (4, None)


# -- OAI-PMH, for the day of the run -----------------------------------------------------------


def day_line(**said: Any):
    """The last line, which is that of the day."""
    *_, line = spine_lines(tell(**said))
    assert (line.source, line.day) == ("oai", said.get("day", DAY))
    return line


@pytest.mark.parametrize(
    ("said", "status", "problem"),
    [
        ({}, COMPLETE, ""),
        ({"news": None}, COMPLETE, ""),
        ({"now": EARLY}, COMPLETE, ""),
        (
            {"now": EARLY, "news": None},
            PARTIAL,
            "OAI-PMH may not have all of it before 04:30 UTC",
        ),
        (
            {"now": EARLY, "news": feeds(announced={})},
            PARTIAL,
            "OAI-PMH may not have all of it before 04:30 UTC",
        ),
        (
            {"now": OPENING - timedelta(minutes=1)},
            PARTIAL,
            "not announced yet (due 2026-11-20 01:00 UTC)",
        ),
        (
            {"now": OPENING - timedelta(minutes=1), "held": {}},
            PARTIAL,
            "not announced yet (due 2026-11-20 01:00 UTC)",
        ),
        ({"harvested": harvest(problems={"cs: cut": None})}, PARTIAL, "cs: cut"),
        (
            {"harvested": harvest(problems={"cs: cut": None, "b": None, "c": None})},
            PARTIAL,
            "cs: cut (and 2 more)",
        ),
        ({"harvested": harvest(problems={"cs: cut": None}), "held": {}}, FAILED, "cs: cut"),
        ({"harvested": harvest(problems={"cs: no": None}, pages=0)}, FAILED, "cs: no"),
        (
            {"lacking": ("2611.10002",)},
            PARTIAL,
            "1 paper of the feeds' not in OAI-PMH yet (2611.10002 first)",
        ),
        (
            {"lacking": ("2611.10002", "2611.10001", "2611.10000")},
            FAILED,
            "3 papers of the feeds' not in OAI-PMH yet (2611.10002 first)",
        ),
        (
            {"unread": ("2611.10009", "2611.10008")},
            PARTIAL,
            "2 papers that no source gives whole (2611.10009 first)",
        ),
        (
            {"held": {}, "news": None},
            FAILED,
            "nothing came for a day with a mailing, and no other source says so too",
        ),
        (
            {"held": {}, "news": empty_feeds(empty={"cs.LG"})},
            FAILED,
            "nothing came for a day with a mailing, and no other source says so too",
        ),
        ({"held": {}, "news": empty_feeds()}, NO_MAILING, ""),
        ({"day": SATURDAY, "held": {}, "news": None}, NO_MAILING, ""),
        ({"day": date(2026, 11, 27), "held": {}, "news": None}, NO_MAILING, ""),
        (
            {"day": SATURDAY, "held": {}, "harvested": harvest(problems={"cs: x": None})},
            NO_MAILING,
            "cs: x",
        ),
        ({"day": SATURDAY, "held": {SATURDAY: held(2, SATURDAY)}, "news": None}, COMPLETE, ""),
    ],
    ids=[
        "all went well",
        "without feeds, late enough",
        "early, and the feeds name it all",
        "early, without feeds",
        "early, and the feeds announce nothing",
        "before the announcement",
        "before the announcement, and nothing is there",
        "a harvest with a hole",
        "a harvest with more holes",
        "a harvest that brought nothing",
        "sets of which nothing came",
        "a paper that only the feeds have",
        "papers that only the feeds have",
        "records that no lane could read",
        "nothing, and no feed to ask",
        "nothing, and one feed failed",
        "nothing, and all feeds agree",
        "a weekend",
        "the day after Thanksgiving",
        "a weekend with a harvest that had a hole",
        "a mailing that the calendar does not know of",
    ],
)
def test_the_line_of_oai_pmh(said: dict[str, Any], status: FetchStatus, problem: str) -> None:
    line = day_line(**said)
    assert (line.status, line.problem) == (status, problem)


def test_without_oai_pmh_it_has_no_line() -> None:
    assert list(spine_lines(tell(harvested=None))) == []


def test_a_whole_day_keeps_the_highest_identifier_until_it() -> None:
    papers = {THURSDAY: held(3, THURSDAY, first=20_000), DAY: held(3), MONDAY: held(1, first=9)}
    assert day_line(held=papers).highest_id == "2611.20002"
    assert day_line(held=papers, unread=("2611.00001",)).highest_id == ""


def test_what_only_the_feeds_have_is_not_received() -> None:
    line = day_line(held={DAY: held(3)}, lacking=("2611.10002",))
    assert (line.received, line.expected) == (2, 3)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"named": 4}, 4),
        ({"named": 4, "news": feeds(fresh={"cs.LG"})}, None),
        (
            {"named": 4, "news": None, "before": {DAY: make_fetch(expected=7)}},
            7,
        ),
        ({"day": SATURDAY, "held": {}, "before": {SATURDAY: make_fetch(expected=7)}}, None),
    ],
    ids=["whole feeds say", "feeds with a hole do not", "an earlier line said", "a weekend"],
)
def test_how_many_are_expected(said: dict[str, Any], expected: int | None) -> None:
    assert day_line(**said).expected == expected


def test_oai_pmh_is_settled_three_and_a_half_hours_after_the_announcement() -> None:
    assert not is_settled(DAY, OPENING + SETTLED_AFTER - timedelta(seconds=1))
    assert is_settled(DAY, OPENING + SETTLED_AFTER)
    assert not is_settled(SATURDAY, MORNING + timedelta(days=30))


# -- OAI-PMH, for the days before --------------------------------------------------------------


def earlier_lines(**said: Any) -> dict[date, tuple[FetchStatus, int]]:
    """The lines of the days before that of the run: status and papers received."""
    settings: dict[str, Any] = {"harvested": harvest(since=WEDNESDAY), "first_day": WEDNESDAY}
    *lines, _ = spine_lines(tell(**(settings | said)))
    return {line.day: (line.status, line.received) for line in lines}


TWO_DAYS = {WEDNESDAY: held(2, WEDNESDAY), THURSDAY: held(4, THURSDAY), DAY: held(3)}


def test_a_harvest_settles_every_day_it_reads_again() -> None:
    before = {WEDNESDAY: make_fetch(WEDNESDAY, FAILED), THURSDAY: make_fetch(THURSDAY, PARTIAL)}
    settled = {WEDNESDAY: (COMPLETE, 2), THURSDAY: (COMPLETE, 4)}
    assert earlier_lines(held=TWO_DAYS, before=before) == settled
    assert earlier_lines(held=TWO_DAYS) == settled


def test_a_whole_day_stands_unless_more_of_it_came() -> None:
    before = {
        WEDNESDAY: make_fetch(WEDNESDAY, COMPLETE, received=2),
        THURSDAY: make_fetch(THURSDAY, COMPLETE, received=3),
    }
    assert earlier_lines(held=TWO_DAYS, before=before) == {THURSDAY: (COMPLETE, 4)}


def test_a_whole_day_stands_though_a_later_harvest_has_a_hole() -> None:
    before = {
        WEDNESDAY: make_fetch(WEDNESDAY, COMPLETE, received=2),
        THURSDAY: make_fetch(THURSDAY, PARTIAL, received=1),
    }
    holed = harvest(since=WEDNESDAY, problems={"cs: cut": None})
    assert earlier_lines(held=TWO_DAYS, before=before, harvested=holed) == {THURSDAY: (PARTIAL, 4)}


def test_a_deferred_mailing_stays_one_until_papers_of_that_day_turn_up() -> None:
    before = {WEDNESDAY: make_fetch(WEDNESDAY, NO_MAILING), THURSDAY: make_fetch(THURSDAY)}
    without = {THURSDAY: held(4, THURSDAY), DAY: held(3)}
    assert WEDNESDAY not in earlier_lines(held=without, before=before)
    assert earlier_lines(held=TWO_DAYS, before=before)[WEDNESDAY] == (COMPLETE, 2)


def test_days_before_anybody_asked_are_not_owed() -> None:
    assert set(earlier_lines(held=TWO_DAYS, first_day=THURSDAY)) == {THURSDAY}
    assert set(earlier_lines(held=TWO_DAYS, first_day=DAY)) == set()


def test_a_weekend_in_between_has_no_line() -> None:
    lines = spine_lines(
        tell(
            day=MONDAY,
            now=MORNING + timedelta(days=3),
            harvested=harvest(since=DAY),
            held={DAY: held(3), MONDAY: held(1, MONDAY)},
        )
    )
    assert [(line.day, line.status) for line in lines] == [(DAY, COMPLETE), (MONDAY, COMPLETE)]


def test_what_the_feeds_lack_today_does_not_touch_the_days_before() -> None:
    settled = earlier_lines(held=TWO_DAYS, lacking=("2611.10002",), unread=("2611.10009",))
    assert settled == {WEDNESDAY: (COMPLETE, 2), THURSDAY: (COMPLETE, 4)}
