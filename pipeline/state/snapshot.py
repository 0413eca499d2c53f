"""The whole queue as files on a branch, and back: what a machine that forgets carries on from.

A save is one commit on what was loaded. Where somebody saved in between, what was done
here is done again on top of theirs (``db.merge``), and saved again: nothing is ever
forced, and the database is as the branch afterwards.

The database is changed before the local branch moves: whoever dies in between merges
what is merged already, which changes nothing. The other way round, theirs would look
as if it had been taken back here.
"""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from db.dump import dump_files, load_rows, read_dump, replace_dumped
from db.errors import DumpError
from db.merge import merge_dumps
from pipeline.errors import StateError
from pipeline.state.branch import (
    StateConflictError,
    find_tips,
    move_state,
    read_state,
    save_state,
    state_commits,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from db.dump_files import Values
    from db.engine import Engine
    from db.merge import LostDecision
    from pipeline.git import Identity, Repository
    from pipeline.state.branch import Tips

TRIES = 30
"""How often a save is tried while others are faster."""

LONGEST_PAUSE_SECONDS = 5.0
"""Between two tries, at most; chance decides, so that two do not meet again."""

_MEMORY = ("candidates.jsonl", "seen.jsonl", "waiting.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a save did.

    Attributes:
        commit: The commit, "" if nothing had changed.
        merged: How often somebody else had saved in between.
        lost: Decisions that came too late, for somebody else's was saved first.
    """

    commit: str
    merged: int
    lost: tuple[LostDecision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a load did.

    Attributes:
        commit: The commit that was loaded, "" if there is no state yet.
        lost: Decisions of this clone that were saved here, never pushed, and came too late.
    """

    commit: str
    lost: tuple[LostDecision, ...] = ()


def save_snapshot(
    engine: Engine,
    repository: Repository,
    branch: str,
    *,
    identity: Identity,
    push: bool,
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
) -> Saved:
    """One commit of the whole state on ``branch``, on top of what others saved meanwhile.

    Raises:
        StateError: The branch cannot be read or pushed, or would be emptied.
        StateConflictError: Others were faster every time.
    """
    merged = 0
    lost: list[LostDecision] = []
    for tried in range(TRIES):
        tips = find_tips(repository, branch, fetch=push)
        files = dump_files(engine)
        _refuse_to_forget(repository, branch, tips, files)
        try:
            if push and tips.remote and tips.remote != tips.base:
                found = _merge_theirs(engine, repository, branch, tips, files)
                if found is not None:
                    merged, lost = merged + 1, [*lost, *found]
                continue
            commit = save_state(
                repository,
                branch,
                files,
                message=f"State of {now:%Y-%m-%d %H:%M} UTC",
                identity=identity,
                push=push,
            )
        except StateConflictError:
            sleep(random.uniform(0, min(LONGEST_PAUSE_SECONDS, 0.1 * 2**tried)))  # noqa: S311 no secret
            continue
        return Saved(commit=commit or "", merged=merged, lost=tuple(lost))
    raise StateConflictError(branch, "origin" if push else "this repository")


def load_snapshot(
    engine: Engine,
    repository: Repository,
    branch: str,
    *,
    replace: bool = False,
) -> Loaded:
    """Read the state on ``branch`` into the database.

    What this clone saved and never pushed is put together with what the remote has.

    Raises:
        StateError: The branch cannot be fetched, or what is on it is damaged; the last
            commit that is not is named.
        DatabaseError: The database holds candidates, and ``replace`` is not set.
    """
    tips = find_tips(repository, branch)
    if not tips.newest:
        return Loaded(commit="")
    rows = _read(repository, branch, tips.newest)
    lost: tuple[LostDecision, ...] = ()
    if tips.has_diverged:
        base = _read_or_nothing(repository, branch, tips.base)
        rows, lost = merge_dumps(base, rows, _read(repository, branch, tips.remote))
    load_rows(engine, rows, replace=replace)
    commit = tips.remote if tips.has_diverged else tips.newest
    move_state(repository, branch, tips, commit)
    return Loaded(commit=commit, lost=lost)


def restore_snapshot(
    engine: Engine,
    repository: Repository,
    branch: str,
    commit: str,
    *,
    identity: Identity,
    replace: bool = False,
) -> Loaded:
    """Read the state of an earlier save, and let the branch go on from it.

    One more commit here, on top of what is damaged; the next save pushes it.

    Raises:
        StateError: There is no such commit, or it is damaged too.
        DatabaseError: The database holds candidates, and ``replace`` is not set.
    """
    tips = find_tips(repository, branch)
    files = read_state(repository, branch, commit)
    rows = _parse(files, f"{commit}:")
    load_rows(engine, rows, replace=replace)
    if tips.newest:
        move_state(repository, branch, tips, tips.newest)
    message = f"Restore the state of {commit}"
    save_state(repository, branch, files, message=message, identity=identity, push=False)
    return Loaded(commit=commit)


def _merge_theirs(
    engine: Engine, repository: Repository, branch: str, tips: Tips, files: Mapping[str, bytes]
) -> tuple[LostDecision, ...] | None:
    """Put theirs under what was done here; ``None`` if somebody wrote here meanwhile."""
    base = _read_or_nothing(repository, branch, tips.base)
    theirs = _read(repository, branch, tips.remote)
    rows, lost = merge_dumps(base, _parse(files, "the database: "), theirs)
    if not replace_dumped(engine, rows, expected=files):
        return None
    move_state(repository, branch, tips, tips.remote)
    return lost


def _read(repository: Repository, branch: str, commit: str) -> dict[str, list[Values]]:
    """The rows of a commit.

    Raises:
        StateError: They are damaged; the last commit before that is not is named.
    """
    files = read_state(repository, branch, commit)
    try:
        return _parse(files, f"{branch}:")
    except StateError as error:
        good = _last_good(repository, branch, commit)
        hint = (
            f"the last good save is {good}: `shortlist state load --commit {good[:10]}` goes on"
            " from there"
            if good
            else "no earlier save is whole either"
        )
        raise StateError(str(error), hint=hint) from error


def _read_or_nothing(repository: Repository, branch: str, commit: str) -> dict[str, list[Values]]:
    """The rows of a commit that only tells what both sides have in common."""
    if not commit:
        return {}
    try:
        return _parse(read_state(repository, branch, commit), "")
    except StateError:
        return {}


def _last_good(repository: Repository, branch: str, commit: str) -> str:
    """The newest save before ``commit`` that is whole, with its time; "" if none is."""
    for revision in state_commits(repository, branch, commit)[1:]:
        try:
            _parse(read_state(repository, branch, revision.sha), "")
        except StateError:
            continue
        return f"{revision.sha[:10]} of {revision.committed_at:%Y-%m-%d %H:%M} UTC"
    return ""


def _parse(files: Mapping[str, bytes], place: str) -> dict[str, list[Values]]:
    """The rows of files.

    Raises:
        StateError: They are damaged; ``place`` and the file's name say where.
    """
    with tempfile.TemporaryDirectory(prefix="shortlist-state-") as name:
        folder = Path(name)
        for file, data in files.items():
            (folder / Path(file).name).write_bytes(data)
        try:
            return read_dump(folder)
        except DumpError as error:
            problem = error.problem.replace(f"{folder}/", place)
            raise StateError(problem, hint=error.hint) from error


def _refuse_to_forget(
    repository: Repository, branch: str, tips: Tips, ours: Mapping[str, bytes]
) -> None:
    """An empty database is one that was never loaded: it must not replace a queue."""
    if any(map(_holds_papers, ours.items())):
        return
    if any(map(_holds_papers, read_state(repository, branch, tips.newest).items())):
        raise StateError(
            f"the database is empty, but {branch} holds a queue",
            hint="`shortlist state load` first",
        )


def _holds_papers(file: tuple[str, bytes]) -> bool:
    name, data = file
    return bool(data) and (name in _MEMORY or name.startswith("sample-"))
