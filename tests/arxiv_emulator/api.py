"""The query API as ``https://export.arxiv.org/api/query`` has answered since November 2025.

With ``era="2025-10"`` its answers are written as they were before (``api_2025``).

Identifier lists, categories and submission windows; ten results unless more are
asked for; what is unknown is silently left out; pages end at 10,000 results.
The query language is the business of ``search``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from tests.arxiv_emulator import api_2025
from tests.arxiv_emulator.answers import ATOM, Answer, Request, html_page, says
from tests.arxiv_emulator.answers import xml_quoted as quoted
from tests.arxiv_emulator.answers import xml_text as escaped
from tests.arxiv_emulator.clock import Clock
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.papers import Author, Paper, State, View, state_of
from tests.arxiv_emulator.search import BrokenQueryError, UnknownFieldError, parse

Era = Literal["now", "2025-10"]
MAX_RESULTS = 10_000
DEFAULT_RESULTS = 10

_HAS_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?", re.ASCII)
_EXACT_ID = re.compile(r"(?P<id>.+?)(?:v(?P<version>[1-9]\d*))?", re.ASCII)
_SPACES = (
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"'
)
_PDF = ' rel="related" type="application/pdf" title="pdf"'
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tweak:
    """What a fault changes about a page.

    Attributes:
        entries: Keep at most so many entries of the page.
        total_by: Add to ``totalResults``.
        total: Say so, whatever is found.
        shift: Begin so many results later (negative: earlier) than asked.
        hidden: Leave out what it says.
        shuffle: Order equal stamps anew with this seed.
    """

    entries: int | None = None
    total_by: int = 0
    total: int | None = None
    shift: int = 0
    hidden: Callable[[State], bool] | None = None
    shuffle: str = ""


_NO_TWEAK = Tweak()


class Api:
    """The interface over a corpus and a clock."""

    def __init__(self, corpus: Corpus, clock: Clock, *, era: Era = "now") -> None:
        self._corpus = corpus
        self._clock = clock
        self._is_old = era == "2025-10"

    def answer(self, request: Request, tweak: Tweak = _NO_TWEAK) -> Answer:
        """The answer without a fault, but for the tweak."""
        if problem := _refusal(request):
            return self.error(request, problem)
        start, size = _numbers(request)
        if size == 0 or 1 + round(start / size) > MAX_RESULTS // size:
            return html_page(500, "Internal Server Error")
        try:
            found = self.found(request, tweak)
        except UnknownFieldError as error:
            return says(501, f"{error}\n")
        except BrokenQueryError:
            return html_page(500, "Internal Server Error")
        begin = max(0, start + tweak.shift)
        page = found[begin : begin + size][: tweak.entries]
        total = len(found) + tweak.total_by if tweak.total is None else tweak.total
        return self._feed(request, page, start=start, size=size, total=max(0, total))

    def found(self, request: Request, tweak: Tweak = _NO_TWEAK) -> list[State]:
        """All results of a query, in its order, over all of its pages."""
        items, query = _items(request), request.get("search_query")
        now = self._clock.now()
        if items:
            looked_up = [self._look_up(item) for item in dict.fromkeys(items)]
            states = [state for state in looked_up if state is not None]
        elif query:
            states = list(self._corpus.listing(now, View.API))
        else:
            states = []
        if query:
            chosen = parse(query)
            states = [state for state in states if chosen(state)]
        if tweak.hidden is not None:
            hidden = tweak.hidden
            states = [state for state in states if not hidden(state)]
        return self._sort(states, request, tweak)

    def error(self, request: Request, problem: str, *, legacy: bool = False) -> Answer:
        """arXiv's error feed: an entry that is no paper. Status 400, before 2025-11 200."""
        now = self._clock.now()
        stamp = now.strftime(_STAMP)
        if self._is_old:
            asked = _asked(request)
            entries = api_2025.error_entry(problem, now=now)
            return api_2025.feed(asked, _name(asked), entries, now=now, start=0, size=1, total=1)
        place = f"https://arxiv.org/api/errors#{quoted(problem.replace(' ', '_'))}"
        body = (
            f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {_SPACES}>\n"
            "  <id>https://arxiv.org/</id>\n  <title>arXiv Search Results</title>\n"
            f"  <updated>{stamp}</updated>\n"
            "  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>\n"
            "  <opensearch:totalResults>1</opensearch:totalResults>\n"
            "  <opensearch:startIndex>0</opensearch:startIndex>\n  <entry>\n"
            f"    <id>{place}</id>\n    <title>Error</title>\n    <updated>{stamp}</updated>\n"
            f'    <link href="{place}" rel="alternate" type="text/html"/>\n'
            f"    <summary>{escaped(problem)}</summary>\n    <author>\n"
            "      <name>arXiv api core</name>\n    </author>\n  </entry>\n</feed>\n"
        )
        return Answer(
            status=200 if legacy else 400, headers={"Content-Type": ATOM}, body=body.encode()
        )

    def _look_up(self, item: str) -> State | None:
        """The state that an item of ``id_list`` names exactly; ``None`` for no paper."""
        named = _EXACT_ID.fullmatch(item)
        if named is None or named["id"] not in self._corpus:
            return None
        state = state_of(self._corpus[named["id"]], self._clock.now(), View.API)
        if state is None or named["version"] is None:
            return state
        number = int(named["version"])
        if number > len(state.versions):
            return None
        changes = state.paper.changes
        last = next(
            place
            for place, change in enumerate(changes)
            if change.version is not None and change.version.number == number
        )
        return state_of(_cut(state, last + 1), self._clock.now(), View.API)

    def _sort(self, states: list[State], request: Request, tweak: Tweak) -> list[State]:
        def tie(state: State) -> str:
            """A fixed order among equals that is nobody's order."""
            key = f"{tweak.shuffle}/{state.paper.arxiv_id}"
            return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()

        states.sort(key=tie)
        reverse = request.get("sortOrder", "descending") != "ascending"
        order = request.get("sortBy", "relevance")
        if order == "submittedDate":
            states.sort(key=lambda state: state.submitted, reverse=reverse)
        elif order == "lastUpdatedDate":
            states.sort(key=lambda state: state.version.submitted, reverse=reverse)
        return states

    def _feed(
        self, request: Request, page: list[State], *, start: int, size: int, total: int
    ) -> Answer:
        query, ids = request.get("search_query"), request.get("id_list")
        asked = f"search_query={query}&id_list={ids}&start={start}&max_results={size}"
        entries, name, now = "".join(map(self._entry, page)), _name(asked), self._clock.now()
        if self._is_old:
            return api_2025.feed(asked, name, entries, now=now, start=start, size=size, total=total)
        link = urlencode(
            {"search_query": query, "start": start, "max_results": size, "id_list": ids},
            safe=":,/*[]()",
        )
        body = (
            f"<?xml version='1.0' encoding='UTF-8'?>\n<feed {_SPACES}>\n"
            f"  <id>https://arxiv.org/api/{name}</id>\n"
            f"  <title>arXiv Query: {escaped(asked)}</title>\n"
            f"  <updated>{now.strftime(_STAMP)}</updated>\n"
            f'  <link href="https://arxiv.org/api/query?{quoted(link)}" '
            'type="application/atom+xml"/>\n'
            f"  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>\n"
            f"  <opensearch:totalResults>{total}</opensearch:totalResults>\n"
            f"  <opensearch:startIndex>{start}</opensearch:startIndex>\n"
            f"{entries}</feed>\n"
        )
        return Answer(headers={"Content-Type": ATOM}, body=body.encode())

    def _entry(self, state: State) -> str:
        texts = self._corpus.texts(state.paper)
        comment = texts.comment if state.comment is None else state.comment
        journal_ref = texts.journal_ref if state.journal_ref is None else state.journal_ref
        dois = texts.dois if state.dois is None else state.dois
        abstract = texts.abstract if state.abstract is None else state.abstract
        if self._is_old:
            texts = replace(texts, abstract=abstract)
            return api_2025.entry(state, texts, comment=comment, journal_ref=journal_ref, dois=dois)
        place = f"{state.paper.arxiv_id}v{state.version.number}"
        terms = [*state.categories, *filter(None, (texts.acm, texts.msc))]
        lines = [
            f"<id>http://arxiv.org/abs/{place}</id>",
            f"<title>{escaped(texts.title)}</title>",
            f"<updated>{state.version.submitted.strftime(_STAMP)}</updated>",
            f'<link href="https://arxiv.org/abs/{place}" rel="alternate" type="text/html"/>',
            f'<link href="https://arxiv.org/pdf/{place}"{_PDF}/>',
            f"<summary>{escaped(abstract)}</summary>",
            *(
                f'<category term="{quoted(term)}" scheme="http://arxiv.org/schemas/atom"/>'
                for term in terms
            ),
            f"<published>{state.submitted.strftime(_STAMP)}</published>",
            *([f"<arxiv:comment>{escaped(comment)}</arxiv:comment>"] if comment else []),
            f'<arxiv:primary_category term="{state.categories[0]}"/>',
            *(
                [f"<arxiv:journal_ref>{escaped(journal_ref)}</arxiv:journal_ref>"]
                if journal_ref
                else []
            ),
            *map(_author, texts.authors),
            *(
                f"<arxiv:doi>{escaped(doi)}</arxiv:doi>\n    "
                f'<link rel="related" href="https://doi.org/{quoted(doi)}" title="doi"/>'
                for doi in dois
            ),
        ]
        return "  <entry>\n" + "".join(f"    {line}\n" for line in lines) + "  </entry>\n"


