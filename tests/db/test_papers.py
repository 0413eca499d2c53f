from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from db.dump import dump, load
from db.engine import reading
from db.errors import DatabaseUnavailableError
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import AnnounceType, KnownPaper, PaperVersion, Standing
from db.statements import CHUNK
from db.tables import PAPERS
from tests.db.builders import DAY, HOSTILE, NOW, make_candidate, make_harvest, make_paper

ROOT = Path(__file__).resolve().parents[2]
LATER = NOW + timedelta(days=1)
ID, OTHER = "2206.00001", "2206.00002"


def change(arxiv_id: str = ID, standing: Standing = Standing.WAITING, **said) -> PaperChange:
    return PaperChange(paper=make_paper(arxiv_id, **said), standing=standing)


def put(papers: PaperStore, *changes: PaperChange, now: datetime = NOW, harvest=None):
    """Stores papers whatever is known of them."""
    ids = [each.paper.arxiv_id for each in changes]
    return papers.take(ids, lambda _known: changes, now=now, harvest=harvest)


def seen_at(engine, arxiv_id: str = ID) -> datetime | None:
    with reading(engine) as connection:
        return connection.scalar(select(PAPERS.c.seen_at).where(PAPERS.c.arxiv_id == arxiv_id))


# -- a page --------------------------------------------------------------------


def test_a_paper_comes_back_as_it_was_told(papers):
    told = change()
    assert put(papers, told) == (told,)
    assert papers.known([ID]) == {
        ID: KnownPaper(
            arxiv_id=ID,
            announced=DAY,
            version=2,
            standing=Standing.WAITING,
            paper=told.paper,
        )
    }


def test_a_paper_of_which_only_the_needed_is_told_comes_back_so(papers):
    bare = change(
        abstract=None,
        authors=(),
        categories=(),
        published=None,
        announce_type=AnnounceType.CROSS,
        estimated=False,
        versions=(),
        revised=None,
        withdrawn=False,
        license="",
        dois=(),
        journal_ref=None,
    )
    put(papers, change(), bare)
    known = papers.known([ID])[ID]
    assert (known.paper, known.version) == (bare.paper, 0)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_kept_to_the_letter(papers, text):
    told = change(license=text, dois=(text, text), journal_ref=text)
    harvest = make_harvest(text, token=text)
    put(papers, told, harvest=harvest)
    assert papers.known([ID])[ID].paper == told.paper
    assert papers.harvest(text) == harvest


def test_what_is_decided_is_decided_from_what_is_known(papers):
    put(papers, change(title="Before"))
    asked = []

    def decide(known):
        asked.append({each: known[each].paper.title for each in known})
        return [change(title="After")]

    papers.take([OTHER, ID, ID], decide, now=LATER)
    assert asked == [{ID: "Before"}]
    assert papers.known([ID])[ID].paper.title == "After"


def test_what_does_not_change_stays(papers):
    put(papers, change(), change(OTHER))
    assert papers.take([ID, OTHER], lambda _known: [change(title="New")], now=LATER) == (
        change(title="New"),
    )
    assert papers.known([OTHER])[OTHER].paper == make_paper(OTHER)
    assert papers.take([ID], lambda _known: [], now=LATER) == ()
    assert papers.take([], lambda known: [change("2206.00003")][len(known) :], now=LATER)
    assert set(papers.known([ID, OTHER, "2206.00003"])) == {ID, OTHER, "2206.00003"}


def test_an_update_replaces_every_column_and_keeps_when_it_was_first_seen(engine, papers):
    put(papers, change())
    told = change(
        standing=Standing.TRIAGED,
        title="Another",
        abstract="Other words.",
        authors=("Cy",),
        categories=("cs.AI",),
        comment="9 pages",
        published=None,
        announced=date(2022, 6, 7),
        announce_type=AnnounceType.CROSS,
        estimated=False,
        versions=(PaperVersion(number=3, submitted=None),),
        revised=None,
        withdrawn=False,
        license="",
        dois=(),
        journal_ref=None,
    )
    put(papers, told, now=LATER)
    known = papers.known([ID])[ID]
    assert (known.paper, known.standing, known.version) == (told.paper, Standing.TRIAGED, 3)
    assert seen_at(engine) == NOW


def test_more_papers_than_one_statement_asks_for_make_one_page(papers):
    changes = [change(f"2206.{number:05}") for number in range(CHUNK + 5)]
    put(papers, *changes)
    assert len(papers.known(each.paper.arxiv_id for each in changes)) == CHUNK + 5
    again = papers.take(
        [each.paper.arxiv_id for each in changes],
        lambda known: [
            PaperChange(paper=each.paper, standing=Standing.TRIAGED) for each in known.values()
        ],
        now=LATER,
    )
    assert len(again) == CHUNK + 5


# -- the page and its cursor -----------------------------------------------------


def test_a_page_and_its_cursor_are_stored_together(papers):
    put(papers, change(), harvest=make_harvest())
    assert papers.harvest("cs") == make_harvest()
    end = make_harvest(token="", completed=DAY, open=False)
    assert papers.take([], lambda _known: [], now=NOW, harvest=end) == ()
    assert papers.harvest("cs") == end
    assert papers.harvest("math") is None


