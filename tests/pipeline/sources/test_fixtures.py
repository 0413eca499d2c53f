"""Every recorded answer of OAI-PMH and RSS is read, and one that no test uses fails.

The API's are the business of ``test_atom``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.sources.oai_record import OaiRecord
from pipeline.sources.oai_xml import Page, PageError, RefusalError, read_identifiers, read_page
from pipeline.sources.rss import Feed, FeedError, FeedType, read_feed
from tests.pipeline.sources.oai_server import envelope

pytestmark = pytest.mark.shared

PAGES = {
    "oai/GetRecord_arXivRaw_0806.4129.xml": 1,
    "oai/GetRecord_arXivRaw_withdrawn_0906.3336.xml": 1,
    "oai/GetRecord_arXivRaw_withdrawn_I_0901.3666.xml": 1,
    "oai/ListRecords_arXivRaw_onepage.xml": 7,
    "oai-legacy-2014/ListRecords_arXivRaw_first20.xml": 20,
}
"""Records in arXiv's own format, and how many."""

OTHER_FORMATS = {
    "oai/GetRecord_arXivOld_0806.4129.xml": (1, "arXivOld"),
    "oai/GetRecord_arXiv_0806.4129.xml": (1, "arXiv"),
    "oai/GetRecord_arXiv_withdrawn_0906.3336.xml": (1, "arXiv"),
    "oai/GetRecord_oai_dc_0806.4129.xml": (1, "dc"),
    "oai/ListRecords_arXiv_page1_limit3.xml": (3, "arXiv"),
    "oai/ListRecords_arXiv_page2_limit3.xml": (3, "arXiv"),
}
"""Records in formats that lack what we need: set aside, each named."""

NO_RECORDS = {
    "oai/Identify.xml": "<Identify>",
    "oai/ListIdentifiers_arXiv_limit5.xml": "<ListIdentifiers>",
    "oai/ListMetadataFormats.xml": "<ListMetadataFormats>",
    "oai/ListSets.xml": "<ListSets>",
}

REFUSALS = {
    "oai/error_badArgument_fromTooEarly.xml": ("badArgument", "start date too early"),
    "oai/error_badArgument_set.xml": ("badArgument", "Set does not exist"),
    "oai/error_badResumptionToken.xml": ("badResumptionToken", "Token decoding failed"),
    "oai/error_badVerb.xml": ("badVerb", "Invalid verb provided"),
    "oai/error_cannotDisseminateFormat.xml": ("cannotDisseminateFormat", "requested format"),
    "oai/error_idDoesNotExist.xml": ("idDoesNotExist", "Nothing found for this ID"),
    "oai/error_noRecordsMatch.xml": ("noRecordsMatch", "results in an empty list"),
}

FRAGMENT = "oai-legacy-2014/record_withdrawn_example.xml"
"""A record alone, without the page around it."""

FEEDS = {
    "rss/atom_empty_cs.LG.xml": (0, None),
    "rss/atom_math.xml": (2, date(2026, 11, 22)),
    "rss/rss_empty_cs.LG+stat.ML.xml": (0, date(2026, 11, 22)),
    "rss/rss_math.xml": (2, date(2026, 11, 22)),
}
MADE_UP = "oai:arXiv.org:1234.5657v1: it names no paper and version"
"""arXiv's test data have a paper of the 34th month."""

ERROR_FEEDS = {
    "rss/rss_error_bad_archive.xml": "Bad archive 'foo'",
    "rss/rss_error_bad_category.xml": "Bad subject class 'NOPE'",
    "rss/rss_error_version.xml": "Unsupported feed version",
}


@pytest.fixture
def fixtures(shared: Path) -> Path:
    return shared / "arxiv" / "fixtures"


def page_of(fixtures: Path, name: str) -> Page:
    return read_page((fixtures / name).read_bytes())


def feed_of(fixtures: Path, name: str) -> Feed:
    return read_feed((fixtures / name).read_bytes())


def test_no_recorded_answer_is_left_out(fixtures: Path) -> None:
    found = {
        str(path.relative_to(fixtures))
        for folder in ("oai", "oai-legacy-2014", "rss")
        for path in (fixtures / folder).iterdir()
    }
    used = (PAGES, OTHER_FORMATS, NO_RECORDS, REFUSALS, FEEDS, ERROR_FEEDS)
    assert found == {FRAGMENT}.union(*used)


@pytest.mark.parametrize("name", PAGES)
def test_recorded_pages_are_read_without_loss(fixtures: Path, name: str) -> None:
    page = page_of(fixtures, name)
    assert (len(page.records), page.set_aside, page.mended) == (PAGES[name], (), ())
    for record in page.records:
        assert record.title
        assert record.abstract
        assert record.authors
        assert record.license.startswith("http")
        assert [version.number for version in record.versions] == [*range(1, record.version + 1)]
        assert all(version.size_kb is not None for version in record.versions)


@pytest.mark.parametrize("name", OTHER_FORMATS)
def test_recorded_pages_in_other_formats_are_set_aside_record_by_record(
    fixtures: Path, name: str
) -> None:
    page = page_of(fixtures, name)
    count, form = OTHER_FORMATS[name]
    assert (len(page.records), len(page.set_aside)) == (0, count)
    assert all(f"in format <{form}>, not arXivRaw" in line for line in page.set_aside)


