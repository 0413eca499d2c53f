"""Requests to GitHub: time limits, bounded retries, and errors of one line without the token.

PyGithub makes the requests. Its own retries wait as long as GitHub says, hours if need
be, and repeat requests that create something; so they are turned off and done here:

* reading, and writing that may be done twice, is tried again after 5xx and broken
  connections;
* what creates something is tried again only where GitHub refused to look at it (a rate
  limit), for after a 502 it may well exist;
* a rate limit is waited for as long as GitHub asks, within what is left of the patience.

Sources: GitHub Docs, "Best practices for using the REST API" (Retry-After, at least a
minute after a secondary limit, a second between writes) and "Rate limits for the REST API"
(403 or 429, X-RateLimit-Remaining, X-RateLimit-Reset).
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from github import Auth, Github, GithubException

from pipeline.errors import GitHubError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT_SECONDS = 20
PATIENCE_SECONDS = 150.0
"""Most seconds to wait for GitHub in one run, all waits together."""
ATTEMPTS = 4
SECONDARY_WAIT_SECONDS = 60.0
WRITE_SPACING_SECONDS = 1.0
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_BROKEN = (requests.RequestException, OSError)


class Transport:
    """Requests to one GitHub, as whom the token belongs to.

    Args:
        api_url: Address of the REST interface.
        token: Who asks; it appears in no error and no log.
        patience_seconds: Most seconds to wait, all waits together.
        clock: Seconds since the epoch.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        *,
        api_url: str,
        token: str,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._host = urlsplit(api_url).hostname or api_url
        near = self._host in _LOOPBACK
        self._requester = Github(
            auth=Auth.Token(token),
            base_url=api_url,
            timeout=TIMEOUT_SECONDS,
            user_agent="Shortlist",
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None if near else WRITE_SPACING_SECONDS,
        ).requester
        self._token = token
        self._patience = patience_seconds
        self._clock = clock
        self._sleep = sleep
        self._known: dict[str, tuple[str, Any]] = {}

    def get(self, path: str, **parameters: str | int) -> Any:
        """What stands at ``path``; asked with the last answer's ETag, unchanged is not sent again.

        Raises:
            GitHubError: GitHub did not answer, or refused.
        """
        key = f"{path}?{sorted(parameters.items())}"
        etag, kept = self._known.get(key, ("", None))
        headers = {"If-None-Match": etag} if etag else {}
        told, answer = self._ask("GET", path, parameters=parameters, headers=headers)
        if etag and answer is None:
            return kept
        if told.get("etag"):
            self._known[key] = (told["etag"], answer)
        return answer

    def get_all(self, path: str, *, most_pages: int, **parameters: str | int) -> list[Any]:
        """The rows of a listing, a hundred to a page.

        Raises:
            GitHubError: GitHub did not answer, or refused.
        """
        rows: list[Any] = []
        for page in range(1, most_pages + 1):
            found = self.get(path, per_page=100, page=page, **parameters)
            rows += found
            if len(found) < 100:  # noqa: PLR2004 -- as asked for
                break
        return rows

    def send(self, verb: str, path: str, content: Mapping[str, object] | None = None) -> Any:
        """Change something; ``POST`` is taken to create, other verbs may be done twice.

        Raises:
            GitHubError: GitHub did not answer, or refused.
        """
        return self._ask(verb, path, content=content)[1]

    def query(self, query: str, **variables: object) -> Any:
        """The ``data`` of a GraphQL query that changes nothing.

        Raises:
            GitHubError: GitHub did not answer, or refused.
        """
        asked = {"query": query, "variables": variables}
        url = self._requester.graphql_url
        _, answer = self._ask("POST", url, content=asked, repeatable=True)
        if answer.get("errors"):
            said = str(answer["errors"][0].get("message", "no reason"))
            raise GitHubError(self._clean(f"GitHub refused a query ({said})"))
        return answer["data"]

    def _ask(
        self,
        verb: str,
        path: str,
        *,
        parameters: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        content: Mapping[str, object] | None = None,
        repeatable: bool = False,
    ) -> tuple[Mapping[str, str], Any]:
        may_repeat = repeatable or verb != "POST"
        for attempt in range(ATTEMPTS):
            last = attempt == ATTEMPTS - 1
            try:
                told, answer = self._requester.requestJsonAndCheck(
                    verb,
                    path,
                    parameters=dict(parameters or {}),
                    headers=dict(headers or {}),
                    input=dict(content) if content is not None else None,
                )
                if answer is None or "json" in told.get("content-type", ""):
                    return told, answer
                raise requests.exceptions.InvalidJSONError
            except GithubException as error:
                wait = self._wait_after(error, attempt, may_repeat=may_repeat)
                if wait is None or last or wait > self._patience:
                    raise self._refused(verb, path, error, wait) from None
            except _BROKEN as error:
                wait = 2.0**attempt
                if last or not may_repeat or wait > self._patience:
                    raise self._silent(verb, path, error) from None
            self._patience -= wait
            self._sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait_after(
        self, error: GithubException, attempt: int, *, may_repeat: bool
    ) -> float | None:
        """Seconds until another try is worth it; ``None`` where none is."""
        if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return 2.0**attempt if may_repeat else None
        if error.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
            return None
        told = error.headers or {}
        if told.get("retry-after", "").isdigit():
            return float(told["retry-after"])
        if told.get("x-ratelimit-remaining") == "0" and told.get("x-ratelimit-reset"):
            return max(1.0, float(told["x-ratelimit-reset"]) + 1 - self._clock())
        limited = error.status == HTTPStatus.TOO_MANY_REQUESTS or "rate limit" in _said(error)
        return SECONDARY_WAIT_SECONDS if limited else None

    def _refused(
        self, verb: str, path: str, error: GithubException, wait: float | None
    ) -> GitHubError:
        if wait is not None and error.status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return GitHubError(
                f"{self._host} asks to wait {wait:.0f} s (rate limit)",
                hint="nothing is lost, and the next run goes on",
                status=error.status,
            )
        said = self._clean(_said(error)) or "no reason"
        return GitHubError(
            f"{self._host} answered {error.status} to {verb} {urlsplit(path).path} ({said})",
            hint=_HINTS.get(error.status, _HINTS[500] if error.status >= 500 else ""),  # noqa: PLR2004
            status=error.status,
        )

    def _silent(self, verb: str, path: str, error: Exception) -> GitHubError:
        told = "in time" if isinstance(error, requests.Timeout) else f"({type(error).__name__})"
        return GitHubError(
            f"{self._host} did not answer {verb} {urlsplit(path).path} {told}", hint=_HINTS[500]
        )

    def _clean(self, text: str) -> str:
        return " ".join(text.replace(self._token, "***").split())[:300]


_HINTS = {
    401: "the token in GITHUB_TOKEN is wrong or has expired: put a new one there",
    403: "give the token in GITHUB_TOKEN write permission for issues, pull requests and contents",
    404: "check [github] repository, and that the token in GITHUB_TOKEN may see it",
    410: "switch issues on in the repository's settings",
    500: "nothing is lost, and the next run goes on",
}


def _said(error: GithubException) -> str:
    data = error.data if isinstance(error.data, dict) else {}
    details = [
        str(detail.get("message") or detail.get("code") or "")
        for detail in data.get("errors", ())
        if isinstance(detail, dict)
    ]
    return ": ".join(part for part in (str(data.get("message") or ""), *details) if part)
