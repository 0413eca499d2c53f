"""The one polite client: every request to arXiv goes through it.

It keeps arXiv's terms for this machine (one connection at a time, a pause
between requests, a contact address) whatever the process that asks, and turns
everything a network can do into either an :class:`Answer` or a
:class:`~pipeline.errors.SourceError`. It knows no format: an answer with status
200 may still be a page of HTML. ``turn`` holds the other processes, ``deadline``
the other end.
"""

from __future__ import annotations

import email.utils
import logging
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin

from pipeline.errors import ConfigError, SourceError
from pipeline.sources.addresses import Addresses, place
from pipeline.sources.plain_text import plain_text
from pipeline.sources.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import requests

    from pipeline.sources.deadline import DeadlineAdapter
    from pipeline.sources.raw import RawAnswers

SPACING_SECONDS = 3.0
"""Least time between two requests.

Source: arXiv API terms of use (https://info.arxiv.org/help/api/tou.html): no more
than one request every three seconds, a single connection at a time.
"""

MAX_BYTES = 64 * 1024 * 1024
"""Most bytes of one answer, unpacked.

The largest real answer is a page of 2,500 OAI records, about 6 MB.
"""

RETRY_AFTER_CAP_SECONDS = 120.0
"""Longest wait before one more try, whatever ``Retry-After`` says."""