def test_a_cursor_is_kept_without_a_page(papers):
    papers.keep(make_harvest())
    papers.keep(make_harvest("math", completed=None))
    papers.keep(make_harvest(token="another", since=DAY, resume_from=DAY, completed=None))
    assert papers.harvest("cs") == make_harvest(
        token="another", since=DAY, resume_from=DAY, completed=None
    )
    assert papers.harvest("math") == make_harvest("math", completed=None)


def test_a_cursor_that_is_dropped_leaves_the_others_and_the_papers(papers):
    put(papers, change(), harvest=make_harvest())
    papers.keep(make_harvest("math"))
    papers.forget("cs")
    papers.forget("never")
    assert (papers.harvest("cs"), papers.harvest("math")) == (None, make_harvest("math"))
    assert papers.known([ID])[ID].paper == make_paper()


def test_a_decision_that_fails_leaves_neither_page_nor_cursor(papers):
    put(papers, change(), harvest=make_harvest())

    def fail(_known):
        raise RuntimeError("a record that cannot be")

    with pytest.raises(RuntimeError, match="cannot be"):
        papers.take([ID], fail, now=LATER, harvest=make_harvest(token="another"))
    assert papers.harvest("cs") == make_harvest()
    assert papers.known([ID])[ID].paper == make_paper()


def test_a_cursor_that_cannot_be_stored_takes_the_page_back(papers):
    with pytest.raises(DatabaseUnavailableError, match="refused"):
        put(papers, change(), harvest=make_harvest(since=None))
    assert papers.known([ID]) == {}


def test_a_paper_that_cannot_be_stored_takes_page_and_cursor_back(papers):
    naive = PaperVersion(number=1, submitted=datetime(2022, 6, 1))  # noqa: DTZ001 what is refused
    with pytest.raises(ValueError, match="has no time zone"):
        put(papers, change(OTHER), change(versions=(naive,)), harvest=make_harvest())
    assert papers.known([ID, OTHER]) == {}
    assert papers.harvest("cs") is None


KILLED = """
import os, sys
from sqlalchemy import event
from db.engine import open_database
from db.papers import PaperStore
from tests.db.test_papers import change, make_harvest, put
engine = open_database(sys.argv[1])

@event.listens_for(engine, "before_cursor_execute")
def die(_connection, _cursor, statement, *_more):
    if "harvests" in statement:
        os._exit(9)

put(PaperStore(engine), change(), harvest=make_harvest())
"""


def test_a_kill_between_page_and_cursor_leaves_neither(engine, papers):
    url = engine.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url], cwd=ROOT, check=False, timeout=60)
    assert killed.returncode == 9
    assert papers.known([ID]) == {}
    assert papers.harvest("cs") is None
    put(papers, change(), harvest=make_harvest())
    assert papers.harvest("cs") == make_harvest()


# -- versions --------------------------------------------------------------------


def test_versions_come_back_with_and_without_their_times(papers):
    versions = (
        PaperVersion(number=1, submitted=datetime(2022, 5, 31, 17, 59, 59, 250_000, UTC)),
        PaperVersion(number=2, submitted=None),
        PaperVersion(number=10, submitted=NOW),
    )
    put(papers, change(versions=versions))
    known = papers.known([ID])[ID]
    assert known.paper.versions == versions
    assert (known.version, known.paper.version) == (10, 10)


def test_the_time_of_a_version_is_kept_in_utc(papers):
    abroad = datetime(2022, 6, 1, 2, tzinfo=timezone(timedelta(hours=9)))
    put(papers, change(versions=(PaperVersion(number=1, submitted=abroad),)))
    (version,) = papers.known([ID])[ID].paper.versions
    assert version.submitted == abroad
    assert version.submitted.isoformat() == "2022-05-31T17:00:00+00:00"


# -- standings -------------------------------------------------------------------


@pytest.mark.parametrize("standing", Standing)
def test_a_standing_is_what_the_queue_sees(queue, papers, standing):
    put(papers, change(standing=standing))
    assert papers.known([ID])[ID].standing is standing
    waits = standing is Standing.WAITING
    assert queue.waiting() == ((make_paper(),) if waits else ())
    assert queue.seen_ids([ID]) == (frozenset() if waits else {ID})
    assert queue.paper(ID) == make_paper()


@pytest.mark.parametrize("after", Standing)
@pytest.mark.parametrize("before", Standing)
def test_any_standing_may_follow_any(papers, before, after):
    put(papers, change(standing=before))
    put(papers, change(standing=after))
    assert papers.known([ID])[ID].standing is after


def test_what_the_queue_did_is_known(queue, papers):
    queue.remember([make_paper("2206.00001")], now=NOW)
    queue.record([make_paper("2206.00002")], [make_candidate("2206.00003")], now=NOW)
    known = papers.known(["2206.00001", "2206.00002", "2206.00003"])
    assert [known[each].standing for each in sorted(known)] == [
        Standing.WAITING,
        Standing.TRIAGED,
        Standing.TRIAGED,
    ]


