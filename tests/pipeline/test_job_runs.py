"""Runs of jobs: each is noted, and one that never came is noticed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import JobRun
from pipeline.errors import SetupError
from pipeline.job_runs import LONGEST_PROBLEM, JobRecorder, find_skipped, last_runs

FRIDAY = datetime(2026, 11, 20, 5, 47, tzinfo=UTC)


class Clock:
    """Each look takes a minute."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


class Told:
    """An alarm that remembers what it was told."""

    def __init__(self) -> None:
        self.runs: list[JobRun] = []

    def settle(self, run: JobRun) -> None:
        self.runs.append(run)


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(open_database(f"sqlite:///{tmp_path}/queue.db"))


@pytest.fixture
def alarm() -> Told:
    return Told()


@pytest.fixture
def recorder(ledger, alarm) -> JobRecorder:
    return JobRecorder(ledger=ledger, clock=Clock(FRIDAY), alarm=alarm)


def test_a_run_is_noted_with_begin_and_end_and_told_to_the_alarm(recorder, ledger, alarm):
    assert recorder.run("retrain", lambda: 7, problem_of=lambda _seven: "") == 7
    run = last_runs(ledger)["retrain"]
    assert (run.status, run.problem) == ("ok", "")
    assert run.started_at < run.finished_at
    assert alarm.runs == [run]


def test_a_run_that_ended_with_a_problem_failed(recorder, ledger):
    recorder.run("daily", lambda: None, problem_of=lambda _: "no source\nanswered")
    run = last_runs(ledger)["daily"]
    assert (run.status, run.problem) == ("failed", "no source answered")


def test_a_run_that_was_refused_is_noted_with_its_reason(recorder, ledger, alarm):
    def refuse() -> None:
        raise SetupError("git knows no author", hint="set one")

    with pytest.raises(SetupError):
        recorder.run("rollover", refuse, problem_of=lambda _: "")
    run = last_runs(ledger)["rollover"]
    assert (run.status, run.problem) == ("failed", "git knows no author: set one")
    assert alarm.runs == [run]


def test_a_run_that_was_interrupted_is_noted_too(recorder, ledger):
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recorder.run("daily", interrupt, problem_of=lambda _: "")
    assert last_runs(ledger)["daily"].problem == "interrupted"


def test_a_problem_that_quotes_a_page_is_cut(recorder, ledger):
    recorder.run("daily", lambda: None, problem_of=lambda _: "x" * 9999)
    assert len(last_runs(ledger)["daily"].problem) == LONGEST_PROBLEM


def skipped(ledger: Ledger, today: date) -> tuple[str, ...]:
    return find_skipped(ledger, today=today)


def test_announcement_days_without_a_run_are_noticed_by_the_next_one(recorder, ledger):
    recorder.run("daily", lambda: None, problem_of=lambda _: "")
    monday, wednesday = date(2026, 11, 23), date(2026, 11, 25)
    assert skipped(ledger, FRIDAY.date()) == ()
    assert skipped(ledger, monday) == ()
    (line,) = skipped(ledger, wednesday)
    assert line == (
        "no daily run on 2026-11-23 to 2026-11-24 (2 days), though arXiv announced"
        " (the last was 2026-11-20 05:48 UTC)"
    )


def test_a_holiday_without_a_run_is_none_that_was_missed(ledger):
    thanksgiving_eve = datetime(2026, 11, 26, 5, 47, tzinfo=UTC)
    JobRecorder(ledger=ledger, clock=Clock(thanksgiving_eve)).run(
        "daily", lambda: None, problem_of=lambda _: ""
    )
    assert skipped(ledger, date(2026, 11, 30)) == ()


def test_where_no_daily_run_ever_began_none_was_missed(recorder, ledger):
    recorder.run("retrain", lambda: None, problem_of=lambda _: "")
    assert skipped(ledger, date(2027, 1, 1)) == ()
