"""What authors wrote arrives to the letter, whichever interface brought it (invariant I8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from operator import attrgetter

import pytest

from db.records import Paper
from db.vectors import text_hash
from pipeline.sources.api_pages import ApiPages
from pipeline.sources.horizon import Horizon
from pipeline.sources.lookup import Lookup
from pipeline.sources.plain_text import plain_text
from pipeline.sources.repair import repair
from pipeline.triage.embed import training_text
from tests.arxiv_emulator import Texts, make_corpus
from tests.arxiv_emulator.texts import ODDITIES
from tests.live_world import LiveWorld
from tests.pipeline.sources.live.conftest import Start

DAY = date(2026, 10, 5)


@pytest.fixture
def odd(start: Start) -> tuple[LiveWorld, dict[str, Texts]]:
    """A day that announces every oddity, and which paper says what."""
    corpus = make_corpus(seed=1, first=DAY, days=1, new=3, oddities=False)
    said = {corpus.announce(DAY, texts=texts): texts for texts in ODDITIES}
    return start(corpus), said


def told(world: LiveWorld, ids: dict[str, Texts]) -> dict[str, Paper]:
    known = world.store.known(ids)
    return {i: paper for i, each in known.items() if (paper := each.paper) is not None}


def assert_to_the_letter(papers: dict[str, Paper], said: dict[str, Texts]) -> None:
    """Title and abstract on one line each, and nothing else about them changed."""
    assert papers.keys() == said.keys()
    for arxiv_id, texts in said.items():
        paper = papers[arxiv_id]
        assert paper.title == plain_text(texts.title)
        assert paper.abstract == plain_text(texts.abstract)
        assert (paper.journal_ref or "") == texts.journal_ref


def looked_up(world: LiveWorld, said: dict[str, Texts]) -> dict[str, Paper]:
    """What the query interface says of these papers, stored."""
    client, now = world.client(), world.emulator.clock.now()
    pages = ApiPages(client, api_url=world.emulator.api_url, categories=world.categories)
    repaired = repair(
        said,
        Lookup(pages),
        world.store,
        Horizon(today=DAY, floor=""),
        categories=world.categories,
        now=now,
    )
    assert (set(repaired.stored), repaired.set_aside) == (set(said), {})
    return told(world, said)


def test_through_oai(odd: tuple[LiveWorld, dict[str, Texts]]) -> None:
    world, said = odd
    world.use = ("oai",)
    world.run(DAY)
    papers = told(world, said)
    assert_to_the_letter(papers, said)
    for arxiv_id, texts in said.items():
        assert (papers[arxiv_id].comment or "") == plain_text(texts.comment)
        assert papers[arxiv_id].dois == texts.dois
        assert papers[arxiv_id].license == texts.license


def test_through_the_feeds(odd: tuple[LiveWorld, dict[str, Texts]]) -> None:
    world, said = odd
    world.use = ("rss",)
    world.run(DAY)
    papers = told(world, said)
    assert_to_the_letter(papers, said)
    assert {papers[i].license for i in said} == {texts.license for texts in said.values()}


def test_through_the_query_interface(odd: tuple[LiveWorld, dict[str, Texts]]) -> None:
    world, said = odd
    papers = looked_up(world, said)
    assert_to_the_letter(papers, said)
    for arxiv_id, texts in said.items():
        assert papers[arxiv_id].authors == tuple(author.name for author in texts.authors)
        # The arxiv package reads one of several.
        assert set(papers[arxiv_id].dois) <= set(texts.dois)
        assert bool(papers[arxiv_id].dois) is bool(texts.dois)


def test_papers_read_before_and_after_arxiv_changed_its_answers_are_the_same(
    start: Start,
) -> None:
    both: list[dict[str, Paper]] = []
    for era in ("2025-10", "now"):
        corpus = make_corpus(seed=1, first=DAY, days=1, new=30, oddities=False)
        said = {corpus.announce(DAY, texts=texts): texts for texts in ODDITIES}
        said |= {paper.arxiv_id: corpus.texts(paper) for paper, _ in corpus.mailing(DAY)}
        world = start(corpus, era=era)
        answer = world.client().get(world.emulator.api_url, {"id_list": next(iter(said))}).body
        assert (b'rel="self"' in answer) is (era == "2025-10")
        both.append(looked_up(world, said))
    before, after = both
    assert before.keys() == after.keys()
    for arxiv_id, old in before.items():
        new = after[arxiv_id]
        # Of several DOIs, which are elements of their own now, the arxiv package reads one.
        assert replace(old, dois=()) == replace(new, dois=())
        assert set(new.dois) <= set(old.dois)
        hashes = {text_hash(training_text(one.title, one.abstract or "")) for one in (old, new)}
        assert len(hashes) == 1


def test_a_crowd_of_authors_comes_whole_through_every_interface(
    odd: tuple[LiveWorld, dict[str, Texts]],
) -> None:
    world, said = odd
    (crowd,) = (i for i, texts in said.items() if texts.title == "A crowd")
    names = tuple(map(attrgetter("name"), said[crowd].authors))
    for use in (("rss",), ("oai",)):
        world.use = use
        world.run(DAY)
        assert told(world, said)[crowd].authors == names


def test_a_lane_that_comes_later_spoils_no_text(odd: tuple[LiveWorld, dict[str, Texts]]) -> None:
    world, said = odd
    for use in (("rss",), ("rss", "api"), ("oai", "rss", "api"), ("rss",)):
        world.use = use
        world.run(DAY)
        assert_to_the_letter(told(world, said), said)
