"""Harvesting arXiv's OAI-PMH: everything that changed since a day, page by page.

The only interface that lists every change, replacements of any version and
withdrawals included. What it cannot know: whether a change is news (see
``novelty``), and on which day a paper was announced.

Losing nothing is the caller's and this module's work together. The order of
arXiv's pages moves when a record changes between two of them, which can hide
another record: begin three days before the last complete harvest, so that the next
harvest finds it. Records come twice for the same reason; storing them again must
do no harm. Here, a page that came broken is asked for again, a token that is
refused or leads in circles is replaced by a fresh start from the last day seen,
and a page that cannot be had is narrowed down to its day, that day is read record by
record, and the days after it still come.

Source of the protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html
and https://info.arxiv.org/help/oa/index.md.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.sources.oai_changes import SOURCE, list_changes
from pipeline.sources.oai_record import ID_PREFIX, OAI
from pipeline.sources.oai_xml import (
    Page,
    PageError,
    RefusalError,
    read_day,
    read_page,
)
from pipeline.sources.strict_xml import XmlError, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.sources.http import HttpClient
    from pipeline.sources.oai_record import OaiRecord

EARLIEST = date(2005, 9, 16)
"""No record has an older datestamp, and arXiv refuses to be asked for one.

Source: ``earliestDatestamp`` in arXiv's answer to Identify.
"""

MAX_PAGES = 5_000
"""Ends a sequence of pages that never ends by itself.

A harvest of all of arXiv has about 1,250 (3.1 million records, 2,500 a page).
"""

MAX_SINGLE = 100
"""Most records of a day that are asked for one by one: five minutes at arXiv's spacing.

