from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from db.errors import DecidedError, NothingToUndoError, UnknownCandidateError
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import (
    AnnounceType,
    Paper,
    PaperVersion,
    Standing,
    State,
    TopicProbability,
    Verdict,
)
from db.statements import CHUNK
from tests.db.builders import (
    HOSTILE,
    NOW,
    make_candidate,
    make_decision,
    make_paper,
    unrevised,
)

LATER = NOW + timedelta(days=1)
ID = "2206.00001"


def fill(queue: Queue, *candidates) -> None:
    queue.record([], candidates or [make_candidate()], now=NOW)


def store(papers: PaperStore, *told: Paper, standing: Standing = Standing.WAITING) -> None:
    """Stores papers as a source tells them."""
    papers.take(
        [paper.arxiv_id for paper in told],
        lambda _known: [PaperChange(paper=paper, standing=standing) for paper in told],
        now=NOW,
    )


def put_in_state(queue: Queue, state: State) -> None:
    """Brings a candidate into ``state`` the way it really comes there."""
    fill(queue)
    verdicts = {
        State.APPROVED: Verdict.APPROVE,
        State.PUBLISHED: Verdict.APPROVE,
        State.REJECTED: Verdict.REJECT,
        State.DEFERRED: Verdict.DEFER,
    }
    if state in verdicts:
        queue.decide(make_decision(verdict=verdicts[state]))
    if state is State.PUBLISHED:
        queue.mark_published([ID], commit="abc", now=NOW)
    if state is State.EXPIRED:
        queue.expire(before=LATER, now=LATER)
    assert queue.get(ID).state is state


# -- seen and queued ---------------------------------------------------------


def test_what_is_queued_comes_back_as_it_went_in(queue):
    candidate = make_candidate()
    assert queue.record([candidate.paper], [candidate], now=NOW) == 1
    assert queue.pending() == (candidate,)
    assert queue.get(ID) == candidate


def test_a_paper_with_nothing_but_the_needed_comes_back_as_it_went_in(queue):
    paper = make_paper(
        abstract=None,
        authors=(),
        categories=(),
        published=None,
        announce_type=AnnounceType.CROSS,
        estimated=False,
        versions=(),
        revised=None,
        withdrawn=False,
        license="",
        dois=(),
        journal_ref=None,
    )
    candidate = make_candidate(paper=paper, topics=(), why=(), model="")
    fill(queue, candidate)
    assert queue.get(ID) == candidate


def test_a_paper_that_was_seen_is_remembered_as_it_was_announced(queue):
    paper = make_paper("2206.00009")
    queue.record([paper], [], now=NOW)
    assert queue.paper("2206.00009") == paper
    assert queue.paper("2206.00008") is None


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_to_the_letter(queue, text):
    paper = make_paper(
        title=text,
        abstract=text,
        authors=(text,),
        comment=text,
        license=text,
        dois=(text,),
        journal_ref=text,
    )
    candidate = make_candidate(
        paper=paper,
        topic=text,
        topics=(TopicProbability(topic=text, probability=1.0),),
        why=(text,),
    )
    fill(queue, candidate)
    assert queue.get(ID) == candidate
    assert queue.candidates(topic=text) == (candidate,)
    decision = make_decision(reason=text, reviewer=text)
    queue.decide(decision)
    assert queue.history(ID)[0].reason == text


def test_what_no_database_stores_is_replaced_and_the_rest_of_the_day_kept(queue):
    damaged = make_paper(title="half \ud83d a pair", authors=("\0", "Bo"))
    fill(queue, make_candidate(paper=damaged), make_candidate("2206.00002"))
    assert queue.get(ID).paper.title == "half \ufffd a pair"
    assert queue.get(ID).paper.authors == ("\ufffd", "Bo")
    assert len(queue.pending()) == 2


def test_recording_twice_queues_once(queue):
    candidate = make_candidate()
    assert queue.record([candidate.paper], [candidate], now=NOW) == 1
    assert queue.record([candidate.paper], [candidate], now=LATER) == 0
    assert queue.counts()[State.PENDING] == 1


def test_one_record_may_hold_a_candidate_twice(queue):
    candidate = make_candidate()
    assert queue.record([candidate.paper] * 2, [candidate] * 2, now=NOW) == 1


