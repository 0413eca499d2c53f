"""The spine: OAI-PMH into the store, page by page, from the last complete harvest on.

Each page is committed with its cursor, so that a killed run goes on where it was.
Every harvest begins three days before the last one that came to its end: what was
lost between two pages then is found now. After a harvest of several pages the
identifiers alone are asked for, in one page, and compared: a row that the moving
order of arXiv's pages hid is noticed in the same run.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from db.papers import PaperChange
from db.records import Harvest, Standing
from pipeline.arxiv_id import parse_arxiv_id
from pipeline.errors import SourceError
from pipeline.sources.merge import from_record, is_ours
from pipeline.sources.novelty import Novelty, announcement_of, judge_novelty
from pipeline.sources.oai import harvest
from pipeline.sources.oai_changes import SOURCE, list_changes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import date, datetime

    from db.papers import PaperStore
    from db.records import KnownPaper
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.http import HttpClient
    from pipeline.sources.oai import HarvestPage
    from pipeline.sources.oai_record import OaiRecord

OVERLAP = timedelta(days=3)
"""How far before the last complete harvest the next one begins.

Source: field reports of rows that appear a day late (reference, failures 5 and 13).
"""

LONGEST = timedelta(days=30)
"""How far back a harvest begins that never came to its end; what is older is a backfill's."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class HarvestNews:
    """What a harvest brought.

    Attributes:
        since: The first day of change it covers.
        received: Records in our categories, repeated ones included.
        records: Records of any category: none at all is suspicious.
        waiting: Identifiers of papers that are news: of a backfill there are too many to hold.
        updated: Papers of which a new version came.
        set_aside: One line for each record that could not be read.
        problems: What is missing, one line each.
        missing: Identifiers that are known to be missing; another source may have them.
        pages: Pages read.
    """

    since: date
    received: int = 0
    records: int = 0
    waiting: dict[str, None] = field(default_factory=dict)
    updated: int = 0
    set_aside: dict[str, None] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)
    pages: int = 0


def harvest_since(last: Harvest | None, *, otherwise: date, until: date) -> date:
    """The first day of change that the next harvest asks for.

    Args:
        last: How far the one before came, ``None`` if there was none.
        otherwise: Where the first one of all begins.
        until: The announcement day of the run.
    """
    if last is None:
        return otherwise
    if _goes_on(last, until):
        return last.since
    if last.completed is None:
        return otherwise
    return max(min(last.completed, until) - OVERLAP, until - LONGEST)


def _goes_on(last: Harvest, until: date) -> bool:
    """Whether a harvest that has not ended is gone on with.

    One that begins after the day of the run was begun by a clock that was ahead: it
    would find nothing until that day comes.
    """
    return last.open and last.since <= until


