"""arXiv as it is today: feeds, then OAI-PMH, then what is missing by identifier.

One run of the three lanes into one store. What they come to for the ledger is
``tally``'s business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import FetchStatus
from pipeline.outcome import Delivery
from pipeline.sources import api_pages, oai_changes, rss
from pipeline.sources.calendar import announcement_days, feeds_turn_over, is_announcement_day
from pipeline.sources.horizon import horizon_of
from pipeline.sources.merge import is_ours
from pipeline.sources.repair import repair
from pipeline.sources.spine import HarvestNews, judge_daily
from pipeline.sources.tally import Told, feed_line, is_settled, spine_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.records import Fetch, KnownPaper, Paper
    from pipeline.ports import Progress
    from pipeline.sources.feeds import FeedLane, FeedNews
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.http import HttpClient
    from pipeline.sources.lookup import Lookup
    from pipeline.sources.repair import Repaired
    from pipeline.sources.spine import Spine

MAX_REPAIRS = 2_000
"""Most identifiers asked for one by one in a run: a minute at arXiv's spacing."""

REMEMBERED = timedelta(days=90)
"""How far back whole days are looked at for where news begins."""

BLOCKED = (
    "arXiv answers 403: this machine is blocked, and nothing more is asked in this run "
    "(wait a day, or write to help@arxiv.org)"
)

