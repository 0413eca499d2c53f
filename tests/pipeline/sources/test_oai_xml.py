from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.oai_record import OaiRecord, Version
from pipeline.sources.oai_xml import (
    MAX_RECORDS,
    Page,
    PageError,
    RefusalError,
    read_identifiers,
    read_page,
)
from pipeline.sources.plain_text import plain_text
from pipeline.sources.strict_xml import MAX_ELEMENTS
from tests.pipeline.sources.oai_server import (
    envelope,
    error_xml,
    page_xml,
    raw_xml,
    record_xml,
)

PAGE = page_xml([record_xml("2611.00001"), record_xml("2611.00002")], token="next|2")
XML_TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
        lambda c: c >= " " or c in "\t\n"
    ),
    max_size=60,
)


def read_one(xml: str) -> OaiRecord:
    page = read_page(page_xml([xml]))
    assert page.set_aside == ()
    (record,) = page.records
    return record


def test_a_record_has_all_that_arxiv_says_of_it() -> None:
    record = read_one(
        record_xml(
            "2611.00001",
            comments="5 pages,\n  2 figures",
            journal_ref="J. Made Up 1 (2026)",
            doi="10.1000/x.1 10.1000/y.2",
            license="http://creativecommons.org/licenses/by/4.0/",
            versions=(
                (1, "Wed, 25 Jun 2008 15:29:38 GMT", "13kb", ""),
                (10, "Fri, 20 Nov 2026 01:02:03 GMT", "20kb", "D"),
                (2, "Thu, 26 Jun 2008 00:00:00 GMT", "14kb", ""),
            ),
        )
    )
    assert record == OaiRecord(
        arxiv_id="2611.00001",
        datestamp=date(2026, 11, 19),
        sets=("cs:cs:LG", "stat:stat:ML"),
        title="On $x_1$ & <think>",
        abstract="We study, for all $i<j>k$, the <think> tag. And more.",
        authors=("Ada Example", "Bob von Muster"),
        categories=("cs.LG", "stat.ML"),
        comment="5 pages, 2 figures",
        versions=(
            Version(
                number=1,
                submitted=datetime(2008, 6, 25, 15, 29, 38, tzinfo=UTC),
                size_kb=13,
                source_type="",
            ),
            Version(
                number=2,
                submitted=datetime(2008, 6, 26, tzinfo=UTC),
                size_kb=14,
                source_type="",
            ),
            Version(
                number=10,
                submitted=datetime(2026, 11, 20, 1, 2, 3, tzinfo=UTC),
                size_kb=20,
                source_type="D",
            ),
        ),
        withdrawn=False,
        license="http://creativecommons.org/licenses/by/4.0/",
        dois=("10.1000/x.1", "10.1000/y.2"),
        journal_ref="J. Made Up 1 (2026)",
    )
    assert (record.version, record.submitted.year, record.updated.year) == (10, 2008, 2026)


def test_what_arxiv_leaves_out_is_none_or_empty() -> None:
    record = read_one(record_xml(abstract=None, sets=()))
    assert (record.abstract, record.comment, record.journal_ref) == (None, None, None)
    assert (record.license, record.dois, record.sets) == ("", (), ())


@pytest.mark.parametrize(
    ("field", "dois"),
    [
        ("10.1000/x.1, 10.1000/y.2", ("10.1000/x.1", "10.1000/y.2")),
        ("doi:10.1/a https://doi.org/10.1/a", ("10.1/a",)),
        ("10.1002/(SICI)1(19980815/30)17:15<1::AID>3.0.CO;2-2", None),
        ("to appear", ()),
    ],
)
def test_dois_are_told_from_the_words_around_them(field: str, dois: tuple[str, ...] | None) -> None:
    assert read_one(record_xml(doi=field)).dois == ((field,) if dois is None else dois)


@pytest.mark.parametrize("arxiv_id", ["math/0309136", "hep-th/9901001", "0704.0001"])
def test_identifiers_of_every_age_are_read(arxiv_id: str) -> None:
    assert read_one(record_xml(arxiv_id)).arxiv_id == arxiv_id


