"""Identifiers are given at the announcement, in order: what a paper's own says of its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.sources.first_ids import FirstIds

IN_TIME = datetime(2026, 11, 13, 22, tzinfo=UTC)
"""Friday, after the deadline; three days later it is Monday, and Wednesday's listing has it."""


@pytest.fixture
def ids() -> FirstIds:
    """Three days, each seen in part and out of order."""
    found = FirstIds()
    for arxiv_id, days in [
        ("2611.00104", 3),
        ("2611.00102", 3),
        ("2611.00201", 4),
        ("2611.00302", 5),
        ("2611.00301", 5),
    ]:
        found.note(arxiv_id, IN_TIME + timedelta(days=days))
    return found


def days_of(ids: FirstIds) -> list[int]:
    return [day.day for day in sorted(ids.lowest)]


def test_the_lowest_identifier_of_a_day_is_kept(ids: FirstIds) -> None:
    assert days_of(ids) == [18, 19, 20]
    assert sorted(ids.lowest.values()) == ["2611.00102", "2611.00201", "2611.00301"]


@pytest.mark.parametrize(
    ("arxiv_id", "day"),
    [("2611.00150", 18), ("2611.00201", 19), ("2611.00299", 19), ("2612.00001", 20)],
)
def test_a_paper_belongs_to_the_last_day_that_began_below_it(
    ids: FirstIds, arxiv_id: str, day: int
) -> None:
    assert ids.day_of(arxiv_id) == date(2026, 11, day)


def test_of_what_was_announced_before_nothing_is_known(ids: FirstIds) -> None:
    assert ids.day_of("2611.00101") is None
    assert FirstIds().day_of("2611.00101") is None


def test_a_held_paper_does_not_count_for_the_day_of_its_submission(ids: FirstIds) -> None:
    ids.note("2611.00250", IN_TIME + timedelta(days=3))
    assert ids.day_of("2611.00250") == date(2026, 11, 19)
    assert ids.until(date(2026, 11, 18), ["2611.00102", "2611.00250"]) == ["2611.00102"]


def test_the_last_day_has_no_end(ids: FirstIds) -> None:
    assert ids.until(date(2026, 11, 20), ["2611.00999"]) == ["2611.00999"]


def test_identifiers_of_old_tell_nothing_for_they_count_by_archive(ids: FirstIds) -> None:
    before = dict(ids.lowest)
    ids.note("hep-th/0611001", datetime(2006, 11, 1, tzinfo=UTC))
    assert ids.lowest == before