A day of the whole of computer science has over a thousand; their identifiers are
handed on instead.
"""

_PAGE_TRIES = 3
_MAX_FAILURES = 3
"""Records in a row that cannot be had: then it is not the records that are broken."""
_MAX_HOLES = 10
"""Days given up before the harvest is: then it is not the days that are broken."""
_DAY = timedelta(days=1)
_OK = 200

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPage:
    """One page of a harvest, to be stored in one transaction with where it leads.

    Attributes:
        records: In arXiv's order, oldest change first; some may have come before.
        deleted: Identifiers that arXiv says are gone (it says so of none as yet).
        set_aside: One line for each record that could not be read.
        mended: One line for each that was read without its control characters.
        problem: What is missing after this page for good, in one line, or "". The
            harvest goes on, but it is not complete.
        unread: Identifiers of what changed on a day that is missing, as far as arXiv
            named them; another source may have them.
        token: Leads to the next page until arXiv's next midnight (UTC), "" if none does.
        resume_from: Where a harvest begins that is to miss nothing from here on.
    """

    records: tuple[OaiRecord, ...] = ()
    deleted: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    mended: tuple[str, ...] = ()
    problem: str = ""
    unread: tuple[str, ...] = ()
    token: str = ""
    resume_from: date


class _UnreadableError(Exception):
    """A page cannot be had; the message says what came instead."""


class _TokenError(Exception):
    """A token leads nowhere, so that only a fresh start does; the message says why."""


def harvest(
    client: HttpClient, *, oai_url: str, set_name: str, since: date, token: str = ""
) -> Iterator[HarvestPage]:
    """What changed from ``since`` on (UTC days), until there is no more.

    A harvest is complete if it ends without an error and no page has a problem.
    No page with records means that nothing changed; there is always one page.

    Args:
        client: The run's client; ``oai_url`` is one of its addresses.
        oai_url: The address of the protocol (``https://oaipmh.arxiv.org/oai``).
        set_name: A set, as arXiv writes them (``"cs"``, ``"cs:cs:LG"``).
        since: The first day of change wanted.
        token: Of the last page stored by a harvest that was interrupted. If arXiv
            does not take it any more, the harvest begins at ``since``.

    Raises:
        SourceError: arXiv does not answer, or refuses the question. What came before
            stands; everything from the last ``resume_from`` on is missing.
    """
    questions = _Questions(client, oai_url, set_name)
    walk = _Walk(begin=max(since, EARLIEST))
    while not walk.ended:
        try:
            for page in questions.sequence(walk.begin, walk.until, token):
                walk.begin = page.resume_from
                yield page
        except _TokenError as error:
            token = ""
            problem = "" if walk.restarts() else str(error)
        except _UnreadableError as error:
            token, problem = "", str(error)
        else:
            walk.widen(today=questions.today)
            continue
        if problem:
            _log.warning("%s: from %s: %s", SOURCE, walk.begin, problem)
            questions.require_answer(problem)
            if missing := walk.narrow(problem, today=questions.today):
                yield questions.one_by_one(missing, problem, resume_from=walk.begin)


@dataclass(slots=True)
class _Walk:
    """From which day to which is asked next.

    At first to no end. After a page that could not be had, one day, then two, four
    and so on, until there is no end again; a single day that cannot be had is left out.

    Attributes:
        begin: The first day; moves as pages come.
        until: The last day, ``None`` for no end.
        span: How many days were asked for at once, 0 for no end.
        holes: Days left out.
        restarted: The last day from which tokens were replaced by a fresh start.
        ended: Whether nothing is left to ask.
    """

    begin: date
    until: date | None = None
    span: int = 0
    holes: int = 0
    restarted: date = date.min
    ended: bool = False

    def restarts(self) -> bool:
        """Whether a fresh start may help: not twice from the same day."""
        may_help = self.restarted < self.begin
        self.restarted = self.begin
        return may_help

    def widen(self, *, today: date) -> None:
        """Go on after days that came."""
        self._go_on(2 * self.span, today)

    def narrow(self, problem: str, *, today: date) -> date | None:
        """Ask for less; or leave a day out, which is returned.

        Raises:
            SourceError: So many days were left out that no more are tried.
        """
        if self.until is None or self.begin < self.until:
            self._ask_for(max(1, (self.until - self.begin).days // 2) if self.until else 1)
            return None
        self.holes += 1
        if self.holes > _MAX_HOLES:
            raise SourceError(SOURCE, problem, hint="the next run asks again")
        missing = self.until
        self._go_on(1, today)
        return missing

    def _go_on(self, span: int, today: date) -> None:
        if self.until is None or self.until >= today:
            self.ended = True  # arXiv refuses to be asked for what is to come
            return
        self.begin = self.until + _DAY
        self._ask_for(0 if span > 1 and self.begin + span * _DAY > today else span)

    def _ask_for(self, span: int) -> None:
        self.span = span
        self.until = self.begin + (span - 1) * _DAY if span else None


class _Questions:
    """What is asked of one set at one address.

    Attributes:
        today: The day by arXiv's clock, as far as its answers have said.
    """

    def __init__(self, client: HttpClient, oai_url: str, set_name: str) -> None:
        self._client = client
        self._oai_url = oai_url
        self._set_name = set_name
        self.today = EARLIEST

    def sequence(self, begin: date, until: date | None, token: str) -> Iterator[HarvestPage]:
        """The pages from ``begin`` to ``until``, or those that ``token`` leads to.

        Raises:
            SourceError: arXiv refuses the question.
        """
        led = {token}
        before: tuple[str, ...] = ()
        for _ in range(MAX_PAGES):
            page, problem = self._page(begin, until, token)
            if page is None:
                yield HarvestPage(resume_from=begin)
                return
            self._learn_day(page.responded)
            ids = (*(record.arxiv_id for record in page.records), *page.deleted, *page.set_aside)
            if page.token and (page.token in led or ids == before):
                raise _TokenError("arXiv's resumption tokens lead in circles")
            begin = self._reached(page, begin)
            yield HarvestPage(
                records=page.records,
                deleted=page.deleted,
                set_aside=page.set_aside,
                mended=page.mended,
                problem=problem,
                token=page.token,
                resume_from=begin,
            )
            if not page.token:
                return
            token, before = page.token, ids
            led.add(token)
        raise _TokenError(f"arXiv's resumption tokens lead to over {MAX_PAGES:,} pages")

    def require_answer(self, problem: str) -> None:
        """Make sure that arXiv answers at all: then it is the page that is broken.

        Raises:
            SourceError: It does not.
        """
        answer = self._client.get(self._oai_url, {"verb": "Identify"}, source=SOURCE)
        day = None
        with suppress(XmlError):
            root = parse_xml(answer.body)
            day = read_day(root) if root.find(f"{OAI}Identify") is not None else None
        if day is None:
            raise SourceError(SOURCE, problem, hint="the next run asks again")
        self._learn_day(day)

    def one_by_one(self, day: date, problem: str, *, resume_from: date) -> HarvestPage:
        """What changed on a day whose page cannot be had, as far as it can be."""
        unread = list(self._identifiers(day))
        pages: list[Page] = []
        set_aside: list[str] = []
        failures = 0
        while 0 < len(unread) <= MAX_SINGLE and failures < _MAX_FAILURES:
            arxiv_id = unread.pop(0)
            question = {
                "verb": "GetRecord",
                "metadataPrefix": "arXivRaw",
                "identifier": f"{ID_PREFIX}{arxiv_id}",
            }
            try:
                pages.append(read_page(self._get(question)))
                failures = 0
            except (_UnreadableError, PageError, RefusalError) as error:
                failures += 1
                set_aside.append(f"{arxiv_id}: arXiv does not give it ({error})")
        is_whole = not unread and (pages or set_aside) and failures < _MAX_FAILURES
        return HarvestPage(
            records=tuple(record for page in pages for record in page.records),
            deleted=tuple(arxiv_id for page in pages for arxiv_id in page.deleted),
            set_aside=(*set_aside, *(line for page in pages for line in page.set_aside)),
            mended=tuple(line for page in pages for line in page.mended),
            problem="" if is_whole else f"what changed on {day} is missing: {problem}",
            unread=tuple(unread),
            resume_from=resume_from,
        )

    def _identifiers(self, day: date) -> tuple[str, ...]:
        """What changed on a day, by name; none if arXiv does not say."""
        try:
            headers = list_changes(
                self._client,
                oai_url=self._oai_url,
                set_name=self._set_name,
                since=day,
                until=day,
            )
        except SourceError as error:
            _log.warning("%s: the identifiers of %s: %s", SOURCE, day, error)
            return ()
        return tuple(header.arxiv_id for header in headers)

    def _get(self, question: dict[str, str]) -> bytes:
        try:
            return self._client.get(self._oai_url, question, source=SOURCE).body
        except SourceError as error:
            raise _UnreadableError(error.problem.removeprefix(f"{SOURCE}: ")) from error

    def _page(self, begin: date, until: date | None, token: str) -> tuple[Page | None, str]:
        """A page, ``None`` if nothing matches, and what it lacks."""
        unfinished: Page | None = None
        problem = ""
        for _ in range(_PAGE_TRIES):
            try:
                page = self._ask(begin, until, token)
            except PageError as error:
                problem = str(error)
                _log.info("%s: %s", SOURCE, problem)
                continue
            if page is None or not token or page.token or page.ends:
                return page, ""
            unfinished = page
            problem = "the last page came without the mark of the end, so there may be more"
        if unfinished is None:
            raise _UnreadableError(f"{problem} ({_PAGE_TRIES} tries)")
        return unfinished, problem

    def _ask(self, begin: date, until: date | None, token: str) -> Page | None:
        question = {"verb": "ListRecords"}
        if token:
            question["resumptionToken"] = token
        else:
            question |= {"metadataPrefix": "arXivRaw", "from": str(begin)}
            question |= {"until": str(until)} if until else {}
            question |= {"set": self._set_name}
        try:
            answer = self._client.get(self._oai_url, question, source=SOURCE)
        except SourceError as error:
            raise _UnreadableError(error.problem.removeprefix(f"{SOURCE}: ")) from error
        try:
            return read_page(answer.body)
        except RefusalError as error:
            if error.code == "noRecordsMatch":
                return None
            if token and error.code in {"badResumptionToken", "badArgument"}:
                raise _TokenError(f"arXiv does not take its resumption token ({error})") from error
            raise self._refused(error) from error
        except PageError as error:
            if answer.status != _OK:
                raise SourceError(
                    SOURCE,
                    f"{self._oai_url} answers with status {answer.status}",
                    hint="oai_url under [sources] names it",
                ) from error
            raise

    def _refused(self, error: RefusalError) -> SourceError:
        hint = ""
        if "set" in error.said.lower().split():
            hint = 'write sets under [sources] as arXiv does: "cs", "cs:cs:LG", "stat"'
        return SourceError(
            SOURCE, f"arXiv refuses to list the set {self._set_name!r} ({error})", hint=hint
        )

    def _reached(self, page: Page, begin: date) -> date:
        """The day of the last change on ``page``; a day that cannot be is not believed."""
        last = page.last_datestamp
        return begin if last is None else max(begin, min(last, self.today))

    def _learn_day(self, responded: date | None) -> None:
        if responded is not None:
            self.today = max(self.today, responded)
