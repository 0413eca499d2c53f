"""How long the dashboard takes with years behind it, and how often it asks GitHub."""

from __future__ import annotations

import time

import pytest

from tests.benchmarks.large_queue import PENDING, fill_queue
from tests.github_standin import GitHubStandIn
from tests.pipeline.dashboard.conftest import Board
from tests.pipeline.desk.worlds import make_world

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

SYNC_SECONDS = 3.0
"""Of this thread's own work: a shared machine may make it wait."""
MOST_REQUESTS = 3


def test_a_dashboard_in_which_nothing_changed(tmp_path, record_property):
    fill_queue(f"sqlite:///{tmp_path}/queue.db")
    with GitHubStandIn("owner/list") as standin:
        standin.world.person("mara")
        board = Board(world=make_world(tmp_path, candidates=0), standin=standin, slept=[])
        board.sync()
        board.say("thank you")
        board.sync()
        assert f"## {PENDING:,} papers wait" in board.body
        asked = len(standin.log)
        began, worked = time.perf_counter(), time.thread_time()
        assert not board.sync().changed
        taken, worked = time.perf_counter() - began, time.thread_time() - worked
        asked = len(standin.log) - asked
    record_property("seconds", taken)
    print(f"sync: {taken:.2f} s, of them {worked:.2f} s of work, {asked} requests")
    assert asked <= MOST_REQUESTS
    assert worked <= SYNC_SECONDS
