"""From which identifier on papers were announced on a day, as the papers themselves show.

arXiv gives identifiers at the announcement, in order, and the calendar tells when most
papers were announced. One that moderation held was announced later than its submission
says: it stands among the identifiers of another day. Knows no source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.sources.calendar import estimate_announcement
from pipeline.sources.novelty import is_above

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime


@dataclass(slots=True)
class FirstIds:
    """The lowest identifier of each day, as far as papers were noted.

    Attributes:
        lowest: By the day that the calendar estimates; a paper is announced then or later.
    """

    lowest: dict[date, str] = field(default_factory=dict)

    def note(self, arxiv_id: str, submitted: datetime) -> None:
        """Learn from a paper: its identifier and when its first version was submitted."""
        if "/" in arxiv_id:
            return  # old-style numbers count per archive
        day = estimate_announcement(submitted, arxiv_id)
        known = self.lowest.get(day)
        if known is None or is_above(known, arxiv_id):
            self.lowest[day] = arxiv_id

    def day_of(self, arxiv_id: str) -> date | None:
        """The last day on which lower identifiers were given; ``None`` if none is noted."""
        begun = (day for day, lowest in self.lowest.items() if not is_above(lowest, arxiv_id))
        return max(begun, default=None)

    def until(self, day: date, arxiv_ids: Iterable[str]) -> list[str]:
        """Those of ``arxiv_ids`` below all that were given after ``day``."""
        later = [lowest for noted, lowest in self.lowest.items() if noted > day]
        return [i for i in arxiv_ids if all(is_above(lowest, i) for lowest in later)]
