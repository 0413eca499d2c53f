from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.sources.plain_text import plain_text
from pipeline.sources.rss import FeedError, FeedItem, FeedType, fetch_category, read_feed
from tests.pipeline.sources import server as faults
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.rss_feeds import DAY, error_feed_xml, feed_xml, item_xml
from tests.pipeline.sources.server import Fault, LoopbackServer, says

ROOT = Path(__file__).resolve().parents[3]
FEED = feed_xml([item_xml("2611.00001"), item_xml("2611.00002", kind="cross")])
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
        lambda c: c >= " " or c in "\t\n"
    ),
    max_size=60,
)


def test_an_item_has_all_that_arxiv_says_of_it() -> None:
    feed = read_feed(feed_xml([item_xml(version=2, kind="replace", doi="10.1/x")]))
    assert (feed.title, feed.day, feed.received, feed.set_aside) == (
        "cs.LG updates on arXiv.org",
        DAY,
        1,
        (),
    )
    (item,) = feed.items
    assert item == FeedItem(
        arxiv_id="2611.00001",
        version=2,
        feed_type=FeedType.REPLACE,
        day=DAY,
        title="On $x_1$ & <think>",
        abstract="For all $i<j>k$ and $<x|y>$, the <think> tag & &amp; more.",
        authors=("Ada Example", "Bob von Muster"),
        categories=("cs.LG", "stat.ML"),
        license="http://creativecommons.org/licenses/by/4.0/",
        doi="10.1/x",
        journal_ref=None,
    )
    assert feed.guids == {item.guid} == {"oai:arXiv.org:2611.00001v2"}


@pytest.mark.parametrize("kind", list(FeedType))
def test_the_four_ways_of_announcing_are_told_apart(kind: FeedType) -> None:
    (item,) = read_feed(feed_xml([item_xml(kind=kind)])).items
    assert item.feed_type is kind


@pytest.mark.parametrize(
    "text",
    [
        "Let's <think> about <EOS> & R&D",
        "for $<x|y>$ and $i<j>k$",
        "<script>alert(1)</script> <a href='/x'>y</a> <b@c.org>",
        "&amp; &lt; &#65; &nbsp;",
        r"Poincar\'e, \textbf{bold}",
        "\u00c3\u00a9 is no \u00e9",
        "0",
    ],
)
def test_what_looks_like_markup_is_text(text: str) -> None:
    (item,) = read_feed(feed_xml([item_xml(title=text, abstract=text)])).items
    assert (item.title, item.abstract) == (text, text)


def test_the_day_is_that_of_midnight_in_the_east() -> None:
    summer = feed_xml([]).replace(
        b"Fri, 20 Nov 2026 00:00:00 -0500", b"Wed, 01 Jul 2026 00:00:00 -0400"
    )
    assert read_feed(summer).day == date(2026, 7, 1)


def test_an_old_style_identifier_and_a_description_without_abstract_are_read() -> None:
    feed = read_feed(feed_xml([item_xml("hep-th/9901001", description="something else")]))
    (item,) = feed.items
    assert (item.arxiv_id, item.abstract) == ("hep-th/9901001", None)


def test_an_empty_feed_is_a_feed() -> None:
    feed = read_feed(feed_xml([]))
    assert (feed.items, feed.day, feed.received) == ((), DAY, 0)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("oai:arXiv.org:2611.00002v1", "oai:arXiv.org:2611.00002", "names no paper and version"),
        ("oai:arXiv.org:2611.00002v1", "oai:arXiv.org:tomorrow v1", "names no paper and version"),
        ("announce_type>cross", "announce_type>absonly", "its announce type is 'absonly'"),
        ("arXiv:2611.00002v1 Ann", "arXiv:2611.00009v1 Ann", "its description is of '2611.00009'"),
    ],
)
def test_an_unreadable_item_is_named_and_costs_no_other(before: str, after: str, said: str) -> None:
    assert before in FEED.decode()
    feed = read_feed(FEED.decode().replace(before, after).encode())
    assert [item.arxiv_id for item in feed.items] == ["2611.00001"]
    (report,) = feed.set_aside
    assert said in report
    assert feed.received == 2


def test_an_item_without_title_is_set_aside() -> None:
    feed = read_feed(feed_xml([item_xml(title=" ")]))
    assert feed.set_aside == ("oai:arXiv.org:2611.00001v1: it has no title",)


def test_an_error_feed_is_a_refusal_with_arxivs_own_words() -> None:
    with pytest.raises(FeedError, match="arXiv refuses: Bad subject class 'NOPE'") as caught:
        read_feed(error_feed_xml("Bad subject class 'NOPE'."))
    assert caught.value.refused


