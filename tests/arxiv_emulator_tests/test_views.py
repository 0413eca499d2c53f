"""What the three interfaces do when nothing goes wrong, arXiv's quirks included."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta

import feedparser
import pytest

from tests.arxiv_emulator import Action, Author, Corpus, Emulator, Texts, View, make_corpus
from tests.arxiv_emulator.clock import announced, eastern_midnight
from tests.arxiv_emulator.texts import ODDITIES
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import (
    ATOM,
    DC,
    OAI,
    OPENSEARCH,
    RAW,
    error_code,
    harvest,
    pages,
)

FRIDAY = date(2026, 10, 9)
CATEGORIES = ("cs.LG", "stat.ML", "cs.CV", "cs.CL", "cs.AI", "cs.CR", "cs.CY")


def entries(get: Get, emulator: Emulator, **params: object) -> list[str]:
    root = ET.fromstring(get(emulator.api_url, **params).content)
    return [
        (one.findtext(f"{ATOM}id") or "").partition("/abs/")[2] for one in root.iter(f"{ATOM}entry")
    ]


def total(get: Get, emulator: Emulator, **params: object) -> int:
    root = ET.fromstring(get(emulator.api_url, **params).content)
    return int(root.findtext(f"{OPENSEARCH}totalResults") or -1)


# OAI-PMH


def test_a_paged_harvest_is_what_the_oracle_says(start: Start, get: Get) -> None:
    emulator = start(records_per_page=7)
    found = harvest(get, emulator.oai_url)
    assert len(found) == len(set(found)) > 100
    assert set(found) == set(emulator.oracle.papers()) == emulator.oracle.reach(View.OAI)


def test_a_harvest_of_a_set_holds_cross_lists_too(start: Start, get: Get) -> None:
    emulator = start(records_per_page=7)
    found = harvest(get, emulator.oai_url, set="stat:stat:ML")
    assert set(found) == set(emulator.oracle.papers(["stat.ML"]))
    assert set(harvest(get, emulator.oai_url, set="cs")) == set(emulator.oracle.papers(["cs.*"]))


def test_a_harvest_by_days_takes_modifications_not_submissions(start: Start, get: Get) -> None:
    emulator = start(records_per_page=7)
    found = harvest(get, emulator.oai_url, from_="2026-10-08", until="2026-10-08")
    day = date(2026, 10, 8)
    later = set(emulator.oracle.papers(modified_since=FRIDAY))
    announcements = emulator.oracle.announcements(day, day)
    assert set(found) == {row.arxiv_id for row in announcements} - later
    assert {row.action for row in announcements} >= {Action.NEW, Action.REPLACE, Action.CROSS}


def test_every_oddity_survives_in_every_view(start: Start, get: Get) -> None:
    emulator = start(now=announced(date(2026, 10, 6)) + timedelta(hours=9))
    raw = {}
    for page in pages(get, emulator.oai_url):
        for record in page.iter(f"{RAW}arXivRaw"):
            raw[record.findtext(f"{RAW}id")] = record
    held = emulator.oracle.papers()
    odd = {texts.title for texts in ODDITIES}
    shown = {arxiv_id for arxiv_id, paper in held.items() if paper.title in odd}
    assert len(shown) == len(ODDITIES)
    ids = ",".join(shown)
    root = ET.fromstring(get(emulator.api_url, id_list=ids, max_results=200).content)
    api = {
        (one.findtext(f"{ATOM}id") or "").partition("/abs/")[2].rpartition("v")[0]: one
        for one in root.iter(f"{ATOM}entry")
    }
    for arxiv_id in shown:
        paper = held[arxiv_id]
        assert raw[arxiv_id].findtext(f"{RAW}title") == paper.title
        assert raw[arxiv_id].findtext(f"{RAW}abstract") == paper.abstract
        assert api[arxiv_id].findtext(f"{ATOM}title") == paper.title
        assert api[arxiv_id].findtext(f"{ATOM}summary") == paper.abstract
        names = [one.findtext(f"{ATOM}name") for one in api[arxiv_id].iter(f"{ATOM}author")]
        assert tuple(names) == paper.authors


def test_the_acm_class_is_the_msc_class_or_none(start: Start, get: Get) -> None:
    emulator = start()
    found = {
        record.findtext(f"{RAW}title"): record.findtext(f"{RAW}acm-class")
        for page in pages(get, emulator.oai_url)
        for record in page.iter(f"{RAW}arXivRaw")
    }
    assert found["Classified"] == "68T50"
    assert found["Classified by one"] == "None"


def test_bugs_of_arxiv_can_be_mended(start: Start, get: Get) -> None:
    corpus = Corpus()
    texts = Texts(
        title="T", abstract="A", authors=(Author(name="N"),), acm="F.2.2; I.2.7", msc="68T50"
    )
    first = corpus.announce(date(2026, 10, 6), texts=texts)
    corpus.revise(first, FRIDAY)

    def said(name: str, **settings: bool) -> list[str | None]:
        emulator = start(corpus=corpus, **settings)
        asked = {"verb": "GetRecord", "identifier": f"oai:arXiv.org:{first}"}
        answers = [
            ET.fromstring(get(emulator.oai_url, metadataPrefix=prefix, **asked).content)
            for prefix in ("arXiv", "arXivRaw", "arXivOld")
        ]
        found = [answer.iter() for answer in answers]
        return [
            next((one.text for one in each if one.tag.endswith(f"}}{name}")), None)
            for each in found
        ]

    assert said("acm-class") == ["68T50", "68T50", "F.2.2; I.2.7"]
    assert said("acm-class", bug_acm=False) == ["F.2.2; I.2.7"] * 3
    assert said("created") == ["2026-10-08", None, None]
    assert said("created", strict_created=True) == ["2026-10-05", None, None]
    assert said("created", strict_created=True) != said("updated", strict_created=True)


def test_a_token_takes_no_other_argument_and_the_last_page_has_an_empty_one(
    start: Start, get: Get
) -> None:
    emulator = start(records_per_page=100)
    params = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}
    first, last = pages(get, emulator.oai_url, **params)
    token = first.findtext(f".//{OAI}resumptionToken")
    refused = get(emulator.oai_url, resumptionToken=token, **params)
    assert error_code(ET.fromstring(refused.content)) == "badArgument"
    assert last.find(f".//{OAI}resumptionToken") is not None


def test_post_is_answered_like_get(start: Start, get: Get) -> None:
    import requests

    emulator = start()
    form = {"verb": "ListIdentifiers", "metadataPrefix": "arXiv", "set": "stat"}
    posted = requests.post(emulator.oai_url, data=form, timeout=5)
    assert posted.content == get(emulator.oai_url, **form).content


def test_an_announcement_reaches_the_views_one_after_the_other(start: Start, get: Get) -> None:
    day = date(2026, 10, 8)
    emulator = start(now=announced(day))
    mailing = emulator.corpus.mailing(day)
    new = next(paper.arxiv_id for paper, change in mailing if change.action is Action.NEW)

    def seen() -> tuple[bool, bool, bool]:
        listed = harvest(get, emulator.oai_url, verb="ListIdentifiers")
        feed = get(f"{emulator.rss_url}/cs+stat+math+hep-th+eess").text
        return new in listed, f":{new}v" in feed, bool(entries(get, emulator, id_list=new))

    assert seen() == (False, False, False)
    emulator.clock.advance(hours=2.5)
    assert seen() == (True, False, False)
    emulator.clock.advance(hours=0.5)
    assert seen() == (True, False, True)
    emulator.clock.set(eastern_midnight(day))
    assert seen() == (True, True, True)


# RSS


def test_the_feeds_of_a_day_show_what_the_oracle_says(start: Start, get: Get) -> None:
    emulator = start()
    for category in CATEGORIES:
        feed = feedparser.parse(get(f"{emulator.rss_url}/{category}").content)
        found = {item.id.removeprefix("oai:arXiv.org:").rpartition("v")[0] for item in feed.entries}
        assert found <= emulator.oracle.reach("rss", [category])
        missing = emulator.oracle.reach("rss", [category]) - found
        late = {
            paper.arxiv_id for paper, c in emulator.corpus.mailing(FRIDAY) if c.action == "cross"
        }
        assert missing <= late  # a cross-list is only in the feed of the category it adds


def test_a_paper_is_new_in_its_primary_category_and_a_cross_list_elsewhere(
    start: Start, get: Get
) -> None:
    corpus = Corpus()
    arxiv_id = corpus.announce(FRIDAY, categories=("cs.CR", "cs.LG"))
    emulator = start(corpus=corpus)
    kinds = [
        feedparser.parse(get(f"{emulator.rss_url}/{name}").content).entries[0].arxiv_announce_type
        for name in ("cs.CR", "cs.LG", "cs.LG+cs.CR", "cs")
    ]
    assert kinds == ["new", "cross", "new", "new"]
    assert arxiv_id == "2610.00001"


def test_a_sixth_version_is_in_no_feed_but_in_the_harvest(start: Start, get: Get) -> None:
    corpus = Corpus()
    arxiv_id = corpus.announce(date(2026, 10, 1), categories=("cs.LG",))
    for day in (2, 5, 6, 7, 8, 9):
        corpus.revise(arxiv_id, date(2026, 10, day))
    emulator = start(corpus=corpus)
    assert arxiv_id not in get(f"{emulator.rss_url}/cs.LG").text
    assert harvest(get, emulator.oai_url, from_="2026-10-09") == [arxiv_id]
    emulator.clock.set(announced(date(2026, 10, 7)) + timedelta(hours=5))
    assert f"{arxiv_id}v5" in get(f"{emulator.rss_url}/cs.LG").text


def test_weekends_have_feeds_without_items(start: Start, get: Get) -> None:
    emulator = start()
    emulator.clock.set(datetime(2026, 10, 10, 12, tzinfo=UTC))
    answer = get(f"{emulator.rss_url}/cs.LG")
    assert (answer.status_code, b"<item>" in answer.content) == (200, False)


def test_the_cache_answers_what_has_not_changed_with_304(start: Start) -> None:
    import requests

    emulator = start()
    url = f"{emulator.rss_url}/cs.LG"
    first = requests.get(url, timeout=5)
    emulator.clock.advance(hours=1)
    headers = {"If-None-Match": first.headers["ETag"]}
    second = requests.get(url, headers=headers, timeout=5)
    assert (second.status_code, second.content) == (304, b"")
    assert '"' not in first.headers["ETag"]
    emulator.clock.advance(days=3)
    assert requests.get(url, headers=headers, timeout=5).status_code == 200


def test_atom_says_the_same_as_rss(start: Start, get: Get) -> None:
    emulator = start()
    rss = feedparser.parse(get(f"{emulator.rss_url}/CS.lg").content)
    atom = feedparser.parse(get(f"{emulator.atom_url}/cs.LG").content)
    assert [item.id for item in rss.entries] == [item.id for item in atom.entries]
    items = ET.fromstring(get(f"{emulator.rss_url}/cs.LG").content).findall("channel/item")
    assert items
    assert all(item.findtext(f"{DC}creator") for item in items)


# The query API


def test_ten_results_unless_more_are_asked_for(start: Start, get: Get) -> None:
    emulator = start()
    ids = ",".join(sorted(emulator.oracle.papers())[:50])
    assert len(entries(get, emulator, id_list=ids)) == 10
    assert len(entries(get, emulator, id_list=ids, max_results=50)) == 50


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("2610.00001", ["2610.00001v1"]),
        ("2610.00001v1", ["2610.00001v1"]),
        ("2610.00001V1", []),
        ("https://arxiv.org/abs/2610.00001", []),
        ("arXiv:2610.00001", []),
        ("2610.00001v9", []),
        ("2610.99999,2610.00001", ["2610.00001v1"]),
        ("2610.00001,2610.00001", ["2610.00001v1"]),
    ],
)
def test_identifiers_match_exactly_or_are_silently_left_out(
    start: Start, get: Get, asked: str, found: list[str]
) -> None:
    emulator = start(now=announced(date(2026, 10, 5)) + timedelta(hours=9))
    assert entries(get, emulator, id_list=asked) == found


def test_one_bad_identifier_refuses_all(start: Start, get: Get) -> None:
    emulator = start()
    answer = get(emulator.api_url, id_list="2610.00001,nonsense")
    assert answer.status_code == 400
    assert "incorrect id format for nonsense" in answer.text


def test_a_window_is_included_to_its_last_minute_and_not_its_last_second(
    start: Start, get: Get
) -> None:
    corpus = Corpus()
    for stamp in ("2026-10-06T23:59:00", "2026-10-06T23:59:30", "2026-10-07T00:00:00"):
        corpus.announce(FRIDAY, submitted=datetime.fromisoformat(f"{stamp}+00:00"))
    emulator = start(corpus=corpus)

    def found(window: str) -> list[str]:
        return entries(get, emulator, search_query=f"cat:cs.LG AND submittedDate:[{window}]")

    assert found("202610060000 TO 202610062359") == ["2610.00001v1"]
    assert found("20261006 TO 20261006") == ["2610.00001v1"]
    assert len(found("202610060000 TO 202610070000")) == 3
    assert entries(get, emulator, search_query="lastUpdatedDate:[20261007 TO 2026]") == [
        "2610.00003v1"
    ]


def test_operators_associate_to_the_right(start: Start, get: Get) -> None:
    emulator = start()

    def count(query: str) -> int:
        return total(get, emulator, search_query=query)

    left = count("(cat:cs.CV AND cat:cs.LG) OR cat:cs.CR")
    assert count("cat:cs.CV AND cat:cs.LG OR cat:cs.CR") == count(
        "cat:cs.CV AND (cat:cs.LG OR cat:cs.CR)"
    )
    assert count("cat:cs.CV AND cat:cs.LG OR cat:cs.CR") != left
    assert count("cat:cs.*") == len(emulator.oracle.papers(["cs.*"]))
    assert count("cat:cs.LG ANDNOT cat:stat.ML") < count("cat:cs.LG")


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"search_query": "cat:cs.LG", "max_results": 0}, 500),
        ({"search_query": "cat:cs.LG", "start": 10_000, "max_results": 100}, 500),
        ({"search_query": "cat:cs.LG", "start": 9_900, "max_results": 100}, 200),
        ({"search_query": "submittedDate:[2026-10-06 TO 2026-10-07]"}, 500),
        ({"search_query": "submittedDate:[20261006 TO *]"}, 500),
        ({"search_query": "cat:cs.LG", "start": -1}, 400),
        ({"search_query": "cat:cs.LG", "max_results": "many"}, 400),
        ({"search_query": "ti:cats"}, 501),
    ],
)
def test_what_makes_arxiv_fail_fails_here(
    start: Start, get: Get, params: dict[str, object], status: int
) -> None:
    assert get(start().api_url, **params).status_code == status


def test_pages_in_order_hold_every_result_once(start: Start, get: Get) -> None:
    emulator = start()
    for order in ("submittedDate", "lastUpdatedDate", "relevance"):
        found = [
            one
            for begin in range(0, 100, 20)
            for one in entries(
                get,
                emulator,
                search_query="cat:cs.LG",
                start=begin,
                max_results=20,
                sortBy=order,
                sortOrder="ascending",
            )
        ]
        assert len(found) == len(set(found)) == len(emulator.oracle.papers(["cs.LG"]))


def test_an_old_version_is_shown_as_it_was(start: Start, get: Get) -> None:
    corpus = Corpus()
    arxiv_id = corpus.announce(date(2026, 10, 6), categories=("cs.LG",))
    corpus.revise(arxiv_id, FRIDAY, comment="Now with a proof", categories=("stat.ML", "cs.LG"))
    emulator = start(corpus=corpus)
    first = get(emulator.api_url, id_list=f"{arxiv_id}v1").text
    second = get(emulator.api_url, id_list=arxiv_id).text
    assert "Now with a proof" not in first
    assert 'primary_category term="cs.LG"' in first
    assert "Now with a proof" in second
    assert 'primary_category term="stat.ML"' in second


def test_the_same_seed_answers_the_same_bytes(start: Start, get: Get) -> None:
    bodies = set()
    for _ in range(2):
        emulator = start(corpus=make_corpus(seed=5))
        bodies.add(get(emulator.oai_url, verb="ListRecords", metadataPrefix="arXivRaw").content)
    other = start(corpus=make_corpus(seed=6))
    assert len(bodies) == 1
    assert get(other.oai_url, verb="ListRecords", metadataPrefix="arXivRaw").content not in bodies
