"""The clock: which job runs when, and what happens to runs that were missed or failed.

APScheduler itself is driven by a clock that stands until a test moves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from threading import Event

import pytest
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers import base

from db.records import JobRun
from pipeline import schedule
from pipeline.cli.schedule import _jobs as real_jobs
from pipeline.config import load_config
from pipeline.errors import SetupError
from pipeline.schedule import (
    ScheduledJob,
    find_missed,
    last_due,
    make_scheduler,
    next_due,
)
from pipeline.sources.calendar import announced_at, announcement_days, feeds_turn_over

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def job(run: Callable[[], bool] = lambda: True, **said) -> ScheduledJob:
    return ScheduledJob(
        **{
            "name": "daily",
            "run": run,
            "days": "mon-fri",
            "times": ((0, 47), (6, 17)),
            **said,
        }
    )


def run_of(name: str, started_at: datetime, status: str = "ok") -> JobRun:
    return JobRun(job=name, started_at=started_at, finished_at=started_at, status=status)


class Clock:
    """A clock that stands until it is moved, for APScheduler and for tests."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Server:
    """The scheduler as it runs on a machine, on a clock of our own."""

    def __init__(self, clock: Clock, make_jobs, monkeypatch, *, runs: tuple[JobRun, ...] = ()):
        class Told(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return clock.now.astimezone(tz)

        monkeypatch.setattr(base, "datetime", Told)
        self.clock = clock
        self.started: list[tuple[str, datetime]] = []
        jobs = make_jobs(self._noting)
        missed = [each.name for each in find_missed(jobs, runs, clock.now)]
        self.scheduler = make_scheduler(
            jobs, missed=missed, now=clock.now, executor=DebugExecutor()
        )
        # Begun without its thread: the test says when it looks at the clock.
        self.scheduler._event = Event()
        base.BaseScheduler.start(self.scheduler, paused=False)

    def _noting(self, name: str) -> Callable[[], bool]:
        def run() -> bool:
            self.started.append((name, self.clock.now))
            return True

        return run

    def pass_time(self, until: datetime) -> None:
        """Let the machine run: it wakes whenever the next job is due."""
        while (wait := self.scheduler._process_jobs()) is not None:
            following = self.clock.now + timedelta(seconds=wait)
            if following > until:
                break
            self.clock.now = following
        self.clock.now = until

    def sleep(self, until: datetime) -> None:
        """Let the machine sleep, and look once after it woke."""
        self.clock.now = until
        self.scheduler._process_jobs()


@pytest.fixture
def server(monkeypatch):
    started = []

    def start(now: datetime, make_jobs=None, **more) -> Server:
        one_job = make_jobs or (lambda noting: [job(noting("daily"))])
        started.append(Server(Clock(now), one_job, monkeypatch, **more))
        return started[-1]

    yield start
    for each in started:
        base.BaseScheduler.shutdown(each.scheduler, wait=False)


def utc(started: list[tuple[str, datetime]]) -> list[str]:
    return [f"{at:%a %H:%M}" for _name, at in started]


def test_the_daily_job_runs_twice_on_the_days_after_announcements(server):
    one = server(FRIDAY)
    one.pass_time(datetime(2026, 11, 24, 12, tzinfo=UTC))
    assert utc(one.started) == ["Mon 05:47", "Mon 11:17", "Tue 05:47", "Tue 11:17"]


@pytest.mark.parametrize(
    ("sunday", "before", "after"),
    [
        (date(2026, 11, 1), "04:47", "05:47"),
        (date(2027, 3, 14), "05:47", "04:47"),
        (date(2027, 11, 7), "04:47", "05:47"),
    ],
)
def test_when_clocks_change_the_job_moves_in_utc_as_arxiv_does(server, sunday, before, after):
    friday = datetime(sunday.year, sunday.month, sunday.day, tzinfo=UTC) - 2 * DAY
    one = server(friday)
    one.pass_time(friday + 4 * DAY)
    first = [f"{at:%a %H:%M}" for _name, at in one.started[::2]]
    assert first == [f"Fri {before}", f"Mon {after}"]


def all_jobs(world) -> Callable:
    def make(noting) -> list[ScheduledJob]:
        jobs = real_jobs(load_config(world / "config.toml"), as_json=None)
        return [
            ScheduledJob(
                name=each.name,
                run=noting(each.name),
                days=each.days,
                times=each.times,
            )
            for each in jobs
        ]

    return make


def test_in_two_years_with_four_switches_and_a_leap_day_nothing_is_left_out_or_done_twice(
    server, world
):
    begin, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2028, 10, 1, tzinfo=UTC)
    one = server(begin, all_jobs(world))
    one.pass_time(end)
    per_day = Counter((name, at.date()) for name, at in one.started)
    days = [begin.date() + n * DAY for n in range((end - begin).days)]
    wanted = {("cleanup", day): 1 for day in days}
    wanted |= {("daily", day): 2 for day in days if day.weekday() < 5}
    wanted |= {("retrain", day): 1 for day in days if day.weekday() == 5}
    wanted |= {("rollover", day): 1 for day in days if day.weekday() == 6}
    assert per_day == wanted
    assert date(2028, 2, 29) in days


