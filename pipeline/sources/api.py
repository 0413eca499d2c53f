"""arXiv's query interface as a source, through the ``arxiv`` package on our client.

``arxiv_package`` asks for a page and checks it, ``api_pages`` asks again; paging,
counting and saying how complete a day is happen here.

What this interface cannot know: it filters by first submission, not by
announcement, so a paper that moderation held back belongs to no window when it
appears, and neither replacements nor cross-lists of older papers are seen. Its
index may lag behind the announcement by hours; a day read in between looks
complete. OAI-PMH knows better; this source is for those who want one day and nothing kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import Fetch, FetchStatus, Paper
from pipeline.errors import SourceError
from pipeline.outcome import Delivery
from pipeline.sources.api_pages import ApiPages, id_of
from pipeline.sources.calendar import announced_at, submission_window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from pipeline.sources.arxiv_package import Result
    from pipeline.sources.atom import Page
    from pipeline.sources.http import HttpClient

PAGE_SIZE = 200
"""Papers a request: about 0.5 MB, and a peak day in eight requests."""

MAX_RESULTS = 10_000
"""Most papers arXiv pages over for one query; beyond it, it answers 500.

Source: MAX_RESULTS in arXiv/arxiv-search at 764d7eb (the manual's 30,000 is older).
"""

_MINUTE = timedelta(minutes=1)
_PASSES = 2
"""Ties have no order, so a page border can hide one paper behind another; a second
pass finds it."""

_HALVINGS = 5
"""How often a window with too many papers is cut in two: a part is over an hour then."""
_MAX_PAGES = 120
"""Ends the reading of a window whose pages stay short for ever."""


@dataclass(slots=True)
class _Harvest:
    """What came of one window: results by identifier, and what did not come."""

    results: dict[str, Result] = field(default_factory=dict)
    set_aside: dict[str, None] = field(default_factory=dict)
    total: int = 0
    problem: str = ""

    def take(self, page: Page, results: Iterable[Result]) -> None:
        self.total = page.total
        self.set_aside.update(dict.fromkeys(page.set_aside))
        for result in results:
            self.results.setdefault(id_of(result), result)

    def is_complete(self) -> bool:
        return len(self.results) + len(self.set_aside) >= self.total


class ApiSource:
    """The query interface as a source.

    Args:
        client: The run's client; ``api_url`` is one of its addresses.
        api_url: The query address (``https://export.arxiv.org/api/query``).
        categories: Categories to ask for, as arXiv writes them (``cs.LG``, ``cs.*``).
        now: The time (aware, UTC).
        page_size: Papers a request.
        max_results: Most papers to page over for one query.

    Raises:
        ConfigError: ``categories`` is empty, or one of them is none.
    """

    name = "api"

    def __init__(
        self,
        client: HttpClient,
        *,
        api_url: str,
        categories: tuple[str, ...],
        now: Callable[[], datetime],
        page_size: int = PAGE_SIZE,
        max_results: int = MAX_RESULTS,
    ) -> None:
        self._pages = ApiPages(client, api_url=api_url, categories=categories)
        self._now = now
        self._page_size = page_size
        self._max_results = max_results

    def fetch_day(self, day: date) -> Delivery:
        """The papers first submitted in the window announced on ``day``.

        Never raises for what arXiv does. A day without a mailing costs no
        request. No paper at all on a day with one is a failure, because that is
        how an index that lags and a deferred mailing look.

        Raises:
            SetupError: This machine cannot space its requests.
        """
        window, opening = submission_window(day), announced_at(day)
        if window is None or opening is None:
            return self._delivery(day, FetchStatus.NO_MAILING)
        if self._now() < opening:
            problem = f"not announced yet (due {opening:%Y-%m-%d %H:%M} UTC)"
            return self._delivery(day, FetchStatus.FAILED, problem=problem)
        harvest = _Harvest()
        try:
            self._read_window(harvest, *window)
        except SourceError as error:
            harvest.problem = error.problem.removeprefix(f"{self.name}: ")
        first, end = window
        papers = tuple(
            self._pages.paper(result, announced=day)
            for result in harvest.results.values()
            if first <= result.published < end
        )
        set_aside = tuple(f"{self.name}: {line}" for line in harvest.set_aside)
        problem = harvest.problem
        if not problem and set_aside:
            problem = f"{len(set_aside)} {'entry' if len(set_aside) == 1 else 'entries'} set aside"
        if not papers:
            problem = problem or "0 papers for a day with a mailing"
            return self._delivery(day, FetchStatus.FAILED, problem=problem, set_aside=set_aside)
        status = FetchStatus.PARTIAL if problem else FetchStatus.COMPLETE
        return self._delivery(day, status, papers=papers, problem=problem, set_aside=set_aside)

    def _read_window(
        self, harvest: _Harvest, first: datetime, end: datetime, *, halvings: int = _HALVINGS
    ) -> None:
        """Everything submitted from ``first`` to ``end``; more to either side is no harm."""
        query = self._query(first, end)
        part = _Harvest()
        try:
            for _ in range(_PASSES):
                start = pages = 0
                while start < max(part.total, 1) and pages < _MAX_PAGES:
                    page, results = self._pages.read(
                        query=query,
                        start=start,
                        size=self._page_size,
                        # A day has papers; a part of its window may have none.
                        expect_some=start > 0 or halvings == _HALVINGS,
                    )
                    part.take(page, results)
                    start += page.received
                    pages += 1
                    if not page.received or page.total > self._max_results:
                        break
                if part.is_complete() or part.total > self._max_results:
                    break
        finally:
            harvest.results.update(part.results)
            harvest.set_aside.update(part.set_aside)
        if part.is_complete():
            return
        if part.total <= self._max_results:
            received = len(part.results) + len(part.set_aside)
            harvest.problem = f"{received:,} of {part.total:,} papers received"
        elif not halvings:
            harvest.problem = f"{part.total:,} papers match, more than arXiv lists for a query"
        else:
            middle = first + (end - first) / 2
            self._read_window(harvest, first, middle, halvings=halvings - 1)
            self._read_window(harvest, middle, end, halvings=halvings - 1)

    def _query(self, first: datetime, end: datetime) -> str:
        # Whole minutes, both included by arXiv, so one more on either side.
        bounds = f"{first - _MINUTE:%Y%m%d%H%M} TO {end + _MINUTE:%Y%m%d%H%M}"
        # arXiv's AND does not bind closer than its OR: the parentheses matter.
        any_category = " OR ".join(f"cat:{category}" for category in self._pages.categories)
        return f"({any_category}) AND submittedDate:[{bounds}]"

    def _delivery(
        self,
        day: date,
        status: FetchStatus,
        *,
        papers: tuple[Paper, ...] = (),
        set_aside: tuple[str, ...] = (),
        problem: str = "",
    ) -> Delivery:
        fetch = Fetch(
            source=self.name,
            day=day,
            status=status,
            received=len(papers),
            problem=problem,
            fetched_at=self._now(),
        )
        return Delivery(papers=papers, fetch=fetch, set_aside=set_aside)
