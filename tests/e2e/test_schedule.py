"""The scheduler as a process: it starts, says its times, is alone, and ends when asked to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from urllib.request import urlopen

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import JobRun

TIMES = [
    "daily: mon-fri at 00:47 and 06:17 America/New_York\n",
    "cleanup: mon-sun at 11:17 America/New_York\n",
    "retrain: sat at 05:17 America/New_York\n",
    "rollover: sun at 05:17 America/New_York\n",
]


@contextmanager
def scheduled(world, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pipeline", "schedule", "--no-review", *options],
        cwd=world,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], words: str) -> None:
    assert process.stderr is not None
    while words not in (line := process.stderr.readline()):
        assert line, "it ended"


@pytest.mark.parametrize(("stop", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_says_its_times_and_ends_when_asked_to(world, stop, status):
    with scheduled(world) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in TIMES] == TIMES
        wait_for(process, "waiting; the next job is")
        process.send_signal(stop)
        assert process.wait(timeout=60) == status


def test_the_review_page_is_served_beside_the_jobs_and_ends_with_them(world):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = world / "config.toml"
    text = config.read_text(encoding="utf-8").replace("# port = 8765", f"port = {port}")
    assert f"port = {port}" in text
    config.write_text(text, encoding="utf-8")
    with scheduled(world, "--review") as process:
        wait_for(process, f"review at http://127.0.0.1:{port}/")
        with urlopen(f"http://127.0.0.1:{port}/api/queue") as answer:
            assert json.load(answer)["total"] == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_second_schedule_is_refused_in_one_line_and_a_job_by_hand_runs_beside_the_first(
    world, shortlist
):
    with scheduled(world) as process:
        wait_for(process, "waiting; the next job is")
        second = shortlist("schedule", "--no-review")
        assert second.status == 1
        (line,) = second.told
        assert line.startswith(f"shortlist schedule (process {process.pid}, since ")
        assert line.endswith(" UTC) is at work here: try again later")
        assert shortlist("schedule", "--once", "cleanup").status == 0


def test_what_was_missed_while_the_machine_was_off_runs_at_the_start_and_is_noted(world):
    ledger = Ledger(open_database(f"sqlite:///{world}/var/shortlist.db"))
    long_ago = datetime.now(UTC) - timedelta(days=30)
    for job in ("daily", "retrain", "rollover"):
        ledger.record_run(JobRun(job=job, started_at=long_ago, finished_at=long_ago, status="ok"))
    with scheduled(world, "--skip", "daily", "--skip", "retrain", "--json") as process:
        wait_for(process, "job rollover ended well")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert process.stdout is not None
        told = json.loads(process.stdout.read())
    missed = {job["name"]: job["missed"] for job in told["jobs"]}
    assert missed == {"cleanup": True, "rollover": True}
    runs = {run.job: run for run in ledger.last_runs()}
    assert {name for name, run in runs.items() if run.started_at > long_ago} == {
        "cleanup",
        "rollover",
    }
