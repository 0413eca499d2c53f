"""The whole queue as files on a branch, and back: what a machine that forgets carries on from."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from db.dump import dump, load
from pipeline.errors import StateError
from pipeline.state.branch import load_state, save_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from db.engine import Engine
    from pipeline.git import Identity, Repository

_MEMORY = ("candidates.jsonl", "seen.jsonl", "waiting.jsonl")


def save_snapshot(
    engine: Engine,
    repository: Repository,
    branch: str,
    *,
    identity: Identity,
    push: bool,
    now: datetime,
) -> str | None:
    """One commit of the whole state on ``branch``; ``None`` if nothing changed.

    Raises:
        StateError: The branch moved on meanwhile, cannot be pushed, or would be emptied.
    """
    with tempfile.TemporaryDirectory(prefix="shortlist-state-") as name:
        folder = Path(name)
        dump(engine, folder)
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    _refuse_to_forget(files, load_state(repository, branch, fetch=push), branch)
    message = f"State of {now:%Y-%m-%d %H:%M} UTC"
    return save_state(repository, branch, files, message=message, identity=identity, push=push)


def load_snapshot(
    engine: Engine, repository: Repository, branch: str, *, replace: bool = False
) -> bool:
    """Read the state on ``branch`` into the database; whether there was any.

    Raises:
        StateError: The branch cannot be fetched.
        DumpError: What is on it is damaged.
        DatabaseError: The database holds candidates, and ``replace`` is not set.
    """
    files = load_state(repository, branch)
    if not files:
        return False
    with tempfile.TemporaryDirectory(prefix="shortlist-state-") as name:
        for file, data in files.items():
            (Path(name) / Path(file).name).write_bytes(data)
        load(engine, Path(name), replace=replace)
    return True


def _refuse_to_forget(ours: Mapping[str, bytes], saved: Mapping[str, bytes], branch: str) -> None:
    """An empty database is one that was never loaded: it must not replace a queue."""
    if any(map(_holds_papers, saved.items())) and not any(map(_holds_papers, ours.items())):
        raise StateError(
            f"the database is empty, but {branch} holds a queue",
            hint="`shortlist state load` first",
        )


def _holds_papers(file: tuple[str, bytes]) -> bool:
    name, data = file
    return bool(data) and (name in _MEMORY or name.startswith("sample-"))