@pytest.mark.parametrize(
    ("current", "comment", "withdrawn"),
    [
        ((2, "0kb", "I"), None, True),
        ((1, "13kb", "I"), None, True),
        ((2, "0kb", ""), None, True),
        ((2, "8kb", ""), "This paper has been withdrawn by the author", True),
        ((3, "8kb", "D"), "WITHDRAWN due to an error", True),
        ((2, "0kb", "H"), "proceedings whose papers lie elsewhere", False),
        ((1, "8kb", ""), "withdrawn from a workshop", False),
        ((2, "8kb", "D"), "5 pages", False),
    ],
)
def test_a_withdrawal_shows_in_the_flag_the_size_or_the_comment(
    current: tuple[int, str, str], comment: str | None, withdrawn: bool
) -> None:
    number, size, kind = current
    versions = [(n, "Wed, 18 Nov 2026 10:00:00 GMT", "13kb", "") for n in range(1, number)]
    versions.append((number, "Thu, 19 Nov 2026 10:00:00 GMT", size, kind))
    assert read_one(record_xml(versions=versions, comments=comment)).withdrawn is withdrawn


def test_a_paper_whose_withdrawal_was_taken_back_is_not_withdrawn() -> None:
    when = "Wed, 18 Nov 2026 10:00:00 GMT"
    versions = [(1, when, "9kb", ""), (2, when, "0kb", "I"), (3, when, "9kb", "")]
    assert not read_one(record_xml(versions=versions)).withdrawn


def test_a_page_says_where_the_next_is_and_when_it_was_written() -> None:
    page = read_page(PAGE)
    assert [record.arxiv_id for record in page.records] == ["2611.00001", "2611.00002"]
    assert (page.token, page.ends) == ("next|2", False)
    assert (page.responded, page.last_datestamp) == (date(2026, 11, 22), date(2026, 11, 19))
    last = read_page(page_xml([record_xml()], token=""))
    assert (last.token, last.ends) == ("", True)
    alone = read_page(page_xml([record_xml()]))
    assert (alone.token, alone.ends) == ("", False)


def test_deleted_records_are_named_and_cost_nothing() -> None:
    page = read_page(page_xml([record_xml("2611.00001", status="deleted"), record_xml()]))
    assert page.deleted == ("2611.00001",)
    assert (len(page.records), page.set_aside) == (1, ())


def test_a_page_cut_at_any_byte_is_never_a_page() -> None:
    assert len(read_page(PAGE).records) == 2
    for length in range(len(PAGE)):
        with pytest.raises(PageError):
            read_page(PAGE[:length])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the answer is empty"),
        (b" \n", "the answer is empty"),
        (b"Rate exceeded.", "not well-formed XML"),
        (b"<!DOCTYPE html><html></html>", "a page of HTML"),
        (b"<HTML><body>We will be back<br></body>", "a page of HTML"),
        (b"<feed/>", "no OAI-PMH but <feed>"),
        (b"<OAI-PMH/>", "no OAI-PMH but <OAI-PMH>"),
        (envelope("<Identify/>"), "no records but <responseDate>, <request>, <Identify>"),
        (envelope(""), "no records"),
        (PAGE.replace(b"UTF-8", b"bogus-8"), "not well-formed XML"),
        (PAGE.replace(b"<ListRecords>", b"<ListRecords>\x0b"), "not well-formed XML"),
        (PAGE.replace(b"<ListRecords>", b"<ListRecords>&bogus;"), "not well-formed XML"),
        (PAGE + b"<p>", "not well-formed XML"),
        (envelope("<a/>" * (MAX_ELEMENTS + 1)), "over 1,000,000 tags"),
        (envelope("<record></record>" * (MAX_RECORDS + 1)), "over 20,000 records"),
    ],
)
def test_what_is_no_whole_page_is_an_error_and_never_an_empty_page(body: bytes, said: str) -> None:
    with pytest.raises(PageError) as caught:
        read_page(body)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entity_definitions_are_refused_before_they_are_read(encoding: str) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    body = bomb + PAGE.decode().partition("?>")[2].replace("<think>", "&b;")
    with pytest.raises(PageError, match="document type"):
        read_page(body.encode(encoding))


def test_a_page_of_identifiers_is_read_whole_or_not_at_all() -> None:
    headers = [record_xml(f"2611.0000{number}").partition("<metadata>")[0][8:] for number in (1, 2)]
    gone = record_xml("2611.00003", status="deleted")[8:].removesuffix("</record>")
    listed = "".join([*headers, gone]) + "<resumptionToken>next</resumptionToken>"
    body = envelope(f"<ListIdentifiers>{listed}</ListIdentifiers>")
    assert read_identifiers(body) == (("2611.00001", "2611.00002"), "next")
    with pytest.raises(PageError, match="a header cannot be read"):
        read_identifiers(body.replace(b"2611.00001", b"2611.1"))
    with pytest.raises(PageError, match="no records but"):
        read_identifiers(PAGE)
    for length in range(0, len(body), 7):
        with pytest.raises(PageError):
            read_identifiers(body[:length])