def test_recording_a_decided_candidate_again_leaves_it_as_it_stands(queue):
    put_in_state(queue, State.REJECTED)
    again = make_candidate(paper=make_paper(title="Another title"), relevance=0.9)
    assert queue.record([again.paper], [again], now=LATER) == 0
    assert queue.get(ID).state is State.REJECTED
    assert queue.get(ID).paper.title == f"On {ID}"


def test_seen_is_not_queued(queue):
    queue.record([make_paper("2206.00001"), make_paper("2206.00002")], [make_candidate()], now=NOW)
    assert queue.seen_ids(["2206.00001", "2206.00002", "2206.00003"]) == {
        "2206.00001",
        "2206.00002",
    }
    assert len(queue.candidates()) == 1


def test_a_paper_seen_before_can_be_queued_later(queue):
    queue.record([make_paper(abstract=None)], [], now=NOW)
    assert queue.record([], [make_candidate()], now=LATER) == 1
    assert queue.get(ID) == make_candidate()


def test_more_ids_than_one_statement_takes_can_be_asked_for(queue):
    papers = [make_paper(f"2206.{number:05}") for number in range(CHUNK + 5)]
    queue.record(papers, [], now=NOW)
    assert len(queue.seen_ids(paper.arxiv_id for paper in papers)) == CHUNK + 5


def test_nothing_to_record_is_no_error(queue):
    assert queue.record([], [], now=NOW) == 0
    queue.remember([], now=NOW)
    assert queue.decide_all([]) == ()
    assert queue.seen_ids([]) == frozenset()


def test_papers_not_scored_wait_and_are_not_seen(queue):
    papers = (make_paper("2206.00002"), make_paper("2206.00001"))
    queue.remember(papers, now=NOW)
    assert queue.waiting() == (papers[1], papers[0])
    assert queue.seen_ids(paper.arxiv_id for paper in papers) == frozenset()


def test_a_paper_that_waited_is_recorded_as_it_is_announced_now(queue):
    queue.remember([make_paper(abstract=None)], now=NOW)
    queue.record([make_paper()], [make_candidate()], now=LATER)
    assert queue.waiting() == ()
    assert queue.get(ID).paper == make_paper()


def test_a_paper_that_waited_is_recorded_with_all_that_was_known_of_it(queue):
    paper = make_paper("2206.00002")
    queue.remember([make_paper(), paper], now=NOW)
    waiting = queue.waiting()
    assert queue.record(waiting, [make_candidate(paper=waiting[0])], now=LATER) == 1
    assert queue.get(ID).paper == make_paper()
    assert queue.paper("2206.00002") == paper


def test_a_version_that_came_while_papers_were_scored_is_not_forgotten(queue, papers):
    ids = (ID, "2206.00002")
    queue.remember([make_paper(each) for each in ids], now=NOW)
    waiting = queue.waiting()
    third = PaperVersion(number=3, submitted=LATER)
    newer = [
        replace(paper, title="Revised", versions=(*paper.versions, third)) for paper in waiting
    ]
    store(papers, *newer)
    queue.record(waiting, [make_candidate(paper=waiting[0])], now=LATER)
    assert queue.waiting() == ()
    assert [queue.paper(each) for each in ids] == newer
    assert queue.get(ID).paper == newer[0]


def test_a_paper_taken_in_by_hand_keeps_what_the_sources_told(queue, papers):
    store(papers, make_paper(), standing=Standing.HISTORY)
    bare = make_paper(title="As typed", versions=(), license="", dois=(), revised=None)
    queue.add(make_candidate(paper=bare), reviewer="ada", now=LATER)
    assert queue.get(ID).paper == make_paper()
    assert papers.known([ID])[ID].standing is Standing.TRIAGED


def test_a_known_paper_does_not_wait_again(queue):
    queue.record([make_paper()], [], now=NOW)
    queue.remember([make_paper()], now=LATER)
    assert queue.waiting() == ()
    assert queue.seen_ids([ID]) == {ID}


# -- lists -------------------------------------------------------------------


def test_the_most_relevant_come_first_and_the_newest_of_equals(queue):
    fill(
        queue,
        make_candidate("2206.00001", relevance=0.5),
        make_candidate("cs/0701001", relevance=0.5),
        make_candidate("2206.00003", relevance=0.5),
        make_candidate("2206.00002", relevance=0.9),
    )
    order = [each.paper.arxiv_id for each in queue.pending()]
    assert order == ["2206.00002", "cs/0701001", "2206.00003", "2206.00001"]


