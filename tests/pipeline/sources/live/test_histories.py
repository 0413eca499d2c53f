"""What happens to papers: held, replaced, withdrawn, cross-listed, at the edges of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db.records import AnnounceType, KnownPaper, Standing
from tests.arxiv_emulator import Action, Rule, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.live_world import MORNING, LiveWorld
from tests.pipeline.sources.live.conftest import Start

LANES = [("oai", "rss", "api"), ("oai",)]
SPANS = {
    "end of daylight saving, of a month": date(2026, 10, 28),
    "end of a month": date(2026, 9, 29),
    "end of a year": date(2026, 12, 28),
    "begin of daylight saving": date(2026, 3, 4),
}


def run_all(world: LiveWorld, days: list[date]) -> None:
    for day in days:
        world.run(day)


def known(world: LiveWorld, arxiv_id: str) -> KnownPaper:
    return world.store.known([arxiv_id])[arxiv_id]


def make_weeks(
    start: Start, fault: str, *, days: int = 6, use: tuple[str, ...]
) -> tuple[LiveWorld, list[date]]:
    """Two days have been read, and what the fault is about begins on the third."""
    first = date(2026, 10, 5)
    corpus = make_corpus(seed=7, first=first, days=days, new=10, replaced=4, known=40)
    world = start(corpus, use=use)
    spent = [day for day in corpus.days() if day >= first]
    run_all(world, spent[:2])
    world.emulator.faults.set(Rule(fault, arguments={"day": spent[2]}))
    return world, spent[2:]


@pytest.mark.parametrize("use", LANES, ids="+".join)
def test_a_held_paper_is_news_on_its_day(use: tuple[str, ...], start: Start) -> None:
    world, (day, *_) = make_weeks(start, "F31", use=use)
    world.run(day)
    held = {
        i: paper
        for i, paper in world.emulator.oracle.papers(world.categories).items()
        if paper.announced == day and announced(day) - paper.versions[0][1] > timedelta(days=12)
    }
    assert len(held) == 3
    assert held.keys() <= {paper.arxiv_id for paper in world.triaged}
    for arxiv_id, paper in held.items():
        stored = known(world, arxiv_id)
        assert stored.paper is not None
        assert stored.announced == day
        assert stored.paper.versions[0].submitted == paper.versions[0][1]
        assert stored.paper.estimated is ("rss" not in use)


@pytest.mark.parametrize("use", LANES, ids="+".join)
@pytest.mark.parametrize("first", SPANS.values(), ids=SPANS)
def test_every_paper_is_announced_on_its_day(
    first: date, use: tuple[str, ...], start: Start
) -> None:
    corpus = make_corpus(seed=7, first=first, days=5, new=12, replaced=4, known=40)
    world = start(corpus, use=use)
    days = list(corpus.days()[-5:])
    world.run(days[0])
    world.emulator.faults.set(Rule("F37", arguments={"day": days[2]}))
    run_all(world, days[1:])
    oracle = world.emulator.oracle
    # Of those that were cross-listed into a category of ours later, a feed says that later day.
    wanted = {i: day for day in days[1:] for i in oracle.new(day, world.categories)}
    assert {i: known(world, i).announced for i in wanted} == wanted
    assert world.missed(days[1], days[-1]) == set()


@pytest.mark.parametrize("use", LANES, ids="+".join)
def test_all_versions_up_to_the_twelfth_are_kept_and_never_news(
    use: tuple[str, ...], start: Start
) -> None:
    world, days = make_weeks(start, "F32", days=13, use=use)
    before = {paper.arxiv_id for paper in world.triaged}
    run_all(world, days)
    oracle = world.emulator.oracle.papers(world.categories)
    often = max(oracle.values(), key=lambda paper: len(paper.versions))
    assert len(often.versions) == 12
    assert world.lost(since=days[0]) == []
    assert world.doubled() == []
    news = {paper.arxiv_id for paper in world.triaged} - before
    actions = {
        row.arxiv_id: row.action
        for row in world.emulator.oracle.announcements(days[0], days[-1], world.categories)
        if row.action in {Action.NEW, Action.CROSS}
    }
    assert news <= actions.keys()
    assert {i for i, action in actions.items() if action is Action.NEW} <= news
    assert often.arxiv_id not in news


@pytest.mark.parametrize("use", LANES, ids="+".join)
def test_withdrawals_are_kept_however_they_are_shown_and_may_be_undone(
    use: tuple[str, ...], start: Start
) -> None:
    world, (day, *rest) = make_weeks(start, "F33", use=use)
    world.run(day)
    gone = {i for i, p in world.emulator.oracle.papers(world.categories).items() if p.withdrawn}
    assert gone
    assert world.lost(since=day) == []
    run_all(world, rest)
    back = {i for i in gone if not world.emulator.oracle.papers()[i].withdrawn}
    assert back
    assert world.lost(since=day) == []


def test_a_new_paper_that_is_withdrawn_before_it_was_read_is_no_news(start: Start) -> None:
    corpus = make_corpus(seed=7, days=4, new=10, replaced=0, known=0, oddities=False)
    first, second, third, _ = corpus.days()
    world = start(corpus, use=("oai",))
    world.run(first)
    short_lived = corpus.announce(second)
    corpus.withdraw(short_lived, third)
    world.run(third)
    assert known(world, short_lived).standing is Standing.HISTORY
    assert short_lived not in {paper.arxiv_id for paper in world.triaged}


def test_an_old_paper_cross_listed_into_a_category_of_ours_is_news_once(start: Start) -> None:
    corpus = make_corpus(seed=7, days=5, new=10, replaced=0, known=30, oddities=False)
    days = corpus.days()[-5:]
    old = corpus.announce(days[0] - timedelta(days=90), categories=("math.CO",))
    corpus.cross_list(old, days[2], "cs.LG")
    corpus.revise(old, days[3])
    world = start(corpus)
    run_all(world, list(days))
    (news,) = (paper for paper in world.triaged if paper.arxiv_id == old)
    assert (news.announced, news.announce_type) == (days[2], AnnounceType.CROSS)
    assert world.lost(since=days[0]) == []
    assert world.doubled() == []


def test_papers_of_before_2007_are_kept_and_never_news(start: Start) -> None:
    corpus = make_corpus(seed=7, days=3, new=10, replaced=0, known=4, oddities=False)
    first, second, _ = corpus.days()[-3:]
    corpus.revise("cs/0612047", second)
    corpus.touch("cs/0612047", announced(second))
    world = start(corpus)
    run_all(world, [first, second])
    stored = known(world, "cs/0612047")
    assert stored.standing is Standing.HISTORY
    assert stored.paper is not None
    assert [version.number for version in stored.paper.versions] == [1, 2]
    assert stored.paper.published == date(2006, 12, 13)
    assert stored.paper.revised == second
    assert "cs/0612047" not in {paper.arxiv_id for paper in world.triaged}


def test_a_paper_has_three_stamps(start: Start) -> None:
    corpus = make_corpus(seed=7, days=3, new=10, replaced=0, known=0, oddities=False)
    first, second, _ = corpus.days()
    world = start(corpus)
    run_all(world, [first, second])
    arxiv_id = sorted(world.emulator.oracle.new(second, ("cs.LG",)))[0]
    stored = known(world, arxiv_id)
    assert stored.paper is not None
    assert stored.paper.versions[0].submitted == corpus[arxiv_id].changes[0].version.submitted
    assert (stored.announced, stored.paper.estimated) == (second, False)
    world.run(second, at=announced(second) + MORNING + timedelta(hours=6))
    assert known(world, arxiv_id).announced == second
