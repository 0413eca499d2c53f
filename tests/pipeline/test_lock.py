"""One at a time: two processes and one lock file."""

from __future__ import annotations

import multiprocessing
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import BusyError, SetupError
from pipeline.lock import hold_lock

NOW = datetime(2026, 11, 23, 5, 47, tzinfo=UTC)
_FORK = multiprocessing.get_context("fork")


def hold(path: Path, pipe) -> None:
    with hold_lock(path, "daily", now=NOW, tell=print):
        pipe.send("held")
        pipe.recv()


@pytest.fixture
def other(tmp_path):
    """Another process that holds the lock until it is told to let go."""
    ours, theirs = _FORK.Pipe()
    process = _FORK.Process(target=hold, args=(tmp_path / "var" / "job.lock", theirs))
    process.start()
    assert ours.recv() == "held"
    yield process, ours
    process.kill()
    process.join()


def test_who_comes_second_is_told_in_one_line_whom_it_waits_for_and_then_goes_on(tmp_path, other):
    process, pipe = other
    told = []

    def tell(line: str) -> None:
        told.append(line)
        pipe.send("let go")

    with hold_lock(tmp_path / "var" / "job.lock", "retrain", now=NOW, tell=tell):
        pass
    (line,) = told
    assert line == (
        f"daily (process {process.pid}, since 2026-11-23 05:47 UTC) is at work here;"
        " waiting for it to end"
    )


def test_who_will_not_wait_is_refused_in_one_line(tmp_path, other):
    process, _pipe = other
    path = tmp_path / "var" / "job.lock"
    with (
        pytest.raises(BusyError) as refusal,
        hold_lock(path, "retrain", now=NOW, tell=print, patience_seconds=0.0),
    ):
        pass
    assert str(refusal.value) == (
        f"daily (process {process.pid}, since 2026-11-23 05:47 UTC) is at work here:"
        " try again later"
    )


def test_a_process_that_is_killed_holds_nothing(tmp_path, other):
    process, _pipe = other
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    path = tmp_path / "var" / "job.lock"
    with hold_lock(path, "retrain", now=NOW, tell=print, patience_seconds=0.0):
        pass


def test_who_holds_it_need_not_be_readable(tmp_path, other):
    (tmp_path / "var" / "job.json").write_text("{half")
    path = tmp_path / "var" / "job.lock"
    with (
        pytest.raises(BusyError, match=r"^another shortlist is at work here"),
        hold_lock(path, "retrain", now=NOW, tell=print, patience_seconds=0.0),
    ):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "var").write_text("a file")
    path = tmp_path / "var" / "job.lock"
    with (
        pytest.raises(SetupError, match=r"job\.lock cannot be used as a lock"),
        hold_lock(path, "daily", now=NOW, tell=print),
    ):
        pass