@pytest.mark.parametrize("name", NO_RECORDS)
def test_recorded_answers_to_other_questions_are_no_pages(fixtures: Path, name: str) -> None:
    with pytest.raises(PageError, match=f"no records but .*{NO_RECORDS[name]}"):
        page_of(fixtures, name)


@pytest.mark.parametrize("name", REFUSALS)
def test_recorded_refusals_are_read_with_their_reason(fixtures: Path, name: str) -> None:
    with pytest.raises(RefusalError) as caught:
        page_of(fixtures, name)
    code, said = REFUSALS[name]
    assert caught.value.code == code
    assert said in caught.value.said


def test_a_recorded_record_has_all_that_arxiv_says_of_it(fixtures: Path) -> None:
    (record,) = page_of(fixtures, "oai/GetRecord_arXivRaw_0806.4129.xml").records
    assert (record.arxiv_id, record.datestamp) == ("0806.4129", date(2014, 12, 15))
    assert record.authors == ("Roldao da Rocha", "Waldyr A. Rodrigues Jr")
    assert record.categories == ("math-ph", "math.MP")
    assert record.sets == ("physics:math-ph", "math:math:MP")
    assert record.submitted == datetime(2008, 6, 25, 15, 29, 38, tzinfo=UTC)
    assert (record.version, record.updated.date()) == (6, date(2014, 12, 12))
    assert record.dois == ("10.1063/1.3536454",)
    assert record.journal_ref == "AIP Conf.Proc.1316:466-477,2010"
    assert record.license == "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
    assert not record.withdrawn


@pytest.mark.parametrize("name", ["0906.3336", "I_0901.3666"])
def test_recorded_withdrawals_are_known_with_and_without_their_flag(
    fixtures: Path, name: str
) -> None:
    (record,) = page_of(fixtures, f"oai/GetRecord_arXivRaw_withdrawn_{name}.xml").records
    assert record.withdrawn


def test_a_recorded_record_of_2014_has_its_versions_put_in_order(fixtures: Path) -> None:
    xml = (fixtures / FRAGMENT).read_text(encoding="utf-8")
    (record,) = read_page(envelope(f"<ListRecords>{xml}</ListRecords>")).records
    assert [version.number for version in record.versions] == [*range(1, 17)]
    assert record.withdrawn
    with pytest.raises(PageError):
        page_of(fixtures, FRAGMENT)


def test_recorded_authors_are_taken_apart(fixtures: Path) -> None:
    records: dict[str, OaiRecord] = {
        record.arxiv_id: record for name in PAGES for record in page_of(fixtures, name).records
    }
    assert records["1005.1251"].authors == ("Liangrong Peng", "Hong Qian", "Liu Hong")
    assert len(records["1102.0541"].authors) == 66
    for record in records.values():
        for name in record.authors:
            assert not set("(),") & set(name)
            assert not name.startswith("and ")


def test_a_recorded_page_of_identifiers_is_read(fixtures: Path) -> None:
    body = (fixtures / "oai" / "ListIdentifiers_arXiv_limit5.xml").read_bytes()
    ids, token = read_identifiers(body)
    assert ids == ("1102.0375", "1102.0539", "1102.0517", "1102.0300", "1010.1560")
    assert token.startswith("verb%3DListIdentifiers")


def test_the_token_of_a_recorded_page_is_as_arxiv_wrote_it(fixtures: Path) -> None:
    page = page_of(fixtures, "oai/ListRecords_arXiv_page1_limit3.xml")
    assert page.token.startswith("verb%3DListRecords%26metadataPrefix%3DarXiv%26from%3D2011-01-01")
    assert page_of(fixtures, "oai-legacy-2014/ListRecords_arXivRaw_first20.xml").token == (
        "496549|96001"
    )


@pytest.mark.parametrize("name", FEEDS)
def test_recorded_feeds_are_read_without_loss(fixtures: Path, name: str) -> None:
    feed = feed_of(fixtures, name)
    assert (feed.received, feed.day) == FEEDS[name]
    assert feed.set_aside == ((MADE_UP,) if feed.received else ())
    assert len(feed.items) + len(feed.set_aside) == feed.received


def test_a_recorded_feed_and_its_twin_say_the_same(fixtures: Path) -> None:
    rss, atom = feed_of(fixtures, "rss/rss_math.xml"), feed_of(fixtures, "rss/atom_math.xml")
    assert rss.items == atom.items
    (item,) = rss.items
    assert (item.arxiv_id, item.version, item.feed_type) == ("2310.16106", 1, FeedType.NEW)
    assert item.abstract
    assert item.abstract.startswith("This work centers on")
    assert (len(item.authors), item.categories, item.doi) == (3, ("cs.IT",), "")


def test_a_recorded_cross_list_is_read_once_its_identifier_is_one(fixtures: Path) -> None:
    body = (fixtures / "rss" / "rss_math.xml").read_bytes().replace(b"1234.5657", b"1204.5657")
    item = read_feed(body).items[1]
    assert (item.feed_type, item.categories) == (FeedType.CROSS, ("astro-ph", "math.NT"))
    assert (item.authors, item.doi) == (("Very Real Sr.",), "10.0000/00-AAA0000")
    assert item.abstract == "This whole concept is abstract."


@pytest.mark.parametrize("name", ERROR_FEEDS)
def test_recorded_error_feeds_are_refusals(fixtures: Path, name: str) -> None:
    with pytest.raises(FeedError, match=ERROR_FEEDS[name]) as caught:
        feed_of(fixtures, name)
    assert caught.value.refused
