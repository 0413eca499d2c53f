"""What each source delivered day by day, held against arXiv's calendar; changes nothing.

A day without papers is right at a weekend, on one of arXiv's holidays, and where two
sources say so. Three days in a row on which papers were due and none came are an alarm:
then it is the fetching that is broken, whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from db.records import FetchStatus
from pipeline.sources.calendar import announced_at, is_announcement_day
from pipeline.sources.tally import is_settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from db.ledger import Ledger
    from db.records import Fetch

EMPTY_DAYS = 3
"""Announcement days in a row without a paper that are an alarm."""

_LOOKED_AT = timedelta(days=366)
"""How long nobody may have asked before it is as if Shortlist had never run."""

_DAY = timedelta(days=1)
_SATURDAY = 5


class Mailing(StrEnum):
    """What arXiv's calendar says of a day."""

    DUE = "due"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerDay:
    """One day.

    Attributes:
        day: The announcement day.
        mailing: What the calendar says of it.
        is_announced: Whether its mailing, if it has one, has gone out by now.
        fetches: What each source delivered, by source; none where nobody asked.
    """

    day: date
    mailing: Mailing
    is_announced: bool
    fetches: tuple[Fetch, ...]

    @property
    def received(self) -> int:
        """The most papers that any source delivered."""
        return max((fetch.received for fetch in self.fetches), default=0)

    @property
    def is_owed(self) -> bool:
        """Whether papers of it may be missing: the next run asks again."""
        statuses = {fetch.status for fetch in self.fetches}
        settled = {FetchStatus.COMPLETE, FetchStatus.NO_MAILING}
        is_due = self.mailing is Mailing.DUE and self.is_announced
        return is_due and not statuses & settled


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """The days, newest first, and what a person must know.

    Attributes:
        days: From the newest back.
        alarm: Why a person must look, in one line, or "".
    """

    days: tuple[LedgerDay, ...]
    alarm: str

    @property
    def owed(self) -> tuple[date, ...]:
        """Days of which papers may be missing, oldest first."""
        return tuple(sorted(day.day for day in self.days if day.is_owed))


def report_ledger(
    fetches: Sequence[Fetch], *, today: date, days: int, now: datetime
) -> LedgerReport:
    """The last ``days`` days until ``today``, no further back than anybody asked.

    Args:
        fetches: All lines of the ledger since :func:`ledger_since`.
        today: The newest day shown.
        days: How many, 1 or more.
        now: The time (UTC): a mailing that is not settled yet is no empty day.
    """
    by_day: dict[date, list[Fetch]] = {}
    for fetch in fetches:
        by_day.setdefault(fetch.day, []).append(fetch)
    first = min(by_day, default=today)
    span = [today - n * _DAY for n in range((today - first).days + 1)]
    all_days = [
        LedgerDay(
            day=day,
            mailing=mailing_of(day),
            is_announced=(announced_at(day) or now) <= now,
            fetches=tuple(sorted(by_day.get(day, ()), key=lambda fetch: fetch.source)),
        )
        for day in span
    ]
    return LedgerReport(days=tuple(all_days[:days]), alarm=alarm_of(all_days, now=now))


def alarm_of(days: Sequence[LedgerDay], *, now: datetime) -> str:
    """Whether the last days on which papers were due all came without any.

    Args:
        days: Newest first, without gaps.
        now: The time (UTC).
    """
    due = [day for day in days if day.mailing is Mailing.DUE and is_settled(day.day, now)]
    last = due[:EMPTY_DAYS]
    if len(last) < EMPTY_DAYS or any(day.received for day in last):
        return ""
    return (
        f"no paper since {last[-1].day - _DAY}: the last {EMPTY_DAYS} announcement days are empty"
        " (`shortlist doctor` looks at the set-up, https://status.arxiv.org at arXiv)"
    )


def find_alarm(ledger: Ledger, *, today: date, now: datetime) -> tuple[str, ...]:
    """Why a person must look at the ledger, in one line; nothing if nobody must."""
    fetches = ledger.days(since=ledger_since(today, EMPTY_DAYS))
    report = report_ledger(fetches, today=today, days=EMPTY_DAYS, now=now)
    return (report.alarm,) if report.alarm else ()


def ledger_since(today: date, days: int) -> date:
    """From which day on :func:`report_ledger` needs lines."""
    return today - max(_LOOKED_AT, timedelta(days=days))


def mailing_of(day: date) -> Mailing:
    """What arXiv's calendar says of a day."""
    if day.weekday() >= _SATURDAY:
        return Mailing.WEEKEND
    return Mailing.DUE if is_announcement_day(day) else Mailing.HOLIDAY