def test_candidates_are_listed_by_state_and_topic(queue):
    fill(
        queue,
        make_candidate("2206.00001"),
        make_candidate("2206.00002", topic="Fairness"),
        make_candidate("2206.00003"),
    )
    queue.decide(make_decision("2206.00003", Verdict.REJECT))
    found = queue.candidates(state=State.PENDING, topic="Privacy")
    assert [each.paper.arxiv_id for each in found] == ["2206.00001"]
    assert len(queue.candidates(topic="Privacy")) == 2
    assert len(queue.candidates()) == 3
    assert queue.candidates(topic="privacy") == ()


def test_the_titles_of_all_candidates_are_known_in_any_state(queue):
    fill(queue, make_candidate("2206.00001"), make_candidate("2206.00002"))
    queue.record([make_paper("2206.00003")], [], now=NOW)
    queue.decide(make_decision("2206.00002", Verdict.REJECT))
    assert queue.titles() == {"2206.00001": "On 2206.00001", "2206.00002": "On 2206.00002"}


def test_approved_come_in_the_order_of_decision(queue):
    ids = ["2206.00003", "2206.00001", "2206.00002"]
    fill(queue, *(make_candidate(each) for each in ids))
    queue.decide_all([make_decision(each) for each in ids])
    assert [each.paper.arxiv_id for each in queue.approved()] == ids


def test_counts_name_every_state(queue):
    put_in_state(queue, State.APPROVED)
    assert queue.counts() == {**dict.fromkeys(State, 0), State.APPROVED: 1}


# -- decisions ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.APPROVE, State.APPROVED),
        (Verdict.REJECT, State.REJECTED),
        (Verdict.DEFER, State.DEFERRED),
    ],
)
@pytest.mark.parametrize("before", [State.PENDING, State.DEFERRED, State.EXPIRED])
def test_an_open_candidate_may_be_decided(queue, before, verdict, state):
    put_in_state(queue, before)
    decided = queue.decide(make_decision(verdict=verdict, reason="so", reviewer="bo"))
    assert decided == queue.get(ID)
    assert (decided.state, decided.reviewer, decided.reason) == (state, "bo", "so")
    assert decided.decided_at == NOW + timedelta(hours=1)


@pytest.mark.parametrize("before", [State.APPROVED, State.REJECTED, State.PUBLISHED])
@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT, Verdict.DEFER])
def test_a_second_decision_is_refused_and_changes_nothing(queue, before, verdict):
    put_in_state(queue, before)
    standing, history = queue.get(ID), queue.history(ID)
    with pytest.raises(DecidedError, match=rf"{ID} is already {before} \(by ada\)") as caught:
        queue.decide(make_decision(verdict=verdict, reviewer="bo"))
    assert (caught.value.state, caught.value.reviewer) == (before, "ada")
    assert (queue.get(ID), queue.history(ID)) == (standing, history)


def test_the_history_keeps_who_when_which_model_and_what_it_said(queue):
    fill(queue)
    queue.decide(make_decision(reason="fits"))
    assert queue.history(ID) == (
        make_decision(reason="fits", model="2022-05-31", relevance=0.5, topic_probability=0.75),
    )


def test_a_topic_in_the_decision_becomes_the_candidates(queue):
    fill(queue)
    assert queue.decide(make_decision(topic="Fairness")).topic == "Fairness"
    assert queue.history(ID)[0].topic_probability == 0.125


def test_a_topic_the_model_did_not_name_has_no_probability(queue):
    fill(queue)
    queue.decide(make_decision(topic="Causality"))
    assert queue.history(ID)[0].topic_probability == 0.0


def test_an_unknown_candidate_is_told_from_one_that_was_only_seen(queue):
    queue.record([make_paper("2206.00002")], [], now=NOW)
    with pytest.raises(UnknownCandidateError, match=r"2206\.00001 is not in the queue"):
        queue.decide(make_decision())
    with pytest.raises(
        UnknownCandidateError, match=r"2206\.00002 was seen but not queued"
    ) as caught:
        queue.get("2206.00002")
    assert caught.value.seen


