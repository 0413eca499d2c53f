"""Several people and processes at one database."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from db.engine import open_database
from db.errors import DecidedError
from db.queue import Queue
from db.records import State, Verdict
from tests.db.builders import NOW, make_candidate, make_decision

ROOT = Path(__file__).resolve().parents[2]
REVIEWERS = 8
IDS = [f"2206.{number:05}" for number in range(6)]


def test_of_many_reviewers_at_once_exactly_one_wins(make_engine):
    engine = make_engine()
    queue = Queue(engine)
    queue.record([], [make_candidate(each) for each in IDS], now=NOW)
    start = Barrier(REVIEWERS)

    def review(number: int) -> list[str]:
        verdict = Verdict.APPROVE if number % 2 else Verdict.REJECT
        won = []
        start.wait()
        for arxiv_id in IDS:
            try:
                queue.decide(make_decision(arxiv_id, verdict, reviewer=f"reviewer {number}"))
                won.append(arxiv_id)
            except DecidedError:
                pass
        return won

    with ThreadPoolExecutor(REVIEWERS) as pool:
        won = [each for wins in pool.map(review, range(REVIEWERS)) for each in wins]
    assert sorted(won) == IDS
    for arxiv_id in IDS:
        (decision,) = queue.history(arxiv_id)
        assert queue.get(arxiv_id).reviewer == decision.reviewer


def test_bulk_decisions_in_opposite_order_do_not_wait_for_each_other(make_engine):
    engine = make_engine()
    queue = Queue(engine)
    queue.record([], [make_candidate(each) for each in IDS], now=NOW)
    start = Barrier(2)

    def defer(ids: list[str]) -> int:
        start.wait()
        return sum(
            len(queue.decide_all([make_decision(each, Verdict.DEFER) for each in ids]))
            for _ in range(10)
        )

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(defer, [IDS, IDS[::-1]])) == [60, 60]
    assert len(queue.history(IDS[0])) == 20


def test_two_runs_that_record_the_same_day_queue_it_once(make_engine):
    engine = make_engine()
    candidates = [make_candidate(each) for each in IDS]
    start = Barrier(4)

    def record(_number: int) -> int:
        start.wait()
        papers = [each.paper for each in candidates]
        return Queue(engine).record(papers, candidates, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(record, range(4))) == len(IDS)
    assert Queue(engine).counts()[State.PENDING] == len(IDS)


DECIDER = """
import sys
from db.engine import open_database
from db.errors import DecidedError
from db.queue import Queue
from tests.db.builders import make_decision
queue = Queue(open_database(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
try:
    queue.decide(make_decision(reviewer=sys.argv[2]))
    print("won")
except DecidedError as error:
    print(error)
"""


def test_of_two_processes_at_once_exactly_one_wins(make_engine):
    engine = make_engine()
    Queue(engine).record([], [make_candidate()], now=NOW)
    url = engine.url.render_as_string(hide_password=False)
    deciders = [
        subprocess.Popen(
            [sys.executable, "-c", DECIDER, url, name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("ada", "bo")
    ]
    for decider in deciders:
        assert decider.stdout.readline() == "ready\n"
    for decider in deciders:
        decider.stdin.write("go\n")
        decider.stdin.flush()
    answers = [decider.communicate(timeout=30)[0].strip() for decider in deciders]
    winner = Queue(engine).get("2206.00001").reviewer
    assert sorted(answers) == [
        f"2206.00001 is already approved (by {winner}): `shortlist queue undo 2206.00001` first",
        "won",
    ]


@pytest.mark.parametrize("number", [2, 6])
def test_a_new_database_may_be_opened_by_several_at_once(make_url_of_empty_database, number):
    url = make_url_of_empty_database()
    start = Barrier(number)

    def open_and_record(index: int) -> int:
        start.wait()
        engine = open_database(url)
        queued = Queue(engine).record([], [make_candidate(IDS[index % 6])], now=NOW)
        engine.dispose()
        return queued

    with ThreadPoolExecutor(number) as pool:
        assert sum(pool.map(open_and_record, range(number))) == number
