"""Sockets: a loopback server that sends an :class:`Answer` exactly as badly as it says."""

from __future__ import annotations

import itertools
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import BaseServer
from typing import cast
from urllib.parse import parse_qs, urlsplit

from tests.arxiv_emulator.answers import Answer, Request, says
from tests.arxiv_emulator.clock import Clock
from tests.arxiv_emulator.log import Log, Logged
from tests.arxiv_emulator.papers import View

HOST = "127.0.0.1"
CONTROL = "/__ctl"
_MOVED = "/moved"
_TICK_SECONDS = 0.02
_IDLE_SECONDS = 30
_MOST_BODY = 1 << 20

Strike = Callable[[Request, float | None, int], tuple[Answer, str]]
Control = Callable[[str, str, dict[str, str], bytes], Answer]


class Server:
    """A server on a port of 127.0.0.1, one thread for each connection.

    Args:
        strike: Answers a request, given the gap before it and the other connections.
        control: Answers what is under ``/__ctl``: method, path, query, body.
        log: Where requests are noted.
        clock: For the log.
        port: 0 for a free one.
        on_request: Called when a request is noted, before it is answered.
    """

    def __init__(
        self,
        *,
        strike: Strike,
        control: Control,
        log: Log,
        clock: Clock,
        port: int = 0,
        on_request: Callable[[Logged], None] | None = None,
    ) -> None:
        self.strike = strike
        self.control = control
        self.log = log
        self.clock = clock
        self.on_request = on_request
        self.numbers = itertools.count(1)
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._away_until = 0.0
        self._listener: socket.socket | None = self._listen(port)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True, name="arxiv-emulator")

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering, break what is open, and wait for it."""
        self.closing.set()
        self._stop_listening()
        if self._thread.ident is not None:
            self._thread.join()
        with self._lock:
            open_now = dict(self._connections)
        for connection in open_now:
            _shut(connection)
        for thread in open_now.values():
            if thread is not threading.current_thread():
                thread.join(timeout=5)

    def number_anew(self) -> None:
        """Let the next request be the first."""
        self.numbers = itertools.count(1)

    def go_away(self, seconds: float) -> None:
        """Refuse connections for so long and reset those that are open."""
        self._away_until = time.monotonic() + seconds
        # At once, not when the accepting thread wakes: the client may come right back.
        self._stop_listening()
        with self._lock:
            open_now = [
                connection
                for connection, thread in self._connections.items()
                if thread is not threading.current_thread()
            ]
        for connection in open_now:
            _linger(connection)
            _shut(connection)

    def others(self, mine: socket.socket) -> int:
        """How many other connections are open at the client's end."""
        with self._lock:
            return sum(
                connection is not mine and not is_gone(connection)
                for connection in self._connections
            )

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            listener.close()
            raise
        listener.listen(32)
        listener.setblocking(False)
        return listener

    def _stop_listening(self) -> None:
        with self._lock:
            if self._listener is not None:
                # Closing alone would wait for the thread that selects on it.
                _shut(self._listener)
                self._listener.close()
                self._listener = None

    def _accept(self) -> None:
        while not self.closing.is_set():
            with self._lock:
                is_back = time.monotonic() >= self._away_until and not self.closing.is_set()
                if self._listener is None and is_back:
                    self._listener = self._listen(self.port)
                listener = self._listener
            if listener is None:
                self.closing.wait(_TICK_SECONDS)
                continue
            try:
                ready, _, _ = select.select([listener], [], [], _TICK_SECONDS)
                connection = listener.accept()[0] if ready else None
            except (OSError, ValueError):
                continue  # closed meanwhile: it goes away, or for good
            if connection is None:
                continue
            connection.setblocking(True)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            with self._lock:
                self._connections[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            # It asks for socketserver's base, and hands it to nobody but us.
            _Handler(connection, connection.getpeername(), cast("BaseServer", self))
        except (OSError, ValueError):
            pass  # clients that hang up are part of the tests
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    """One connection: reads requests, sends answers."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS

    @property
    def _home(self) -> Server:
        return cast("Server", self.server)

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def do_HEAD(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Keep quiet: there is a log."""

    def _handle(self) -> None:
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), _MOST_BODY)) if length.isdecimal() else b""
        parts = urlsplit(self.path)
        if parts.path == CONTROL or parts.path.startswith(CONTROL + "/"):
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            path = parts.path.removeprefix(CONTROL).strip("/")
            self._send(self._home.control(self.command, path, query, body), None)
            return
        request = self._request(body)
        if request is None:
            self._send(says(404, "There is nothing here.\n"), None)
            return
        began = time.monotonic()
        gap, others = self._home.log.gap_seconds(began), self._home.others(self.connection)
        row = Logged(
            request=request,
            virtual=self._home.clock.now(),
            began=began,
            port=self.client_address[1],
            others=others,
        )
        self._home.log.add(row)
        if self._home.on_request is not None:
            self._home.on_request(row)
        try:
            answer, row.fault = self._home.strike(request, gap, others)
            self._send(answer, row)
        except OSError:
            # The client hung up after the last piece that it took, however late that is seen.
            row.ended = row.ended or row.took
            raise
        finally:
            row.ended = row.ended or time.monotonic()

    def _request(self, body: bytes) -> Request | None:
        """The request, if it is for one of the views."""
        parts = urlsplit(self.path)
        moved = parts.path.startswith(_MOVED + "/")
        path = parts.path.removeprefix(_MOVED) if moved else parts.path
        view = _view(path)
        if view is None:
            return None
        text = parts.query
        if body and "form" in self.headers.get("Content-Type", ""):
            text = "&".join(filter(None, (text, body.decode("utf-8", "replace"))))
        headers = {name.lower(): value for name, value in self.headers.items()}
        # Names that no real header has: what faults need to know of the address.
        headers[":target"] = self.path.removeprefix(_MOVED) if moved else self.path
        if moved:
            headers[":moved"] = "yes"
        return Request(
            number=next(self._home.numbers),
            view=view,
            method=self.command,
            path=path,
            query={
                name: tuple(values)
                for name, values in parse_qs(text, keep_blank_values=True).items()
            },
            headers=headers,
        )

    def _send(self, answer: Answer, row: Logged | None) -> None:
        if answer.wait_seconds and self._pause(answer.wait_seconds):
            self.close_connection = True
            return
        if answer.cut_after == -1:
            self._end(answer)
            return
        if answer.cut_after is not None or answer.repeat_bytes or answer.framing == "none":
            self.close_connection = True
        if row is not None:
            row.status = answer.status
        head = self._head(answer)
        bodiless = self.command == "HEAD" or answer.status in {204, 304}
        body = b"" if bodiless else answer.body
        if answer.cut_after is None and not answer.repeat_bytes and not answer.trickle_seconds:
            if answer.framing == "chunked":
                body = _chunk(body) + b"0\r\n\r\n"
            if row is not None:
                # Before the last byte: what the client does then is no longer this request.
                row.sent, row.ended = len(answer.body), time.monotonic()
            self.wfile.write(head + body)
            return
        self.wfile.write(head)
        self._send_badly(answer, body, row)

    def _send_badly(self, answer: Answer, body: bytes, row: Logged | None) -> None:
        limit = len(body) if answer.cut_after is None else answer.cut_after
        if answer.repeat_bytes:
            limit = answer.repeat_bytes
        sent = 0
        while sent != limit and not self._home.closing.is_set():
            if answer.trickle_seconds:
                if self._pause(answer.trickle_seconds):
                    return
                piece = body[sent : sent + 1]
            else:
                piece = body or b" " * 65536
                if limit >= 0:
                    piece = piece[: limit - sent]
            self.wfile.write(_chunk(piece) if answer.framing == "chunked" else piece)
            sent += len(piece)
            if row is not None:
                row.sent, row.took = sent, time.monotonic()
        if answer.cut_after is not None:
            if row is not None and answer.ending != "stall":
                row.ended = time.monotonic()
            self._end(answer)

    def _end(self, answer: Answer) -> None:
        """Leave in the middle."""
        self.close_connection = True
        if answer.refuse_seconds:
            self._home.go_away(answer.refuse_seconds)
        if answer.ending == "stall":
            while not self._pause(_IDLE_SECONDS):
                pass
        elif answer.ending == "reset":
            _linger(self.connection)
            self.wfile.close()
            self.rfile.close()
            self.connection.close()

    def _head(self, answer: Answer) -> bytes:
        try:
            reason = HTTPStatus(answer.status).phrase
        except ValueError:
            reason = "Unknown"
        lines = [f"HTTP/1.1 {answer.status} {reason}", f"Date: {self.date_time_string()}"]
        headers = dict(answer.headers)
        if answer.framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
        elif answer.framing == "length" and answer.status not in {204, 304}:
            length = answer.repeat_bytes if answer.repeat_bytes > 0 else len(answer.body)
            headers["Content-Length"] = str(length)
        if self.close_connection:
            headers["Connection"] = "close"
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _pause(self, seconds: float) -> bool:
        """Wait, and say whether the client or the server has left meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._home.closing.wait(min(_TICK_SECONDS, left)) or is_gone(self.connection):
                return True
        return False


def is_gone(connection: socket.socket) -> bool:
    """Whether the other end has closed a connection."""
    try:
        if not select.select([connection], [], [], 0)[0]:
            return False
        return connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def _view(path: str) -> View | None:
    if path in {"/oai", "/oai/"}:
        return View.OAI
    if path in {"/api/query", "/api/query/"}:
        return View.API
    if path.startswith(("/rss/", "/atom/")) and path.count("/") == 2:
        return View.RSS
    return None


def _chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece) if piece else b""


def _linger(connection: socket.socket) -> None:
    """Make close() send a reset instead of a polite end."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
