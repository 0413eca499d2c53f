from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from db.records import AnnounceType, FetchStatus
from pipeline.errors import ConfigError
from pipeline.sources.api import ApiSource
from tests.pipeline.sources import server as faults
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.server import (
    AFTER_2022_06_01,
    ATOM_TYPE,
    ONE_SECOND,
    RATE_EXCEEDED,
    WINDOW_OF_2022_06_01,
    ApiServer,
    Fault,
    Handler,
    LoopbackServer,
    ServedPaper,
    error_feed,
    feed,
    make_papers,
    query_of,
    says,
)

DAY = date(2022, 6, 1)
FIRST, END = WINDOW_OF_2022_06_01
CATEGORIES = ("cs.LG", "stat.ML")


def papers_of_the_day(count: int) -> list[ServedPaper]:
    return make_papers(count, first=FIRST, last=END)


class World:
    """A source and the server it asks."""

    def __init__(self, make_client: MakeClient, server: LoopbackServer, **changes: Any) -> None:
        settings: dict[str, Any] = {
            "api_url": server.url,
            "categories": CATEGORIES,
            "now": lambda: AFTER_2022_06_01,
            "page_size": 20,
        }
        self.source = ApiSource(make_client(server.url), **(settings | changes))


def test_a_day_is_read_page_by_page(make_client: MakeClient) -> None:
    with ApiServer(papers_of_the_day(45)) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert delivery.fetch.status is FetchStatus.COMPLETE
    assert (delivery.fetch.received, delivery.fetch.problem) == (45, "")
    assert delivery.set_aside == ()
    assert len({paper.arxiv_id for paper in delivery.papers}) == 45
    assert [request.query["start"] for request in server.requests] == ["0", "20", "40"]
    first = delivery.papers[0]
    assert first.title == "On the 1th property of $x_{1}$ & <think>"
    assert first.abstract == "We study property 1, for all $i<j>k$ and <think> tags."
    assert first.authors == ("Ada Example", "Bob von Muster 1")
    assert first.categories == ("stat.ML", "cs.LG")
    assert (first.comment, delivery.papers[1].comment) == ("1 pages", None)
    assert (first.published, first.announced) == (date(2022, 5, 30), DAY)


def test_the_query_has_parentheses_a_minute_on_either_side_and_our_user_agent(
    make_client: MakeClient,
) -> None:
    with ApiServer(papers_of_the_day(1)) as server:
        World(make_client, server).source.fetch_day(DAY)
    (request,) = server.requests
    assert request.query["search_query"] == (
        "(cat:cs.LG OR cat:stat.ML) AND submittedDate:[202205301759 TO 202205311801]"
    )
    assert (request.query["sortBy"], request.query["sortOrder"]) == ("submittedDate", "ascending")
    assert request.headers["user-agent"].startswith("arxiv-shortlist/")


def test_the_window_is_half_open_to_the_second(make_client: MakeClient) -> None:
    (paper,) = papers_of_the_day(1)
    edges = [FIRST - ONE_SECOND, FIRST, END - ONE_SECOND, END]
    with ApiServer(
        dataclasses.replace(paper, arxiv_id=f"2205.{n:05d}", submitted=moment)
        for n, moment in enumerate(edges)
    ) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert [paper.arxiv_id for paper in delivery.papers] == ["2205.00001", "2205.00002"]


def test_a_paper_is_new_if_its_primary_category_is_ours_and_a_cross_list_otherwise(
    make_client: MakeClient,
) -> None:
    with ApiServer(papers_of_the_day(3)) as server:
        narrow = World(make_client, server).source.fetch_day(DAY)
        wide = World(make_client, server, categories=("cs.*",)).source.fetch_day(DAY)
    assert {paper.categories[0]: paper.announce_type for paper in narrow.papers} == {
        "stat.ML": AnnounceType.NEW,
        "cs.AI": AnnounceType.CROSS,
        "cs.LG": AnnounceType.NEW,
    }
    assert {paper.categories[0] for paper in wide.papers if paper.announce_type == "cross"} == {
        "stat.ML"
    }


