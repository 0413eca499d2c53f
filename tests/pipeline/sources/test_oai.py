from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.errors import SourceError
from pipeline.sources.oai import EARLIEST, MAX_SINGLE, HarvestPage, harvest
from tests.pipeline.sources import server as faults
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.oai_server import (
    TODAY,
    OaiServer,
    days_of_records,
    envelope,
    error_xml,
    page_xml,
    record_xml,
    serve,
)
from tests.pipeline.sources.server import Fault, LoopbackServer, says

SINCE = TODAY - timedelta(days=3)


def pages_of(
    make_client: MakeClient, server: LoopbackServer, *, since: date = SINCE, token: str = ""
) -> list[HarvestPage]:
    client = make_client(server.url)
    return list(harvest(client, oai_url=server.url, set_name="cs", since=since, token=token))


def ids_of(pages: list[HarvestPage]) -> list[str]:
    return [record.arxiv_id for page in pages for record in page.records]


def all_ids(server: OaiServer) -> list[str]:
    return [record.arxiv_id for record in server.records]


def test_a_harvest_is_read_page_by_page_to_its_end(make_client: MakeClient) -> None:
    with OaiServer(days_of_records(3, 3, 3, 1)) as server:
        pages = pages_of(make_client, server)
    assert ids_of(pages) == all_ids(server)
    assert [len(page.records) for page in pages] == [4, 4, 2]
    assert [page.token for page in pages] == ["2026-11-19||4", "2026-11-19||8", ""]
    assert [page.resume_from.day for page in pages] == [20, 21, 22]
    assert {page.problem for page in pages} == {""}
    assert server.requests[0].query == {
        "verb": "ListRecords",
        "metadataPrefix": "arXivRaw",
        "from": "2026-11-19",
        "set": "cs",
    }
    assert set(server.requests[1].query) == {"verb", "resumptionToken"}


def test_a_harvest_is_lazy_so_that_a_page_is_stored_before_the_next_is_asked_for(
    make_client: MakeClient,
) -> None:
    with OaiServer(days_of_records(9)) as server:
        pages = harvest(make_client(server.url), oai_url=server.url, set_name="cs", since=SINCE)
        next(pages)
        assert len(server.requests) == 1


def test_nothing_changed_is_one_page_without_records(make_client: MakeClient) -> None:
    with OaiServer([]) as server:
        assert pages_of(make_client, server) == [HarvestPage(resume_from=SINCE)]


def test_a_start_before_the_first_datestamp_is_moved_to_it(make_client: MakeClient) -> None:
    with OaiServer([]) as server:
        pages_of(make_client, server, since=date(1991, 8, 1))
    assert server.requests[0].query["from"] == str(EARLIEST)


