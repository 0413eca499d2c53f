"""Which days a source that is asked day by day owes, and that each is asked for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db.ledger import Ledger
from db.records import Fetch, FetchStatus
from pipeline.sources.day_by_day import DayByDay, days_to_fetch
from tests.builders import DAY, NOW, make_paper, open_ledger
from tests.fakes import FakeSource

FRIDAY, MONDAY = date(2022, 6, 3), date(2022, 6, 6)


@pytest.fixture
def source() -> FakeSource:
    return FakeSource({DAY: [make_paper("2206.00001"), make_paper("2206.00002")]})


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return open_ledger(tmp_path)


def deliver(day: date, ledger: Ledger, *sources: FakeSource) -> list[tuple[str, date]]:
    """Which source was asked for which day, in order; the ledger learns what came."""
    deliveries = DayByDay(sources=sources, ledger=ledger).deliver(day)
    ledger.record([delivery.fetch for delivery in deliveries])
    return [(delivery.fetch.source, delivery.fetch.day) for delivery in deliveries]


def test_every_source_is_asked_for_the_day_the_most_trusted_first(ledger, source):
    other = FakeSource({}, name="other")
    assert deliver(DAY, ledger, source, other) == [("fake", DAY), ("other", DAY)]
    assert (source.asked, other.asked) == ([DAY], [DAY])


def test_each_source_is_asked_for_what_it_owes_itself(ledger, source):
    other = FakeSource({}, name="other")
    other.failing.add(DAY)
    deliver(DAY, ledger, source, other)
    next_day = DAY + timedelta(days=1)
    assert deliver(next_day, ledger, source, other) == [
        ("fake", next_day),
        ("other", DAY),
        ("other", next_day),
    ]


def test_a_day_that_failed_is_asked_for_for_a_month_and_one_in_part_for_a_week(ledger, source):
    for day, status in (
        (DAY, FetchStatus.FAILED),
        (DAY + timedelta(days=1), FetchStatus.PARTIAL),
        (DAY + timedelta(days=27), FetchStatus.COMPLETE),
    ):
        fetch = Fetch(source="fake", day=day, status=status, received=1, fetched_at=NOW)
        ledger.record([fetch])
    later = DAY + timedelta(days=28)
    assert days_to_fetch(source, ledger, later) == (DAY, later)
    assert days_to_fetch(source, ledger, DAY + timedelta(days=40)) != (DAY, later)


def test_days_that_no_run_asked_for_are_owed_and_a_weekend_is_not(ledger, source):
    deliver(DAY, ledger, source)
    assert days_to_fetch(source, ledger, MONDAY) == (date(2022, 6, 2), FRIDAY, MONDAY)


def test_the_first_run_of_all_fetches_its_day_alone(ledger, source):
    assert days_to_fetch(source, ledger, MONDAY) == (MONDAY,)


def test_a_run_for_an_earlier_day_does_not_fetch_later_ones(ledger, source):
    deliver(MONDAY, ledger, source)
    assert days_to_fetch(source, ledger, DAY) == (DAY,)
