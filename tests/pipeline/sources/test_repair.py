"""Papers by identifier into a real store, each accounted for, and the line that says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from db.papers import PaperChange, PaperStore
from db.records import FetchStatus, Standing
from pipeline.sources.api_pages import ApiPages
from pipeline.sources.horizon import Horizon
from pipeline.sources.lookup import Lookup
from pipeline.sources.repair import Repaired, repair
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.records import CATEGORIES, DAY, MORNING, SUBMITTED, at, make_paper
from tests.pipeline.sources.server import ApiServer, ServedPaper, says

NEWS, OLD, UNKNOWN = "2611.10001", "2611.09000", "2611.99999"
HORIZON = Horizon(today=DAY, floor="2611.10000")

Mend = Callable[..., Repaired]


def served(arxiv_id: str, **said: Any) -> ServedPaper:
    settings: dict[str, Any] = {
        "title": "A title of the API",
        "abstract": "An abstract of the API.",
        "authors": ("Ada Example",),
        "categories": ("cs.LG",),
        "submitted": SUBMITTED,
    }
    return ServedPaper(arxiv_id=arxiv_id, **(settings | said))


@pytest.fixture
def mend(make_client: MakeClient, store: PaperStore) -> Mend:
    def mend_from(server: ApiServer, *arxiv_ids: str, **said: Any) -> Repaired:
        client = make_client(server.url, max_attempts=1)
        lookup = Lookup(ApiPages(client, api_url=server.url, categories=CATEGORIES))
        settings: dict[str, Any] = {"categories": CATEGORIES, "now": MORNING}
        return repair(arxiv_ids, lookup, store, HORIZON, **(settings | said))

    return mend_from


def put(store: PaperStore, standing: Standing, arxiv_id: str, **said: Any) -> None:
    change = PaperChange(paper=make_paper(arxiv_id, **said), standing=standing)
    store.take([arxiv_id], lambda _: [change], now=MORNING)


# -- what is stored ----------------------------------------------------------------------------


def test_every_identifier_is_stored_not_found_or_set_aside(mend: Mend, store: PaperStore) -> None:
    broken = served("2611.10003", title=" ")
    with ApiServer([served(NEWS), served(OLD), broken]) as server:
        repaired = mend(server, NEWS, OLD, UNKNOWN, "2611.10003", "no identifier", NEWS)
    assert repaired.asked == 5
    assert repaired.stored == (NEWS, OLD)
    assert repaired.not_found == (UNKNOWN,)
    assert sorted(repaired.set_aside) == ["2611.10003", "no identifier"]
    assert repaired.problem == ""
    assert sorted(store.known([NEWS, OLD, UNKNOWN, "2611.10003"])) == [OLD, NEWS]


@pytest.mark.parametrize(
    ("arxiv_id", "categories", "standing"),
    [
        (NEWS, ("cs.LG",), Standing.WAITING),
        (NEWS, ("math.CO", "stat.ML"), Standing.WAITING),
        (NEWS, ("math.CO",), Standing.HISTORY),
        (OLD, ("cs.LG",), Standing.HISTORY),
    ],
    ids=["above the line", "a cross-list above it", "not ours", "not above it"],
)
def test_a_paper_that_was_not_known_is_news_if_its_identifier_says_so(
    mend: Mend,
    store: PaperStore,
    arxiv_id: str,
    categories: tuple[str, ...],
    standing: Standing,
) -> None:
    with ApiServer([served(arxiv_id, categories=categories)]) as server:
        repaired = mend(server, arxiv_id)
    assert store.known([arxiv_id])[arxiv_id].standing is standing
    waits = standing is Standing.WAITING
    assert [paper.arxiv_id for paper in repaired.papers] == ([arxiv_id] if waits else [])


@pytest.mark.parametrize("standing", list(Standing))
def test_a_known_paper_keeps_its_standing_and_gets_what_it_lacks(
    mend: Mend, store: PaperStore, standing: Standing
) -> None:
    put(store, standing, NEWS, abstract=None, versions=(at(1),))
    with ApiServer([served(NEWS, version=2, updated=SUBMITTED + timedelta(days=3))]) as server:
        mend(server, NEWS)
    known = store.known([NEWS])[NEWS]
    assert (known.standing, known.version) == (standing, 2)
    assert known.paper is not None
    assert known.paper.abstract == "An abstract of the API."
    assert known.paper.versions == (at(1, SUBMITTED), at(2, SUBMITTED + timedelta(days=3)))


def test_what_is_known_already_is_stored_and_changes_nothing(mend: Mend, store: PaperStore) -> None:
    put(store, Standing.TRIAGED, NEWS, estimated=False)
    before = store.known([NEWS])
    with ApiServer([served(NEWS)]) as server:
        repaired = mend(server, NEWS)
    assert store.known([NEWS]) == before
    assert (repaired.stored, repaired.papers) == ((NEWS,), ())


def test_arxiv_that_is_down_is_a_problem_and_no_error(mend: Mend, store: PaperStore) -> None:
    with ApiServer([served(NEWS)], faults=[says(503)] * 99) as server:
        repaired = mend(server, NEWS, OLD)
    assert (repaired.asked, repaired.stored) == (2, ())
    assert "status 503" in repaired.problem
    assert not repaired.problem.startswith("api")
    assert store.known([NEWS, OLD]) == {}


def test_progress_is_told(mend: Mend) -> None:
    told: list[tuple[int, int]] = []
    with ApiServer([served(NEWS)]) as server:
        mend(server, NEWS, OLD, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]


# -- the line of the ledger --------------------------------------------------------------------


def make_repaired(**said: Any) -> Repaired:
    settings: dict[str, Any] = {"asked": 4, "stored": (NEWS,), "set_aside": {}}
    return Repaired(**(settings | said))


@pytest.mark.parametrize(
    ("repaired", "status", "problem"),
    [
        (make_repaired(), FetchStatus.COMPLETE, ""),
        (make_repaired(problem="status 503"), FetchStatus.PARTIAL, "status 503"),
        (make_repaired(problem="status 503", stored=()), FetchStatus.FAILED, "status 503"),
        (
            make_repaired(set_aside={OLD: f"{OLD}: it has no title"}),
            FetchStatus.PARTIAL,
            f"1 paper set aside, {OLD} first: it has no title",
        ),
        (
            make_repaired(set_aside={OLD: "status 500", UNKNOWN: "?"}, stored=()),
            FetchStatus.FAILED,
            f"2 papers set aside, {OLD} first: status 500",
        ),
        (
            make_repaired(not_found=(UNKNOWN,)),
            FetchStatus.PARTIAL,
            f"1 paper not there yet ({UNKNOWN})",
        ),
        (
            make_repaired(not_found=("a", "b", "c", "d"), stored=()),
            FetchStatus.FAILED,
            "4 papers not there yet (a, b, c, …)",
        ),
        (
            make_repaired(not_found=("a",), set_aside={OLD: "status 500"}),
            FetchStatus.PARTIAL,
            f"1 paper set aside, {OLD} first: status 500",
        ),
    ],
    ids=[
        "all stored",
        "arXiv went away",
        "arXiv was away",
        "one could not be read",
        "none could be read",
        "one is not there yet",
        "none is there yet",
        "one unreadable weighs more than one missing",
    ],
)
def test_the_line_says_how_many_of_those_asked_for_came(
    repaired: Repaired, status: FetchStatus, problem: str
) -> None:
    line = repaired.fetch_of(DAY, MORNING)
    assert (line.status, line.problem) == (status, problem)
    assert (line.source, line.day, line.fetched_at) == ("api", DAY, MORNING)
    assert (line.received, line.expected) == (len(repaired.stored), 4)


def test_the_line_of_a_paper_that_cannot_be_read_is_one_line(mend: Mend) -> None:
    broken = dataclasses.replace(served(NEWS), title=" ")
    with ApiServer([broken]) as server:
        line = mend(server, NEWS).fetch_of(DAY, MORNING)
    assert line.problem == (
        f"1 paper set aside, {NEWS} first: http://arxiv.org/abs/{NEWS}v1: it has no title"
    )
