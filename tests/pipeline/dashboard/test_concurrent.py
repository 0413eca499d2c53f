"""People who edit while the body is written, runs that die, and a GitHub on a bad day."""

from __future__ import annotations

import pytest

from db.records import State, Verdict
from pipeline.errors import GitHubError
from pipeline.review.issue.marks import shows_the_same
from tests.github_standin import Fault
from tests.github_standin.faults import secondary_limit


def test_a_tick_between_reading_and_writing_is_carried_out_not_overwritten(shown):
    """Made in the last instant: after the body was asked for again, before it is written."""
    shown.tick("2206.00003 r0 reject")
    shown.standin.world.before_edit = lambda number: shown.tick(
        "2206.00002 r0 reject", login="noor"
    )
    shown.apply("mara")
    assert shown.verdicts("2206.00003") == [("reject", "mara")]
    assert shown.verdicts("2206.00002") == [("reject", "noor")]
    assert "## 1 paper waits" in shown.body
    assert "[x]" not in shown.body


def test_approvals_made_in_that_instant_are_published_in_the_same_run(shown):
    shown.tick("2206.00003 r0 reject")
    shown.standin.world.before_edit = lambda number: shown.tick("2206.00002 r0 approve -->")
    assert shown.apply("mara").publication.published == ("2206.00002",)


def test_of_two_edits_in_that_instant_both_count(shown):
    def both(_):
        shown.tick("2206.00002 r0 reject", login="noor")
        shown.tick("2206.00001 r0 later", login="mara")

    shown.tick("2206.00003 r0 reject")
    shown.standin.world.before_edit = both
    shown.apply("mara")
    assert shown.verdicts("2206.00002") == [("reject", "noor")]
    assert shown.verdicts("2206.00001") == [("defer", "mara")]


def test_where_github_does_not_tell_what_was_overwritten_it_is_said(shown):
    shown.standin.world.history = False
    shown.tick("2206.00003 r0 reject")
    shown.standin.world.before_edit = lambda number: shown.tick(
        "2206.00002 r0 reject", login="noor"
    )
    report = shown.apply("mara")
    assert shown.state("2206.00002") is State.PENDING
    assert "noor edited this at" in report.not_done[0]
    assert "if a tick of yours is gone, please tick again" in shown.body


def test_a_tick_made_while_it_publishes_is_seen_before_it_writes(shown):
    def publish():
        shown.tick("2206.00002 r0 reject", login="noor")
        return shown.publish()

    shown.publishing = publish
    shown.tick("2206.00003 r0 approve -->")
    shown.apply("mara")
    assert shown.verdicts("2206.00002") == [("reject", "noor")]
    assert "[x]" not in shown.body


def test_somebody_who_never_stops_editing_does_not_keep_it_running(shown):
    def again(number):
        shown.standin.world.edit_body(number, shown.body + " .", login="noor")
        shown.standin.world.before_edit = again

    shown.tick("2206.00003 r0 reject")
    shown.standin.world.before_edit = again
    shown.apply("mara")
    assert shown.state("2206.00003") is State.REJECTED
    shown.standin.world.before_edit = None
    shown.apply()
    assert "## 2 papers wait" in shown.body