def _asked(request: Request) -> str:
    """The request, as an old error feed repeats it."""
    asked = f"search_query={request.get('search_query')}&id_list={request.get('id_list')}"
    more = (name for name in ("start", "max_results") if name in request.query)
    return asked + "".join(f"&{name}={request.get(name)}" for name in more)


def _name(asked: str) -> str:
    """The last part of a feed's identifier."""
    return base64.b64encode(hashlib.sha1(asked.encode()).digest())[:27].decode()


def _numbers(request: Request) -> tuple[int, int]:
    """Start and size of the page."""
    return int(request.get("start") or 0), int(request.get("max_results") or DEFAULT_RESULTS)


def _refusal(request: Request) -> str:
    """What arXiv finds wrong with a request ("" if nothing)."""
    try:
        start, size = _numbers(request)
    except ValueError:
        return "start and max_results must be integers"
    if start < 0 or size < 0:
        return f"{'start' if start < 0 else 'max_results'} must be non-negative"
    bad = next((item for item in _items(request) if not _HAS_ID.search(item)), None)
    return "" if bad is None else f"incorrect id format for {bad}"


def _items(request: Request) -> list[str]:
    return [item for item in request.get("id_list").split(",") if item]


def _cut(state: State, changes: int) -> Paper:
    return replace(state.paper, changes=state.paper.changes[:changes])


def _author(author: Author) -> str:
    affiliation = (
        f"      <arxiv:affiliation>{escaped(author.affiliation)}</arxiv:affiliation>\n"
        if author.affiliation
        else ""
    )
    return f"<author>\n      <name>{escaped(author.name)}</name>\n{affiliation}    </author>"
