"""The clean-up: what nobody needs any more goes, so that nothing grows for ever.

What is forgotten must never come back as news. A harvest calls a paper news that it
does not know and whose identifier lies above the last whole day it does not read
again (``sources.horizon``), and, where no such day is known, one of the current month
that was submitted in the last two weeks (``sources.novelty``). So an identifier goes
only if it is older than both: announced longer ago than :data:`LEAST_SEEN_DAYS`, and
not above the floor of the harvest that comes next. Floors only rise, so it stays below
those of all later harvests. Days count back from the newest paper, not from the clock:
a machine that was off for months forgets nothing on its first morning.

One thing may come twice: a paper that was seen, not queued and forgotten, and is
cross-listed into another of our categories after ``[state] keep_seen_days``. Its feed
calls it new there, and it is scored as any paper that Shortlist never met. It was no
candidate then, so nobody sees it twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.sources import oai_changes
from pipeline.sources.horizon import horizon_of
from pipeline.sources.live import REMEMBERED
from pipeline.sources.novelty import FIRST_RUN_AGE, is_above
from pipeline.sources.spine import harvest_since

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import date, datetime

    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.queue import Queue
    from db.upkeep import Upkeep

LEAST_SEEN_DAYS = FIRST_RUN_AGE.days + 1
"""A seen paper's identifier is kept this long whatever the config says: longer than a paper may
have been submitted that a harvest without a floor takes for new."""

TEXT_DAYS = 30
"""How long the text of a paper that came to nothing is kept on this machine, and how long history
is, which would be found to be history again. What stands in the list keeps its text."""

FETCH_DAYS = 400
"""How long lines of the ledger are kept: more than the year that alarms look back."""

RUN_DAYS = 90
"""How long runs of jobs are kept; the last of each job stays."""

REQUEST_DAYS = 400
"""How long it is remembered that a request from GitHub was carried out: nobody delivers one
again after a year, and a comment that is read again would be carried out again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgetting:
    """What bounding the memory needs.

    Attributes:
        upkeep: Forgets.
        store: Where the harvests stand.
        ledger: Which days were read whole.
        sets: What is harvested.
        keep_seen_days: How long a seen paper's identifier is kept.
        now: The time (UTC).
        listed: What stands in the list: a model is trained on its abstracts, so they stay.
    """

    upkeep: Upkeep
    store: PaperStore
    ledger: Ledger
    sets: tuple[str, ...]
    keep_seen_days: int
    now: datetime
    listed: Callable[[], Collection[str]] = frozenset


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupJob:
    """What a clean-up needs.

    Attributes:
        forgetting: Bounds the memory.
        queue: Where what nobody decided on expires.
        expire_days: Days until it does.
        shrink: Makes caches and kept answers small again; bytes on disk afterwards, by name.
    """

    forgetting: Forgetting
    queue: Queue
    expire_days: int
    shrink: Callable[[], dict[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanupReport:
    """What one clean-up did.

    Attributes:
        expired: Candidates nobody decided on in time.
        papers: Seen papers that were forgotten.
        texts: Papers of which only the identifier is left.
        lines: Old lines of the ledger, scorings, requests and runs.
        sizes: Bytes on disk, by name.
    """

    expired: tuple[str, ...]
    papers: int
    texts: int
    lines: int
    sizes: dict[str, int]


def clean_up(job: CleanupJob) -> CleanupReport:
    """Expire, forget and shrink; safe to run at any time and again."""
    now = job.forgetting.now
    expired = job.queue.expire(before=now - timedelta(days=job.expire_days), now=now)
    papers, texts, lines = forget_old(job.forgetting)
    job.forgetting.upkeep.compact()
    return CleanupReport(
        expired=expired, papers=papers, texts=texts, lines=lines, sizes=job.shrink()
    )


def forget_old(job: Forgetting) -> tuple[int, int, int]:
    """Bound the memory; how many papers, texts and lines went."""
    newest = job.upkeep.newest_day()
    if newest is None:
        return 0, 0, 0
    today = min(newest, job.now.date())
    days = max(job.keep_seen_days, LEAST_SEEN_DAYS)
    seen = job.upkeep.seen_before(
        today - timedelta(days=days), history=job.now - timedelta(days=TEXT_DAYS)
    )
    bare = job.upkeep.texts_before(today - timedelta(days=TEXT_DAYS))
    listed = job.listed() if seen or bare else frozenset()
    floor = _floor(job, today) if seen else ""
    papers = job.upkeep.forget_papers(
        i for i in seen if i not in listed and not (floor and is_above(i, floor))
    )
    texts = job.upkeep.forget_texts(i for i in bare if i not in listed)
    lines = job.upkeep.forget_lines(
        fetches_before=today - timedelta(days=FETCH_DAYS),
        scorings_before=today - timedelta(days=days),
        runs_before=job.now - timedelta(days=RUN_DAYS),
        requests_before=job.now - timedelta(days=REQUEST_DAYS),
    )
    return papers, texts, lines


def _floor(job: Forgetting, today: date) -> str:
    """Where the next harvest draws the line, "" where it has none."""
    complete = job.ledger.complete_days(oai_changes.SOURCE, since=today - REMEMBERED)
    begins = [
        harvest_since(job.store.harvest(name), otherwise=today, until=today) for name in job.sets
    ]
    return horizon_of(complete, since=min(begins, default=today), today=today).floor
