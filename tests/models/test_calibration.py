from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibration import assign_folds, fit_platt, fit_temperature, softmax


def test_probabilities_are_right_at_the_base_rate_of_what_the_sample_stands_for():
    dice = np.random.default_rng(0)
    positive = np.arange(1000) < 200
    scores = np.where(positive, 1.0, -1.0) + dice.normal(size=1000)
    stands_for = np.where(positive, 1.0, 20.0)
    said = fit_platt(scores, positive, stands_for).probability(scores)
    assert (said * stands_for).sum() / stands_for.sum() == pytest.approx(
        200 / (200 + 800 * 20), rel=0.05
    )


def test_scores_that_say_the_opposite_are_flattened_not_reversed():
    positive = np.arange(100) < 50
    platt = fit_platt(np.where(positive, -1.0, 1.0), positive, np.ones(100))
    low, high = platt.probability(np.array([-1.0, 1.0]))
    assert low < high
    assert low == pytest.approx(high, abs=0.03)


def test_few_scores_in_perfect_order_are_no_reason_to_be_certain():
    positive = np.array([True] * 5 + [False] * 20)
    said = fit_platt(np.where(positive, 1.0, -1.0), positive, np.ones(25)).probability(
        np.array([-1.0, 1.0])
    )
    assert 0.0 < said[0] < 0.1
    assert 0.8 < said[1] < 0.95


def test_extreme_scores_give_probabilities_without_overflow():
    positive = np.array([True, False] * 10)
    platt = fit_platt(np.where(positive, 1.0, -1.0), positive, np.ones(20))
    assert platt.probability(np.array([-1e9, 1e9])) == pytest.approx([0.0, 1.0])


def test_temperature_cools_what_is_too_sure():
    truth = np.arange(400) % 2
    wrong = np.arange(400) % 5 == 0
    shown = np.where(wrong, 1 - truth, truth)
    logits = np.eye(2)[shown] * 10.0
    temperature = fit_temperature(logits, truth)
    assert softmax(logits, temperature).max(axis=1).mean() == pytest.approx(0.8, abs=0.01)


def test_a_temperature_of_nothing_changes_nothing():
    assert fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.intp)) == 1.0


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=60))
def test_folds_spread_every_label_evenly_whatever_its_size(labels: list[str]):
    folds = assign_folds(labels)
    assert len(folds) == len(labels)
    assert max(np.bincount(folds, minlength=5)) - min(np.bincount(folds, minlength=5)) <= 1
    for label in set(labels):
        shares = np.bincount(folds[np.array(labels) == label], minlength=5)
        assert shares.max() - shares.min() <= 1
    assert (assign_folds(labels) == folds).all()
