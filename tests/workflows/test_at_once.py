"""Two workflows at once: GitHub keeps them apart by group only, and their machines not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live_folder import WEEK, morning_of
from tests.workflows.conftest import PAPERS, PER_DAY, PROJECT, state
from tests.workflows.reviews import happened, states, times_listed
from tests.workflows.run import Run, read_workflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

TUESDAY, WEDNESDAY = WEEK[1:3]


def daily(forge, day) -> Run:
    return Run(
        forge=forge,
        document=read_workflow("daily"),
        repository=PROJECT,
        event_name="workflow_dispatch",
        inputs={"date": str(day)},
    )


def start(*runs: Run) -> str:
    """Both at once; what they printed."""
    assert runs[0].group != runs[1].group
    with ThreadPoolExecutor() as pool:
        list(pool.map(Run.start, runs))
    return "\n=====\n".join(run.log for run in runs)


def test_daily_and_review_at_once_lose_no_decision(forge, origin, arxiv, waiting):
    morning_of(arxiv, TUESDAY)
    waiting.tick(1, f"{PAPERS[0]} r0 approve", login="mara")
    waiting.tick(1, f"{PAPERS[1]} r0 reject", login="mara")
    review, run = happened(forge, waiting, "issues"), daily(forge, TUESDAY)
    logs = start(review, run)
    assert review.well, logs
    assert run.outcomes["Save the state"] == "success", logs
    assert len(state(origin, "candidates.jsonl")) > len(PAPERS), logs
    assert states(origin) == dict(zip(PAPERS, ("published", "rejected", "pending"), strict=True))
    assert times_listed(origin, PAPERS[0]) == 1


def test_two_days_asked_for_at_once_publish_and_queue_once(forge, origin, arxiv, waiting, desk):
    desk("queue", "approve", PAPERS[0], "--topic", "Fairness")
    desk("state", "save", "--push")
    morning_of(arxiv, WEDNESDAY)
    runs = daily(forge, TUESDAY), daily(forge, WEDNESDAY)
    logs = start(*runs)
    assert [run.outcomes["Save the state"] for run in runs] == ["success", "success"], logs
    assert times_listed(origin, PAPERS[0]) == 1, logs
    files = ("candidates.jsonl", "seen.jsonl", "waiting.jsonl")
    met = [row["arxiv_id"] for name in files for row in state(origin, name)]
    assert len(met) == len(set(met)), logs
    assert len(state(origin, "candidates.jsonl")) >= len(PAPERS) + PER_DAY, logs
    assert states(origin)[PAPERS[0]] == "published", logs
