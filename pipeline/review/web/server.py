"""The server behind the page: one process on one address, until it is told to stop."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import uvicorn

from pipeline.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from fastapi import FastAPI

    from pipeline.review.web.settings import WebSettings

PATIENCE_SECONDS = 5
"""How long requests under way may take once it shall end."""


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 for any that is free.

    Raises:
        SetupError: Another program does, or it is no address of this machine.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise SetupError(
            f"{host!r} is no address to listen on: {error.strerror or error}"
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise SetupError(
            f"port {port} of {host} cannot be listened on: {error.strerror or error}",
            hint="`shortlist review --port N` takes another",
        ) from error
    return listener


def address_of(settings: WebSettings, *, token: str = "") -> str:
    """What to type into a browser, with ``token`` if one is given."""
    everywhere = {"0.0.0.0": "localhost", "::": "localhost"}  # noqa: S104 shown, not listened on
    host = everywhere.get(settings.host, settings.host)
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{settings.port}/" + (f"?{urlencode({'token': token})}" if token else "")


def config_of(app: FastAPI) -> uvicorn.Config:
    """How uvicorn serves ``app``: nothing is logged of requests, an address may hold the token."""
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE_SECONDS,
        ws="none",
    )


def serve(app: FastAPI, listener: socket.socket, *, started: Callable[[], None]) -> None:
    """Answer requests until a signal says to stop (SIGINT, SIGTERM)."""
    server = _Server(config_of(app), started)
    with contextlib.closing(listener):
        server.run(sockets=[listener])


@contextlib.contextmanager
def served(app: FastAPI, listener: socket.socket, *, started: Callable[[], None]) -> Iterator[None]:
    """Answer requests in a thread of its own meanwhile; signals are the caller's business."""
    server = _Server(config_of(app), started)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="review page")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class _Server(uvicorn.Server):
    """Says when it answers, and does not pass on the signal that ended it."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        if self.started:
            self._tell()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End; the signal is not raised again: a page that was closed is no failure."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()