def test_subject_classes_of_old_records_are_no_categories(make_client: MakeClient) -> None:
    (paper,) = papers_of_the_day(1)
    terms = ("hep-th", "cs.LG", "cond-mat.mtrl-sci", "F.2.2; I.2.7", "68T50")
    with ApiServer([dataclasses.replace(paper, categories=terms)]) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert delivery.papers[0].categories == ("hep-th", "cs.LG", "cond-mat.mtrl-sci")


@pytest.mark.parametrize("day", [date(2022, 6, 4), date(2022, 6, 5), date(2022, 6, 21)])
def test_a_day_without_a_mailing_costs_no_request(make_client: MakeClient, day: date) -> None:
    with ApiServer([]) as server:
        delivery = World(make_client, server).source.fetch_day(day)
    assert delivery.fetch.status is FetchStatus.NO_MAILING
    assert server.requests == []


def test_a_day_that_has_not_come_is_not_asked_for(make_client: MakeClient) -> None:
    with ApiServer(papers_of_the_day(1)) as server:
        early = World(make_client, server, now=lambda: datetime(2022, 5, 31, 23, 59, tzinfo=UTC))
        delivery = early.source.fetch_day(DAY)
        assert delivery.fetch.status is FetchStatus.FAILED
        assert delivery.fetch.problem == "not announced yet (due 2022-06-01 00:00 UTC)"
        assert server.requests == []
        due = World(make_client, server, now=lambda: datetime(2022, 6, 1, tzinfo=UTC))
        assert due.source.fetch_day(DAY).fetch.status is FetchStatus.COMPLETE


def test_no_paper_on_a_day_with_a_mailing_is_a_failure(make_client: MakeClient) -> None:
    with ApiServer([]) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert delivery.fetch.status is FetchStatus.FAILED
    assert "0 papers for a day with a mailing" in delivery.fetch.problem


SPOILS: list[Fault] = [
    faults.html_page,
    says(200, b"", Content_Type=ATOM_TYPE),
    says(200, b"\x00garbage", Content_Type=ATOM_TYPE),
    faults.truncated,
    says(200, feed([], {}, start=0, size=20), Content_Type=ATOM_TYPE),
    says(200, feed([], {}, start=0, size=20, total=40), Content_Type=ATOM_TYPE),
    says(200, feed(papers_of_the_day(9), {}, start=7, size=20), Content_Type=ATOM_TYPE),
    says(429, RATE_EXCEEDED),
    faults.reset_in_the_body,
]


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_page_that_comes_wrong_once_costs_one_more_request(
    make_client: MakeClient, spoil: Fault
) -> None:
    for spoiled in ([spoil], [None, spoil]):
        with ApiServer(papers_of_the_day(30), faults=spoiled) as server:
            delivery = World(make_client, server).source.fetch_day(DAY)
        assert delivery.fetch.status is FetchStatus.COMPLETE
        assert delivery.fetch.received == 30
        assert len(server.requests) == 3


@pytest.mark.parametrize("spoil", SPOILS)
def test_pages_that_stay_wrong_are_a_failure_and_never_an_empty_day(
    make_client: MakeClient, spoil: Fault
) -> None:
    with ApiServer(papers_of_the_day(30), faults=[spoil] * 20) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.papers) == (FetchStatus.FAILED, ())
    assert delivery.fetch.problem
    assert "\n" not in delivery.fetch.problem
    assert not delivery.fetch.problem.startswith("api:")


def test_what_came_before_a_failure_is_kept_and_the_day_is_partial(
    make_client: MakeClient,
) -> None:
    with ApiServer(papers_of_the_day(30), faults=[None, *[says(503)] * 9]) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.PARTIAL, 20)
    assert "status 503 (4 tries)" in delivery.fetch.problem


@pytest.mark.parametrize("status", [400, 200])
def test_a_refused_query_says_so_in_arxivs_words_and_is_not_asked_again(
    make_client: MakeClient, status: int
) -> None:
    fault = says(status, error_feed("malformed query"), Content_Type=ATOM_TYPE)
    with ApiServer([], faults=[fault]) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert delivery.fetch.problem == "arXiv refuses the query: malformed query"
    assert len(server.requests) == 1


