"""Log lines are one line each, whatever they quote."""

from __future__ import annotations

import logging

import pytest

from pipeline.cli.logs import OneLine


def record(message: str, *arguments: object, trace=None) -> logging.LogRecord:
    return logging.LogRecord("test", logging.WARNING, __file__, 1, message, arguments, trace)


def test_a_quoted_title_neither_breaks_the_line_nor_drives_the_terminal():
    line = OneLine("%(message)s").format(record("set aside: %s", "Red\x1b[31m\nERROR forged\r"))
    assert line == "set aside: Red�[31m ERROR forged�"


def test_a_traceback_follows_its_event():
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / 0
    text = OneLine("%(message)s").format(record("it failed", trace=caught._excinfo))
    first, *rest = text.splitlines()
    assert first == "it failed"
    assert rest[-1] == "ZeroDivisionError: division by zero"
