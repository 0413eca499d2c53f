"""Papers brought in without being ranked, and days written as they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.papers import PaperChange
from db.records import AnnounceType, Paper, PaperVersion, Standing
from pipeline.fetch import fetch_day, fetch_ids, ids_without_abstract, record_days, replacements
from pipeline.lists.reader import read_list
from pipeline.sources.api_pages import ApiPages
from pipeline.sources.horizon import Horizon
from pipeline.sources.lookup import IDS_A_REQUEST, Lookup
from pipeline.sources.recorded import read_day, recorded_days
from pipeline.sources.repair import Repaired
from tests.arxiv_emulator import Rule, View, corpus_of_days, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator.papers import Action
from tests.builders import README as LIST
from tests.builders import make_paper, write_day
from tests.live_world import MORNING, LiveWorld
from tests.pipeline.sources.live.conftest import Start
from tests.pipeline.sources.records import make_paper as make_stored

DAYS = tuple(date(2026, 10, day) for day in (5, 6, 7, 8, 9))
CATEGORIES = ("cs.LG", "cs.CR")


def row(number: int, day: date, kind: AnnounceType, **said: object) -> Paper:
    month = 2601 if kind is AnnounceType.REPLACE else 2610
    paper = make_paper(f"{month}.{number:05}", announced=day, announce_type=kind)
    abstract = None if kind is AnnounceType.REPLACE else paper.abstract
    return replace(paper, abstract=abstract, categories=CATEGORIES, **said)  # type: ignore[arg-type]


def real_like_days() -> dict[date, list[Paper]]:
    """Three days as a recorder would have seen them; the last replaces papers of the others."""
    monday, tuesday, wednesday = DAYS[:3]
    new, again = AnnounceType.NEW, AnnounceType.REPLACE
    days = {
        day: [row(100 * number + n, day, new, comment=f"{n} pages") for n in range(1, 9)]
        for number, day in enumerate((monday, tuesday, wednesday), start=1)
    }
    for number, day in enumerate(days):
        days[day].append(row(50 + number, day, again))
    for day, first in ((tuesday, days[monday][0]), (wednesday, days[monday][0])):
        version = replace(first, announced=day, announce_type=again, abstract=None)
        days[day].append(version)
    days[wednesday].append(
        replace(days[tuesday][3], announced=wednesday, announce_type=again, abstract=None)
    )
    return days


def said(papers: list[Paper]) -> list[tuple[object, ...]]:
    """What a recorded day holds of papers, but for the day of submission, which it may lack."""
    return sorted(
        (p.arxiv_id, p.announce_type, p.title, p.abstract, p.authors, p.categories, p.comment)
        for p in papers
    )


@pytest.fixture
def recorded(start: Start, tmp_path: Path) -> LiveWorld:
    """Three real-like days that were read through all lanes."""
    for day, papers in real_like_days().items():
        write_day(tmp_path / "days", papers, day=day)
    world = start(corpus_of_days(tmp_path / "days"), categories=CATEGORIES)
    for day in DAYS[:3]:
        world.run(day)
    return world


def test_what_is_recorded_reads_back_as_it_was_announced(recorded: LiveWorld) -> None:
    folder = recorded.folder / "recorded"
    written = record_days(recorded.store, recorded.ledger, folder)
    days = real_like_days()
    assert written.days == tuple((day, len(days[day]), True) for day in DAYS[:3])
    assert written.left_out == ()
    assert recorded_days(folder) == DAYS[:3]
    for day, papers in days.items():
        read, set_aside = read_day(folder, day)
        # What was replaced since is told as it is now; nothing else is.
        assert (said(list(read)), set_aside) == (said(papers), ())


def test_recording_again_leaves_the_files_alone(recorded: LiveWorld) -> None:
    folder = recorded.folder / "recorded"
    record_days(recorded.store, recorded.ledger, folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert [
        changed for _, _, changed in record_days(recorded.store, recorded.ledger, folder).days
    ] == [False] * 3
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (DAYS[1], None, DAYS[1:3]),
        (None, DAYS[1], DAYS[:2]),
        (DAYS[1], DAYS[1], DAYS[1:2]),
        (DAYS[3], None, ()),
    ],
)
def test_only_the_days_that_are_wanted_are_recorded(
    recorded: LiveWorld, first: date | None, last: date | None, days: tuple[date, ...]
) -> None:
    folder = recorded.folder / "recorded"
    written = record_days(recorded.store, recorded.ledger, folder, first=first, last=last)
    assert tuple(day for day, _, _ in written.days) == days


def test_days_of_a_made_up_arxiv_are_recorded_as_the_oracle_knows_them(start: Start) -> None:
    corpus = make_corpus(seed=4, first=DAYS[0], days=5, new=12, replaced=9, oddities=False)
    world = start(corpus)
    for day in DAYS:
        world.run(day)
    folder = world.folder / "recorded"
    record_days(world.store, world.ledger, folder)
    assert recorded_days(folder) == DAYS
    for day in DAYS[1:]:
        rows = world.emulator.oracle.announcements(day, day, world.categories)
        read, _ = read_day(folder, day)
        kinds = {paper.arxiv_id: paper.announce_type for paper in read}
        new = {each.arxiv_id for each in rows if each.action is Action.NEW}
        again = {e.arxiv_id for e in rows if e.action in {Action.REPLACE, Action.WITHDRAW}}
        assert {i for i, kind in kinds.items() if kind is not AnnounceType.REPLACE} >= new
        assert {i for i, kind in kinds.items() if kind is AnnounceType.REPLACE} == again


def test_every_version_after_the_first_is_a_replacement_on_its_day() -> None:
    noon = announced(DAYS[1]) - timedelta(hours=8)
    paper = make_stored(
        "2609.00001",
        announced=date(2026, 9, 1),
        revised=DAYS[4],
        versions=tuple(
            PaperVersion(number=n, submitted=at)
            for n, at in enumerate(
                (noon - timedelta(days=34), noon, noon + timedelta(days=1), noon), start=1
            )
        ),
    )
    found = replacements([paper])
    assert sorted(found) == [DAYS[1], DAYS[2], DAYS[4]]
    (one,) = found[DAYS[2]]
    assert (one.announced, one.announce_type, one.abstract) == (DAYS[2], AnnounceType.REPLACE, None)


def test_a_version_without_a_time_is_on_no_day() -> None:
    versions = tuple(PaperVersion(number=n, submitted=None) for n in (1, 2, 3))
    assert replacements([make_stored(versions=versions)]) == {}


def test_a_day_of_which_a_few_papers_are_there_is_no_recorded_day(start: Start) -> None:
    corpus = make_corpus(seed=1, first=DAYS[0], days=4, new=12, replaced=8, oddities=False)
    world = start(corpus)
    world.run(DAYS[3])  # papers of the days before that changed since come too
    assert len(world.store.days()) > 1
    folder = world.folder / "recorded"
    recorded = record_days(world.store, world.ledger, folder)
    assert [day for day, _, _ in recorded.days] == [DAYS[3]]
    assert recorded.left_out == world.store.days()[:-1]
    assert recorded_days(folder) == (DAYS[3],)


def test_an_empty_store_records_nothing(start: Start, tmp_path: Path) -> None:
    world = start(make_corpus(seed=1, days=1, new=1, known=0))
    recorded = record_days(world.store, world.ledger, tmp_path / "recorded")
    assert (recorded.days, recorded.left_out) == ((), ())
    assert not (tmp_path / "recorded").exists()


# -- a day -------------------------------------------------------------------


@pytest.fixture
def world(start: Start) -> LiveWorld:
    corpus = make_corpus(seed=1, first=DAYS[0], days=3, new=12, replaced=8, oddities=False)
    world = start(corpus)
    world.emulator.clock.set(announced(DAYS[2]) + MORNING)
    return world


def test_a_day_that_is_fetched_waits_to_be_ranked(world: LiveWorld) -> None:
    now = world.emulator.clock.now()
    fetched = fetch_day(world.intake(), world.queue, world.ledger, DAYS[2], now=now)
    new = world.emulator.oracle.new(DAYS[2], world.categories)
    waiting = {paper.arxiv_id for paper in world.queue.waiting()}
    assert new <= waiting
    assert fetched.waiting == len(waiting)
    assert {d.fetch.source for d in fetched.deliveries} == {"oai", "rss"}
    assert world.line("oai", DAYS[2]).received == world.line("rss", DAYS[2]).received
    again = fetch_day(world.intake(), world.queue, world.ledger, DAYS[2], now=now)
    assert again.waiting == fetched.waiting


# -- identifiers -------------------------------------------------------------


def ask(world: LiveWorld, *arxiv_ids: str, floor: str = "", **settings: object) -> Repaired:
    pages = ApiPages(world.client(), api_url=world.emulator.api_url, categories=world.categories)
    return fetch_ids(
        arxiv_ids,
        Lookup(pages),
        world.store,
        Horizon(today=DAYS[2], floor=floor),
        categories=world.categories,
        now=world.emulator.clock.now(),
        **settings,  # type: ignore[arg-type]
    )


def test_each_identifier_is_accounted_for(world: LiveWorld) -> None:
    known = sorted(world.emulator.oracle.papers(world.categories))[:2]
    repaired = ask(world, *known, "2610.99999", "no paper")
    assert (repaired.asked, set(repaired.stored)) == (4, set(known))
    assert (repaired.not_found, list(repaired.set_aside)) == (("2610.99999",), ["no paper"])
    assert repaired.problem == ""
    assert world.store.known(known).keys() == set(known)


def test_of_two_ways_to_write_a_paper_one_is_asked_for(world: LiveWorld) -> None:
    (one, *_) = sorted(world.emulator.oracle.new(DAYS[2], world.categories))
    repaired = ask(world, one, f"{one}v1", f"https://arxiv.org/abs/{one}", f"arXiv:{one}")
    assert (repaired.asked, repaired.stored) == (1, (one,))


def test_what_is_above_the_last_whole_day_waits_and_the_rest_is_history(world: LiveWorld) -> None:
    oracle = world.emulator.oracle
    old, new = (sorted(oracle.new(day, world.categories)) for day in (DAYS[0], DAYS[2]))
    repaired = ask(world, old[0], new[0], floor=old[-1])
    assert [paper.arxiv_id for paper in repaired.papers] == [new[0]]
    known = world.store.known([old[0], new[0]])
    assert {i: each.standing for i, each in known.items()} == {
        old[0]: Standing.HISTORY,
        new[0]: Standing.WAITING,
    }


def test_a_candidate_that_is_fetched_is_brought_up_to_date_and_stays_what_it_was(
    world: LiveWorld,
) -> None:
    (one, *_) = sorted(world.emulator.oracle.new(DAYS[2], world.categories))
    bare = make_stored(one, abstract=None, versions=(), title="As it was")
    world.store.take(
        [one],
        lambda _: [PaperChange(paper=bare, standing=Standing.TRIAGED)],
        now=world.emulator.clock.now(),
    )
    assert ask(world, one).papers == ()
    known = world.store.known([one])[one]
    assert known.standing is Standing.TRIAGED
    assert known.paper is not None
    assert known.paper.abstract


def test_what_was_stored_before_arxiv_stopped_to_answer_stays(start: Start) -> None:
    corpus = make_corpus(seed=2, first=DAYS[0], days=1, new=2 * IDS_A_REQUEST + 40, known=0)
    world = start(corpus, categories=("cs.*", "stat.*", "math.*", "hep-th", "eess.*"))
    ids = sorted(world.emulator.oracle.papers())
    world.emulator.faults.set(Rule("F6", view=View.API, nth=2))
    steps: list[tuple[int, int]] = []
    repaired = ask(world, *ids, progress=lambda done, total: steps.append((done, total)))
    assert len(repaired.stored) == IDS_A_REQUEST
    assert "403" in repaired.problem
    assert steps == [(IDS_A_REQUEST, len(ids))]
    assert world.store.known(ids).keys() == set(repaired.stored)
    world.emulator.faults.clear()
    rest = [i for i in ids if i not in repaired.stored]
    assert len(ask(world, *rest).stored) == len(rest)


def test_no_identifiers_are_no_request(world: LiveWorld) -> None:
    assert ask(world).asked == 0
    assert world.emulator.log.requests == ()


# -- the list's own entries --------------------------------------------------


def test_listed_papers_without_an_abstract_are_named_in_the_lists_order(
    world: LiveWorld, tmp_path: Path
) -> None:
    path = tmp_path / "README.md"
    path.write_text(LIST, encoding="utf-8")
    lists = [read_list(path)]
    listed = ("2205.00002", "2204.00001", "2203.00003")
    assert ids_without_abstract(lists, world.store) == listed
    stored = (make_stored(listed[0]), make_stored(listed[1], abstract=None))
    world.store.take(
        listed,
        lambda _: [PaperChange(paper=paper, standing=Standing.HISTORY) for paper in stored],
        now=world.emulator.clock.now(),
    )
    assert ids_without_abstract(lists, world.store) == listed[1:]
    assert ids_without_abstract(lists, world.store, elsewhere=[listed[2]]) == listed[1:2]
