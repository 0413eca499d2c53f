"""``shortlist demo``, ``init`` and ``doctor``: from nothing to a first run."""

from __future__ import annotations

import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from db.records import Candidate

SURE = 0.9
"""Topic probability from which the demo suggests to approve without a second look."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("demo", epilog="Example: shortlist demo /tmp/world")(demo)
    app.command("init", epilog="Example: shortlist init ../awesome-list --days ../days")(init)
    app.command("doctor", epilog="Example: shortlist doctor --json")(doctor)


def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(
            metavar="[DIR]", help="An empty or new folder.", show_default="a new temporary folder"
        ),
    ] = None,
    *,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="PATH",
            help="Where the demo's config goes.",
            show_default="DIR/config.toml",
        ),
    ] = None,
) -> None:
    """Try Shortlist on real papers and one real day of arXiv.

    Makes a small list's repository, a recorded day and a config, runs the daily job there, and
    shows the queue with the commands to type next.
    """
    from pipeline import wiring
    from pipeline.daily import run_and_record
    from pipeline.demo import DEMO_DAY, make_world

    world = folder or Path(tempfile.mkdtemp(prefix="shortlist-demo-"))
    config_path = config or world / "config.toml"
    make_world(world, config_path)
    show.print_line(f"a small world in {world}: list/ days/ {config_path.name}")
    settings = read_config(config_path)
    with show.progress_bar("embedding abstracts") as progress:
        recorder = wiring.make_recorder(settings, clock=utc_now, tell=show.print_note)
        report = run_and_record(
            lambda: wiring.make_daily_job(settings, day=DEMO_DAY, now=utc_now(), progress=progress),
            recorder,
        )
    show.print_report(report)
    if report.failed:
        raise typer.Exit(1)
    waiting = wiring.open_queue(settings).pending()
    show.print_line()
    show.print_queue(waiting)
    _print_next_steps(waiting, config_path)


def init(
    list_repo: Annotated[
        Path, typer.Argument(metavar="LIST_REPO", help="Folder of the list's git repository.")
    ],
    *,
    days: Annotated[
        Path | None,
        typer.Option("--days", metavar="DIR", help="Read recorded days from here, not arXiv."),
    ] = None,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Write a commented config file for any list repository."""
    from pipeline.setup import write_config

    files = write_config(list_repo, config, days=days)
    for file in files:
        show.print_line(
            f"{file.document.path.name}: {len(file.entries)} entries in {len(file.topics)} topics"
        )
        for remark in file.remarks:
            show.print_error(f"{file.document.path}:{remark.line}: {remark.problem}")
    show.print_line(f"topics: {', '.join(dict.fromkeys(t.name for t in files[0].topics))}")
    show.print_line(f"wrote {config}")
    show.print_line(f"next: shortlist doctor --config {shlex.quote(str(config))}")


def doctor(*, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Say what is set up and what is not.

    Exit status 1 if anything is not.
    """
    from pipeline.doctor import check_setup

    checks = check_setup(config)
    if as_json:
        show.print_json(
            [{"name": check.name, "ok": check.ok, "detail": check.detail} for check in checks]
        )
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            mark = "ok" if check.ok else "NO"
            show.print_line(f"{mark}  {check.name:{width}}  {check.detail}")
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def _print_next_steps(waiting: tuple[Candidate, ...], config_path: Path) -> None:
    """Three commands that lead to one clean commit, ready to paste."""
    program = _program()
    option = f"--config {shlex.quote(str(config_path))}"
    sure = [candidate for candidate in waiting if candidate.topic_probability >= SURE]
    best = [candidate.paper.arxiv_id for candidate in sure[:3]]
    show.print_line()
    show.print_line("Three commands to type next:")
    show.print_line(f"  {program} queue approve {' '.join(best)} {option}")
    show.print_line(f"  {program} publish --dry-run {option}")
    show.print_line(f"  {program} publish {option}")


def _program() -> str:
    """How this very program is started again from here."""
    started = Path(sys.argv[0])
    on_path = shutil.which("shortlist")
    if on_path and Path(on_path).resolve() == started.resolve():
        return "shortlist"
    if started.name != "shortlist":
        return f"{shlex.quote(sys.executable)} -m pipeline"
    here = Path.cwd()
    path = started.resolve()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
