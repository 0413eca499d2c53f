"""When arXiv announces, and which submissions it announces then.

Known, from arXiv's help pages: submissions close at 14:00 US Eastern, are
announced at 20:00 from Sunday to Thursday, and appear in the listings and
feeds of the following day, which is what this program calls the announcement
day (Monday to Friday). Known, because arXiv publishes them: the evenings on
which it defers the mailing of a year in :data:`DEFERRED`.

Estimated: that a paper is announced in the first mailing after its submission
(moderation takes one to four days for some, weeks for a few); what a holiday on
a Friday means (see :data:`DEFERRED`); and every year that is not in the table,
which counts as one without holidays. A mailing that arXiv defers on the spur
of the moment (https://status.arxiv.org) is not known here. None of this loses
a paper: the windows of successive announcement days touch, so that what a
deferred mailing held back belongs to the next day.

Knows no source and makes no request.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pipeline.arxiv_id import id_month
from pipeline.errors import SetupError

DEADLINE = time(14)
"""Submissions received by then (US Eastern) go into the next mailing.

Source: https://info.arxiv.org/help/availability.html
"""

ANNOUNCEMENT = time(20)
"""Announcements are made then (US Eastern), the evening before the announcement day.

Source: https://info.arxiv.org/help/availability.html
"""

DEFERRED = frozenset(
    {
        # 2021-2022: observed; these are the evenings before weekdays without a
        # listing from December 2021 to August 2022 (the rest of 2022 is not known).
        date(2021, 12, 26),
        date(2021, 12, 28),
        date(2021, 12, 30),
        date(2022, 1, 17),
        date(2022, 6, 20),
        # 2023: arXiv/arxiv-docs at 0187150, source/help/availability.md.
        date(2023, 1, 16),
        date(2023, 6, 14),
        date(2023, 6, 19),
        date(2023, 7, 4),
        date(2023, 9, 4),
        date(2023, 11, 23),
        date(2023, 12, 25),
        date(2023, 12, 27),
        # 2025: the same page at 782dfdf, which does not have December yet.
        date(2025, 1, 1),
        date(2025, 1, 20),
        date(2025, 6, 19),
        date(2025, 7, 6),
        date(2025, 9, 1),
        date(2025, 11, 27),
        # 2026: the same page at 8332d7e.
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 11, 26),
        date(2026, 12, 25),
        date(2026, 12, 29),
        date(2026, 12, 31),
    }
)
"""arXiv's holidays (US Eastern dates): the first weekday after each has no listing.

No mailing is due on a Friday evening, so a holiday on a Friday can only mean
the mailing of that day's deadline, on Sunday; that is an estimate, made because
the listings of December 2021 show it (Friday 24 off, none on Monday 27).
"""

_DAY = timedelta(days=1)
_WEEKDAYS = 5


def is_announcement_day(day: date) -> bool:
    """Whether arXiv's listings of ``day`` hold papers, as far as the calendar knows."""
    if day.weekday() >= _WEEKDAYS:
        return False
    evening = _weekday_before(day)
    while evening < day:
        if evening in DEFERRED:
            return False
        evening += _DAY
    return True


def announcement_days(first: date, last: date) -> tuple[date, ...]:
    """The announcement days from ``first`` to ``last``, both included, in order."""
    days = (first + _DAY * n for n in range((last - first).days + 1))
    return tuple(day for day in days if is_announcement_day(day))


def submission_window(day: date) -> tuple[datetime, datetime] | None:
    """When the papers announced on ``day`` were submitted, as a rule.

    Returns:
        First moment included and first moment excluded, in UTC; ``None`` if
        ``day`` is no announcement day.
    """
    if not is_announcement_day(day):
        return None
    previous = day - _DAY
    while not is_announcement_day(previous):
        previous -= _DAY
    return (
        _utc(_weekday_before(previous), DEADLINE),
        _utc(_weekday_before(day), DEADLINE),
    )


def announced_at(day: date) -> datetime | None:
    """The moment (UTC) the papers of ``day`` are announced; ``None`` if none are."""
    return _utc(day - _DAY, ANNOUNCEMENT) if is_announcement_day(day) else None


def feeds_turn_over(day: date) -> datetime:
    """The moment (UTC) from which arXiv's feeds are those of ``day``: midnight US Eastern.

    Source: feeds select by the Eastern date of the announcement (arXiv/arxiv-feed at 110b5ab).
    """
    return _utc(day, time())


def estimate_announcement(submitted: datetime, arxiv_id: str) -> date:
    """The announcement day of a paper, from its first submission and its identifier.

    An estimate: the first mailing after the submission, but not before the month
    of the identifier, which arXiv gives at the announcement. A held paper was
    announced later than this says.

    Args:
        submitted: When the first version was submitted (aware).
        arxiv_id: Identifier without version.
    """
    day = submitted.astimezone(_eastern()).date()
    while (window := submission_window(day)) is None or submitted >= window[1]:
        day += _DAY
    year, month = id_month(arxiv_id)
    day = max(day, date(year, month, 1))
    while not is_announcement_day(day):
        day += _DAY
    return day


def _weekday_before(day: date) -> date:
    """The last weekday before ``day``: the day of its submission deadline."""
    day -= _DAY
    while day.weekday() >= _WEEKDAYS:
        day -= _DAY
    return day


def _utc(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, _eastern()).astimezone(UTC)


@cache
def _eastern() -> ZoneInfo:
    try:
        return ZoneInfo("America/New_York")
    except ZoneInfoNotFoundError as error:
        raise SetupError(
            "this machine has no time zones",
            hint="install the system's tzdata package, or `pip install tzdata`",
        ) from error
