"""The command line: one file a command group, no logic of its own.

Each command reads its options, asks ``pipeline.wiring`` for what it needs and
shows the outcome. Nothing heavy is imported before a command runs.
"""

from __future__ import annotations

import typer

from pipeline.cli import (
    daily,
    dashboard,
    digest,
    evaluate,
    fetch,
    ledger,
    lists,
    queue,
    replay,
    report,
    retrain,
    review,
    schedule,
    setup,
    state,
    story,
    train,
)

app = typer.Typer(
    help="""Keeps a curated Markdown list of papers alive.

    Each day's arXiv papers are ranked by what the list's maintainers have added before;
    what they approve is committed to the list, written as they would have written it.
    """,
    epilog="Start with `shortlist demo`; set up your own list with `shortlist init LIST_REPO`.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
setup.add_to(app)
daily.add_to(app)
fetch.add_to(app)
ledger.add_to(app)
queue.add_to(app)
story.add_to(app)
dashboard.add_to(app)
review.add_to(app)
lists.add_to(app)
train.add_to(app)
evaluate.add_to(app)
replay.add_to(app)
retrain.add_to(app)
report.add_to(app)
digest.add_to(app)
state.add_to(app)
schedule.add_to(app)