_THROTTLED = frozenset({406, 429})
"""arXiv throttles with 406 too, since September 2026 (reference, section 1.6)."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 5
_FORBIDDEN = 403
_SERVER_ERROR = 500
_CHUNK_BYTES = 1 << 14
_SHOWN_CHARACTERS = 120
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
"""Clients that say nothing here are throttled more (reference, section 1.6)."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One complete answer.

    Attributes:
        url: What was asked last, after redirects.
        status: 200, or a refusal that asking again would not change (400, 404).
        headers: Names in lower case.
        body: All of it, unpacked.
    """

    url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class _Again(Exception):  # noqa: N818 - not an error yet: it asks for one more try
    """This try failed in a way that another may not.

    Args:
        problem: What happened.
        wait_seconds: What the server asks to wait, or 0.
    """

    def __init__(self, problem: str, wait_seconds: float = 0.0) -> None:
        self.problem = problem
        self.wait_seconds = wait_seconds
        super().__init__(problem)


class HttpClient:
    """Asks arXiv, politely. Make one for a run and give it to every source.

    Not for several threads at once: the lock is for processes.

    Args:
        spacing_seconds: Least time between the end of one request and the start
            of the next, over all processes of this machine.
        contact: Who to write to about these requests (an address), for arXiv.
        addresses: The base addresses from config. Only they are asked; if one of
            them is arXiv's, so are arXiv's other hosts.
        timeout_seconds: From the start of a request to the last byte of its answer.
        max_bytes: Most bytes of one answer, unpacked.
        lock_path: The lock file; ``None`` for the one in the user's cache folder.
        max_attempts: Tries before giving up.
        clock: Seconds since the epoch, as all processes see them.
        sleep: Waits that many seconds.
        jitter: A number from 0 to 1, another each time.
        raw: Keeps every complete answer, refusals and redirects included, before
            anybody parses it; ``None`` keeps none.

    Raises:
        ConfigError: ``spacing_seconds`` is below arXiv's terms for an address that
            is not this machine's own, or an address is none.
    """

    def __init__(
        self,
        *,
        spacing_seconds: float,
        contact: str,
        addresses: tuple[str, ...],
        timeout_seconds: float = 60.0,
        max_bytes: int = MAX_BYTES,
        lock_path: Path | None = None,
        max_attempts: int = 4,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        raw: RawAnswers | None = None,
    ) -> None:
        self._addresses = Addresses(addresses)
        if spacing_seconds < SPACING_SECONDS and not self._addresses.are_local:
            raise ConfigError(
                f"spacing_seconds = {spacing_seconds:g} under [sources] is below "
                f"the {SPACING_SECONDS:g} seconds of arXiv's terms of use",
                hint=f"set it to {SPACING_SECONDS:g} or more",
            )
        self._spacing_seconds = spacing_seconds
        self._user_agent = _user_agent(contact)
        self._timeout_seconds = timeout_seconds
        self._max_bytes = max_bytes
        self._max_attempts = max_attempts
        self._clock = clock
        self._jitter = jitter
        self._raw = raw
        self._longest_pause = max(RETRY_AFTER_CAP_SECONDS, spacing_seconds)
        self._turn = Turn(
            lock_path,
            spacing_seconds=spacing_seconds,
            longest_seconds=self._longest_pause,
            clock=clock,
            sleep=sleep,
        )
        self._opened: tuple[requests.Session, DeadlineAdapter] | None = None
        self._blocked = False

    @property
    def blocked(self) -> bool:
        """Whether arXiv has answered 403: nothing is asked any more."""
        return self._blocked

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, source: str = "arxiv"
    ) -> Answer:
        """Ask for ``url`` until there is an answer worth reading.

        Throttling (429, 406), server errors (5xx), broken connections and stalls
        are tried again, later each time; other refusals are answers.

        Args:
            url: An address of one of the configured hosts.
            params: Added to it as its query.
            source: Who asks, as errors name it.

        Raises:
            SourceError: No answer after all tries; an address elsewhere; an endless
                answer; or arXiv has blocked this machine (403), after which
                nothing is asked any more.
        """
        if params:
            url = f"{url}?{urlencode(params)}"
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._ask(url, source)
            if answer.status not in _REDIRECTS:
                return answer
            target = answer.headers.get("location", "")
            if not target:
                raise SourceError(source, f"{place(url)} answers a redirect to nowhere")
            try:
                url = urljoin(url, target)
            except ValueError as error:
                problem = f"{place(url)} answers a redirect to no address"
                raise SourceError(source, problem) from error
        raise SourceError(source, f"{place(url)} is redirected in circles")

    def _ask(self, url: str, source: str) -> Answer:
        self._refuse(url, source)
        problem = ""
        for attempt in range(self._max_attempts):
            try:
                return self._exchange(url, source, attempt)
            except _Again as again:
                problem = again.problem
                _log.info("%s: try %d of %d: %s", source, attempt + 1, self._max_attempts, problem)
        raise SourceError(
            source,
            f"{place(url)}: {problem} ({self._max_attempts} tries)",
            hint="the next run asks again",
        )

    def _refuse(self, url: str, source: str) -> None:
        if self._blocked:
            raise SourceError(
                source,
                "arXiv answered 403 (blocked) before, so nothing more is asked in this run",
                hint="wait a day, or write to help@arxiv.org",
            )
        if problem := self._addresses.refusal(url):
            raise SourceError(source, problem)

    def _exchange(self, url: str, source: str, attempt: int) -> Answer:
        """One request, in this machine's only turn, and the pause it earns."""
        with self._turn.take() as pause:
            earned = self._spacing_seconds
            try:
                answer = self._send(url, source)
                self._keep(answer, source)
                self._judge(answer, source)
            except _Again as again:
                backoff = self._spacing_seconds * 2**attempt * (1 + self._jitter())
                earned = min(max(backoff, again.wait_seconds), self._longest_pause)
                raise
            finally:
                pause(earned)
        return answer

    def _keep(self, answer: Answer, source: str) -> None:
        if self._raw is not None:
            self._raw.keep(
                answer.body,
                url=answer.url,
                status=answer.status,
                headers=answer.headers,
                source=source,
                at=datetime.fromtimestamp(self._clock(), UTC),
            )

    def _judge(self, answer: Answer, source: str) -> None:
        if answer.status == _FORBIDDEN:
            self._blocked = True
            raise SourceError(
                source,
                f"{place(answer.url)} answers 403: this machine is blocked, "
                "and nothing more is asked in this run",
                hint="wait a day, or write to help@arxiv.org",
            )
        if answer.status in _THROTTLED or answer.status >= _SERVER_ERROR:
            wait = _retry_after(answer.headers.get("retry-after", ""), self._clock())
            raise _Again(f"status {answer.status}", wait)

    def _send(self, url: str, source: str) -> Answer:
        import requests
        import urllib3.exceptions

        session, adapter = self._open()
        body = bytearray()
        with adapter.cut_after(self._timeout_seconds) as late:
            try:
                with session.get(
                    url, stream=True, allow_redirects=False, timeout=self._timeout_seconds
                ) as response:
                    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
                        body += chunk
                        if len(body) > self._max_bytes:
                            raise SourceError(
                                source,
                                f"{place(url)} answers more than {self._max_bytes:,} bytes",
                            )
                problem = ""
            except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
                timed_out = isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError)
                if timed_out:
                    late.set()
                problem = f"the connection failed ({_cause(error)})"
        if late.is_set():
            # A cut connection may look like the end of a body without a length.
            raise _Again(f"no complete answer within {self._timeout_seconds:g} s")
        if problem:
            raise _Again(problem)
        headers = {name.lower(): value for name, value in response.headers.items()}
        if unknown := _unknown_encodings(headers.get("content-encoding", "")):
            raise _Again(f"the body is encoded in a way nobody asked for ({unknown})")
        return Answer(url=url, status=response.status_code, headers=headers, body=bytes(body))

    def _open(self) -> tuple[requests.Session, DeadlineAdapter]:
        if self._opened is None:
            from pipeline.sources.deadline import DeadlineAdapter, OneAnswerSession

            session, adapter = OneAnswerSession(), DeadlineAdapter()
            session.mount("http://", adapter)
            session.mount("https://", adapter)
            session.trust_env = (
                not self._addresses.are_local
            )  # no proxy leads to this machine itself
            session.headers.update(
                {
                    "User-Agent": self._user_agent,
                    "Accept": _ACCEPT,
                    # A connection kept open here is a second one when another process asks.
                    "Connection": "close",
                }
            )
            self._opened = session, adapter
        return self._opened


def _unknown_encodings(header: str) -> str:
    """The encodings of a ``Content-Encoding`` that the body still has, for a message."""
    from urllib3.response import HTTPResponse

    known = {"", "identity", *HTTPResponse.CONTENT_DECODERS}
    unknown = [name for name in header.lower().split(",") if name.strip() not in known]
    return plain_text(", ".join(unknown))[:_SHOWN_CHARACTERS]


def _retry_after(text: str, now: float) -> float:
    """Seconds to wait as a ``Retry-After`` header says, 0 if it says nothing sensible."""
    try:
        if text.strip().isdecimal():
            return float(text)
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _user_agent(contact: str) -> str:
    try:
        number = version("arxiv-shortlist")
    except PackageNotFoundError:
        number = "0"
    shown = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()").strip()
    return f"arxiv-shortlist/{number} ({shown})" if shown else f"arxiv-shortlist/{number}"


def _cause(error: BaseException) -> str:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return plain_text(f"{type(error).__name__}: {error}")[:_SHOWN_CHARACTERS]
