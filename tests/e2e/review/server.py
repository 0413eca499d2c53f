"""``shortlist review`` as a process of its own, over a world that was made once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

from db.engine import open_database
from db.queue import Queue
from pipeline.demo import DEMO_DAY, make_world

CONFIG = "config.toml"
DATABASE = Path("var") / "shortlist.db"
MAINTAINER = "Demo Maintainer"
PROXY_HEADER = "X-Reviewer"
_ADDRESS = re.compile(r"review at (http://\S+)")
_NO_AUDIT = ("# audit_per_week = 3", "audit_per_week = 0")
_PROXY = (
    '# proxy_header = ""',
    f'proxy_header = "{PROXY_HEADER}"\ntrusted_proxies = ["127.0.0.1"]',
)


def make_demo(folder: Path) -> Path:
    """The demo's world with twelve candidates in its queue, as the daily job made them."""
    config = folder / CONFIG
    make_world(folder, config)
    _change(config, *_NO_AUDIT)
    subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--date", str(DEMO_DAY), "--config", config],
        check=True,
        capture_output=True,
    )
    # What the database keeps beside itself while it is written to goes back into it.
    with sqlite3.connect(folder / DATABASE) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return folder


def _change(config: Path, old: str, new: str) -> None:
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")


class ReviewServer:
    """The page over a copy of a world: what happens here stays here."""

    def __init__(self, world: Path, folder: Path, *, behind_proxy: bool = False) -> None:
        self.folder = folder
        shutil.copytree(world, folder)
        if behind_proxy:
            _change(folder / CONFIG, *_PROXY)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self._arguments = ("--port", str(self._port), "--config", str(folder / CONFIG))
        self._process: subprocess.Popen[str] | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def queue(self) -> Queue:
        """The queue behind the page."""
        return Queue(open_database(f"sqlite:///{self.folder / DATABASE}"))

    def git(self, *arguments: str) -> str:
        """What git says of the list's repository."""
        done = subprocess.run(
            ["git", "-C", self.folder / "list", *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def start(self) -> None:
        """Begin to answer, on the same port each time."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "review", *self._arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert _ADDRESS.match(line), line

    def stop(self) -> None:
        """Be gone, as when the machine sleeps or the terminal was closed."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()
        self._process = None
