"""The names of what changed, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import SourceError
from pipeline.sources.oai_changes import list_changes
from tests.pipeline.sources import server as faults
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.oai_server import (
    TODAY,
    OaiServer,
    days_of_records,
    envelope,
    error_xml,
    serve,
)
from tests.pipeline.sources.server import Fault, says

SINCE = TODAY - timedelta(days=2)


def names_page(*arxiv_ids: str, token: str = "", status: str = "") -> Fault:
    """A page of names, with a token where more follow."""
    attribute = f' status="{status}"' if status else ""
    headers = "".join(
        f"<header{attribute}><identifier>oai:arXiv.org:{i}</identifier>"
        f"<datestamp>{TODAY}</datestamp><setSpec>cs:cs:LG</setSpec></header>"
        for i in arxiv_ids
    )
    mark = f"<resumptionToken>{token}</resumptionToken>" if token else ""
    return says(200, envelope(f"<ListIdentifiers>{headers}{mark}</ListIdentifiers>"))


def names(make_client: MakeClient, server: OaiServer, **span: object) -> list[str]:
    headers = list_changes(
        make_client(server.url, max_attempts=1),
        oai_url=server.url,
        set_name="cs",
        since=SINCE,
        **span,  # type: ignore[arg-type] - passed on
    )
    return [header.arxiv_id for header in headers]


def test_what_changed_is_named_with_its_sets(make_client: MakeClient) -> None:
    with OaiServer([serve("2611.00001", TODAY, sets=("cs:cs:LG", "stat:stat:ML"))]) as server:
        (header,) = list_changes(
            make_client(server.url), oai_url=server.url, set_name="cs", since=SINCE
        )
    assert (header.arxiv_id, header.sets) == ("2611.00001", ("cs:cs:LG", "stat:stat:ML"))
    (request,) = server.requests
    assert request.query == {
        "verb": "ListIdentifiers",
        "metadataPrefix": "arXivRaw",
        "from": str(SINCE),
        "set": "cs",
    }


def test_a_span_has_both_its_ends(make_client: MakeClient) -> None:
    with OaiServer(days_of_records(1, 1, 1, 1)) as server:
        found = names(make_client, server, until=TODAY - timedelta(days=1))
    assert found == ["2611.00002", "2611.00003"]
    assert server.requests[0].query["until"] == str(TODAY - timedelta(days=1))


def test_pages_are_followed_and_a_name_that_comes_twice_is_one(make_client: MakeClient) -> None:
    pages = [
        names_page("2611.00001", "2611.00002", token="a&amp;b"),
        names_page("2611.00002", "2611.00003"),
    ]
    with OaiServer([], faults=pages) as server:
        assert names(make_client, server) == ["2611.00001", "2611.00002", "2611.00003"]
    assert server.requests[1].query == {"verb": "ListIdentifiers", "resumptionToken": "a&b"}


def test_tokens_that_lead_in_circles_are_no_end(make_client: MakeClient) -> None:
    with (
        OaiServer([], faults=[names_page("2611.00001", token="again")] * 50) as server,
        pytest.raises(SourceError, match="lead in circles"),
    ):
        names(make_client, server)
    assert len(server.requests) == 2


def test_what_is_deleted_is_not_named(make_client: MakeClient) -> None:
    with OaiServer([], faults=[names_page("2611.00001", status="deleted")]) as server:
        assert names(make_client, server) == []


def test_no_change_is_no_name(make_client: MakeClient) -> None:
    with OaiServer([], faults=[says(200, error_xml("noRecordsMatch"))]) as server:
        assert names(make_client, server) == []


@pytest.mark.parametrize(
    "spoil",
    [
        faults.html_page,
        faults.truncated,
        says(200, b""),
        says(200, envelope("<ListRecords/>")),
        says(200, envelope("<ListIdentifiers><header/></ListIdentifiers>")),
    ],
    ids=["HTML", "cut short", "empty", "another verb", "a header without a name"],
)
def test_a_page_that_comes_wrong_is_asked_for_again_and_is_an_error_in_the_end(
    make_client: MakeClient, spoil: Fault
) -> None:
    with OaiServer(days_of_records(3), faults=[spoil]) as server:
        assert len(names(make_client, server)) == 3
    with (
        OaiServer(days_of_records(3), faults=[spoil] * 9) as server,
        pytest.raises(SourceError, match=r"^oai: what changed cannot be named: .*\(3 tries\)"),
    ):
        names(make_client, server)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (says(200, error_xml("badArgument", "Set does not exist")), "arXiv refuses to name"),
        (says(503), "status 503"),
        (says(403), "403"),
    ],
    ids=["refused", "down", "blocked"],
)
def test_arxiv_that_refuses_or_is_down_is_an_error_and_not_asked_again(
    make_client: MakeClient, fault: Fault, said: str
) -> None:
    with (
        OaiServer(days_of_records(3), faults=[fault]) as server,
        pytest.raises(SourceError, match=said),
    ):
        names(make_client, server)
    assert len(server.requests) == 1
