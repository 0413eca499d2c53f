"""``shortlist train``: a model of a list, from nothing."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
    utc_now,
)

if TYPE_CHECKING:
    from pipeline.config import Config

DEFAULT_OUT = Path("var/model")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "train",
        epilog="Example: shortlist train --list ../awesome-list --papers papers.jsonl.gz"
        " --days ../days --until 2022-05-31",
    )(train)


def train(
    *,
    list_repo: ListOption = None,
    papers: PapersOption = None,
    days: DaysOption = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DD", help="The last day that may be known.", show_default="today"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the model goes.", show_default=str(DEFAULT_OUT)),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Train a model on a list's own entries.

    Relevance is learned against papers of past days that were not added, topics from the headings.
    Abstracts that `shortlist fetch --list` or daily runs brought count beside those of files.
    Encoding is nearly all of the time: about ten abstracts a second on two cores, each text once.
    """
    from db.vectors import VectorCache
    from models.artifact import save_artifact
    from models.card import render_card
    from models.encoder import load_encoder
    from pipeline import wiring
    from pipeline.train import TrainJob, train_models

    settings, now = settings_for(config, list_repo), utc_now()
    folder = out or settings.models.artifact or DEFAULT_OUT
    with show.progress_bar("embedding abstracts") as progress:
        artifact = train_models(
            TrainJob(
                list_repo=settings.list.repo,
                list_names=(settings.list.preview, settings.list.full),
                papers=tuple(papers or settings.training.papers),
                days=tuple(days or settings.training.days),
                until=parse_day(until, default=now.date()),
                aliases=wiring.topic_aliases(settings),
                half_life_days=settings.training.half_life_days,
                encoder=load_encoder(settings.models.encoder),
                cache=VectorCache(settings.cache_path),
                now=now,
                report=show.print_note,
                progress=progress,
                remembered=lambda arxiv_ids: wiring.remembered_papers(settings, arxiv_ids),
            )
        )
    save_artifact(artifact, folder)
    card = artifact.card
    if as_json:
        show.print_json(json.loads(render_card(card)))
        return
    show.print_line(f"model {card.version} in {folder}")
    for name, value in card.scores.items():
        show.print_line(f"  {name.replace('_', ' ')}: {value:.3f}")
    for topic, count in card.topics.items():
        show.print_line(f"  {topic}: {count} entries")
    if settings.models.artifact != folder.resolve():
        show.print_line(f"to use it: [models] artifact = {shlex.quote(str(folder))}")


def settings_for(config: Path, list_repo: Path | None) -> Config:
    """The config if there is one; with ``--list`` training does without."""
    from pipeline.config import load_config, parse_config

    if list_repo is None or config.is_file():
        settings = load_config(config)
        if list_repo is None:
            return settings
        table = settings.list.model_copy(update={"repo": list_repo.resolve()})
        return settings.model_copy(update={"list": table})
    return parse_config({"list": {"repo": str(list_repo.resolve())}}, path=config)