def test_a_set_that_arxiv_does_not_know_is_said_with_how_sets_are_written(
    make_client: MakeClient,
) -> None:
    with OaiServer([]) as server, pytest.raises(SourceError) as caught:
        list(harvest(make_client(server.url), oai_url=server.url, set_name="cs.LG", since=SINCE))
    assert str(caught.value) == (
        "oai: arXiv refuses to list the set 'cs.LG' (badArgument: Set does not exist): "
        'write sets under [sources] as arXiv does: "cs", "cs:cs:LG", "stat"'
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", ["badVerb", "cannotDisseminateFormat", "badResumptionToken"])
def test_other_refusals_are_errors_too(make_client: MakeClient, code: str) -> None:
    said = rf"refuses to list the set 'cs' \({code}: no\)"
    with (
        OaiServer([], faults=[says(200, error_xml(code, "no"))]) as server,
        pytest.raises(SourceError, match=said),
    ):
        pages_of(make_client, server)


def test_an_address_that_is_not_arxivs_is_named(make_client: MakeClient) -> None:
    said = r"status 404: oai_url under \[sources\] names it"
    with (
        OaiServer([], faults=[says(404, b"not here")]) as server,
        pytest.raises(SourceError, match=said),
    ):
        pages_of(make_client, server)


WHOLE = page_xml([record_xml()])
SPOILS: list[Fault] = [
    faults.html_page,
    faults.truncated,
    says(200, b""),
    says(200, b"\x00garbage"),
    says(200, WHOLE[:-12]),
    says(200, envelope("<ListIdentifiers/>")),
    says(429, b"Rate exceeded."),
    says(503),
    faults.reset_in_the_body,
    faults.short_body,
]


@pytest.mark.parametrize("spoil", SPOILS)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_page_that_comes_wrong_once_costs_one_more_request(
    make_client: MakeClient, spoil: Fault, place: int
) -> None:
    with OaiServer(days_of_records(3, 3, 3), faults=[*[None] * place, spoil]) as server:
        pages = pages_of(make_client, server)
    assert ids_of(pages) == all_ids(server)
    assert {page.problem for page in pages} == {""}
    assert len(server.requests) == 4


@pytest.mark.parametrize("spoil", SPOILS)
def test_answers_that_stay_wrong_are_an_error_and_never_an_empty_harvest(
    make_client: MakeClient, spoil: Fault
) -> None:
    with (
        OaiServer(days_of_records(3), faults=[spoil] * 40) as server,
        pytest.raises(SourceError) as caught,
    ):
        pages_of(make_client, server)
    assert "\n" not in str(caught.value)
    assert len(server.requests) <= 8


def test_what_came_before_arxiv_went_away_stands(make_client: MakeClient) -> None:
    with OaiServer(days_of_records(3, 3, 3), faults=[None, *[says(503)] * 40]) as server:
        pages = harvest(make_client(server.url), oai_url=server.url, set_name="cs", since=SINCE)
        first = next(pages)
        with pytest.raises(SourceError, match="status 503"):
            next(pages)
    assert (len(first.records), first.resume_from) == (4, date(2026, 11, 21))


def test_after_403_nothing_more_is_asked(make_client: MakeClient) -> None:
    with OaiServer([], faults=[says(403)]) as server, pytest.raises(SourceError, match="403"):
        pages_of(make_client, server)
    assert len(server.requests) == 1


def test_an_unreadable_record_is_reported_and_the_others_are_kept(make_client: MakeClient) -> None:
    records = days_of_records(3)
    records.insert(1, serve("2611.00009", TODAY, categories=""))
    records.insert(1, serve("2611.00008", TODAY, title="A \x0bec"))
    records.append(serve("2611.00007", TODAY, status="deleted"))
    with OaiServer(records, page_size=10) as server:
        (page,) = pages_of(make_client, server)
    assert len(page.records) == 4
    assert page.set_aside == ("2611.00009: it has no category",)
    assert page.mended == ("2611.00008: read without its control characters",)
    assert page.deleted == ("2611.00007",)


@pytest.mark.parametrize("code", ["badResumptionToken", "badArgument"])
def test_a_token_that_expired_is_replaced_by_a_start_from_the_last_day_seen(
    make_client: MakeClient, code: str
) -> None:
    expired = says(200, error_xml(code, "expired"))
    with OaiServer(days_of_records(3, 3, 3, 3), faults=[None, expired]) as server:
        pages = pages_of(make_client, server)
    assert sorted(set(ids_of(pages))) == all_ids(server)
    assert {page.problem for page in pages} == {""}
    assert server.asked == ["11-19..", "token", "11-20..", "token", "token"]


def test_tokens_that_are_never_taken_end_in_single_days_and_records(
    make_client: MakeClient,
) -> None:
    class Tokenless(OaiServer):
        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            if "resumptionToken" in query:
                return 200, {}, error_xml("badResumptionToken")
            return super().respond(query)

    with Tokenless(days_of_records(3, 3, 5, 3)) as server:
        pages = pages_of(make_client, server)
    assert sorted(set(ids_of(pages))) == all_ids(server)
    assert {page.problem for page in pages} == {""}
    assert server.asked.count("GetRecord") == 5


def test_a_token_of_an_interrupted_harvest_goes_on_where_it_stopped(
    make_client: MakeClient,
) -> None:
    with OaiServer(days_of_records(3, 3, 3)) as server:
        first = pages_of(make_client, server)[0]
        server.requests.clear()
        rest = pages_of(make_client, server, since=first.resume_from, token=first.token)
        assert ids_of([first, *rest]) == all_ids(server)
        assert server.asked == ["token", "token"]
        again = pages_of(make_client, server, token="of another day")
        assert ids_of(again) == all_ids(server)


@pytest.mark.parametrize("length", [1, 2])
def test_tokens_that_lead_in_circles_are_noticed(make_client: MakeClient, length: int) -> None:
    class Circle(OaiServer):
        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            number = len(self.requests)
            if query["verb"] == "ListRecords" and "until" not in query:
                xml = (record.xml for record in self.records[:4])
                return 200, {}, page_xml(xml, token=f"0|{number % length}|0")
            return super().respond(query)

    with Circle(days_of_records(4, 4, 4)) as server:
        pages = pages_of(make_client, server)
    assert sorted(set(ids_of(pages))) == all_ids(server)
    assert len(server.requests) < 30


def test_ever_new_tokens_to_the_same_page_are_a_circle_too(make_client: MakeClient) -> None:
    class Spiral(LoopbackServer):
        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            if query["verb"] == "Identify":
                return 200, {}, envelope("<Identify/>")
            return 200, {}, page_xml([record_xml()], token=f"token{len(self.requests)}")

    with Spiral() as server:
        pages = pages_of(make_client, server)
    assert any("lead in circles" in page.problem for page in pages)
    assert len(server.requests) < 60


def test_a_last_page_without_the_mark_of_the_end_is_asked_for_again_and_reported(
    make_client: MakeClient,
) -> None:
    class Endless(OaiServer):
        marks = 0

        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            status, headers, body = super().respond(query)
            if body.count(b"></resumptionToken>") and self.marks:
                self.marks -= 1
                body = body.replace(body[body.index(b"<resumption") : body.index(b"</List")], b"")
            return status, headers, body

    with Endless(days_of_records(3, 3)) as server:
        server.marks = 1
        once = pages_of(make_client, server)
        server.marks = 9
        always = pages_of(make_client, server)
    assert {page.problem for page in once} == {""}
    assert ids_of(once) == ids_of(always) == all_ids(server)
    assert "without the mark of the end" in always[-1].problem


@pytest.mark.parametrize("poisoned", range(1, 17, 3))
def test_a_page_that_is_always_500_costs_its_record_and_no_other(
    make_client: MakeClient, poisoned: int
) -> None:
    with OaiServer(days_of_records(4, 4, 4, 4), page_size=8) as server:
        server.poison = {f"2611.{poisoned:05d}"}
        pages = pages_of(make_client, server)
    assert set(ids_of(pages)) == set(all_ids(server)) - server.poison
    assert {page.problem for page in pages} == {""}
    (line,) = [line for page in pages for line in page.set_aside]
    assert line.startswith(f"2611.{poisoned:05d}: arXiv does not give it (http://")
    assert line.endswith("status 500 (4 tries))")


def test_two_poisoned_days_side_by_side_cost_two_records(make_client: MakeClient) -> None:
    poison = {"2611.00006", "2611.00011"}
    with OaiServer(days_of_records(4, 4, 4, 4), poison=poison) as server:
        pages = pages_of(make_client, server)
    assert set(ids_of(pages)) == set(all_ids(server)) - poison
    assert [line[:10] for page in pages for line in page.set_aside] == sorted(poison)


def test_of_a_poisoned_day_with_many_records_the_identifiers_are_handed_on(
    make_client: MakeClient,
) -> None:
    records = days_of_records(3, MAX_SINGLE + 1, 2)
    with OaiServer(records, page_size=200, poison=["2611.00010"]) as server:
        pages = pages_of(make_client, server)
    assert ids_of(pages) == [*all_ids(server)[:3], *all_ids(server)[-2:]]
    (hole,) = [page for page in pages if page.problem]
    assert hole.problem.startswith("what changed on 2026-11-21 is missing: http://")
    assert hole.problem.endswith("status 500 (4 tries)")
    assert list(hole.unread) == all_ids(server)[3:-2]
    assert "GetRecord" not in server.asked


def test_records_that_all_fail_are_not_asked_for_to_the_last(make_client: MakeClient) -> None:
    records = days_of_records(0, 20, 1)
    with OaiServer(records, page_size=50, poison=all_of(records[:20])) as server:
        pages = pages_of(make_client, server)
    (hole,) = [page for page in pages if page.problem]
    assert (len(hole.set_aside), len(hole.unread)) == (3, 17)
    assert ids_of(pages) == ["2611.00021"]


def test_a_poisoned_day_whose_identifiers_cannot_be_had_is_missing(
    make_client: MakeClient,
) -> None:
    class Nameless(OaiServer):
        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            if query["verb"] == "ListIdentifiers":
                return 200, {}, b"<html>"
            return super().respond(query)

    with Nameless(days_of_records(3, 3), poison=["2611.00001"]) as server:
        pages = pages_of(make_client, server)
    assert ids_of(pages) == ["2611.00004", "2611.00005", "2611.00006"]
    (hole,) = [page for page in pages if page.problem]
    assert hole.problem.startswith("what changed on 2026-11-21 is missing: ")


def test_a_poisoned_day_long_ago_is_found_without_asking_for_every_day(
    make_client: MakeClient,
) -> None:
    counts = [1] * 120
    with OaiServer(days_of_records(*counts), page_size=200, poison=["2611.00100"]) as server:
        pages = pages_of(make_client, server, since=TODAY - timedelta(days=119))
    assert sorted(set(ids_of(pages))) == [i for i in all_ids(server) if i != "2611.00100"]
    assert [line[:10] for page in pages for line in page.set_aside] == ["2611.00100"]
    assert len(set(server.asked)) < 40


def test_when_every_day_is_broken_the_harvest_gives_up(make_client: MakeClient) -> None:
    records = days_of_records(*[1] * 30)
    with OaiServer(records, poison=all_of(records)) as server:
        pages = harvest(
            make_client(server.url, max_attempts=1),
            oai_url=server.url,
            set_name="cs",
            since=TODAY - timedelta(days=29),
        )
        given_up = []
        with pytest.raises(SourceError, match="status 500"):
            given_up.extend(pages)
    assert len(server.requests) < 60


def all_of(records: list) -> list[str]:
    return [record.arxiv_id for record in records]


def test_a_row_lost_between_two_pages_is_found_by_the_next_harvest(
    make_client: MakeClient,
) -> None:
    class Touched(OaiServer):
        """A record of the first page changes before the second is asked for."""

        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            if len(self.requests) == 2:
                touched = self.records.pop(0)
                self.records.append(serve(touched.arxiv_id, TODAY))
            return super().respond(query)

    with Touched(days_of_records(5, 5)) as server:
        first = pages_of(make_client, server)
        assert len(set(ids_of(first))) == 9
        assert set(ids_of(first)) | set(ids_of(pages_of(make_client, server))) == set(
            all_ids(server)
        )


def test_a_datestamp_that_cannot_be_does_not_lead_the_harvest_astray(
    make_client: MakeClient,
) -> None:
    records = [serve("2611.00001", date(1970, 1, 1)), serve("2611.00002", date(2999, 1, 1))]
    body = page_xml(record.xml for record in records)
    with LoopbackServer(body=body) as server:
        (page,) = pages_of(make_client, server)
    assert page.resume_from == TODAY
