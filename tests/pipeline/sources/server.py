"""arXiv's query interface on loopback: real sockets, a small corpus, scripted faults.

``with ApiServer(papers) as server`` serves ``server.url`` as arXiv serves
``https://export.arxiv.org/api/query``: category and submission window, identifier
lists, paging, error feeds. ``server.faults`` is a queue of what goes wrong next,
one a request (``None``: nothing); ``server.requests`` is what was asked.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

ATOM_TYPE = "application/atom+xml; charset=utf-8"
RATE_EXCEEDED = b"Rate exceeded."
NAMESPACES = (
    'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" '
    'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom"'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPaper:
    """A paper as arXiv holds it."""

    arxiv_id: str
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    submitted: datetime
    updated: datetime | None = None
    version: int = 1
    comment: str | None = None


@dataclass(slots=True, kw_only=True)
class Request:
    """One request that arrived: what it asked, when it came and when it was done (monotonic)."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    began: float
    ended: float = 0.0


class Handler(BaseHTTPRequestHandler):
    """Answers one request, or spoils it."""

    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds for one read or write, so that no test hangs on a lost client
    server: LoopbackServer

    def do_GET(self) -> None:
        query = query_of(self)
        # Noted before the answer, which the client may act on at once.
        request = Request(
            path=self.path,
            query=query,
            headers={name.lower(): value for name, value in self.headers.items()},
            began=time.monotonic(),
        )
        self.server.requests.append(request)
        fault = self.server.faults.popleft() if self.server.faults else None
        try:
            if fault is None:
                self.answer(*self.server.respond(query))
            else:
                fault(self)
        finally:
            request.ended = time.monotonic()

    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send a whole answer."""
        self.head(status, {"Content-Length": str(len(body)), **headers})
        self.wfile.write(body)

    def head(self, status: int, headers: dict[str, str]) -> None:
        """Send status and headers, and nothing after them."""
        self.close_connection = True
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet: ``server.requests`` is the log."""


def query_of(handler: Handler) -> dict[str, str]:
    """What a request asks: the last value of each parameter."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(handler.path).query).items()}


Fault = Callable[[Handler], None]


class LoopbackServer(ThreadingHTTPServer):
    """A server on a free port of 127.0.0.1, as a context manager."""

    daemon_threads = False  # closing the server waits for them

    def __init__(self, *, faults: Iterable[Fault | None] = (), body: bytes = b"hello") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.faults: deque[Fault | None] = deque(faults)
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._body = body
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}/api/query"

    def respond(self, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer without a fault, for a query."""
        return 200, {"Content-Type": "text/plain"}, self._body

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


class ApiServer(LoopbackServer):
    """arXiv's query interface over ``papers``, which may change while it runs."""

    def __init__(
        self, papers: Iterable[ServedPaper], *, faults: Iterable[Fault | None] = ()
    ) -> None:
        super().__init__(faults=faults)
        self.papers = list(papers)

    def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """A page of results, or arXiv's error feed."""
        ids = [item for item in query.get("id_list", "").split(",") if item]
        for item in ids:
            if not re.search(r"\d{4}\.\d{4,5}|/\d{7}", item):
                return (
                    400,
                    {"Content-Type": ATOM_TYPE},
                    error_feed(f"incorrect id format for {item}"),
                )
        found = self._find(query.get("search_query", ""), ids)
        start, size = int(query.get("start", "0")), int(query.get("max_results", "10"))
        return 200, {"Content-Type": ATOM_TYPE}, feed(found, query, start=start, size=size)

    def _find(self, search: str, ids: Sequence[str]) -> list[ServedPaper]:
        if ids:
            return [paper for paper in self.papers if paper.arxiv_id in ids]
        categories = re.findall(r"cat:([^\s()]+)", search)
        window = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", search)
        assert categories, search
        assert window, search
        first, last = (
            datetime.strptime(at, "%Y%m%d%H%M").replace(tzinfo=UTC) for at in window.groups()
        )
        return sorted(
            (
                paper
                for paper in self.papers
                if first <= paper.submitted <= last
                and any(fnmatchcase(c, wanted) for c in paper.categories for wanted in categories)
            ),
            key=lambda paper: paper.submitted,
        )


def make_papers(
    count: int,
    *,
    first: datetime,
    last: datetime,
    categories: Sequence[tuple[str, ...]] = (("cs.LG",), ("stat.ML", "cs.LG"), ("cs.AI", "cs.LG")),
) -> list[ServedPaper]:
    """``count`` made-up papers, submitted evenly from ``first`` to before ``last``."""
    step = (last - first) / max(count, 1)
    return [
        ServedPaper(
            arxiv_id=f"{first:%y%m}.{number:05d}",
            title=f"On the {number}th property of $x_{{{number}}}$ & <think>",
            abstract=f"We study property {number}, for all $i<j>k$ and <think> tags.",
            authors=("Ada Example", f"Bob von Muster {number}"),
            categories=categories[number % len(categories)],
            submitted=(first + step * (number - 1)).replace(microsecond=0),
            comment=f"{number} pages" if number % 2 else None,
        )
        for number in range(1, count + 1)
    ]


