"""``shortlist retrain``: a new model, if it is not worse than the one in service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.retrain.job import Retrained


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("retrain", epilog="Example: shortlist retrain --json")(retrain)


def retrain(
    *,
    rollback: Annotated[
        bool,
        typer.Option(
            "--rollback",
            help="Bring back the model before this one; once more rolls forward again.",
        ),
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Train a challenger, and put it in service if it is not worse.

    Learns from the list and from what the queue remembers; both models are compared on days that
    the challenger's twin never saw. Where [models] artifact is unset, the model is kept on the
    branch shortlist-models of the list's repository. Exit status 0 also if nothing was promoted.
    """
    from pipeline import wiring
    from pipeline.retrain.job import roll_back

    settings = read_config(config)
    if rollback:
        shelf = wiring.make_shelf(settings)
        version = json.loads(roll_back(shelf)["card.json"])["version"]
        if as_json:
            show.print_json({"rolled_back_to": version})
        else:
            show.print_line(f"model {version} is in service again")
        return
    show_retrained(retrain_once(settings), as_json=as_json)


def retrain_once(settings: Config) -> Retrained:
    """Retrain when it is this job's turn, and note how it went."""
    from pipeline import wiring
    from pipeline.job_runs import RETRAIN
    from pipeline.retrain.job import retrain as run

    recorder = wiring.make_recorder(settings, clock=utc_now, tell=show.print_note)
    with show.progress_bar("embedding abstracts") as progress:

        def work() -> Retrained:
            return run(
                wiring.make_retrain_job(
                    settings, now=utc_now(), report=show.print_note, progress=progress
                )
            )

        return recorder.run(RETRAIN, work, problem_of=lambda _outcome: "")


def show_retrained(outcome: Retrained, *, as_json: bool) -> None:
    """What came of it, in the contract of ``retrain --json`` or in words."""
    if as_json:
        show.print_json(_as_json(outcome))
        return
    if outcome.promoted:
        show.print_line(f"model {outcome.challenger} promoted, in {outcome.where}")
    else:
        show.print_line(f"model {outcome.champion} stays")
    show.print_line(f"  {outcome.verdict}")
    if outcome.compared_on is not None and outcome.compared_on.days:
        days = outcome.compared_on.days
        show.print_line(
            f"  compared on {len(days)} days, {days[0].day} to {days[-1].day}:"
            f" {outcome.compared_on.papers} papers, {outcome.compared_on.positives} added"
        )


def _as_json(outcome: Retrained) -> dict[str, object]:
    """The contract of ``retrain --json``."""
    slice_ = outcome.compared_on
    return {
        "promoted": outcome.promoted,
        "verdict": outcome.verdict,
        "where": outcome.where,
        "champion": {
            "version": outcome.champion,
            **{name: round(found.champion, 4) for name, found in outcome.comparisons.items()},
        },
        "challenger": {
            "version": outcome.challenger,
            **{name: round(found.challenger, 4) for name, found in outcome.comparisons.items()},
        },
        "differences": {
            name: {
                "value": round(found.challenger - found.champion, 4),
                "interval": [round(found.low, 4), round(found.high, 4)],
                "worse_in": round(found.worse, 4),
            }
            for name, found in outcome.comparisons.items()
        },
        "slice": None
        if slice_ is None or not slice_.days
        else {
            "from": slice_.days[0].day.isoformat(),
            "to": slice_.days[-1].day.isoformat(),
            "days": len(slice_.days),
            "papers": slice_.papers,
            "positives": slice_.positives,
            "champion_has_seen": slice_.seen,
        },
    }
