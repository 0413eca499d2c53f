"""A first run stores what it meets, and queues what was announced on its day alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db.records import Standing
from tests.arxiv_emulator import make_corpus
from tests.arxiv_emulator.clock import announced
from tests.pipeline.sources.live.conftest import Start

DAY = date(2026, 10, 5)


@pytest.mark.slow
@pytest.mark.parametrize("use", [("oai", "rss", "api"), ("oai",)], ids="+".join)
def test_two_thousand_old_records_that_were_touched_are_stored_and_none_is_queued(
    use: tuple[str, ...], start: Start
) -> None:
    corpus = make_corpus(seed=4, first=DAY, days=2, new=8, replaced=0, known=3900, oddities=False)
    old = [paper for paper in corpus if paper.changes[0].at < announced(DAY) - timedelta(days=15)]
    first, second = corpus.days()[-2:]
    for paper in old:
        corpus.touch(paper.arxiv_id, announced(first) + timedelta(hours=1))
    world = start(corpus, records_per_page=500, use=use)
    world.run(first)
    new = world.emulator.oracle.new(first, world.categories)
    assert {paper.arxiv_id for paper in world.triaged} == new
    history = [each for each in world.held().values() if each.standing is Standing.HISTORY]
    assert len(history) > 2000
    assert world.lost(since=first) == []
    world.run(second)
    assert {paper.arxiv_id for paper in world.triaged} == new | world.emulator.oracle.new(
        second, world.categories
    )


def test_what_a_first_run_could_not_have_is_owed_by_the_next(start: Start) -> None:
    corpus = make_corpus(seed=4, first=DAY, days=2, new=12, replaced=6)
    world = start(corpus)
    first, second = corpus.days()[-2:]
    world.emulator.faults.set("F6")
    world.run(first)
    assert world.triaged == []
    world.calm()
    world.run(second)
    assert world.lost(since=first) == []
    assert world.missed(first, second) == set()