def test_a_block_is_said_and_nothing_more_is_asked(make_client: MakeClient) -> None:
    with ApiServer(papers_of_the_day(1), faults=[says(403)]) as server:
        source = World(make_client, server).source
        first, second = source.fetch_day(DAY), source.fetch_day(DAY)
    assert "403" in first.fetch.problem
    assert "nothing more is asked" in second.fetch.problem
    assert len(server.requests) == 1


def test_an_unreadable_entry_is_set_aside_and_costs_no_other(make_client: MakeClient) -> None:
    papers = papers_of_the_day(30)
    papers[3] = dataclasses.replace(papers[3], title=" ")
    papers[29] = dataclasses.replace(papers[29], title=" ")
    with ApiServer(papers) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.PARTIAL, 28)
    assert delivery.fetch.problem == "2 entries set aside"
    assert delivery.set_aside[0] == "api: http://arxiv.org/abs/2205.00004v1: it has no title"
    assert len(server.requests) == 2


def _page(papers: list[ServedPaper], *, total: int) -> Fault:
    """These papers as the page that was asked for, whatever it is."""

    def answer(handler: Handler) -> None:
        query = query_of(handler)
        start, size = int(query["start"]), int(query["max_results"])
        body = feed(
            [*papers_of_the_day(start)[:start], *papers], {}, start=start, size=size, total=total
        )
        handler.answer(200, {"Content-Type": ATOM_TYPE}, body)

    return answer


def test_short_pages_are_paged_by_what_came(make_client: MakeClient) -> None:
    papers = papers_of_the_day(30)
    short = [_page(papers[:5], total=30), _page(papers[5:12], total=30)]
    with ApiServer(papers, faults=short) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 30)
    assert [request.query["start"] for request in server.requests] == ["0", "5", "12"]


def test_a_paper_hidden_by_a_shuffled_tie_is_found_by_a_second_pass(
    make_client: MakeClient,
) -> None:
    papers = papers_of_the_day(30)
    shuffled = [None, _page([papers[19], *papers[21:]], total=30)]
    with ApiServer(papers, faults=shuffled) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 30)
    assert len(server.requests) == 4


def test_a_total_that_is_never_reached_makes_the_day_partial(make_client: MakeClient) -> None:
    papers = papers_of_the_day(10)
    lying = [_page(papers, total=11), _page(papers[:1], total=11)] * 2
    with ApiServer(papers, faults=lying) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.PARTIAL, 10)
    assert delivery.fetch.problem == "10 of 11 papers received"


def test_a_total_that_grows_between_pages_is_followed(make_client: MakeClient) -> None:
    papers = papers_of_the_day(30)
    with ApiServer(papers, faults=[_page(papers[:20], total=21)]) as server:
        delivery = World(make_client, server).source.fetch_day(DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 30)


def test_more_papers_than_arxiv_pages_over_are_read_in_shorter_windows(
    make_client: MakeClient,
) -> None:
    with ApiServer(papers_of_the_day(70)) as server:
        source = World(make_client, server, max_results=40).source
        delivery = source.fetch_day(DAY)
        assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 70)
        assert all(int(request.query["start"]) < 40 for request in server.requests)


def test_more_papers_at_once_than_arxiv_lists_make_the_day_partial(
    make_client: MakeClient,
) -> None:
    crowd = [dataclasses.replace(paper, submitted=FIRST) for paper in papers_of_the_day(50)]
    with ApiServer([*crowd, *make_papers(5, first=FIRST + timedelta(hours=9), last=END)]) as server:
        delivery = World(make_client, server, max_results=40).source.fetch_day(DAY)
    assert delivery.fetch.status is FetchStatus.PARTIAL
    assert delivery.fetch.problem == "50 papers match, more than arXiv lists for a query"


@pytest.mark.parametrize("category", ["", "cs.LG OR all:x", "CS.LG", "cs.LG)", "68T50"])
def test_a_category_that_is_none_is_a_config_error(make_client: MakeClient, category: str) -> None:
    with LoopbackServer() as server, pytest.raises(ConfigError, match="categories under"):
        World(make_client, server, categories=("cs.LG", category))


def test_no_category_at_all_is_a_config_error(make_client: MakeClient) -> None:
    with LoopbackServer() as server, pytest.raises(ConfigError, match="names nothing"):
        World(make_client, server, categories=())
