"""What a run knows of before: up to which identifier everything was announced, and when.

arXiv gives identifiers at the announcement, in order. So the highest one of a day that
was read whole is a line: what lies above it was announced later. Knows no source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.sources.calendar import estimate_announcement
from pipeline.sources.novelty import is_above

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from db.records import Fetch
    from pipeline.sources.novelty import Dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Where news begins.

    Attributes:
        today: The announcement day of the run.
        floor: What is not known and has an identifier above this is news; "" on a first run.
        lines: Days that were read whole, oldest first, each with its highest identifier.
    """

    today: date
    floor: str
    lines: tuple[tuple[date, str], ...] = ()

    def after(self, arxiv_id: str) -> date | None:
        """The last day that a paper was announced after, as its identifier shows."""
        below = (day for day, highest in self.lines if is_above(arxiv_id, highest))
        return max(below, default=None)

    def is_first(self, record: Dated, announced: date) -> bool:
        """Whether a paper announced here on a day was announced nowhere before.

        Its identifier was given after the last whole day before, if there is one; else
        the calendar must say that its submission belongs to that day.
        """
        before = [highest for day, highest in self.lines if day < announced]
        if before and is_above(record.arxiv_id, before[-1]):
            return True
        return estimate_announcement(record.submitted, record.arxiv_id) >= announced


def horizon_of(complete: Sequence[Fetch], *, since: date, today: date) -> Horizon:
    """Where news begins for a harvest from ``since`` on.

    The line is drawn at the last whole day before ``since``: what the harvest reads
    again is judged again, so that a paper which an earlier page hid is news when it
    turns up. Where no whole day is that old, it is drawn at the first there is: what
    was there before Shortlist looked is nobody's news.

    Args:
        complete: The days that were read whole, oldest first.
        since: The first day of change that the harvest asks for.
        today: The announcement day of the run.
    """
    lines = tuple((fetch.day, fetch.highest_id) for fetch in complete if fetch.highest_id)
    past = [highest for day, highest in lines if day < since]
    floor = past[-1] if past else (lines[0][1] if lines else "")
    return Horizon(today=today, floor=floor, lines=lines)
