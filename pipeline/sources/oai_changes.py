"""The names of what changed, without the records: OAI-PMH's ``ListIdentifiers``.

A page of it holds 20,000 identifiers, so that a week of a set is one answer and no
moving order can hide one. It tells what a harvest should have brought.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.oai_xml import PageError, RefusalError, read_headers

if TYPE_CHECKING:
    from datetime import date

    from pipeline.sources.http import HttpClient
    from pipeline.sources.oai_record import Header

SOURCE = "oai"
"""Who asks, in errors and in the ledger."""

_PAGE_TRIES = 3


def list_changes(
    client: HttpClient, *, oai_url: str, set_name: str, since: date, until: date | None = None
) -> tuple[Header, ...]:
    """What changed in a set from ``since`` to ``until`` (UTC days, both included), by name.

    Raises:
        SourceError: arXiv does not answer, or not with identifiers.
    """
    headers: dict[str, Header] = {}
    question = {
        "verb": "ListIdentifiers",
        "metadataPrefix": "arXivRaw",
        "from": str(since),
        **({"until": str(until)} if until else {}),
        "set": set_name,
    }
    led: set[str] = set()
    while True:
        found, token = _ask(client, oai_url, question)
        headers.update((header.arxiv_id, header) for header in found)
        if not token:
            return tuple(headers.values())
        if token in led:
            raise SourceError(SOURCE, "the names of what changed lead in circles")
        led.add(token)
        question = {"verb": "ListIdentifiers", "resumptionToken": token}


def _ask(
    client: HttpClient, oai_url: str, question: dict[str, str]
) -> tuple[tuple[Header, ...], str]:
    problem = ""
    for _ in range(_PAGE_TRIES):
        try:
            return read_headers(client.get(oai_url, question, source=SOURCE).body)
        except RefusalError as error:
            if error.code == "noRecordsMatch":
                return (), ""
            raise SourceError(SOURCE, f"arXiv refuses to name what changed ({error})") from error
        except PageError as error:
            problem = str(error)
    raise SourceError(SOURCE, f"what changed cannot be named: {problem} ({_PAGE_TRIES} tries)")
