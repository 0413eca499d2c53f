"""A program in a real terminal: typed at, and read, as a person would."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
SHORTLIST = (sys.executable, "-m", "pipeline")
PATIENCE_SECONDS = 60.0
"""Longest wait for what must come; nothing waits so long where it does come."""

_FRAME = re.compile(r"\x1b\[\?25l\x1b\[H(.*?)(?=\x1b\[\?25l\x1b\[H|\x1b\[\?2004l|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Program:
    """``shortlist ARGUMENTS`` with a terminal of its own as standard input, output and error.

    Args:
        arguments: What is typed after ``shortlist``.
        folder: Where it runs.
        size: Columns and lines of the terminal.
        environment: What is added to that of the tests.
        command: Another program to run, such as a shell.
    """

    def __init__(
        self,
        *arguments: str | Path,
        folder: Path,
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
        command: tuple[str, ...] = SHORTLIST,
    ) -> None:
        inherited = {k: v for k, v in os.environ.items() if k not in {"EDITOR", "VISUAL"}}
        self.said = ""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(
                command[0],
                [*command, *map(str, arguments)],
                {
                    **inherited,
                    "TERM": "xterm-256color",
                    "PYTHONPATH": str(ROOT),
                    **(environment or {}),
                },
            )
        self.resize(size)

    def resize(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    @property
    def frame(self) -> list[str]:
        """The lines of the newest frame, without colours."""
        frames = _FRAME.findall(self.said)
        lines = _ESCAPE.sub("", frames[-1]).split("\n") if frames else []
        return [line.rstrip("\r") for line in lines]

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Reads until ``holds``; fails with what was seen last."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds():
            left = end - time.monotonic()
            assert left > 0, f"{what} never came; last seen: {self.frame or self.said[-2000:]}"
            self._read(min(left, 0.2))

    def until_shown(self, text: str) -> list[str]:
        self.until(lambda: text in "\n".join(self.frame), text)
        return self.frame

    def until_said(self, text: str) -> None:
        self.until(lambda: text in self.said, text)

    def wait(self) -> int:
        """Until it ends; its exit status, negative for a signal."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._read(0.2)
                os.close(self._terminal)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.pid, signal.SIGKILL)
        raise AssertionError(f"it never ended; last seen: {self.frame}")

    def end(self) -> None:
        """Ends it if a test did not."""
        with contextlib.suppress(ChildProcessError, ProcessLookupError, OSError):
            if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                os.close(self._terminal)

    @property
    def is_raw(self) -> bool:
        """Whether keys come one by one and unseen."""
        flags = termios.tcgetattr(self._terminal)[3]
        return not flags & (termios.ICANON | termios.ECHO)

    @property
    def is_on_other_screen(self) -> bool:
        return self.said.rfind("\x1b[?1049h") > self.said.rfind("\x1b[?1049l")

    @property
    def has_cursor(self) -> bool:
        return self.said.rfind("\x1b[?25h") > self.said.rfind("\x1b[?25l")

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if ready:
            try:
                self.said += os.read(self._terminal, 65536).decode("utf-8", "replace")
            except OSError:  # the other side is closed
                time.sleep(min(seconds, 0.05))
