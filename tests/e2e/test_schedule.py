"""The scheduler as a process: it starts, says its times, and ends when asked to."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_says_its_times_and_ends_when_asked_to(world, stop, status):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pipeline", "schedule"],
        cwd=world,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process:
        try:
            assert process.stdout.readline() == "daily: mon-fri at 04:47 and 10:17 UTC\n"
            while "Scheduler started" not in process.stderr.readline():
                assert process.poll() is None
            process.send_signal(stop)
            assert process.wait(timeout=60) == status
        finally:
            process.kill()
