"""The audit slice: drawn fairly, kept apart, and an estimate that holds what is true."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.records import Answer, Label
from pipeline.triage.audit import (
    LEAST_ANSWERS,
    SHARE,
    draw_audit,
    draws_on,
    estimate_missed,
    in_share,
    sampling_weights,
)
from tests.builders import make_candidate, make_paper

MONDAY = date(2022, 5, 30)


def week(number: int) -> list[date]:
    return [MONDAY + timedelta(weeks=number, days=day) for day in range(7)]


def papers_of(day: date, count: int) -> list:
    return [make_paper(f"{day:%y%m}.{day.day:02}{n:03}", announced=day) for n in range(count)]


def drawn_candidate(paper):
    return replace(make_candidate(), paper=paper, audit=True)


def label(arxiv_id: str, answer: Answer, *, audit: bool = True) -> Label:
    return Label(
        arxiv_id=arxiv_id,
        answer=answer,
        topic="Privacy",
        corrected=False,
        audit=audit,
        answered_at=datetime(2022, 6, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize("per_week", [0, 1, 3, 5, 8])
def test_a_week_draws_what_config_says_and_none_on_a_weekend(per_week):
    for number in range(20):
        draws = [draws_on(day, per_week) for day in week(number)]
        assert sum(draws) == per_week
        assert draws[5:] == [0, 0]


def test_every_weekday_gets_its_share_of_draws_over_the_years():
    for weekday in range(5):
        drawn = sum(draws_on(week(number)[weekday], 3) for number in range(500))
        assert drawn / 500 == pytest.approx(0.6, abs=0.08)


def test_the_same_day_and_papers_draw_the_same_in_any_order():
    days = week(0)
    papers = [paper for day in days for paper in papers_of(day, 40)]
    drawn = draw_audit(papers, per_week=3)
    shuffled = random.Random(1).sample(papers, len(papers))
    assert draw_audit(shuffled, per_week=3) == drawn
    assert len(drawn) == 3


def test_a_second_run_of_a_day_draws_nothing_more():
    day = next(day for day in week(0) if draws_on(day, 3))
    papers = papers_of(day, 40)
    (drawn,) = draw_audit(papers, per_week=3)
    rest = [paper for paper in papers if paper != drawn]
    assert draw_audit(rest, per_week=3, drawn_before=[drawn_candidate(drawn)]) == ()


def test_over_many_days_what_was_drawn_stands_for_all_that_was_below_the_cut():
    total = found = 0.0
    for number in range(200):
        for day in week(number)[:5]:
            papers = papers_of(day, 150 + number)
            audit = [drawn_candidate(paper) for paper in draw_audit(papers, per_week=3)]
            weights = sampling_weights(papers, audit, per_week=3)
            total += len(papers)
            found += sum(weights[each.paper.arxiv_id] for each in audit)
    assert found / total == pytest.approx(1.0, abs=0.01)


def test_a_random_share_of_the_rest_is_kept_with_its_weight_and_no_candidate_among_it():
    papers = [paper for day in week(0)[:5] for paper in papers_of(day, 400)]
    candidates = [replace(make_candidate(), paper=paper) for paper in papers[:100]]
    weights = sampling_weights(papers, candidates, per_week=0)
    assert set(weights.values()) == {1 / SHARE}
    assert set(weights) == {p.arxiv_id for p in papers[100:] if in_share(p.arxiv_id)}
    assert sum(weights.values()) / 1900 == pytest.approx(1.0, abs=0.2)


def test_on_a_day_with_fewer_papers_than_draws_each_stands_for_itself():
    papers = papers_of(MONDAY, 2)
    drawn = draw_audit(papers, per_week=25)
    assert len(drawn) == 2
    candidates = [drawn_candidate(paper) for paper in drawn]
    assert set(sampling_weights(papers, candidates, per_week=25).values()) == {1.0}


def test_nothing_is_said_of_what_is_missed_while_nothing_was_drawn():
    assert estimate_missed([make_candidate()], {}, {}) is None


def test_with_few_answers_the_estimate_says_so_and_expiries_are_none():
    papers = papers_of(MONDAY, LEAST_ANSWERS)
    drawn = [drawn_candidate(paper) for paper in papers]
    ids = [paper.arxiv_id for paper in papers]
    answers = [Answer.REJECTED] * (LEAST_ANSWERS - 1) + [Answer.EXPIRED]
    labels = {each: label(each, answer) for each, answer in zip(ids, answers, strict=True)}
    missed = estimate_missed(drawn, labels, dict.fromkeys(ids, 100.0))
    assert missed is not None
    assert not missed.enough
    assert "too few answers yet" in missed.line
    assert "(19 of 20, 20 drawn)" in missed.line


def test_no_approval_below_the_cut_is_no_proof_that_nothing_is_missed():
    papers = papers_of(MONDAY, 40)
    drawn = [drawn_candidate(paper) for paper in papers]
    ids = [paper.arxiv_id for paper in papers]
    labels = {each: label(each, Answer.REJECTED) for each in ids}
    missed = estimate_missed(drawn, labels, dict.fromkeys(ids, 25.0))
    assert missed is not None
    value, low, high = missed.missed
    assert (value, low) == (0.0, 0.0)
    assert high == pytest.approx(1000 * 3.84 / 43.84, rel=0.01)
    assert "0 of 40 papers from below the cut" in missed.line


def test_what_was_found_above_the_cut_is_said_beside_what_is_missed():
    papers = papers_of(MONDAY, 41)
    drawn = [drawn_candidate(paper) for paper in papers[:40]]
    above = replace(make_candidate(), paper=papers[40])
    labels = {p.arxiv_id: label(p.arxiv_id, Answer.REJECTED) for p in papers[:40]}
    labels[papers[0].arxiv_id] = label(papers[0].arxiv_id, Answer.ADDED)
    labels[papers[40].arxiv_id] = label(papers[40].arxiv_id, Answer.ADDED, audit=False)
    missed = estimate_missed([*drawn, above], labels, dict.fromkeys(labels, 10.0))
    assert missed is not None
    assert missed.missed[0] == pytest.approx(10.0)
    assert missed.found == 1.0


def test_nineteen_of_twenty_intervals_hold_what_is_missed():
    dice = random.Random(3)
    truth, held, runs = 0.08, 0, 400
    for _ in range(runs):
        drawn, labels, weights = [], {}, {}
        for n in range(60):
            day = MONDAY + timedelta(days=n * 2 + (n * 2 % 7 > 4))
            paper = make_paper(f"2206.{n:05}", announced=day)
            added = dice.random() < truth
            answer = Answer.ADDED if added else Answer.REJECTED
            drawn.append(drawn_candidate(paper))
            labels[paper.arxiv_id] = label(paper.arxiv_id, answer)
            weights[paper.arxiv_id] = dice.uniform(150, 400)
        missed = estimate_missed(drawn, labels, weights)
        assert missed is not None
        _, low, high = missed.missed
        held += low <= truth * missed.below <= high
    assert held / runs >= 0.93
