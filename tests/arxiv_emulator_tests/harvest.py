"""The simplest client that loses nothing while nothing goes wrong."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from tests.arxiv_emulator_tests.conftest import Get

OAI = "{http://www.openarchives.org/OAI/2.0/}"
RAW = "{http://arxiv.org/OAI/arXivRaw/}"
ATOM = "{http://www.w3.org/2005/Atom}"
ARXIV = "{http://arxiv.org/schemas/atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
DC = "{http://purl.org/dc/elements/1.1/}"


def pages(get: Get, url: str, **params: object) -> Iterator[ET.Element]:
    """The pages of a list request."""
    verb = params.setdefault("verb", "ListRecords")
    params.setdefault("metadataPrefix", "arXivRaw")
    while True:
        page = ET.fromstring(get(url, **params).content)
        yield page
        token = page.findtext(f".//{OAI}resumptionToken")
        if not token:
            return
        params = {"verb": verb, "resumptionToken": token}


def harvest(get: Get, url: str, **params: object) -> list[str]:
    """The identifiers of a list request, in order."""
    return [
        (found.text or "").removeprefix("oai:arXiv.org:")
        for page in pages(get, url, **params)
        for found in page.iter(f"{OAI}identifier")
    ]


def error_code(page: ET.Element) -> str:
    """The code of an OAI error, "" for none."""
    error = page.find(f"{OAI}error")
    return "" if error is None else error.attrib["code"]
