"""A harvest into a real store: begun, cut off, taken up again, audited, and doubted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from db.papers import PaperChange, PaperStore
from db.records import Harvest, KnownPaper
from pipeline.sources.horizon import Horizon
from pipeline.sources.oai_record import OaiRecord
from pipeline.sources.spine import HarvestNews, Spine, judge_daily
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.oai_server import (
    TODAY,
    XML_TYPE,
    OaiServer,
    Served,
    days_of_records,
    error_xml,
    serve,
)
from tests.pipeline.sources.server import says

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SINCE = TODAY - timedelta(days=2)
CATEGORIES = ("cs.LG", "stat.ML")
HORIZON = Horizon(today=TODAY, floor="2611.00000")
NEVER = "2611.99999"

MakeSpine = Callable[[OaiServer], Spine]


@pytest.fixture
def make_spine(make_client: MakeClient, store: PaperStore) -> MakeSpine:
    def make(server: OaiServer) -> Spine:
        return Spine(
            client=make_client(server.url, max_attempts=1, timeout_seconds=20.0),
            oai_url=server.url,
            categories=CATEGORIES,
            store=store,
            now=NOW,
        )

    return make


class Killed(Exception):  # noqa: N818 it is none of ours
    """What happens to a process."""


def read(
    spine: Spine,
    *,
    until: date = TODAY,
    may_be_empty: bool = False,
    killed_at: str = NEVER,
    on_page: Callable[[date], None] | None = None,
    otherwise: date = SINCE,
) -> HarvestNews:
    """One harvest as a run makes it; ``killed_at`` is the record at which the run dies."""
    cursor = spine.begin("cs", otherwise=otherwise, until=until)
    news = HarvestNews(since=cursor.since)

    def judge(record: OaiRecord, known: KnownPaper | None) -> PaperChange | None:
        if record.arxiv_id == killed_at:
            raise Killed
        return judge_daily(record, known, HORIZON)

    spine.read("cs", cursor, news, judge, until=until, may_be_empty=may_be_empty, on_page=on_page)
    return news


def read_sets(spine: Spine, *names: str) -> HarvestNews:
    """One harvest of several sets."""
    news = HarvestNews(since=SINCE)
    for name in names:
        spine.read(
            name,
            spine.begin(name, otherwise=SINCE, until=TODAY),
            news,
            lambda record, known: judge_daily(record, known, HORIZON),
            until=TODAY,
            may_be_empty=False,
        )
    return news


def stored(store: PaperStore, *papers: Served) -> list[str]:
    return sorted(store.known(paper.arxiv_id for paper in papers))


def ids(papers: list[Served]) -> list[str]:
    return [paper.arxiv_id for paper in papers]


# -- where it begins ---------------------------------------------------------------------------


def make_harvest(**said: Any) -> Harvest:
    settings: dict[str, Any] = {
        "name": "cs",
        "since": SINCE,
        "resume_from": SINCE,
        "token": "",
        "completed": TODAY,
        "open": False,
    }
    return Harvest(**(settings | said))


@pytest.mark.parametrize(
    ("last", "since"),
    [
        (None, SINCE),
        (make_harvest(completed=TODAY), TODAY - timedelta(days=3)),
        (make_harvest(completed=TODAY - timedelta(days=5)), TODAY - timedelta(days=8)),
        (make_harvest(completed=TODAY - timedelta(days=90)), TODAY - timedelta(days=30)),
        (make_harvest(completed=TODAY + timedelta(days=9)), TODAY - timedelta(days=3)),
        (make_harvest(completed=None), SINCE),
    ],
    ids=[
        "the first of all begins where it is told to",
        "three days before the last whole one",
        "three days before the last whole one, be it some days ago",
        "a month back at most",
        "a run for an earlier day begins before that day",
        "after one with a hole and none before it, where it is told to",
    ],
)
def test_a_harvest_begins_before_the_last_whole_one(
    make_spine: MakeSpine, store: PaperStore, last: Harvest | None, since: date
) -> None:
    if last is not None:
        store.keep(last)
    with OaiServer([]) as server:
        cursor = make_spine(server).begin("cs", otherwise=SINCE, until=TODAY)
    assert (cursor.since, cursor.resume_from, cursor.token) == (since, since, "")
    assert cursor.open
    assert cursor.completed == (last.completed if last else None)


def test_an_open_harvest_goes_on_at_its_cursor(make_spine: MakeSpine, store: PaperStore) -> None:
    cut = make_harvest(open=True, token="t|o|k", resume_from=TODAY)
    store.keep(cut)
    with OaiServer([]) as server:
        assert make_spine(server).begin("cs", otherwise=SINCE, until=TODAY) == cut
        assert make_spine(server).begin("stat", otherwise=SINCE, until=TODAY) != cut


# -- what it brings ----------------------------------------------------------------------------


def test_a_harvest_stores_every_page_and_ends_whole(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    reached: list[date] = []
    with OaiServer(papers) as server:
        news = read(make_spine(server), on_page=reached.append)
        assert server.asked == ["11-20..", "token", "token", "ListIdentifiers"]
    assert stored(store, *papers) == ids(papers)
    assert (news.pages, news.received, news.records, news.updated) == (3, 10, 10, 0)
    assert list(news.waiting) == ids(papers)
    assert (news.problems, news.set_aside, news.missing) == ({}, {}, {})
    assert reached == sorted(reached)
    harvest = store.harvest("cs")
    assert harvest is not None
    assert (harvest.completed, harvest.open, harvest.token) == (TODAY, False, "")


def test_a_harvest_read_twice_changes_nothing(make_spine: MakeSpine, store: PaperStore) -> None:
    papers = days_of_records(3, 4, 3)
    with OaiServer(papers) as server:
        read(make_spine(server))
        before = store.known(ids(papers))
        again = read(make_spine(server))
    assert (again.received, again.updated, list(again.waiting)) == (10, 10, [])
    assert store.known(ids(papers)) == before


def test_records_of_other_categories_are_read_and_not_kept(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    ours = serve("2611.00001", TODAY)
    other = serve("2611.00002", TODAY, categories="cs.DC", sets=("cs:cs:DC",))
    with OaiServer([ours, other]) as server:
        news = read(make_spine(server))
    assert stored(store, ours, other) == ["2611.00001"]
    assert (news.received, news.records) == (1, 2)


def test_an_unreadable_record_is_set_aside_in_a_line_and_costs_no_other(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = [*days_of_records(2), serve("2611.00009", TODAY, title=" ")]
    with OaiServer(papers) as server:
        news = read(make_spine(server))
    assert stored(store, *papers) == ids(papers)[:2]
    ((line, _),) = news.set_aside.items()
    assert line.startswith("oai: 2611.00009: ")
    assert list(news.missing) == ["2611.00009"]  # to be looked up
    assert not news.problems


# -- a run that dies ---------------------------------------------------------------------------


def test_a_page_and_its_cursor_are_stored_together_or_not_at_all(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    with OaiServer(papers) as server, pytest.raises(Killed):
        read(make_spine(server), killed_at="2611.00007")
    assert stored(store, *papers) == ids(papers)[:4]
    cut = store.harvest("cs")
    assert cut is not None
    assert (cut.open, cut.completed, cut.token) == (True, None, "2026-11-20||4")


def test_a_harvest_that_died_goes_on_at_its_cursor_and_is_audited(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    with OaiServer(papers) as server:
        with pytest.raises(Killed):
            read(make_spine(server), killed_at="2611.00007")
        server.requests.clear()
        news = read(make_spine(server))
        assert server.asked == ["token", "token", "ListIdentifiers"]
    assert stored(store, *papers) == ids(papers)
    assert (news.since, news.received) == (SINCE, 6)
    harvest = store.harvest("cs")
    assert harvest is not None
    assert (harvest.completed, harvest.open) == (TODAY, False)


def test_arxiv_that_goes_away_leaves_the_harvest_open_with_what_came(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    with OaiServer(papers, faults=[None, *[says(503)] * 20]) as server:
        news = read(make_spine(server))
        assert stored(store, *papers) == ids(papers)[:4]
        ((problem, _),) = news.problems.items()
        assert problem.startswith("cs: ")
        assert "503" in problem
        assert news.pages
        server.faults.clear()
        assert not read(make_spine(server)).problems
    assert stored(store, *papers) == ids(papers)


def test_arxiv_that_is_down_failed_and_nothing_is_thought_complete(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    with OaiServer(days_of_records(3), faults=[says(503)] * 20) as server:
        news = read(make_spine(server))
        assert (news.pages, len(news.problems)) == (0, 1)
        owed = store.harvest("cs")
        assert owed is not None
        assert (owed.open, owed.completed, owed.resume_from) == (True, None, SINCE)
        # The next run begins where this one should have, not on its own day.
        assert make_spine(server).begin("cs", otherwise=TODAY, until=TODAY) == owed


def test_what_one_set_could_not_bring_is_kept_apart_from_the_other(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    with OaiServer(days_of_records(3)) as server:
        spine = make_spine(server)
        news = read_sets(spine, "nope", "stat")
    assert len(news.problems) == 1
    assert news.pages == 1
    refused = store.harvest("nope")
    assert refused is not None
    assert (refused.open, refused.completed) == (True, None)
    whole = store.harvest("stat")
    assert whole is not None
    assert whole.completed == TODAY


# -- a harvest with a hole ---------------------------------------------------------------------


def test_a_poison_record_is_set_aside_and_leaves_no_hole(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    with OaiServer(papers, poison=["2611.00005"]) as server:
        news = read(make_spine(server))
    assert stored(store, *papers) == [i for i in ids(papers) if i != "2611.00005"]
    assert [line[:15] for line in news.set_aside] == ["oai: 2611.00005"]
    assert not news.problems
    whole = store.harvest("cs")
    assert whole is not None
    assert whole.completed == TODAY


def test_a_harvest_with_a_hole_ends_and_is_not_whole_so_that_all_is_read_again(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 20, 3)
    with OaiServer(papers, page_size=50, poison=ids(papers)[3:23]) as server:
        news = read(make_spine(server))
        assert stored(store, *papers) == ids(papers)[:3] + ids(papers)[23:]
        ((problem, _),) = news.problems.items()
        assert problem.startswith("what changed on 2026-11-21 is missing: ")
        # Three could be asked for one by one; all are known by name, to be looked up.
        assert len(news.set_aside) == 3
        assert set(news.missing) == set(ids(papers)[3:23])
        holed = store.harvest("cs")
        assert holed is not None
        assert (holed.completed, holed.open) == (None, False)
        server.poison.clear()
        server.requests.clear()
        assert not read(make_spine(server)).problems
        assert server.asked[0] == "11-20.."
    assert stored(store, *papers) == ids(papers)


def test_a_hole_does_not_take_back_what_was_whole_before(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 20, 3)
    store.keep(make_harvest(completed=TODAY - timedelta(days=1)))
    with OaiServer(papers, page_size=50, poison=ids(papers)[3:23]) as server:
        read(make_spine(server))
    holed = store.harvest("cs")
    assert holed is not None
    assert (holed.completed, holed.open) == (TODAY - timedelta(days=1), False)


def test_a_run_for_an_earlier_day_takes_nothing_back(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    store.keep(make_harvest(completed=TODAY))
    with OaiServer(days_of_records(3, 4, 3)) as server:
        read(make_spine(server), until=TODAY - timedelta(days=1))
    harvest = store.harvest("cs")
    assert harvest is not None
    assert harvest.completed == TODAY


# -- the audit ---------------------------------------------------------------------------------


class HidingServer(OaiServer):
    """Leaves records out of its pages and names them when asked for names, as a row does that
    the moving order of arXiv's pages hid."""

    hidden: frozenset[str] = frozenset()

    def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        if query["verb"] != "ListRecords":
            return super().respond(query)
        everything = self.records
        self.records = [one for one in everything if one.arxiv_id not in self.hidden]
        try:
            return super().respond(query)
        finally:
            self.records = everything


