"""What becomes of papers when days of the past are made up for: pure decisions.

The day of each follows from its first submission and arXiv's calendar, or, where
moderation held it, from the identifiers around its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from db.papers import PaperChange
from db.records import Standing
from pipeline.sources.merge import from_api, from_record, is_ours
from pipeline.sources.novelty import announcement_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from db.records import KnownPaper, Paper
    from pipeline.sources.first_ids import FirstIds
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.merge import ApiRecord
    from pipeline.sources.novelty import Announcement, Dated
    from pipeline.sources.oai_record import OaiRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What becomes of papers when the days from ``first`` to ``last`` are made up for.

    Attributes:
        first: The first day.
        last: The last one.
        categories: Which papers count.
        horizon: What is known of the days around.
        ids: Which identifiers were given when.
        left: Papers that were announced later and are left to the daily run.
    """

    first: date
    last: date
    categories: tuple[str, ...]
    horizon: Horizon
    ids: FirstIds
    left: set[str] = field(default_factory=set)

    def learn(self, records: Iterable[OaiRecord]) -> None:
        """Note which identifiers were given when."""
        for record in records:
            self.ids.note(record.arxiv_id, record.submitted)

    def judge(self, record: OaiRecord, known: KnownPaper | None) -> PaperChange | None:
        """What becomes of a record; ``None`` if nothing does."""
        announcement, was_held = self._announcement(record)
        day = known.announced if known else announcement.day
        is_first = was_held or self.horizon.is_first(record, day)
        paper = from_record(record, known, first=announcement, is_first=is_first)
        return self._change(paper, known, announcement.day)

    def judge_answer(self, record: ApiRecord, known: KnownPaper | None) -> PaperChange | None:
        """Likewise of what the query interface says."""
        announcement, _ = self._announcement(record)
        paper = from_api(record, known)
        if known is None:
            paper = replace(paper, announced=announcement.day)
        if not is_ours(paper.categories, self.categories):
            return None
        return self._change(paper, known, announcement.day)

    def _announcement(self, record: Dated) -> tuple[Announcement, bool]:
        """When a paper was announced, and whether its identifier says so: it was held."""
        told = announcement_of(record, after=self.horizon.after(record.arxiv_id))
        among = self.ids.day_of(record.arxiv_id) if told.day < self.first else None
        if among is None or among < self.first:
            return told, False
        return replace(told, day=among), True

    def _change(self, paper: Paper, known: KnownPaper | None, day: date) -> PaperChange | None:
        """As it shall be stored; what was announced after these days is left to the daily run.

        The daily run knows better whether that is news.
        """
        if known is None:
            if paper.announced > self.last:
                self.left.add(paper.arxiv_id)
                return None
            is_of_span = self.first <= paper.announced and not paper.withdrawn
            standing = Standing.WAITING if is_of_span else Standing.HISTORY
            return PaperChange(paper=paper, standing=standing)
        standing = known.standing
        if standing is Standing.HISTORY:
            if paper.estimated and self.first <= day <= self.last:
                paper = replace(paper, announced=day)
            if self.first <= paper.announced <= self.last and not paper.withdrawn:
                standing = Standing.WAITING
        if paper == known.paper and standing is known.standing:
            return None
        return PaperChange(paper=paper, standing=standing)