def test_many_decisions_are_all_taken_or_none(queue):
    fill(queue, make_candidate("2206.00001"), make_candidate("2206.00002"))
    decisions = [make_decision("2206.00001"), make_decision("2206.09999")]
    with pytest.raises(UnknownCandidateError):
        queue.decide_all(decisions)
    assert queue.counts()[State.PENDING] == 2
    assert queue.history("2206.00001") == ()
    decided = queue.decide_all([make_decision("2206.00002"), make_decision("2206.00001")])
    assert [each.paper.arxiv_id for each in decided] == ["2206.00002", "2206.00001"]


def test_what_only_happens_cannot_be_decided(queue):
    fill(queue)
    with pytest.raises(ValueError, match="publish is not decided"):
        queue.decide(make_decision(verdict=Verdict.PUBLISH))


def test_a_time_without_a_zone_is_a_fault_of_the_caller(queue):
    fill(queue)
    with pytest.raises(ValueError, match="has no time zone"):
        queue.decide(make_decision(decided_at=NOW.replace(tzinfo=None)))
    assert queue.history(ID) == ()


# -- undo --------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.DEFERRED])
def test_undo_gives_the_candidate_back_as_it_was(queue, state):
    put_in_state(queue, state)
    assert unrevised(queue.undo(ID, reviewer="bo", now=LATER)) == make_candidate()
    assert unrevised(queue.get(ID)) == make_candidate()
    assert [each.verdict for each in queue.history(ID)][1:] == [Verdict.UNDO]
    assert queue.history(ID)[-1].reviewer == "bo"


def test_undo_gives_the_topic_back(queue):
    fill(queue)
    queue.decide(make_decision(topic="Fairness"))
    assert queue.undo(ID, reviewer="ada", now=LATER).topic == "Privacy"


def test_decisions_are_taken_back_one_by_one(queue):
    fill(queue)
    deferred = queue.decide(
        make_decision(verdict=Verdict.DEFER, topic="Fairness", reviewer="bo", reason="busy")
    )
    queue.decide(make_decision(topic="Causality"))
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == unrevised(deferred)
    queue.decide(make_decision(verdict=Verdict.REJECT))
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == unrevised(deferred)
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == make_candidate()
    with pytest.raises(NothingToUndoError):
        queue.undo(ID, reviewer="ada", now=LATER)


def test_an_expired_candidate_that_was_revived_expires_again_by_undo(queue):
    put_in_state(queue, State.EXPIRED)
    expired = queue.get(ID)
    queue.decide(make_decision())
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == unrevised(expired)


@pytest.mark.parametrize("state", [State.PENDING, State.EXPIRED])
def test_where_nobody_has_decided_there_is_nothing_to_take_back(queue, state):
    put_in_state(queue, state)
    with pytest.raises(NothingToUndoError, match=f"{ID} is {state}, and there is no decision"):
        queue.undo(ID, reviewer="ada", now=LATER)


def test_a_published_candidate_is_not_undone_here(queue):
    put_in_state(queue, State.PUBLISHED)
    with pytest.raises(DecidedError, match="already published") as caught:
        queue.undo(ID, reviewer="ada", now=LATER)
    assert caught.value.hint == ""


def test_an_unknown_candidate_cannot_be_undone(queue):
    with pytest.raises(UnknownCandidateError):
        queue.undo(ID, reviewer="ada", now=LATER)


# -- taken in by hand --------------------------------------------------------


def test_a_paper_taken_in_by_hand_is_approved_at_once(queue):
    by_hand = make_candidate(topics=(), relevance=0.0, model="", why=())
    added = queue.add(by_hand, reviewer="ada", now=NOW)
    approved = replace(by_hand, state=State.APPROVED, reviewer="ada", decided_at=NOW)
    assert unrevised(added) == approved
    assert queue.approved() == (added,)
    assert [each.verdict for each in queue.history(ID)] == [Verdict.ADD]
    assert queue.seen_ids([ID]) == {ID}


def test_a_paper_that_was_seen_or_waits_can_be_taken_in(queue):
    queue.record([make_paper("2206.00001")], [], now=NOW)
    queue.remember([make_paper("2206.00002")], now=NOW)
    queue.add(make_candidate("2206.00001"), reviewer="ada", now=NOW)
    queue.add(make_candidate("2206.00002"), reviewer="ada", now=NOW)
    assert len(queue.approved()) == 2
    assert queue.waiting() == ()


