"""What a person may answer, and how a slip of theirs is met."""

from __future__ import annotations

import pytest

from db.errors import DecidedError, UnknownCandidateError
from db.records import State, Verdict
from pipeline.decisions import add_paper, decide_on, identifiers, topic_named
from pipeline.errors import DecisionError
from pipeline.publication import read_lists
from tests.builders import NOW, make_candidate, make_paper, make_publish_job
from tests.fakes import FakeScorer


@pytest.fixture
def job(tmp_path):
    job = make_publish_job(tmp_path)
    for number in (1, 2):
        candidate = make_candidate(f"2206.0000{number}")
        job.queue.record([candidate.paper], [candidate], now=NOW)
    return job


@pytest.fixture
def lists(job):
    return read_lists(job.list_paths)


def decide(job, ids, verdict=Verdict.APPROVE, **more):
    return decide_on(job.queue, ids, verdict, reviewer="Mara", now=NOW, **more)


def test_any_form_of_an_identifier_will_do(job):
    decided = decide(job, ["https://arxiv.org/abs/2206.00001v2", "arXiv:2206.00002"])
    assert [candidate.state for candidate in decided] == [State.APPROVED, State.APPROVED]


def test_a_decision_keeps_who_when_which_model_and_what_it_said(job):
    decide(job, ["2206.00001"], Verdict.REJECT, reason="off topic")
    (kept,) = job.queue.history("2206.00001")
    assert (kept.reviewer, kept.decided_at, kept.reason) == ("Mara", NOW, "off topic")
    assert (kept.model, kept.relevance, kept.topic_probability) == ("test-model", 0.5, 0.8)


def test_one_unknown_identifier_decides_nothing(job):
    with pytest.raises(UnknownCandidateError, match=r"2206\.00009 is not in the queue"):
        decide(job, ["2206.00001", "2206.00009"])
    assert job.queue.get("2206.00001").state is State.PENDING


def test_a_second_decision_is_refused_with_who_took_the_first(job):
    decide(job, ["2206.00001"])
    with pytest.raises(DecidedError, match=r"already approved \(by Mara\): `shortlist queue undo"):
        decide(job, ["2206.00001"], Verdict.REJECT)


def test_what_is_no_identifier_is_told_what_one_looks_like():
    with pytest.raises(DecisionError, match=r"'best' is no arXiv identifier: write it like"):
        identifiers(["best"])


@pytest.mark.parametrize("name", ["privacy", "PRIV", "Privacy", " privacy "])
def test_a_topic_is_found_by_its_beginning_in_any_case(lists, name):
    assert topic_named(name, lists) == "Privacy"


def test_an_unknown_topic_is_met_with_the_nearest_ones(lists):
    with pytest.raises(DecisionError, match="no topic 'Fairnes Things': nearest: Fairness"):
        topic_named("Fairnes Things", lists)


def add(job, lists, paper, *, topic=""):
    return add_paper(
        paper,
        job.queue,
        lists,
        topic=topic,
        scorer=FakeScorer(),
        aliases={},
        reviewer="Mara",
        now=NOW,
    )


def test_a_paper_met_elsewhere_is_approved_at_once_under_the_likeliest_topic(job, lists):
    added = add(job, lists, make_paper("2206.00777", title="Fairness Elsewhere"))
    assert (added.state, added.topic) == (State.APPROVED, "Fairness")
    assert job.queue.history("2206.00777")[0].verdict is Verdict.ADD


def test_with_a_topic_given_no_model_is_asked(job, lists):
    added = add(job, lists, make_paper("2206.00777"), topic="Privacy")
    assert (added.topic, added.model) == ("Privacy", "")


def test_a_listed_paper_is_not_added_again(job, lists):
    with pytest.raises(DecisionError, match=r"in the list already: README\.md, line 9"):
        add(job, lists, make_paper("2205.00002"))
