from __future__ import annotations

from datetime import date, timedelta

from db.records import FetchStatus
from tests.db.builders import DAY, HOSTILE, NOW, make_fetch, make_run


def test_the_latest_word_about_a_source_and_a_day_counts(ledger):
    ledger.record([make_fetch(status=FetchStatus.FAILED, problem="503")])
    complete = make_fetch(fetched_at=NOW + timedelta(hours=6))
    ledger.record([complete])
    assert ledger.get("oai", DAY) == complete
    assert ledger.days(since=DAY) == (complete,)


def test_of_two_words_recorded_at_once_the_later_counts(ledger):
    ledger.record([make_fetch(status=FetchStatus.FAILED), make_fetch()])
    assert ledger.get("oai", DAY) == make_fetch()


def test_a_source_that_was_never_asked_has_no_word(ledger):
    ledger.record([make_fetch()])
    assert ledger.get("rss", DAY) is None
    assert ledger.get("oai", DAY + timedelta(days=1)) is None
    assert ledger.last_complete("rss") is None
    ledger.record([])


def test_a_day_without_mailing_is_complete(ledger):
    holiday = date(2022, 5, 30)
    ledger.record([make_fetch(day=holiday, status=FetchStatus.NO_MAILING, received=0)])
    ledger.record([make_fetch(day=DAY, status=FetchStatus.PARTIAL)])
    ledger.record([make_fetch(source="rss", day=DAY)])
    assert ledger.last_complete("oai") == holiday


def test_what_a_source_still_owes_is_told_oldest_first(ledger):
    ledger.record(
        [
            make_fetch(day=date(2022, 6, 3), status=FetchStatus.PARTIAL),
            make_fetch(day=date(2022, 6, 2)),
            make_fetch(day=date(2022, 6, 1), status=FetchStatus.FAILED),
            make_fetch(day=date(2022, 5, 31), status=FetchStatus.FAILED),
            make_fetch(day=date(2022, 6, 4), status=FetchStatus.NO_MAILING),
            make_fetch(source="rss", day=date(2022, 6, 2), status=FetchStatus.FAILED),
        ]
    )
    assert ledger.incomplete("oai", since=DAY) == (date(2022, 6, 1), date(2022, 6, 3))


def test_what_a_source_delivered_whole_is_told_oldest_first_with_all_that_is_known(ledger):
    whole = [
        make_fetch(day=DAY + timedelta(days=2), highest_id="2206.01800"),
        make_fetch(day=DAY, expected=None, highest_id=""),
    ]
    ledger.record(
        [
            *whole,
            make_fetch(day=DAY - timedelta(days=1)),
            make_fetch(day=DAY + timedelta(days=1), status=FetchStatus.PARTIAL),
            make_fetch(day=DAY + timedelta(days=3), status=FetchStatus.FAILED),
            make_fetch(day=DAY + timedelta(days=4), status=FetchStatus.NO_MAILING, received=0),
            make_fetch(source="rss", day=DAY + timedelta(days=5)),
        ]
    )
    assert ledger.complete_days("oai", since=DAY) == (whole[1], whole[0])
    assert ledger.complete_days("api", since=DAY) == ()


def test_a_later_word_replaces_all_that_an_earlier_one_said(ledger):
    ledger.record([make_fetch()])
    bare = make_fetch(status=FetchStatus.PARTIAL, received=0, expected=None, highest_id="")
    ledger.record([bare])
    assert ledger.get("oai", DAY) == bare
    assert ledger.complete_days("oai", since=DAY) == ()


def test_days_come_in_order_of_day_and_source(ledger):
    tomorrow = DAY + timedelta(days=1)
    fetches = [make_fetch("rss", DAY), make_fetch("oai", tomorrow), make_fetch("oai", DAY)]
    ledger.record(fetches)
    assert ledger.days(since=DAY) == (fetches[2], fetches[0], fetches[1])
    assert ledger.days(since=tomorrow) == (fetches[1],)


def test_a_problem_is_kept_to_the_letter(ledger):
    for problem in HOSTILE:
        ledger.record([make_fetch(problem=problem)])
        assert ledger.get("oai", DAY) == make_fetch(problem=problem)


def test_the_last_run_of_each_job_is_known(ledger):
    ledger.record_run(make_run("retrain"))
    ledger.record_run(make_run("daily"))
    failed = make_run("daily", status="failed", problem="no source answered")
    ledger.record_run(failed)
    assert ledger.last_runs() == (failed, make_run("retrain"))
