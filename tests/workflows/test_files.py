"""What holds for every workflow, read from its file."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.workflows.run import WORKFLOWS, read_workflow

NAMES = sorted(path.stem for path in WORKFLOWS.glob("*.yml"))
CALLED = [name for name in NAMES if name != "ci"]
SCHEDULED = [name for name in NAMES if "schedule" in read_workflow(name)["on"]]
PINS = {
    "actions/checkout": "3d3c42e5aac5ba805825da76410c181273ba90b1",
    "actions/setup-python": "5fda3b95a4ea91299a34e894583c3862153e4b97",
    "actions/upload-artifact": "043fb46d1a93c77aae656e7c1c64a875d1fc6a0a",
    "actions/download-artifact": "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
    "actions/cache": "0400d5f644dc74513175e3cd8d07132dd4860809",
}
"""Each was seen beside its version in at least two public projects."""


def jobs(name: str) -> dict[str, Any]:
    return dict(read_workflow(name)["jobs"])


def steps(name: str) -> list[dict[str, Any]]:
    return [step for job in jobs(name).values() for step in job["steps"]]


def test_these_are_the_workflows_that_there_are():
    assert {"ci", "daily", "retrain", "check-list-pr", "comment-list-pr"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_pinned_by_a_commit_that_was_looked_up(name):
    for step in steps(name):
        if "uses" in step:
            action, _, commit = step["uses"].partition("@")
            assert PINS[action] == commit


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_allowed_but_what_a_job_says_and_every_job_ends(name):
    document = read_workflow(name)
    assert document["permissions"] == {}
    for job in document["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 60
        assert job["permissions"]
        assert "env" not in job, "what all steps see, the installation sees too"
    assert "env" not in document


@pytest.mark.parametrize("name", NAMES)
def test_no_text_from_outside_gets_into_a_shell(name):
    for step in steps(name):
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("name", NAMES)
def test_the_token_that_may_write_is_not_given_to_what_installs(name):
    for step in steps(name):
        if "run" in step and ("set-up" in step["run"] or ".ci/run" in step["run"]):
            assert not re.search(r"token", json.dumps(step.get("env", {})), re.IGNORECASE)
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", CALLED)
def test_each_can_be_called_from_the_lists_own_repository(name):
    called = read_workflow(name)["on"]["workflow_call"]
    assert called["inputs"]["config"]["default"] == ".github/shortlist.toml"
    assert not any(secret["required"] for secret in (called.get("secrets") or {}).values())


@pytest.mark.parametrize("name", SCHEDULED)
def test_what_has_a_schedule_keeps_it_in_a_job_that_may_do_nothing_else(name):
    (job,) = [job for key, job in jobs(name).items() if key == "stay-enabled"]
    assert job["permissions"] == {"actions": "write"}
    others = [job for key, job in jobs(name).items() if key != "stay-enabled"]
    assert all("actions" not in job["permissions"] for job in others)


@pytest.mark.parametrize("name", SCHEDULED)
def test_a_run_that_writes_is_never_cancelled_half_way(name):
    assert read_workflow(name)["concurrency"]["cancel-in-progress"] is False


def test_the_daily_job_comes_on_the_days_after_announcements_early_and_again():
    assert [each["cron"] for each in read_workflow("daily")["on"]["schedule"]] == [
        "47 4 * * 1-5",
        "17 10 * * 1-5",
    ]
