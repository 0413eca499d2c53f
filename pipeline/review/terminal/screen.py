"""The terminal as a screen: whole frames out, single keys in, and everything put back at the end.

Whatever ends the program (a key, Ctrl-C, a signal, a bug), the terminal is left as it was found;
Ctrl-Z stops the program likewise, and it draws again when it goes on. Knows nothing of papers.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import select
import shutil
import signal
import sys
import termios
import tty
from collections import deque
from typing import TYPE_CHECKING, NoReturn, Protocol

from rich.console import Console

from pipeline.review.terminal.keys import PASTE_OFF, PASTE_ON, KeyDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

    from rich.text import Text

REDRAW = ""
"""Given instead of a key when the window changed, or the program goes on after a stop."""

_ENTER = "\x1b[?1049h\x1b[?25l" + PASTE_ON
_LEAVE = PASTE_OFF + "\x1b[?25h\x1b[?1049l"
# Source: xterm, "DEC Private Mode Set": another screen, no cursor.
_ESCAPE_SECONDS = 0.05
"""How long after an escape the rest of a sequence may take to come, over ssh too."""


class Screen(Protocol):
    """What shows frames and gives keys."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        ...

    def draw(self, lines: Sequence[Text], *, cursor: tuple[int, int] | None = None) -> None:
        """Show ``lines`` from the top, the rest empty; a cursor at (line, column), or none."""
        ...

    def key(self) -> str:
        """The next key (:mod:`pipeline.review.terminal.keys`), or :data:`REDRAW`."""
        ...

    def lent(self) -> contextlib.AbstractContextManager[None]:
        """The terminal as it was before, for another program, until the end of the block."""
        ...


@contextlib.contextmanager
def logs_held() -> Iterator[None]:
    """Keeps what is logged until the block ends: a line on the screen would be drawn over."""
    root = logging.getLogger()
    held: list[logging.LogRecord] = []

    class Held(logging.Handler):
        """Keeps the events."""

        def emit(self, record: logging.LogRecord) -> None:
            held.append(record)

    before, root.handlers = root.handlers, [Held()]
    try:
        yield
    finally:
        root.handlers = before
        for record in held:
            root.handle(record)


class TerminalScreen:
    """A real terminal; use it as a context manager."""

    def __init__(self) -> None:
        self._in, self._out = sys.stdin.fileno(), sys.stdout.fileno()
        self._decoder = KeyDecoder()
        self._keys: deque[str] = deque()
        self._before: list[object] = []
        self._handlers: dict[signal.Signals, object] = {}
        self._must_redraw = False
        self._is_entered = False
        self._wake_reader, self._wake_writer = -1, -1

    # -- in and out --------------------------------------------------------

    def __enter__(self) -> TerminalScreen:
        self._before = termios.tcgetattr(self._in)
        self._wake_reader, self._wake_writer = os.pipe()
        for end in (self._wake_reader, self._wake_writer):
            os.set_blocking(end, False)
        self._wake_before = signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        for which, handler in (
            # A shell's background job is begun with Ctrl-C ignored; before a screen it counts.
            (signal.SIGINT, signal.default_int_handler),
            (signal.SIGTERM, self._end),
            (signal.SIGHUP, self._end),
            (signal.SIGTSTP, self._stop),
            (signal.SIGWINCH, self._changed),
        ):
            self._handlers[which] = signal.signal(which, handler)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        # Nothing may come between: a second Ctrl-C must not leave the terminal as it is.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._give_back()
        signal.set_wakeup_fd(self._wake_before)
        for which, handler in self._handlers.items():
            signal.signal(which, handler)  # type: ignore[arg-type]
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        """The terminal as it was before, for another program, until the end of the block."""
        self._give_back()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        # Every key by itself, unseen; Ctrl-C and Ctrl-Z stay signals.
        tty.setcbreak(self._in, termios.TCSADRAIN)
        self._is_entered = True
        self._write(_ENTER)

    def _give_back(self) -> None:
        if not self._is_entered:
            return
        self._is_entered = False
        with contextlib.suppress(OSError, termios.error):  # a terminal that is gone needs nothing
            self._write(_LEAVE)
            termios.tcsetattr(self._in, termios.TCSADRAIN, self._before)  # type: ignore[arg-type]

    # -- signals -----------------------------------------------------------

    def _end(self, number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    def _changed(self, _number: int, _frame: FrameType | None) -> None:
        self._must_redraw = True

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        was_entered = self._is_entered
        self._give_back()
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTSTP)
        # Here the program goes on, perhaps hours later and in another window.
        signal.signal(signal.SIGTSTP, self._stop)
        if was_entered:
            self._take()
        self._must_redraw = True

    # -- frames and keys ---------------------------------------------------

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        found = shutil.get_terminal_size()
        with contextlib.suppress(OSError):
            # Unlike shutil this asks the window, not the environment that it began with.
            found = os.get_terminal_size(self._out)
        return max(found.columns, 20), max(found.lines, 8)

    def draw(self, lines: Sequence[Text], *, cursor: tuple[int, int] | None = None) -> None:
        """Show ``lines`` from the top, the rest empty."""
        columns, rows = self.size
        console = Console(
            file=io.StringIO(),
            force_terminal=True,
            width=columns,
            height=rows,
            highlight=False,
            markup=False,
            emoji=False,
            legacy_windows=False,
        )
        parts = ["\x1b[?25l\x1b[H"]
        for number in range(rows):
            with console.capture() as captured:
                if number < len(lines):
                    console.print(lines[number], end="", no_wrap=True, overflow="crop", crop=True)
            parts.append(captured.get() + "\x1b[0m\x1b[K" + ("\r\n" if number < rows - 1 else ""))
        if cursor is not None:
            parts.append(f"\x1b[{cursor[0] + 1};{cursor[1] + 1}H\x1b[?25h")
        self._write("".join(parts))

    def key(self) -> str:
        """The next key, or :data:`REDRAW`."""
        while not self._keys:
            if self._must_redraw:
                self._must_redraw = False
                return REDRAW
            timeout = _ESCAPE_SECONDS if self._decoder.is_undecided else None
            ready, _, _ = select.select([self._in, self._wake_reader], [], [], timeout)
            if not ready:
                self._keys.extend(self._decoder.settle())
            if self._wake_reader in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake_reader, 1024)
            if self._in in ready:
                data = os.read(self._in, 4096)
                if not data:
                    raise SystemExit(128 + signal.SIGHUP)  # the terminal is gone
                self._keys.extend(self._decoder.feed(data))
        return self._keys.popleft()

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        while data:
            data = data[os.write(self._out, data) :]
