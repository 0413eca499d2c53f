"""What was asked, when, and what came of it: for spacing checks and invariants."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime

from tests.arxiv_emulator.answers import Request

TOLERANCE_SECONDS = 0.002
"""Two clocks of one machine read in two processes may differ by so much."""


@dataclass(slots=True, kw_only=True)
class Logged:
    """One request and its answer.

    Attributes:
        request: What was asked.
        virtual: The virtual time.
        began: When its head had arrived (monotonic seconds).
        ended: When the last byte was sent, also to a client that then hung up; 0 while it is
            answered.
        took: When the client last took a piece of a body that is sent piece by piece.
        port: The client's port: one for each connection.
        others: Other connections that were open when it came.
        fault: What was wrong with the answer ("F9:gzip"), or "".
        status: Of the answer; 0 if none was sent.
        sent: Bytes of body.
    """

    request: Request
    virtual: datetime
    began: float
    ended: float = 0.0
    took: float = 0.0
    port: int = 0
    others: int = 0
    fault: str = ""
    status: int = 0
    sent: int = 0

    def as_json(self) -> dict[str, object]:
        """For the control interface."""
        request = self.request
        return {
            "number": request.number,
            "view": request.view.value,
            "method": request.method,
            "path": request.path,
            "query": {name: list(values) for name, values in request.query.items()},
            "headers": {n: v for n, v in request.headers.items() if not n.startswith(":")},
            "virtual": self.virtual.isoformat(),
            "began": round(self.began, 6),
            "ended": round(self.ended, 6),
            "port": self.port,
            "others": self.others,
            "fault": self.fault,
            "status": self.status,
            "sent": self.sent,
        }


@dataclass(slots=True)
class Log:
    """All requests, in the order they came."""

    _rows: list[Logged] = field(default_factory=list)
    _arrived: threading.Condition = field(default_factory=threading.Condition)

    @property
    def requests(self) -> tuple[Logged, ...]:
        """All of them."""
        with self._arrived:
            return tuple(self._rows)

    def add(self, row: Logged) -> None:
        """Note a request that has arrived."""
        with self._arrived:
            self._rows.append(row)
            self._arrived.notify_all()

    def clear(self) -> None:
        """Forget all of them; numbers go on."""
        with self._arrived:
            self._rows.clear()

    def wait_for(self, count: int, *, timeout_seconds: float = 10.0) -> bool:
        """Wait until ``count`` requests have arrived; whether they have."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self._rows) >= count, timeout=timeout_seconds)

    def wait_for_end(self, count: int, *, timeout_seconds: float = 10.0) -> bool:
        """Wait until ``count`` requests have ended; whether they have."""
        until = time.monotonic() + timeout_seconds
        while sum(bool(row.ended) for row in self.requests) < count:
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        return True

    def gap_seconds(self, now: float | None = None) -> float | None:
        """Since the last answer ended; ``None`` before the first, 0 while one is sent."""
        with self._arrived:
            if not self._rows:
                return None
            ended = self._rows[-1].ended
        return max(0.0, (now or time.monotonic()) - ended) if ended else 0.0

    def violations(self, *, spacing_seconds: float) -> tuple[str, ...]:
        """One line for each breach of arXiv's terms: spacing, connections, going on after 403."""
        found: list[str] = []
        before: Logged | None = None
        blocked = 0
        for row in self.requests:
            number = row.request.number
            if before is not None:
                gap = row.began - before.ended
                if not before.ended or gap < spacing_seconds - TOLERANCE_SECONDS:
                    shown = f"{max(gap, 0) if before.ended else 0:.3f} s"
                    found.append(f"request {number} came {shown} after the one before it ended")
            if row.others:
                found.append(f"request {number} came beside {row.others} other connections")
            if blocked:
                found.append(f"request {number} came after request {blocked} was answered 403")
            if not row.request.headers.get("user-agent"):
                found.append(f"request {number} says no User-Agent")
            if not row.request.headers.get("accept"):
                found.append(f"request {number} says no Accept")
            if row.status == 403 and not blocked:
                blocked = number
            before = row
        return tuple(found)
