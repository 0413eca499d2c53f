"""The one virtual clock, and when arXiv's evening reaches each interface.

The clock stands still until it is moved, so that a test of thirty days takes
seconds. It knows arXiv's calendar through ``pipeline.sources.calendar`` alone.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import cache
from zoneinfo import ZoneInfo

from pipeline.sources.calendar import ANNOUNCEMENT, announced_at, is_announcement_day

EASTERN = ZoneInfo("America/New_York")

OAI_DELAY = timedelta(hours=2, minutes=30)
"""From the announcement to the OAI-PMH interface: "typically around 10:30pm ET"."""

API_DELAY = timedelta(hours=3)
"""From the announcement to the query API's index (made up; hours, in the field)."""

_DAY = timedelta(days=1)


class Clock:
    """Virtual time, in UTC and whole seconds.

    Args:
        now: Where it begins (aware).
        speed: Virtual seconds for each real one; 0 stands still.
    """

    def __init__(self, now: datetime, *, speed: float = 0.0) -> None:
        self._lock = threading.Lock()
        self._speed = speed
        self._set(now)

    def now(self) -> datetime:
        """The virtual time (aware, UTC)."""
        with self._lock:
            return self._now()

    def set(self, moment: datetime) -> datetime:
        """Move to ``moment`` (aware), also backwards."""
        with self._lock:
            self._set(moment)
            return self._now()

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> datetime:
        """Move forward, and say what time it is then."""
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        if step < timedelta(0):
            raise ValueError("advance() moves forward; set() moves anywhere")
        with self._lock:
            self._set(self._now() + step)
            return self._now()

    def advance_to_announcement_day(self, *, hours: float = 5.0) -> date:
        """Move to the next announcement day whose ``hours`` after midnight ET lie ahead.

        Returns:
            The day.
        """
        with self._lock:
            now = self._now()
            day = eastern_day(now)
            while not is_announcement_day(day) or _after_midnight(day, hours) <= now:
                day += _DAY
            self._set(_after_midnight(day, hours))
        return day

    def _now(self) -> datetime:
        real = (time.monotonic() - self._moved_at) * self._speed
        return (self._start + timedelta(seconds=real)).replace(microsecond=0)

    def _set(self, moment: datetime) -> None:
        if moment.tzinfo is None:
            raise ValueError("the clock needs a time with a zone")
        self._start = moment.astimezone(UTC)
        self._moved_at = time.monotonic()


@cache
def announced(day: date) -> datetime:
    """When the mailing of ``day`` goes out (UTC), also for a day the calendar has none for."""
    regular = announced_at(day)
    return regular or datetime.combine(day - _DAY, ANNOUNCEMENT, EASTERN).astimezone(UTC)


def eastern_day(moment: datetime) -> date:
    """The date in US Eastern time."""
    return moment.astimezone(EASTERN).date()


def eastern_midnight(day: date) -> datetime:
    """The midnight at which ``day`` begins in US Eastern time (in that zone)."""
    return datetime.combine(day, time_of_day(0), EASTERN)


def next_announcement_day(day: date) -> date:
    """The first announcement day after ``day``."""
    day += _DAY
    while not is_announcement_day(day):
        day += _DAY
    return day


def previous_announcement_day(day: date) -> date:
    """The last announcement day before ``day``."""
    day -= _DAY
    while not is_announcement_day(day):
        day -= _DAY
    return day


def _after_midnight(day: date, hours: float) -> datetime:
    return eastern_midnight(day).astimezone(UTC) + timedelta(hours=hours)
