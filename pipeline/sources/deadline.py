"""What ``requests`` lacks: a deadline for a whole request, head and body together.

Its timeout bounds each read, so a server that sends a byte now and then outlasts
any. Here a timer shuts the socket instead, which ends whatever read is waiting
on it. Imports ``requests``: import this module where it is used.
"""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator


class OneAnswerSession(requests.Session):
    """A session that leaves redirects alone.

    Even when told not to follow one, ``requests`` reads its body to the end and
    parses its target, which may be none.
    """

    def get_redirect_target(self, _: requests.Response) -> None:
        """No redirect is ever seen."""


class DeadlineAdapter(HTTPAdapter):
    """Opens connections that can be cut. One request at a time."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._late = threading.Event()
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """The pool ``requests`` would use, its connections made known here."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        adapter, base = self, pool.ConnectionCls
        if not getattr(base, "is_cuttable", False):

            class Cuttable(base):  # type: ignore[misc,valid-type] # http or https
                is_cuttable = True

                def connect(self) -> None:
                    super().connect()
                    adapter._socket = self.sock
                    if adapter._late.is_set():
                        adapter._cut()

            pool.ConnectionCls = Cuttable
        return pool

    @contextmanager
    def cut_after(self, seconds: float) -> Iterator[threading.Event]:
        """Cut the request made inside after ``seconds``; yields whether that happened."""
        self._late.clear()
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield self._late
        finally:
            timer.cancel()
            timer.join()
            self._socket = None

    def _cut(self) -> None:
        self._late.set()
        if self._socket is not None:
            with suppress(OSError):
                # The plain socket's own method: TLS would unwrap under a waiting read.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
