"""The ledger held against arXiv's calendar: what is owed, and when a person must look."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import Fetch, FetchStatus
from pipeline.ledger import (
    LedgerReport,
    Mailing,
    find_alarm,
    ledger_since,
    mailing_of,
    report_ledger,
)

WEDNESDAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
COMPLETE, PARTIAL, FAILED, NO_MAILING = FetchStatus


def line(
    day: date, received: int = 9, status: FetchStatus = COMPLETE, *, source: str = "oai"
) -> Fetch:
    return Fetch(source=source, day=day, status=status, received=received, fetched_at=NOON)


def lines(first: date, last: date, received: int = 9) -> list[Fetch]:
    """A line for each day, weekends too."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [line(day, received) for day in days]


def report(
    *fetches: Fetch, today: date = WEDNESDAY, days: int = 14, now: datetime | None = None
) -> LedgerReport:
    noon = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    return report_ledger(fetches, today=today, days=days, now=now or noon)


@pytest.mark.parametrize(
    ("day", "mailing"),
    [
        (date(2026, 11, 20), Mailing.DUE),
        (date(2026, 11, 21), Mailing.WEEKEND),
        (date(2026, 11, 22), Mailing.WEEKEND),
        (date(2026, 11, 26), Mailing.DUE),
        (date(2026, 11, 27), Mailing.HOLIDAY),
        (date(2021, 12, 24), Mailing.DUE),
        (date(2021, 12, 27), Mailing.HOLIDAY),
    ],
    ids=["a Friday", "Saturday", "Sunday", "Thanksgiving", "after it", "Christmas", "after it too"],
)
def test_a_day_is_due_a_weekend_or_a_holiday(day, mailing):
    assert mailing_of(day) is mailing


def test_the_days_come_newest_first_without_gaps_and_no_further_back_than_anybody_asked():
    told = report(line(date(2026, 11, 20)), line(date(2026, 11, 24), source="rss"))
    assert [day.day.day for day in told.days] == [25, 24, 23, 22, 21, 20]
    assert [len(day.fetches) for day in told.days] == [0, 1, 0, 0, 0, 1]
    assert len(report(*lines(date(2026, 11, 1), WEDNESDAY), days=3).days) == 3


def test_the_lines_of_a_day_are_in_the_order_of_their_sources():
    sources = ("rss", "api", "oai")
    (today, *_) = report(*(line(WEDNESDAY, source=source) for source in sources)).days
    assert [fetch.source for fetch in today.fetches] == ["api", "oai", "rss"]
    assert today.received == 9


@pytest.mark.parametrize(
    ("statuses", "is_owed"),
    [
        ([], True),
        ([FAILED], True),
        ([PARTIAL], True),
        ([PARTIAL, FAILED], True),
        ([COMPLETE], False),
        ([NO_MAILING], False),
        ([FAILED, COMPLETE], False),
    ],
    ids=lambda value: " ".join(value) or "nobody asked" if isinstance(value, list) else "",
)
def test_a_due_day_is_owed_until_one_source_has_it_whole(statuses, is_owed):
    tuesday = date(2026, 11, 24)
    names = ("oai", "rss")
    fetches = [
        line(tuesday, status=status, source=name)
        for name, status in zip(names, statuses, strict=False)
    ]
    told = report(line(date(2026, 11, 23)), *fetches, line(WEDNESDAY))
    assert told.owed == ((tuesday,) if is_owed else ())


def test_weekends_and_holidays_are_never_owed():
    told = report(line(date(2026, 11, 20)), line(date(2026, 11, 30)), today=date(2026, 11, 30))
    assert told.owed == tuple(date(2026, 11, day) for day in (23, 24, 25, 26))


def test_a_day_that_arxiv_has_not_announced_yet_is_not_owed():
    early = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)  # announced at 01:00 UTC
    told = report(line(date(2026, 11, 24)), now=early)
    assert (told.days[0].mailing, told.owed) == (Mailing.DUE, ())
    assert report(line(date(2026, 11, 24)), now=early + timedelta(hours=1)).owed == (WEDNESDAY,)


