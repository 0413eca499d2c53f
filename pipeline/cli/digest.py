"""``shortlist digest``: what was added and what waits, for a mail or the Actions page."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

WEEK_DAYS = 7


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("digest", epilog='Example: shortlist digest --week >> "$GITHUB_STEP_SUMMARY"')(
        digest
    )


def digest(
    *,
    week: Annotated[bool, typer.Option("--week", help="The last seven days.")] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tell in Markdown what was added and what waits.

    For a mail or for the summary of an Actions run: the papers of the last 24 hours, the most
    relevant of those that wait, and the days of which papers may be missing. Changes nothing.
    """
    from pipeline import wiring
    from pipeline.digest import gather_digest
    from pipeline.pages.digest import render_digest

    days = WEEK_DAYS if week else 1
    facts = gather_digest(wiring.make_digest_job(read_config(config), days=days, now=utc_now()))
    if as_json:
        show.print_json(json.loads(json.dumps(asdict(facts), default=_as_text)))
    else:
        show.print_markdown(render_digest(facts))


def _as_text(moment: object) -> str:
    from datetime import date

    return moment.isoformat() if isinstance(moment, date) else str(moment)
