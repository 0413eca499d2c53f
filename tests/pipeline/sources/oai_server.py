"""arXiv's OAI-PMH on loopback: made-up records, pages, tokens, and pages that break.

``with OaiServer(records) as server`` serves ``server.url``. ``server.poison`` names
records whose page is answered with status 500, as arXiv does for a record it cannot
write; ``server.faults`` and ``server.requests`` are the base's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

from tests.pipeline.sources.server import Fault, LoopbackServer

TODAY = date(2026, 11, 22)
XML_TYPE = {"Content-Type": "text/xml; charset=utf-8"}
V1 = ((1, "Wed, 18 Nov 2026 10:00:00 GMT", "13kb", ""),)

Versions = Sequence[tuple[int, str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A record as the server holds it."""

    arxiv_id: str
    datestamp: date
    xml: str


def raw_xml(
    arxiv_id: str = "2611.00001",
    *,
    title: str = "On $x_1$ & <think>",
    authors: str = "Ada Example, Bob von Muster",
    categories: str = "cs.LG stat.ML",
    abstract: str | None = "  We study, for all $i<j>k$,\nthe <think> tag.\n  And more.\n",
    comments: str | None = None,
    versions: Versions = V1,
    **fields: str,
) -> str:
    """The metadata of a record; ``fields`` are elements, with underscores for hyphens."""
    optional = {"comments": comments, **fields, "abstract": abstract}
    return (
        '<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://arxiv.org/OAI/arXivRaw/ http://arxiv.org/OAI/arXivRaw.xsd">'
        f"<id>{arxiv_id}</id><submitter>Ada Example</submitter>"
        + "".join(
            f'<version version="v{number}"><date>{when}</date><size>{size}</size>'
            + (f"<source_type>{kind}</source_type>" if kind else "")
            + "</version>"
            for number, when, size, kind in versions
        )
        + f"<title>{escape(title)}</title><authors>{escape(authors)}</authors>"
        + f"<categories>{categories}</categories>"
        + "".join(
            f"<{name.replace('_', '-')}>{escape(text)}</{name.replace('_', '-')}>"
            for name, text in optional.items()
            if text is not None
        )
        + "</arXivRaw>"
    )


def record_xml(
    arxiv_id: str = "2611.00001",
    *,
    datestamp: date | str = date(2026, 11, 19),
    sets: Sequence[str] = ("cs:cs:LG", "stat:stat:ML"),
    metadata: str | None = None,
    status: str = "",
    **fields: object,
) -> str:
    """A record; what it does not name is as :func:`raw_xml` makes it."""
    attribute = f' status="{status}"' if status else ""
    if metadata is None:
        metadata = raw_xml(arxiv_id, **fields)  # type: ignore[arg-type] - as raw_xml takes them
    return (
        f"<record><header{attribute}><identifier>oai:arXiv.org:{arxiv_id}</identifier>"
        f"<datestamp>{datestamp}</datestamp>"
        + "".join(f"<setSpec>{name}</setSpec>" for name in sets)
        + "</header>"
        + ("" if status == "deleted" else f"<metadata>{metadata}</metadata>")
        + "</record>"
    )


def envelope(inside: str, *, today: date = TODAY) -> bytes:
    """An answer of the protocol; it ends with its closing tag, without a new line."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        f"<responseDate>{today}T07:50:50Z</responseDate>"
        '<request verb="ListRecords">https://oaipmh.arxiv.org/oai</request>\n'
        f"{inside}\n</OAI-PMH>"
    ).encode()


def page_xml(records: Iterable[str], *, token: str | None = None, today: date = TODAY) -> bytes:
    """A page of records; ``token`` "" ends a sequence of several, ``None`` is one alone."""
    listed = "\n".join(records)
    if token is not None:
        mark = f"{today + timedelta(days=1)}T00:00:00Z"
        listed += f"\n<resumptionToken expirationDate='{mark}'>{escape(token)}</resumptionToken>"
    return envelope(f"<ListRecords>\n{listed}\n</ListRecords>", today=today)


def error_xml(code: str, said: str = "") -> bytes:
    """arXiv's answer to a question it refuses (status 200)."""
    return envelope(f"<error code='{code}'>{escape(said)}</error>")


