"""When a paper came into the list, moved in it and left it, as the list's own history tells.

Read from the files, so that what people did by hand is there too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import GitError, ListFormatError
from pipeline.git import find_changes
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.git import Message, Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """A commit after which a paper stands in other list files than before.

    Attributes:
        commit: The commit.
        into: Names of the files that it stands in since.
        out_of: Names of the files that it left.
        sure: Whether it is known that it was this one: where the history was cut off
            (a shallow clone), the entry may be older.
    """

    commit: Message
    into: tuple[str, ...]
    out_of: tuple[str, ...]
    sure: bool = True


def changes_of(
    repository: Repository, paths: Sequence[Path], arxiv_id: str, *, rev: str = "HEAD"
) -> tuple[EntryChange, ...]:
    """The commits that put a paper into a list file or took it out, oldest first.

    Raises:
        GitError: A path is not in the repository.
    """
    names = [repository.relative(path.absolute()) for path in paths]
    is_shallow = repository.is_shallow()
    changes = []
    for commit in reversed(find_changes(repository, arxiv_id, names, rev=rev)):
        parent = repository.resolve(f"{commit.sha}^")
        before = _holding(repository, parent, names, paths, arxiv_id) if parent else set()
        after = _holding(repository, commit.sha, names, paths, arxiv_id)
        if before != after:
            changes.append(
                EntryChange(
                    commit=commit,
                    into=tuple(name for name in names if name in after - before),
                    out_of=tuple(name for name in names if name in before - after),
                    sure=parent is not None or not is_shallow,
                )
            )
    return tuple(changes)


def _holding(
    repository: Repository, rev: str, names: Sequence[str], paths: Sequence[Path], arxiv_id: str
) -> set[str]:
    """The list files of a commit in which the paper stands."""
    needle = arxiv_id.encode()
    found = set()
    for name, path in zip(names, paths, strict=True):
        try:
            data = repository.show(rev, name)
            if needle in data and any(
                entry.arxiv_id == arxiv_id for entry in parse_list(path, data).entries
            ):
                found.add(name)
        except (GitError, ListFormatError):
            continue
    return found
