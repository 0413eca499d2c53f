"""What goes wrong on demand."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next requests that match.

    Attributes:
        path: A regular expression found in the path.
        method: Only requests of this verb; "" for all.
        status: The answer; 0 closes the connection without one.
        message: The message of the answer.
        headers: Its headers.
        times: How many requests it strikes.
        done: Whether the request is carried out all the same, as after a lost answer.
    """

    path: str = ""
    method: str = ""
    status: int = 502
    message: str = "Server Error"
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1
    done: bool = False

    def strikes(self, method: str, path: str) -> bool:
        """Whether it strikes this request; counts."""
        if self.times < 1 or self.method not in {"", method} or not re.search(self.path, path):
            return False
        self.times -= 1
        return True


def secondary_limit(*, times: int = 1, retry_after: int | None = 1, method: str = "") -> Fault:
    """Too much at once; without ``retry_after`` only the message says so."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Fault(
        method=method,
        status=403,
        times=times,
        headers=headers,
        message="You have exceeded a secondary rate limit. Please wait a few minutes.",
    )


def primary_limit(*, times: int = 1, seconds: float = 1) -> Fault:
    """The hour's requests are used up, for that many seconds."""
    return Fault(
        status=403,
        times=times,
        headers={
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(time.time() + seconds)),
        },
        message="API rate limit exceeded for user ID 1.",
    )
