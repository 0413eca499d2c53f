"""What the lanes of a run come to: a line of the ledger for each source and day.

Pure: the lanes know nothing of each other, and here one's word is held against the
other's. A day is complete when OAI-PMH came to its end, late enough, with all that
the feeds name; "nothing was announced" needs the calendar or both.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import Fetch, FetchStatus
from pipeline.arxiv_id import id_order
from pipeline.sources import oai_changes, rss
from pipeline.sources.calendar import (
    announced_at,
    announcement_days,
    feeds_turn_over,
    is_announcement_day,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from db.records import KnownPaper
    from pipeline.sources.feeds import FeedNews
    from pipeline.sources.spine import HarvestNews

SETTLED_AFTER = timedelta(hours=3, minutes=30)
"""From an announcement on until OAI-PMH has all of it: an hour after it usually begins.

Source: "typically around 10:30pm ET" (https://info.arxiv.org/help/oa/index.md); the
announcement is at 20:00.
"""

NOTHING_ANNOUNCED = (
    "nothing was announced, though a mailing was due: feeds and OAI-PMH agree (deferred)"
)
_SETTLED = frozenset({FetchStatus.COMPLETE, FetchStatus.NO_MAILING})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the lanes of one run said.

    Attributes:
        day: The announcement day of the run.
        now: The time of the run (UTC).
        categories: Which papers count.
        news: What the feeds said; ``None`` where they were not asked.
        harvested: What the spine brought; ``None`` where it is not in use.
        held: The papers that are stored now, by announcement day.
        named: How many papers the feeds name that were never announced before.
        lacking: Those of the feeds that OAI-PMH did not bring.
        silent: Categories whose feed is empty and of which OAI-PMH brought nothing either.
        unread: Records that no lane could read, by identifier.
        before: The lines that the ledger has for OAI-PMH, by day.
        first_day: The first day that anybody asked OAI-PMH for: what lies before is not owed.
    """

    day: date
    now: datetime
    categories: tuple[str, ...]
    news: FeedNews | None
    harvested: HarvestNews | None
    held: Mapping[date, Sequence[KnownPaper]]
    named: int = 0
    lacking: tuple[str, ...] = ()
    silent: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    before: Mapping[date, Fetch] = field(default_factory=dict)
    first_day: date

    @property
    def agree_on_none(self) -> bool:
        """Whether every feed says that nothing was announced."""
        return self.news is not None and self.news.empty.issuperset(self.categories)

    @property
    def was_deferred(self) -> bool:
        """Whether feeds and OAI-PMH agree that a mailing that was due did not come."""
        harvested = self.harvested
        return (
            is_announcement_day(self.day)
            and self.agree_on_none
            and harvested is not None
            and not harvested.problems
            and not self.held.get(self.day)
            # What was announced since the harvest's beginning, it must have named.
            and (harvested.records > 0 or not self.held)
        )


def is_settled(day: date, now: datetime) -> bool:
    """Whether OAI-PMH should have all of what was announced on ``day``."""
    opening = announced_at(day)
    return opening is not None and now >= opening + SETTLED_AFTER


def feed_line(told: Told) -> Fetch:
    """The line of the feeds for the day of the run."""
    line = Fetch(
        source=rss.SOURCE,
        day=told.day,
        status=FetchStatus.NO_MAILING,
        received=0,
        fetched_at=told.now,
    )
    news = told.news
    if news is None:
        begin = feeds_turn_over(told.day)
        if not is_announcement_day(told.day) or told.now >= begin:
            return line
        problem = f"the feeds of the day begin at {begin:%H:%M} UTC"
        return replace(line, status=FetchStatus.FAILED, problem=problem)
    if told.was_deferred:
        return replace(line, problem=NOTHING_ANNOUNCED)
    problem = _feed_problem(news, told.silent)
    status = FetchStatus.COMPLETE
    if problem:
        status = FetchStatus.PARTIAL if news.fresh or news.announced else FetchStatus.FAILED
    held = len(told.held.get(told.day, ())) if told.harvested else None
    return replace(line, status=status, received=told.named, expected=held, problem=problem)


def spine_lines(told: Told) -> Iterator[Fetch]:
    """The lines of OAI-PMH: for the day of the run, and for earlier days that it settles."""
    harvested = told.harvested
    if harvested is None:
        return
    for day in announcement_days(max(harvested.since, told.first_day), told.day - _DAY):
        line, before = _spine_line(told, harvested, day), told.before.get(day)
        stands = before is not None and before.status in _SETTLED
        if not stands or (
            line.status is FetchStatus.COMPLETE and before and line.received > before.received
        ):
            yield line
    yield _spine_line(told, harvested, told.day)


def _spine_line(told: Told, harvested: HarvestNews, day: date) -> Fetch:
    held = told.held.get(day, ())
    is_today = day == told.day
    lacking = told.lacking if is_today else ()
    before = told.before.get(day)
    expected = before.expected if before else None
    if is_today and told.news and (told.news.fresh | told.silent).issuperset(told.categories):
        expected = told.named
    line = Fetch(
        source=oai_changes.SOURCE,
        day=day,
        status=FetchStatus.COMPLETE,
        received=len(held) - len(lacking),
        expected=expected,
        fetched_at=told.now,
    )
    if not is_announcement_day(day) and not held:
        problem = next(iter(harvested.problems), "") if is_today else ""
        return replace(line, status=FetchStatus.NO_MAILING, expected=None, problem=problem)
    if is_today and told.was_deferred:
        return replace(line, status=FetchStatus.NO_MAILING, expected=None)
    if problem := next(_spine_problems(told, harvested, day, len(held), lacking), ""):
        failed = not harvested.pages or not line.received
        status = FetchStatus.FAILED if failed and _is_open(day, told.now) else FetchStatus.PARTIAL
        return replace(line, status=status, problem=problem)
    ids = (
        paper.arxiv_id for known, papers in told.held.items() if known <= day for paper in papers
    )
    return replace(line, highest_id=max(ids, key=id_order, default=""))


def _spine_problems(
    told: Told, harvested: HarvestNews, day: date, held: int, lacking: Sequence[str]
) -> Iterator[str]:
    """What keeps a day of OAI-PMH from being complete, the weightiest first, one line each."""
    opening = announced_at(day)
    if opening is not None and told.now < opening:
        yield f"not announced yet (due {opening:%Y-%m-%d %H:%M} UTC)"
    if harvested.problems:
        first, *others = harvested.problems
        yield first + (f" (and {len(others)} more)" if others else "")
    if lacking:
        yield f"{_papers(len(lacking))} of the feeds' not in OAI-PMH yet ({lacking[0]} first)"
    if day == told.day and told.unread:
        yield f"{_papers(len(told.unread))} that no source gives whole ({told.unread[0]} first)"
    confirmed = day == told.day and told.news is not None and bool(told.news.announced)
    if opening is not None and not confirmed and not is_settled(day, told.now):
        yield f"OAI-PMH may not have all of it before {opening + SETTLED_AFTER:%H:%M} UTC"
    if not held:
        yield "nothing came for a day with a mailing, and no other source says so too"


def _feed_problem(news: FeedNews, silent: frozenset[str]) -> str:
    """All that is wrong with the feeds in one line: the first problem, and how many have one."""
    problems = [(name, said) for name, said in news.problems.items() if name not in silent]
    if problems:
        category, problem = problems[0]
        others = len(problems) - 1
        more = f" and {others} more {'category' if others == 1 else 'categories'}" if others else ""
        return f"{category}{more}: {problem}"
    if news.set_aside:
        return f"{len(news.set_aside)} {'item' if len(news.set_aside) == 1 else 'items'} set aside"
    return "" if news.announced else "no category announces anything"


def _is_open(day: date, now: datetime) -> bool:
    opening = announced_at(day)
    return opening is None or now >= opening


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"
