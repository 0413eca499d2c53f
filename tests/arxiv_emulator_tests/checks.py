"""How each fault is seen: one check for each of its variants, gathered by ``seen``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import requests

from tests.arxiv_emulator import FAULTS, Emulator
from tests.arxiv_emulator_tests.conftest import Get, Start

QUERY: dict[str, Any] = {"search_query": "cat:cs.LG", "sortBy": "submittedDate", "max_results": 20}
LIST = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}

Seen = Callable[[Emulator, Get], None]
_SEEN: dict[str, Seen] = {}


def seen(*codes: str) -> Callable[[Seen], Seen]:
    """Mark the check of these faults."""

    def note(check: Seen) -> Seen:
        _SEEN.update(dict.fromkeys(codes, check))
        return check

    return note


def see(code: str, start: Start, get: Get) -> None:
    """Check a fault; one that has no check fails here."""
    fault = FAULTS[code.partition(":")[0]]
    emulator = start(records_per_page=30) if fault.prepare else start(code, records_per_page=30)
    _SEEN[code](emulator, get)
    struck = {row.fault for row in emulator.log.requests} - {""}
    assert struck == ({code} if fault.spoil else set())


def is_on_the_way(code: str) -> bool:
    """Whether a fault spoils the way here or a body, not what is said."""
    number = FAULTS[code.partition(":")[0]].number
    return number <= 17 or number in {36, 38, 39, 40}


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
