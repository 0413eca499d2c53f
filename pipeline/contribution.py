"""The check of a contribution: what a branch adds to the list, and what arXiv says of it.

The version before is that of the merge base, so that what others did on the
base branch meanwhile is not held against the contributor; the version after is
the files as they stand on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.errors import GitError, ListFormatError, SourceError
from pipeline.git.program import ask_git
from pipeline.lists.contributions.contribution import (
    Circumstances,
    contributed_entries,
    judge_contribution,
)
from pipeline.lists.contributions.differences import Change, compare_lists
from pipeline.lists.contributions.facts import KnownPaper
from pipeline.lists.entry import title_key
from pipeline.lists.reader import parse_list, read_list
from pipeline.lists.rules import Finding
from pipeline.sources.recorded import find_recorded, read_papers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from db.queue import Queue
    from db.records import Paper
    from pipeline.git import Repository
    from pipeline.lists.contributions.judged import Contribution
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.rules import Lists
    from pipeline.sources.recorded import Metadata

    FetchIds = Callable[[Iterable[str]], dict[str, Paper]]


_SYMBOLIC_LINK = "120000"
"""Mode of a symbolic link in a git tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Where arXiv's word on a paper is looked for, in this order.

    Attributes:
        files: Papers files.
        recorded: A folder of recorded days.
        queue: The database.
        fetch_ids: arXiv itself; ``None`` to ask nobody.
    """

    files: tuple[Path, ...] = ()
    recorded: Path | None = None
    queue: Queue | None = None
    fetch_ids: FetchIds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContributionJob:
    """What a check needs.

    Attributes:
        repository: The list's.
        paths: Its list files, the one for new entries first; some may be missing.
        base: The branch or commit that the contribution is meant for.
        lists: How the list is kept; its ``files`` do not matter.
        memory: Where arXiv's word is looked for.
        today: The day of the check.
    """

    repository: Repository
    paths: tuple[Path, ...]
    base: str
    lists: Lists
    memory: Memory
    today: date


def check_contribution(job: ContributionJob) -> Contribution:
    """Judge what the checkout adds to the list since it left ``job.base``.

    Raises:
        GitError: There is no such base, or nothing in common with it.
    """
    base = merge_base(job.repository, job.base)
    unreadable: list[Finding] = []
    changes = []
    for path in job.paths:
        before = _list_at(job.repository, base, path)
        try:
            _refuse_link(job.repository, base, path)
            after = read_list(path) if path.is_file() else None
        except ListFormatError as error:
            if before is not None:
                unreadable.append(_unreadable(path, error))
            continue
        changes.append(Change(path=path, before=before, after=after))
    differences = compare_lists(changes)
    known, problems = find_known(contributed_entries(differences), job.memory)
    contribution = judge_contribution(
        changes,
        differences,
        Circumstances(lists=job.lists, preview=job.paths[0], known=known, today=job.today),
    )
    return replace(
        contribution, others=(*contribution.others, *unreadable), problems=tuple(problems)
    )


def merge_base(repository: Repository, base: str) -> str:
    """The newest commit that the checkout and ``base`` have in common.

    Raises:
        GitError: There is none.
    """
    tip = repository.resolve(base)
    if tip is None:
        raise GitError(
            "",
            f"there is no branch or commit called {base!r} in {repository.root}",
            hint=f"fetch it (`git fetch origin {base.removeprefix('origin/')}`),"
            " or name it as origin/BRANCH",
        )
    found = ask_git(repository.root, "merge-base", tip, "HEAD")
    if found is None:
        shallow = repository.is_shallow()
        raise GitError(
            "",
            f"this branch and {base!r} have no commit in common",
            hint="fetch the whole history (`fetch-depth: 0` in actions/checkout)"
            if shallow
            else "name the branch that the contribution was begun from",
        )
    return found.decode().strip()


def find_known(entries: Sequence[Entry], memory: Memory) -> tuple[dict[str, KnownPaper], list[str]]:
    """What is known of the papers of ``entries``, and what could not be looked at."""
    wanted = list(dict.fromkeys(entry.arxiv_id for entry in entries if entry.arxiv_id))
    titles = {title_key(entry.title) for entry in entries}
    known: dict[str, KnownPaper] = {}
    problems: list[str] = []
    for path in memory.files if entries else ():
        papers, set_aside = read_papers(path)
        problems += set_aside
        for paper in papers:
            if paper.arxiv_id in wanted or title_key(paper.title) in titles:
                known.setdefault(paper.arxiv_id, _known(paper))
    for arxiv_id in wanted:
        found = None
        if arxiv_id not in known and memory.queue:
            found = memory.queue.paper(arxiv_id)
        if arxiv_id not in known and found is None and memory.recorded:
            found = find_recorded(memory.recorded, arxiv_id)
        if found is not None:
            known[arxiv_id] = _known(found)
    missing = [arxiv_id for arxiv_id in wanted if arxiv_id not in known]
    if missing and memory.fetch_ids:
        try:
            known |= {i: _known(paper) for i, paper in memory.fetch_ids(missing).items()}
        except SourceError as error:
            problems.append(f"{error}; titles and authors were not compared")
    return known, problems


def _known(paper: Paper | Metadata) -> KnownPaper:
    return KnownPaper(arxiv_id=paper.arxiv_id, title=paper.title, authors=paper.authors)


def _list_at(repository: Repository, rev: str, path: Path) -> ListFile | None:
    """The list file as ``rev`` has it, ``None`` if it is not there or is no list."""
    found = repository.blob_at(rev, repository.relative(path))
    if found is None:
        return None
    try:
        return parse_list(path, repository.blob(found[1]))
    except ListFormatError:
        return None


def _refuse_link(repository: Repository, rev: str, path: Path) -> None:
    """Refuse a file that the branch made a symbolic link: it could show any file of this machine.

    Raises:
        ListFormatError: It is one now and was none.
    """
    found = repository.blob_at(rev, repository.relative(path))
    if path.is_symlink() and found is not None and found[0] != _SYMBOLIC_LINK:
        raise ListFormatError(path, 0, "has become a symbolic link", hint="make it a file again")


def _unreadable(path: Path, error: ListFormatError) -> Finding:
    problem = error.problem.removeprefix(f"{path}:").removeprefix(f"{error.line}:").strip()
    return Finding(
        rule="unreadable-file", path=path, line=error.line or 1, message=f"{problem}; {error.hint}"
    )
