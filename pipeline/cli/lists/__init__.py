"""``shortlist lists …``: reading, checking and keeping list files."""

from __future__ import annotations

import typer

from pipeline.cli.lists import check, contribution, read, rollover, topics

lists_app = typer.Typer(help="Read, check and keep list files.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the command group."""
    for part in (read, check, contribution, rollover, topics):
        part.add_to(lists_app)
    app.add_typer(lists_app, name="lists")