def feed(
    found: Sequence[ServedPaper],
    query: dict[str, str],
    *,
    start: int,
    size: int,
    total: int | None = None,
) -> bytes:
    """A page of results as arXiv writes it since November 2025."""
    asked = escape("&".join(f"{name}={value}" for name, value in query.items()))
    entries = "".join(map(entry, found[start : start + size]))
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed {NAMESPACES}>
  <id>https://arxiv.org/api/made-up</id>
  <title>arXiv Query: {asked}</title>
  <updated>2026-11-22T12:00:00Z</updated>
  <link href="https://arxiv.org/api/query?{asked}" type="application/atom+xml"/>
  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
  <opensearch:totalResults>{len(found) if total is None else total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
{entries}</feed>
""".encode()


def entry(paper: ServedPaper) -> str:
    """One paper as arXiv writes it."""
    place = f"{paper.arxiv_id}v{paper.version}"
    lines = [
        f"<id>http://arxiv.org/abs/{place}</id>",
        f"<title>{escape(paper.title)}</title>",
        f"<updated>{paper.updated or paper.submitted:%Y-%m-%dT%H:%M:%SZ}</updated>",
        f'<link href="https://arxiv.org/abs/{place}" rel="alternate" type="text/html"/>',
        (
            f'<link href="https://arxiv.org/pdf/{place}" '
            'rel="related" type="application/pdf" title="pdf"/>'
        ),
        f"<summary>{escape(paper.abstract)}</summary>",
        *(
            f'<category term="{name}" scheme="http://arxiv.org/schemas/atom"/>'
            for name in paper.categories
        ),
        f"<published>{paper.submitted:%Y-%m-%dT%H:%M:%SZ}</published>",
        *([f"<arxiv:comment>{escape(paper.comment)}</arxiv:comment>"] if paper.comment else []),
        f'<arxiv:primary_category term="{paper.categories[0]}"/>',
        *(f"<author><name>{escape(name)}</name></author>" for name in paper.authors),
    ]
    return "  <entry>\n" + "".join(f"    {line}\n" for line in lines) + "  </entry>\n"


def error_feed(problem: str) -> bytes:
    """arXiv's answer to a query it refuses (status 400; 200 before November 2025)."""
    place = f"https://arxiv.org/api/errors#{problem.replace(' ', '_')}"
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed {NAMESPACES}>
  <id>https://arxiv.org/</id>
  <title>arXiv Search Results</title>
  <updated>2026-11-22T12:00:00Z</updated>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>1</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  <entry>
    <id>{place}</id>
    <title>Error</title>
    <updated>2026-11-22T12:00:00Z</updated>
    <link href="{place}" rel="alternate" type="text/html"/>
    <summary>{escape(problem)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
</feed>
""".encode()


def says(status: int, body: bytes = b"", **headers: str) -> Fault:
    """An answer of its own; header names with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda handler: handler.answer(status, named, body)


def html_page(handler: Handler) -> None:
    """A page of HTML that claims to be a feed."""
    body = b"<!DOCTYPE html><html><body>We will be back soon</body></html>"
    handler.answer(200, {"Content-Type": ATOM_TYPE}, body)


def truncated(handler: Handler) -> None:
    """The right page cut in the middle, with a length that agrees."""
    status, headers, body = handler.server.respond(query_of(handler))
    handler.answer(status, headers, body[: len(body) // 2])


def reset_before_the_answer(handler: Handler) -> None:
    """The connection breaks before a byte comes back."""
    _reset(handler)


def reset_in_the_body(handler: Handler) -> None:
    """The connection breaks after the head and a little body."""
    handler.head(200, {"Content-Length": "1000"})
    handler.wfile.write(b"x" * 10)
    handler.wfile.flush()
    _reset(handler)


def short_body(handler: Handler) -> None:
    """The connection closes politely, before the promised length."""
    handler.head(200, {"Content-Length": "1000"})
    handler.wfile.write(b"x" * 10)


def stall_before_the_answer(handler: Handler) -> None:
    """Nothing comes for a minute."""
    handler.server.closing.wait(60)


def stall_in_the_body(handler: Handler) -> None:
    """Head and some body, then nothing for a minute."""
    handler.head(200, {"Content-Length": "1000"})
    handler.wfile.write(b"x" * 10)
    handler.wfile.flush()
    handler.server.closing.wait(60)


def trickle_the_head(handler: Handler) -> None:
    """A byte of a header every 50 ms, for ever."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    _trickle(handler)


def trickle_the_body(handler: Handler) -> None:
    """A byte of the body every 50 ms, for ever, and no length."""
    handler.head(200, {})
    _trickle(handler)


def endless_body(handler: Handler) -> None:
    """As many bytes as the client takes."""
    handler.head(200, {})
    while not handler.server.closing.is_set():
        handler.wfile.write(b"x" * 65536)


def _trickle(handler: Handler) -> None:
    while not handler.server.closing.wait(0.05):
        handler.wfile.write(b"x")
        handler.wfile.flush()


def _reset(handler: Handler) -> None:
    handler.close_connection = True
    # Lingering for 0 s makes close() send a reset instead of a polite end.
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.wfile.close()
    handler.rfile.close()
    handler.connection.close()


WINDOW_OF_2022_06_01 = (
    datetime(2022, 5, 30, 18, 0, tzinfo=UTC),
    datetime(2022, 5, 31, 18, 0, tzinfo=UTC),
)
"""Submissions announced on 2022-06-01: Monday 14:00 to Tuesday 14:00 US Eastern."""

AFTER_2022_06_01 = datetime(2022, 6, 1, 6, 0, tzinfo=UTC)
"""A time at which that day's papers are out."""

ONE_SECOND = timedelta(seconds=1)
