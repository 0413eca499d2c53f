"""One at a time on this machine: a lock file that even a kill releases.

Beside it lies who holds it, so that whoever waits can say for whom. Knows
nothing of what is done meanwhile.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pipeline.errors import BusyError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

PATIENCE_SECONDS = 1800.0
"""How long to wait for another job; the longest, retraining, takes minutes."""


@contextmanager
def hold_lock(
    path: Path,
    who: str,
    *,
    now: datetime,
    tell: Callable[[str], None],
    patience_seconds: float = PATIENCE_SECONDS,
) -> Iterator[None]:
    """Hold ``path`` against other processes.

    Args:
        path: The lock file; its folder is made if it is missing.
        who: What this process is about to do, for those who wait.
        now: Since when (UTC).
        tell: Told in one line whom this process waits for, before it waits.
        patience_seconds: How long to wait; with 0 it is refused at once.

    Raises:
        BusyError: Another process holds it, and still does after ``patience_seconds``.
        SetupError: The lock file cannot be used.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if not patience_seconds:
                raise
            tell(f"{_holder(path)} is at work here; waiting for it to end")
            lock.acquire(timeout=patience_seconds)
    except Timeout as error:
        raise BusyError(f"{_holder(path)} is at work here", hint="try again later") from error
    except OSError as error:
        raise SetupError(
            f"{path} cannot be used as a lock ({error.strerror or error})",
            hint="make its folder writable",
        ) from error
    try:
        with suppress(OSError):  # nobody but those who wait would miss it
            text = json.dumps({"who": who, "pid": os.getpid(), "since": f"{now:%Y-%m-%d %H:%M}"})
            _beside(path).write_text(text, encoding="ascii")
        yield
    finally:
        lock.release()


def _holder(path: Path) -> str:
    """Who holds the lock, in words; what a kill left of the one before may be read for a moment."""
    try:
        found = json.loads(_beside(path).read_text(encoding="ascii"))
        return f"{found['who']} (process {found['pid']}, since {found['since']} UTC)"
    except (OSError, ValueError, TypeError, KeyError):
        return "another shortlist"


def _beside(path: Path) -> Path:
    return path.with_suffix(".json")
