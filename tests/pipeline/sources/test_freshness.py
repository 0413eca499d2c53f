from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest

from pipeline.sources.freshness import ITEM_CAP, Freshness, FreshnessReason, judge_freshness
from pipeline.sources.rss import Feed, FeedItem, FeedType

DAY = date(2026, 11, 20)


def make_item(number: int, feed_type: FeedType = FeedType.NEW, **changes: Any) -> FeedItem:
    settings: dict[str, Any] = {
        "arxiv_id": f"2611.{number:05d}",
        "version": 1,
        "feed_type": feed_type,
        "day": DAY,
        "title": "A title",
        "abstract": None,
        "authors": (),
        "categories": ("cs.LG",),
        "license": "",
        "doi": "",
        "journal_ref": None,
    }
    return FeedItem(**(settings | changes))


def make_feed(items: Iterable[FeedItem], *, day: date | None = DAY) -> Feed:
    listed = tuple(items)
    return Feed(title="", day=day, items=listed, received=len(listed), set_aside=())


def judge(feed: Feed, **changes: Any) -> Freshness:
    settings: dict[str, Any] = {
        "expected": DAY,
        "previous_guids": frozenset(),
        "highest_id": "2611.00100",
        "mailing_expected": True,
    }
    return judge_freshness(feed, **(settings | changes))


def test_a_feed_of_the_day_with_new_papers_is_fresh() -> None:
    found = judge(make_feed(make_item(number) for number in range(95, 105)))
    assert found == Freshness(reason=FreshnessReason.FRESH)
    assert found.accepted
    assert found.usable


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), DAY + timedelta(days=1), None])
def test_a_feed_of_another_day_is_refused(day: date | None) -> None:
    found = judge(make_feed([make_item(101)], day=day))
    assert (found.reason, found.accepted, found.usable) == (
        FreshnessReason.OTHER_DAY,
        False,
        False,
    )
    assert found.problem == f"the feed is of {day or 'no day'}, not of 2026-11-20"


def test_an_item_of_another_day_betrays_the_feed() -> None:
    old = make_item(102, day=DAY - timedelta(days=1))
    assert judge(make_feed([make_item(101), old])).reason is FreshnessReason.OTHER_DAY


def test_yesterdays_batch_with_todays_dates_is_refused() -> None:
    items = [make_item(number) for number in range(101, 111)]
    before = frozenset(item.guid for item in items)
    found = judge(make_feed(items), previous_guids=before)
    assert found.reason is FreshnessReason.SEEN_BEFORE
    assert found.problem.startswith("10 of 10 announcements were in the batch before")


@pytest.mark.parametrize(("seen", "accepted"), [(0, True), (1, True), (2, False), (10, False)])
def test_a_fifth_of_the_batch_before_is_too_much(seen: int, accepted: bool) -> None:
    items = [make_item(number) for number in range(101, 111)]
    before = frozenset(item.guid for item in items[:seen])
    assert judge(make_feed(items), previous_guids=before).accepted is accepted


def test_cross_lists_of_yesterdays_papers_do_not_make_a_feed_old() -> None:
    crossed = [make_item(number, FeedType.CROSS) for number in range(90, 100)]
    feed = make_feed([make_item(101), *crossed])
    found = judge(feed, previous_guids=frozenset(item.guid for item in crossed))
    assert found.reason is FreshnessReason.FRESH


def test_a_new_version_of_a_paper_was_not_seen_before() -> None:
    first = make_item(101)
    second = make_item(101, FeedType.REPLACE, version=2)
    feed = make_feed([second, make_item(102)])
    assert judge(feed, previous_guids=frozenset({first.guid})).accepted


def test_a_feed_without_a_higher_identifier_is_refused() -> None:
    found = judge(make_feed([make_item(99), make_item(100)]))
    assert found.reason is FreshnessReason.NOTHING_HIGHER
    assert (
        found.problem == "its highest new identifier is 2611.00100, and 2611.00100 was there before"
    )
    assert judge(make_feed([make_item(99), make_item(101)])).accepted
    december = make_item(1, arxiv_id="2612.00001")
    assert judge(make_feed([december]), highest_id="2611.32000").accepted


def test_a_day_of_replacements_and_cross_lists_needs_no_higher_identifier() -> None:
    items = [make_item(5, FeedType.REPLACE), make_item(6, FeedType.CROSS)]
    assert judge(make_feed(items)).accepted


def test_the_first_feed_of_all_has_nothing_to_be_compared_with() -> None:
    assert judge(make_feed([make_item(1)]), highest_id="").accepted


def test_an_empty_feed_is_right_only_without_a_mailing() -> None:
    found = judge(make_feed([]))
    assert (found.reason, found.accepted) == (FreshnessReason.EMPTY, False)
    assert found.problem == "the feed of 2026-11-20 is empty, and a mailing was due"
    quiet = judge(make_feed([]), mailing_expected=False)
    assert (quiet.reason, quiet.accepted) == (FreshnessReason.NO_MAILING, True)


def test_an_empty_feed_in_atom_which_names_no_day_is_empty() -> None:
    assert judge(make_feed([], day=None)).reason is FreshnessReason.EMPTY


def test_papers_on_a_day_without_a_mailing_are_judged_like_any_others() -> None:
    assert judge(make_feed([make_item(101)]), mailing_expected=False).accepted


def test_a_feed_at_the_cap_is_used_but_not_taken_for_whole() -> None:
    items = [make_item(number) for number in range(101, 101 + ITEM_CAP)]
    found = judge(make_feed(items))
    assert (found.reason, found.accepted, found.usable) == (FreshnessReason.CAPPED, False, True)
    assert "2,000 items" in found.problem
    assert judge(make_feed(items[1:])).accepted
