"""Where news begins."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from db.records import Fetch
from pipeline.sources.horizon import Horizon, horizon_of
from tests.pipeline.sources.records import DAY, SUBMITTED, make_fetch, make_record

MONDAY = date(2026, 11, 16)
DAYS = tuple(MONDAY + timedelta(days=number) for number in range(5))
HIGHEST = ("2611.01000", "2611.02000", "2611.03000", "2611.04000", "2611.05000")
WHOLE = tuple(
    make_fetch(day, highest_id=highest) for day, highest in zip(DAYS, HIGHEST, strict=True)
)


@pytest.mark.parametrize(
    ("complete", "since", "floor"),
    [
        ((), DAYS[0], ""),
        (WHOLE, DAYS[0] - timedelta(days=9), HIGHEST[0]),
        (WHOLE, DAYS[0], HIGHEST[0]),
        (WHOLE, DAYS[1], HIGHEST[0]),
        (WHOLE, DAYS[3], HIGHEST[2]),
        (WHOLE, DAYS[4] + timedelta(days=9), HIGHEST[4]),
        (WHOLE[2:], DAYS[1], HIGHEST[2]),
    ],
    ids=[
        "a first run draws no line",
        "nothing whole before the harvest: the first whole day",
        "the day the harvest begins is read again, so it is no line",
        "the day before the harvest begins",
        "the last whole day before the harvest begins",
        "all whole days are before it",
        "the first there is, though the harvest begins before it",
    ],
)
def test_news_begins_above_the_last_whole_day_before_the_harvest(
    complete: tuple[Fetch, ...], since: date, floor: str
) -> None:
    assert horizon_of(complete, since=since, today=DAYS[4]).floor == floor


def test_a_whole_day_whose_highest_identifier_is_not_known_draws_no_line() -> None:
    unknown = make_fetch(DAYS[0])
    assert horizon_of([unknown], since=DAYS[2], today=DAYS[2]).floor == ""
    horizon = horizon_of([unknown, *WHOLE[1:3]], since=DAYS[4], today=DAYS[4])
    assert [day for day, _ in horizon.lines] == list(DAYS[1:3])


@pytest.mark.parametrize(
    ("arxiv_id", "after"),
    [
        ("2611.00001", None),
        ("2611.01000", None),
        ("2611.01001", DAYS[0]),
        ("2611.03000", DAYS[1]),
        ("2611.03001", DAYS[2]),
        ("2612.00001", DAYS[4]),
        ("2512.99999", None),
        ("hep-th/9901001", None),
    ],
)
def test_a_paper_was_announced_after_the_last_day_that_it_is_above(
    arxiv_id: str, after: date | None
) -> None:
    assert horizon_of(WHOLE, since=DAYS[0], today=DAYS[4]).after(arxiv_id) == after


def test_without_a_line_nothing_is_known_of_before() -> None:
    assert Horizon(today=MONDAY, floor="").after("2611.00001") is None


@pytest.mark.parametrize(
    ("arxiv_id", "submitted", "announced", "is_first"),
    [
        ("2611.04001", SUBMITTED, DAY, True),
        ("2611.04001", SUBMITTED - timedelta(days=13), DAY, True),
        ("2611.04000", SUBMITTED - timedelta(days=13), DAY, False),
        ("2611.04000", SUBMITTED, DAY, True),
        ("2601.00001", SUBMITTED - timedelta(days=300), DAY, False),
        ("2611.00001", SUBMITTED, DAYS[0], True),
        ("2611.00001", SUBMITTED - timedelta(days=13), DAYS[0], False),
    ],
    ids=[
        "above the last whole day",
        "above it, and held by moderation for two weeks",
        "not above it, and submitted long ago",
        "not above it, and submitted for this day",
        "an old paper that got a category of ours",
        "no whole day before: the calendar says so",
        "no whole day before: the calendar says no",
    ],
)
def test_a_paper_was_announced_nowhere_before_if_its_identifier_or_the_calendar_says_so(
    arxiv_id: str, submitted: datetime, announced: date, is_first: bool
) -> None:
    record = make_record(arxiv_id, submitted=submitted)
    horizon = horizon_of(WHOLE, since=DAYS[0], today=DAY)
    assert horizon.is_first(record, announced) is is_first
