"""Days of the past, fetched once: what was announced before anybody looked, or while nobody did.

OAI-PMH knows when a paper changed last, not when it was announced. So everything that
changed since the first day is read, to today, and the day of each paper follows from
its first submission and arXiv's calendar, or, where moderation held it, from its
identifier: it is an estimate, and marked as one. What was not known and belongs to
these days waits to be scored; the next run ranks it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.ledger import DONE
from db.records import AnnounceType, Fetch, FetchStatus, Harvest
from pipeline.sources.calendar import announcement_days
from pipeline.sources.first_ids import FirstIds
from pipeline.sources.live import BLOCKED
from pipeline.sources.novelty import highest_of
from pipeline.sources.oai_changes import SOURCE
from pipeline.sources.past import Past
from pipeline.sources.repair import repair
from pipeline.sources.spine import HarvestNews
from pipeline.sources.tally import is_settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date, datetime

    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.queue import Queue
    from db.records import Paper
    from pipeline.outcome import Delivery
    from pipeline.ports import PaperSource, Progress
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.lookup import Lookup
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
        lookup: The repair lane, ``None`` if it is not in use.
        sets: What it harvests.
        store: Where papers are kept.
        ledger: Which days are complete.
        horizon: What is known of the days around.
        now: The time of the run (UTC).
    """

    spine: Spine
    lookup: Lookup | None
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
        news = HarvestNews(since=owed[0])
        names = {name: _name(name, owed[0], last) for name in self.sets}
        cursors = {name: self._begin(full, owed[0]) for name, full in names.items()}
        past = Past(
            first=first,
            last=last,
            categories=self.spine.categories,
            horizon=self.horizon,
            ids=self._ids_since(owed[0]),
        )
        for number, (name, cursor) in enumerate(cursors.items()):
            if self.spine.client.blocked or not cursor.open:
                continue
            self.spine.read(
                name,
                cursor,
                news,
                past.judge,
                until=last,
                may_be_empty=False,
                on_records=past.learn,
                on_page=_steps(progress, number, len(cursors), owed[0], self.now.date()),
            )
        if self.spine.client.blocked:
            news.problems = {BLOCKED: None}
        unread = self._repair(news, past)
        fetches = tuple(self._lines(owed, news, past, unread))
        if not all(map(_is_new, cursors.values())):
            # What the killed one read of the days after ``last`` is nowhere: no line is drawn.
            fetches = tuple(replace(fetch, highest_id="") for fetch in fetches)
        if unread or not news.problems:
            for full in names.values():
                self.store.forget(full)
        self.ledger.record(fetches)
        return replace(
            report,
            fetches=fetches,
            news=len(news.waiting),
            problems=(*news.problems, *_unread_problem(unread), *news.set_aside),
        )

    def _begin(self, name: str, since: date) -> Harvest:
        cursor = self.store.harvest(name)
        if cursor is not None and (cursor.open or cursor.completed):
            return cursor
        return Harvest(
            name=name, since=since, resume_from=since, token="", completed=None, open=True
        )

    def _ids_since(self, day: date) -> FirstIds:
        """What the papers that are stored already show."""
        held = (
            paper.arxiv_id
            for papers in self.store.announced_since(day).values()
            for paper in papers
        )
        ids = FirstIds()
        for known in self.store.known(held).values():
            paper = known.paper
            if paper is None or paper.announce_type is not AnnounceType.NEW:
                continue
            submitted = paper.versions[0].submitted if paper.versions else None
            if submitted is not None and paper.versions[0].number == 1:
                ids.note(paper.arxiv_id, submitted)
        return ids

    def _repair(self, news: HarvestNews, past: Past) -> tuple[str, ...]:
        """Asks by identifier for what the harvest named and did not bring; what stays missing."""
        missing = tuple(arxiv_id for arxiv_id in news.missing if arxiv_id not in past.left)
        answered: tuple[str, ...] = ()
        if missing and self.lookup is not None and not self.spine.client.blocked:
            repaired = repair(
                missing,
                self.lookup,
                self.store,
                self.horizon,
                categories=self.spine.categories,
                now=self.now,
                judge=past.judge_answer,
            )
            answered = repaired.stored
            news.waiting.update((paper.arxiv_id, None) for paper in repaired.papers)
        known = self.store.known(missing)
        return tuple(i for i in missing if i not in known and i not in answered)

    def _lines(
        self, owed: Sequence[date], news: HarvestNews, past: Past, unread: Sequence[str]
    ) -> Iterator[Fetch]:
        """A line for each day; a record that nobody gave spoils the day of its identifier."""
        held = self.store.announced_since(owed[0])
        spoilt = {past.ids.day_of(arxiv_id) for arxiv_id in unread}
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
            if not problem and day in spoilt:
                (problem,) = _unread_problem(unread)
            if not problem and not is_settled(day, self.now):
                problem = "OAI-PMH may not have all of it yet"
            if not problem and not papers:
                problem = "nothing came for a day with a mailing, and no other source says so too"
            if problem:
                status = FetchStatus.PARTIAL if papers else FetchStatus.FAILED
                yield replace(line, status=status, problem=problem)
            else:
                until = [p.arxiv_id for known, some in held.items() if known <= day for p in some]
                yield replace(line, highest_id=highest_of(past.ids.until(day, until)))


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


def _is_new(cursor: Harvest) -> bool:
    """Whether a harvest has read nothing yet."""
    return cursor.open and not cursor.token and cursor.resume_from == cursor.since


def _unread_problem(unread: Sequence[str]) -> tuple[str, ...]:
    if not unread:
        return ()
    count = "1 record" if len(unread) == 1 else f"{len(unread):,} records"
    return (f"{count} that no source gives whole ({unread[0]} first)",)


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
