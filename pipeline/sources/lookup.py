"""Papers by identifier, from arXiv's query interface: the repair lane.

For what one source named and another did not bring, for abstracts of the list's own
entries, and for papers met elsewhere. Every identifier that was asked for is
accounted for: given, not known to arXiv, or set aside with its reason.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.arxiv_id import parse_arxiv_id, version_in
from pipeline.errors import SourceError
from pipeline.sources.api_pages import SOURCE, ApiPages, id_of
from pipeline.sources.calendar import estimate_announcement
from pipeline.sources.merge import ApiRecord
from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from db.records import Paper
    from pipeline.ports import Progress
    from pipeline.sources.arxiv_package import Result
    from pipeline.sources.atom import Page

IDS_A_REQUEST = 100
"""Keeps the address of an ``id_list`` query under 2,000 characters."""

WELL_KNOWN = "0704.0001"
"""The first identifier of the new style, asked for to see whether arXiv answers."""

_PASSES = 2
"""An answer that lacks a paper is no verdict: it is asked for once more."""

_MAX_FAILURES = 8
"""Requests in a row without an answer: a hundred papers are halved seven times to one."""

_SHOWN_CHARACTERS = 80

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answered:
    """What arXiv said of the papers it was asked for: each is in one of three places.

    Attributes:
        records: Those it gave, by identifier.
        not_found: Identifiers that it does not know, in the order asked.
        set_aside: What could not be read or asked for, by identifier as far as it has one,
            each with its reason in one line.
        failures: Requests in a row without an answer.
        is_poisoned: Whether a paper was found to break the request it stands in.
    """

    records: dict[str, ApiRecord] = field(default_factory=dict)
    not_found: dict[str, None] = field(default_factory=dict)
    set_aside: dict[str, str] = field(default_factory=dict)
    failures: int = 0
    is_poisoned: bool = False

    def take(self, page: Page, records: Iterable[ApiRecord]) -> None:
        """Note what a page said."""
        self.failures = 0
        self.records.update((record.arxiv_id, record) for record in records)
        for line in page.set_aside:
            name = line.partition(": ")[0]
            self.set_aside.setdefault(parse_arxiv_id(name) or name, line)

    def accounts_for(self, arxiv_id: str) -> bool:
        """Whether nothing more is to be asked about a paper."""
        return arxiv_id in self.records or arxiv_id in self.set_aside


class Lookup:
    """Asks for papers by identifier.

    Args:
        pages: The query interface.
    """

    def __init__(self, pages: ApiPages) -> None:
        self._pages = pages

    def fetch_ids(self, arxiv_ids: Iterable[str]) -> dict[str, Paper]:
        """The current versions of papers, by identifier; see :meth:`fetch_records`."""
        records = self.fetch_records(arxiv_ids).records
        return {arxiv_id: record.paper for arxiv_id, record in records.items()}

    def fetch_records(
        self, arxiv_ids: Iterable[str], *, progress: Progress | None = None
    ) -> Answered:
        """What arXiv says of papers, every identifier accounted for.

        ``announced`` is an estimate from the first submission and the identifier
        (:func:`~pipeline.sources.calendar.estimate_announcement`). An identifier that
        breaks the request it stands in is found by halving and set aside, and the
        others come.

        Args:
            arxiv_ids: Identifiers as people write them.
            progress: Called with (identifiers accounted for, all of them).

        Returns:
            What is missing was asked for twice, so that an answer cut short is no verdict.

        Raises:
            SourceError: arXiv did not answer, or not with papers.
        """
        answered = Answered()
        wanted: dict[str, None] = {}
        for text in arxiv_ids:
            arxiv_id = parse_arxiv_id(text)
            if arxiv_id is None:
                shown = plain_text(text)[:_SHOWN_CHARACTERS]
                answered.set_aside.setdefault(shown, f"{shown!r} is no arXiv identifier")
            else:
                wanted[arxiv_id] = None
        ids = list(wanted)
        for begin in range(0, len(ids), IDS_A_REQUEST):
            batch = ids[begin : begin + IDS_A_REQUEST]
            self._fetch_batch(batch, answered)
            if progress is not None:
                progress(begin + len(batch), len(ids))
        return answered

    def _fetch_batch(self, batch: Sequence[str], answered: Answered) -> None:
        """Ask for some papers; in halves if arXiv cannot answer for all of them at once."""
        try:
            self._ask_for(batch, answered)
        except SourceError as error:
            answered.failures += 1
            if self._pages.client.blocked or answered.failures > _MAX_FAILURES:
                raise
            if not answered.is_poisoned:
                self._require_answer()
                answered.is_poisoned = True
            if len(batch) == 1:
                answered.set_aside[batch[0]] = error.problem.removeprefix(f"{SOURCE}: ")
                return
            _log.info("%s: asking for %d papers in two halves", SOURCE, len(batch))
            middle = len(batch) // 2
            self._fetch_batch(batch[:middle], answered)
            self._fetch_batch(batch[middle:], answered)

    def _ask_for(self, batch: Sequence[str], answered: Answered) -> None:
        missing = list(batch)
        for _ in range(_PASSES):
            page, results = self._pages.read(ids=missing, size=len(missing))
            answered.take(page, (self._record(result) for result in results))
            missing = [arxiv_id for arxiv_id in missing if not answered.accounts_for(arxiv_id)]
            if not missing:
                return
        answered.not_found.update(dict.fromkeys(missing))

    def _require_answer(self) -> None:
        """Make sure that arXiv answers at all: then it is a paper that is broken.

        Raises:
            SourceError: It does not.
        """
        self._pages.read(ids=[WELL_KNOWN], size=1)

    def _record(self, result: Result) -> ApiRecord:
        arxiv_id = id_of(result)
        announced = estimate_announcement(result.published, arxiv_id)
        return ApiRecord(
            paper=self._pages.paper(result, announced=announced),
            version=version_in(result.entry_id),
            submitted=result.published,
            updated=result.updated,
        )
