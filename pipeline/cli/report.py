"""``shortlist report``: one page with pictures of how well the list is served."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import show
from pipeline.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    ListOption,
    PapersOption,
    utc_now,
)
from pipeline.cli.replay import DEFAULT_OUT as REPLAYS
from pipeline.cli.train import settings_for

if TYPE_CHECKING:
    from pipeline.config import Config

DEFAULT_OUT = Path("var/report.html")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "report",
        epilog="Example: shortlist report --list ../awesome-list --papers papers.jsonl.gz"
        " --out report.html",
    )(report)


def report(
    *,
    replay: Annotated[
        Path, typer.Option(metavar="DIR", help="Where replays are kept; the newest is told.")
    ] = REPLAYS,
    list_repo: ListOption = None,
    papers: PapersOption = None,
    evaluation: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What `evaluate --json` printed.", show_default="scored now"
        ),
    ] = None,
    drift: Annotated[Path | None, typer.Option(metavar="FILE", help="What moved, as JSON.")] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the page goes.")] = DEFAULT_OUT,
    summary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Add a short Markdown text to this file."),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Make one HTML page of how well the list is served.

    Recall beside the programs of today, calibration, topics, what the list gained, what was missed
    and why, what drifted. The page needs nothing else: no script, no network.
    """
    from pipeline import wiring
    from pipeline.pages.report import render_report
    from pipeline.pages.summary import render_summary
    from pipeline.reporting.job import gather_facts
    from pipeline.reporting.listed import read_drift, read_evaluation

    settings = settings_for(config, list_repo)
    files, today = tuple(papers or settings.training.papers), utc_now().date()
    scores, notes = (
        (read_evaluation(evaluation), ())
        if evaluation is not None
        else _score_topics(settings, files)
    )
    facts = gather_facts(
        wiring.make_report_job(
            settings,
            papers=files,
            replay=replay,
            evaluation=scores,
            drift=wiring.find_drift(settings, today=today) if drift is None else read_drift(drift),
            today=today,
            notes=notes,
        )
    )
    _write(out, render_report(facts))
    if summary is not None:
        _write(summary, render_summary(facts), add=True)
    if as_json:
        show.print_json({"out": str(out), **json.loads(json.dumps(asdict(facts), default=str))})
        return
    if facts.replay is None:
        show.print_note(f"no replay in {replay}: the page says how to make one")
    show.print_line(f"report in {out}")


def _score_topics(
    settings: Config, papers: tuple[Path, ...]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The scores of topics; where the list is too short, none and the reason."""
    from models.errors import TrainingError
    from pipeline import wiring
    from pipeline.evaluate import EvaluateJob, evaluate_topics

    with show.progress_bar("scoring topics") as progress:
        try:
            return evaluate_topics(
                EvaluateJob(
                    list_repo=settings.list.repo,
                    list_names=(settings.list.preview, settings.list.full),
                    papers=papers,
                    aliases=wiring.topic_aliases(settings),
                    coverage=settings.models.coverage,
                    repeats=1,
                    today=utc_now().date(),
                    encoder=wiring.make_encoder(settings),
                    cache=wiring.open_cache(settings),
                    report=show.print_note,
                    progress=progress,
                )
            ), ()
        except TrainingError as error:
            return {}, (f"Topics were not scored: {error}.",)


def _write(path: Path, content: str, *, add: bool = False) -> None:
    """Write a file, or add to one.

    Raises:
        SetupError: It cannot be written.
    """
    from pipeline.errors import SetupError

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a" if add else "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise SetupError(
            f"{path} cannot be written: {error.strerror}", hint="name another file"
        ) from error