@pytest.mark.parametrize("state", [State.PENDING, State.DEFERRED, State.EXPIRED])
def test_an_open_candidate_is_approved_where_it_stands_when_taken_in(queue, state):
    put_in_state(queue, state)
    by_hand = make_candidate(topic="Causality", topics=(), relevance=0.0, model="")
    added = queue.add(by_hand, reviewer="bo", now=LATER)
    assert (added.state, added.topic, added.reviewer) == (State.APPROVED, "Causality", "bo")
    assert (added.relevance, added.model) == (0.5, "2022-05-31")


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.PUBLISHED])
def test_a_decided_candidate_is_not_taken_in_again(queue, state):
    put_in_state(queue, state)
    with pytest.raises(DecidedError, match=f"already {state}"):
        queue.add(make_candidate(), reviewer="bo", now=LATER)


def test_a_paper_taken_in_by_hand_waits_after_undo(queue):
    queue.add(make_candidate(), reviewer="ada", now=NOW)
    assert unrevised(queue.undo(ID, reviewer="ada", now=LATER)) == make_candidate()


# -- what happens ------------------------------------------------------------


def test_only_approved_candidates_are_marked_as_published(queue):
    fill(queue, *(make_candidate(f"2206.0000{number}") for number in (1, 2, 3)))
    queue.decide_all([make_decision("2206.00001"), make_decision("2206.00003")])
    ids = ["2206.00003", "2206.00002", "2206.00001", "2206.09999"]
    assert queue.mark_published(ids, commit="abc123", now=LATER) == ("2206.00003", "2206.00001")
    published = queue.get("2206.00001")
    assert (published.state, published.commit, published.reviewer) == (
        State.PUBLISHED,
        "abc123",
        "ada",
    )
    assert queue.history("2206.00001")[-1].verdict is Verdict.PUBLISH
    assert queue.mark_published(ids, commit="def456", now=LATER) == ()


@pytest.mark.parametrize("state", [State.PENDING, State.DEFERRED, State.EXPIRED])
def test_a_candidate_that_a_person_wrote_into_the_list_closes_as_added(queue, state):
    put_in_state(queue, state)
    assert queue.close_listed(["2206.09999", ID], now=LATER) == (ID,)
    closed, last = queue.get(ID), queue.history(ID)[-1]
    assert (closed.state, closed.reviewer, closed.decided_at) == (State.PUBLISHED, "list", LATER)
    assert (last.verdict, last.reviewer, last.model) == (Verdict.LISTED, "list", "2022-05-31")
    assert queue.close_listed([ID], now=LATER) == ()


def test_an_approved_candidate_found_in_the_list_was_committed_by_a_killed_run(queue):
    put_in_state(queue, State.APPROVED)
    assert queue.close_listed([ID], now=LATER) == (ID,)
    closed, last = queue.get(ID), queue.history(ID)[-1]
    assert (closed.state, closed.reviewer) == (State.PUBLISHED, "ada")
    assert (last.verdict, last.reviewer) == (Verdict.PUBLISH, "list")


def test_a_rejected_candidate_found_in_the_list_stays_rejected(queue):
    put_in_state(queue, State.REJECTED)
    assert queue.close_listed([ID], now=LATER) == ()


def test_pending_candidates_expire_when_they_waited_too_long(queue):
    fill(
        queue,
        make_candidate("2206.00001", queued_at=NOW - timedelta(seconds=1)),
        make_candidate("2206.00002", queued_at=NOW),
        make_candidate("2206.00003", queued_at=NOW - timedelta(days=9)),
    )
    queue.decide(make_decision("2206.00003", Verdict.DEFER))
    assert queue.expire(before=NOW, now=LATER) == ("2206.00001",)
    assert queue.get("2206.00001").state is State.EXPIRED
    assert queue.history("2206.00001")[0].verdict is Verdict.EXPIRE
    assert queue.expire(before=NOW, now=LATER) == ()


def test_a_state_filter_and_a_history_of_nothing_are_empty(queue):
    assert queue.candidates(state=State.DEFERRED) == ()
    assert queue.history(ID) == ()
