"""A model that is missing or damaged, and a clock that jumps."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from db.records import Decision, State, Verdict
from pipeline.daily import DailyJob, run_daily
from pipeline.sources.day_by_day import DayByDay
from tests.builders import DAY, NOW, make_paper, make_publish_job, open_ledger
from tests.fakes import FakeScorer, FakeSource
from tests.faults.machines import DAY as TODAY
from tests.faults.machines import End, Machines, assert_healed
from tests.faults.refusals import assert_one_line


def lose(model: Path) -> None:
    shutil.rmtree(model)


def cut_off(model: Path) -> None:
    file = model / "model.skops"
    file.write_bytes(file.read_bytes()[:2000])


def lose_card(model: Path) -> None:
    (model / "card.json").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("harm", [lose, cut_off, lose_card], ids=lambda harm: harm.__name__)
def test_a_model_that_is_missing_or_damaged_makes_papers_wait_for_the_next_run(
    machines: Machines, undisturbed: End, harm
) -> None:
    folder = machines.copy()
    harm(folder / "model")
    typed = machines.typed(folder, ("run", "--date", str(TODAY)))
    assert_one_line(typed, typed.end(), "papers wait for the next run")
    # What was approved is published all the same.
    text = (folder / "list" / "README.md").read_text(encoding="utf-8")
    assert all(f"/abs/{arxiv_id})" in text for arxiv_id in machines.approved)
    shutil.rmtree(folder / "model", ignore_errors=True)
    shutil.copytree(machines.folder / "begun" / "model", folder / "model")
    assert_healed(machines, folder, undisturbed)


@pytest.fixture
def job(tmp_path: Path) -> DailyJob:
    papers = [make_paper(f"2206.00{number:03}", title=f"Fairness {number}") for number in range(9)]
    ledger = open_ledger(tmp_path)
    return DailyJob(
        publication=make_publish_job(tmp_path),
        intake=DayByDay(sources=(FakeSource({DAY: papers}),), ledger=ledger),
        ledger=ledger,
        scorer=FakeScorer(),
        aliases={},
        per_day=3,
        expire_days=14,
        day=DAY,
    )


def at(job: DailyJob, **later: float) -> DailyJob:
    """The job by a clock that is off by so much; its day is what the clock says."""
    now = NOW + timedelta(**later)
    return replace(job, day=now.date(), publication=replace(job.publication, now=now))


@pytest.mark.parametrize("days", [-400, -3, -1, 1, 3, 400])
def test_a_clock_that_jumps_and_comes_back_loses_and_doubles_nothing(job: DailyJob, days: int):
    run_daily(job)
    queued = [each.paper.arxiv_id for each in job.queue.candidates()]
    job.queue.decide(
        Decision(arxiv_id=queued[0], verdict=Verdict.APPROVE, reviewer="Mara", decided_at=NOW)
    )
    run_daily(at(job, days=days))
    run_daily(at(job, hours=1))
    assert [each.paper.arxiv_id for each in job.queue.candidates()] == queued
    assert job.queue.get(queued[0]).state is State.PUBLISHED
    text = job.publication.list_paths[0].read_text(encoding="utf-8")
    assert text.count(f"/abs/{queued[0]})") == 1
    # A clock that is a year ahead lets what waits expire: who decides brings it back.
    rest = job.queue.get(queued[1])
    assert rest.state is (State.EXPIRED if days == 400 else State.PENDING)
    decision = Decision(
        arxiv_id=queued[1], verdict=Verdict.APPROVE, reviewer="Mara", decided_at=NOW
    )
    assert job.queue.decide(decision).state is State.APPROVED
