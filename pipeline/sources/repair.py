"""The repair lane: papers by identifier into the store, each accounted for.

For what the feeds named and OAI-PMH did not bring, for what a harvest could not read,
for what a person names, and for abstracts of the list's own entries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.papers import PaperChange
from db.records import Fetch, FetchStatus, Standing
from pipeline.errors import SourceError
from pipeline.sources.api_pages import SOURCE
from pipeline.sources.merge import from_api, is_ours
from pipeline.sources.novelty import Novelty, judge_novelty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, datetime

    from db.papers import PaperStore
    from db.records import KnownPaper, Paper
    from pipeline.ports import Progress
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.lookup import Lookup
    from pipeline.sources.merge import ApiRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What became of identifiers that were asked for: each is in one of three places.

    Attributes:
        asked: How many there were.
        stored: Those whose paper is stored now.
        not_found: Those that arXiv does not know.
        set_aside: Those that could not be read or asked for, each with its reason.
        papers: Papers that are news.
        problem: Why arXiv could not be asked about all, or "".
    """

    asked: int
    stored: tuple[str, ...] = ()
    not_found: tuple[str, ...] = ()
    set_aside: Mapping[str, str]
    papers: tuple[Paper, ...] = ()
    problem: str = ""

    def fetch_of(self, day: date, now: datetime) -> Fetch:
        """The line of the ledger."""
        problem = self.problem
        if not problem and self.set_aside:
            arxiv_id, reason = next(iter(self.set_aside.items()))
            shown = reason.removeprefix(f"{arxiv_id}: ")
            problem = f"{_papers(len(self.set_aside))} set aside, {arxiv_id} first: {shown}"
        if not problem and self.not_found:
            shown = ", ".join(self.not_found[:3]) + (", …" if len(self.not_found) > 3 else "")  # noqa: PLR2004
            problem = f"{_papers(len(self.not_found))} not there yet ({shown})"
        status = FetchStatus.PARTIAL if problem else FetchStatus.COMPLETE
        return Fetch(
            source=SOURCE,
            day=day,
            status=FetchStatus.FAILED if problem and not self.stored else status,
            received=len(self.stored),
            expected=self.asked,
            problem=problem,
            fetched_at=now,
        )


def repair(
    arxiv_ids: Iterable[str],
    lookup: Lookup,
    store: PaperStore,
    horizon: Horizon,
    *,
    categories: tuple[str, ...],
    now: datetime,
    progress: Progress | None = None,
    judge: Callable[[ApiRecord, KnownPaper | None], PaperChange | None] | None = None,
) -> Repaired:
    """Ask arXiv for papers and store what it says; never raises for what arXiv does.

    A paper that was not known is news if its identifier says so, and history else;
    unless ``judge`` decides otherwise.
    """
    judge = judge or (lambda record, known: _judge(record, known, horizon, categories))
    wanted = tuple(dict.fromkeys(arxiv_ids))
    try:
        answered = lookup.fetch_records(wanted, progress=progress)
    except SourceError as error:
        problem = error.problem.removeprefix(f"{SOURCE}: ")
        return Repaired(asked=len(wanted), set_aside={}, problem=problem)
    records = answered.records

    def decide(known: Mapping[str, KnownPaper]) -> list[PaperChange]:
        changes = (judge(record, known.get(i)) for i, record in records.items())
        return [change for change in changes if change is not None]

    changes = store.take(records, decide, now=now)
    return Repaired(
        asked=len(wanted),
        stored=tuple(records),
        not_found=tuple(answered.not_found),
        set_aside=dict(answered.set_aside),
        papers=tuple(c.paper for c in changes if c.standing is Standing.WAITING),
    )


def _judge(
    record: ApiRecord, known: KnownPaper | None, horizon: Horizon, categories: tuple[str, ...]
) -> PaperChange | None:
    paper = from_api(record, known)
    if known is not None:
        if paper == known.paper:
            return None
        return PaperChange(paper=paper, standing=known.standing)
    judgement = judge_novelty(
        record, known_version=None, word=None, highest_id=horizon.floor, today=horizon.today
    )
    is_news = judgement.novelty is Novelty.NEW and is_ours(paper.categories, categories)
    standing = Standing.WAITING if is_news else Standing.HISTORY
    return PaperChange(paper=paper, standing=standing)


def _papers(count: int) -> str:
    return "1 paper" if count == 1 else f"{count:,} papers"
