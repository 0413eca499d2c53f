"""Pages of arXiv's query interface, and what their entries say of a paper.

Asks again while a page is unreadable or empty without reason. Which pages make a
day is ``api``'s business, which make an answer about identifiers ``lookup``'s.
"""

from __future__ import annotations

import logging
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from db.records import AnnounceType, Paper
from pipeline.arxiv_id import parse_arxiv_id
from pipeline.errors import ConfigError, SourceError
from pipeline.sources.arxiv_package import ask_page
from pipeline.sources.atom import Page, PageError
from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from pipeline.sources.arxiv_package import Result
    from pipeline.sources.http import HttpClient

SOURCE = "api"
"""Who asks, in errors and in the ledger."""

_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Za-z]+(?:-[a-z]+)*|\*))?", re.ASCII)
_PAGE_TRIES = 3

_log = logging.getLogger(__name__)


class ApiPages:
    """The query interface, a page at a time.

    Args:
        client: The run's client; ``api_url`` is one of its addresses.
        api_url: The query address (``https://export.arxiv.org/api/query``).
        categories: The categories that are read, as arXiv writes them (``cs.LG``, ``cs.*``).

    Raises:
        ConfigError: ``categories`` is empty, or one of them is none.
    """

    def __init__(self, client: HttpClient, *, api_url: str, categories: tuple[str, ...]) -> None:
        wrong = [category for category in categories if not _CATEGORY.fullmatch(category)]
        if wrong or not categories:
            found = f"{wrong[0]!r}, which is no arXiv category" if wrong else "nothing"
            raise ConfigError(
                f"categories under [sources] names {found}", hint='write them as ["cs.LG", "cs.AI"]'
            )
        self.client = client
        self.categories = categories
        self._api_url = api_url

    def read(
        self,
        *,
        query: str = "",
        ids: Sequence[str] = (),
        start: int = 0,
        size: int,
        expect_some: bool = False,
    ) -> tuple[Page, list[Result]]:
        """One page, asked for again while it is unreadable or empty without reason."""
        problem = ""
        for _ in range(_PAGE_TRIES):
            try:
                page, results = ask_page(
                    self.client, self._api_url, query=query, ids=ids, start=start, size=size
                )
            except PageError as error:
                if error.refused:
                    raise SourceError(SOURCE, str(error)) from error
                problem = str(error)
                _log.info("%s: %s", SOURCE, problem)
                continue
            if page.received or not expect_some:
                return page, results
            problem = "0 papers for a day with a mailing"
            if page.total:
                problem = f"a page without papers at {start:,} of {page.total:,}"
        raise SourceError(
            SOURCE, f"{problem} ({_PAGE_TRIES} tries)", hint="the next run asks again"
        )

    def paper(self, result: Result, *, announced: date) -> Paper:
        """What an entry says of a paper that is announced on that day."""
        primary = result.primary_category
        others = (name for name in result.categories if _CATEGORY.fullmatch(name))
        ours = any(fnmatchcase(primary, category) for category in self.categories)
        return Paper(
            arxiv_id=id_of(result),
            title=plain_text(result.title),
            abstract=plain_text(result.summary) or None,
            authors=tuple(filter(None, (plain_text(author.name) for author in result.authors))),
            # Old records carry ACM and MSC classes as categories: those go.
            categories=tuple(dict.fromkeys((primary, *others))),
            comment=plain_text(result.comment or "") or None,
            published=result.published.date(),
            announced=announced,
            announce_type=AnnounceType.NEW if ours else AnnounceType.CROSS,
            dois=tuple(plain_text(result.doi or "").split()),
            journal_ref=plain_text(result.journal_ref or "") or None,
        )


def id_of(result: Result) -> str:
    """The identifier of an entry, without version."""
    arxiv_id = parse_arxiv_id(result.entry_id)
    if arxiv_id is None:  # read_page took such an entry out
        raise SourceError(SOURCE, f"{result.entry_id!r} is no arXiv address")
    return arxiv_id
