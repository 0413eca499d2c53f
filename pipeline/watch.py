"""What the queue tells beside its candidates: what is missed below the cut, and what drifts.

For the daily summary as lines, for the report as values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.triage.audit import estimate_missed
from pipeline.triage.drift import find_drift

if TYPE_CHECKING:
    from datetime import date

    from db.queue import Queue
    from pipeline.triage.audit import Missed
    from pipeline.triage.drift import Drift, Map


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What was seen.

    Attributes:
        missed: The estimate from papers drawn at random, ``None`` while none was drawn.
        drift: What moved in the queue.
    """

    missed: Missed | None
    drift: Drift

    @property
    def lines(self) -> tuple[str, ...]:
        """For the daily summary: what moved, and what is missed once there are answers enough."""
        tells = self.missed is not None and self.missed.enough
        return (*self.drift.lines, *((self.missed.line,) if self.missed and tells else ()))


def watch_queue(queue: Queue, *, today: date, where: Map | None = None) -> Watch:
    """Look at the queue as it stands.

    Args:
        queue: Candidates, answers and the training sample.
        today: The last announcement day.
        where: Where the list and papers lie; without it, nothing is said of new topics.
    """
    candidates = queue.candidates()
    weights = {each.paper.arxiv_id: each.weight for each in queue.training_sample()}
    return Watch(
        missed=estimate_missed(candidates, queue.labels(), weights),
        drift=find_drift(candidates, today=today, where=where),
    )
