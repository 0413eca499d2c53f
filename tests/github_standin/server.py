"""The server on loopback: who asks, what goes wrong, ETags, limits, and the log."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.github_standin.control import control
from tests.github_standin.faults import Fault
from tests.github_standin.routes import respond
from tests.github_standin.world import RefusedError, World

LIMIT = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One request and its answer's status."""

    method: str
    path: str
    query: str
    login: str
    status: int


class GitHubStandIn:
    """A GitHub with one repository, served on a free port of 127.0.0.1.

    Args:
        repository: ``owner/name``.
        git: The bare repository behind it, for branches; all exist without one.
        port: 0 for a free one.
    """

    def __init__(
        self, repository: str = "owner/list", *, git: Path | None = None, port: int = 0
    ) -> None:
        self.world = World(repository, git=git)
        self.faults: list[Fault] = []
        self.log: list[Logged] = []
        self.used = 0
        """Requests counted against the hour's limit: those answered 304 are not."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._server.daemon_threads = True
        self._server.standin = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def api_url(self) -> str:
        """The address of the REST interface."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> GitHubStandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self) -> None:
        """Serve in this thread, until stopped."""
        self._server.serve_forever()

    def fail(self, fault: Fault) -> None:
        """Something goes wrong with the next requests that match."""
        self.faults.append(fault)

    def requests(self, method: str = "", path: str = "") -> list[Logged]:
        """Those of the log with this verb whose path holds ``path``."""
        return [each for each in self.log if method in {"", each.method} and path in each.path]

    def handle(
        self, method: str, target: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer; status 0 is none at all."""
        url = urlsplit(target)
        path, query = unquote(url.path), dict(parse_qsl(url.query))
        content = json.loads(body) if body else {}
        if path.startswith("/_control/"):
            return 200, {}, _json(control(self, path.removeprefix("/_control/"), content))
        login = self._login(headers.get("authorization", ""))
        fault = next((each for each in self.faults if each.strikes(method, path)), None)
        status, told, answer = 0, {}, b""
        if fault is None or fault.done:
            act = (method, path, query, content)
            status, told, answer = self._answer(login, act, headers.get("if-none-match", ""))
        if fault is not None:
            status, told = fault.status, dict(fault.headers)
            html = fault.message.startswith("<")
            answer = fault.message.encode() if html else _json({"message": fault.message})
        self.log.append(
            Logged(method=method, path=path, query=url.query, login=login or "", status=status)
        )
        self.used += status != 304
        told = {
            "X-RateLimit-Limit": str(LIMIT),
            "X-RateLimit-Remaining": str(max(0, LIMIT - self.used)),
            **told,
        }
        return status, told, answer

    def _answer(
        self, login: str | None, act: tuple[str, str, dict[str, str], dict], known: str
    ) -> tuple[int, dict[str, str], bytes]:
        if login is None:
            return 401, {}, _json({"message": "Bad credentials"})
        edited = re.fullmatch(r"/repos/[^/]+/[^/]+/issues/(\d+)", act[1])
        if edited and act[0] == "PATCH" and "body" in act[3]:
            self.world.about_to_edit(int(edited[1]))
        try:
            status, row = respond(self.world, login, *act)
        except RefusedError as error:
            problem = {
                "message": error.message,
                **({"errors": error.errors} if error.errors else {}),
            }
            return error.status, {}, _json(problem)
        answer = b"" if row is None else _json(row)
        if act[0] != "GET":
            return status, {}, answer
        etag = f'W/"{hashlib.sha256(answer).hexdigest()}"'
        if known == etag:
            return 304, {"ETag": etag}, b""
        return status, {"ETag": etag}, answer

    def _login(self, authorization: str) -> str | None:
        return self.world.tokens.get(authorization.partition(" ")[2])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        standin: GitHubStandIn = self.server.standin  # type: ignore[attr-defined]
        status, told, answer = standin.handle(self.command, self.path, headers, body)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in told.items():
            self.send_header(name, value)
        if answer:
            kind = "text/html" if answer.startswith(b"<") else "application/json"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
        if status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: object) -> None:
        """The log is :attr:`GitHubStandIn.log`."""


def _json(row: object) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode()
