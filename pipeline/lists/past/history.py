"""The maintainers' own history as a test of reader and writer.

Every version of every list file is read and given back. Every commit that
added a few entries is done again: the writer gets the parent's files and the
entries, and its result is compared with what the maintainers made of it.
Writes nothing.
"""

from __future__ import annotations

import re
import tempfile
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import EditError, GitError, ListFormatError
from pipeline.git import Commit, Repository, read_blobs, read_history
from pipeline.lists.document import Insertion, insert
from pipeline.lists.headings import topic_key
from pipeline.lists.layout import entry_year
from pipeline.lists.past.placement import (
    Comparison,
    Kind,
    Position,
    compare_placements,
    new_entries,
)
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.writer import FileEdit, plan_edit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.lists.entry import Entry
    from pipeline.ports import Progress

MOST_ENTRIES = 5
"""Most entries that a commit adds by hand; more is an import or a move."""
_AT_ONCE = 32
"""Commits whose files are read in one git call."""
_KEPT = 8
"""List files kept as read; a child's parent is nearly always among them."""
_MARKDOWN = re.compile(r".*\.(?:md|markdown)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the maintainers' edit is not ours.

    Attributes:
        commit: Their commit.
        path: The list file.
        arxiv_id: The paper, ``None`` without one.
        title: Its title, "" where the difference is the whole file's.
        kind: What the difference is.
        problem: What the writer or reader said, "" if it said nothing.
        ours: Where we put it, ``None`` if nowhere.
        theirs: Where they put it, ``None`` for a whole file.
    """

    commit: str
    path: str
    arxiv_id: str | None
    title: str
    kind: Kind
    problem: str
    ours: Position | None
    theirs: Position | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay found.

    Attributes:
        revisions: Versions of list files that were read.
        round_trips: How many of them came back byte for byte.
        additions: Entries with an arXiv identifier that were written again.
        same_place: How many of them stand where the maintainers put them.
        same_bytes: How many of those have the maintainers' lines byte for byte.
        differences: In the order of the commits, entries without identifier included.
    """

    revisions: int
    round_trips: int
    additions: int
    same_place: int
    same_bytes: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class _Addition:
    """A change of one list file that added entries."""

    path: str
    before: ListFile
    after: ListFile
    new: tuple[Entry, ...]


@contextmanager
def opened(path: Path) -> Iterator[Repository]:
    """The repository at ``path``: a work tree, or a bundle that is unpacked for the while.

    Raises:
        GitError: It is neither.
    """
    if not path.is_file():
        yield Repository.open(path)
        return
    with tempfile.TemporaryDirectory(prefix="shortlist-bundle-") as folder:
        repository = Repository.init(Path(folder), branch="replayed")
        try:
            repository.fetch(str(path.absolute()), "HEAD:refs/bundle")
        except GitError as error:
            raise GitError(
                "",
                f"{path} is neither a git repository nor a bundle of one that has a HEAD",
                hint="`git clone` the list, and name its folder",
            ) from error
        # git fetches into no branch that is checked out, even if it has no commit yet.
        repository.update_ref("refs/heads/replayed", repository.resolve("refs/bundle"), None)
        yield repository


def replay_history(
    repository: Repository,
    *,
    start: str | None = None,
    end: str | None = None,
    progress: Progress | None = None,
) -> Replay:
    """Read every version of the list files, and do again every commit that added a few entries.

    List files are the Markdown files in the top folder that have topics.
    Merges are not done again: their entries are those of the commits they
    bring together.

    Args:
        repository: The list's repository.
        start: The first commit, or the first day (YYYY-MM-DD, UTC).
        end: The last commit, or the last day; ``None`` for what is checked out.
        progress: Called with the number of commits done and their total.

    Raises:
        GitError: ``start`` or ``end`` names no commit.
    """
    commits = _commits(repository, start, end)
    versions = _Versions(repository)
    seen: set[tuple[str, str]] = set()
    whole = additions = same_place = same_bytes = 0
    differences: list[Difference] = []
    for done, commit in enumerate(_with_files(commits, versions), start=1):
        for path, blob in _markdown(commit.files):
            if (path, blob) not in seen and versions.is_list(path, blob):
                seen.add((path, blob))
                problem = versions.round_trip(path, blob)
                whole += not problem
                if problem:
                    differences.append(_whole_file(commit, path, problem))
        for addition in _additions(commit, versions):
            for entry, difference, comparison in _replayed(commit, addition):
                differences += [difference] if difference else []
                if entry.arxiv_id:
                    additions += 1
                    same_place += bool(comparison and comparison.same_place)
                    same_bytes += bool(comparison and comparison.same_bytes)
        if progress:
            progress(done, len(commits))
    return Replay(
        revisions=len(seen),
        round_trips=whole,
        additions=additions,
        same_place=same_place,
        same_bytes=same_bytes,
        differences=tuple(differences),
    )


def _commits(repository: Repository, start: str | None, end: str | None) -> tuple[Commit, ...]:
    first, last = _day(start), _day(end)
    commits = read_history(
        repository,
        rev="HEAD" if end is None or last else end,
        since=None if first else start,
    )
    return tuple(
        commit
        for commit in commits
        if (first is None or commit.committed_at.date() >= first)
        and (last is None or commit.committed_at.date() <= last)
    )


def _day(text: str | None) -> date | None:
    if text is None or not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _markdown(files: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, blob) for name, blob in files.items() if _MARKDOWN.fullmatch(name)]