def test_history_neither_waits_again_nor_is_scored_when_it_is_met(queue, papers):
    put(papers, change(standing=Standing.HISTORY))
    queue.remember([make_paper()], now=LATER)
    queue.record([make_paper()], [], now=LATER)
    assert queue.waiting() == ()
    assert papers.known([ID])[ID].standing is Standing.HISTORY


def test_history_that_is_queued_is_triaged(queue, papers):
    put(papers, change(standing=Standing.HISTORY))
    queue.record([], [make_candidate()], now=LATER)
    assert queue.get(ID) == make_candidate()
    assert papers.known([ID])[ID].standing is Standing.TRIAGED


def test_history_stays_in_the_database_and_out_of_a_dump(engine, papers, make_engine, tmp_path):
    put(papers, change(standing=Standing.HISTORY), change(OTHER, Standing.TRIAGED))
    dump(engine, tmp_path / "state")
    assert papers.known([ID])[ID] == KnownPaper(
        arxiv_id=ID, announced=DAY, version=2, standing=Standing.HISTORY, paper=make_paper()
    )
    for name in ("seen.jsonl", "waiting.jsonl", "candidates.jsonl"):
        assert ID not in (tmp_path / "state" / name).read_text()
    copy = make_engine()
    load(copy, tmp_path / "state")
    assert list(PaperStore(copy).known([ID, OTHER])) == [OTHER]


def test_a_paper_of_a_dump_becomes_whole_when_it_is_told_again(
    engine, papers, make_engine, tmp_path
):
    put(papers, change(standing=Standing.TRIAGED))
    dump(engine, tmp_path / "state")
    copy = make_engine()
    load(copy, tmp_path / "state")
    again = PaperStore(copy)
    known = again.known([ID])[ID]
    assert known == KnownPaper(
        arxiv_id=ID, announced=DAY, version=2, standing=Standing.TRIAGED, paper=None
    )
    assert Queue(copy).paper(ID) is None
    assert again.announced_on(DAY) == ()
    put(again, change(standing=known.standing), now=LATER)
    assert again.known([ID])[ID] == replace(known, paper=make_paper())
    assert Queue(copy).waiting() == ()
    assert Queue(copy).seen_ids([ID]) == {ID}
    dump(copy, tmp_path / "again")
    assert (tmp_path / "again" / "seen.jsonl").read_bytes() == (
        tmp_path / "state" / "seen.jsonl"
    ).read_bytes()


# -- days ------------------------------------------------------------------------


def fill_days(papers: PaperStore) -> None:
    put(
        papers,
        change("2206.00003", announced=date(2022, 6, 2), revised=None),
        change("2206.00002", Standing.TRIAGED, announced=DAY, revised=date(2022, 6, 2)),
        change("cs/0701001", announced=DAY, revised=None, versions=()),
        change("math/0701001", announced=DAY, revised=None),
        change("math-ph/0701001", announced=DAY, revised=None),
        change("2105.00001", Standing.HISTORY, announced=DAY, revised=date(2022, 6, 2)),
        change("2205.00001", announced=date(2022, 5, 31), revised=None),
        change("1905.00001", Standing.HISTORY, announced=date(2019, 5, 2), revised=None),
    )


def test_a_day_holds_what_was_announced_on_it_and_no_history(papers):
    fill_days(papers)
    ids = ["2206.00002", "cs/0701001", "math-ph/0701001", "math/0701001"]
    assert [each.arxiv_id for each in papers.announced_on(DAY)] == ids
    assert [each.arxiv_id for each in papers.announced_on(date(2022, 6, 2))] == ["2206.00003"]
    assert papers.announced_on(date(2022, 6, 4)) == ()


def test_papers_revised_since_a_day_include_history_and_say_when(papers):
    fill_days(papers)
    revised = papers.revised_since(date(2022, 6, 2))
    assert [each.arxiv_id for each in revised] == ["2105.00001", "2206.00002"]
    assert revised[1] == make_paper("2206.00002", announced=DAY, revised=date(2022, 6, 2))
    assert papers.revised_since(date(2022, 6, 3)) == ()


def test_the_days_are_those_of_news(papers):
    assert papers.days() == ()
    fill_days(papers)
    assert papers.days() == (date(2022, 5, 31), DAY, date(2022, 6, 2))


def test_papers_are_counted_by_day_without_history(papers):
    fill_days(papers)
    found = papers.announced_since(DAY)
    assert list(found) == [DAY, date(2022, 6, 2)]
    assert {each.arxiv_id: (each.version, each.standing) for each in found[DAY]} == {
        "2206.00002": (2, Standing.TRIAGED),
        "cs/0701001": (0, Standing.WAITING),
        "math/0701001": (2, Standing.WAITING),
        "math-ph/0701001": (2, Standing.WAITING),
    }
    assert found[date(2022, 6, 2)] == (
        KnownPaper(
            arxiv_id="2206.00003",
            announced=date(2022, 6, 2),
            version=2,
            standing=Standing.WAITING,
            paper=None,
        ),
    )
    assert papers.announced_since(date(2022, 6, 3)) == {}
