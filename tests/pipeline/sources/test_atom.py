from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from pipeline.sources.atom import PageError, read_page
from tests.pipeline.sources.server import entry, error_feed, feed, make_papers

PAPERS = make_papers(
    3, first=datetime(2022, 5, 31, tzinfo=UTC), last=datetime(2022, 5, 31, 6, tzinfo=UTC)
)
PAGE = feed(PAPERS, {}, start=0, size=10)


def test_a_page_says_what_it_holds_and_how_much_there_is() -> None:
    page = read_page(feed(PAPERS, {}, start=1, size=1))
    assert (page.total, page.start, page.received, page.set_aside) == (3, 1, 1, ())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the answer is empty"),
        (b" \n", "the answer is empty"),
        (b"Rate exceeded.", "not well-formed XML"),
        (b"<!DOCTYPE html><html></html>", "a document of type html"),
        (b"<html><body>Sorry<br></body></html>", "a page of HTML"),
        (b"<html></html>", "no Atom feed but <html>"),
        (b"<rss version='2.0'/>", "no Atom feed but <rss>"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "no <totalResults>"),
        (PAGE.replace(b"<opensearch:totalResults>3", b"<opensearch:totalResults>many"), "'many'"),
        (PAGE.replace(b">3</opensearch", "\u00b3</opensearch".encode()), "not well-formed"),
        (PAGE[:-20], "not well-formed XML"),
        (PAGE[: len(PAGE) // 2], "not well-formed XML"),
        (PAGE.replace(b"On the 2th", b"On the \x0b 2th"), "not well-formed XML"),
        (PAGE.replace(b"On the 2th", b"On &bogus; 2th"), "not well-formed XML"),
        (PAGE.replace(b"UTF-8", b"bogus-8"), "not well-formed XML"),
        (PAGE.replace(b"On the 2th", b"On the \xff 2th"), "not well-formed XML"),
    ],
)
def test_what_is_no_whole_page_is_an_error_and_never_an_empty_result(
    body: bytes, said: str
) -> None:
    with pytest.raises(PageError) as caught:
        read_page(body)
    assert said in str(caught.value)
    assert not caught.value.refused


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_definitions_are_refused_before_they_are_read(encoding: str) -> None:
    bomb = '<!DOCTYPE feed [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = bomb + PAGE.decode().partition("?>")[2]
    with pytest.raises(PageError, match="a document of type feed"):
        read_page(body.encode(encoding))


def test_an_error_feed_is_a_refusal_with_arxivs_own_words() -> None:
    with pytest.raises(PageError, match="refuses the query: incorrect id format for x") as caught:
        read_page(error_feed("incorrect id format for x"))
    assert caught.value.refused


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("http://arxiv.org/abs/2205.00002v1", "http://arxiv.org/abs/v1", "its id is no"),
        (
            "<title>On the 2th property of $x_{2}$ &amp; &lt;think&gt;",
            "<title> ",
            "it has no title",
        ),
        ("<published>2022-05-31T02:00:00Z</published>", "", "its <published> is no time"),
        ("<published>2022-05-31T02:00:00Z", "<published>2022-05-31", "its <published> is no time"),
        ("<published>2022-05-31T02:00:00Z", "<published>0001-01-01T00:00:00+09:00", "no time"),
        ("<updated>2022-05-31T02:00:00Z", "<updated>yesterday", "its <updated> is no time"),
        ('<arxiv:primary_category term="stat.ML"/>', "", "it has no primary category"),
    ],
)
def test_an_unreadable_entry_is_taken_out_and_named(before: str, after: str, said: str) -> None:
    assert before in PAGE.decode()
    papers = list(PAPERS)
    page = read_page(PAGE.decode().replace(before, after, 1).encode())
    assert (page.total, page.received) == (3, 3)
    (report,) = page.set_aside
    assert said in report
    assert entry(papers[1]).split("<title>")[0] not in page.body.decode()
    assert read_page(page.body).received == 2
    assert read_page(page.body).total == 2


@pytest.mark.shared
def test_every_recorded_answer_is_read(shared: Path) -> None:
    for path in sorted((shared / "arxiv" / "fixtures" / "api").glob("*.xml")):
        if "abc" in path.name:
            with pytest.raises(PageError, match="incorrect id format for abc"):
                read_page(path.read_bytes())
            continue
        page = read_page(path.read_bytes())
        assert page.received <= page.total
        assert page.set_aside == ()


def _shapes(body: bytes) -> set[tuple[str, tuple[str, ...]]]:
    """Each element of a document as its path and the names of its attributes."""

    def walk(element: ElementTree.Element, path: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        path = f"{path}/{element.tag}"
        yield path, tuple(sorted(element.attrib))
        for child in element:
            yield from walk(child, path)

    return set(walk(ElementTree.fromstring(body), ""))


@pytest.mark.shared
def test_our_server_writes_pages_as_arxiv_does(shared: Path) -> None:
    folder = shared / "arxiv" / "fixtures" / "api"
    recorded = _shapes((folder / "q_testing_s0_m100.xml").read_bytes())
    ours = _shapes(PAGE)
    assert ours <= recorded
    rare = {path for path, _ in recorded - ours}
    assert {path.rpartition("}")[2] for path in rare} == {
        "doi",
        "journal_ref",
        "affiliation",
        "link",
    }
    assert _shapes(error_feed("incorrect id format for abc")) == _shapes(
        (folder / "id_abc_s0_m100.xml").read_bytes()
    )
    assert _shapes(feed([], {}, start=0, size=100)) == _shapes(
        (folder / "id_0000.0000_s0_m100.xml").read_bytes()
    )
