"""``shortlist state``: the queue on a branch of the list's repository, between runs."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, read_config, utc_now

state_app = typer.Typer(help="Keep the queue on a branch between runs.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    state_app.command("save", epilog="Example: shortlist state save --push")(save)
    state_app.command("load", epilog="Example: shortlist state load")(load)
    app.add_typer(state_app, name="state")


def save(
    *,
    push: Annotated[
        bool, typer.Option("--push/--no-push", help="Push the branch to the list's origin.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the queue to the state branch.

    One commit, and none if nothing changed.
    """
    from pipeline import wiring
    from pipeline.state.snapshot import save_snapshot

    settings = read_config(config)
    commit = save_snapshot(
        wiring.open_engine(settings),
        wiring.open_repository(settings),
        settings.state.branch,
        identity=wiring.author(settings),
        push=push,
        now=utc_now(),
    )
    branch = settings.state.branch
    show.print_line(f"state saved on {branch}: {commit[:10]}" if commit else "state unchanged")


def load(
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Read the queue from the state branch into the database."""
    from pipeline import wiring
    from pipeline.state.snapshot import load_snapshot

    settings = read_config(config)
    found = load_snapshot(
        wiring.open_engine(settings),
        wiring.open_repository(settings),
        settings.state.branch,
        replace=replace,
    )
    branch = settings.state.branch
    show.print_line(
        f"state loaded from {branch}" if found else f"no state on {branch} yet: a first run"
    )
