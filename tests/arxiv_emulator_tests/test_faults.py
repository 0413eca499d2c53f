"""Every fault in every variant, as a client's socket sees it."""

from __future__ import annotations

import gzip
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from tests.arxiv_emulator import FAULTS, Emulator, Rule, View, every_fault, make_corpus, weather
from tests.arxiv_emulator.bodies import record_ids
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import OAI, error_code, harvest

FRIDAY = date(2026, 10, 9)
MONDAY = date(2026, 10, 12)
TUESDAY = date(2026, 10, 13)
QUERY: dict[str, Any] = {"search_query": "cat:cs.LG", "sortBy": "submittedDate", "max_results": 20}
LIST = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}

Seen = Callable[[Emulator, Get], None]
SEEN: dict[str, Seen] = {}


def seen(*codes: str) -> Callable[[Seen], Seen]:
    def note(check: Seen) -> Seen:
        SEEN.update(dict.fromkeys(codes, check))
        return check

    return note


def variant(emulator: Emulator) -> str:
    return emulator.faults.rules[0][0].fault.partition(":")[2]


def ask(emulator: Emulator, get: Get, **more: object) -> requests.Response:
    return get(emulator.api_url, **{**QUERY, **more})


def is_xml(body: bytes) -> bool:
    try:
        ET.fromstring(body)
    except ET.ParseError:
        return False
    return True


@pytest.mark.parametrize("code", every_fault())
def test_a_fault_is_seen_as_the_reference_says(code: str, start: Start, get: Get) -> None:
    """SEEN has a check for each; a fault without one fails here."""
    fault = FAULTS[code.partition(":")[0]]
    emulator = start(records_per_page=30) if fault.prepare else start(code, records_per_page=30)
    SEEN[code](emulator, get)
    struck = {row.fault for row in emulator.log.requests} - {""}
    assert struck == ({code} if fault.spoil else set())


@seen("F1", "F2")
def throttled(emulator: Emulator, get: Get) -> None:
    began = time.monotonic()
    answer = ask(emulator, get)
    assert (answer.status_code, answer.text) == (429, "Rate exceeded.")
    assert "Retry-After" not in answer.headers
    assert (time.monotonic() - began > 0.4) == (emulator.faults.rules[0][0].fault == "F2")
    assert ask(emulator, get).status_code == 200


@seen(*(f"F3:{name}" for name in FAULTS["F3"].variants))
def says_when(emulator: Emulator, get: Get) -> None:
    text = ask(emulator, get).headers["Retry-After"]
    if variant(emulator) == "date":
        assert abs(parsedate_to_datetime(text).timestamp() - time.time()) < 10
    else:
        expected = {"seconds": "1", "huge": "99999999999", "zero": "0"}
        assert text == expected.get(variant(emulator), "soon, perhaps")


