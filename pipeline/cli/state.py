"""``shortlist state``: the queue on a branch of the list's repository, between runs."""

from __future__ import annotations

from typing import Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

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
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write the queue to the state branch.

    One commit, and none if nothing changed. What somebody else saved meanwhile is fetched, and what
    was done here is done again on top of it; of two decisions about one paper the one that was
    saved first stands, and the other is named. Identifiers older than [state] keep_seen_days are
    forgotten first.
    """
    from pipeline import wiring
    from pipeline.cleanup import forget_old
    from pipeline.errors import ListFormatError
    from pipeline.state.snapshot import save_snapshot

    settings, now = read_config(config), utc_now()
    try:
        forget_old(wiring.make_forgetting(settings, now=now))
    except ListFormatError as error:  # the state is saved whatever the list looks like
        show.print_error(f"nothing old was forgotten: {error}")
    saved = save_snapshot(
        wiring.open_engine(settings),
        wiring.open_repository(settings),
        settings.state.branch,
        identity=wiring.author(settings),
        push=push,
        now=now,
    )
    branch = settings.state.branch
    if as_json:
        show.print_json(
            {
                "branch": branch,
                "commit": saved.commit,
                "merged": saved.merged,
                "lost": [str(each) for each in saved.lost],
            }
        )
    elif saved.commit:
        after = f", after what others saved ({saved.merged} times)" if saved.merged else ""
        show.print_line(f"state saved on {branch}: {saved.commit[:10]}{after}")
    else:
        show.print_line("state unchanged")
    for each in saved.lost:
        show.print_error(str(each))


def load(
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace what the database holds.")
    ] = False,
    commit: Annotated[
        str,
        typer.Option("--commit", metavar="COMMIT", help="An earlier save, where the last is bad."),
    ] = "",
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Read the queue from the state branch into the database.

    A state that was cut off or edited wrongly is refused with file and line, and the last save that
    is whole is named: --commit goes on from there.

    With --replace, a database that is damaged is moved aside first.
    """
    from pipeline import wiring
    from pipeline.state.snapshot import load_snapshot, restore_snapshot

    settings = read_config(config)
    open_engine = wiring.open_engine_anew if replace else wiring.open_engine
    engine, repository = open_engine(settings), wiring.open_repository(settings)
    branch = settings.state.branch
    if commit:
        loaded = restore_snapshot(
            engine,
            repository,
            branch,
            commit,
            identity=wiring.author(settings),
            replace=replace,
        )
    else:
        loaded = load_snapshot(engine, repository, branch, replace=replace)
    if as_json:
        lost = [str(each) for each in loaded.lost]
        show.print_json({"branch": branch, "commit": loaded.commit, "lost": lost})
    elif commit:
        show.print_line(f"state of {commit} loaded; the next save goes on from it")
    else:
        show.print_line(
            f"state loaded from {branch}"
            if loaded.commit
            else f"no state on {branch} yet: a first run"
        )
    for each in loaded.lost:
        show.print_error(str(each))
