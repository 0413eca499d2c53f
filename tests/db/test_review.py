"""What reviewers do and look at: edits, revisions, requests, withdrawals, pages, the history."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.errors import ChangedError, DecidedError, NothingToUndoError, RepeatedRequestError
from db.records import CandidateFilter, DecidedPaper, EntryEdit, State, Verdict, Work
from tests.db.builders import (
    DAY,
    NOW,
    make_candidate,
    make_decision,
    make_paper,
    make_scoring,
    unrevised,
)

LATER = NOW + timedelta(days=1)
ID = "2206.00001"
EDIT = EntryEdit(title="A better title", keywords=("Auditing",), links=(("code", "https://x.org"),))
CLOSED = [State.REJECTED, State.PUBLISHED]


def fill(queue, *candidates) -> None:
    queue.record([], candidates or [make_candidate()], now=NOW)


def publish(queue) -> None:
    queue.decide(make_decision())
    queue.mark_published([ID], commit="abc", now=NOW)


def verdicts(queue) -> list[Verdict]:
    return [each.verdict for each in queue.history(ID)]


# -- edits -------------------------------------------------------------------


def test_an_edit_changes_entry_and_topic_and_decides_nothing(queue):
    fill(queue)
    edited = queue.edit(ID, EDIT, topic="Fairness", reviewer="ada", now=LATER)
    assert edited == replace(make_candidate(), edit=EDIT, topic="Fairness", revision=1)
    assert queue.get(ID) == edited
    assert verdicts(queue) == [Verdict.EDIT]


def test_an_edit_that_changes_nothing_leaves_no_trace(queue):
    fill(queue)
    assert queue.edit(ID, EntryEdit(), reviewer="ada", now=LATER) == make_candidate()
    assert verdicts(queue) == []


def test_an_approved_candidate_can_be_edited_until_it_is_published(queue):
    fill(queue)
    queue.decide(make_decision())
    assert queue.edit(ID, EDIT, reviewer="bo", now=LATER).state is State.APPROVED
    assert queue.get(ID).reviewer == "ada"
    queue.mark_published([ID], commit="abc", now=LATER)
    with pytest.raises(DecidedError):
        queue.edit(ID, EntryEdit(), reviewer="bo", now=LATER)


def test_a_rejected_candidate_cannot_be_edited(queue):
    fill(queue)
    queue.decide(make_decision(verdict=Verdict.REJECT))
    with pytest.raises(DecidedError):
        queue.edit(ID, EDIT, reviewer="bo", now=LATER)


def test_an_edit_is_taken_back_alone_and_a_decision_leaves_edits(queue):
    fill(queue)
    queue.edit(ID, EDIT, topic="Fairness", reviewer="ada", now=LATER)
    queue.decide(make_decision())
    second = replace(EDIT, venue="NeurIPS 2022")
    queue.edit(ID, second, reviewer="ada", now=LATER)
    back = queue.undo(ID, reviewer="ada", now=LATER)
    assert (back.state, back.edit, back.topic) == (State.APPROVED, EDIT, "Fairness")
    back = queue.undo(ID, reviewer="ada", now=LATER)
    assert (back.state, back.edit, back.topic) == (State.PENDING, EDIT, "Fairness")
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == make_candidate()
    with pytest.raises(NothingToUndoError):
        queue.undo(ID, reviewer="ada", now=LATER)


def test_edits_after_an_approval_do_not_change_the_order_of_publication(queue):
    fill(queue, make_candidate("2206.00001"), make_candidate("2206.00002"))
    queue.decide(make_decision("2206.00002"))
    queue.decide(make_decision("2206.00001"))
    queue.edit("2206.00002", EDIT, reviewer="ada", now=LATER)
    approved = [each.paper.arxiv_id for each in queue.approved()]
    assert approved == ["2206.00002", "2206.00001"]


# -- revisions ---------------------------------------------------------------


def test_every_change_raises_the_revision(queue):
    fill(queue)
    assert queue.get(ID).revision == 0
    assert queue.decide(make_decision(verdict=Verdict.DEFER)).revision == 1
    assert queue.edit(ID, EDIT, reviewer="ada", now=LATER).revision == 2
    assert queue.undo(ID, reviewer="ada", now=LATER).revision == 3
    assert queue.get(ID).revision == 3


def test_who_saw_an_older_revision_changes_nothing(queue):
    fill(queue)
    queue.decide(make_decision(verdict=Verdict.DEFER, reviewer="bo"))
    before = queue.get(ID)
    with pytest.raises(ChangedError, match="it is deferred by bo: look at it again"):
        queue.decide_all([make_decision()], revisions={ID: 0})
    with pytest.raises(ChangedError):
        queue.edit(ID, EDIT, reviewer="ada", now=LATER, revision=0)
    with pytest.raises(ChangedError):
        queue.undo(ID, reviewer="ada", now=LATER, revision=0)
    assert queue.get(ID) == before
    assert queue.decide_all([make_decision()], revisions={ID: 1})[0].state is State.APPROVED


def test_who_looked_before_a_candidate_expired_still_decides(queue):
    fill(queue)
    queue.expire(before=LATER, now=LATER)
    assert queue.decide_all([make_decision()], revisions={ID: 0})[0].state is State.APPROVED


def test_who_looked_before_somebody_edited_an_expired_candidate_looks_again(queue):
    fill(queue)
    queue.expire(before=LATER, now=LATER)
    queue.edit(ID, EDIT, reviewer="bo", now=LATER)
    for seen in (0, 1):
        with pytest.raises(ChangedError):
            queue.decide_all([make_decision()], revisions={ID: seen})


def test_of_several_decisions_one_that_is_late_holds_back_all(queue):
    fill(queue, make_candidate("2206.00001"), make_candidate("2206.00002"))
    queue.edit("2206.00002", EDIT, reviewer="bo", now=NOW)
    both = [make_decision("2206.00001"), make_decision("2206.00002")]
    with pytest.raises(ChangedError):
        queue.decide_all(both, revisions={"2206.00001": 0, "2206.00002": 0})
    assert queue.get("2206.00001").state is State.PENDING


# -- requests ----------------------------------------------------------------


def test_a_request_is_carried_out_once_however_often_it_comes(queue):
    fill(queue)
    queue.decide_all([make_decision(verdict=Verdict.DEFER)], request="comment:1")
    queue.undo(ID, reviewer="ada", now=LATER, request="comment:2")
    for repeat in (
        lambda: queue.decide_all([make_decision()], request="comment:1"),
        lambda: queue.undo(ID, reviewer="ada", now=LATER, request="comment:2"),
        lambda: queue.edit(ID, EDIT, reviewer="ada", now=LATER, request="comment:2"),
        lambda: queue.mark_handled("comment:1", now=LATER),
    ):
        with pytest.raises(RepeatedRequestError):
            repeat()
    assert unrevised(queue.get(ID)) == make_candidate()
    assert queue.handled(["comment:1", "comment:2", "comment:3"]) == {"comment:1", "comment:2"}


def test_a_request_that_fails_may_come_again(queue):
    fill(queue)
    with pytest.raises(NothingToUndoError):
        queue.undo(ID, reviewer="ada", now=LATER, request="comment:1")
    assert queue.handled(["comment:1"]) == frozenset()


# -- withdrawals -------------------------------------------------------------


def test_a_withdrawal_takes_back_publication_and_approval_together(queue):
    fill(queue)
    publish(queue)
    with pytest.raises(DecidedError):
        queue.undo(ID, reviewer="bo", now=LATER)
    back = queue.undo(ID, reviewer="bo", now=LATER, withdrawn=True)
    assert unrevised(back) == make_candidate() == unrevised(queue.get(ID))
    assert verdicts(queue) == [Verdict.APPROVE, Verdict.PUBLISH, Verdict.WITHDRAW]
    assert queue.labels() == {}


def test_a_withdrawal_leaves_earlier_decisions_and_all_edits(queue):
    fill(queue)
    deferred = queue.decide(make_decision(verdict=Verdict.DEFER, reviewer="bo"))
    queue.decide(make_decision())
    queue.edit(ID, EDIT, reviewer="ada", now=LATER)
    queue.mark_published([ID], commit="abc", now=LATER)
    back = queue.undo(ID, reviewer="ada", now=LATER, withdrawn=True)
    assert unrevised(back) == replace(unrevised(deferred), edit=EDIT)
    back = queue.undo(ID, reviewer="ada", now=LATER)
    assert unrevised(back) == unrevised(deferred)
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == make_candidate()


def test_what_was_withdrawn_can_be_published_and_withdrawn_again(queue):
    fill(queue)
    for _ in range(2):
        publish(queue)
        back = queue.undo(ID, reviewer="bo", now=LATER, withdrawn=True)
        assert unrevised(back) == make_candidate()


def test_what_a_person_wrote_into_the_list_waits_again_after_a_withdrawal(queue):
    fill(queue)
    queue.close_listed([ID], now=NOW)
    back = queue.undo(ID, reviewer="bo", now=LATER, withdrawn=True)
    assert unrevised(back) == make_candidate()


def test_a_withdrawal_of_what_is_not_published_is_an_undo(queue):
    fill(queue)
    queue.decide(make_decision())
    queue.undo(ID, reviewer="bo", now=LATER, withdrawn=True)
    assert verdicts(queue) == [Verdict.APPROVE, Verdict.UNDO]


# -- pages -------------------------------------------------------------------


def several(queue) -> None:
    fill(
        queue,
        make_candidate("2206.00001", relevance=0.2),
        make_candidate("2206.00002", relevance=0.9, topic="Fairness"),
        make_candidate("2206.00003", relevance=0.9),
        make_candidate(
            "2206.00004",
            relevance=0.5,
            paper=make_paper(
                "2206.00004",
                title="100% Robust_Models",
                authors=("Jürgen Müller",),
                announced=date(2022, 6, 2),
            ),
        ),
    )
    queue.decide(make_decision("2206.00003", Verdict.REJECT))


def found(queue, limit=10, offset=0, **wanted) -> list[str]:
    page = queue.page(CandidateFilter(**wanted), limit=limit, offset=offset)
    return [each.paper.arxiv_id for each in page.candidates]


def test_a_page_has_the_most_relevant_first_and_says_how_many_there_are(queue):
    several(queue)
    assert found(queue) == ["2206.00003", "2206.00002", "2206.00004", "2206.00001"]
    page = queue.page(CandidateFilter(), offset=1, limit=2)
    assert [each.paper.arxiv_id for each in page.candidates] == ["2206.00002", "2206.00004"]
    assert page.total == 4
    assert page.candidates[0] == queue.get("2206.00002")
    assert found(queue, offset=4) == []


def test_filters_hold_together(queue):
    several(queue)
    pending = frozenset({State.PENDING})
    assert found(queue, states=pending) == ["2206.00002", "2206.00004", "2206.00001"]
    assert found(queue, states=pending, topic="Privacy") == ["2206.00004", "2206.00001"]
    assert found(queue, states=pending, topic="Privacy", day=DAY) == ["2206.00001"]
    assert found(queue, day=date(2022, 6, 2)) == ["2206.00004"]


@pytest.mark.parametrize(
    "text", ["100%", "robust_", "MODELS robust", "müller", "2206.00004", "Jürgen 100"]
)
def test_text_is_searched_as_it_stands_in_any_case(queue, text):
    several(queue)
    if text == "müller" and queue._engine.dialect.name == "sqlite":
        text = "Müller"  # SQLite knows the two cases of ASCII letters only.
    assert found(queue, text=text) == ["2206.00004"]


@pytest.mark.parametrize("text", ["100_", "%%", "rob_st", "'; --", "\\"])
def test_no_sign_in_a_search_means_more_than_itself(queue, text):
    several(queue)
    assert found(queue, text=text) == []


def test_topics_and_days_are_counted(queue):
    several(queue)
    assert list(queue.topic_counts([State.PENDING]).items()) == [("Privacy", 2), ("Fairness", 1)]
    assert list(queue.day_counts([State.PENDING]).items()) == [(date(2022, 6, 2), 1), (DAY, 2)]


def test_work_counts_what_people_decided_since_then_and_what_waits(queue):
    several(queue)
    decided = make_decision().decided_at
    assert queue.work(decided) == Work(done=1, waiting=3)
    assert queue.work(decided + timedelta(seconds=1)) == Work(done=0, waiting=3)
    queue.close_listed(["2206.00001"], now=LATER)
    queue.expire(before=LATER, now=LATER)
    assert queue.work(decided) == Work(done=1, waiting=0)


# -- the history -------------------------------------------------------------


def test_the_history_is_what_people_did_newest_first(queue):
    fill(queue)
    publish(queue)
    queue.undo(ID, reviewer="bo", now=LATER, withdrawn=True)
    whole = queue.recent(limit=10)
    assert [line.decision.verdict for line in whole] == [Verdict.WITHDRAW, Verdict.APPROVE]
    assert whole[1] == DecidedPaper(
        decision=queue.history(ID)[0], title=f"On {ID}", state=State.PENDING, revision=3
    )
    assert queue.recent(limit=1, offset=1) == whole[1:]
    assert queue.recent(limit=10, reviewer="bo") == whole[:1]


# -- what was said of papers -------------------------------------------------


def test_what_was_said_of_a_paper_is_known_whether_it_was_queued_or_not(queue):
    scorings = [make_scoring(), make_scoring("2206.00002", relevance=0.123456)]
    queue.record([make_paper("2206.00002")], [make_candidate()], now=NOW, scorings=scorings)
    assert queue.scoring(ID) == scorings[0]
    assert queue.scoring("2206.00002") == replace(scorings[1], relevance=0.1235)
    assert queue.scoring("2206.00003") is None
    again = make_scoring(rank=3, model="another")
    queue.record([], [], now=NOW, scorings=[again])
    assert queue.scoring(ID) == again