@seen("F4:503", "F4:500", "F4:502")
def server_error(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert (answer.status_code, "<html>" in answer.text) == (int(variant(emulator)), True)


@seen("F5", "F6")
def refused(emulator: Emulator, get: Get) -> None:
    statuses = [ask(emulator, get).status_code for _ in range(4)]
    is_window = emulator.faults.rules[0][0].fault == "F5"
    assert statuses == ([406, 406, 406, 200] if is_window else [403] * 4)


@seen("F7")
def policed(emulator: Emulator, get: Get) -> None:
    assert [ask(emulator, get).status_code for _ in range(2)] == [200, 429]


@seen("F8:reset", "F8:refuse", "F40")
def broken(emulator: Emulator, get: Get) -> None:
    with pytest.raises(requests.RequestException, match="reset"):
        ask(emulator, get)
    if variant(emulator) == "refuse":
        with pytest.raises(requests.ConnectionError, match="refused"):
            ask(emulator, get)
    if emulator.faults.rules[0][0].fault != "F8:reset":
        time.sleep(0.25)
    assert ask(emulator, get).status_code == 200


@seen(*(f"{code}:{name}" for code in ("F9", "F10") for name in FAULTS["F9"].variants))
def cut(emulator: Emulator, get: Get) -> None:
    try:
        answer = ask(emulator, get)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        pass
    else:
        # A polite end of a body with a length: requests itself may not notice.
        assert len(answer.content) < int(answer.headers.get("Content-Length", 1 << 30))
        assert not is_xml(answer.content)
    assert is_xml(ask(emulator, get).content)


@seen("F11:head", "F11:body", "F11:trickle")
def stalled(emulator: Emulator, get: Get) -> None:
    with requests.get(emulator.api_url, params=QUERY, timeout=0.3, stream=True) as answer:
        assert answer.status_code == 200
        if variant(emulator) == "trickle":
            assert len(answer.raw.read(2)) == 2
            return
        with pytest.raises(requests.exceptions.RequestException):
            assert answer.content


@seen("F12:endless", "F12:huge")
def endless(emulator: Emulator, get: Get) -> None:
    with requests.get(emulator.api_url, params=QUERY, timeout=5, stream=True) as answer:
        assert len(answer.raw.read(3_000_000)) == 3_000_000
        length = answer.headers.get("Content-Length")
        assert length == ("200000000" if variant(emulator) == "huge" else None)


@seen("F13:html", "F13:labelled", "F14")
def no_feed(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert answer.status_code == 200
    assert not answer.content or b"<html>" in answer.content
    is_labelled = "html" not in answer.headers["Content-Type"]
    assert is_labelled == (variant(emulator) != "html")


@seen("F15:between", "F15:inside", "F15:token")
def truncated(emulator: Emulator, get: Get) -> None:
    answer = get(emulator.oai_url, **LIST)
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 5000
    assert not is_xml(answer.content)
    ends = answer.content.rstrip().endswith(b"</record>")
    assert ends == (variant(emulator) != "inside")
    assert b"resumptionToken" not in answer.content


@seen("F16:control", "F16:entity")
def broken_record(emulator: Emulator, get: Get) -> None:
    first = get(emulator.oai_url, **LIST)
    assert not is_xml(first.content)
    assert not is_xml(get(emulator.oai_url, **LIST).content)
    whole = {"verb": "GetRecord", "metadataPrefix": "arXivRaw"}
    bad = [
        one
        for one in record_ids(first.content)
        if not is_xml(get(emulator.oai_url, identifier=f"oai:arXiv.org:{one}", **whole).content)
    ]
    assert len(bad) == 1
    assert not is_xml(ask(emulator, get, id_list=bad[0], search_query="").content)


@seen("F16:encoding", "F16:doctype", "F16:bomb", "F16:bom")
def broken_page(emulator: Emulator, get: Get) -> None:
    body = get(emulator.oai_url, **LIST).content
    marks = {"encoding": b"\xef", "doctype": b"<!DOCTYPE", "bomb": b"&j;", "bom": b"\xef\xbb\xbf<?"}
    assert marks[variant(emulator)] in body
    assert variant(emulator) != "encoding" or not is_xml(body)
    assert is_xml(get(emulator.oai_url, **LIST).content)


@seen("F17")
def poisoned(emulator: Emulator, get: Get) -> None:
    assert get(emulator.oai_url, **LIST).status_code == 500
    statuses = {
        one: get(
            emulator.oai_url,
            verb="GetRecord",
            metadataPrefix="arXivRaw",
            identifier=f"oai:arXiv.org:{one}",
        ).status_code
        for one in emulator.oracle.papers()
    }
    bad = [one for one, status in statuses.items() if status != 200]
    assert len(bad) == 1
    assert ask(emulator, get, id_list=bad[0], search_query="").status_code == 500


@seen("F18:middle", "F18:first", "F18:zero")
def empty(emulator: Emulator, get: Get) -> None:
    begin = 20 if variant(emulator) == "middle" else 0
    body = ask(emulator, get, start=begin).content
    assert record_ids(body) == []
    assert (b"totalResults>0<" in body) == (variant(emulator) == "zero")
    assert len(record_ids(ask(emulator, get, start=begin).content)) == 20


@seen("F19")
def short(emulator: Emulator, get: Get) -> None:
    assert [len(record_ids(ask(emulator, get).content)) for _ in range(2)] == [10, 20]


@seen("F20:grow", "F20:shrink")
def moving(emulator: Emulator, get: Get) -> None:
    def total(begin: int) -> int:
        root = ET.fromstring(ask(emulator, get, start=begin).content)
        return int(root.findtext("{http://a9.com/-/spec/opensearch/1.1/}totalResults") or 0)

    assert total(20) - total(0) == (3 if variant(emulator) == "grow" else -3)


@seen("F21")
def repeated(emulator: Emulator, get: Get) -> None:
    first = record_ids(ask(emulator, get, sortBy="submittedDate").content)
    second = record_ids(ask(emulator, get, start=20).content)
    assert len(second) == 20
    assert len(set(first) & set(second)) >= 1


@seen("F22")
def inserted(emulator: Emulator, get: Get) -> None:
    before = set(emulator.oracle.papers())
    first = record_ids(ask(emulator, get).content)
    second = record_ids(ask(emulator, get, start=20).content)
    assert second[0] == first[-1]
    added = set(emulator.oracle.papers()) - before
    assert record_ids(ask(emulator, get).content)[0] in added


@seen("F23")
def touched(emulator: Emulator, get: Get) -> None:
    everything = set(emulator.oracle.papers(modified_since=FRIDAY))
    emulator.clock.advance(minutes=5)
    found = harvest(get, emulator.oai_url, from_="2026-10-09")
    assert len(everything - set(found)) == 1
    assert len(found) == len(everything)  # one is lost, one comes twice
    assert set(harvest(get, emulator.oai_url, from_="2026-10-09")) == everything


@seen("F24:expired", "F24:loop")
def lost_token(emulator: Emulator, get: Get) -> None:
    token = ET.fromstring(get(emulator.oai_url, **LIST).content).findtext(
        f".//{OAI}resumptionToken"
    )
    page = ET.fromstring(get(emulator.oai_url, verb="ListRecords", resumptionToken=token).content)
    if variant(emulator) == "loop":
        assert page.findtext(f".//{OAI}resumptionToken") == token
    else:
        assert error_code(page) == "badResumptionToken"


@seen("F25")
def cached(emulator: Emulator, get: Get) -> None:
    def code() -> str:
        return error_code(ET.fromstring(get(emulator.oai_url, **LIST).content))

    assert (code(), code()) == ("noRecordsMatch", "noRecordsMatch")
    emulator.clock.advance(hours=15)
    assert code() == ""


@seen("F26")
def stale(emulator: Emulator, get: Get) -> None:
    emulator.faults.clear()
    emulator.clock.set(announced(date(2026, 10, 8)) + timedelta(hours=9))
    yesterday = get(f"{emulator.rss_url}/cs.LG")
    emulator.clock.set(announced(FRIDAY) + timedelta(hours=5))
    emulator.faults.set("F26")
    today = get(f"{emulator.rss_url}/cs.LG")
    assert record_ids(today.content) == record_ids(yesterday.content) != []
    assert "<pubDate>Fri, 09 Oct 2026 00:00:00 -0400</pubDate>" in today.text
    emulator.clock.advance(days=1)
    assert record_ids(get(f"{emulator.rss_url}/cs.LG").content) == []


@seen("F27")
def overfull(emulator: Emulator, get: Get) -> None:
    emulator.faults.set(Rule("F27", arguments={"day": FRIDAY}))
    body = get(f"{emulator.rss_url}/cs.LG").text
    assert body.count("<item>") == 2000
    kinds = [body.count(f"type>{kind}<") for kind in ("replace-cross", "replace", "cross", "new")]
    assert kinds[0] >= 600
    assert kinds[1] >= 800
    assert kinds[2] >= 500
    assert kinds[3] <= 100
    assert len(emulator.oracle.new(FRIDAY, ["cs.LG"])) >= 1200


@seen("F28")
def deferred(emulator: Emulator, get: Get) -> None:
    monday_id = emulator.corpus.announce(MONDAY)
    emulator.corpus.announce(TUESDAY)
    emulator.faults.set("F28")
    emulator.clock.set(announced(MONDAY) + timedelta(hours=9))
    assert record_ids(get(f"{emulator.rss_url}/cs.LG").content) == []
    assert harvest(get, emulator.oai_url, from_="2026-10-12") == []
    emulator.clock.advance(days=1)
    assert monday_id in record_ids(get(f"{emulator.rss_url}/cs.LG").content)
    assert len(emulator.oracle.new(TUESDAY)) == 2


@seen("F29:error", "F29:empty")
def missing(emulator: Emulator, get: Get) -> None:
    first = get(f"{emulator.rss_url}/cs.LG")
    assert first.status_code == (400 if variant(emulator) == "error" else 200)
    assert record_ids(first.content) == []
    assert record_ids(get(f"{emulator.rss_url}/cs.AI").content)
    assert record_ids(get(f"{emulator.rss_url}/cs.LG").content) == []
    emulator.clock.advance(hours=2)
    assert record_ids(get(f"{emulator.rss_url}/cs.LG").content)


@seen("F30")
def lagging(emulator: Emulator, get: Get) -> None:
    ids = sorted(emulator.oracle.new(FRIDAY))
    params = {"id_list": ",".join(ids), "max_results": 100}
    some = record_ids(get(emulator.api_url, **params).content)
    assert 0 < len(some) < len(ids)
    assert set(ids) <= set(harvest(get, emulator.oai_url))
    emulator.clock.advance(days=1)
    assert sorted(record_ids(get(emulator.api_url, **params).content)) == ids


@seen("F31")
def held(emulator: Emulator, get: Get) -> None:
    emulator.faults.set("F31")
    emulator.clock.set(announced(MONDAY) + timedelta(hours=9))
    new = emulator.oracle.new(MONDAY)
    papers = emulator.oracle.papers()
    assert len(new) == 3
    for one in new:
        assert announced(MONDAY) - papers[one].versions[0][1] >= timedelta(days=13)
    assert set(record_ids(get(f"{emulator.rss_url}/cs.LG").content)) == new


@seen("F32")
def revised(emulator: Emulator, get: Get) -> None:
    emulator.faults.set("F32")
    emulator.clock.set(announced(MONDAY) + timedelta(hours=9))
    actions = {row.action.value for row in emulator.oracle.announcements(MONDAY, MONDAY)}
    assert actions == {"replace", "absonly"}
    emulator.clock.advance(days=30)
    most = max(emulator.oracle.papers().values(), key=lambda paper: len(paper.versions))
    assert [number for number, _ in most.versions] == list(range(1, 13))
    assert most.arxiv_id in harvest(get, emulator.oai_url, from_="2026-10-20")


@seen("F33")
def withdrawn(emulator: Emulator, get: Get) -> None:
    before = {one for one, paper in emulator.oracle.papers().items() if paper.withdrawn}
    emulator.faults.set("F33")
    emulator.clock.set(announced(MONDAY) + timedelta(hours=9))

    def now_withdrawn() -> set[str]:
        found = {one for one, paper in emulator.oracle.papers().items() if paper.withdrawn}
        return found - before

    gone = now_withdrawn()
    body = get(emulator.oai_url, from_="2026-10-12", **LIST).text
    assert len(gone) == 3
    assert body.count("<source_type>I</source_type>") == 1
    assert body.count("<size>0kb</size>") == 2
    assert body.count("has been withdrawn") == 3
    emulator.clock.advance(days=1)
    assert len(now_withdrawn()) == 2


@seen("F34")
def not_found(emulator: Emulator, get: Get) -> None:
    known = sorted(emulator.oracle.papers())[0]
    answer = get(emulator.api_url, id_list=f"2610.99999,{known}")
    assert record_ids(answer.content) == [known]


@seen("F35:status", "F35:legacy")
def error_entry(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert answer.status_code == (200 if variant(emulator) == "legacy" else 400)
    assert "<title>Error</title>" in answer.text
    assert "<published>" not in answer.text


@seen(*(f"F36:{name}" for name in FAULTS["F36"].variants))
def redirected(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    target = answer.headers["Location"]
    assert answer.status_code == 301
    starts = {
        "once": f"{emulator.url}/moved/api/query?",
        "https": "https://127.0.0.1",
        "loop": "/api/query?",
        "elsewhere": "http://127.0.0.2:9/",
        "nowhere": "",
    }
    assert target.startswith(starts[variant(emulator)])
    if variant(emulator) == "once":
        assert get(target).content == ask(emulator, get).content


@seen("F37")
def edges(emulator: Emulator, get: Get) -> None:
    emulator.faults.set("F37")
    emulator.clock.set(announced(MONDAY) + timedelta(hours=9))
    assert len(emulator.oracle.new(MONDAY)) == 4
    emulator.clock.advance(days=1)
    assert len(emulator.oracle.new(TUESDAY)) == 1


@seen("F38:claimed", "F38:corrupt", "F38:unknown")
def encoded(emulator: Emulator, get: Get) -> None:
    with requests.get(emulator.api_url, params=QUERY, timeout=5, stream=True) as answer:
        raw = answer.raw.read(decode_content=False)
        assert answer.headers["Content-Encoding"] == (
            "x-unknown" if variant(emulator) == "unknown" else "gzip"
        )
    with pytest.raises(
        (gzip.BadGzipFile, EOFError, OSError, ValueError, ArithmeticError)
    ) as caught:
        gzip.decompress(raw)
    assert caught


@seen("F39")
def mislabelled(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert is_xml(answer.content)


# Rules


def test_a_rule_says_where_and_when(start: Start, get: Get) -> None:
    emulator = start(Rule("F4", view="api", path="start=20", nth=2, times=2))
    statuses = [ask(emulator, get, start=begin).status_code for begin in (20, 0, 20, 20, 20)]
    assert statuses == [200, 200, 500 + 3, 503, 200]
    assert get(emulator.oai_url, **LIST).status_code == 200
    assert emulator.faults.rules[0][1] == 2


def test_every_nth_answer_is_spoiled(start: Start, get: Get) -> None:
    emulator = start(Rule("F1", every=3, times=0))
    assert [ask(emulator, get).status_code for _ in range(6)] == [429, 200, 200, 429, 200, 200]


def test_weather_is_the_same_for_the_same_seed(start: Start, get: Get) -> None:
    def run(seed: int) -> list[str]:
        emulator = start(weather(0.3), seed=seed, corpus=corpus)
        for _ in range(25):
            with suppress(requests.RequestException):
                get(emulator.oai_url, verb="ListIdentifiers", metadataPrefix="arXiv")
            if emulator.log.requests[-1].fault == "F8:refuse":
                time.sleep(0.25)
        return [row.fault for row in emulator.log.requests]

    corpus = make_corpus(days=1)

    first = run(1)
    assert first == run(1) != run(2)
    assert 3 <= sum(map(bool, first)) <= 15


def test_weather_may_be_of_chosen_faults(start: Start, get: Get) -> None:
    emulator = start(weather(1.0, of=("F1", "F4")))
    for _ in range(12):
        ask(emulator, get)
    kinds = {row.fault.partition(":")[0] for row in emulator.log.requests}
    assert kinds == {"F1", "F4"}


@pytest.mark.parametrize("bad", ["F41", "F9:zip", "F1:gzip", ""])
def test_a_fault_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"fault|variant"):
        Rule(bad)


def test_the_catalogue_is_the_references() -> None:
    assert [fault.number for fault in FAULTS.values()] == list(range(1, 41))
    assert all(fault.meaning and fault.views <= frozenset(View) for fault in FAULTS.values())


def test_faults_about_histories_need_papers_and_say_so(start: Start) -> None:
    emulator = start(corpus=make_corpus(known=0, days=1, new=2, replaced=0))
    with pytest.raises(ValueError, match="are needed"):
        emulator.faults.set(Rule("F33", arguments={"day": "2026-10-05"}))
