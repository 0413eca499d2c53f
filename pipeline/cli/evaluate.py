"""``shortlist evaluate``: how well topics are told apart on a list as it is."""

from __future__ import annotations

from typing import Annotated, Any

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
from pipeline.cli.train import settings_for

REPEATS = 3


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "evaluate",
        epilog="Example: shortlist evaluate --list ../awesome-list --papers papers.jsonl.gz",
    )(evaluate)


def evaluate(
    *,
    list_repo: ListOption = None,
    papers: PapersOption = None,
    repeats: Annotated[
        int, typer.Option(min=1, max=100, help="How many times the folds are dealt.")
    ] = REPEATS,
    drafts: Annotated[
        bool, typer.Option("--drafts", help="Score drafted entries instead of topics.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Score the topics on the list's own entries, held out in turn.

    Five stratified folds, and beside them each fifth of the list by a model of what came before it.
    Entries without abstract are scored on title and digest, and counted separately. With --drafts,
    key words, venue, code links and digests that Shortlist would write are held against the
    maintainers' own, each beside a simple baseline.
    """
    from db.vectors import VectorCache
    from models.encoder import load_encoder
    from pipeline import wiring
    from pipeline.evaluate import EvaluateJob, evaluate_topics

    settings = settings_for(config, list_repo)
    if drafts:
        from pipeline.cli.evaluate_drafts import evaluate_drafts

        evaluate_drafts(
            settings.list.repo, tuple(papers or settings.training.papers), as_json=as_json
        )
        return
    with show.progress_bar("scoring topics") as progress:
        scores = evaluate_topics(
            EvaluateJob(
                list_repo=settings.list.repo,
                list_names=(settings.list.preview, settings.list.full),
                papers=tuple(papers or settings.training.papers),
                aliases=wiring.topic_aliases(settings),
                coverage=settings.models.coverage,
                repeats=repeats,
                today=utc_now().date(),
                encoder=load_encoder(settings.models.encoder),
                cache=VectorCache(settings.cache_path),
                report=show.print_note,
                progress=progress,
            )
        )
    if as_json:
        show.print_json(scores)
    else:
        _print(scores)


def _print(scores: dict[str, Any]) -> None:
    columns = ("n", "accuracy", "macro_f1", "top2_accuracy", "ece", "coverage", "mean_set_size")
    show.print_line(f"{'':<20}" + "".join(f"{name.replace('_', ' '):>15}" for name in columns))
    rows = {
        "five folds": scores,
        "by time": scores["by_time"],
        "without abstract": scores["without_abstract"],
    }
    for name, row in rows.items():
        show.print_line(f"{name:<20}" + "".join(_cell(row[column]) for column in columns))
    repeats = scores["repeats"]
    if repeats["n"] > 1:
        for name in columns[1:]:
            found = repeats[name]
            show.print_line(
                f"  {name.replace('_', ' ')} over {repeats['n']} deals:"
                f" {found['mean']:.3f} (from {found['min']:.3f} to {found['max']:.3f})"
            )
    show.print_line()
    for topic, row in sorted(scores["per_topic"].items(), key=lambda item: -item[1]["n"]):
        show.print_line(
            f"  {topic}: {row['n']} papers, F1 {row['f1']:.2f}, coverage {row['coverage']:.2f}"
        )
    for note in scores["notes"]:
        show.print_line(note)


def _cell(value: float | None) -> str:
    if value is None:
        return f"{'–':>15}"
    return f"{value:>15}" if isinstance(value, int) else f"{value:>15.3f}"
