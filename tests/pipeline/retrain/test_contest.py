"""The comparison: places that count unsampled papers, and differences that may be noise."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from pipeline.retrain.contest import (
    Comparison,
    ContestDay,
    compare_recall,
    compare_topics,
    judge,
    place_positives,
)
from tests.builders import DAY, make_paper


def make_day(weights: list[float], added: list[bool], *, day: date = DAY) -> ContestDay:
    papers = tuple(make_paper(f"2206.{n:05}", announced=day) for n in range(len(weights)))
    return ContestDay(day=day, papers=papers, weights=np.array(weights), added=np.array(added))


def recall(days: list[ContestDay], scores: list[list[float]]) -> float:
    said = [np.array(each) for each in scores]
    return place_positives(days, said).recall(np.ones(len(days)))


def test_a_place_counts_all_papers_that_stand_above_not_those_that_were_sampled():
    scores = [[0.9, 0.8, 0.7]]
    assert recall([make_day([1.0, 1.0, 1.0], [False, False, True])], scores) == 1.0
    assert recall([make_day([20.0, 1.0, 1.0], [False, False, True])], scores) == 0.0
    assert recall([make_day([18.0, 1.0, 1.0], [False, False, True])], scores) == 1.0


def test_a_paper_above_the_others_is_found_whatever_the_others_stand_for():
    assert recall([make_day([1.0, 900.0], [True, False])], [[0.9, 0.8]]) == 1.0


def test_how_many_unsampled_papers_stand_above_is_told_by_all_days_together():
    # One sampled paper in ten is above: nine days know of none, and yet each has two there.
    days = [make_day([20.0, 1.0], [False, True], day=DAY + timedelta(days=n)) for n in range(10)]
    scores = [[0.9 if n == 0 else 0.1, 0.5] for n in range(10)]
    assert recall(days, scores) == 1.0
    places = place_positives(days, [np.array(each) for each in scores])
    assert (places.sampled @ np.ones(10) / 10).tolist() == [2.0] * 10


def test_a_model_that_says_the_same_of_all_papers_finds_none():
    day = make_day([1.0] * 30, [True] + [False] * 29)
    assert recall([day], [[0.5] * 30]) == 0.0


def days_with_one_positive(count: int) -> list[ContestDay]:
    return [make_day([20.0, 1.0], [False, True], day=DAY + timedelta(days=n)) for n in range(count)]


FIRST, LAST = np.array([0.1, 0.9]), np.array([0.9, 0.1])


def test_a_challenger_that_finds_the_same_is_promoted():
    days = days_with_one_positive(20)
    said = [FIRST if n % 4 else LAST for n in range(20)]
    found = compare_recall(days, said, said)
    assert (found.champion, found.challenger) == (0.75, 0.75)
    assert (found.low, found.high, found.worse) == (0.0, 0.0, 0.0)
    assert judge({"recall_at_20": found})[0]


def test_a_challenger_that_misses_one_paper_in_three_is_worse_beyond_noise():
    days = days_with_one_positive(30)
    found = compare_recall(days, [FIRST] * 30, [FIRST if n % 3 else LAST for n in range(30)])
    assert found.challenger == pytest.approx(2 / 3)
    promoted, verdict = judge({"recall_at_20": found})
    assert not promoted
    assert verdict == "worse beyond noise: recall at 20 0.67 against 1.00"


def test_a_difference_that_may_be_anything_leaves_the_champion_where_it_is():
    days = days_with_one_positive(12)
    champion = [LAST if n in {0, 1} else FIRST for n in range(12)]
    challenger = [LAST if n in {2, 3} else FIRST for n in range(12)]
    promoted, verdict = judge({"recall_at_20": compare_recall(days, champion, challenger)})
    assert not promoted
    assert verdict.startswith("too little to tell: recall at 20 0.83 against 0.83")


def test_a_challenger_that_finds_more_is_promoted_though_topics_are_only_as_good():
    days = days_with_one_positive(30)
    recall = compare_recall(days, [FIRST if n % 3 else LAST for n in range(30)], [FIRST] * 30)
    truth = ["A", "B"] * 15
    topics = compare_topics(truth, truth, truth)
    promoted, verdict = judge({"recall_at_20": recall, "topic_macro_f1": topics})
    assert promoted
    assert "recall at 20 1.00 against 0.67, topic macro f1 1.00 against 1.00" in verdict


def test_one_measure_that_is_worse_is_enough_to_stay():
    good = Comparison(champion=0.5, challenger=0.9, low=0.3, high=0.5, worse=0.0)
    bad = Comparison(champion=0.9, challenger=0.5, low=-0.5, high=-0.3, worse=1.0)
    assert not judge({"recall_at_20": good, "topic_macro_f1": bad})[0]


def test_topics_are_compared_on_the_same_papers():
    truth = ["A", "B", "C"] * 10
    guesses = ["A" if n < 10 else topic for n, topic in enumerate(truth)]
    found = compare_topics(truth, truth, guesses)
    assert found.champion == 1.0
    assert found.worse > 0.99
    assert compare_topics(truth, guesses, truth).worse == 0.0
