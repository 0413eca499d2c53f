from __future__ import annotations

import numpy as np
import pytest

from models.conformal import Conformal


def made_up(
    dice: np.random.Generator, n: int, hard: float, *, easy: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities of three topics and the true one; of the third only ``hard`` are clear."""
    truth = dice.choice(3, n, p=[0.6, 0.3, 0.1])
    logits = dice.normal(size=(n, 3))
    clear = np.where(truth == 2, dice.random(n) < hard, dice.random(n) < easy)
    logits[np.arange(n), truth] += np.where(clear, 5.0, 0.5)
    powers = np.exp(logits)
    return powers / powers.sum(axis=1, keepdims=True), truth


def learned_from(probabilities: np.ndarray, truth: np.ndarray) -> Conformal:
    return Conformal(
        given=probabilities[np.arange(len(truth)), truth].astype(np.float32),
        topic=truth.astype(np.int32),
    )


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_sets_hold_the_right_topic_as_often_as_asked_on_papers_never_seen(coverage: float):
    dice = np.random.default_rng(7)
    conformal = learned_from(*made_up(dice, 2000, 0.4, easy=0.4))
    probabilities, truth = made_up(dice, 4000, 0.4, easy=0.4)
    held = conformal.sets(probabilities, coverage)[np.arange(4000), truth]
    assert coverage - 0.015 <= held.mean() <= coverage + 0.03


def test_a_topic_that_is_harder_than_the_others_is_held_nearly_as_often():
    dice = np.random.default_rng(7)
    conformal = learned_from(*made_up(dice, 3000, 0.4))
    probabilities, truth = made_up(dice, 4000, 0.4)
    own = truth == 2
    held = conformal.sets(probabilities, 0.95)[np.arange(4000), truth]
    assert held[own].mean() > 0.9
    # One threshold for all would leave it behind.
    alone = np.quantile(conformal.given, 0.05)
    assert (probabilities[np.arange(4000), truth] >= alone)[own].mean() < 0.9


def test_more_coverage_never_makes_a_set_smaller():
    dice = np.random.default_rng(7)
    conformal = learned_from(*made_up(dice, 500, 0.6))
    probabilities, _ = made_up(dice, 300, 0.6)
    little, much = conformal.sets(probabilities, 0.8), conformal.sets(probabilities, 0.95)
    assert (much | ~little).all()


def test_a_set_is_never_empty_and_holds_the_likeliest_topic():
    dice = np.random.default_rng(7)
    conformal = learned_from(*made_up(dice, 500, 0.9))
    sets = conformal.sets(np.full((1, 3), 1 / 3), 0.5)
    assert sets.any()
    probabilities, _ = made_up(dice, 300, 0.9)
    assert conformal.sets(probabilities, 0.5)[np.arange(300), probabilities.argmax(axis=1)].all()


def test_without_evidence_a_set_holds_every_topic():
    nothing = Conformal(given=np.zeros(0, np.float32), topic=np.zeros(0, np.int32))
    assert nothing.sets(np.array([[0.99, 0.01]]), 0.95).tolist() == [[True, True]]
    few = Conformal(given=np.full(8, 0.9, np.float32), topic=np.zeros(8, np.int32))
    assert few.sets(np.array([[0.99, 0.01]]), 0.999).tolist() == [[True, True]]
