"""The queue shown in the issue, with few requests."""

from __future__ import annotations

from db.records import Fetch, FetchStatus, JobRun, State, Verdict
from tests.builders import DAY, NOW


def test_the_first_one_makes_the_issue_with_its_label(board):
    report = board.sync()
    issue = board.standin.world.issues[1]
    assert (issue.title, issue.labels) == ("Papers to review", ["shortlist-dashboard"])
    assert "## 3 papers wait for a decision" in issue.body
    assert (report.number, report.changed) == (1, True)


def test_nothing_changed_is_one_request_and_no_write(shown):
    assert shown.asked(shown.sync) == ["GET /repos/owner/list/issues"]


def test_nothing_changed_is_two_requests_where_there_are_comments(shown):
    shown.say("thanks")
    shown.say("/approve 2206.00001")
    shown.apply()
    shown.sync()
    asked = shown.asked(shown.sync)
    assert asked == ["GET /repos/owner/list/issues", "GET /repos/owner/list/issues/1/comments"]


def test_nothing_changed_is_no_write_on_another_day_either(shown):
    shown.pass_time(days=5)
    assert not shown.sync().changed


def test_what_was_decided_elsewhere_is_seen(shown):
    shown.decide("2206.00003", Verdict.REJECT)
    assert shown.sync().changed
    assert "## 2 papers wait" in shown.body
    assert "rejected by noor" in shown.body


def test_ticks_that_nobody_applied_are_recorded_and_not_published(shown):
    shown.tick("2206.00003 r0 approve")
    report = shown.sync()
    assert shown.state("2206.00003") is State.APPROVED
    assert shown.verdicts("2206.00003") == [("approve", "mara")]
    assert report.publication.published == ()
    assert "Approved, on the way into the list" in shown.body
    assert "[x]" not in shown.body


def test_what_a_person_has_to_look_at_stands_at_the_top(shown):
    shown.world.ledger.record(
        [
            Fetch(
                source="oai", day=DAY, status=FetchStatus.FAILED, received=0,
                problem="it was down", fetched_at=NOW,
            )
        ]
    )  # fmt: skip
    shown.world.ledger.record_run(JobRun(job="daily", started_at=NOW, finished_at=NOW, status="ok"))
    shown.world.ledger.record_run(
        JobRun(job="daily", started_at=NOW, finished_at=NOW, status="failed", problem="disk full")
    )
    shown.pass_time(days=1)
    shown.sync()
    top = shown.body[: shown.body.index("Tick a box")]
    assert "the daily job failed on 2022-06-01 05:00 UTC: disk full" in top
    assert "2022-06-01: papers may be missing (oai: it was down)" in top
    assert "Last success: daily 2022-06-01 05:00 UTC." in shown.body


def test_an_approved_paper_that_cannot_be_written_is_named(shown):
    from tests.builders import make_candidate

    shown.world.add(make_candidate("2206.00009", abstract=None))
    shown.decide("2206.00009", Verdict.APPROVE)
    shown.sync()
    assert "2206.00009 has no abstract" in shown.body
