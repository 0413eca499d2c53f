from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.sources.calendar import (
    announced_at,
    announcement_days,
    estimate_announcement,
    is_announcement_day,
    submission_window,
)
from pipeline.sources.recorded import recorded_days


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "first", "end"),
    [
        ("2026-11-16", "2026-11-12T19:00", "2026-11-13T19:00"),  # Mon: Thu to Fri
        ("2026-11-17", "2026-11-13T19:00", "2026-11-16T19:00"),  # Tue: Fri to Mon
        ("2026-11-18", "2026-11-16T19:00", "2026-11-17T19:00"),
        ("2026-11-19", "2026-11-17T19:00", "2026-11-18T19:00"),
        ("2026-11-20", "2026-11-18T19:00", "2026-11-19T19:00"),
    ],
)
def test_each_weekday_has_the_window_of_arxivs_table(day: str, first: str, end: str) -> None:
    assert submission_window(date.fromisoformat(day)) == (utc(first), utc(end))


def test_weekends_have_no_mailing() -> None:
    for day in (date(2026, 11, 21), date(2026, 11, 22)):
        assert not is_announcement_day(day)
        assert submission_window(day) is None
        assert announced_at(day) is None


def test_clocks_going_forward_and_back_move_the_windows_by_an_hour() -> None:
    assert submission_window(date(2026, 3, 10)) == (
        utc("2026-03-06T19:00"),
        utc("2026-03-09T18:00"),
    )
    assert submission_window(date(2026, 11, 3)) == (
        utc("2026-10-30T18:00"),
        utc("2026-11-02T19:00"),
    )
    assert announced_at(date(2026, 3, 9)) == utc("2026-03-09T00:00")
    assert announced_at(date(2026, 11, 2)) == utc("2026-11-02T01:00")


def test_papers_of_a_day_are_out_the_evening_before() -> None:
    assert announced_at(date(2026, 11, 24)) == utc("2026-11-24T01:00")


@pytest.mark.parametrize(
    ("holiday", "without", "next_day"),
    [
        ("2026-01-19", "2026-01-20", "2026-01-21"),  # a Monday
        ("2026-11-26", "2026-11-27", "2026-11-30"),  # Thanksgiving, a Thursday
        ("2026-12-25", "2026-12-28", "2026-12-29"),  # a Friday: the mailing of Sunday
        ("2025-07-06", "2025-07-07", "2025-07-08"),  # named as a Sunday by arXiv
        ("2026-12-31", "2027-01-01", "2027-01-04"),
    ],
)
def test_a_deferred_mailing_leaves_its_papers_to_the_next_day(
    holiday: str, without: str, next_day: str
) -> None:
    assert is_announcement_day(date.fromisoformat(holiday)) == (
        date.fromisoformat(holiday).weekday() < 5
    )
    assert not is_announcement_day(date.fromisoformat(without))
    before = max(announcement_days(date(2025, 1, 1), date.fromisoformat(without)))
    previous, window = submission_window(before), submission_window(date.fromisoformat(next_day))
    assert previous is not None
    assert window is not None
    assert window[0] == previous[1]


def test_windows_touch_so_that_every_moment_belongs_to_one_day() -> None:
    days = announcement_days(date(2025, 11, 1), date(2027, 2, 1))
    windows = [window for day in days if (window := submission_window(day))]
    assert len(windows) == len(days)
    for (_, end), (first, _) in pairwise(windows):
        assert end == first


def test_announcement_days_include_both_ends_and_may_be_none() -> None:
    assert announcement_days(date(2026, 11, 20), date(2026, 11, 23)) == (
        date(2026, 11, 20),
        date(2026, 11, 23),
    )
    assert announcement_days(date(2026, 11, 21), date(2026, 11, 22)) == ()
    assert announcement_days(date(2026, 11, 23), date(2026, 11, 20)) == ()


@pytest.mark.parametrize(
    ("submitted", "arxiv_id", "announced"),
    [
        ("2022-05-31T17:59:59", "2206.00001", "2022-06-01"),
        ("2022-05-31T18:00:00", "2206.00001", "2022-06-02"),
        ("2022-05-28T12:00:00", "2205.00001", "2022-05-31"),  # on a Saturday
        ("2022-01-14T20:00:00", "2201.00001", "2022-01-19"),  # before a holiday on Monday
        ("2025-10-30T12:00:00", "2511.07430", "2025-11-03"),  # held: not before its month
        ("1991-08-20T12:00:00", "hep-th/9108001", "1991-08-21"),
    ],
)
def test_an_announcement_is_estimated_from_submission_and_identifier(
    submitted: str, arxiv_id: str, announced: str
) -> None:
    estimate = estimate_announcement(utc(submitted), arxiv_id)
    assert estimate == date.fromisoformat(announced)


@pytest.mark.shared
def test_the_calendar_has_a_mailing_on_exactly_the_days_that_were_recorded(shared: Path) -> None:
    days = recorded_days(shared / "arxiv" / "days")
    runs = [[days[0]]]
    for day in days[1:]:
        if day - runs[-1][-1] > timedelta(days=14):
            runs.append([])
        runs[-1].append(day)
    assert len(runs) == 2
    for run in runs:
        assert announcement_days(run[0], run[-1]) == tuple(run)
