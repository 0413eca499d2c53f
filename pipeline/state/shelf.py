"""The model in service and the one before it: in a folder, or on a branch of the list.

A promotion puts new files in the place of those in service, which stay beside them, and
either all of it happens or nothing. Knows files by name, and nothing of what a model is.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

from pipeline.errors import StateError
from pipeline.state.branch import load_state, save_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pipeline.git import Identity, Repository

Files = dict[str, bytes]

PREVIOUS = "previous"
MOST_BYTES = 1_000_000
"""Most that one promotion may add to the list's repository."""

_NEXT, _READY, _DONE = ".next", ".ready", ".done"


class Shelf(Protocol):
    """Where promoted models are kept."""

    def current(self) -> Files:
        """The files in service; empty if nothing was ever promoted."""
        ...

    def previous(self) -> Files:
        """Those that were in service before; empty if there were none."""
        ...

    def put(self, files: Mapping[str, bytes], *, before: Mapping[str, bytes], message: str) -> str:
        """Put ``files`` in service and keep ``before`` beside them; where they are now.

        Raises:
            StateError: They cannot be kept; what was in service still is.
        """
        ...


class FolderShelf:
    """A folder, with the files before in ``previous/``.

    A promotion is whole once its files lie in ``.ready``: whoever comes next, after a
    kill, copies them to their places. Until then it never happened.

    Args:
        folder: Holds the files in service; made if it is missing.
        names: Of the files; the last one is written last.
    """

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._folder = folder
        self._names = names

    def current(self) -> Files:
        """See :class:`Shelf`."""
        self.settle()
        return self._read(self._folder)

    def previous(self) -> Files:
        """See :class:`Shelf`."""
        self.settle()
        return self._read(self._folder / PREVIOUS)

    def put(self, files: Mapping[str, bytes], *, before: Mapping[str, bytes], message: str) -> str:  # noqa: ARG002 a branch has messages, a folder none
        """See :class:`Shelf`."""
        try:
            self.settle()
            following = self._folder / _NEXT
            self._write(following, files)
            self._write(following / PREVIOUS, before)
            following.rename(self._folder / _READY)
            self.settle()
        except OSError as error:
            raise StateError(
                f"the model cannot be saved in {self._folder} ({error.strerror})"
            ) from error
        return str(self._folder)

    def settle(self) -> None:
        """Finish a promotion that was whole, and forget one that was not."""
        for name in (_NEXT, _DONE):
            shutil.rmtree(self._folder / name, ignore_errors=True)
        ready = self._folder / _READY
        if ready.is_dir():
            self._write(self._folder / PREVIOUS, self._read(ready / PREVIOUS))
            self._write(self._folder, self._read(ready))
            ready.rename(self._folder / _DONE)
            shutil.rmtree(self._folder / _DONE, ignore_errors=True)

    def _read(self, folder: Path) -> Files:
        return {
            name: (folder / name).read_bytes() for name in self._names if (folder / name).is_file()
        }

    def _write(self, folder: Path, files: Mapping[str, bytes]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in self._names:
            if name in files:
                unfinished = folder / f".{name}.new"
                unfinished.write_bytes(files[name])
                unfinished.replace(folder / name)


def refuse_large(files: Mapping[str, bytes], branch: str) -> None:
    """Keep the list's repository small.

    Raises:
        StateError: The files are larger than a branch takes.
    """
    size = sum(map(len, files.values()))
    if size > MOST_BYTES:
        raise StateError(
            f"the model has {size / 1e6:.2f} MB, and {branch} takes at most"
            f" {MOST_BYTES / 1e6:g} MB",
            hint="set [models] artifact to a folder",
        )


class BranchShelf:
    """An orphan branch of the list's repository: one commit a promotion.

    Args:
        repository: A checkout of the list.
        branch: Name of the branch.
        identity: Who commits; asked when something is committed.
        push: Whether the remote is asked and told.
    """

    def __init__(
        self,
        repository: Repository,
        branch: str,
        *,
        identity: Callable[[], Identity],
        push: bool,
    ) -> None:
        self._repository = repository
        self._branch = branch
        self._identity = identity
        self._push = push

    def current(self) -> Files:
        """See :class:`Shelf`."""
        return {name: data for name, data in self._load().items() if "/" not in name}

    def previous(self) -> Files:
        """See :class:`Shelf`."""
        return {
            name.removeprefix(f"{PREVIOUS}/"): data
            for name, data in self._load().items()
            if name.startswith(f"{PREVIOUS}/")
        }

    def put(self, files: Mapping[str, bytes], *, before: Mapping[str, bytes], message: str) -> str:
        """See :class:`Shelf`."""
        refuse_large(files, self._branch)
        self._load()  # what was promoted meanwhile is built upon
        save_state(
            self._repository,
            self._branch,
            {**files, **{f"{PREVIOUS}/{name}": data for name, data in before.items()}},
            message=message,
            identity=self._identity(),
            push=self._push,
        )
        return f"branch {self._branch}"

    def _load(self) -> Files:
        return load_state(self._repository, self._branch, fetch=self._push)
