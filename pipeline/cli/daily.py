"""``shortlist run`` and ``shortlist publish``: the daily job, whole or its first half."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    DryRunOption,
    JsonOption,
    parse_day,
    read_config,
    utc_now,
)

if TYPE_CHECKING:
    import datetime

    from pipeline.config import Config
    from pipeline.daily import DailyJob
    from pipeline.outcome import DailyReport


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("run", epilog="Example: shortlist run --date 2022-07-26 --json")(run)
    app.command("publish", epilog="Example: shortlist publish --dry-run")(publish)


def run(
    *,
    date: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD",
            help="The announcement day to run for.",
            show_default="today in UTC",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Publish what was approved, queue the best of what is new.

    Safe to run again: a second run on the same day publishes and queues nothing. Exit status 1
    means that a person has to look: no source answered, the model could not be loaded, or the list
    could not be committed to. Nothing is lost then, and the next run goes on.
    """
    from pipeline import wiring
    from pipeline.daily import run_daily

    now = utc_now()
    day = parse_day(date, default=now.date())
    settings, diff = read_config(config), ""
    if dry_run:
        with (
            show.progress_bars("reading arXiv", "embedding abstracts") as (reading, progress),
            wiring.dry_run(settings) as (copy, publisher),
        ):
            job = wiring.make_daily_job(
                copy, day=day, now=now, publisher=publisher, reading=reading, progress=progress
            )
            report = run_daily(job)
            diff = publisher.diff
    else:
        report = run_for(settings, day if date else None)
    show_daily(report, as_json=as_json, diff=diff)
    if not as_json and report.queued and not dry_run:
        show.print_line("next: shortlist queue list")
    if report.failed:
        raise typer.Exit(1)


def run_for(settings: Config, day: datetime.date | None) -> DailyReport:
    """Run the daily job for ``day``, or for the day it is when its turn has come."""
    from pipeline import wiring
    from pipeline.daily import run_and_record

    recorder = wiring.make_recorder(settings, clock=utc_now, tell=show.print_note)
    with show.progress_bars("reading arXiv", "embedding abstracts") as (reading, progress):

        def make_job() -> DailyJob:
            now = utc_now()
            return wiring.make_daily_job(
                settings, day=day or now.date(), now=now, reading=reading, progress=progress
            )

        return run_and_record(make_job, recorder)


def show_daily(report: DailyReport, *, as_json: bool, diff: str = "") -> None:
    """What a daily run did, in the contract of ``run --json`` or in words."""
    if as_json:
        show.print_json(show.report_as_json(report))
        for problem in report.problems:
            show.print_error(problem)
        return
    if diff:
        show.print_line(diff)
    show.print_report(report)


def publish(
    *,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write approved entries into the list and commit them.

    One commit with all of them; every other byte of the list stays as it is. Refuses with a reason,
    and loses nothing, when the list files have uncommitted changes or another branch is checked
    out.
    """
    from pipeline import wiring
    from pipeline.publication import publish_approved

    settings, now, diff = read_config(config), utc_now(), ""
    if dry_run:
        with wiring.dry_run(settings) as (copy, publisher):
            publication = publish_approved(
                wiring.make_publish_job(copy, now=now, publisher=publisher)
            )
            diff = publisher.diff
    else:
        publication = publish_approved(wiring.make_publish_job(settings, now=now))
    if as_json:
        show.print_json(
            {
                "published": list(publication.published),
                "commit": "" if dry_run else publication.commit,
                "closed": list(publication.closed),
                "proposed": list(publication.proposed),
                "pull_request": publication.pull_request,
                "problems": list(publication.problems),
                **({"diff": diff} if dry_run else {}),
            }
        )
    elif dry_run and diff:
        show.print_line(diff)
    else:
        show.print_publication(publication)
    if publication.failed or (
        publication.problems and not (publication.published or publication.proposed)
    ):
        raise typer.Exit(1)
