"""Linear scores learn what earned most."""

from __future__ import annotations

import numpy as np

from models.choice import Choices, fit_each, fit_one_of_many


def test_one_of_many_learns_which_feature_pays():
    random = np.random.default_rng(1)
    cases = []
    for _ in range(60):
        features = random.random((5, 3))
        cases.append(Choices(features=features, rewards=features[:, 1]))
    weights = fit_one_of_many(cases, penalty=0.001)
    taken = [case.rewards[np.argmax(case.features @ weights)] for case in cases]
    best = [case.rewards.max() for case in cases]
    assert weights.argmax() == 1
    assert np.mean(taken) > 0.98 * np.mean(best)


def test_each_for_itself_learns_which_feature_decides():
    random = np.random.default_rng(2)
    features = np.column_stack([np.ones(400), random.random((400, 2))])
    chosen = features[:, 2] > 0.5
    weights = fit_each(features, chosen, penalty=0.0001)
    assert np.mean((features @ weights > 0) == chosen) > 0.95


def test_the_same_data_give_the_same_weights():
    features = np.column_stack([np.ones(9), np.arange(9.0)])
    chosen = np.arange(9) > 4
    first, second = (fit_each(features, chosen, penalty=0.01) for _ in range(2))
    assert (first == second).all()
