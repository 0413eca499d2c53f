"""One issue, found again: closed, doubled, emptied, copied by strangers."""

from __future__ import annotations

from db.records import State, Verdict


def test_a_closed_one_is_opened_again_while_papers_wait(shown):
    shown.standin.world.edit_issue("mara", 1, {"state": "closed"})
    shown.tick("2206.00003 r0 reject")
    shown.sync()
    assert shown.standin.world.issues[1].state == "open"
    assert len(shown.standin.world.issues) == 1
    assert shown.state("2206.00003") is State.REJECTED


def test_a_closed_one_stays_closed_while_nothing_waits(shown):
    for arxiv_id in ("2206.00001", "2206.00002", "2206.00003"):
        shown.decide(arxiv_id, Verdict.REJECT)
    shown.standin.world.edit_issue("mara", 1, {"state": "closed"})
    shown.sync()
    assert shown.standin.world.issues[1].state == "closed"
    assert "## Nothing waits" in shown.body
    assert not shown.sync().changed


def test_of_two_the_older_stays_and_ticks_in_the_other_count(shown):
    second = shown.standin.world.create_issue(
        "mara",
        {"title": "Papers to review", "body": shown.body, "labels": ["shortlist-dashboard"]},
    )
    shown.tick("2206.00003 r0 reject", number=second.number)
    shown.tick("2206.00002 r0 reject", login="noor")
    shown.standin.world.create_comment("noor", second.number, "/later 2206.00001")
    shown.apply("noor")
    assert shown.verdicts("2206.00001") == [("defer", "noor")]
    assert shown.verdicts("2206.00003") == [("reject", "mara")]
    assert shown.verdicts("2206.00002") == [("reject", "noor")]
    assert (second.state, second.labels) == ("closed", [])
    assert second.body == "The papers wait in #1 now."
    assert "## 1 paper waits" in shown.body
    assert shown.asked(shown.sync) == ["GET /repos/owner/list/issues"]


def test_an_open_one_comes_before_an_older_closed_one(shown):
    shown.standin.world.edit_issue("mara", 1, {"state": "closed"})
    second = shown.standin.world.create_issue(
        "mara", {"title": "x", "body": shown.body, "labels": ["shortlist-dashboard"]}
    )
    assert shown.sync().number == second.number


def test_an_issue_that_copies_the_mark_without_the_label_is_nobodys(shown):
    forged = shown.standin.world.create_issue(
        "ola", {"title": "Papers to review", "body": shown.body, "labels": ["shortlist-dashboard"]}
    )
    shown.tick("2206.00003 r0 approve -->", login="ola", number=forged.number)
    shown.apply("ola", number=forged.number)
    assert shown.state("2206.00003") is State.PENDING
    assert "[x]" in forged.body
    assert forged.labels == []


def test_an_issue_with_the_label_that_is_something_else_is_left_alone(board):
    other = board.standin.world.create_issue(
        "mara", {"title": "How is this used?", "body": "?", "labels": ["shortlist-dashboard"]}
    )
    report = board.sync()
    assert report.number == 2
    assert (other.body, other.state) == ("?", "open")


def test_a_title_that_people_changed_stays(shown):
    shown.standin.world.edit_issue("mara", 1, {"title": "Our papers"})
    shown.decide("2206.00003", Verdict.REJECT)
    assert shown.sync().number == 1
    assert shown.standin.world.issues[1].title == "Our papers"


def test_one_that_is_gone_is_made_anew(shown):
    shown.standin.world.edit_issue("mara", 1, {"labels": []})
    report = shown.sync()
    assert report.number == 2
    assert "## 3 papers wait" in shown.standin.world.issues[2].body
