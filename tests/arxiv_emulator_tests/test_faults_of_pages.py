"""Faults of what a page says and of what happens to papers (F18-F35, F37)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest

from tests.arxiv_emulator import Emulator, Rule, every_fault
from tests.arxiv_emulator.bodies import record_ids
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator_tests.checks import (
    LIST,
    ask,
    is_on_the_way,
    see,
    seen,
    variant,
)
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import OAI, error_code, harvest

FRIDAY = date(2026, 10, 9)
MONDAY = date(2026, 10, 12)
TUESDAY = date(2026, 10, 13)


@pytest.mark.parametrize("code", [code for code in every_fault() if not is_on_the_way(code)])
def test_a_fault_of_a_page_is_seen_as_the_reference_says(code: str, start: Start, get: Get) -> None:
    see(code, start, get)


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


def test_a_stale_batch_may_spare_a_twin(start: Start, get: Get) -> None:
    emulator = start()
    right = {url: get(url).content for url in twins(emulator)}
    for spared in ("atom", "rss"):
        emulator.faults.clear()
        emulator.faults.set(Rule("F26", arguments={"spare": spared}))
        fresh = {url for url in right if get(url).content == right[url]}
        assert fresh == {f"{emulator.url}/{spared}/cs.LG"}


def twins(emulator: Emulator) -> tuple[str, str]:
    return f"{emulator.rss_url}/cs.LG", f"{emulator.atom_url}/cs.LG"


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
    known = sorted(emulator.oracle.papers())[:30]

    def found(*asked: str, **more: object) -> list[str]:
        answer = get(emulator.api_url, id_list=",".join(asked), **more)
        assert answer.status_code == 200
        return sorted(record_ids(answer.content))

    # Unknown papers and versions are silently left out.
    assert found("2610.99999", known[0], f"{known[1]}v99") == [known[0]]
    # Ten results by default, however many identifiers.
    assert len(found(*known)) == 10
    assert found(*known, max_results=30) == known
    # One that is none refuses all of them.
    refused = get(emulator.api_url, id_list=f"{known[0]},nonsense,{known[1]}")
    assert refused.status_code == 400
    assert record_ids(refused.content) == []
    assert "incorrect id format for nonsense" in refused.text


@seen("F35:status", "F35:legacy")
def error_entry(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert answer.status_code == (200 if variant(emulator) == "legacy" else 400)
    assert "<title>Error</title>" in answer.text
    assert "<published>" not in answer.text


@seen("F37")
def edges(emulator: Emulator, get: Get) -> None:
    emulator.faults.set("F37")
    emulator.clock.set(announced(MONDAY) + timedelta(hours=9))
    assert len(emulator.oracle.new(MONDAY)) == 4
    emulator.clock.advance(days=1)
    assert len(emulator.oracle.new(TUESDAY)) == 1
