"""One request at a time, and a pause between two, over all processes of a machine.

A lock file lets one process at a time ask; beside it lies the time before which
nobody may ask again. A throttled process writes a later time there, so all the
others wait as well. Knows neither HTTP nor arXiv.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_SECONDS = 900.0
"""How long to wait for other processes that are asking."""

_log = logging.getLogger(__name__)


class Turn:
    """This machine's only turn to ask.

    Args:
        path: The lock file; ``None`` for ``arxiv.lock`` in the user's cache folder.
        spacing_seconds: The pause after each turn, if no longer one is set.
        longest_seconds: Longest pause that is believed: a file from before the
            clock was set back would name a time far away.
        clock: Seconds since the epoch, as all processes see them.
        sleep: Waits that many seconds.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        spacing_seconds: float,
        longest_seconds: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._path = path or _default_path()
        self._next_path = self._path.with_suffix(".next")
        self._spacing_seconds = spacing_seconds
        self._longest_seconds = longest_seconds
        self._clock = clock
        self._sleep = sleep

    @contextmanager
    def take(self) -> Iterator[Callable[[float], None]]:
        """Wait for the turn and hold it; yields what sets the pause after now, in seconds.

        Raises:
            SetupError: The lock file cannot be used, or others hold it for too long.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._path, timeout=PATIENCE_SECONDS)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout as error:
            raise SetupError(
                f"another process held {self._path} for {PATIENCE_SECONDS:g} s",
                hint="wait until it has ended, then run again",
            ) from error
        except OSError as error:
            raise self._unusable(error) from error
        try:
            wait_seconds = min(self._not_before() - self._clock(), self._longest_seconds)
            if wait_seconds > 0:
                _log.debug("waiting %.1f s for this machine's turn", wait_seconds)
                self._sleep(wait_seconds)
            # Now as well as after: a process that is killed meanwhile has asked too.
            self._pause(self._spacing_seconds)
            yield self._pause
        finally:
            lock.release()

    def _not_before(self) -> float:
        try:
            return float(self._next_path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0.0
        except ValueError:
            # Cut short by a full disk or a kill: as if somebody had asked just now.
            return self._clock() + self._spacing_seconds
        except OSError as error:
            raise self._unusable(error) from error

    def _pause(self, seconds: float) -> None:
        try:
            self._next_path.write_text(f"{self._clock() + seconds:.6f}", encoding="ascii")
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> SetupError:
        return SetupError(
            f"{self._path} cannot be used to space requests ({error.strerror or error})",
            hint="make its folder writable, or set XDG_CACHE_HOME to one that is",
        )


def _default_path() -> Path:
    from platformdirs import user_cache_path

    return Path(user_cache_path("arxiv-shortlist")) / "arxiv.lock"
