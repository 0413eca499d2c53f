"""Drift: quiet where nothing moved, and heard where something did."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest

from db.records import Candidate, TopicProbability
from pipeline.triage.drift import Map, find_drift
from tests.builders import make_candidate, make_paper

TODAY = date(2022, 8, 31)
TOPICS = ("Evasion", "Fairness", "Ownership", "Privacy")
SHARES = (0.4, 0.1, 0.1, 0.4)
PER_DAY = 10


def days(weeks: int) -> list[date]:
    found = [TODAY - timedelta(days=number) for number in range(weeks * 7)]
    return [day for day in reversed(found) if day.weekday() < 5]


def candidate(
    day: date, place: int, topic: str, relevance: float, *, model: str = "m1", **paper: str
) -> Candidate:
    arxiv_id = f"{day:%y%m}.{day.day:02}{place:03}"
    return replace(
        make_candidate(),
        paper=make_paper(arxiv_id, announced=day, **paper),
        topic=topic,
        topics=(TopicProbability(topic=topic, probability=0.9),),
        relevance=relevance,
        model=model,
        queued_at=datetime.combine(day, time(5), tzinfo=UTC),
    )


def quiet_queue(seed: int, *, weeks: int = 24) -> list[Candidate]:
    """Weeks whose shares vary a little more than draws would, and scores by day."""
    dice, queue = random.Random(seed), []
    for day in days(weeks):
        lean = dice.choice(TOPICS) if day.weekday() == 0 else None
        busy = dice.uniform(0.9, 1.1)
        for place in range(PER_DAY):
            topic = lean if lean and dice.random() < 0.3 else dice.choices(TOPICS, SHARES)[0]
            queue.append(candidate(day, place, topic, dice.random() * 0.5 * busy))
    return queue


def recent(queue: list[Candidate]) -> list[Candidate]:
    return [each for each in queue if each.paper.announced > TODAY - timedelta(days=28)]


def test_a_queue_that_is_as_it_was_raises_at_most_its_share_of_alarms():
    drifts = [find_drift(quiet_queue(seed), today=TODAY) for seed in range(100)]
    assert sum(bool(drift.topics) for drift in drifts) <= 4
    assert sum(drift.scores is not None for drift in drifts) <= 4


@pytest.mark.parametrize("seed", range(5))
def test_a_topic_that_doubles_its_share_is_named_with_both_shares(seed):
    queue = quiet_queue(seed)
    dice = random.Random(seed)
    moved = {each.paper.arxiv_id for each in recent(queue) if dice.random() < 0.3}
    queue = [
        candidate_on(each, "Fairness") if each.paper.arxiv_id in moved else each for each in queue
    ]
    shifts = {shift.topic: shift for shift in find_drift(queue, today=TODAY).topics}
    fairness = shifts["Fairness"]
    assert fairness.now > 2 * fairness.before
    assert fairness.z > 3
    assert "drift: Fairness is " in fairness.line


def candidate_on(each: Candidate, topic: str) -> Candidate:
    return replace(each, topics=(TopicProbability(topic=topic, probability=0.9),))


def test_a_topic_that_comes_in_bursts_anyway_raises_no_alarm_by_one_more():
    queue, dice = [], random.Random(5)
    for day in days(24):
        burst = (day.toordinal() // 7) % 4 == 0
        for place in range(PER_DAY):
            topic = "Fairness" if burst and dice.random() < 0.6 else "Privacy"
            queue.append(candidate(day, place, topic, 0.2))
    assert find_drift(queue, today=TODAY).topics == ()


def test_scores_that_fall_are_said():
    queue = quiet_queue(1)
    low = {each.paper.arxiv_id for each in recent(queue)}
    queue = [
        replace(each, relevance=each.relevance * 0.6) if each.paper.arxiv_id in low else each
        for each in queue
    ]
    shift = find_drift(queue, today=TODAY).scores
    assert shift is not None
    assert shift.now < shift.before
    assert shift.z < -3
    assert "relevance of what is queued is" in shift.line


def test_scores_of_another_model_are_not_compared():
    queue = [
        replace(each, model="m2", relevance=each.relevance * 0.5)
        if each.paper.announced > TODAY - timedelta(days=28)
        else each
        for each in quiet_queue(1)
    ]
    drift = find_drift(queue, today=TODAY)
    assert drift.scores is None
    assert drift.unknown == ("drift: too few days yet to compare the scores of model m2",)


def test_papers_drawn_at_random_and_papers_added_by_hand_say_nothing_of_drift():
    queue = quiet_queue(2)
    strange = [
        replace(
            candidate(day, 500 + n, "Ownership", 0.9),
            audit=n % 2 == 0,
            model="m1" if n % 2 == 0 else "",
        )
        for day in days(4)
        for n in range(10)
    ]
    assert find_drift([*queue, *strange], today=TODAY) == find_drift(queue, today=TODAY)


def test_with_too_few_weeks_nothing_is_said_but_that():
    drift = find_drift(quiet_queue(1, weeks=8), today=TODAY)
    assert drift.lines == ()
    assert "too little to tell yet (4 of 8 weeks" in drift.unknown[0]


# -- new topics -------------------------------------------------------------------------------

DIMENSION = 64
AXES = np.eye(DIMENSION, dtype=np.float32)


def near(axis: int, dice: np.random.Generator, *, spread: float = 0.09) -> np.ndarray:
    vector = AXES[axis] + dice.normal(size=DIMENSION).astype(np.float32) * spread
    return vector / np.linalg.norm(vector)


def mapped(queue: list[Candidate], *, strange: dict[str, int] | None = None, seed: int = 1) -> Map:
    """Each topic about an axis of its own; one paper in four near none of them."""
    dice = np.random.default_rng(seed)
    papers = {}
    for each in queue:
        axis = (strange or {}).get(each.paper.arxiv_id)
        if axis is None:
            axis = TOPICS.index(each.topics[0].topic)
            if dice.random() < 0.25:
                axis = int(dice.integers(10, DIMENSION))
        papers[each.paper.arxiv_id] = near(axis, dice)
    entries = [
        (topic, near(number, dice)) for number, topic in enumerate(TOPICS) for _ in range(20)
    ]
    return Map(
        entries=np.stack([vector for _, vector in entries]),
        papers=papers,
    )


def with_new_subject(queue: list[Candidate], count: int) -> tuple[list[Candidate], dict[str, int]]:
    chosen = [each.paper.arxiv_id for each in recent(queue)[::3]][:count]
    text = "We align dialogue agents with people by reward models and feedback."
    queue = [
        replace(each, paper=replace(each.paper, title="Aligning Agents", abstract=text))
        if each.paper.arxiv_id in chosen
        else each
        for each in queue
    ]
    return queue, dict.fromkeys(chosen, 9)


@pytest.mark.parametrize("seed", range(3))
def test_papers_that_gather_near_no_topic_are_shown_with_their_words(seed):
    queue, strange = with_new_subject(quiet_queue(seed), 12)
    (found,) = find_drift(queue, today=TODAY, where=mapped(queue, strange=strange)).gatherings
    assert 10 <= found.papers <= 13
    assert {arxiv_id for arxiv_id, _ in found.typical} <= set(strange)
    assert {"align", "feedback"} <= set(found.words) | {"align"}
    assert "a new topic may be forming" in found.line
    assert "Aligning Agents" in found.line


def test_a_quiet_queue_has_no_new_topic():
    for seed in range(20):
        queue = quiet_queue(seed)
        assert find_drift(queue, today=TODAY, where=mapped(queue, seed=seed)).gatherings == ()


def test_a_subject_that_was_always_there_is_no_new_topic():
    queue = quiet_queue(3)
    strange = {each.paper.arxiv_id: 9 for each in queue[::16]}
    assert len(strange) > 50
    assert find_drift(queue, today=TODAY, where=mapped(queue, strange=strange)).gatherings == ()


def test_papers_of_a_topic_that_the_list_has_are_no_new_topic_however_many():
    queue = quiet_queue(4)
    strange = {each.paper.arxiv_id: 3 for each in recent(queue)}
    assert find_drift(queue, today=TODAY, where=mapped(queue, strange=strange)).gatherings == ()


def test_papers_without_a_vector_are_left_out():
    queue, strange = with_new_subject(quiet_queue(1), 12)
    where = mapped(queue, strange=strange)
    known = {key: vector for key, vector in where.papers.items() if key not in strange}
    assert find_drift(queue, today=TODAY, where=replace(where, papers=known)).gatherings == ()
