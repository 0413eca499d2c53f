"""The query API as it writes now, and as it did until 2025-10."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.arxiv_emulator import every_fault, make_corpus
from tests.arxiv_emulator.bodies import record_ids
from tests.arxiv_emulator.program import Program
from tests.arxiv_emulator_tests.checks import ask
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import ARXIV, ATOM, OPENSEARCH


def test_the_eras_differ_in_what_the_reference_says(start: Start, get: Get) -> None:
    asked = {"search_query": "cat:cs.*", "max_results": 200}
    now, old = (start(corpus=make_corpus(), era=era) for era in ("now", "2025-10"))
    answers = [ET.fromstring(get(one.api_url, **asked).content) for one in (now, old)]
    totals = [root.findtext(f"{OPENSEARCH}totalResults") for root in answers]
    assert totals[0] == totals[1]
    assert [root.find(f"{ATOM}link").attrib.get("rel") for root in answers] == [None, "self"]
    assert answers[0].findtext(f"{ATOM}updated") == "2026-10-09T09:00:00Z"
    assert answers[1].findtext(f"{ATOM}updated") == "2026-10-09T00:00:00-04:00"
    longest = [
        max(
            len(line)
            for one in root.iter(f"{ATOM}summary")
            for line in (one.text or "").split("\n")
        )
        for root in answers
    ]
    assert longest[1] <= 79 < longest[0]
    schemes = [
        {one.attrib.get("scheme") for one in root.iter(f"{ARXIV}primary_category")}
        for root in answers
    ]
    assert schemes == [{None}, {"http://arxiv.org/schemas/atom"}]
    ids = [[one.findtext(f"{ATOM}id") for one in root.iter(f"{ATOM}entry")] for root in answers]
    assert ids[0] == ids[1]
    nothing = [ET.fromstring(get(one.api_url, id_list="0000.0000").content) for one in (now, old)]
    assert [root.findtext(f"{OPENSEARCH}itemsPerPage") for root in nothing] == ["10", "0"]


@pytest.mark.parametrize("code", [code for code in every_fault() if code[:4] in {"F15:", "F16:"}])
def test_faults_inside_a_body_find_their_records_in_either_era(
    code: str, start: Start, get: Get
) -> None:
    emulator = start(era="2025-10")
    right = ask(emulator, get).content
    emulator.faults.set(code)
    spoiled = ask(emulator, get).content
    if code == "F15:token":  # the API has none
        assert spoiled == right
    else:
        assert spoiled != right
        assert set(record_ids(spoiled)) <= set(record_ids(right)) != set()


def test_the_program_speaks_either_era(get: Get) -> None:
    for era in ("now", "2025-10"):
        with Program("--era", era, "--size", "small") as program:
            answer = get(program.api_url, id_list="2610.00001").text
            assert answer.count("<entry>") == 1
            assert ('rel="self"' in answer) is (era == "2025-10")