def test_a_row_that_was_hidden_between_two_pages_is_noticed_in_the_same_run(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    with HidingServer(papers) as server:
        server.hidden = frozenset({"2611.00005", "2611.00008"})
        news = read(make_spine(server))
    assert list(news.missing) == ["2611.00005", "2611.00008"]
    assert "2611.00005" not in stored(store, *papers)


def test_the_audit_names_nothing_of_other_categories(
    make_spine: MakeSpine,
) -> None:
    other = serve("2611.00020", TODAY, categories="cs.DC", sets=("cs:cs:DC",))
    with HidingServer([*days_of_records(3, 4, 3), other]) as server:
        server.hidden = frozenset({"2611.00020"})
        news = read(make_spine(server))
    assert not news.missing


def test_a_harvest_of_one_page_is_not_audited(make_spine: MakeSpine) -> None:
    with OaiServer(days_of_records(3)) as server:
        read(make_spine(server))
        assert server.asked == ["11-20.."]


def test_an_audit_that_fails_is_a_hole_and_what_came_stands(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    papers = days_of_records(3, 4, 3)
    with OaiServer(papers, faults=[None, None, None, *[says(503)] * 9]) as server:
        news = read(make_spine(server))
    assert stored(store, *papers) == ids(papers)
    ((problem, _),) = news.problems.items()
    assert "503" in problem
    harvest = store.harvest("cs")
    assert harvest is not None
    assert harvest.completed is None


# -- nothing at all ----------------------------------------------------------------------------


def test_nothing_at_all_is_doubted_where_papers_were_due(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    with OaiServer([]) as server:
        news = read(make_spine(server))
    assert list(news.problems) == [
        "cs: nothing changed since 2026-11-20, it says, and papers were due"
    ]
    assert news.pages
    holed = store.harvest("cs")
    assert holed is not None
    assert (holed.completed, holed.open) == (None, False)


def test_nothing_at_all_is_believed_where_none_was_due(
    make_spine: MakeSpine, store: PaperStore
) -> None:
    with OaiServer([]) as server:
        news = read(make_spine(server), may_be_empty=True)
    assert not news.problems
    whole = store.harvest("cs")
    assert whole is not None
    assert whole.completed == TODAY


def test_nothing_of_ours_is_no_reason_for_doubt(make_spine: MakeSpine) -> None:
    with OaiServer([serve("2611.00001", TODAY, categories="cs.DC")]) as server:
        assert not read(make_spine(server)).problems


def test_one_set_that_is_full_does_not_excuse_another_that_is_empty(
    make_spine: MakeSpine,
) -> None:
    no_records = says(200, error_xml("noRecordsMatch"), Content_Type=XML_TYPE["Content-Type"])
    with OaiServer(days_of_records(3), faults=[None, no_records]) as server:
        spine = make_spine(server)
        news = read_sets(spine, "cs", "stat")
    assert [problem.partition(":")[0] for problem in news.problems] == ["stat"]
