"""What stands before every route: who may come in, from where, and with how much.

An ASGI middleware. A request is refused for its ``Host`` (a name of another
site pointed here), for want of the token, for its origin (another site's page
asks on the reviewer's behalf) and for its size, in this order; every answer
gets the headers that keep a browser from doing more than the page needs.
"""

from __future__ import annotations

import json
import logging
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from pipeline.review.web.settings import same

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from pipeline.review.web.settings import WebSettings

log = logging.getLogger(__name__)

MOST_BYTES = 256 * 1024
"""Longest body of a request; a digest and authors of the longest fit ten times."""
STATIC = "/static/"
"""What anybody may read: it is in the program's own source."""
UNAUTHORIZED = 401
TOO_LARGE = 413
BUG = ("this is a bug in Shortlist", "please report it with what stands in its log")
COOKIE = "shortlist_review"
CSRF_HEADER = "x-shortlist-csrf"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; font-src 'self'; manifest-src 'self'; frame-src 'self';"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts and styles from files of this server only, and requests to it only."""
_HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()"),
)
_FALLBACKS = (
    ("content-security-policy", CSP),
    ("x-frame-options", "DENY"),
    ("cache-control", "no-store"),
)
"""For answers that do not say otherwise themselves."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Refusal(Exception):  # noqa: N818 what happens, not what failed
    """A request that goes no further.

    Args:
        status: HTTP status of the answer.
        problem: What is wrong, for the person before the browser.
        hint: What to do.
    """

    def __init__(self, status: int, problem: str, hint: str = "") -> None:
        self.status = status
        self.problem = problem
        self.hint = hint
        super().__init__(problem)


class Guard:
    """Lets in what may come in, and nothing else.

    Args:
        app: Where requests go on.
        settings: Whom to let in.
        page: Makes the page of a refusal, from its problem and hint.
    """

    def __init__(
        self, app: ASGIApp, settings: WebSettings, page: Callable[[str, str], str]
    ) -> None:
        self._app = app
        self._settings = settings
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no route speaks anything else; the server closes the connection

        started = False

        async def guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": _with_headers(message.get("headers", ()))}
            await send(message)

        try:
            headers = _headers_of(scope)
            self._check_host(headers)
            if entered := self._entrance(scope, headers):
                await _answer(guarded, 303, b"", entered)
                return
            if not scope["path"].startswith(STATIC):
                self._check_token(headers)
            _check_origin(scope, headers)
            body = _Bounded(receive, headers)
            await self._app(scope, body.receive, guarded)
        except Exception as error:
            if started:
                raise
            if not isinstance(error, Refusal):
                # Here and not in the framework, whose answer would come without our headers.
                log.exception("a request could not be answered")
            refusal = error if isinstance(error, Refusal) else Refusal(500, *BUG)
            await self._refuse(guarded, refusal, wants_json=scope["path"].startswith("/api"))

    def _check_host(self, headers: dict[str, str]) -> None:
        host = headers.get("host", "")
        if not self._settings.serves(host_name(host)):
            raise Refusal(
                421,
                f"this page is not served under the name {host[:80]!r}",
                "name it in [review] hosts if it is yours",
            )

    def _entrance(self, scope: Scope, headers: dict[str, str]) -> list[tuple[str, str]] | None:
        """Headers that let a browser in which shows the token in the address, and hide it there."""
        if not self._settings.token or scope["method"] != "GET":
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = [value for name, value in query if name == "token"]
        if not given or not same(given[0], self._settings.token):
            return None
        rest = urlencode([pair for pair in query if pair[0] != "token"])
        is_secure = scope.get("scheme") == "https" or (
            self._settings.trusts(peer_of(scope)) and headers.get("x-forwarded-proto") == "https"
        )
        cookie = f"{COOKIE}={self._settings.cookie}; Path=/; HttpOnly; SameSite=Strict" + (
            "; Secure" if is_secure else ""
        )
        # One slash: with two a browser would take what follows for a host.
        path = "/" + scope.get("raw_path", b"/").decode("latin-1").lstrip("/\\")
        return [("location", f"{path}?{rest}" if rest else path), ("set-cookie", cookie)]

    def _check_token(self, headers: dict[str, str]) -> None:
        settings = self._settings
        if not settings.token or same(_cookie(headers.get("cookie", "")), settings.cookie):
            return
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and same(given.strip(), settings.token):
            return
        raise Refusal(
            UNAUTHORIZED,
            "this page is for its reviewers",
            "put ?token=TOKEN at the end of its address, once: what SHORTLIST_REVIEW_TOKEN holds,"
            " or what was printed at the start",
        )

    async def _refuse(self, send: Send, refusal: Refusal, *, wants_json: bool) -> None:
        if wants_json:
            kind = "application/json"
            body = json.dumps({"problem": refusal.problem, "hint": refusal.hint})
        else:
            kind = "text/html; charset=utf-8"
            body = self._page(refusal.problem, refusal.hint)
        headers = [("content-type", kind)]
        if refusal.status == UNAUTHORIZED:
            headers.append(("www-authenticate", "Bearer"))
        if refusal.status == TOO_LARGE:
            headers.append(("connection", "close"))  # what was not read is not read later either
        await _answer(send, refusal.status, body.encode("utf-8", "replace"), headers)


def host_name(host: str) -> str:
    """The name in a ``Host`` header, without port."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def peer_of(scope: Scope) -> str:
    """Address of who is connected."""
    client = scope.get("client")
    return client[0] if client else ""


def _check_origin(scope: Scope, headers: dict[str, str]) -> None:
    """Another site's page may neither change nor read anything here."""
    site = headers.get("sec-fetch-site", "")
    is_read = scope["method"] in _READS
    if is_read:
        # Following a link to a page is fine; being read or embedded by another site is not.
        if site in {"cross-site", "same-site"} and headers.get("sec-fetch-mode") != "navigate":
            raise Refusal(403, "this is not for pages of other sites")
        return
    if CSRF_HEADER not in headers:
        raise Refusal(
            403,
            "a change was asked for without the header X-Shortlist-CSRF",
            "send what /api/session gives as csrf",
        )
    if site and site != "same-origin":
        raise Refusal(403, "a change was asked for by a page of another site")
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower():
        raise Refusal(
            403,
            f"a change was asked for by {origin[:80]!r}",
            "behind a proxy, have it pass on the Host header",
        )


class _Bounded:
    """The body of a request, up to :data:`MOST_BYTES`."""

    def __init__(self, receive: Receive, headers: dict[str, str]) -> None:
        self._receive = receive
        self._read = 0
        said = headers.get("content-length", "0")
        if not said.isascii() or not said.isdigit() or int(said) > MOST_BYTES:
            raise self._too_long()

    async def receive(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._read += len(message.get("body", b""))
            if self._read > MOST_BYTES:
                raise self._too_long()
        return message

    @staticmethod
    def _too_long() -> Refusal:
        return Refusal(TOO_LARGE, f"a request may have {MOST_BYTES:,} bytes")


def _headers_of(scope: Scope) -> dict[str, str]:
    """Headers by name in lower case; of one given twice the first counts."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))
    return headers


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _with_headers(given: object) -> list[tuple[bytes, bytes]]:
    headers = list(given)  # type: ignore[call-overload]
    known = {name.lower() for name, _ in headers}
    more = [*_HEADERS, *(pair for pair in _FALLBACKS if pair[0].encode() not in known)]
    return [*headers, *((name.encode(), value.encode()) for name, value in more)]


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[str, str]]) -> None:
    length = ("content-length", str(len(body)))
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in (length, *headers)]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body})
