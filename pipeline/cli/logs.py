"""Log lines on stderr: one an event, safe to print whatever they quote."""

from __future__ import annotations

import logging

import typer

from pipeline.cli.show import printable


class OneLine(logging.Formatter):
    """Text in which neither a line break nor an escape code of a quoted title survives."""

    def format(self, record: logging.LogRecord) -> str:
        """The event on one line; a traceback, which is ours, follows as it is."""
        trace, record.exc_info, record.exc_text = record.exc_info, None, None
        try:
            line = printable(super().format(record).replace("\n", " "))
        finally:
            record.exc_info = trace
        return f"{line}\n{self.formatException(trace)}" if trace else line


class _ToStderr(logging.Handler):
    """Writes to what stderr is at the time, also where it has been replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        typer.echo(self.format(record), err=True)


def set_up_logs(level: int = logging.WARNING) -> None:
    """Send what the program logs to stderr; a second call changes the level only."""
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, OneLine) for handler in root.handlers):
        handler = _ToStderr()
        handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(handler)
    root.setLevel(level)
