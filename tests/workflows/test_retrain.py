"""retrain.yml: a challenger, the report as an artifact, and a champion that stays."""

from __future__ import annotations

import pytest

from tests.workflows.conftest import PROJECT, state
from tests.workflows.machine import git
from tests.workflows.run import Run, read_workflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def retrain(forge) -> Run:
    return Run(
        forge=forge,
        document=read_workflow("retrain"),
        repository=PROJECT,
        event_name="workflow_dispatch",
        file="retrain.yml",
    ).start()


def test_where_too_little_is_known_the_champion_stays_and_the_report_says_so(
    forge, origin, desk, github
):
    run = retrain(forge)
    job = run.jobs["retrain"]
    assert run.well, run.log
    assert "stays" in job.summary
    report = forge.artifacts(run.run_id) / "shortlist-report"
    assert "<html" in (report / "report.html").read_text(encoding="utf-8")
    assert "stays" in (report / "retrain.txt").read_text(encoding="utf-8")
    assert "shortlist-models" not in git(origin, "branch", "--list")
    assert {row["job"] for row in state(origin, "job_runs.jsonl")} == {"retrain"}


def test_a_repository_that_wants_its_model_as_it_is_trains_none(forge, github):
    forge.variables["SHORTLIST_RETRAIN"] = "no"
    assert not any(job.ran for job in retrain(forge).jobs.values())
