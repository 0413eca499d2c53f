"""Nothing in the emulator's answers that arXiv's recorded ones have not: a made-up corpus.

Elements with their namespaces and places, attributes with their values where these
are always the same.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import OAI, pages

pytestmark = pytest.mark.shared

VARIABLE = frozenset(
    {"href", "term", "version", "code", "identifier", "expirationDate"}
) | frozenset({"verb", "metadataPrefix", "from", "until", "set", "resumptionToken"})
"""Attributes whose values are about the answer, not its form."""

NEVER_RECORDED = {
    "acm-class": ("arXivRaw", "arXivOld", "arXiv"),
    "report-no": ("arXivRaw", "arXivOld"),
    "affiliation": ("arXiv",),
    "suffix": ("arXiv",),
}
"""Elements of no recorded record, in these formats; the reference page has them."""


def shapes(root: ET.Element) -> set[str]:
    """Every element: its way from the root, its attributes, and their values if fixed."""

    def walk(element: ET.Element, way: str) -> Iterable[str]:
        attributes = ",".join(
            name if name in VARIABLE else f"{name}={value}"
            for name, value in sorted(element.attrib.items())
        )
        # A record is the same thing in both answers.
        tag = element.tag.replace(f"{OAI}GetRecord", f"{OAI}ListRecords")
        here = f"{way}/{tag}[{attributes}]"
        yield here
        for child in element:
            yield from walk(child, here)

    return set(walk(root, ""))


def recorded(shared: Path, folder: str) -> set[str]:
    paths = (shared / "arxiv" / "fixtures" / folder).glob("*.xml")
    return {row for path in paths for row in shapes(ET.parse(path).getroot())}


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
@pytest.mark.parametrize("prefix", ["arXivRaw", "arXivOld", "arXiv", "oai_dc"])
def test_oai_says_nothing_in_a_form_of_its_own(
    prefix: str, verb: str, shared: Path, start: Start, get: Get
) -> None:
    emulator = start(records_per_page=50, identifiers_per_page=50)
    known = recorded(shared, "oai")
    asked = {"verb": verb, "metadataPrefix": prefix, "from_": "2026-10-01", "until": "2026-10-09"}
    answers = list(pages(get, emulator.oai_url, **asked))
    said = {row for page in answers for row in shapes(page)}
    assert len(answers) > 2
    assert len(said) > (10 if verb == "ListRecords" else 6)
    odd = {row.rpartition("}")[2].removesuffix("[]") for row in said - known}
    allowed = {name for name, prefixes in NEVER_RECORDED.items() if prefix in prefixes}
    # The last of several pages ends with an empty token, without a date.
    assert odd <= allowed | {"resumptionToken"}


def test_the_query_api_says_nothing_in_a_form_of_its_own(
    shared: Path, start: Start, get: Get
) -> None:
    emulator = start()
    asked = [{"search_query": f"cat:{name}.*", "max_results": 500} for name in ("cs", "math")]
    said = {
        row
        for params in [*asked, {"id_list": "nonsense"}, {"id_list": "0000.0000"}]
        for row in shapes(ET.fromstring(get(emulator.api_url, **params).content))
    }
    assert said <= recorded(shared, "api")
    assert any("affiliation" in row for row in said)
    assert any("title=doi" in row for row in said)


@pytest.mark.parametrize("query", ["cs", "math+stat", "cs.LG+cs.AI", "hep-th", "nope", "cs.NOPE"])
def test_the_feeds_say_nothing_in_a_form_of_their_own(
    query: str, shared: Path, start: Start, get: Get
) -> None:
    emulator = start()
    known = recorded(shared, "rss")
    for url in (emulator.rss_url, emulator.atom_url):
        said = shapes(ET.fromstring(get(f"{url}/{query}").content))
        # A feed of several categories is one of one category, with another link.
        assert len(said) > 5
        assert said <= known
