"""A job that fails, and an issue about it on a GitHub that keeps real state."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import JobRun
from pipeline.alarm import LABEL, MOST_CAUSES, IssueAlarm
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from tests.github_standin import TOKEN, Fault, GitHubStandIn

MONDAY = datetime(2026, 11, 23, 5, 47, tzinfo=UTC)


@pytest.fixture
def standin():
    with GitHubStandIn("owner/list") as standin:
        yield standin


@pytest.fixture
def github(standin) -> GitHub:
    transport = Transport(api_url=standin.api_url, token=TOKEN, sleep=lambda _seconds: None)
    return GitHub(transport, "owner/list")


@pytest.fixture
def ledger(tmp_path) -> Ledger:
    return Ledger(open_database(f"sqlite:///{tmp_path}/queue.db"))


@pytest.fixture
def alarm(github, ledger) -> IssueAlarm:
    return IssueAlarm(tracker=github, ledger=ledger)


def run(alarm: IssueAlarm, problem: str = "", *, day: int = 0, job: str = "daily") -> None:
    """A run that failed for a reason, or went well without one."""
    at = MONDAY + timedelta(days=day)
    one = JobRun(
        job=job,
        started_at=at,
        finished_at=at + timedelta(minutes=2),
        status="failed" if problem else "ok",
        problem=problem,
    )
    alarm.ledger.record_run(one)
    alarm.settle(one)


def issues(github: GitHub):
    return github.issues(label=LABEL)


def test_a_job_that_goes_well_makes_no_issue_and_asks_once(alarm, github, standin):
    run(alarm)
    assert [entry.method for entry in standin.log] == ["GET"]
    assert issues(github) == ()


def test_a_failure_opens_an_issue_with_the_cause_the_last_success_and_the_next_step(alarm, github):
    run(alarm)
    run(alarm, "git knows no author: set [publish] author", day=1)
    (issue,) = issues(github)
    assert (issue.title, issue.state, issue.labels) == (
        "Shortlist: the job daily fails",
        "open",
        (LABEL,),
    )
    assert "failed at 2026-11-24 05:47 UTC. It last went well: 2026-11-23 05:49 UTC." in issue.body
    assert "**Cause:** git knows no author" in issue.body
    assert "`shortlist schedule --once daily`" in issue.body


def test_a_month_of_the_same_failure_is_one_issue_and_no_comment(alarm, github, standin):
    for day in range(30):
        run(alarm, f"oai 2026-11-{day + 1:02}: 503 after 4 tries", day=day)
    (issue,) = issues(github)
    assert issue.comments == 0
    assert "| 2026-11-23 05:47 | 30 | oai" in issue.body
    assert sum(entry.method == "POST" for entry in standin.log) == 1


def test_another_cause_is_noted_beside_the_one_before(alarm, github):
    run(alarm, "no source answered")
    run(alarm, "no source answered", day=1)
    run(alarm, "the disk is full", day=2)
    (issue,) = issues(github)
    assert "**Cause:** the disk is full" in issue.body
    rows = [line for line in issue.body.splitlines() if line.startswith("| 2026")]
    assert rows == [
        "| 2026-11-25 05:47 | 1 | the disk is full |",
        "| 2026-11-23 05:47 | 2 | no source answered |",
    ]


def test_the_table_of_causes_is_bounded(alarm, github):
    for number in range(MOST_CAUSES + 5):
        run(alarm, f"cause {'x' * (number + 1)}", day=number)
    (issue,) = issues(github)
    assert issue.body.count("| cause x") == MOST_CAUSES


def test_a_healed_job_closes_its_issue_and_the_next_failure_opens_the_same_one(alarm, github):
    run(alarm, "no source answered")
    run(alarm, day=1)
    (issue,) = issues(github)
    assert issue.state == "closed"
    assert "Healed: the run that began 2026-11-24 05:47 UTC went well." in issue.body
    run(alarm, "the disk is full", day=2)
    (again,) = issues(github)
    assert (again.number, again.state) == (issue.number, "open")
    assert "no source answered" in again.body


def test_each_job_has_its_own_issue(alarm, github):
    run(alarm, "no source answered")
    run(alarm, "too little memory", job="retrain")
    run(alarm, day=1)
    assert {issue.title: issue.state for issue in issues(github)} == {
        "Shortlist: the job daily fails": "closed",
        "Shortlist: the job retrain fails": "open",
    }


def test_what_a_source_said_does_nothing_on_github(alarm, github):
    run(alarm, "@maintainer | fixes #1 --> <!-- shortlist-alarm:retrain --> <img src=x> `a`\n# b")
    (issue,) = issues(github)
    assert "@maintainer" not in issue.body
    assert "#1" not in issue.body
    assert "<img" not in issue.body
    assert issue.body.count("<!--") == 1
    assert "\n# b" not in issue.body
    run(alarm, "too little memory", job="retrain")
    assert len(issues(github)) == 2


def test_a_body_that_a_browser_saved_is_read_too(alarm, github, standin):
    run(alarm, "no source answered")
    (issue,) = issues(github)
    standin.world.person("mara")
    standin.world.edit_body(issue.number, issue.body.replace("\n", "\r\n"), login="mara")
    run(alarm, "no source answered", day=1)
    assert "| 2026-11-23 05:47 | 2 | no source answered |" in issues(github)[0].body


def test_github_that_does_not_answer_is_a_line_in_the_log_and_no_failure(
    alarm, github, standin, caplog
):
    standin.faults.append(Fault(path="/issues", status=502, times=99))
    with caplog.at_level(logging.WARNING):
        run(alarm, "no source answered")
    assert "the issue about job daily could not be kept" in caplog.text
    standin.faults.clear()
    run(alarm, "no source answered", day=1)
    assert len(issues(github)) == 1


def test_the_run_on_github_is_linked(github, ledger):
    alarm = IssueAlarm(tracker=github, ledger=ledger, page="https://example.org/runs/7")
    run(alarm, "no source answered")
    assert "([this run](https://example.org/runs/7))" in issues(github)[0].body
