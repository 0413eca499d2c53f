"""``shortlist ledger`` and ``shortlist backfill``: what came day by day, and making up for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    parse_day,
    read_config,
    utc_now,
)

if TYPE_CHECKING:
    from db.records import Fetch
    from pipeline.backfill import BackfillReport
    from pipeline.ledger import LedgerDay, LedgerReport


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("ledger", epilog="Example: shortlist ledger --days 7")(ledger)
    app.command("backfill", epilog="Example: shortlist backfill --from 2026-11-02 --to 2026-11-13")(
        backfill
    )


def ledger(
    *,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How many days.")] = 14,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show what each source delivered, day by day.

    Days that came in part or not at all are asked for again by the next run. Exit status 1 means
    that the last three announcement days brought no paper at all; a weekend or a holiday is none.
    """
    from pipeline import wiring
    from pipeline.ledger import ledger_since, report_ledger

    settings, now = read_config(config), utc_now()
    fetches = wiring.open_ledger(settings).days(since=ledger_since(now.date(), days))
    report = report_ledger(fetches, today=now.date(), days=days, now=now)
    if as_json:
        show.print_json(ledger_as_json(report))
    elif not fetches:
        show.print_line("nothing was fetched for these days: `shortlist run` begins")
    else:
        show.print_ledger(report)
    if report.alarm:
        show.print_error(report.alarm)
        raise typer.Exit(1)


def backfill(
    *,
    first: Annotated[
        str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first announcement day.")
    ],
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="YYYY-MM-DD", help="The last one.", show_default="yesterday"),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Fetch days of the past that are not complete.

    May be stopped and typed again: it goes on where it was, and a complete day is never fetched
    twice. What is found waits for the next `shortlist run`, which ranks it. Exit status 1 means
    that some of the days are still owed.
    """
    from datetime import timedelta

    from pipeline import wiring

    settings, now = read_config(config), utc_now()
    today = now.date()
    begin, end = parse_day(first, default=today), parse_day(last, default=today - timedelta(days=1))
    if not begin <= end <= today:
        raise typer.BadParameter(f"--from {begin} --to {end} is no span of days until {today}")
    job = wiring.make_backfill(settings, now=now, today=today)
    with show.progress_bar("days of change") as progress:
        report = job.run(begin, end, progress=progress)
    if as_json:
        show.print_json(backfill_as_json(report))
    else:
        _print_backfill(report)
    for problem in report.problems:
        show.print_error(problem)
    if report.failed:
        raise typer.Exit(1)


def ledger_as_json(report: LedgerReport) -> dict[str, object]:
    """The contract of ``ledger --json``."""
    return {
        "alarm": report.alarm,
        "owed": [str(day) for day in report.owed],
        "days": [_day_as_json(day) for day in report.days],
    }


def _day_as_json(day: LedgerDay) -> dict[str, object]:
    return {
        "day": day.day.isoformat(),
        "mailing": day.mailing.value,
        "owed": day.is_owed,
        "sources": [_fetch_as_json(fetch) for fetch in day.fetches],
    }


def _fetch_as_json(fetch: Fetch) -> dict[str, object]:
    return {
        "source": fetch.source,
        "status": fetch.status.value,
        "received": fetch.received,
        "expected": fetch.expected,
        "problem": fetch.problem,
        "fetched_at": fetch.fetched_at.isoformat(),
    }


def backfill_as_json(report: BackfillReport) -> dict[str, object]:
    """The contract of ``backfill --json``."""
    return {
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "complete_before": report.complete_before,
        "fetched": [
            {"day": fetch.day.isoformat(), **_fetch_as_json(fetch)} for fetch in report.fetches
        ],
        "waiting": report.news,
        "problems": list(report.problems),
    }


def _print_backfill(report: BackfillReport) -> None:
    if not report.fetches:
        show.print_line(
            f"{report.first} to {report.last}: nothing to fetch,"
            f" {report.complete_before} days are complete"
        )
        return
    for fetch in report.fetches:
        show.print_line(
            f"  {fetch.source} {fetch.day}: {fetch.status.value}, {fetch.received} received"
        )
    found = f"{report.news} paper{'' if report.news == 1 else 's'}"
    show.print_line(f"{found} that were not known wait to be ranked (their days are estimated)")
    if report.news:
        show.print_line("next: shortlist run")
