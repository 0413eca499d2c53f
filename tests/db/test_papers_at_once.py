"""Several harvests, and triage beside them, at one database."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier

from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import PaperVersion, Standing
from tests.db.builders import NOW, make_candidate
from tests.db.test_papers import change, put

ROOT = Path(__file__).resolve().parents[2]
LATER = NOW + timedelta(days=1)
IDS = [f"2206.{number:05}" for number in range(6)]
TURNS = 5


def add_version(papers: PaperStore, arxiv_ids: list[str]) -> None:
    """Adds a version to each, after those that are known: none may be lost."""

    def decide(known):
        changes = []
        for arxiv_id in arxiv_ids:
            before = known[arxiv_id].paper.versions if arxiv_id in known else ()
            version = PaperVersion(number=len(before) + 1, submitted=None)
            changes.append(change(arxiv_id, versions=(*before, version)))
        return changes

    papers.take(arxiv_ids, decide, now=NOW)


def test_takers_of_the_same_papers_in_any_order_lose_nothing(engine, papers):
    orders = [IDS, IDS[::-1], IDS[2:], IDS[3::-1]]
    start = Barrier(len(orders))

    def take(order: list[str]) -> None:
        start.wait()
        for _ in range(TURNS):
            add_version(PaperStore(engine), order)

    with ThreadPoolExecutor(len(orders)) as pool:
        list(pool.map(take, orders))
    expected = {each: TURNS * sum(each in order for order in orders) for each in IDS}
    assert {each: known.version for each, known in papers.known(IDS).items()} == expected


TAKER = """
import sys
from db.engine import open_database
from db.papers import PaperStore
from tests.db.test_papers_at_once import IDS, TURNS, add_version
papers = PaperStore(open_database(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(TURNS):
    add_version(papers, IDS[:: int(sys.argv[2])])
"""


def test_two_processes_that_take_the_same_papers_lose_nothing(engine, papers):
    url = engine.url.render_as_string(hide_password=False)
    takers = [
        subprocess.Popen(
            [sys.executable, "-c", TAKER, url, step],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for step in ("1", "-1")
    ]
    for taker in takers:
        assert taker.stdout.readline() == "ready\n"
    for taker in takers:
        taker.stdin.write("go\n")
        taker.stdin.flush()
    for taker in takers:
        taker.communicate(timeout=30)
    assert [taker.returncode for taker in takers] == [0, 0]
    assert {known.version for known in papers.known(IDS).values()} == {2 * TURNS}


def test_papers_that_are_taken_while_they_are_recorded_end_triaged_and_up_to_date(engine, papers):
    queue = Queue(engine)
    put(papers, *(change(each) for each in IDS))
    waiting = queue.waiting()
    start = Barrier(2)
    third = PaperVersion(number=3, submitted=LATER)

    def revise(known):
        return [
            PaperChange(
                paper=replace(each.paper, versions=(*each.paper.versions, third)),
                standing=each.standing,
            )
            for each in known.values()
        ]

    def take() -> None:
        start.wait()
        papers.take(IDS, revise, now=LATER)

    def record() -> None:
        start.wait()
        queue.record(waiting, [make_candidate(IDS[3], paper=waiting[3])], now=LATER)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(take), pool.submit(record)]:
            done.result()
    known = papers.known(IDS).values()
    assert {(each.version, each.standing) for each in known} == {(3, Standing.TRIAGED)}
