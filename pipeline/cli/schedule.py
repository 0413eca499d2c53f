"""``shortlist schedule``: the jobs on a server of one's own."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.logs import set_up_logs
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from db.records import JobRun
    from pipeline.config import Config
    from pipeline.schedule import ScheduledJob


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("schedule", epilog="Example: shortlist schedule --once daily")(schedule)


def schedule(
    *,
    once: Annotated[
        str, typer.Option("--once", metavar="JOB", help="Run this job now and end.")
    ] = "",
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="JOB", help="Leave this job out; repeatable."),
    ] = None,
    review: Annotated[
        bool, typer.Option("--review/--no-review", help="Serve the review page meanwhile.")
    ] = True,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Run the jobs at their times, until stopped.

    Jobs are daily, cleanup, retrain and rollover; the review page is served beside them. Times are
    arXiv's own (US Eastern), so that the daily job finds the new feeds in summer and in winter; its
    second run fills what the first could not fetch. What was missed while this machine was off is
    made up for once, at the start. One job runs at a time, and one schedule; a run by hand beside
    it waits for its turn.
    """
    from pipeline import wiring
    from pipeline.schedule import find_missed, make_scheduler, run_until_stopped

    settings = read_config(config)
    jobs = {job.name: job for job in _jobs(settings, as_json=as_json)}
    left_out = frozenset(skip or ())
    for name in (*([once] if once else []), *left_out):
        if name not in jobs:
            raise typer.BadParameter(f"no job {name!r}; known: {', '.join(jobs)}")
    if once:
        if not jobs[once].run():
            raise typer.Exit(1)
        return
    set_up_logs(logging.INFO)
    for name in ("apscheduler", "uvicorn"):  # what they do is told in our own words
        logging.getLogger(name).setLevel(logging.WARNING)
    now = utc_now()
    with wiring.hold_schedule(settings, now=now):
        runs = wiring.open_ledger(settings).last_runs()
        wanted = [job for job in jobs.values() if job.name not in left_out]
        missed = find_missed(wanted, runs, now)
        if as_json:
            show.print_json(schedule_as_json(wanted, runs, missed, now))
            wanted = [job for job in _jobs(settings, as_json=None) if job.name not in left_out]
        else:
            _print_schedule(wanted, missed)
        run_until_stopped(
            make_scheduler(wanted, missed=[job.name for job in missed], now=now),
            beside=_page(settings) if review else nullcontext(),
        )


def _page(settings: Config) -> AbstractContextManager[None]:
    """The review page where the config says, served as long as this is entered."""
    from pipeline import wiring
    from pipeline.errors import SetupError
    from pipeline.review.web import make_app
    from pipeline.review.web.server import address_of, bind, served

    host, port = settings.review.host, settings.review.port
    web, is_new = wiring.make_web_settings(settings, host=host, port=port)
    if is_new:
        # A token that was made up would have to be shown, and what this prints goes to a log.
        raise SetupError(
            f"others can reach the review page at {host}, and no token keeps them out",
            hint=f"set {wiring.TOKEN_VARIABLE}, or [review] host",
        )
    desk = wiring.make_desk(settings)
    return served(
        make_app(desk, web),
        bind(host, port),
        started=lambda: show.print_note(f"review at {address_of(web)}"),
    )


def schedule_as_json(
    jobs: Sequence[ScheduledJob],
    runs: Sequence[JobRun],
    missed: Sequence[ScheduledJob],
    now: datetime,
) -> dict[str, object]:
    """The contract of ``schedule --json``."""
    from pipeline.schedule import TIME_ZONE, next_due

    last = {run.job: run for run in runs}
    return {
        "time_zone": TIME_ZONE,
        "jobs": [
            {
                "name": job.name,
                "days": job.days,
                "times": [f"{hour:02}:{minute:02}" for hour, minute in job.times],
                "next": next_due(job, now).isoformat(),
                "missed": job in missed,
                "last": None
                if job.name not in last
                else {
                    "started_at": last[job.name].started_at.isoformat(),
                    "finished_at": last[job.name].finished_at.isoformat(),
                    "status": last[job.name].status,
                    "problem": last[job.name].problem,
                },
            }
            for job in jobs
        ],
    }


def _print_schedule(jobs: Sequence[ScheduledJob], missed: Sequence[ScheduledJob]) -> None:
    for job in jobs:
        note = "; missed while this machine was off, runs now" if job in missed else ""
        show.print_line(f"{job}{note}")


def _jobs(settings: Config, *, as_json: bool | None) -> tuple[ScheduledJob, ...]:
    """Every job.

    Args:
        settings: The config.
        as_json: Whether outcomes are JSON; ``None`` to print none on stdout.
    """
    from pipeline.job_runs import CLEANUP, DAILY, RETRAIN, ROLLOVER
    from pipeline.schedule import ScheduledJob

    # Announced at 20:00 from Sunday to Thursday, in the feeds from midnight on: Monday to Friday.
    times = {
        DAILY: (_daily, "mon-fri", ((0, 47), (6, 17))),
        CLEANUP: (_cleanup, "mon-sun", ((11, 17),)),
        RETRAIN: (_retrain, "sat", ((5, 17),)),
        ROLLOVER: (_rollover, "sun", ((5, 17),)),
    }
    return tuple(
        ScheduledJob(name=name, run=partial(run, settings, as_json=as_json), days=days, times=at)
        for name, (run, days, at) in times.items()
    )


def _daily(settings: Config, *, as_json: bool | None) -> bool:
    from pipeline.cli.daily import run_for, show_daily

    report = run_for(settings, None)
    if as_json is not None:
        show_daily(report, as_json=as_json)
    return not report.failed


def _retrain(settings: Config, *, as_json: bool | None) -> bool:
    from pipeline.cli.retrain import retrain_once, show_retrained

    outcome = retrain_once(settings)
    if as_json is not None:
        show_retrained(outcome, as_json=as_json)
    return True


def _rollover(settings: Config, *, as_json: bool | None) -> bool:
    from pipeline.cli.lists.rollover import rollover_once, show_rollover

    report = rollover_once(settings, utc_now().date())
    if as_json is not None:
        show_rollover(report, settings, as_json=as_json)
    return bool(report.moved) or not report.refused


def _cleanup(settings: Config, *, as_json: bool | None) -> bool:
    from pipeline import wiring
    from pipeline.cleanup import clean_up
    from pipeline.job_runs import CLEANUP

    recorder = wiring.make_recorder(settings, clock=utc_now, tell=show.print_note)
    report = recorder.run(
        CLEANUP,
        lambda: clean_up(wiring.make_cleanup_job(settings, now=utc_now())),
        problem_of=lambda _report: "",
    )
    if as_json:
        show.print_json(asdict(report))
    elif as_json is not None:
        show.print_line(
            f"{len(report.expired)} candidates expired; forgot {report.papers} papers,"
            f" the text of {report.texts} and {report.lines} old lines"
        )
        sizes = (f"{name} {size / 1e6:.1f} MB" for name, size in report.sizes.items())
        show.print_line(f"left: {', '.join(sizes)}")
    return True