def test_three_empty_announcement_days_are_an_alarm():
    told = report(
        *lines(date(2026, 11, 16), date(2026, 11, 20)),
        *(line(date(2026, 11, day), 0) for day in (23, 24, 25)),
    )
    assert told.alarm.startswith(
        "no paper since 2026-11-22: the last 3 announcement days are empty"
    )
    assert "status.arxiv.org" in told.alarm


@pytest.mark.parametrize("status", list(FetchStatus))
def test_an_empty_day_is_empty_whatever_the_sources_say_of_it(status):
    empty = [line(date(2026, 11, day), 0, status) for day in (23, 24, 25)]
    assert report(line(date(2026, 11, 20)), *empty).alarm


def test_days_on_which_nobody_asked_are_empty_too():
    assert report(line(date(2026, 11, 20))).alarm


def test_one_paper_of_one_source_is_no_alarm():
    empty = [line(date(2026, 11, day), 0) for day in (23, 24, 25)]
    assert not report(line(date(2026, 11, 20)), *empty, line(WEDNESDAY, 1, source="rss")).alarm


def test_a_weekend_is_no_alarm():
    monday = date(2026, 11, 23)
    fetches = [line(date(2026, 11, 19)), *(line(date(2026, 11, day), 0) for day in (20, 21, 22))]
    assert not report(*fetches, line(monday, 0), today=monday).alarm
    assert not report(*fetches, today=date(2026, 11, 22)).alarm


def test_a_week_of_holidays_is_no_alarm():
    # No listing on Monday 28, Wednesday 30 and Friday 1; the two days that were due were empty.
    fetches = [*lines(date(2026, 12, 14), date(2026, 12, 25))]
    told = report(*fetches, *lines(date(2026, 12, 26), date(2027, 1, 3), 0), today=date(2027, 1, 3))
    due = [day.day.day for day in told.days[:9] if day.mailing is Mailing.DUE]
    assert (due, told.alarm) == ([31, 29], "")


def test_a_day_that_is_not_settled_yet_is_not_empty():
    fetches = [
        *lines(date(2026, 11, 16), date(2026, 11, 20)),
        *(line(date(2026, 11, day), 0) for day in (23, 24)),
        line(WEDNESDAY, 0, FAILED),
    ]
    assert not report(*fetches, now=datetime(2026, 11, 25, 3, tzinfo=UTC)).alarm
    assert report(*fetches, now=datetime(2026, 11, 25, 5, tzinfo=UTC)).alarm


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_new_installation_is_no_alarm(days):
    asked = [line(WEDNESDAY - timedelta(days=n), 0, FAILED) for n in range(days)]
    told = report(*asked)
    assert (told.alarm, len(told.days)) == ("", max(days, 1))


def test_months_in_which_nobody_asked_are_an_alarm():
    since = ledger_since(WEDNESDAY, 14)
    last = line(date(2026, 8, 3))
    assert last.day >= since
    assert report(last).alarm


def test_more_days_than_a_year_need_more_of_the_ledger():
    assert ledger_since(WEDNESDAY, 1000) == WEDNESDAY - timedelta(days=1000)


def test_the_alarm_is_found_in_a_ledger(tmp_path):
    ledger = Ledger(open_database(f"sqlite:///{tmp_path}/ledger.db"))
    ledger.record([line(date(2026, 11, 20)), line(date(2026, 11, 23), 0), line(WEDNESDAY, 0)])
    (alarm,) = find_alarm(ledger, today=WEDNESDAY, now=NOON)
    assert alarm.startswith("no paper since 2026-11-22")
    ledger.record([line(date(2026, 11, 24), 3)])
    assert find_alarm(ledger, today=WEDNESDAY, now=NOON) == ()
