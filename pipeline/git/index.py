"""Trees and the index: which blob stands at which path. Knows no commit and no branch.

Trees are put together in an index of their own, so that the one of the
checkout is touched only by :func:`stage`.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import GitError
from pipeline.git.program import ask_git, run_git

if TYPE_CHECKING:
    from collections.abc import Mapping

    Blobs = Mapping[str, tuple[str, str]]
    """Mode and blob by path."""

LOCK_WAIT_SECONDS = 5.0
"""How long another git program (an editor's, say) may hold the index before we give up."""

LOCK_MARK = b"shortlist\n"
"""What our ``index.lock`` holds, so that one left by a killed run is known as ours."""


def make_tree(folder: Path, blobs: Blobs, *, base: str | None) -> str:
    """The tree of the commit ``base`` with ``blobs`` put in; its name."""
    with tempfile.TemporaryDirectory() as scratch:
        more = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        if base:
            run_git(folder, "read-tree", base, more=more)
        _update(folder, blobs, more)
        return run_git(folder, "write-tree", more=more).decode().strip()


def stage(folder: Path, index: Path, blobs: Blobs) -> None:
    """Put ``blobs`` into ``index``, the checkout's own, and leave the rest of it as it is.

    The new index is written beside the old one while we hold git's own lock
    on it: a kill leaves the old one or the new one, and a lock known as ours.

    Raises:
        GitError: Another git program holds the index, or it cannot be written.
    """
    index = index.resolve()
    lock, fresh = index.with_name("index.lock"), index.with_name("shortlist-index")
    try:
        _take(lock)
        try:
            with tempfile.TemporaryDirectory() as folder_name:
                scratch = Path(folder_name) / "index"
                if index.exists():
                    shutil.copy(index, scratch)
                more = {"GIT_INDEX_FILE": str(scratch)}
                _update(folder, blobs, more)
                # Notes sizes and times, so that others need not; a no means some file differs.
                ask_git(folder, "update-index", "-q", "--refresh", more=more)
                shutil.copyfile(scratch, fresh)
            shutil.copymode(index if index.exists() else lock, fresh)
            fresh.replace(index)
        finally:
            fresh.unlink(missing_ok=True)
            lock.unlink(missing_ok=True)
    except OSError as error:
        raise GitError("update-index", f"{index}: {error.strerror}") from error


def drop_own_lock(index: Path) -> bool:
    """Remove the lock on ``index`` that a killed run of ours left; whether there was one.

    Only for callers that know that no other run of ours is at work there.
    """
    lock = index.resolve().with_name("index.lock")
    try:
        ours = lock.read_bytes() == LOCK_MARK
        if ours:
            lock.unlink()
    except OSError:
        return False
    return ours


def _update(folder: Path, blobs: Blobs, more: Mapping[str, str]) -> None:
    lines = (f"{mode} {sha}\t".encode() + os.fsencode(p) for p, (mode, sha) in blobs.items())
    listing = b"".join(line + b"\0" for line in lines)
    run_git(folder, "update-index", "--add", "-z", "--index-info", stdin=listing, more=more)
    # git leaves out a path it will not have (``../x``, ``.git/x``) and calls that success.
    held = set(run_git(folder, "ls-files", "-z", more=more).split(b"\0"))
    left_out = [path for path in blobs if os.fsencode(path) not in held or not path]
    if left_out:
        raise GitError("update-index", f"{left_out[0]!r} is no path that git keeps")


def _take(lock: Path) -> None:
    give_up = time.monotonic() + LOCK_WAIT_SECONDS
    while True:
        try:
            with lock.open("xb", buffering=0) as file:
                file.write(LOCK_MARK)
        except FileExistsError:
            if time.monotonic() > give_up:
                problem = f"another git program is at work: {lock} is there"
                raise GitError("update-index", problem) from None
            time.sleep(0.05)
        else:
            return
