"""What a daily run keeps of every paper that it scored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.records import FetchStatus
from pipeline.daily import DailyJob, delivered_by, run_daily
from pipeline.sources.day_by_day import DayByDay
from tests.builders import DAY, NOW, make_paper
from tests.fakes import FakeSource, make_daily_job, nine_papers


@pytest.fixture
def source() -> FakeSource:
    return nine_papers()


@pytest.fixture
def job(tmp_path, source) -> DailyJob:
    return make_daily_job(tmp_path, source)


def test_every_paper_that_was_scored_has_its_rank_and_the_cut(job):
    run_daily(job)
    scorings = [job.queue.scoring(f"2206.00{number:03}") for number in range(9)]
    assert [scoring.rank for scoring in scorings] == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    first = scorings[0]
    assert (first.papers, first.cut, first.relevance) == (9, 3, 0.0)
    assert (first.topic, first.model, first.sources) == ("Fairness", "fake-1", ("fake",))
    assert (first.announced, first.scored_at) == (DAY, NOW)
    assert {s.arxiv_id for s in scorings if s.rank <= s.cut} == {
        candidate.paper.arxiv_id for candidate in job.queue.candidates()
    }


def test_a_late_paper_is_ranked_among_those_queued_before(job, source):
    run_daily(job)
    late = make_paper("2206.00500", title="Fairness 500")
    dull = make_paper("2206.00001", title="Fairness, and late")
    source.days[DAY] = [*source.days[DAY], late, dull]
    run_daily(replace(job, intake=DayByDay(sources=(source,), ledger=job.ledger)))
    scoring = job.queue.scoring("2206.00500")
    assert (scoring.rank, scoring.papers) == (1, 4)


def test_papers_of_equal_relevance_share_a_rank(job, source):
    twins = [make_paper(f"220{month}.00777", title=f"Twin {month}") for month in (4, 5)]
    source.days[DAY] = [*twins, make_paper("2206.00778", title="Other")]
    run_daily(job)
    assert [job.queue.scoring(paper.arxiv_id).rank for paper in source.days[DAY]] == [2, 2, 1]


def test_what_could_not_be_scored_has_no_rank_yet(job):
    job.scorer.broken = True
    run_daily(job)
    assert job.queue.scoring("2206.00001") is None
    job.scorer.broken = False
    run_daily(job)
    assert job.queue.scoring("2206.00001").papers == 9


def test_the_sources_of_a_day_are_those_that_delivered_papers(source):
    whole = source.fetch_day(DAY)
    other = replace(whole, fetch=replace(whole.fetch, source="other"))
    empty = replace(
        whole,
        papers=(),
        fetch=replace(whole.fetch, source="empty", received=0, status=FetchStatus.NO_MAILING),
    )
    assert delivered_by([whole, other, empty]) == {DAY: ("fake", "other")}