def test_every_first_run_of_a_day_finds_its_announcement_made_and_its_feeds_turned_over(
    server, world
):
    begin, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)
    one = server(begin, all_jobs(world))
    one.pass_time(end)
    first = {}
    for name, at in one.started:
        if name == "daily":
            first.setdefault(at.date(), at)
    for day in announcement_days(date(2026, 10, 1), date(2027, 11, 30)):
        announced = announced_at(day)
        assert announced is not None
        assert announced < first[day]
        assert feeds_turn_over(day) < first[day] < feeds_turn_over(day) + HOUR


def test_a_machine_that_slept_makes_up_for_what_it_missed_once(server):
    one = server(FRIDAY)
    one.sleep(datetime(2026, 11, 25, 20, 0, tzinfo=UTC))
    assert utc(one.started) == ["Wed 20:00"]
    one.pass_time(datetime(2026, 11, 26, 12, 0, tzinfo=UTC))
    assert utc(one.started) == ["Wed 20:00", "Thu 05:47", "Thu 11:17"]


def test_a_clock_that_is_set_back_repeats_nothing(server):
    one = server(FRIDAY)
    one.pass_time(datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
    one.sleep(datetime(2026, 11, 23, 5, 0, tzinfo=UTC))
    one.pass_time(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    assert utc(one.started) == ["Mon 05:47", "Mon 11:17"]


def test_a_run_that_was_missed_while_the_machine_was_off_is_made_up_for_once(server):
    monday_noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    last = run_of("daily", FRIDAY - HOUR)
    one = server(monday_noon, runs=(last,))
    one.pass_time(monday_noon + HOUR)
    assert utc(one.started) == ["Mon 12:00"]
    again = server(monday_noon + HOUR, runs=(run_of("daily", monday_noon),))
    again.pass_time(monday_noon + 2 * HOUR)
    assert again.started == []


def missed(now: datetime, *runs: JobRun) -> list[str]:
    weekly = job(name="retrain", days="sat", times=((5, 17),))
    return [each.name for each in find_missed([job(), weekly], runs, now)]


def test_a_weekend_off_misses_no_daily_run_but_the_weekly_one():
    monday_night = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert missed(monday_night, run_of("daily", FRIDAY)) == ["retrain"]


def test_a_run_that_failed_was_not_missed():
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    failed = run_of("daily", noon - HOUR / 2, status="failed")
    assert missed(noon, failed, run_of("retrain", FRIDAY + DAY)) == []


def test_where_nothing_ever_ran_nothing_was_missed():
    assert missed(FRIDAY) == []


def test_when_a_job_was_due_last_and_is_due_next():
    saturday = FRIDAY + DAY
    assert last_due(job(), saturday) == datetime(2026, 11, 20, 11, 17, tzinfo=UTC)
    assert next_due(job(), saturday) == datetime(2026, 11, 23, 5, 47, tzinfo=UTC)
    at = datetime(2026, 11, 20, 11, 17, tzinfo=UTC)
    assert (last_due(job(), at), next_due(job(), at)) == (
        at,
        datetime(2026, 11, 23, 5, 47, tzinfo=UTC),
    )


def test_a_job_that_fails_is_logged_and_does_not_end_the_scheduler(caplog):
    def fail() -> bool:
        raise RuntimeError("the machine is on fire")

    make_scheduler([job(fail)]).get_jobs()[0].func()
    assert "job daily failed; it runs again at its next time" in caplog.text
    assert "the machine is on fire" in caplog.text


def test_a_refusal_is_one_line_in_the_log_and_no_traceback(caplog):
    def refuse() -> bool:
        raise SetupError("git knows no author", hint="set one")

    make_scheduler([job(refuse)]).get_jobs()[0].func()
    (record,) = caplog.records
    assert record.exc_info is None
    assert record.getMessage() == (
        "job daily refused: git knows no author: set one; it runs again at its next time"
    )


def test_the_clock_is_looked_at_again_and_again_until_the_end(monkeypatch):
    """Who waits for hours at once comes late after a sleep or a clock that was set."""
    looks, ended = [], Event()

    class Woken:
        def wakeup(self) -> None:
            looks.append(True)
            if len(looks) == 3:
                ended.set()

    monkeypatch.setattr(schedule, "LOOK_SECONDS", 0.01)
    schedule._look(Woken(), ended)
    assert len(looks) == 3