@dataclass(frozen=True, slots=True, kw_only=True)
class Spine:
    """Harvests sets into the store.

    Attributes:
        client: The run's client.
        oai_url: The address of the protocol.
        categories: Which records are kept.
        store: Where papers are kept.
        now: The time of the run (UTC).
    """

    client: HttpClient
    oai_url: str
    categories: tuple[str, ...]
    store: PaperStore
    now: datetime

    def begin(self, name: str, *, otherwise: date, until: date) -> Harvest:
        """Where the harvest of that name goes on: an open one at its cursor, else anew.

        Args:
            name: As it is stored.
            otherwise: Where the first one of all begins.
            until: The announcement day of this run.
        """
        last = self.store.harvest(name)
        if last is not None and _goes_on(last, until):
            return last
        since = harvest_since(last, otherwise=otherwise, until=until)
        return Harvest(
            name=name,
            since=since,
            resume_from=since,
            token="",
            completed=last.completed if last else None,
            open=True,
        )

    def read(
        self,
        set_name: str,
        cursor: Harvest,
        news: HarvestNews,
        judge: Callable[[OaiRecord, KnownPaper | None], PaperChange | None],
        *,
        until: date,
        may_be_empty: bool,
        on_records: Callable[[Collection[OaiRecord]], None] | None = None,
        on_page: Callable[[date], None] | None = None,
    ) -> None:
        """Harvests one set from ``cursor`` on; every problem is a line in ``news``.

        Args:
            set_name: As arXiv writes it.
            cursor: As :meth:`begin` gave it.
            news: What comes of it is added here.
            judge: What becomes of a record in our categories.
            until: Up to which day the harvest is complete if it comes to its end.
            may_be_empty: Whether nothing at all is to be believed.
            on_records: Called with the records of a page before they are judged.
            on_page: Called after each page with the day it reached.
        """
        resumed = cursor.resume_from > cursor.since or bool(cursor.token)
        pages, before, ended = 0, len(news.problems), False
        records = news.records
        self.store.keep(cursor)  # so that a first harvest that fails is owed from its day on
        try:
            for page in harvest(
                self.client,
                oai_url=self.oai_url,
                set_name=set_name,
                since=cursor.resume_from,
                token=cursor.token,
            ):
                pages += 1
                cursor = replace(cursor, resume_from=page.resume_from, token=page.token)
                if on_records is not None:
                    on_records(page.records)
                self._take(page, cursor, news, judge)
                if on_page is not None:
                    on_page(page.resume_from)
            ended = True
            if pages > 1 or resumed:
                self._audit(set_name, cursor.since, news)
        except SourceError as error:
            news.problems[f"{set_name}: {error.problem.removeprefix(f'{SOURCE}: ')}"] = None
        news.pages += pages
        if ended and news.records == records and not may_be_empty:
            # arXiv keeps "no records" in its cache until midnight UTC.
            problem = (
                f"{set_name}: nothing changed since {cursor.since}, it says, and papers were due"
            )
            news.problems[problem] = None
        if ended:
            # With a hole in it, the next one begins where this one did, and reads it all again.
            whole = len(news.problems) == before
            completed = max(until, cursor.completed or until) if whole else cursor.completed
            self.store.keep(replace(cursor, completed=completed, token="", open=False))

    def _take(
        self,
        page: HarvestPage,
        cursor: Harvest,
        news: HarvestNews,
        judge: Callable[[OaiRecord, KnownPaper | None], PaperChange | None],
    ) -> None:
        records = {r.arxiv_id: r for r in page.records if is_ours(r.categories, self.categories)}

        def decide(known: Mapping[str, KnownPaper]) -> list[PaperChange]:
            changes = (judge(record, known.get(i)) for i, record in records.items())
            news.updated += sum(i in known for i in records)
            return [change for change in changes if change is not None]

        changes = self.store.take(records, decide, now=self.now, harvest=cursor)
        news.waiting.update(
            (c.paper.arxiv_id, None) for c in changes if c.standing is Standing.WAITING
        )
        news.received += len(records)
        news.records += len(page.records)
        news.set_aside.update((f"{SOURCE}: {line}", None) for line in page.set_aside)
        news.missing.update(dict.fromkeys((*page.unread, *_named(page.set_aside))))
        for line in page.mended:
            _log.info("%s: %s", SOURCE, line)
        if page.problem:
            news.problems[page.problem] = None

    def _audit(self, set_name: str, since: date, news: HarvestNews) -> None:
        """Asks for the identifiers alone and notes those that did not come."""
        headers = list_changes(self.client, oai_url=self.oai_url, set_name=set_name, since=since)
        named = {
            header.arxiv_id
            for header in headers
            if is_ours((category_of(spec) for spec in header.sets), self.categories)
        }
        held = self.store.known(named)
        lost = sorted(named - held.keys())
        news.missing.update(dict.fromkeys(lost))


def judge_daily(
    record: OaiRecord, known: KnownPaper | None, horizon: Horizon
) -> PaperChange | None:
    """What becomes of a record in the harvest of a day; ``None`` if nothing is new about it."""
    after = horizon.after(record.arxiv_id)
    first = announcement_of(record, after=after)
    if first.day > record.datestamp and is_weekday(record.datestamp):
        # Nothing is announced after its last change: the calendar missed a mailing.
        first = replace(first, day=record.datestamp)
    is_first = horizon.is_first(record, known.announced if known else first.day)
    paper = from_record(record, known, first=first, is_first=is_first)
    if known is None:
        judgement = judge_novelty(
            record,
            known_version=None,
            word=None,
            highest_id=horizon.floor,
            today=horizon.today,
        )
        is_news = judgement.novelty is Novelty.NEW and not record.withdrawn
        standing = Standing.WAITING if is_news else Standing.HISTORY
        return PaperChange(paper=paper, standing=standing)
    standing = known.standing
    if standing is Standing.WAITING and record.withdrawn:
        standing = Standing.HISTORY
    if paper == known.paper and standing is known.standing:
        return None
    return PaperChange(paper=paper, standing=standing)


def category_of(set_spec: str) -> str:
    """The category that a set means: ``cs:cs:LG`` is cs.LG, ``physics:hep-th`` hep-th."""
    _, _, rest = set_spec.partition(":")
    return rest.replace(":", ".", 1) or set_spec


def is_weekday(day: date) -> bool:
    """Whether ``day`` may have a mailing at all."""
    return day.weekday() < 5  # noqa: PLR2004 Monday to Friday


def _named(lines: Iterable[str]) -> tuple[str, ...]:
    """The identifiers of records that were set aside, as far as their lines name them."""
    names = (parse_arxiv_id(line.partition(": ")[0]) for line in lines)
    return tuple(name for name in names if name)
