"""Days of the past, fetched once: what was announced before anybody looked, or while nobody did.

OAI-PMH knows when a paper changed last, not when it was announced. So everything that
changed since the first day is read, to today, and the day of each paper follows from
its first submission and arXiv's calendar: it is an estimate, and marked as one.
What was not known and belongs to these days waits to be scored; the next run ranks it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.ledger import DONE
from db.papers import PaperChange
from db.records import AnnounceType, Fetch, FetchStatus, Harvest, Standing
from pipeline.arxiv_id import id_order
from pipeline.sources.calendar import announcement_days
from pipeline.sources.merge import from_record
from pipeline.sources.novelty import announcement_of
from pipeline.sources.oai_changes import SOURCE
from pipeline.sources.spine import HarvestNews

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.queue import Queue
    from db.records import KnownPaper, Paper
    from pipeline.outcome import Delivery
    from pipeline.ports import PaperSource, Progress
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.oai_record import OaiRecord
    from pipeline.sources.spine import Spine


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillReport:
    """What a backfill did.

    Attributes:
        first: The first day asked for.
        last: The last one.
        complete_before: Days of the span that had nothing more to give: not fetched again.
        fetches: One line for each day and source that was fetched.
        news: Papers that wait to be scored now and did not before.
        problems: What went wrong, one line each.
    """

    first: date
    last: date
    complete_before: int
    fetches: tuple[Fetch, ...] = ()
    news: int = 0
    problems: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether some of the days are still owed."""
        return any(fetch.status not in DONE for fetch in self.fetches)


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestBackfill:
    """A backfill through OAI-PMH.

    Attributes:
        spine: The lane.
        sets: What it harvests.
        store: Where papers are kept.
        ledger: Which days are complete.
        horizon: What is known of the days around.
        now: The time of the run (UTC).
    """

    spine: Spine
    sets: tuple[str, ...]
    store: PaperStore
    ledger: Ledger
    horizon: Horizon
    now: datetime

    def run(self, first: date, last: date, *, progress: Progress | None = None) -> BackfillReport:
        """Fetch the days from ``first`` to ``last`` that are not complete; goes on where it was.

        Args:
            first: The first announcement day.
            last: The last one, not after today.
            progress: Called with (days of change read, all of them), over all sets.
        """
        owed = owed_days(self.ledger, SOURCE, first, last)
        due = announcement_days(first, last)
        report = BackfillReport(first=first, last=last, complete_before=len(due) - len(owed))
        if not owed:
            return report
        today = self.now.date()
        news = HarvestNews(since=owed[0])
        for number, name in enumerate(self.sets):
            cursor = self._begin(name, owed[0], last)
            if self.spine.client.blocked or not cursor.open:
                continue
            self.spine.read(
                name,
                cursor,
                news,
                lambda record, known: judge_past(record, known, self.horizon, (first, last)),
                until=last,
                may_be_empty=False,
                on_page=_steps(progress, number, len(self.sets), owed[0], today),
            )
        fetches = self._lines(owed, news)
        if not news.problems:
            for name in self.sets:
                self.store.forget(_name(name, owed[0], last))
        self.ledger.record(fetches)
        return replace(
            report,
            fetches=fetches,
            news=len({paper.arxiv_id for paper in news.papers}),
            problems=(*news.problems, *news.set_aside),
        )

    def _begin(self, set_name: str, since: date, last: date) -> Harvest:
        name = _name(set_name, since, last)
        cursor = self.store.harvest(name)
        if cursor is not None and (cursor.open or cursor.completed):
            return cursor
        return Harvest(
            name=name, since=since, resume_from=since, token="", completed=None, open=True
        )

    def _lines(self, owed: Sequence[date], news: HarvestNews) -> tuple[Fetch, ...]:
        held = self.store.announced_since(owed[0])
        lines = []
        for day in owed:
            papers = held.get(day, ())
            line = Fetch(
                source=SOURCE,
                day=day,
                status=FetchStatus.COMPLETE,
                received=len(papers),
                fetched_at=self.now,
            )
            problem = next(iter(news.problems), "")
            if not papers and not problem:
                problem = "nothing came for a day with a mailing, and no other source says so too"
            if problem:
                status = FetchStatus.PARTIAL if papers else FetchStatus.FAILED
                lines.append(replace(line, status=status, problem=problem))
                continue
            ids = [p.arxiv_id for known, some in held.items() if known <= day for p in some]
            lines.append(replace(line, highest_id=max(ids, key=id_order)))
        return tuple(lines)


