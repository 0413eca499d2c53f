"""Papers brought in without being ranked: a day, some identifiers, the list's own entries.

What is news waits for the next run, which scores it; what is not is stored as history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.records import AnnounceType, FetchStatus
from pipeline.arxiv_id import parse_arxiv_id
from pipeline.backfill import news_of
from pipeline.sources.calendar import estimate_announcement
from pipeline.sources.lookup import IDS_A_REQUEST
from pipeline.sources.recording import record_day
from pipeline.sources.repair import Repaired, repair

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.queue import Queue
    from db.records import Paper
    from pipeline.lists.reader import ListFile
    from pipeline.outcome import Delivery
    from pipeline.ports import Intake, Progress
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.lookup import Lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a day's fetch brought.

    Attributes:
        deliveries: One for each source and day.
        waiting: Papers that wait to be scored now.
    """

    deliveries: tuple[Delivery, ...]
    waiting: int


def fetch_day(intake: Intake, queue: Queue, ledger: Ledger, day: date, *, now: datetime) -> Fetched:
    """Bring in what was announced on ``day`` and what is owed, and rank nothing."""
    deliveries = intake.deliver(day)
    for delivery in deliveries:
        queue.remember(news_of(delivery), now=now)
    ledger.record([delivery.fetch for delivery in deliveries])
    return Fetched(deliveries=deliveries, waiting=len(queue.waiting()))


def fetch_ids(
    arxiv_ids: Sequence[str],
    lookup: Lookup,
    store: PaperStore,
    horizon: Horizon,
    *,
    categories: tuple[str, ...],
    now: datetime,
    progress: Progress | None = None,
) -> Repaired:
    """Store what arXiv says of papers, a request at a time; each identifier is accounted for.

    Where arXiv does not answer any more, what came before stands and nothing more is asked.

    Args:
        arxiv_ids: As people write them; of two that mean one paper, one is asked for.
        lookup: The lane.
        store: Where papers are kept.
        horizon: Where news begins.
        categories: Which papers may be news.
        now: The time of the run (UTC).
        progress: Called with (identifiers asked for, all of them).
    """
    wanted = tuple(dict.fromkeys(parse_arxiv_id(text) or text for text in arxiv_ids))
    so_far = Repaired(asked=len(wanted), set_aside={})
    for begin in range(0, len(wanted), IDS_A_REQUEST):
        batch = wanted[begin : begin + IDS_A_REQUEST]
        repaired = repair(batch, lookup, store, horizon, categories=categories, now=now)
        so_far = replace(
            so_far,
            stored=(*so_far.stored, *repaired.stored),
            not_found=(*so_far.not_found, *repaired.not_found),
            set_aside={**so_far.set_aside, **repaired.set_aside},
            papers=(*so_far.papers, *repaired.papers),
            problem=repaired.problem,
        )
        if repaired.problem:
            break
        if progress is not None:
            progress(begin + len(batch), len(wanted))
    return so_far


def ids_without_abstract(
    lists: Iterable[ListFile], store: PaperStore, elsewhere: Iterable[str] = ()
) -> tuple[str, ...]:
    """Identifiers of listed papers of which no abstract is known, in the list's order.

    Args:
        lists: The list files.
        store: Where papers are kept.
        elsewhere: Identifiers of which a papers file has an abstract.
    """
    listed = dict.fromkeys(
        entry.arxiv_id for file in lists for entry in file.entries if entry.arxiv_id
    )
    has = {
        arxiv_id
        for arxiv_id, known in store.known(listed).items()
        if known.paper is not None and known.paper.abstract
    }
    has.update(elsewhere)
    return tuple(arxiv_id for arxiv_id in listed if arxiv_id not in has)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became recorded days.

    Attributes:
        days: Each day with its number of papers, and whether its file was written.
        left_out: Days of which papers are there, but not all.
    """

    days: tuple[tuple[date, int, bool], ...]
    left_out: tuple[date, ...]


def record_days(
    store: PaperStore,
    ledger: Ledger,
    folder: Path,
    *,
    first: date | None = None,
    last: date | None = None,
) -> Recorded:
    """Write what was ingested as recorded days.

    A day that no source delivered whole is left out: as a file it would pass for one.

    Args:
        store: Where papers are kept.
        ledger: Which days came whole.
        folder: Made if it is missing; days that are there and agree are left alone.
        first: The first day wanted, ``None`` for all.
        last: The last one.

    Raises:
        RecordedDayError: ``folder`` cannot be written to.
    """
    held = [day for day in store.days() if (first or day) <= day <= (last or day)]
    told = ledger.days(since=held[0]) if held else ()
    whole = {fetch.day for fetch in told if fetch.status is FetchStatus.COMPLETE}
    again = replacements(store.revised_since(held[0])) if held else {}
    written = []
    for day in held:
        if day not in whole:
            continue
        papers = store.announced_on(day)
        named = {paper.arxiv_id for paper in papers}
        replaced = (paper for paper in again.get(day, ()) if paper.arxiv_id not in named)
        rows = (*papers, *replaced)
        written.append((day, len(rows), record_day(folder, day, rows)))
    return Recorded(days=tuple(written), left_out=tuple(day for day in held if day not in whole))


def replacements(papers: Iterable[Paper]) -> dict[date, list[Paper]]:
    """Each later version of ``papers`` as a recorded day has it, by its announcement day.

    The day of the current version is known or was estimated when it came; that of
    one before it follows from its submission.
    """
    found: dict[date, list[Paper]] = {}
    for paper in papers:
        days = {
            estimate_announcement(version.submitted, paper.arxiv_id)
            for version in paper.versions[1:-1]
            if version.submitted is not None
        }
        for day in days | ({paper.revised} if paper.revised else set()):
            row = replace(paper, announced=day, announce_type=AnnounceType.REPLACE, abstract=None)
            found.setdefault(day, []).append(row)
    return found
