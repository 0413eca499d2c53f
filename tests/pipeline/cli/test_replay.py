"""``shortlist replay`` with input that cannot be replayed."""

from __future__ import annotations


def test_a_window_that_ends_before_it_begins_is_a_usage_error(shortlist, world):
    done = shortlist("replay", "--from", "2022-06-02", "--to", "2022-06-01")
    assert done.status == 2
    assert "comes after" in done.err


def test_a_day_that_is_none_is_a_usage_error(shortlist, world):
    done = shortlist("replay", "--from", "yesterday", "--to", "2022-06-01")
    assert done.status == 2
    assert "'yesterday' is no day" in done.err


def test_a_window_without_recorded_days_is_one_clear_line(shortlist, world):
    done = shortlist("replay", "--from", "2021-06-01", "--to", "2021-06-02", "--days", "days")
    assert done.status == 1
    assert done.err.splitlines()[-1].endswith(
        "no recorded day lies in 2021-06-01 to 2021-06-02: --days names a folder of recorded days"
    )


def test_a_list_too_small_to_learn_from_says_what_is_needed(shortlist, world):
    done = shortlist("replay", "--from", "2022-06-01", "--to", "2022-06-02", "--days", "days")
    assert done.status == 1
    assert len(done.err.strip().splitlines()) <= 2
    assert "learn" in done.err