def test_an_error_of_the_protocol_is_a_refusal_with_arxivs_own_words() -> None:
    with pytest.raises(RefusalError) as caught:
        read_page(error_xml("badArgument", "Illegal. Reason: Set\n does not exist"))
    assert (caught.value.code, caught.value.said) == (
        "badArgument",
        "Set does not exist",
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("oai:arXiv.org:2611.00001", "oai:arXiv.org:v1", "v1: its identifier 'oai:arXiv.org:v1'"),
        ("<datestamp>2026-11-19", "<datestamp>2026-13-19", "its datestamp is no day"),
        ("<id>2611.00001", "<id>2611.00009", "its metadata are of '2611.00009'"),
        ("<title>On $x_1$ &amp; &lt;think&gt;", "<title> ", "it has no title"),
        ("<categories>cs.LG stat.ML", "<categories>", "it has no category"),
        ('version="v1"', 'version="first"', "no number or no time"),
        ("Wed, 18 Nov 2026", "Wed, 31 Nov 2026", "no number or no time"),
        ("18 Nov 2026", "18 Now 2026", "no number or no time"),
        ("<metadata>", "<about>", "not well-formed XML"),
        ("<title>", "<title>&bogus;", "not well-formed XML"),
        ("<title>", "<title>&#11;", "not well-formed XML"),
        ("<title>", "<title><![CDATA[", "not well-formed XML"),
        ("arXivRaw", "arXivOld", "in format <arXivOld>, not arXivRaw"),
    ],
)
def test_an_unreadable_record_is_named_and_costs_no_other(
    before: str, after: str, said: str
) -> None:
    broken = record_xml("2611.00001")
    assert before in broken
    others = [record_xml(f"2611.{number:05d}") for number in range(2, 102)]
    page = read_page(page_xml([*others[:50], broken.replace(before, after), *others[50:]]))
    assert len(page.records) == 100
    (report,) = page.set_aside
    assert said in report
    assert report.startswith(("2611.00001: ", "v1: "))


def test_records_without_header_version_or_end_are_set_aside() -> None:
    page = read_page(
        page_xml(
            [
                "<record><metadata/></record>",
                record_xml("2611.00001", metadata=raw_xml("2611.00001", versions=())),
                record_xml("2611.00002", metadata=""),
                record_xml("2611.00003").replace("</record>", "").replace("</metadata>", ""),
                record_xml("2611.00004"),
            ]
        )
    )
    assert page.set_aside[0] == "a record: it has no header"
    assert page.set_aside[1:3] == (
        "2611.00001: it has no version",
        "2611.00002: it has no metadata",
    )
    assert page.set_aside[3] == "2611.00003: it has no end"
    assert [record.arxiv_id for record in page.records] == ["2611.00004"]


def test_a_comment_from_one_record_to_another_swallows_none_in_silence() -> None:
    first, second, third = (record_xml(f"2611.0000{number}") for number in (1, 2, 3))
    first = first.replace("</metadata>", "<!-- </metadata>")
    third = third.replace("<header>", "--> <header>")
    page = read_page(page_xml([first, second, third]))
    read = {record.arxiv_id for record in page.records}
    assert len(read) + len(page.set_aside) == 3
    assert "2611.00002" in read


def test_control_characters_cost_neither_the_page_nor_the_record() -> None:
    good, bad = record_xml("2611.00001"), record_xml("2611.00002", title="A \x0bec\x00tor")
    page = read_page(page_xml([good, bad, record_xml("2611.00003")]))
    assert [record.title for record in page.records][1] == "A ector"
    assert len(page.records) == 3
    assert page.mended == ("2611.00002: read without its control characters",)
    assert page.set_aside == ()


@given(title=XML_TEXT, abstract=XML_TEXT, authors=XML_TEXT, comment=XML_TEXT)
def test_hostile_text_comes_through_as_it_was_written(
    title: str, abstract: str, authors: str, comment: str
) -> None:
    xml = record_xml(title=f"T{title}", abstract=abstract, authors=authors, comments=comment)
    record = read_one(xml)
    assert record.title == plain_text(f"T{title}".replace("\r", "\n"))
    assert record.abstract == (plain_text(abstract) or None)
    assert record.comment == (plain_text(comment) or None)


@given(st.binary(max_size=200), st.integers(0, len(PAGE)), st.integers(0, 40))
def test_hostile_bytes_in_a_page_are_a_page_or_an_error(
    junk: bytes, place: int, length: int
) -> None:
    body = PAGE[:place] + junk + PAGE[place + length :]
    try:
        page: Page = read_page(body)
    except (PageError, RefusalError):
        return
    for line in (*page.set_aside, *page.mended):
        assert line.isprintable() or not line.isascii()
        assert len(line) < 500
