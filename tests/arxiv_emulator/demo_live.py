"""``make demo-live``: recorded days, read as a run reads arXiv itself.

Starts the emulator over them as a program of its own, makes the demo's list with a
config that points there, lets the daily job run on the morning of each day, and
shows what the ledger knows. Nothing of the product is replaced.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.errors import PipelineError
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator.program import ROOT, Program

SHARED = ROOT.parent / "shared" / "arxiv" / "days"
"""Whole days of arXiv, where the project is developed."""

SHIPPED = ROOT / "pipeline" / "demo_data" / "days"
"""The one day that ships with the project."""

FIRST = date(2022, 6, 1)
"""The shipped model knows nothing of this day and those after it."""

DAYS = 3
MORNING = timedelta(hours=8, minutes=47)
"""From the announcement to the daily run."""

INTERRUPTED = 130
_STEPS = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Show it all; the exit status."""
    options = _parser().parse_args(arguments)
    # Like Ctrl-C, so that the emulator ends too; also where a shell had it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        return _show(options)
    except KeyboardInterrupt:
        print("\ninterrupted: the emulator has ended, the world stays as it is", file=sys.stderr)
        return INTERRUPTED
    except (PipelineError, RuntimeError) as error:
        print(f"demo-live: {error}", file=sys.stderr)
        return 1


def _show(options: argparse.Namespace) -> int:
    from pipeline.demo import make_world

    folder: Path = options.days or (SHARED if SHARED.is_dir() else SHIPPED)
    days = _days(folder, options.first)
    world = options.world or Path(tempfile.mkdtemp(prefix="shortlist-live-"))
    config = world / "config.toml"

    _step(1, f"an arXiv on this machine, with {_span(days)} from {_shown(folder)}")
    with Program("--days", folder, "--first", str(days[0]), "--last", str(days[-1])) as arxiv:
        for line in (arxiv.rss_url, arxiv.oai_url, arxiv.api_url):
            print(f"      {line}")
        print(f"      {arxiv.ask('')['papers']:,} papers; its clock stands until it is moved")

        _step(2, f"a small list of real papers in {world}")
        addresses = {
            "oai_url": arxiv.oai_url,
            "rss_url": arxiv.rss_url,
            "api_url": arxiv.api_url,
            "spacing_seconds": 0.0,
        }
        make_world(world, config, sources=addresses)
        print("      list/ is its repository; config.toml names the addresses above, and no pause")

        for number, day in enumerate(days, start=1):
            now = arxiv.clock.set(announced(day) + MORNING)
            arxiv.ask("log", method="DELETE")
            _step(3, f"morning {number} of {len(days)}: on arXiv it is {now:%a %Y-%m-%d %H:%M} UTC")
            if status := _shortlist("run", "--date", str(day), "--config", str(config)):
                return status
            asked = arxiv.ask("log?spacing_seconds=0")["requests"]
            sent = sum(row["sent"] for row in asked)
            print(f"      {len(asked)} requests, {sent / 1e6:.1f} MB: {_by_view(asked)}")

    _step(4, "what the ledger knows of these days (the emulator has ended)")
    _print_ledger(config, days, now)
    print("\nTo go on, type:")
    print(f"  .venv/bin/shortlist queue list --config {config}")
    return 0


def _days(folder: Path, first: date | None) -> list[date]:
    """The days to run, oldest first: those from ``first`` on, or where there is none, all."""
    from pipeline.sources.recorded import recorded_days

    there = sorted(recorded_days(folder))
    days = [day for day in there if day >= (first or FIRST)][:DAYS]
    if not days:
        raise RuntimeError(f"{folder} has no recorded day from {first or FIRST} on")
    return days


def _shortlist(*arguments: str) -> int:
    """Run a command of the product, as a person types it; its exit status."""
    print(f"      $ shortlist {' '.join(arguments)}", flush=True)
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments], cwd=ROOT, check=False
    ).returncode


def _print_ledger(config: Path, days: list[date], now: datetime) -> None:
    """``shortlist ledger`` as of the last of the days: it would begin today, years after them."""
    from pipeline import wiring
    from pipeline.cli import show
    from pipeline.config import load_config
    from pipeline.ledger import ledger_since, report_ledger

    span = (days[-1] - days[0]).days + 1
    ledger = wiring.open_ledger(load_config(config))
    fetches = ledger.days(since=ledger_since(days[-1], span))
    show.print_ledger(report_ledger(fetches, today=days[-1], days=span, now=now))


def _by_view(asked: Sequence[dict[str, str]]) -> str:
    names = {"rss": "feeds", "oai": "OAI-PMH", "api": "lookups"}
    views = [row["view"] for row in asked]
    return ", ".join(f"{views.count(view)} {name}" for view, name in names.items() if view in views)


def _step(number: int, text: str) -> None:
    bold, plain = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}[{number}/{_STEPS}] {text}{plain}", flush=True)


def _span(days: list[date]) -> str:
    shown = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return f"{len(days)} recorded day{'' if len(days) == 1 else 's'} ({shown})"


def _shown(folder: Path) -> str:
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.arxiv_emulator.demo_live",
        description="Three recorded days through all sources, from an arXiv on this machine.",
    )
    parser.add_argument(
        "world",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="an empty or new folder (default: a temporary one)",
    )
    parser.add_argument("--days", type=Path, metavar="DIR", help="recorded days to serve")
    parser.add_argument("--first", type=date.fromisoformat, metavar="DAY", help="the first of them")
    return parser


if __name__ == "__main__":
    sys.exit(main())
