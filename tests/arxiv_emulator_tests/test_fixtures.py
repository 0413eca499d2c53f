"""The emulator against arXiv's recorded answers: the same XML, not only a similar one."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.arxiv_emulator import (
    Action,
    Author,
    Change,
    Corpus,
    Paper,
    Texts,
    Version,
    View,
)
from tests.arxiv_emulator.answers import Request
from tests.arxiv_emulator.clock import Clock
from tests.arxiv_emulator.rss import Rss
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import ATOM, OAI
from tests.arxiv_emulator_tests.recorded_answers import paper_of_entry, paper_of_raw

pytestmark = pytest.mark.shared

OAI_RECORDED = datetime(2026, 11, 22, 7, 50, 50, tzinfo=UTC)
RSS_RECORDED = datetime(2026, 11, 22, 7, 27, 6, tzinfo=UTC)

ERRORS = {
    "error_badVerb": {"verb": "ListThings"},
    "error_badResumptionToken": {"verb": "ListRecords", "resumptionToken": "xyz"},
    "error_badArgument_set": {"verb": "ListRecords", "metadataPrefix": "arXiv", "set": "cs.LG"},
    "error_badArgument_fromTooEarly": {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "from_": "2005-09-15",
    },
    "error_cannotDisseminateFormat": {"verb": "ListRecords", "metadataPrefix": "marc"},
    "error_idDoesNotExist": {
        "verb": "GetRecord",
        "identifier": "oai:arXiv.org:2509.99999",
        "metadataPrefix": "arXiv",
    },
    "error_noRecordsMatch": {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "from_": "2026-01-01",
    },
    "ListMetadataFormats": {"verb": "ListMetadataFormats"},
    "ListSets": {"verb": "ListSets"},
}

RECORDS = (
    "arXivRaw_0806.4129",
    "arXivOld_0806.4129",
    "arXiv_0806.4129",
    "oai_dc_0806.4129",
    "arXivRaw_withdrawn_I_0901.3666",
    "arXivRaw_withdrawn_0906.3336",
    "arXiv_withdrawn_0906.3336",
)
ONE_PAGE = "ListRecords_arXivRaw_onepage"
PAGES = (
    "ListRecords_arXiv_page1_limit3",
    "ListRecords_arXiv_page2_limit3",
    "ListIdentifiers_arXiv_limit5",
)
BY_IDENTIFIER = (
    "id_0000.0000",
    "id_0808.05394_1707.08567",
    "id_0808.05394",
    "id_1605.08386",
    "id_1707.08567",
    "id_2104.12255v1",
    "id_abc",
    "id_astro-ph_0601001",
    "id_quant-ph_0201082v1",
)
SEARCHES = (
    "q_testing_s0_m10",
    "q_testing_s0_m15",
    "q_testing_s0_m100",
    "q_testing_s5_m10",
    "q_testing_s5_m15",
    "q_testing_s9_m15",
    "q_testing_s10_m10",
    "q_testing_s20_m10",
    "q_testing_s30_m10",
    "q_testing_s40_m10",
    "q_testing_s50_m10",
)
FEEDS = {
    "rss_empty_cs.LG+stat.ML": "rss/cs.LG+stat.ML",
    "rss_error_bad_archive": "rss/foo",
    "rss_error_bad_category": "rss/cs.NOPE",
    "atom_empty_cs.LG": "atom/cs.LG",
    "rss_math": "rss/math",
    "atom_math": "atom/math",
}
OLD_VERSION = "rss_error_version"
USED = {
    *(f"oai/{name}.xml" for name in (*ERRORS, "Identify", ONE_PAGE, *PAGES)),
    *(f"oai/GetRecord_{name}.xml" for name in RECORDS),
    *(f"api/{name}_s0_m100.xml" for name in BY_IDENTIFIER),
    *(f"api/{name}.xml" for name in SEARCHES),
    *(f"rss/{name}.xml" for name in (*FEEDS, OLD_VERSION)),
    "api/index.json",
}
"""What the tests of this file hold the emulator against; ``test_old_fixtures`` has the rest."""


def canonical(body: bytes | str) -> str:
    return ET.canonicalize(body, strip_text=True)


def elements(root: ET.Element) -> list[str]:
    """Every element with its way from the root and the names of its attributes."""

    def walk(element: ET.Element, way: str) -> list[str]:
        here = f"{way}/{element.tag}[{','.join(sorted(element.attrib))}]"
        return [here, *(row for child in element for row in walk(child, here))]

    return walk(root, "")


def without(body: bytes | str, *patterns: str) -> str:
    text = body.decode() if isinstance(body, bytes) else body
    for pattern in patterns:
        text = re.sub(pattern, "", text)
    return text


@pytest.fixture
def fixtures(shared: Path) -> Path:
    return shared / "arxiv" / "fixtures"


@pytest.mark.parametrize("name", ERRORS)
def test_oai_answers_without_records_are_the_recorded_ones(
    fixtures: Path, start: Start, get: Get, name: str
) -> None:
    emulator = start(corpus=Corpus(), now=OAI_RECORDED)
    answer = get(emulator.oai_url, **ERRORS[name])
    recorded = (fixtures / "oai" / f"{name}.xml").read_text(encoding="utf-8")
    assert answer.status_code == 200
    assert canonical(answer.content) == canonical(recorded)


def test_identify_has_the_recorded_elements(fixtures: Path, start: Start, get: Get) -> None:
    emulator = start(corpus=Corpus(), now=OAI_RECORDED)
    answer = ET.fromstring(get(emulator.oai_url, verb="Identify").content)
    recorded = ET.parse(fixtures / "oai" / "Identify.xml").getroot()
    assert elements(answer) == elements(recorded)


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_in_every_format_is_the_recorded_one(
    fixtures: Path, start: Start, get: Get, name: str
) -> None:
    recorded = (fixtures / "oai" / f"GetRecord_{name}.xml").read_text(encoding="utf-8")
    arxiv_id = name.rpartition("_")[2]
    raw = name if "Raw" in name else f"arXivRaw_{name.partition('_')[2].removeprefix('dc_')}"
    record = ET.parse(fixtures / "oai" / f"GetRecord_{raw}.xml").find(f".//{OAI}record")
    assert record is not None
    datestamp = record.find(f".//{OAI}datestamp")
    assert datestamp is not None
    if updated := re.search("<updated>(.*?)</updated>", recorded):
        datestamp.text = updated[1]  # the true day, where the datestamp is recorded as 1970
    emulator = start(corpus=Corpus([paper_of_raw(record)]), now=OAI_RECORDED)
    prefix = "oai_dc" if name.startswith("oai_dc") else name.partition("_")[0]
    answer = get(
        emulator.oai_url,
        verb="GetRecord",
        identifier=f"oai:arXiv.org:{arxiv_id}",
        metadataPrefix=prefix,
    )
    odd = r"<datestamp>.*?</datestamp>" if "0906" in name else "$^"
    assert canonical(without(answer.content, odd)) == canonical(without(recorded, odd))


def test_a_page_of_raw_records_is_the_recorded_one(fixtures: Path, start: Start, get: Get) -> None:
    recorded = (fixtures / "oai" / f"{ONE_PAGE}.xml").read_text(encoding="utf-8")
    papers = [paper_of_raw(record) for record in ET.fromstring(recorded).iter(f"{OAI}record")]
    emulator = start(corpus=Corpus(papers), now=OAI_RECORDED)
    answer = get(
        emulator.oai_url,
        verb="ListRecords",
        metadataPrefix="arXivRaw",
        from_="2020-01-01",
        until="2023-12-31",
    )
    assert canonical(answer.content) == canonical(recorded)


def test_pages_and_tokens_are_laid_out_like_the_recorded_ones(
    fixtures: Path, start: Start, get: Get
) -> None:
    emulator = start(records_per_page=3, identifiers_per_page=5)
    params = {"verb": "ListRecords", "metadataPrefix": "arXiv", "from_": "2026-10-05"}
    first = ET.fromstring(get(emulator.oai_url, **params).content)
    token = first.findtext(f".//{OAI}resumptionToken")
    second = ET.fromstring(get(emulator.oai_url, verb="ListRecords", resumptionToken=token).content)
    listed = ET.fromstring(get(emulator.oai_url, **{**params, "verb": "ListIdentifiers"}).content)
    for page, name in zip((first, second, listed), PAGES, strict=True):
        recorded = ET.parse(fixtures / "oai" / f"{name}.xml").getroot()
        optional = re.compile(
            "setSpec|affiliation|suffix|comments|-class|doi|-ref|report|forenames"
        )
        kept = {row for row in elements(recorded) if not optional.search(row)}
        found = {row for row in elements(page) if not optional.search(row)}
        # "until" was asked for there.
        assert {row.replace(",until", "") for row in kept} == found


@pytest.mark.parametrize("name", BY_IDENTIFIER)
def test_api_answers_by_identifier_are_the_recorded_ones(
    fixtures: Path, start: Start, get: Get, name: str
) -> None:
    path = fixtures / "api" / f"{name}_s0_m100.xml"
    recorded = ET.parse(path).getroot()
    papers = [
        paper_of_entry(entry)
        for entry in recorded.iter(f"{ATOM}entry")
        if entry.find(f"{ATOM}published") is not None
    ]
    stamp = datetime.fromisoformat(recorded.findtext(f"{ATOM}updated") or "")
    emulator = start(corpus=Corpus(papers), now=stamp)
    asked = name.removeprefix("id_")
    ids = asked.replace("-ph_", "-ph/").replace("_", ",")
    answer = get(emulator.api_url, search_query="", id_list=ids, start=0, max_results=100)
    (row,) = (
        row
        for row in json.loads((fixtures / "api" / "index.json").read_text(encoding="utf-8"))
        if row["file"] == path.name
    )
    assert answer.status_code == row["status"]
    # The recording client also asked for the default order, which an answer does not repeat.
    whole = get(f"{emulator.api_url}?{urlsplit(row['url']).query}")
    assert (whole.status_code, whole.content) == (answer.status_code, answer.content)
    assert canonical(answer.content) == canonical(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SEARCHES)
def test_every_recorded_entry_of_the_api_is_written_the_same(
    fixtures: Path, start: Start, get: Get, name: str
) -> None:
    recorded = ET.parse(fixtures / "api" / f"{name}.xml").getroot()
    entries = recorded.findall(f"{ATOM}entry")
    emulator = start(
        corpus=Corpus(map(paper_of_entry, entries)), now=datetime(2026, 6, 1, tzinfo=UTC)
    )
    ids = [(entry.findtext(f"{ATOM}id") or "").partition("/abs/")[2] for entry in entries]
    answer = ET.fromstring(
        get(emulator.api_url, id_list=",".join(ids), max_results=len(ids)).content
    )
    ours = {one.findtext(f"{ATOM}id"): one for one in answer.findall(f"{ATOM}entry")}
    assert len(ours) == len(entries)
    for entry in entries:
        one = ours[entry.findtext(f"{ATOM}id")]
        assert canonical(ET.tostring(one)) == canonical(ET.tostring(entry))


@pytest.mark.parametrize("name", FEEDS)
def test_feeds_are_the_recorded_ones(fixtures: Path, start: Start, get: Get, name: str) -> None:
    emulator = start(corpus=_math_corpus(fixtures), now=RSS_RECORDED)
    answer = get(f"{emulator.url}/{FEEDS[name]}")
    recorded = (fixtures / "rss" / f"{name}.xml").read_text(encoding="utf-8")
    assert answer.status_code == (400 if "error" in name else 200)
    fraction = r"(?<=07:27:06)\.\d+"
    assert canonical(without(answer.content, fraction)) == canonical(without(recorded, fraction))


def test_a_feed_of_an_old_version_is_refused_in_the_recorded_words(fixtures: Path) -> None:
    """The emulator has no old versions; its refusals are arXiv's, whatever the reason."""
    recorded = (fixtures / "rss" / f"{OLD_VERSION}.xml").read_text(encoding="utf-8")
    said = ET.fromstring(recorded).findtext("channel/description") or ""
    request = Request(number=1, view=View.RSS, method="GET", path="/rss/cs.LG", query={})
    answer = Rss(Corpus(), Clock(RSS_RECORDED)).error(request, said)
    assert answer.status == 400
    assert canonical(answer.body) == canonical(recorded)


def _math_corpus(fixtures: Path) -> Corpus:
    """The two papers of the recorded feed, announced on the Sunday it was recorded."""
    channel = ET.parse(fixtures / "rss" / "rss_math.xml").getroot()[0]
    papers = []
    for item in channel.findall("item"):
        guid = (item.findtext("guid") or "").removeprefix("oai:arXiv.org:")
        names = {child.tag.rpartition("}")[2]: child.text or "" for child in item}
        categories = tuple(one.text or "" for one in item.findall("category"))
        day = RSS_RECORDED.date()
        new = Change(
            at=datetime(2026, 11, 22, 1, tzinfo=UTC),
            day=day,
            action=Action.NEW,
            version=Version(number=1, submitted=datetime(2026, 11, 20, tzinfo=UTC)),
            categories=categories,
        )
        papers.append(
            Paper(
                arxiv_id=guid.removesuffix("v1"),
                changes=(new,),
                texts=Texts(
                    title=names["title"],
                    abstract=names["description"].partition("Abstract: ")[2],
                    authors=(Author(name=names["creator"]),),
                    dois=tuple(filter(None, [names.get("DOI")])),
                    license=names["rights"],
                ),
            )
        )
    return Corpus(papers)
