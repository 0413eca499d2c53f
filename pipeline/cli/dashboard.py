"""``shortlist dashboard``: the queue as an issue on GitHub, and what people answer there."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 -- typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from pipeline.outcome import DashboardReport

dashboard_app = typer.Typer(help="The queue as an issue on GitHub.", no_args_is_help=True)


SaveOption = Annotated[
    bool,
    typer.Option(
        "--save",
        help="Push the state before the issue is written, so that no answer is here alone.",
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    dashboard_app.command("sync", epilog="Example: shortlist dashboard sync")(sync)
    dashboard_app.command(
        "apply", epilog='Example: shortlist dashboard apply --event "$GITHUB_EVENT_PATH"'
    )(apply)
    app.add_typer(dashboard_app, name="dashboard")


def sync(
    *, save: SaveOption = False, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Show the queue in the dashboard issue, which is made if there is none.

    What people ticked or commanded there meanwhile is recorded first; it is not published. The
    token comes from GITHUB_TOKEN.
    """
    from pipeline import wiring
    from pipeline.dashboard import sync_dashboard

    settings = read_config(config)
    job = wiring.make_dashboard_job(settings, now=utc_now(), saves=save)
    _show(sync_dashboard(job), as_json=as_json)


def apply(
    *,
    event: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What GitHub told of the event; without it all is read as in a sweep.",
            show_default=False,
        ),
    ] = None,
    save: SaveOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Do what people asked for in the dashboard issue: record, publish, show the queue anew.

    Reads the whole issue and its comments each time: an event that was lost, or came twice, changes
    nothing. Only people who may write to the repository are heeded. The token comes from
    GITHUB_TOKEN.
    """
    from pipeline import wiring
    from pipeline.dashboard import apply_dashboard, read_event
    from pipeline.job_runs import DASHBOARD

    settings = read_config(config)
    told = read_event(event) if event else None
    recorder = wiring.make_recorder(settings, clock=utc_now, tell=show.print_note)
    report = recorder.run(
        DASHBOARD,
        lambda: apply_dashboard(
            wiring.make_dashboard_job(settings, now=utc_now(), saves=save), told
        ),
        problem_of=_why_it_failed,
    )
    _show(report, as_json=as_json)


def _why_it_failed(report: DashboardReport) -> str:
    if not report.publication.failed:
        return ""
    return "; ".join(report.publication.problems) or "the list could not be committed to"


def _show(report: DashboardReport, *, as_json: bool) -> None:
    if as_json:
        show.print_json(
            {
                "issue": report.number,
                "url": report.url,
                "changed": report.changed,
                "done": list(report.done),
                "not_done": list(report.not_done),
                "published": list(report.publication.published),
                "commit": report.publication.commit,
                "problems": list(report.publication.problems),
            }
        )
    else:
        for line in report.done:
            show.print_line(line)
        show.print_publication(report.publication, quiet=not report.publication.published)
        state = "written anew" if report.changed else "unchanged"
        show.print_line(f"issue {report.number} {state}: {report.url}")
    for line in (*report.not_done, *report.publication.problems):
        show.print_error(line)
    if report.publication.failed:
        raise typer.Exit(1)
