"""The review page killed while people decide: what was answered is kept."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from http.client import HTTPException
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from db.records import State
from tests.builders import NOW, make_candidate
from tests.pipeline.review.web.serving import Client

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[2]
CANDIDATES = 400
REVIEWERS = 8
ANSWERED = 60
"""Decisions after which the page is killed."""


def start(world: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pipeline", "review", "--port", "0"],
        cwd=world,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"(http://\S+)/", process.stdout.readline())
    assert found
    return process, found[1]


def test_no_decision_that_was_answered_is_lost_when_the_page_is_killed(world):
    queue = Queue(open_database(f"sqlite:///{world}/var/shortlist.db"))
    candidates = [make_candidate(f"2206.{number:05}") for number in range(1, CANDIDATES + 1)]
    queue.record([each.paper for each in candidates], candidates, now=NOW)
    process, address = start(world)
    kept: dict[str, str] = {}
    enough = threading.Event()

    def decide(place: int) -> None:
        try:
            client = Client(address).signed()
            for candidate in candidates[place::REVIEWERS]:
                arxiv_id = candidate.paper.arxiv_id
                verdict = "approve" if len(kept) % 2 else "reject"
                answer = client.post(
                    f"/api/candidates/{arxiv_id}/decision", {"verdict": verdict, "revision": 0}
                )
                assert answer.status == 200
                kept[arxiv_id] = answer.json["state"]
                if len(kept) >= ANSWERED:
                    enough.set()
        except (OSError, HTTPException, ValueError):
            enough.set()  # the page is gone, perhaps in the middle of an answer

    threads = [threading.Thread(target=decide, args=(place,)) for place in range(REVIEWERS)]
    for thread in threads:
        thread.start()
    assert enough.wait(120)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for thread in threads:
        thread.join()

    assert ANSWERED <= len(kept) < CANDIDATES
    for arxiv_id, state in kept.items():
        assert queue.get(arxiv_id).state == state
        assert len(queue.history(arxiv_id)) == 1
    decided = [each for each in queue.candidates() if each.state is not State.PENDING]
    # One a reviewer may have been decided and never answered.
    assert len(kept) <= len(decided) <= len(kept) + REVIEWERS

    again, address = start(world)
    try:
        waiting = Client(address).get("/api/queue?state=pending").json["total"]
        assert waiting == CANDIDATES - len(decided)
    finally:
        again.send_signal(signal.SIGTERM)
        again.communicate(timeout=60)
    assert again.returncode == 0