def judge_past(
    record: OaiRecord,
    known: KnownPaper | None,
    horizon: Horizon,
    span: tuple[date, date],
) -> PaperChange | None:
    """What becomes of a record when the days of ``span``, first to last, are made up for.

    One that was announced after them and is not known is left to the daily run: it knows
    better whether it is news.
    """
    announcement = announcement_of(record, after=horizon.after(record.arxiv_id))
    is_first = horizon.is_first(record, known.announced if known else announcement.day)
    paper = from_record(record, known, first=announcement, is_first=is_first)
    first, last = span
    is_of_span = first <= paper.announced <= last and not record.withdrawn
    if known is None:
        if paper.announced > last:
            return None
        standing = Standing.WAITING if is_of_span else Standing.HISTORY
        return PaperChange(paper=paper, standing=standing)
    standing = known.standing
    if standing is Standing.HISTORY and is_of_span:
        standing = Standing.WAITING
    if paper == known.paper and standing is known.standing:
        return None
    return PaperChange(paper=paper, standing=standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyBackfill:
    """A backfill from sources that are asked day by day.

    Attributes:
        sources: Where papers come from.
        ledger: Which days are complete.
        queue: Where papers wait to be scored.
        now: The time of the run (UTC).
    """

    sources: tuple[PaperSource, ...]
    ledger: Ledger
    queue: Queue
    now: datetime

    def run(self, first: date, last: date, *, progress: Progress | None = None) -> BackfillReport:
        """Fetch the days that are not complete, each stored before the next is asked for."""
        owed = [
            (source, day)
            for source in self.sources
            for day in owed_days(self.ledger, source.name, first, last)
        ]
        due = len(announcement_days(first, last)) * len(self.sources)
        waiting = len(self.queue.waiting())
        deliveries: list[Delivery] = []
        for number, (source, day) in enumerate(owed, start=1):
            delivery = source.fetch_day(day)
            self.queue.remember(news_of(delivery), now=self.now)
            self.ledger.record([delivery.fetch])
            deliveries.append(delivery)
            if progress is not None:
                progress(number, len(owed))
        return BackfillReport(
            first=first,
            last=last,
            complete_before=due - len(owed),
            fetches=tuple(delivery.fetch for delivery in deliveries),
            news=len(self.queue.waiting()) - waiting,
            problems=tuple(
                f"{delivery.fetch.source} {delivery.fetch.day}: {delivery.fetch.problem}"
                for delivery in deliveries
                if delivery.fetch.problem
            ),
        )


def owed_days(ledger: Ledger, source: str, first: date, last: date) -> tuple[date, ...]:
    """The announcement days from ``first`` to ``last`` that ``source`` still owes."""
    done = {
        fetch.day
        for fetch in ledger.days(since=first)
        if fetch.source == source and fetch.status in DONE
    }
    return tuple(day for day in announcement_days(first, last) if day not in done)


def news_of(delivery: Delivery) -> tuple[Paper, ...]:
    """What a delivery holds that may be scored: replacements are no news."""
    return tuple(
        paper for paper in delivery.papers if paper.announce_type is not AnnounceType.REPLACE
    )


def _name(set_name: str, since: date, last: date) -> str:
    return f"{set_name} {since}/{last}"


def _steps(
    progress: Progress | None, number: int, sets: int, since: date, today: date
) -> Callable[[date], None]:
    """Turns the day that a harvest has reached into steps over all sets."""
    days = max((today - since).days, 1)

    def reached(day: date) -> None:
        if progress is not None:
            progress(number * days + min((day - since).days, days), sets * days)

    return reached
