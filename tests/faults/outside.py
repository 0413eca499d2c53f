"""What of a run can be seen from outside: the files it leaves, and each line that changed them.

The kernel tells what was written (inotify), by the process and by every program it
starts, so that no list of "places where something is written" can be out of date.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
_OURS = tuple(f"{PROJECT}/{name}/" for name in ("pipeline", "db", "models"))

_WAITS = "pipeline/git/program.py _execute"
"""While it waits for git, git writes: what it wrote is seen when it has ended."""

# <sys/inotify.h>: modify, attributes, moved from and to, create, delete.
_MASK = 0x002 | 0x004 | 0x040 | 0x080 | 0x100 | 0x200
_LIBC = ctypes.CDLL(None, use_errno=True)

Seen = dict[str, tuple[int, int]]


class Outside:
    """A folder, and whether anything in it has changed since it was last looked at.

    Locks count for nothing, nor does SQLite's shared memory, nor an empty log of it: these
    come and go with every reader.

    Args:
        folder: With all that a run may write to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._events = _LIBC.inotify_init1(os.O_NONBLOCK)
        if self._events < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._watched: set[str] = set()
        self._seen = self._look()

    def changed(self) -> bool:
        """Whether it is otherwise than the last time; costs next to nothing if nobody wrote."""
        if not self._stirred():
            return False
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def _stirred(self) -> bool:
        stirred = False
        while True:
            try:
                stirred = bool(os.read(self._events, 1 << 16)) or stirred
            except BlockingIOError:
                return stirred

    def _look(self) -> Seen:
        seen: Seen = {}
        for folder, _, names in os.walk(self._folder):
            if folder not in self._watched:
                self._watched.add(folder)
                if _LIBC.inotify_add_watch(self._events, os.fsencode(folder), _MASK) < 0:
                    raise OSError(ctypes.get_errno(), "inotify_add_watch", folder)
            for name in names:
                try:
                    about = Path(folder, name).stat()
                except FileNotFoundError:
                    continue
                if not _is_fleeting(name, about.st_size):
                    seen[f"{folder}/{name}"] = (about.st_size, about.st_mtime_ns)
        return seen


def _is_fleeting(name: str, size: int) -> bool:
    return name.endswith(("-shm", ".lock")) or (name.endswith("-wal") and not size)


def die_after_change(
    folder: Path, number: int, note: Path, functions: frozenset[str] | None = None
) -> None:
    """End this process, as ``kill -9`` does, before the next line once ``folder`` has changed.

    A change is one only the first time that it is made from there, callers included: what a
    loop writes again and again counts once.

    Args:
        folder: What is watched.
        number: With the first change, the second, …; 0 for never.
        note: Where it is written, change by change, before which line something had changed,
            and from where that was called.
        functions: Those that are looked into, as the notes of another run name them; all of
            ours if ``None``, which takes longer.
    """
    outside, places = Outside(folder), set[str]()

    def at_call(frame: FrameType, _event: str, _argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(_OURS) or _name(frame) == _WAITS:
            return None
        return at_line if functions is None or _name(frame) in functions else None

    def at_line(frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and outside.changed() and (place := _place(frame)) not in places:
            places.add(place)
            with note.open("a", encoding="utf-8") as lines:
                lines.write(place + "\n")
            if len(places) == number:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()
        return at_line

    sys.settrace(at_call)


def functions_in(places: Iterable[str]) -> frozenset[str]:
    """The functions in which the changes of a run were seen."""
    return frozenset(place.partition(":")[0] for place in places)


def _name(frame: FrameType) -> str:
    code = frame.f_code
    return f"{code.co_filename.removeprefix(f'{PROJECT}/')} {code.co_name}"


def _place(frame: FrameType | None) -> str:
    """The line, and the lines it was called from, in functions of ours."""
    calls = []
    while frame is not None:
        if frame.f_code.co_filename.startswith(_OURS):
            calls.append(f"{_name(frame)}:{frame.f_lineno}")
        frame = frame.f_back
    return " < ".join(calls)