def serve(arxiv_id: str, datestamp: date, **fields: object) -> Served:
    """A record for the server."""
    xml = record_xml(arxiv_id, datestamp=datestamp, **fields)  # type: ignore[arg-type] - passed on
    return Served(arxiv_id=arxiv_id, datestamp=datestamp, xml=xml)


def days_of_records(*counts: int, last: date = TODAY) -> list[Served]:
    """As many records as ``counts`` say, a day each, up to ``last``; numbered in order."""
    first = last - timedelta(days=len(counts) - 1)
    days = [first + timedelta(days=n) for n, count in enumerate(counts) for _ in range(count)]
    return [serve(f"2611.{number:05d}", day) for number, day in enumerate(days, start=1)]


class OaiServer(LoopbackServer):
    """OAI-PMH over ``records``, which may change while it runs."""

    def __init__(
        self,
        records: Iterable[Served],
        *,
        page_size: int = 4,
        today: date = TODAY,
        poison: Iterable[str] = (),
        faults: Iterable[Fault | None] = (),
    ) -> None:
        super().__init__(faults=faults)
        self.records = list(records)
        self.page_size = page_size
        self.today = today
        self.poison = set(poison)

    @property
    def asked(self) -> list[str]:
        """What was asked for: days, or "token", or another verb; one word a request."""
        words = []
        for request in self.requests:
            query = request.query
            if query["verb"] != "ListRecords":
                words.append(query["verb"])
            elif "resumptionToken" in query:
                words.append("token")
            else:
                words.append(f"{query['from'][5:]}..{query.get('until', '')[5:]}")
        return words

    def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """A page, an error of the protocol, or status 500."""
        if query["verb"] == "Identify":
            name = "<Identify><repositoryName>arXiv</repositoryName></Identify>"
            return 200, XML_TYPE, envelope(name, today=self.today)
        if query["verb"] == "GetRecord":
            return self._one(query["identifier"].removeprefix("oai:arXiv.org:"))
        refused = self._refusal(query)
        if refused:
            return 200, XML_TYPE, refused
        token = query.get("resumptionToken", "")
        begin, until, skipped = (
            token.split("|") if token else (query["from"], query.get("until", ""), "0")
        )
        skip = int(skipped)
        matching = [
            record
            for record in sorted(self.records, key=lambda one: one.datestamp)
            if begin <= str(record.datestamp) <= (until or "9999")
        ]
        if query["verb"] == "ListIdentifiers":
            headers = "".join(
                record.xml[record.xml.index("<header") : record.xml.index("</header>") + 9]
                for record in matching
            )
            return 200, XML_TYPE, envelope(f"<ListIdentifiers>{headers}</ListIdentifiers>")
        page = matching[skip : skip + self.page_size]
        if any(record.arxiv_id in self.poison for record in page):
            return 500, {"Content-Type": "text/html"}, b"<html>Internal Server Error</html>"
        after = skip + self.page_size
        following = f"{begin}|{until}|{after}" if after < len(matching) else "" if token else None
        listed = page_xml((record.xml for record in page), token=following, today=self.today)
        return 200, XML_TYPE, listed if page else error_xml("noRecordsMatch")

    def _one(self, arxiv_id: str) -> tuple[int, dict[str, str], bytes]:
        if arxiv_id in self.poison:
            return 500, {"Content-Type": "text/html"}, b"<html>Internal Server Error</html>"
        for record in self.records:
            if record.arxiv_id == arxiv_id:
                return 200, XML_TYPE, envelope(f"<GetRecord>{record.xml}</GetRecord>")
        return 200, XML_TYPE, error_xml("idDoesNotExist", "Nothing found for this ID")

    def _refusal(self, query: dict[str, str]) -> bytes:
        """An error of the protocol, or nothing."""
        token = query.get("resumptionToken")
        if token is not None:
            if token.count("|") != 2 or set(query) != {"verb", "resumptionToken"}:
                return error_xml("badResumptionToken", "Token is invalid.")
            return b""
        assert query["metadataPrefix"] == "arXivRaw"
        if query["set"] not in {"cs", "stat"}:
            return error_xml(
                "badArgument", "The request includes illegal arguments. Reason: Set does not exist"
            )
        if not "2005-09-16" <= query["from"] <= str(self.today):
            return error_xml("badArgument", "Reason: bad start date")
        return b""
