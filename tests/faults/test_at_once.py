"""Two at once: runs on one machine, runs on two, and people who decide meanwhile."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from db.records import Decision, State, Verdict
from tests.builders import NOW
from tests.faults.machines import DAILY, DAY, End, Machines, differences, end_of

pytestmark = [pytest.mark.slow]


def queue_of(folder: Path) -> Queue:
    return Queue(open_database(f"sqlite:///{folder}/var/shortlist.db"))


def differing(end: End, expected: End) -> list[str]:
    """In what two ends differ, but for how often a job ran."""
    return [line for line in differences(end, expected) if " job_runs.jsonl " not in line]


def test_two_daily_runs_on_one_machine_end_as_one(machines: Machines, undisturbed: End) -> None:
    folder = machines.copy()
    pair = [machines.typed(folder, *DAILY) for _ in range(2)]
    processes = [typed.start() for typed in pair]
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0], pair[0].said()
    assert differing(end_of(folder), undisturbed) == []


def test_two_daily_runs_on_two_machines_end_as_one(machines: Machines, undisturbed: End) -> None:
    one = machines.copy()
    two = machines.forget(one)
    # Both know the same origin.
    shutil.rmtree(two / "origin.git")
    (two / "origin.git").symlink_to(one / "origin.git")
    pair = [
        machines.typed(one, *DAILY),
        machines.typed(two, ("state", "load"), *DAILY),
    ]
    processes = [typed.start() for typed in pair]
    for process in processes:
        process.join()
    said = "\n".join(typed.said() for typed in pair)
    assert [process.exitcode for process in processes] == [0, 0], said
    for folder in (one, two):
        machines.type(folder, ("state", "load", "--replace"), *DAILY)
        assert differing(end_of(folder), undisturbed) == [], said


def test_decisions_made_while_the_daily_job_runs_all_stand(
    machines: Machines, undisturbed: End
) -> None:
    folder = machines.copy()
    queue = queue_of(folder)
    waiting = [each.paper.arxiv_id for each in queue.pending()]
    verdicts = [Verdict.REJECT, Verdict.DEFER, Verdict.APPROVE]
    decided = dict(zip(waiting, verdicts * len(waiting), strict=False))
    process = machines.typed(folder, *DAILY).start()
    for arxiv_id, verdict in decided.items():
        queue.decide(Decision(arxiv_id=arxiv_id, verdict=verdict, reviewer="Ben", decided_at=NOW))
        process.join(0.2)
    process.join()
    assert process.exitcode == 0
    machines.type(folder, *DAILY)
    states = {Verdict.REJECT: State.REJECTED, Verdict.DEFER: State.DEFERRED}
    for arxiv_id, verdict in decided.items():
        assert queue.get(arxiv_id).state is states.get(verdict, State.PUBLISHED)
        history = [each.verdict for each in queue.history(arxiv_id)]
        assert history.count(verdict) == 1
    end = end_of(folder)
    approved = [i for i, verdict in decided.items() if verdict is Verdict.APPROVE]
    for arxiv_id in (*machines.approved, *approved):
        assert end.origin["README.md"].count(f"/abs/{arxiv_id})") == 1
    fresh = {row["arxiv_id"] for row in undisturbed.memory["candidates.jsonl"].values()}
    assert {row["arxiv_id"] for row in end.memory["candidates.jsonl"].values()} == fresh
    assert DAY.isoformat() in {row["announced"] for row in end.memory["candidates.jsonl"].values()}
