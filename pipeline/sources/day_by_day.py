"""Sources that are asked day by day: recorded days, and the query interface by itself.

Which days are owed follows from the ledger: the day of the run, earlier ones that came
in part or not at all, and those that no run asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import FetchStatus
from pipeline.sources.calendar import announcement_days

if TYPE_CHECKING:
    from datetime import date

    from db.ledger import Ledger
    from pipeline.outcome import Delivery
    from pipeline.ports import PaperSource

CATCH_UP_DAYS = 30
"""How far back a run looks for days that no run fetched, or that failed."""
RETRY_DAYS = 7
"""How long a day that came in part is asked for again: a record that is broken may stay so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayByDay:
    """An intake that asks each source for each day it owes.

    Attributes:
        sources: Where papers come from, the most trusted first.
        ledger: What each source delivered so far.
    """

    sources: tuple[PaperSource, ...]
    ledger: Ledger

    def deliver(self, day: date) -> tuple[Delivery, ...]:
        """What every source delivers for ``day``, and for earlier days it still owes."""
        return tuple(
            source.fetch_day(owed)
            for source in self.sources
            for owed in days_to_fetch(source, self.ledger, day)
        )


def days_to_fetch(source: PaperSource, ledger: Ledger, day: date) -> tuple[date, ...]:
    """``day`` itself, the days before it that came in part, and those no run fetched.

    The first run of all fetches ``day`` alone: the past is not owed to anybody.
    """
    earliest = day - timedelta(days=CATCH_UP_DAYS)
    retried_since = {
        FetchStatus.FAILED: earliest,
        FetchStatus.PARTIAL: day - timedelta(days=RETRY_DAYS),
    }
    owed = {
        fetch.day
        for fetch in ledger.days(since=earliest)
        if fetch.source == source.name and fetch.day >= retried_since.get(fetch.status, day)
    }
    last = ledger.last_complete(source.name)
    if last is not None and last < day:
        owed.update(announcement_days(max(last + timedelta(days=1), earliest), day))
    return (*sorted(hole for hole in owed if hole < day), day)
