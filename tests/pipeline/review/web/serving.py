"""The page on a port of its own, answered by a real server in a thread."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI

from pipeline.review.card import Desk
from pipeline.review.web import WebSettings, make_app
from pipeline.review.web.server import bind, config_of


@dataclass(frozen=True)
class Answer:
    """What a request was answered with."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


@dataclass
class Client:
    """A browser's page, or a program: sends the headers it is told to."""

    base: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        data = None
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(body, bytes):
            data = body
        elif body is not None:
            data = json.dumps(body).encode()
            given.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(
            self.base + path, data=data, headers={**self.headers, **given}, method=method
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, _lower(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, _lower(error.headers), error.read().decode())

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        return self.ask("POST", path, body, **headers)

    def signed(self) -> Client:
        """The same, with what proves that changes come from the page."""
        csrf = self.get("/api/session").json["csrf"]
        return Client(self.base, {**self.headers, "X-Shortlist-CSRF": csrf})


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serves ``app``; its address without a slash at the end."""
    listener = bind("127.0.0.1", 0)
    server = uvicorn.Server(config_of(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
    assert not thread.is_alive()


@contextmanager
def page_of(desk: Desk, **settings: Any) -> Iterator[Client]:
    """A client of the page over ``desk``."""
    given = {"host": "127.0.0.1", "port": 0, **settings}
    with served(make_app(desk, WebSettings(**given))) as address:
        yield Client(address)
