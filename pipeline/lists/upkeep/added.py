"""When an entry came into a list file, as the file's own history tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import GitError
from pipeline.git import read_blobs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from pipeline.git import Repository, Revision
    from pipeline.lists.entry import Entry

_AT_ONCE = 32
"""How many revisions of a file are read in one call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """The commit that added an entry.

    Attributes:
        day: When it was made (UTC).
        commit: Its name.
        sure: Whether it is known to be that one: where the history was cut off
            (a shallow clone), the entry may be older.
    """

    day: date
    commit: str
    sure: bool = True


def find_additions(
    repository: Repository, path: Path, entries: Sequence[Entry]
) -> dict[int, Addition]:
    """For each of ``entries``, by its line, the commit since which the file holds it.

    An entry that was never committed is left out.

    Raises:
        GitError: The file is not in the repository, or the repository is damaged.
    """
    if not entries or repository.head() is None:
        return {}
    name = repository.relative(path.absolute())
    needles = {entry.line: _needles(entry) for entry in entries}
    found: dict[int, Addition] = {}
    sought = set(needles)
    for revision, data in _contents(repository, name):
        sought = {line for line in sought if any(text in data for text in needles[line])}
        if not sought:
            return found
        day = revision.committed_at.date()
        found |= {line: Addition(day=day, commit=revision.sha) for line in sought}
    if repository.is_shallow():
        for line in sought:
            known = found[line]
            found[line] = Addition(day=known.day, commit=known.commit, sure=False)
    return found


def _needles(entry: Entry) -> tuple[bytes, ...]:
    """What a revision that holds the entry holds: its paper's address, or its title."""
    texts = (entry.title, *(f"({link.url})" for link in entry.links[:1]))
    return tuple(text.encode("utf-8", "surrogatepass") for text in texts if len(text) > 2)  # noqa: PLR2004 "()" is in every file


def _contents(repository: Repository, name: str) -> Iterator[tuple[Revision, bytes]]:
    """What the file held in each commit that changed it, newest first."""
    revisions = repository.revisions((name,))
    for start in range(0, len(revisions), _AT_ONCE):
        some = revisions[start : start + _AT_ONCE]
        try:
            yield from _read(repository, name, some)
        except GitError:  # one of them took the file away
            for revision in some:
                held = repository.blob_at(revision.sha, name)
                yield revision, repository.blob(held[1]) if held else b""


def _read(
    repository: Repository, name: str, revisions: Sequence[Revision]
) -> list[tuple[Revision, bytes]]:
    blobs = [f"{revision.sha}:{name}" for revision in revisions]
    held = read_blobs(repository, blobs)
    return [(each, held[blob]) for each, blob in zip(revisions, blobs, strict=True)]
