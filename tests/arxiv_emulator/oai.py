"""OAI-PMH as ``https://oaipmh.arxiv.org/oai`` has spoken it since March 2025.

All six verbs; datestamps of a day; pages by offset over an order that moves
when a record is touched; stateless resumption tokens; errors with status 200.
What a record looks like is the business of ``oai_formats``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tests.arxiv_emulator.answers import XML, Answer, Request, html_page
from tests.arxiv_emulator.answers import xml_quoted as quoted
from tests.arxiv_emulator.clock import Clock
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.oai_formats import (
    AS_RECORDED,
    BASE,
    EARLIEST,
    IDENTIFY,
    SCHEMAS,
    Quirks,
    header,
    record,
)
from tests.arxiv_emulator.papers import State, View
from tests.arxiv_emulator.taxonomy import SET_OF, SET_ROWS, SETS, in_set

RECORDS_PER_PAGE = 2500
IDENTIFIERS_PER_PAGE = 20_000

_ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"
         xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
         xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/ \
http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">
    <responseDate>{now:%Y-%m-%dT%H:%M:%SZ}</responseDate>
                <request{attributes}>{base}</request>


{body}</OAI-PMH>
"""
_MEANINGS = {
    "badArgument": "The request includes illegal arguments, is missing required arguments, "
    "includes a repeated argument, or values for arguments have an illegal syntax.",
    "badResumptionToken": "The value of the resumptionToken argument is invalid or expired.",
    "badVerb": "Value of the verb argument is not a legal OAI-PMH verb, the verb argument is "
    "missing, or the verb argument is repeated.",
    "cannotDisseminateFormat": "The metadata format identified by the value given for the "
    "metadataPrefix argument is not supported by the item or by the repository.",
    "idDoesNotExist": "The value of the identifier argument is unknown or illegal in this "
    "repository.",
    "noRecordsMatch": "The combination of the values of the from, until, set and "
    "metadataPrefix arguments results in an empty list.",
}
_ALLOWED = {
    "Identify": frozenset[str](),
    "ListMetadataFormats": frozenset({"identifier"}),
    "ListSets": frozenset({"resumptionToken"}),
    "GetRecord": frozenset({"identifier", "metadataPrefix"}),
    "ListRecords": frozenset({"metadataPrefix", "from", "until", "set", "resumptionToken"}),
    "ListIdentifiers": frozenset({"metadataPrefix", "from", "until", "set", "resumptionToken"}),
}
_DAY = timedelta(days=1)
_KEPT = 8


