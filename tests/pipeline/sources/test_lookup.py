"""Papers by identifier, each accounted for; from a server on loopback that can be spoiled."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from db.records import AnnounceType
from pipeline.errors import SourceError
from pipeline.sources.api_pages import ApiPages
from pipeline.sources.lookup import Answered, Lookup
from tests.pipeline.sources import server as faults
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.server import (
    ATOM_TYPE,
    RATE_EXCEEDED,
    WINDOW_OF_2022_06_01,
    ApiServer,
    Fault,
    ServedPaper,
    make_papers,
    says,
)

DAY = date(2022, 6, 1)
FIRST, END = WINDOW_OF_2022_06_01
CATEGORIES = ("cs.LG", "stat.ML")
BROKEN = says(500, b"<html>Internal Server Error</html>")


class PoisonedServer(ApiServer):
    """Answers 500 to whatever names one of ``poison``, as arXiv does for a record it cannot write.

    ``down_after``: from so many requests on nothing is answered any more.
    """

    def __init__(
        self, papers: Iterable[ServedPaper], poison: Iterable[str], *, down_after: int = 10_000
    ) -> None:
        super().__init__(papers)
        self.poison = set(poison)
        self.down_after = down_after

    def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        named = set(query.get("id_list", "").split(","))
        if named & self.poison or len(self.requests) > self.down_after:
            return 500, {"Content-Type": "text/html"}, b"<html>Internal Server Error</html>"
        return super().respond(query)


def papers_of_the_day(count: int) -> list[ServedPaper]:
    return make_papers(count, first=FIRST, last=END)


def ids_of(papers: Iterable[ServedPaper]) -> list[str]:
    return [paper.arxiv_id for paper in papers]


def make_lookup(make_client: MakeClient, server: ApiServer, **changes: object) -> Lookup:
    client = make_client(server.url, **changes)
    return Lookup(ApiPages(client, api_url=server.url, categories=CATEGORIES))


def accounted_for(answered: Answered) -> list[str]:
    """Every identifier, once for each place it is in."""
    return sorted([*answered.records, *answered.not_found, *answered.set_aside])


# -- what comes ------------------------------------------------------------------------------


def test_papers_are_fetched_by_identifier_and_unknown_ones_are_absent(
    make_client: MakeClient,
) -> None:
    papers = papers_of_the_day(2)
    old = dataclasses.replace(
        papers[0],
        arxiv_id="hep-th/9108001",
        submitted=datetime(1991, 8, 20, 12, tzinfo=UTC),
        categories=("hep-th",),
        version=3,
    )
    with ApiServer([*papers, old]) as server:
        found = make_lookup(make_client, server).fetch_ids(
            [
                "https://arxiv.org/abs/2205.00002v1",
                "2205.99999",
                "hep-th/9108001",
                "arXiv:2205.00002",
                "nonsense",
            ]
        )
    assert list(found) == ["2205.00002", "hep-th/9108001"]
    assert found["2205.00002"].announced == DAY
    assert found["hep-th/9108001"].announced == date(1991, 8, 21)
    assert found["hep-th/9108001"].announce_type is AnnounceType.CROSS
    # What is missing is asked for once more; each request says how many it wants.
    assert [request.query["id_list"] for request in server.requests] == [
        "2205.00002,2205.99999,hep-th/9108001",
        "2205.99999",
    ]
    assert [request.query["max_results"] for request in server.requests] == ["3", "1"]


def test_a_record_has_the_version_and_both_times_of_submission(make_client: MakeClient) -> None:
    (paper,) = papers_of_the_day(1)
    later = FIRST + timedelta(days=40)
    with ApiServer([dataclasses.replace(paper, version=12, updated=later)]) as server:
        answered = make_lookup(make_client, server).fetch_records([paper.arxiv_id])
    record = answered.records[paper.arxiv_id]
    assert (record.arxiv_id, record.version) == (paper.arxiv_id, 12)
    assert (record.submitted, record.updated) == (FIRST, later)
    assert record.paper.published == FIRST.date()


def test_every_identifier_is_given_unknown_or_set_aside(make_client: MakeClient) -> None:
    papers = papers_of_the_day(4)
    papers[2] = dataclasses.replace(papers[2], title=" ")
    with ApiServer(papers) as server:
        answered = make_lookup(make_client, server).fetch_records(
            ["2205.99999", *ids_of(papers), "2205.00001v1", "no identifier", "2205.88888", ""]
        )
    assert list(answered.records) == ["2205.00001", "2205.00002", "2205.00004"]
    assert list(answered.not_found) == ["2205.99999", "2205.88888"]
    assert answered.set_aside == {
        "2205.00003": "http://arxiv.org/abs/2205.00003v1: it has no title",
        "no identifier": "'no identifier' is no arXiv identifier",
        "": "'' is no arXiv identifier",
    }
    assert len(server.requests) == 2


def test_a_paper_that_the_first_answer_leaves_out_is_given_by_the_second(
    make_client: MakeClient,
) -> None:
    papers = papers_of_the_day(3)
    with ApiServer(papers) as whole:
        short = says(200, whole.respond({"id_list": "2205.00002"})[2], Content_Type=ATOM_TYPE)
    with ApiServer(papers, faults=[short]) as server:
        answered = make_lookup(make_client, server).fetch_records(ids_of(papers))
    assert sorted(answered.records) == ids_of(papers)
    assert not answered.not_found


def test_many_identifiers_are_fetched_in_batches_and_progress_is_told(
    make_client: MakeClient,
) -> None:
    papers = papers_of_the_day(230)
    told: list[tuple[int, int]] = []
    with ApiServer(papers) as server:
        answered = make_lookup(make_client, server).fetch_records(
            ids_of(papers), progress=lambda done, total: told.append((done, total))
        )
    assert len(answered.records) == 230
    assert [request.query["max_results"] for request in server.requests] == ["100", "100", "30"]
    assert told == [(100, 230), (200, 230), (230, 230)]


def test_no_identifier_is_no_request(make_client: MakeClient) -> None:
    with ApiServer([]) as server:
        assert make_lookup(make_client, server).fetch_ids(["", "?"]) == {}
    assert server.requests == []


def test_what_is_no_identifier_is_named_without_its_control_characters(
    make_client: MakeClient,
) -> None:
    with ApiServer([]) as server:
        answered = make_lookup(make_client, server).fetch_records(["a\x1b[31m\nb" + "x" * 500])
    ((name, reason),) = answered.set_aside.items()
    assert len(name) <= 80
    assert "\n" not in reason
    assert "\x1b" not in name + reason


# -- a paper that breaks what it stands in -----------------------------------------------------


@pytest.mark.parametrize("place", [0, 1, 7, 15])
def test_a_poison_paper_is_found_by_halving_and_the_others_come(
    make_client: MakeClient, place: int
) -> None:
    papers = papers_of_the_day(16)
    poison = papers[place].arxiv_id
    with PoisonedServer(papers, [poison]) as server:
        answered = make_lookup(make_client, server, max_attempts=1).fetch_records(ids_of(papers))
    assert accounted_for(answered) == ids_of(papers)
    assert list(answered.set_aside) == [poison]
    assert "500" in answered.set_aside[poison]
    assert not answered.not_found
    # Whole, one to see that arXiv answers at all, and two for each halving.
    assert len(server.requests) <= 1 + 1 + 2 * 4


def test_two_poison_papers_cost_only_themselves(make_client: MakeClient) -> None:
    papers = papers_of_the_day(120)
    poison = [papers[3].arxiv_id, papers[99].arxiv_id]
    with PoisonedServer(papers, poison) as server:
        answered = make_lookup(make_client, server, max_attempts=1).fetch_records(ids_of(papers))
    assert accounted_for(answered) == ids_of(papers)
    assert sorted(answered.set_aside) == poison
    assert len(answered.records) == 118


def test_arxiv_that_is_down_is_told_from_a_poison_paper_by_few_requests(
    make_client: MakeClient,
) -> None:
    papers = papers_of_the_day(100)
    with (
        ApiServer(papers, faults=[BROKEN] * 100) as server,
        pytest.raises(SourceError, match=r"^api: .*status 500"),
    ):
        make_lookup(make_client, server, max_attempts=1).fetch_records(ids_of(papers))
    assert len(server.requests) == 2


def test_arxiv_that_goes_down_while_a_poison_paper_is_sought_ends_the_search(
    make_client: MakeClient,
) -> None:
    papers = papers_of_the_day(100)
    with PoisonedServer(papers, [papers[50].arxiv_id], down_after=4) as server:
        lookup = make_lookup(make_client, server, max_attempts=1)
        with pytest.raises(SourceError, match="status 500"):
            lookup.fetch_records(ids_of(papers))
    assert len(server.requests) <= 15


def test_one_paper_that_cannot_be_had_is_set_aside_while_arxiv_answers(
    make_client: MakeClient,
) -> None:
    with PoisonedServer(papers_of_the_day(1), ["2205.00001"]) as server:
        lookup = make_lookup(make_client, server, max_attempts=1)
        answered = lookup.fetch_records(["2205.00001"])
    assert list(answered.set_aside) == ["2205.00001"]
    assert [request.query["id_list"] for request in server.requests] == ["2205.00001", "0704.0001"]


def test_a_block_raises_and_nothing_more_is_asked(make_client: MakeClient) -> None:
    papers = papers_of_the_day(130)
    with ApiServer(papers, faults=[None, says(403)]) as server:
        lookup = make_lookup(make_client, server)
        with pytest.raises(SourceError, match="403"):
            lookup.fetch_records(ids_of(papers))
        with pytest.raises(SourceError, match="nothing more is asked"):
            lookup.fetch_records(["2205.00001"])
    assert len(server.requests) == 2


def test_identifiers_that_cannot_be_fetched_raise_one_line(make_client: MakeClient) -> None:
    with (
        ApiServer([], faults=[faults.html_page] * 6) as server,
        pytest.raises(SourceError, match=r"^api: .*document of type html \(3 tries\)"),
    ):
        make_lookup(make_client, server).fetch_ids(["2205.00001"])


@pytest.mark.parametrize(
    "spoil",
    [faults.html_page, faults.truncated, faults.reset_in_the_body, says(429, RATE_EXCEEDED)],
)
def test_an_answer_that_comes_wrong_once_is_asked_for_again(
    make_client: MakeClient, spoil: Fault
) -> None:
    papers = papers_of_the_day(5)
    with ApiServer(papers, faults=[spoil]) as server:
        answered = make_lookup(make_client, server).fetch_records(ids_of(papers))
    assert list(answered.records) == ids_of(papers)
    assert len(server.requests) == 2


@pytest.mark.shared
def test_a_recorded_answer_becomes_papers(make_client: MakeClient, shared: Path) -> None:
    folder = shared / "arxiv" / "fixtures" / "api"
    body = (folder / "id_1605.08386_s0_m100.xml").read_bytes()
    with ApiServer([], faults=[says(200, body, Content_Type=ATOM_TYPE)]) as server:
        found = make_lookup(make_client, server).fetch_ids(["1605.08386"])
    paper = found["1605.08386"]
    assert paper.title == "Heat-bath random walks with Markov bases"
    assert paper.authors == ("Caprice Stanley", "Tobias Windisch")
    assert paper.categories == ("math.CO", "math.ST")
    assert paper.comment == "20 pages, 3 figures"
    assert (paper.published, paper.announced) == (date(2016, 5, 26), date(2016, 5, 27))
