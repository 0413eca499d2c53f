from __future__ import annotations

import numpy as np
import pytest

from models.evaluation import (
    accuracy,
    average_precision,
    calibration_error,
    f1_by_label,
    macro_f1,
    recall_at,
    roc_auc,
)

NOTHING = np.array([], dtype=bool)


def test_each_topic_has_the_same_say_in_macro_f1():
    truth, guessed = ["a", "a", "a", "b"], ["a", "a", "a", "a"]
    assert accuracy(truth, guessed) == 0.75
    assert f1_by_label(truth, guessed) == {"a": pytest.approx(6 / 7), "b": 0.0}
    assert macro_f1(truth, guessed) == pytest.approx(3 / 7)


def test_recall_counts_positives_within_the_first_k_of_their_own_day():
    quiet = (np.array([True, False, False]), np.array([0.1, 0.9, 0.8]))
    busy = (np.array([True, True, False]), np.array([0.9, 0.8, 0.7]))
    assert recall_at(1, [quiet, busy]) == pytest.approx(1 / 3)
    assert recall_at(2, [quiet, busy]) == pytest.approx(2 / 3)
    assert recall_at(3, [quiet, busy]) == 1.0


def test_auc_is_the_share_of_pairs_in_order_with_ties_half():
    positive = np.array([True, True, False, False])
    assert roc_auc(positive, np.array([4.0, 3.0, 2.0, 1.0])) == 1.0
    assert roc_auc(positive, np.array([4.0, 1.0, 2.0, 1.0])) == pytest.approx(2.5 / 4)
    assert roc_auc(positive, np.zeros(4)) == 0.5


def test_average_precision_counts_a_sampled_negative_as_all_it_stands_for():
    positive = np.array([False, True])
    scores = np.array([0.9, 0.1])
    assert average_precision(positive, scores, np.ones(2)) == 0.5
    assert average_precision(positive, scores, np.array([9.0, 1.0])) == pytest.approx(0.1)


def test_calibration_error_is_the_distance_between_said_and_seen():
    correct = np.array([True, False, True, False])
    assert calibration_error(correct, np.full(4, 0.5), bins=1) == 0.0
    assert calibration_error(correct, np.full(4, 0.9), bins=1) == pytest.approx(0.4)


def test_nothing_to_measure_is_no_failure():
    assert accuracy([], []) == macro_f1([], []) == recall_at(5, []) == 0.0
    assert average_precision(NOTHING, np.array([]), np.array([])) == 0.0
    assert roc_auc(NOTHING, np.array([])) == 0.5
    assert calibration_error(NOTHING, np.array([])) == 0.0
