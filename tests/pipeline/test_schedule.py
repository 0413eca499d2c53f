"""The clock: which job runs when, and what a failure does to the rest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.schedule import MISFIRE_GRACE_SECONDS, ScheduledJob, make_scheduler

FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def job(run=lambda: True) -> ScheduledJob:
    return ScheduledJob(name="daily", run=run, day_of_week="mon-fri", times=((4, 47), (10, 17)))


def fire_times(scheduler, *, since: datetime, count: int) -> list[str]:
    """The next runs of all jobs together, as their triggers tell."""
    times = []
    for scheduled in scheduler.get_jobs():
        now = since
        for _ in range(count):
            now = scheduled.trigger.get_next_fire_time(None, now)
            times.append(now)
            now += timedelta(seconds=1)
    return [f"{time:%a %H:%M}" for time in sorted(times)[:count]]


def test_the_daily_job_runs_twice_on_the_days_after_announcements():
    times = fire_times(make_scheduler([job()]), since=FRIDAY, count=4)
    assert times == ["Mon 04:47", "Mon 10:17", "Tue 04:47", "Tue 10:17"]


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)]
)
def test_times_stay_in_utc_when_clocks_change_anywhere(day):
    assert fire_times(make_scheduler([job()]), since=day, count=1) == ["Mon 04:47"]


def test_a_run_that_is_late_is_made_up_for_once_and_never_beside_another():
    (first, _second) = make_scheduler([job()])._pending_jobs
    settings = make_scheduler([job()])._job_defaults
    assert settings["coalesce"] is True
    assert settings["max_instances"] == 1
    assert settings["misfire_grace_time"] == MISFIRE_GRACE_SECONDS >= 3600
    assert first[0].name == "daily"


def test_a_job_that_fails_is_logged_and_does_not_end_the_scheduler(caplog):
    def fail() -> bool:
        raise RuntimeError("the machine is on fire")

    make_scheduler([job(fail)]).get_jobs()[0].func()
    assert "job daily failed; it runs again at its next time" in caplog.text
    assert "the machine is on fire" in caplog.text
