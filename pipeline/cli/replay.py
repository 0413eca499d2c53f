"""``shortlist replay``: the past done again, day by day, before anyone trusts the present."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from pipeline.cli import show
from pipeline.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    DaysOption,
    JsonOption,
    ListOption,
    PapersOption,
    parse_day,
)
from pipeline.cli.train import settings_for

if TYPE_CHECKING:
    from datetime import date

    from pipeline.config import Config

DEFAULT_OUT = Path("var/replay")

RETRAIN_DAYS = {"daily": 1, "weekly": 7, "monthly": 30, "never": 1_000_000}


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "replay",
        epilog="Example: shortlist replay --list ../awesome-list --papers papers.jsonl.gz"
        " --days ../days --from 2022-06-01 --to 2022-08-31",
    )(replay)


def replay(
    *,
    start: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="First day.")],
    end: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day.")],
    list_repo: ListOption = None,
    papers: PapersOption = None,
    days: DaysOption = None,
    retrain: Annotated[
        Literal["daily", "weekly", "monthly", "never"],
        typer.Option(help="How often everybody learns again."),
    ] = "weekly",
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where it is kept.", show_default=str(DEFAULT_OUT)),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Rank past days as they would have been ranked then.

    The programs people use today rank them too. Nothing known after a day is used for it. Days that
    are done are kept: the same command goes
    on where it was stopped. Encoding is nearly all of the time, each text once.
    """
    first, last = _window(start, end)
    from pipeline import wiring
    from pipeline.replay.summary import summarise, write_summary

    settings = settings_for(config, list_repo)
    with show.progress_bar("replaying days") as progress:
        ranked, folder = wiring.run_replay(
            settings,
            papers=tuple(papers or settings.training.papers),
            days=tuple(days or settings.training.days),
            window=(first, last),
            retrain_days=RETRAIN_DAYS[retrain],
            out=out or DEFAULT_OUT,
            report=show.print_note,
            progress=progress,
        )
    summary = summarise(ranked, start=first, end=last)
    path = write_summary(summary, folder)
    if as_json:
        show.print_json(summary)
        return
    _print(summary, settings)
    show.print_line(f"kept in {path}")


def _window(start: str, end: str) -> tuple[date, date]:
    from datetime import date as day

    first, last = parse_day(start, default=day.min), parse_day(end, default=day.max)
    if first > last:
        raise typer.BadParameter(f"--from {first} comes after --to {last}")
    return first, last


def _print(summary: dict[str, Any], settings: Config) -> None:
    intervals = summary["intervals"]
    show.print_line(
        f"{summary['days']} days of {settings.list.repo.name}: {summary['papers']} papers,"
        f" {summary['positives']} of them added"
    )
    depths = list(summary["recall_at"])
    heads = "".join(f"{depth:>7}" for depth in depths)
    show.print_line(f"  {'recall at':<20}{heads}  work saved at 95 %")
    for name, row in {"shortlist": summary, **summary["baselines"]}.items():
        recalls = "".join(f"{row['recall_at'][depth]:>7.2f}" for depth in depths)
        show.print_line(f"  {name.replace('_', ' '):<20}{recalls}  {row['wss_95']:.2f}")
    for depth in depths:
        low, high = intervals["recall_at"][depth]
        value = summary["recall_at"][depth]
        show.print_line(f"  recall at {depth}: {value:.3f}, between {low:.3f} and {high:.3f}")
    for name in ("relevance_calibration_error", "relevance_brier_skill"):
        found = intervals[name]
        low, high = found["interval"]
        show.print_line(
            f"  {name.replace('_', ' ')}: {found['value']:.3f}, between {low:.3f} and {high:.3f}"
        )
    show.print_line(f"  topic right: {summary['topic_accuracy']:.3f}")
