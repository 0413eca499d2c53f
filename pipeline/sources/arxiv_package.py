"""One page of results through the ``arxiv`` package, on our client and our checks.

The package writes the query and reads the entries. Its session is replaced by
one that asks our :class:`~pipeline.sources.http.HttpClient` and checks the page
before the package sees it, because alone it has no deadline, ignores
``Retry-After``, and takes a page of HTML for an empty result. It is given one
page at a time: paging by its own rules loses papers when a page comes short.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.sources.atom import Page, PageError, read_page
from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.sources.http import HttpClient

    Result = Any
    """``arxiv.Result``; the package has no types."""

SOURCE = "api"
"""Who asks, in the errors of the client."""

_OK = 200


def ask_page(
    client: HttpClient,
    api_url: str,
    *,
    query: str = "",
    ids: Sequence[str] = (),
    start: int = 0,
    size: int,
) -> tuple[Page, list[Result]]:
    """One page, oldest submission first.

    Args:
        client: The run's client.
        api_url: The query address.
        query: A query in arXiv's language, or "" with ``ids``.
        ids: Identifiers, or none with ``query``.
        start: Index of the first paper wanted.
        size: Most papers wanted, 1 or more.

    Returns:
        The page, and its readable entries in order.

    Raises:
        PageError: The answer is no such page.
        SourceError: There is no answer.
    """
    import arxiv

    session = _CheckedSession(client, start)
    # Spacing and tries are our client's business.
    package = arxiv.Client(page_size=size, delay_seconds=0, num_retries=0)
    package.query_url_format = api_url.replace("{", "{{").replace("}", "}}") + "?{}"
    package._session = session  # noqa: SLF001 - it takes no session otherwise
    search = arxiv.Search(
        query=query,
        id_list=list(ids),
        max_results=start + size,
        sort_by=arxiv.SortCriterion.SubmittedDate,
        sort_order=arxiv.SortOrder.Ascending,
    )
    try:
        results = list(package.results(search, offset=start))
    except arxiv.ArxivError as error:
        raise PageError(plain_text(error.message)) from error
    page = session.page
    if page is None or len(results) != page.received - len(page.set_aside):
        raise PageError(f"the arxiv package reads {len(results)} entries of the page")
    return page, results


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    """As much of a ``requests`` response as the package looks at."""

    status_code: int
    content: bytes


class _CheckedSession:
    """Stands in for the package's own session: one page, ours to fetch and to check."""

    def __init__(self, client: HttpClient, start: int) -> None:
        self._client = client
        self._start = start
        self.page: Page | None = None

    def get(self, url: str, **_: object) -> _Response:
        """The page at ``url``; its headers are the client's, not the package's."""
        answer = self._client.get(url, source=SOURCE)
        try:
            self.page = read_page(answer.body)
        except PageError as error:
            if answer.status == _OK or error.refused:
                raise
            problem = f"arXiv answers with status {answer.status}"
            raise PageError(problem, refused=True) from error
        if answer.status != _OK:
            raise PageError(f"arXiv answers with status {answer.status}", refused=True)
        if self.page.start != self._start:
            raise PageError(f"the page begins at {self.page.start:,}, not at {self._start:,}")
        return _Response(status_code=answer.status, content=self.page.body)