class _Versions:
    """List files by name and blob; the newest few stay read."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._data: dict[str, bytes] = {}
        self._read: OrderedDict[tuple[str, str], ListFile | ListFormatError] = OrderedDict()
        self._lists: set[str] = set()

    def load(self, commits: Sequence[Commit]) -> None:
        """Have the bytes of these commits' Markdown files at hand, and no others."""
        files = [files for commit in commits for files in (commit.files, commit.parent_files)]
        wanted = dict.fromkeys(blob for names in files for _, blob in _markdown(names))
        missing = [blob for blob in wanted if blob not in self._data]
        fetched = read_blobs(self._repository, missing)
        self._data = {blob: self._data.get(blob) or fetched[blob] for blob in wanted}

    def get(self, path: str, blob: str) -> ListFile | ListFormatError:
        """The list file, or why it is none."""
        key = (path, blob)
        found = self._read.pop(key, None)
        if found is None:
            try:
                found = parse_list(Path(path), self._data[blob])
                self._lists.add(path)
            except ListFormatError as error:
                found = error
        self._read[key] = found
        if len(self._read) > _KEPT:
            self._read.popitem(last=False)
        return found

    def is_list(self, path: str, blob: str) -> bool:
        """Whether this version is to be read: a list, or one that was and is damaged."""
        found = self.get(path, blob)
        return isinstance(found, ListFile) or (path in self._lists and found.line > 0)

    def round_trip(self, path: str, blob: str) -> str:
        """What is wrong with reading this version and giving it back, "" if nothing is."""
        found = self.get(path, blob)
        if isinstance(found, ListFormatError):
            return found.problem
        document = found.document
        text = "\n".join(document.lines) + "\n" * document.ends_with_newline
        # A blank line before every topic, and all of them taken out again.
        insertions = [Insertion(topic.line - 1, ("",)) for topic in found.topics]
        try:
            grown = len(insert(document, insertions)) - len(document.data)
        except EditError as error:
            return error.problem
        lengthened = grown == len(document.newline) * len(insertions)
        return "" if text.encode() == self._data[blob] and lengthened else "not given back as read"


def _with_files(commits: Sequence[Commit], versions: _Versions) -> Iterator[Commit]:
    for start in range(0, len(commits), _AT_ONCE):
        batch = commits[start : start + _AT_ONCE]
        versions.load(batch)
        yield from batch


def _additions(commit: Commit, versions: _Versions) -> list[_Addition]:
    """The list files to which a commit added entries, if it added a few in all."""
    if len(commit.parents) != 1:
        return []
    found = []
    for path, blob in _markdown(commit.files):
        was = commit.parent_files.get(path, blob)
        if was == blob:
            continue
        before, after = versions.get(path, was), versions.get(path, blob)
        if isinstance(before, ListFile) and isinstance(after, ListFile):
            new = new_entries(before, after)
            found += [_Addition(path, before, after, new)] if new else []
    few = 1 <= sum(len(addition.new) for addition in found) <= MOST_ENTRIES
    return found if few else []


def _replayed(
    commit: Commit, addition: _Addition
) -> Iterator[tuple[Entry, Difference | None, Comparison | None]]:
    """Each new entry: what differs, if anything does, and the comparison unless refused."""
    edit, accepted, refusals = _planned(addition)
    for entry, problem in refusals:
        refused = Difference(
            commit=commit.sha,
            path=addition.path,
            arxiv_id=entry.arxiv_id,
            title=entry.title,
            kind=Kind.REFUSED,
            problem=problem,
            ours=None,
            theirs=None,
        )
        yield entry, refused, None
    ours = parse_list(edit.path, edit.after)
    for found in compare_placements(accepted, addition.before, ours, addition.after):
        difference = Difference(
            commit=commit.sha,
            path=addition.path,
            arxiv_id=found.entry.arxiv_id,
            title=found.entry.title,
            kind=found.kind or Kind.UNEXPLAINED,
            problem="",
            ours=found.ours,
            theirs=found.theirs,
        )
        yield found.entry, difference if found.kind else None, found


def _planned(addition: _Addition) -> tuple[FileEdit, list[Entry], list[tuple[Entry, str]]]:
    """The writer's edit, the new entries that it took, and the others with the reason."""
    made = _made(addition)

    def plan(entries: Sequence[Entry]) -> FileEdit:
        return plan_edit([_given(e) for e in entries], addition.before, new_topics=made)

    try:
        return plan(addition.new), list(addition.new), []
    except EditError:
        edit = plan([])
    accepted: list[Entry] = []
    refused: list[tuple[Entry, str]] = []
    for entry in addition.new:
        try:
            edit = plan([*accepted, entry])
        except EditError as error:
            refused.append((entry, str(error)))
        else:
            accepted.append(entry)
    return edit, accepted, refused


def _given(entry: Entry) -> Entry:
    """The entry as Shortlist would have drafted it: the year is that of its identifier."""
    own = entry_year(replace(entry, year=None))
    return replace(entry, line=0, year=entry.year if own is None else own)


def _made(addition: _Addition) -> frozenset[str]:
    """The topics that the same commit made."""
    present = {topic_key(topic.name) for topic in addition.before.topics}
    return frozenset(t.name for t in addition.after.topics if topic_key(t.name) not in present)


def _whole_file(commit: Commit, path: str, problem: str) -> Difference:
    return Difference(
        commit=commit.sha,
        path=path,
        arxiv_id=None,
        title="",
        kind=Kind.UNREADABLE,
        problem=problem,
        ours=None,
        theirs=None,
    )
