"""A list as it stood on any day, and when each paper entered it.

Reads a repository's whole history in a few git calls; writes nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ListFormatError, SetupError
from pipeline.git import read_blobs, read_history
from pipeline.lists.entry import title_key
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.git import Repository
    from pipeline.lists.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """How a paper came into the list: the day (UTC) and the topic it stood under first."""

    day: date
    topic: str


def paper_key(entry: Entry) -> str:
    """What stays the same of a paper from commit to commit: its identifier, else its title."""
    return entry.arxiv_id or title_key(entry.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListState:
    """The list at one commit.

    Attributes:
        commit: Its name.
        entries: All entries, the files in the order asked for.
        topics: The headings, those of the first file first.
    """

    commit: str
    entries: tuple[Entry, ...]
    topics: tuple[str, ...]


class ListPast:
    """The history of a list's files.

    Args:
        repository: The list's repository.
        names: Its list files; one that a commit lacks, or that cannot be read as a
            list there, is passed over.

    Raises:
        GitError: The repository has no commit.
        SetupError: No commit has a list file.
    """

    def __init__(self, repository: Repository, names: Sequence[str]) -> None:
        commits = sorted(read_history(repository), key=lambda commit: commit.committed_at)
        self._times = [commit.committed_at for commit in commits]
        self._commits = commits
        self._names = tuple(dict.fromkeys(names))
        wanted = {
            commit.files[name] for commit in commits for name in self._names if name in commit.files
        }
        self._data = read_blobs(repository, sorted(wanted))
        self._read: dict[tuple[str, str], tuple[tuple[Entry, ...], tuple[str, ...]]] = {}
        arrived: dict[str, Entered] = {}
        entered: dict[str, Entered] = {}
        for commit in commits:
            for entry in self._state(commit.sha, commit.files).entries:
                key = paper_key(entry)
                if key not in arrived:
                    arrived[key] = Entered(day=commit.committed_at.date(), topic=entry.topic)
                    if entry.arxiv_id:
                        entered[entry.arxiv_id] = arrived[key]
        self.entered: Mapping[str, Entered] = entered
        """By identifier, of every paper with one that ever was in the list."""
        self.arrived: Mapping[str, Entered] = arrived
        """By :func:`paper_key`, of every paper that ever was in the list."""
        if not entered:
            raise SetupError(
                f"no commit of {repository.root} has entries in {' or '.join(self._names)}"
            )

    def before(self, day: date) -> ListState:
        """The list at the last commit before ``day`` 00:00 UTC; empty if there is none."""
        at = bisect_left(self._times, datetime.combine(day, time(), tzinfo=UTC))
        if at == 0:
            return ListState(commit="", entries=(), topics=())
        commit = self._commits[at - 1]
        return self._state(commit.sha, commit.files)

    @property
    def head(self) -> str:
        """The newest commit."""
        return self._commits[-1].sha

    def newest(self) -> ListState:
        """The list at the newest commit."""
        return self._state(self.head, self._commits[-1].files)

    def _state(self, sha: str, files: Mapping[str, str]) -> ListState:
        read = [self._parsed(name, files[name]) for name in self._names if name in files]
        return ListState(
            commit=sha,
            entries=tuple(entry for entries, _ in read for entry in entries),
            topics=tuple(dict.fromkeys(topic for _, topics in read for topic in topics)),
        )

    def _parsed(self, name: str, blob: str) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
        found = self._read.get((name, blob))
        if found is None:
            try:
                file = parse_list(Path(name), self._data[blob])
                found = (file.entries, tuple(topic.name for topic in file.topics))
            except ListFormatError:
                found = ((), ())
            self._read[name, blob] = found
        return found
