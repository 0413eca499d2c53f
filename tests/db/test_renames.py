from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.dump import dump, load
from db.records import TopicProbability, TopicRename
from db.renames import TopicRenames, names_now
from tests.db.builders import HOSTILE, NOW, make_candidate, make_decision

LATER = NOW + timedelta(days=1)


def rename(old: str = "Privacy", new: str = "Secrecy") -> TopicRename:
    return TopicRename(old=old, new=new, renamed_at=NOW)


@pytest.fixture
def renames(engine) -> TopicRenames:
    return TopicRenames(engine)


def test_labels_of_candidates_and_decisions_follow(queue, renames):
    queue.record([], [make_candidate(), make_candidate("2206.00002", topic="Fairness")], now=NOW)
    queue.decide(make_decision())
    assert renames.complete(rename()) == 2
    approved = queue.get("2206.00001")
    assert approved.topic == "Secrecy"
    assert [each.topic for each in approved.topics] == ["Secrecy", "Fairness"]
    assert queue.get("2206.00002").topic == "Fairness"
    assert queue.undo("2206.00001", reviewer="ada", now=LATER).topic == "Secrecy"


def test_a_topic_chosen_in_a_decision_follows(queue, renames):
    queue.record([], [make_candidate()], now=NOW)
    queue.decide(make_decision(topic="Fairness"))
    renames.complete(rename("Fairness", "Justice"))
    assert queue.get("2206.00001").topic == "Justice"
    assert [each.topic for each in queue.history("2206.00001")] == ["Justice"]


def test_a_merge_adds_probabilities_up_and_sorts_again(queue, renames):
    topics = tuple(
        TopicProbability(topic=name, probability=share)
        for name, share in (("Others", 0.5), ("Privacy", 0.3), ("fairness", 0.25))
    )
    queue.record([], [make_candidate(topics=topics)], now=NOW)
    renames.complete(rename("Fairness", "Privacy"))
    ranked = queue.get("2206.00001").topics
    assert [each.topic for each in ranked] == ["Privacy", "Others"]
    assert ranked[0].probability == pytest.approx(0.55)


def test_completing_twice_changes_nothing_more(queue, renames):
    queue.record([], [make_candidate()], now=NOW)
    renames.begin(rename())
    assert renames.complete(rename()) == 1
    before = queue.candidates()
    assert renames.complete(rename()) == 0
    assert queue.candidates() == before


def test_what_was_begun_is_pending_until_it_is_completed_or_dropped(renames):
    renames.begin(rename())
    assert (renames.pending(), renames.done()) == ((rename(),), ())
    renames.complete(rename())
    assert (renames.pending(), renames.done()) == ((), (rename(),))
    renames.begin(rename("Fairness", "Justice"))
    renames.drop(rename("Fairness", "Justice"))
    assert (renames.pending(), renames.done()) == ((), (rename(),))


def test_names_are_followed_through_later_renames():
    chain = [rename("A", "B"), rename("C", "B"), rename("B", "D")]
    assert names_now(chain) == {"A": "D", "C": "D", "B": "D"}


def test_a_name_that_is_taken_up_again_is_no_old_one():
    assert names_now([rename("A", "B"), rename("B", "A")]) == {"B": "A"}
    assert names_now([rename("privacy", "Privacy")]) == {}


@given(st.lists(st.tuples(st.sampled_from("ABCDabcd"), st.sampled_from("ABCDabcd")), max_size=12))
def test_an_old_name_always_leads_to_one_that_is_in_use(pairs):
    now = names_now(rename(old, new) for old, new in pairs)
    assert not {name.casefold() for name in now} & {name.casefold() for name in now.values()}


def test_any_name_is_kept_and_dumped(engine, renames, make_engine, tmp_path):
    for old, new in pairwise(HOSTILE):
        renames.complete(rename(old, new))
    renames.begin(rename())
    dump(engine, tmp_path / "state")
    copy = make_engine()
    load(copy, tmp_path / "state")
    assert TopicRenames(copy).done() == renames.done()
    assert TopicRenames(copy).pending() == (rename(),)
