"""The emulator against the recorded answers of other times: 2007 (API) and 2014 (OAI-PMH).

The query API of ``era="2025-10"`` is held against the recorded ones of before; the
emulator has no OAI-PMH of 2014, but its records must say all that those say.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.arxiv_emulator import Corpus
from tests.arxiv_emulator_tests import test_fixtures
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import ARXIV, ATOM, OAI, RAW, pages
from tests.arxiv_emulator_tests.recorded_answers import paper_of_entry, paper_of_raw
from tests.arxiv_emulator_tests.test_fixtures import elements

pytestmark = pytest.mark.shared

OLD_RECORDS = {
    "oai-legacy-2014/ListRecords_arXivRaw_first20.xml": 20,
    "oai-legacy-2014/record_withdrawn_example.xml": 1,
}
OLD_PAPER = "api-legacy/query_all_electron_1.xml"
OLD_ERROR = "api-legacy/error_incorrect_id_format_http200.xml"


@pytest.fixture
def fixtures(shared: Path) -> Path:
    return shared / "arxiv" / "fixtures"


def test_no_recorded_answer_is_left_out(fixtures: Path) -> None:
    found = {str(path.relative_to(fixtures)) for path in fixtures.rglob("*") if path.is_file()}
    assert found == {*test_fixtures.USED, *OLD_RECORDS, OLD_PAPER, OLD_ERROR}


@pytest.mark.parametrize("name", OLD_RECORDS)
def test_records_of_2014_say_the_same_today(
    fixtures: Path, start: Start, get: Get, name: str
) -> None:
    recorded = (fixtures / name).read_text(encoding="utf-8")
    if not recorded.startswith("<?xml"):  # a record without the page around it
        recorded = f'<page xmlns="{OAI[1:-1]}">{recorded}</page>'
    old = list(ET.fromstring(recorded).iter(f"{OAI}record"))
    papers = [paper_of_raw(record) for record in old]
    emulator = start(
        corpus=Corpus(papers), records_per_page=7, now=datetime(2026, 6, 1, tzinfo=UTC)
    )
    now = [one for page in pages(get, emulator.oai_url) for one in page.iter(f"{RAW}arXivRaw")]
    said = {rows["id"]: rows for rows in map(sayings, now)}
    assert len(said) == OLD_RECORDS[name]
    for record in old:
        raw = record.find(f".//{RAW}arXivRaw")
        assert raw is not None
        rows = sayings(raw)
        assert said[rows["id"]] == rows


def sayings(raw: ET.Element) -> dict[str, str]:
    """All that a record says: the text of each element, and of each version's."""
    rows = {}
    for element in raw:
        version = element.attrib.get("version", "")
        for one in element.iter():
            if one.text and one.text.strip():
                name = one.tag.removeprefix(RAW)
                text = one.text.replace(", 0", ", ") if name == "date" else one.text
                rows[version + name] = " ".join(text.split())
    return rows


def test_a_paper_of_the_old_query_api_is_written_as_recorded(
    fixtures: Path, start: Start, get: Get
) -> None:
    recorded = ET.parse(fixtures / OLD_PAPER).getroot()
    (entry,) = recorded.iter(f"{ATOM}entry")
    emulator = start(
        corpus=Corpus([paper_of_entry(today(entry))]),
        era="2025-10",
        now=datetime(2007, 10, 8, 17, tzinfo=UTC),
    )
    answer = get(emulator.api_url, search_query="cat:hep-ex", id_list="", start=0, max_results=1)
    root = ET.fromstring(answer.content)
    assert elements(root) == elements(recorded)
    # Its place on the page, in the words of that day.
    for name in ("id", "title"):
        assert (
            root.findtext(ATOM + name, "")
            .partition("?")[0]
            .startswith(recorded.findtext(ATOM + name, "")[:20])
        )
    assert root.findtext(f"{ATOM}updated") == recorded.findtext(f"{ATOM}updated")
    (ours,) = root.iter(f"{ATOM}entry")
    for name in ("title", "summary", "author/name", "category", "link"):
        way = "/".join(ATOM + part for part in name.split("/"))
        mine, theirs = ours.findall(way), entry.findall(way)
        assert [(one.text, one.attrib) for one in mine] == [
            (one.text, one.attrib) for one in theirs
        ]
    for name in ("comment", "journal_ref", "primary_category"):
        mine, theirs = ours.findall(ARXIV + name), entry.findall(ARXIV + name)
        assert [(one.text, one.attrib) for one in mine] == [
            (one.text, one.attrib) for one in theirs
        ]
    # Every extension declares its own name space, and the feed only Atom's.
    text = answer.text
    assert text.count("xmlns:arxiv=") == text.count("<arxiv:") == 3
    assert text.count("xmlns:opensearch=") == text.count("<opensearch:") == 3
    assert "xmlns:" not in text.partition("<link")[0]


def today(entry: ET.Element) -> ET.Element:
    """A recorded entry of 2007 as the emulator's builder knows them: one line, a version, UTC."""
    for name in ("title", "summary"):
        (one,) = entry.findall(ATOM + name)
        one_line = ET.SubElement(entry, ATOM + name)
        one_line.text = " ".join((one.text or "").split())
    copy = ET.fromstring(ET.tostring(entry))
    for name in ("title", "summary"):
        copy.remove(copy.findall(ATOM + name)[0])
        entry.remove(entry.findall(ATOM + name)[1])
    for name in ("published", "updated"):
        (stamp,) = copy.findall(ATOM + name)
        stamp.text = (stamp.text or "").replace("-04:00", "Z")
    (place,) = copy.findall(f"{ATOM}id")
    place.text = f"{place.text}v1"
    return copy


def test_an_error_of_the_old_query_api_is_written_as_recorded(
    fixtures: Path, start: Start, get: Get
) -> None:
    recorded = ET.parse(fixtures / OLD_ERROR).getroot()
    emulator = start(corpus=Corpus(), era="2025-10", now=datetime(2007, 10, 12, 17, tzinfo=UTC))
    answer = get(emulator.api_url, id_list="nonsense")
    root = ET.fromstring(answer.content.replace(b"nonsense", b"1234.12345"))
    assert answer.status_code == 200
    assert elements(root) == elements(recorded)
    for ours, theirs in zip(root.iter(), recorded.iter(), strict=True):
        if ours.tag != f"{ATOM}id" or "errors" in (theirs.text or ""):
            assert (ours.text or "").strip() == (theirs.text or "").strip()
            assert ours.attrib == theirs.attrib
