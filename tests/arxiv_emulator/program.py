"""The emulator in a process of its own, started and spoken to from another.

For what one process cannot show: a server that is killed, a client whose time and
memory are measured alone. Stands in for an :class:`Emulator` where a client only
needs addresses and the clock.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 120.0
"""Longest time until it answers: it may have a hundred thousand papers to make up."""

_STOP_SECONDS = 10.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Program:
    """``python -m tests.arxiv_emulator``, as a context manager.

    Attributes:
        oai_url: Like ``https://oaipmh.arxiv.org/oai``.
        rss_url: Like ``https://rss.arxiv.org/rss``.
        api_url: Like ``https://export.arxiv.org/api/query``.
        control_url: The control interface.
        clock: Its virtual time, read and moved from here.

    Args:
        arguments: Its options, as a person types them.
    """

    def __init__(self, *arguments: str | Path) -> None:
        self._arguments = tuple(map(str, arguments))
        self._process: subprocess.Popen[str] | None = None
        self.oai_url = self.rss_url = self.api_url = self.control_url = ""
        self.clock = RemoteClock(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether it was started from here and has not ended."""
        return self._process is not None

    @property
    def port(self) -> int:
        """Where it listens."""
        port = urlsplit(self.control_url).port
        assert port is not None, "it is not started"
        return port

    @classmethod
    def at(cls, control_url: str) -> Program:
        """One that somebody else started and will stop."""
        program = cls()
        program._learn({"control_url": control_url, **_ask(control_url)})
        return program

    def start(self) -> None:
        """Start it, on the port it had before if it had one, and wait until it listens.

        Raises:
            RuntimeError: It ended at once; the message is what it said.
        """
        port = ("--port", str(self.port)) if self.control_url else ()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.arxiv_emulator", "--json", *self._arguments, *port],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C in a terminal is for the program in front of it, which then stops this one.
            start_new_session=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError(f"the emulator ended with status {self._process.wait()}")
        self._learn(json.loads(said))

    def stop(self) -> None:
        """Ask it to end, and wait for it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it without a word: connections break, the port is refused."""
        self._end(signal.SIGKILL)

    def ask(self, path: str, body: object = None, *, method: str = "") -> Any:
        """One request of the control interface, and its answer."""
        return _ask(f"{self.control_url}/{path}", body, method)

    def _learn(self, urls: Mapping[str, str]) -> None:
        self.oai_url, self.rss_url = urls["oai_url"], urls["rss_url"]
        self.api_url, self.control_url = urls["api_url"], urls["control_url"]

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


class RemoteClock:
    """The virtual time of a program."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def now(self) -> datetime:
        """The virtual time (aware, UTC)."""
        return datetime.fromisoformat(self._program.ask("clock")["now"])

    def set(self, moment: datetime) -> datetime:
        """Move to ``moment`` (aware), also backwards."""
        answer = self._program.ask("clock", {"now": moment.isoformat()})
        return datetime.fromisoformat(answer["now"])


def _ask(url: str, body: object = None, method: str = "") -> Any:
    request = urllib.request.Request(
        url,
        data=None if body is None else json.dumps(body).encode(),
        method=method or ("GET" if body is None else "POST"),
    )
    with _DIRECT.open(request, timeout=START_SECONDS) as answer:
        return json.load(answer)