def test_a_feed_cut_at_any_byte_is_never_a_feed() -> None:
    assert len(read_feed(FEED).items) == 2
    for length in range(len(FEED)):
        with pytest.raises(FeedError):
            read_feed(FEED[:length])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the answer is empty"),
        (b"Rate exceeded.", "not well-formed XML"),
        (b"<!DOCTYPE html><html></html>", "a page of HTML"),
        (b"<rss/>", "an RSS without a channel"),
        (b"<opml/>", "no RSS but <opml>"),
        (b"<rss><channel/></rss>", "names no day"),
        (FEED.replace(b"<pubDate>Fri, 20 Nov", b"<pubDate>soon", 1), "names no day"),
        (FEED.replace(b"<title>", b"<title>\x0b", 1), "not well-formed XML"),
        (FEED.replace(b"UTF-8", b"bogus-8"), "not well-formed XML"),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]>" + FEED.partition(b"?>\n")[2], "document type (rss)"),
    ],
)
def test_what_is_no_whole_feed_is_an_error_and_never_an_empty_day(body: bytes, said: str) -> None:
    with pytest.raises(FeedError) as caught:
        read_feed(body)
    assert said in str(caught.value)
    assert not caught.value.refused


@settings(max_examples=50)
@given(title=XML_TEXT, abstract=XML_TEXT, authors=XML_TEXT)
def test_hostile_text_comes_through_as_it_was_written(
    title: str, abstract: str, authors: str
) -> None:
    (item,) = read_feed(
        feed_xml([item_xml(title=f"T{title}.", abstract=abstract, authors=authors)])
    ).items
    assert item.title == plain_text(f"T{title}.")
    assert item.abstract == (plain_text(abstract) or None)


@settings(max_examples=50)
@given(st.binary(max_size=60), st.integers(0, len(FEED)), st.integers(0, 40))
def test_hostile_bytes_in_a_feed_are_a_feed_or_an_error(
    junk: bytes, place: int, length: int
) -> None:
    try:
        feed = read_feed(FEED[:place] + junk + FEED[place + length :])
    except FeedError:
        return
    assert len(feed.items) + len(feed.set_aside) == feed.received


def test_a_category_is_asked_for_by_its_own_address(make_client: MakeClient) -> None:
    with LoopbackServer(body=FEED) as server:
        base = server.url.replace("/api/query", "/rss")
        client = make_client(server.url)
        assert len(fetch_category(client, base, "cs.LG").items) == 2
        fetch_category(client, f"{base}/", "cs.LG", twin=True)
        fetch_category(client, base, "cs.LG+../x?y")
    assert [request.path for request in server.requests] == [
        "/rss/cs.LG",
        "/atom/cs.LG",
        "/rss/cs.LG%2B..%2Fx%3Fy",
    ]


SPOILS: list[Fault] = [
    faults.html_page,
    says(200, b""),
    says(200, FEED[:-20]),
    says(200, b"\x00garbage"),
    says(429, b"Rate exceeded."),
    faults.reset_in_the_body,
]


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_feed_that_comes_wrong_once_costs_one_more_request(
    make_client: MakeClient, spoil: Fault
) -> None:
    with LoopbackServer(body=FEED, faults=[spoil]) as server:
        assert len(fetch_category(make_client(server.url), server.url, "cs.LG").items) == 2
    assert len(server.requests) == 2


@pytest.mark.parametrize("spoil", SPOILS)
def test_feeds_that_stay_wrong_are_an_error_and_never_an_empty_day(
    make_client: MakeClient, spoil: Fault
) -> None:
    with (
        LoopbackServer(body=FEED, faults=[spoil] * 9) as server,
        pytest.raises(SourceError) as caught,
    ):
        fetch_category(make_client(server.url), server.url, "cs.LG")
    assert str(caught.value).startswith("rss: ")
    assert "\n" not in str(caught.value)
    assert len(server.requests) <= 4


@pytest.mark.parametrize("status", [400, 200])
def test_a_category_that_arxiv_does_not_know_is_said_once(
    make_client: MakeClient, status: int
) -> None:
    body = error_feed_xml("Bad subject class 'NOPE'.")
    with (
        LoopbackServer(faults=[says(status, body)]) as server,
        pytest.raises(SourceError) as caught,
    ):
        fetch_category(make_client(server.url), server.url, "cs.NOPE")
    assert str(caught.value) == (
        "rss: cs.NOPE: arXiv refuses: Bad subject class 'NOPE'.: "
        "categories under [sources] names it"
    )
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"not here", FEED])
def test_another_status_is_no_feed_whatever_it_holds(make_client: MakeClient, body: bytes) -> None:
    with (
        LoopbackServer(faults=[says(404, body)]) as server,
        pytest.raises(SourceError, match=r"rss: cs\.LG: status 404"),
    ):
        fetch_category(make_client(server.url), server.url, "cs.LG")
    assert len(server.requests) == 1


def test_importing_the_harvest_and_the_feeds_imports_no_third_party_parser() -> None:
    code = """
import sys
import pipeline.sources.freshness, pipeline.sources.novelty, pipeline.sources.oai
print(*sorted({"arxiv", "requests", "lxml", "feedparser"} & set(sys.modules)))
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, env=environment, text=True) == "\n"
