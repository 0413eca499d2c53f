"""``shortlist lists rollover``: what is too old for the preview moves to the full list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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
    from datetime import date

    from pipeline.config import Config
    from pipeline.housekeeping import RolloverReport


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "rollover", epilog="Example: shortlist lists rollover --as-of 2023-01-15 --dry-run"
    )(rollover)


def rollover(
    *,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="YYYY-MM-DD",
            help="The day that ages count to.",
            show_default="today",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is overdue and show the diff only.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Move what is too old for the preview to the full list.

    Each entry moves as it stands to its topic and year, newest first, all in one commit. Its age
    counts from its first submission where that is known, else from the end of its identifier's
    month; without identifier from the commit that added it.
    """
    from pipeline import wiring
    from pipeline.housekeeping import roll_over
    from pipeline.publish.diff import DiffPublisher

    settings, diff = read_config(config), None
    day = parse_day(as_of, default=utc_now().date())
    if dry_run:
        wiring.recover_list(settings)
        publisher = DiffPublisher(settings.list.repo)
        report = roll_over(wiring.make_rollover_job(settings, as_of=day, publisher=publisher))
        diff = publisher.diff
    else:
        report = rollover_once(settings, day)
    show_rollover(report, settings, as_json=as_json, diff=diff)
    if report.refused and not report.moved:
        raise typer.Exit(1)


def rollover_once(settings: Config, as_of: date) -> RolloverReport:
    """Roll over when it is this job's turn, and note how it went."""
    from pipeline import wiring
    from pipeline.housekeeping import roll_over
    from pipeline.job_runs import ROLLOVER

    recorder = wiring.make_recorder(settings, clock=utc_now, tell=show.print_note)
    return recorder.run(
        ROLLOVER,
        lambda: roll_over(wiring.make_rollover_job(settings, as_of=as_of)),
        problem_of=_why_it_failed,
    )


def _why_it_failed(report: RolloverReport) -> str:
    """What is refused beside what moved waits for a person too, but the job did what it could."""
    if report.moved or not report.refused:
        return ""
    return "; ".join(f"{each.entry.title}: {each.problem}" for each in report.refused)


def show_rollover(
    report: RolloverReport, settings: Config, *, as_json: bool, diff: str | None = None
) -> None:
    """What moved, in the contract of ``lists rollover --json`` or in words."""
    if as_json:
        show.print_json({**_as_json(report), **({} if diff is None else {"diff": diff})})
        return
    if diff:
        show.print_line(diff)
    _print(report, settings, moves="moved" if diff is None else "would move")


def _print(report: RolloverReport, settings: Config, *, moves: str) -> None:
    table, paths = settings.list, settings.list.paths
    if len(paths) == 1:
        show.print_line(f"nothing to roll over: {paths[0].name} is the whole list")
        return
    count = len(report.overdue)
    noun = "entry" if count == 1 else "entries"
    show.print_line(
        f"{count} {noun} overdue on {report.as_of}: older than {table.preview_days} days"
    )
    for move in report.moved:
        entry = move.overdue.entry
        year = f", {move.year}" if move.year else ""
        already = " (it was there, to the byte)" if move.already else ""
        show.print_line(
            f"  {moves} {entry.arxiv_id or 'a paper'} {entry.title}: {paths[0].name}:{entry.line}"
            f" to {move.topic}{year}, {paths[1].name}:{move.line}{already}"
        )
    for refusal in report.refused:
        entry = refusal.entry
        show.print_error(f"{paths[0].name}:{entry.line}: {entry.title} stays: {refusal.problem}")
    if report.commit:
        show.print_line(f"committed as {report.commit[:12]}")


def _as_json(report: RolloverReport) -> dict[str, Any]:
    return {
        "as_of": report.as_of.isoformat(),
        "overdue": [
            {
                "arxiv_id": each.entry.arxiv_id,
                "title": each.entry.title,
                "topic": each.entry.topic,
                "from_line": each.entry.line,
                "year": each.year,
                "because": each.because,
            }
            for each in report.overdue
        ],
        "moved": [
            {
                "arxiv_id": move.overdue.entry.arxiv_id,
                "title": move.overdue.entry.title,
                "topic": move.topic,
                "from_line": move.overdue.entry.line,
                "to_line": move.line,
                "year": move.year,
                "already_there": move.already,
            }
            for move in report.moved
        ],
        "refused": [
            {
                "arxiv_id": refusal.entry.arxiv_id,
                "title": refusal.entry.title,
                "topic": refusal.entry.topic,
                "from_line": refusal.entry.line,
                "problem": refusal.problem,
            }
            for refusal in report.refused
        ],
        "commit": report.commit,
    }
