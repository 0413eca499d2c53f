"""The first look: what is worth an embedding, and when nobody can know."""

from __future__ import annotations

import numpy as np

from models.first_look import LARGE_DAY, SAMPLE_ROWS, SHOWN, choose_rows, learn_depth


def rows_of(days: int, papers: int) -> np.ndarray:
    return np.repeat(np.arange(1, days + 1), papers)


def test_with_few_days_the_first_look_is_off():
    days = rows_of(4, 200)
    scores = np.linspace(0, 1, len(days))
    depth = learn_depth(glanced=scores, full=scores, days=days, sample=days > 0)
    assert depth == 0


def test_a_look_that_agrees_with_the_model_lets_little_more_through_than_is_shown():
    days = rows_of(10, 200)
    scores = np.random.default_rng(1).normal(size=len(days))
    assert learn_depth(glanced=scores, full=scores, days=days, sample=days > 0) == SHOWN


def test_the_depth_lets_through_nearly_all_that_the_model_shows_first_on_days_to_come():
    dice = np.random.default_rng(2)
    days = rows_of(20, 300)
    full = dice.normal(size=len(days))
    glanced = full + 0.6 * dice.normal(size=len(days))
    past = days <= 10
    depth = learn_depth(
        glanced=glanced[past], full=full[past], days=days[past], sample=np.ones(past.sum(), bool)
    )
    kept = [
        np.isin(
            np.argsort(-full[days == day])[:SHOWN], np.argsort(-glanced[days == day])[:depth]
        ).mean()
        for day in range(11, 21)
    ]
    assert np.mean(kept) >= 0.97
    assert depth < LARGE_DAY


def test_depth_is_learned_for_days_larger_than_those_recorded():
    dice = np.random.default_rng(3)
    days = rows_of(10, LARGE_DAY // 5)
    full = dice.normal(size=len(days))
    glanced = full + dice.normal(size=len(days))
    depth = learn_depth(glanced=glanced, full=full, days=days, sample=days > 0)
    assert depth > LARGE_DAY // 5


def test_what_was_added_is_always_read_whole_and_the_others_best_first():
    days = rows_of(12, 200)
    added = np.zeros(len(days), dtype=bool)
    added[:5] = True
    glanced = np.random.default_rng(4).normal(size=len(days))
    rows, sample = choose_rows(glanced, added, days)
    assert set(range(5)) <= set(rows.tolist())
    assert not sample[added].any()
    oldest = rows[(days[rows] == 1) & ~added[rows]]
    left = np.setdiff1d(np.flatnonzero((days == 1) & ~added), oldest)
    assert glanced[oldest].min() >= glanced[left].max()
    newest = np.flatnonzero(days == 12)
    assert np.isin(newest, rows).all()


def test_a_sample_of_each_day_teaches_a_depth_that_lets_through_as_much():
    dice = np.random.default_rng(4)
    days = np.repeat(np.arange(1, 61), 600)
    full = dice.normal(size=len(days))
    glanced = full + dice.normal(size=len(days)) * 0.5
    whole = learn_depth(glanced=glanced, full=full, days=days, sample=days > 0)
    kept, counts = [], np.ones(len(days))
    for day in range(1, 61):
        rows = np.flatnonzero(days == day)
        best = rows[np.argsort(-full[rows])]
        rest = best[20:][dice.random(580) < 0.05]
        counts[rest] = 20.0
        kept += [*best[:20], *rest]
    rows = np.sort(np.array(kept))
    none = np.zeros(len(rows), dtype=np.bool_)
    _, sample = choose_rows(glanced[rows], none, days[rows], counts[rows])
    assert (counts[rows][sample] == 1.0).sum() == SAMPLE_ROWS
    depth = learn_depth(
        glanced=glanced[rows],
        full=full[rows],
        days=days[rows],
        sample=sample,
        counts=counts[rows],
    )
    assert whole * 0.8 <= depth <= whole * 2
    let_through = shown = 0
    for day in range(1, 61):
        of_day = np.flatnonzero(days == day)
        best = set(of_day[np.argsort(-full[of_day])[:SHOWN]])
        let_through += len(best & set(of_day[np.argsort(-glanced[of_day])[:depth]]))
        shown += SHOWN
    assert let_through / shown >= 0.98
