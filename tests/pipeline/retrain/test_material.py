"""What is learned from, and that nothing later than it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from db.records import Answer, Label, SampledPaper
from pipeline.replay.past import ListPast
from pipeline.retrain.contest import choose_slice
from pipeline.retrain.material import REFUSED, UNANSWERED, gather
from pipeline.triage.audit import in_share
from pipeline.triage.examples import rate_of
from tests.builders import make_paper
from tests.models.builders import WORDS
from tests.pipeline.retrain.worlds import (
    FIRST,
    LAST,
    REST_A_DAY,
    TODAY,
    commit_readme,
    entry,
    gather_spring,
    make_spring_list,
    others_of,
    positives_of,
    weekdays,
)

APRIL = date(2022, 4, 15)


@pytest.fixture(scope="module")
def spring(tmp_path_factory):
    return gather_spring(tmp_path_factory.mktemp("spring"))


def label(arxiv_id: str, answer: Answer, *, audit: bool = False, day: date = FIRST) -> Label:
    return Label(
        arxiv_id=arxiv_id,
        answer=answer,
        topic="Privacy",
        corrected=False,
        audit=audit,
        answered_at=datetime.combine(day, time(), tzinfo=UTC),
    )


def test_nothing_later_than_a_day_is_known_until_it(spring):
    known = spring.known_until(APRIL)
    assert max(paper.announced for paper in known.announced) <= APRIL
    listed = {entry.arxiv_id for entry in known.entries}
    added = {paper.arxiv_id: day for day in weekdays() for paper, _ in positives_of(day)}
    assert all((arxiv_id in listed) == (day <= APRIL) for arxiv_id, day in added.items())


def test_what_was_added_is_announced_too_so_that_the_base_rate_is_right(spring):
    known = spring.known_until(LAST)
    announced = {paper.arxiv_id for paper in known.announced}
    assert {paper.arxiv_id for day in weekdays() for paper, _ in positives_of(day)} <= announced
    rate = rate_of(known.announced, known.entries, until=LAST, weights=known.weights)
    assert rate == pytest.approx(1.8 / (1.8 + 3 + REST_A_DAY * 20), rel=0.05)


def test_an_answer_that_came_later_is_not_known_before(spring):
    arxiv_id = others_of(FIRST, 3)[-1].arxiv_id
    late = label(arxiv_id, Answer.REJECTED, day=LAST)
    changed = gather(
        spring.past,
        [SampledPaper(paper=others_of(FIRST, 3)[-1], weight=1.0)],
        (),
        listed={},
        labels={arxiv_id: late},
    )
    assert changed.known_until(APRIL).attention == {}
    assert changed.known_until(TODAY).attention == {arxiv_id: REFUSED}


def test_a_refusal_teaches_more_and_an_expiry_less_than_a_paper_nobody_was_shown(spring):
    papers = others_of(FIRST, 3)
    answers = (Answer.REJECTED, Answer.EXPIRED)
    labels = {p.arxiv_id: label(p.arxiv_id, a) for p, a in zip(papers, answers, strict=False)}
    found = gather(
        spring.past,
        [SampledPaper(paper=paper, weight=1.0) for paper in papers],
        (),
        listed={},
        labels=labels,
    )
    known = found.known_until(TODAY)
    assert known.attention == {papers[0].arxiv_id: REFUSED, papers[1].arxiv_id: UNANSWERED}
    assert len(known.announced) == 3


def test_what_was_approved_and_is_not_in_the_list_yet_is_no_negative(spring):
    paper = others_of(FIRST, 1)[0]
    found = gather(
        spring.past,
        [SampledPaper(paper=paper, weight=1.0)],
        (),
        listed={},
        labels={paper.arxiv_id: label(paper.arxiv_id, Answer.ADDED)},
    )
    assert found.known_until(TODAY).announced == ()
    assert found.was_added(paper)


def test_drawn_papers_do_not_count_the_rest_of_their_day_twice(spring):
    drawn = others_of(FIRST, 60)
    found = gather(
        spring.past,
        [SampledPaper(paper=paper, weight=300.0) for paper in drawn],
        (),
        listed={},
        labels={p.arxiv_id: label(p.arxiv_id, Answer.REJECTED, audit=True) for p in drawn},
    )
    assert {in_share(p.arxiv_id) for p in drawn} == {True, False}
    for paper in drawn:
        expected = 20.0 if in_share(paper.arxiv_id) else 1.0
        assert found.weights[paper.arxiv_id] == expected


def test_of_a_day_that_is_recorded_whole_each_paper_stands_for_itself(spring):
    recorded = others_of(FIRST, 40)
    sampled = [SampledPaper(paper=paper, weight=20.0) for paper in (*recorded[:2], make_paper())]
    found = gather(spring.past, sampled, recorded, listed={}, labels={})
    assert set(found.weights.values()) == {1.0, 20.0}
    assert [a for a, weight in found.weights.items() if weight == 20.0] == [make_paper().arxiv_id]
    assert len(found.papers) == 41


def test_a_paper_that_came_in_after_more_than_a_week_is_no_positive_of_its_day(spring):
    paper, _ = positives_of(FIRST)[0]
    early = make_paper(paper.arxiv_id, announced=FIRST - timedelta(days=30))
    bare = gather(spring.past, [], (), listed={}, labels={})
    assert bare.was_added(paper)
    assert not bare.was_added(early)


def test_a_topic_is_the_one_under_which_the_entry_stands_now(spring):
    known = spring.known_until(TODAY)
    topics = {entry.arxiv_id: entry.topic for entry in known.entries}
    for day in weekdays():
        for paper, topic in positives_of(day):
            assert topics[paper.arxiv_id] == topic


def test_an_entry_that_was_moved_to_another_topic_teaches_the_new_one_from_then_on(tmp_path):
    repository = make_spring_list(tmp_path / "list")
    paper, topic = positives_of(FIRST)[0]
    other = next(name for name in WORDS if name != topic)
    path = tmp_path / "list" / "README.md"
    block = entry(paper.arxiv_id, paper.title)
    text = path.read_text(encoding="utf-8").replace(block, "", 1)
    path.write_text(text.replace(f"## {other}\n\n", f"## {other}\n\n{block}", 1), encoding="utf-8")
    commit_readme(tmp_path / "list", TODAY - timedelta(days=1))
    past = ListPast(repository, ("README.md",))
    moved = gather(past, [SampledPaper(paper=paper, weight=1.0)], (), listed={}, labels={})

    def topic_at(day: date) -> set[str]:
        entries = moved.known_until(day).entries
        return {each.topic for each in entries if each.arxiv_id == paper.arxiv_id}

    assert topic_at(LAST) == {topic}
    assert topic_at(TODAY) == {other}


def test_a_paper_added_by_hand_that_nobody_queued_or_sampled_is_to_be_found_all_the_same(spring):
    paper, topic = positives_of(LAST)[0]
    others = {key: each for key, each in spring.papers.items() if key != paper.arxiv_id}
    by_hand = replace(spring, papers=others, listed={**spring.listed, paper.arxiv_id: paper})

    def positives(gathered) -> set[str]:
        topics = {paper.arxiv_id: topic}
        slice_ = choose_slice(gathered, topics, today=TODAY, champion_until=APRIL)
        assert [each.arxiv_id for each, _ in slice_.topics] == [paper.arxiv_id]
        return {
            each.arxiv_id
            for day in slice_.days
            for each, added in zip(day.papers, day.added, strict=True)
            if added
        }

    assert positives(by_hand) == positives(spring)