def test_two_runs_at_once_record_once(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.standin.world.before_edit = lambda number: shown.apply("mara")
    shown.apply("mara")
    assert [verdict for verdict, _ in shown.verdicts("2206.00003")] == ["approve", "publish"]
    assert shown.list_text().count("On Paper Number 2206 00003.") == 1
    assert "[x]" not in shown.body


@pytest.mark.parametrize("lost", range(1, 9))
def test_whichever_request_fails_for_good_the_next_run_ends_the_same(shown, lost):
    """The n-th request is answered 500 until the run gives up; then all is well again."""
    shown.tick("2206.00003 r0 approve -->")
    shown.tick("2206.00002 r0 reject", login="noor")
    shown.say("/later 2206.00001")
    before = len(shown.standin.log)
    original = shown.standin.handle

    def handle(*request):
        if len(shown.standin.log) - before >= lost - 1:
            shown.standin.fail(Fault(status=500))
        return original(*request)

    shown.standin.handle = handle
    with pytest.raises(GitHubError, match="500"):
        shown.apply("mara")
    shown.standin.handle = original
    shown.standin.faults.clear()
    shown.apply()
    assert shown.verdicts("2206.00003")[0] == ("approve", "mara")
    assert [verdict for verdict, _ in shown.verdicts("2206.00003")] == ["approve", "publish"]
    assert shown.verdicts("2206.00002") == [("reject", "noor")]
    assert shown.verdicts("2206.00001") == [("defer", "mara")]
    assert shown.list_text().count("On Paper Number 2206 00003.") == 1
    assert "## 1 paper waits" in shown.body
    assert "[x]" not in shown.body


@pytest.mark.parametrize("died_at", ["PATCH", "graphql"])
@pytest.mark.parametrize("then", ["nothing", "another tick", "emptied"])
def test_a_tick_written_over_by_a_run_that_died_right_then_is_found_by_the_next(
    shown, died_at, then
):
    shown.decide("2206.00003", Verdict.REJECT)
    shown.standin.world.before_edit = lambda number: shown.tick(
        "2206.00002 r0 reject", login="mara"
    )
    if died_at == "PATCH":
        shown.standin.fail(Fault(method="PATCH", status=502, done=True, times=4))
    else:
        shown.standin.fail(Fault(path="graphql", status=502, times=4))
    with pytest.raises(GitHubError):
        shown.sync()
    assert "[x]" not in shown.body
    if then == "another tick":
        shown.tick("2206.00001 r0 later", login="noor")
    elif then == "emptied":
        shown.standin.world.edit_body(1, "", login="noor")
    shown.sync()
    assert shown.verdicts("2206.00002") == [("reject", "mara")]
    if then == "another tick":
        assert shown.verdicts("2206.00001") == [("defer", "noor")]
    assert not shown.sync().changed


def test_that_holds_where_the_same_text_is_written_again(shown):
    def meanwhile(number):
        shown.standin.world.edit_body(
            number, "- [x] reject <!-- shortlist:2206.00002 r0 reject -->", login="mara"
        )
        shown.standin.fail(Fault(path="graphql", status=502, times=4))

    shown.standin.world.edit_body(1, "", login="noor")
    shown.sync()
    before = shown.body
    shown.standin.world.edit_body(1, "", login="noor")
    shown.standin.world.before_edit = meanwhile
    with pytest.raises(GitHubError):
        shown.sync()
    assert shows_the_same(shown.body, before)
    shown.sync()
    assert shown.verdicts("2206.00002") == [("reject", "mara")]


def test_a_tick_made_while_the_issue_is_opened_again_stays(shown):
    shown.standin.world.edit_issue("mara", 1, {"state": "closed"})
    shown.standin.world.before_edit = lambda number: shown.tick("2206.00002 r0 reject")
    shown.sync()
    shown.standin.world.about_to_edit(1)
    shown.sync()
    assert shown.verdicts("2206.00002") == [("reject", "mara")]


def test_a_write_whose_answer_was_lost_is_done_once(shown):
    shown.tick("2206.00003 r0 reject")
    shown.standin.fail(Fault(method="PATCH", status=502, done=True))
    shown.apply("mara")
    assert shown.verdicts("2206.00003") == [("reject", "mara")]
    assert not shown.sync().changed


def test_an_issue_whose_making_was_answered_with_an_error_is_found_and_not_made_again(board):
    board.standin.fail(Fault(method="POST", status=502, done=True))
    with pytest.raises(GitHubError):
        board.sync()
    report = board.sync()
    assert (report.number, len(board.standin.world.issues)) == (1, 1)


def test_a_secondary_limit_is_waited_for(shown):
    shown.tick("2206.00003 r0 reject")
    shown.standin.fail(secondary_limit(method="PATCH", retry_after=3))
    shown.apply("mara")
    assert shown.slept == [3.0]
    assert "## 2 papers wait" in shown.body


def test_an_expired_token_loses_nothing(shown):
    shown.tick("2206.00003 r0 reject")
    tokens = dict(shown.standin.world.tokens)
    shown.standin.world.tokens.clear()
    with pytest.raises(GitHubError, match="expired"):
        shown.apply("mara")
    shown.standin.world.tokens.update(tokens)
    shown.apply()
    assert shown.verdicts("2206.00003") == [("reject", "mara")]


def test_what_was_decided_in_the_browser_at_the_same_time_stays(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.standin.world.before_edit = lambda number: shown.decide("2206.00002", Verdict.REJECT)
    shown.apply("mara")
    assert shown.verdicts("2206.00002") == [("reject", "noor")]
    shown.sync()
    assert "## 1 paper waits" in shown.body