class OaiError(Exception):
    """An error of the protocol; ``shown`` are the arguments that arXiv repeats beside it."""

    def __init__(self, code: str, reason: str = "", shown: dict[str, str] | None = None) -> None:
        self.code = code
        self.reason = reason
        self.shown = shown or {}
        super().__init__(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Selection:
    """What a list request asks for: days (both included), a set, and the rows to skip."""

    verb: str
    prefix: str
    begin: date | None
    until: date | None
    set_spec: str
    skip: int = 0

    def token(self, begin: date | None, skip: int) -> str:
        """The resumption token for what follows."""
        named = {
            "verb": self.verb,
            "metadataPrefix": self.prefix,
            "from": begin,
            "until": self.until,
            "set": self.set_spec,
            "skip": skip,
        }
        kept = {name: str(value) for name, value in named.items() if value not in {None, ""}}
        return quote(urlencode(kept))


class Oai:
    """The interface over a corpus and a clock."""

    def __init__(
        self,
        corpus: Corpus,
        clock: Clock,
        *,
        records_per_page: int = RECORDS_PER_PAGE,
        identifiers_per_page: int = IDENTIFIERS_PER_PAGE,
        quirks: Quirks = AS_RECORDED,
    ) -> None:
        self._quirks = quirks
        self._corpus = corpus
        self._clock = clock
        self._page_sizes = {
            "ListRecords": records_per_page,
            "ListIdentifiers": identifiers_per_page,
        }
        self._selected: dict[str, tuple[tuple[State, ...], tuple[State, ...]]] = {}

    def answer(self, request: Request) -> Answer:
        """The answer without a fault."""
        try:
            return self._dispatch(request)
        except OaiError as error:
            return self.error(error.code, error.reason, error.shown)

    def error(self, code: str, reason: str = "", shown: dict[str, str] | None = None) -> Answer:
        """An error of the protocol: status 200, and cached until midnight UTC."""
        meaning = _MEANINGS[code] + (f" Reason: {reason}" if reason else "")
        now = self._clock.now()
        midnight = datetime.combine(now.date() + _DAY, time(0), UTC)
        return self._send(
            f"    <error code='{code}'>{quoted(meaning)}</error>\n",
            shown or {},
            max_age=int((midnight - now).total_seconds()),
        )

    def no_records(self, request: Request) -> Answer:
        """``noRecordsMatch`` for a request, whatever there is."""
        shown = {name: values[-1] for name, values in request.query.items() if name != "verb"}
        return self.error("noRecordsMatch", shown={"verb": request.get("verb"), **shown})

    def listed(self, request: Request) -> tuple[State, ...]:
        """All that a list request selects, over all of its pages; () for any other."""
        try:
            selection = self._selection(request)
        except OaiError:
            return ()
        return self._rows(selection)

    def _dispatch(self, request: Request) -> Answer:
        verb = _only(request, "verb")
        if verb not in _ALLOWED:
            raise OaiError("badVerb", "Invalid verb provided")
        if unknown := set(request.query) - _ALLOWED[verb] - {"verb"}:
            raise OaiError("badArgument", f"Unallowed parameter {sorted(unknown)[0]}")
        plain: dict[str, Callable[[Request], Answer]] = {
            "Identify": lambda _: self._send(IDENTIFY, {"verb": verb}),
            "ListMetadataFormats": self._formats,
            "ListSets": self._sets,
            "GetRecord": self._record,
        }
        return plain[verb](request) if verb in plain else self._list(request)

    def _formats(self, request: Request) -> Answer:
        shown = {"verb": "ListMetadataFormats"}
        if identifier := _only(request, "identifier"):
            shown["identifier"] = identifier
            self._find(identifier, shown)
        rows = "".join(
            "                <metadataFormat>\n"
            f"    <metadataPrefix>{name}</metadataPrefix>\n    <schema>{schema}</schema>\n"
            f"    <metadataNamespace>{namespace}</metadataNamespace>\n</metadataFormat>\n\n"
            for name, (schema, namespace) in SCHEMAS.items()
        )
        body = f"    <ListMetadataFormats>\n{rows}    </ListMetadataFormats>\n"
        return self._send(body, shown)

    def _sets(self, request: Request) -> Answer:
        if "resumptionToken" in request.query:
            raise OaiError("badResumptionToken", "ListSets has one page")
        rows = "".join(
            f"                <set>\n        <setSpec>{spec}</setSpec>\n"
            f"        <setName>{quoted(name)}</setName>\n    </set>\n\n"
            for spec, name in SET_ROWS
        )
        return self._send(f"    <ListSets>\n{rows}    </ListSets>\n", {"verb": "ListSets"})

    def _record(self, request: Request) -> Answer:
        identifier, prefix = _only(request, "identifier"), _only(request, "metadataPrefix")
        if not identifier or not prefix:
            raise OaiError("badArgument", "GetRecord needs identifier and metadataPrefix")
        if prefix not in SCHEMAS:
            raise OaiError(
                "cannotDisseminateFormat",
                "Did not recognize requested format",
                {"verb": "GetRecord"},
            )
        shown = {"verb": "GetRecord", "identifier": identifier, "metadataPrefix": prefix}
        state = self._find(identifier, shown)
        if _unknown_category(state):
            return html_page(500, "Internal Server Error")
        body = f"    <GetRecord>\n{self._write(state, prefix)}    </GetRecord>\n"
        return self._send(body, shown, max_age=800_000)

    def _find(self, identifier: str, shown: dict[str, str]) -> State:
        arxiv_id = identifier.removeprefix("oai:arXiv.org:")
        state = self._corpus.state(arxiv_id, self._clock.now(), View.OAI)
        if state is None or arxiv_id == identifier:
            raise OaiError("idDoesNotExist", "Nothing found for this ID", shown)
        return state

    def _list(self, request: Request) -> Answer:
        selection = self._selection(request)
        rows = self._rows(selection)
        size = self._page_sizes[selection.verb]
        page = rows[selection.skip : selection.skip + size]
        rest = rows[selection.skip + size :][:1]
        token = ""
        begin, skip = selection.begin, 0
        if rest:
            begin, skip = _resume(selection, page, rest[0])
            token = selection.token(begin, skip)
        shown = self._shown(request, selection, begin)
        if not page:
            raise OaiError("noRecordsMatch", shown=shown)
        if any(map(_unknown_category, page)):
            # One record with a category that is no set takes the whole page down.
            return html_page(500, "Internal Server Error")
        if selection.verb == "ListIdentifiers":
            body = "\n".join(map(header, page)) + "\n"
        else:
            body = "".join(self._write(state, selection.prefix) for state in page)
        if rest:
            expires = self._clock.now().date() + _DAY
            body += (
                f"                    <resumptionToken expirationDate='{expires}T00:00:00Z'>"
                f"{token}</resumptionToken>\n\n"
            )
        elif "resumptionToken" in request.query:
            body += "                    <resumptionToken/>\n\n"
        whole = f"    <{selection.verb}>\n{body}    </{selection.verb}>\n"
        return self._send(whole, shown, max_age=3600)

    def _write(self, state: State, prefix: str) -> str:
        return record(state, self._corpus.texts(state.paper), prefix, self._quirks)

    def _shown(self, request: Request, selection: _Selection, begin: date | None) -> dict[str, str]:
        if "resumptionToken" in request.query:
            return {"verb": selection.verb, "resumptionToken": request.get("resumptionToken")}
        named = {
            "verb": selection.verb,
            "metadataPrefix": selection.prefix,
            # A bug of arXiv's: the day at which the next page begins, not the one asked for.
            "from": str(begin or ""),
            "until": str(selection.until or ""),
            "set": selection.set_spec,
        }
        return {name: value for name, value in named.items() if value}

    def _selection(self, request: Request) -> _Selection:
        verb = _only(request, "verb")
        values = {name: values[-1] for name, values in request.query.items()}
        skip = 0
        if "resumptionToken" in values:
            if len(values) > len({"verb", "resumptionToken"}):
                raise OaiError("badArgument", "No other parameters allowed with resumptionToken")
            values, skip = _read_token(values["resumptionToken"], verb)
        prefix = values.get("metadataPrefix", "")
        if not prefix:
            raise OaiError("badArgument", "metadataPrefix is missing")
        if prefix not in SCHEMAS:
            raise OaiError(
                "cannotDisseminateFormat", "Did not recognize requested format", {"verb": verb}
            )
        set_spec = values.get("set", "")
        if set_spec and set_spec not in SETS:
            raise OaiError("badArgument", "Set does not exist")
        today = self._clock.now().date()
        begin, until = _day(values, "from"), _day(values, "until")
        if begin and begin < EARLIEST:
            raise OaiError("badArgument", "start date too early")
        if begin and begin > today:
            raise OaiError("badArgument", "start date too late")
        if until and until > today + _DAY:
            raise OaiError("badArgument", "until date too late")
        if begin and until and begin > until:
            raise OaiError("badArgument", "start date is after until date")
        return _Selection(
            verb=verb, prefix=prefix, begin=begin, until=until, set_spec=set_spec, skip=skip
        )

    def _rows(self, selection: _Selection) -> tuple[State, ...]:
        listing = self._corpus.listing(self._clock.now(), View.OAI)
        known = self._selected.get(selection.set_spec)
        if known is None or known[0] is not listing:
            rows = listing
            if selection.set_spec:
                rows = tuple(
                    state for state in listing if in_set(state.categories, selection.set_spec)
                )
            while len(self._selected) >= _KEPT:
                self._selected.pop(next(iter(self._selected)))
            known = self._selected[selection.set_spec] = (listing, rows)
        rows = known[1]
        first = _place(rows, selection.begin) if selection.begin else 0
        end = _place(rows, selection.until + _DAY) if selection.until else len(rows)
        return rows[first:end]

    def _send(self, body: str, shown: dict[str, str], *, max_age: int = 86_400) -> Answer:
        # arXiv quotes a page's own token with ', everything else with ".
        mark = "'" if "resumptionToken" in shown else '"'
        attributes = "".join(f" {n}={mark}{quoted(v)}{mark}" for n, v in shown.items())
        text = _ENVELOPE.format(now=self._clock.now(), attributes=attributes, base=BASE, body=body)
        return Answer(
            headers={
                "Content-Type": XML,
                "Surrogate-Control": f"max-age={max_age}",
                "Surrogate-Key": "oai",
            },
            body=text.encode(),
        )


def _only(request: Request, name: str) -> str:
    values = request.query.get(name, ("",))
    if len(values) > 1:
        raise OaiError("badVerb" if name == "verb" else "badArgument", f"{name} is repeated")
    return values[0]


def _read_token(token: str, verb: str) -> tuple[dict[str, str], int]:
    values = dict(parse_qsl(unquote(token)))
    skip = values.pop("skip", "")
    if values.pop("verb", "") != verb or not skip.isdecimal():
        raise OaiError("badResumptionToken", "Token decoding failed or format is invalid.")
    return values, int(skip)


def _day(values: dict[str, str], name: str) -> date | None:
    text = values.get(name, "")
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise OaiError("badArgument", f"{name} is not a date like 2026-11-22") from None


def _place(rows: tuple[State, ...], day: date) -> int:
    """The place of the first row modified on ``day`` or later."""
    return bisect_left(rows, day, key=lambda state: state.modified.date())


def _resume(
    selection: _Selection, page: tuple[State, ...], following: State
) -> tuple[date | None, int]:
    """Where the next page begins: its ``from``, and how many rows of that to skip."""
    day = following.modified.date()
    if page[0].modified.date() == day:
        return selection.begin, selection.skip + len(page)
    return day, sum(state.modified.date() == day for state in page)


def _unknown_category(state: State) -> bool:
    return any(name not in SET_OF for name in state.categories)
