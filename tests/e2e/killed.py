"""Runs of the daily intake in processes that can be killed. Nothing of the product is replaced."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import Pool

from pipeline.__main__ import main
from pipeline.setup import config_text
from tests.forkserver import FORK_SERVER
from tests.live_world import CATEGORIES, SETS, LiveWorld

TRIAGED = "triaged.txt"
"""The file with the papers that were news in a run that came to its end."""


class Moment(Enum):
    """When in a transaction that writes the process dies."""

    BEFORE_COMMIT = "before"
    AFTER_COMMIT = "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A clock that stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def set(self, moment: datetime) -> datetime:
        return moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What a run needs to know of an emulator in another process."""

    oai_url: str
    rss_url: str
    api_url: str
    clock: Fixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A daily run in a process of its own.

    Attributes:
        arxiv: Who is asked.
        folder: Of the database.
        day: The announcement day.
        spacing_seconds: Between requests.
        dies: The number of the transaction that writes (from 1) with which the process
            ends, and when in it; ``None`` if it does not by itself.
        as_command: Through ``shortlist fetch`` with a config, not through its parts.
    """

    arxiv: Elsewhere
    folder: Path
    day: date
    spacing_seconds: float = 0.0
    dies: tuple[int, Moment] | None = None
    as_command: bool = False

    def start(self) -> BaseProcess:
        """The process, running."""
        process = FORK_SERVER.Process(target=_run, args=(self,))
        process.start()
        return process

    def end(self) -> int:
        """Run to the end; the exit status, as ``multiprocessing`` tells it."""
        process = self.start()
        process.join()
        assert process.exitcode is not None
        return process.exitcode


def _run(run: Run) -> None:
    if run.dies is not None:
        _die_with(*run.dies)
    # What the run says is not for the terminal of the tests.
    sys.stdout = sys.stderr = open(run.folder / "said.txt", "a")  # noqa: SIM115, PTH123
    if run.as_command:
        _fetch(run)
    else:
        world = LiveWorld(
            emulator=run.arxiv,  # type: ignore[arg-type]
            folder=run.folder,
            spacing_seconds=run.spacing_seconds,
        )
        world.run(run.day, at=run.arxiv.clock.now())
        (run.folder / TRIAGED).write_text("\n".join(paper.arxiv_id for paper in world.triaged))


def _fetch(run: Run) -> None:
    """``shortlist fetch --date DAY``, as a person types it."""
    settings = {
        "sources": {
            "categories": list(CATEGORIES),
            "sets": list(SETS),
            "oai_url": run.arxiv.oai_url,
            "rss_url": run.arxiv.rss_url,
            "api_url": run.arxiv.api_url,
            "spacing_seconds": run.spacing_seconds,
        },
        "queue": {"url": f"sqlite:///{run.folder}/shortlist.db"},
    }
    config = run.folder / "config.toml"
    config.write_text(config_text(settings), encoding="utf-8")
    sys.argv = ["shortlist", "fetch", "--date", str(run.day), "--config", str(config)]
    main()


def _die_with(number: int, moment: Moment) -> None:
    """End this process, as ``kill -9`` does, with the transaction of that number that writes.

    SQLAlchemy says "commit" before it commits, and takes a connection back to its
    pool once it has: these are the two moments.
    """
    begun = 0

    @event.listens_for(Engine, "commit")
    def before(connection: Connection) -> None:
        nonlocal begun
        begun += bool(connection.get_execution_options().get("shortlist_writes"))
        if begun == number and moment is Moment.BEFORE_COMMIT:
            _die()

    @event.listens_for(Pool, "checkin")
    def after(*_: object) -> None:
        if begun == number:
            _die()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()