_TWO_WEEKS = timedelta(days=14)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveIntake:
    """An intake that reads arXiv itself.

    Attributes:
        client: The run's client, shared by the lanes.
        feeds: The fast lane, ``None`` if it is not in use.
        spine: OAI-PMH, ``None`` if it is not in use.
        lookup: The repair lane, ``None`` if it is not in use.
        sets: What the spine harvests.
        categories: Which papers count.
        store: Where papers are kept.
        ledger: What each source delivered so far.
        now: The time of the run (UTC).
        progress: Called with (steps done, all steps) as the run goes on.
    """

    client: HttpClient
    feeds: FeedLane | None
    spine: Spine | None
    lookup: Lookup | None
    sets: tuple[str, ...]
    categories: tuple[str, ...]
    store: PaperStore
    ledger: Ledger
    now: datetime
    progress: Progress | None = None

    def deliver(self, day: date) -> tuple[Delivery, ...]:
        """Read all lanes into the store; a line for each source and each day it told of.

        Never raises for what arXiv does: a lane that fails says so in its line, and
        the next run makes up for it.

        Raises:
            SetupError: This machine cannot space its requests.
            DatabaseError: The store cannot be written.
        """
        earlier = self.store.announced_since(day - _TWO_WEEKS)
        news = self._read_feeds(day, earlier)
        harvested = self._harvest(day, news)
        lacking = self._lacking(news)
        repaired = self._repair(day, lacking, harvested)
        told = self._told(day, news, harvested, lacking, repaired)
        return self._deliveries(told, repaired)

    def _read_feeds(
        self, day: date, earlier: Mapping[date, Sequence[KnownPaper]]
    ) -> FeedNews | None:
        """The news of the feeds, ``None`` where there is nothing to ask them."""
        if self.feeds is None or not is_announcement_day(day) or self._is_early(day):
            return None
        return self.feeds.read(day, before=earlier, progress=self._advance(0))

    def _is_early(self, day: date) -> bool:
        """Whether the feeds are still those of the day before: in winter at 04:47 UTC."""
        return self.now < feeds_turn_over(day)

    def _harvest(self, day: date, news: FeedNews | None) -> HarvestNews | None:
        """What the spine brought, ``None`` if it is not in use."""
        if self.spine is None:
            return None
        last = last_announcement_day(day)
        cursors = {name: self.spine.begin(name, otherwise=last, until=day) for name in self.sets}
        harvested = HarvestNews(since=min(cursor.since for cursor in cursors.values()))
        horizon = self._horizon(day, harvested.since)
        nothing_announced = news is not None and news.empty.issuperset(self.categories)
        advance = self._advance(len(self.categories) if self.feeds else 0)
        for number, (name, cursor) in enumerate(cursors.items(), start=1):
            due = announcement_days(cursor.since, day)
            self.spine.read(
                name,
                cursor,
                harvested,
                lambda record, known: judge_daily(record, known, horizon),
                until=day,
                may_be_empty=nothing_announced
                or not any(is_settled(each, self.now) for each in due),
            )
            advance(number, len(cursors))
        return harvested

    def _lacking(self, news: FeedNews | None) -> tuple[str, ...]:
        """What the feeds announce and no other lane has told of yet."""
        if news is None:
            return ()
        known = self.store.known(news.announced)
        return tuple(i for i in news.announced if i in known and is_from_feed(known[i]))

    def _repair(
        self, day: date, lacking: Sequence[str], harvested: HarvestNews | None
    ) -> Repaired | None:
        """What came of asking for what is missing, ``None`` where nothing is."""
        missing = harvested.missing if harvested else {}
        wanted = tuple(dict.fromkeys((*lacking, *missing)))[:MAX_REPAIRS]
        if self.lookup is None or self.client.blocked or not wanted:
            return None
        horizon = self._horizon(day, harvested.since if harvested else day)
        return repair(
            wanted, self.lookup, self.store, horizon, categories=self.categories, now=self.now
        )

    def _horizon(self, day: date, since: date) -> Horizon:
        complete = self.ledger.complete_days(oai_changes.SOURCE, since=day - REMEMBERED)
        return horizon_of([f for f in complete if f.day <= day], since=since, today=day)

    def _advance(self, done_before: int) -> Progress:
        steps = (len(self.categories) if self.feeds else 0) + (len(self.sets) if self.spine else 0)

        def advance(done: int, _: int) -> None:
            if self.progress is not None:
                self.progress(done_before + done, steps)

        return advance

    def _told(
        self,
        day: date,
        news: FeedNews | None,
        harvested: HarvestNews | None,
        lacking: tuple[str, ...],
        repaired: Repaired | None,
    ) -> Told:
        since = min(harvested.since if harvested else day, day)
        unread = (
            *(harvested.missing if harvested else ()),
            *(repaired.set_aside if repaired else ()),
        )
        known = self.store.known(unread)
        named = self.store.known(news.announced if news else ())
        fetches = [
            fetch
            for fetch in self.ledger.days(since=day - REMEMBERED)
            if fetch.source == oai_changes.SOURCE
        ]
        return Told(
            day=day,
            now=self.now,
            categories=self.categories,
            news=news,
            harvested=harvested,
            held=self.store.announced_since(since),
            lacking=lacking,
            silent=self._silent(day, news, harvested),
            unread=tuple(dict.fromkeys(i for i in unread if i not in known)),
            named=sum(paper.announced == day for paper in named.values()),
            before={fetch.day: fetch for fetch in fetches},
            first_day=min((fetch.day for fetch in fetches), default=day),
        )

    def _silent(
        self, day: date, news: FeedNews | None, harvested: HarvestNews | None
    ) -> frozenset[str]:
        """The categories whose feed is empty, and rightly so by what OAI-PMH says."""
        if not news or not news.empty or not harvested or not harvested.records:
            return frozenset()
        if harvested.problems or not is_settled(day, self.now):
            return frozenset()
        announced = {name for paper in self.store.announced_on(day) for name in paper.categories}
        return frozenset(name for name in news.empty if not is_ours(announced, (name,)))

    def _deliveries(self, told: Told, repaired: Repaired | None) -> tuple[Delivery, ...]:
        """The lines, and with them all papers of the day and what is news of other days."""
        news, harvested = told.news, told.harvested
        lines: list[Fetch] = []
        set_aside: dict[str, tuple[str, ...]] = {}
        # Feeds that are not due yet are nobody's trouble while OAI-PMH has the day.
        if self.feeds is not None and not (self.spine and self._is_early(told.day)):
            lines.append(feed_line(told))
            set_aside[rss.SOURCE] = tuple(news.set_aside) if news else ()
        lines += spine_lines(told)
        set_aside[oai_changes.SOURCE] = tuple(harvested.set_aside) if harvested else ()
        if repaired is not None:
            lines.append(repaired.fetch_of(told.day, self.now))
            set_aside[api_pages.SOURCE] = tuple(repaired.set_aside.values())
        if self.client.blocked:
            lines = [_blocked(line) for line in lines]
        papers = self._papers(told, repaired)
        return tuple(
            Delivery(
                papers=papers if number == 0 else (),
                fetch=line,
                set_aside=set_aside.pop(line.source, ()) if line.day == told.day else (),
            )
            for number, line in enumerate(lines)
        )

    def _papers(self, told: Told, repaired: Repaired | None) -> tuple[Paper, ...]:
        """As they are stored now: a lane that came first knew less of them."""
        told_now = (
            *(told.news.papers if told.news else ()),
            *(repaired.papers if repaired else ()),
        )
        found: Iterable[str] = (
            *(paper.arxiv_id for paper in told_now),
            *(told.harvested.waiting if told.harvested else ()),
        )
        known = self.store.known(found)
        others = (each.paper for each in known.values() if each.announced != told.day)
        return (*self.store.announced_on(told.day), *(paper for paper in others if paper))


def last_announcement_day(day: date) -> date:
    """``day``, or the last day before it on which arXiv announced."""
    while not is_announcement_day(day):
        day -= _DAY
    return day


def is_from_feed(known: KnownPaper) -> bool:
    """Whether only a feed has told of a paper: it knows no time of submission."""
    paper = known.paper
    return paper is not None and all(version.submitted is None for version in paper.versions)


def _blocked(line: Fetch) -> Fetch:
    if line.status in {FetchStatus.COMPLETE, FetchStatus.NO_MAILING}:
        return line
    return replace(line, problem=BLOCKED)
