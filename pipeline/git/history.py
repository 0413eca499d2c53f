"""A history read in a few git calls: its commits, the files of each, and what is in them.

Trees and blobs come out of ``git cat-file --batch``, many in one call, so that
a history of hundreds of commits takes no longer than its bytes need. Knows no
list; writes nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.errors import GitError
from pipeline.git.program import NETWORK_TIMEOUT_SECONDS, run_git

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pipeline.git.repository import Repository

_LINK = b"120000"
_FOLDER = b"40000"
_MODULE = b"160000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit of a history.

    Attributes:
        sha: Its name.
        parents: Names of its parents; none for a first commit.
        committed_at: When it was made (UTC).
        files: Blob of each file in the top folder, by name; links left out.
        parent_files: Likewise of the first parent; empty for a first commit.
    """

    sha: str
    parents: tuple[str, ...]
    committed_at: datetime
    files: Mapping[str, str]
    parent_files: Mapping[str, str]


def read_history(
    repository: Repository, *, rev: str = "HEAD", since: str | None = None
) -> tuple[Commit, ...]:
    """The commits that ``rev`` contains, parents before children.

    Args:
        repository: The repository.
        rev: The last commit.
        since: The first commit to read, itself included: what it does not
            contain comes after it. ``None`` for the whole history.

    Raises:
        GitError: One of the two names no commit.
    """
    last = _commit(repository, rev)
    revisions = [last]
    if since is not None:
        first = _commit(repository, since)
        parents = run_git(repository.root, "rev-parse", f"{first}^@").decode().split()
        revisions += [f"^{parent}" for parent in parents]
    options = ("--topo-order", "--reverse", "--parents", "--timestamp")
    out = run_git(repository.root, "rev-list", *options, *revisions, "--").decode()
    rows = [line.split(" ") for line in out.splitlines()]
    wanted = dict.fromkeys(sha for row in rows for sha in row[1:3])
    trees = _read_trees(repository, wanted)
    return tuple(
        Commit(
            sha=sha,
            parents=tuple(parents),
            committed_at=datetime.fromtimestamp(int(at), UTC),
            files=trees[sha],
            parent_files=trees[parents[0]] if parents else {},
        )
        for at, sha, *parents in rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a commit says of itself.

    Attributes:
        sha: Its name.
        committed_at: When it was made (UTC).
        author: Name of its author.
        text: The whole message.
    """

    sha: str
    committed_at: datetime
    author: str
    text: str


def find_messages(
    repository: Repository, *texts: str, rev: str = "HEAD", most: int = 0
) -> tuple[Message, ...]:
    """The commits of ``rev`` whose message has one of ``texts`` in one line, newest first.

    Args:
        repository: The repository.
        texts: Each to the letter.
        rev: The last commit; a repository without commits has none.
        most: At most so many, 0 for all.
    """
    options = ["--fixed-strings", *(f"--grep={text}" for text in texts)]
    options += [f"--max-count={most}"] if most else []
    return _messages(repository, rev, options, ())


def find_changes(
    repository: Repository,
    text: str,
    paths: Sequence[str],
    *,
    rev: str = "HEAD",
    first_parent: bool = False,
) -> tuple[Message, ...]:
    """The commits of ``rev`` after which ``paths`` hold ``text`` more or less often, newest first.

    Merges are left out: what they bring together was changed by others. With
    ``first_parent`` they count instead of what they brought: the branch as it stood.
    """
    along = ["--first-parent", "-m"] if first_parent else []
    plain = ["--no-textconv", "--no-ext-diff", "--no-renames"]
    return _messages(repository, rev, [*along, *plain, f"-S{text}"], paths)


def commits_since(repository: Repository, base: str, tip: str) -> tuple[Message, ...]:
    """The commits of ``tip`` that ``base`` does not contain, children before parents."""
    return _messages(repository, tip, [f"^{repository.resolve(base)}"], ())


def _messages(
    repository: Repository, rev: str, options: Sequence[str], paths: Sequence[str]
) -> tuple[Message, ...]:
    last = repository.resolve(rev)
    if last is None:
        return ()
    shown = ("-z", "--topo-order", "--format=%H%n%ct%n%an%n%B", "--no-patch")
    out = run_git(
        repository.root,
        "log",
        *shown,
        *options,
        last,
        "--",
        *paths,
        timeout_seconds=NETWORK_TIMEOUT_SECONDS,
    )
    found = []
    for record in out.decode("utf-8", "replace").split("\0"):
        if record:
            sha, at, author, text = record.split("\n", 3)
            made = datetime.fromtimestamp(int(at), UTC)
            found.append(Message(sha=sha, committed_at=made, author=author, text=text))
    return tuple(found)


def read_blobs(repository: Repository, blobs: Sequence[str]) -> dict[str, bytes]:
    """The bytes of many blobs in one call, by name.

    Raises:
        GitError: One of them is not there.
    """
    return dict(zip(blobs, _batch(repository, blobs), strict=True))


def _commit(repository: Repository, rev: str) -> str:
    found = repository.resolve(rev)
    if found is None:
        raise GitError(
            "",
            f"there is no commit called {rev!r} in {repository.root}",
            hint="name a branch, tag or commit, or a day as YYYY-MM-DD",
        )
    return found


def _read_trees(repository: Repository, commits: Iterable[str]) -> dict[str, dict[str, str]]:
    named = list(commits)
    trees = _batch(repository, [f"{sha}^{{tree}}" for sha in named])
    return {sha: _files(tree, len(sha) // 2) for sha, tree in zip(named, trees, strict=True)}


def _files(tree: bytes, width: int) -> dict[str, str]:
    """The files of a tree object: ``mode name NUL name-of-blob`` one after the other.

    Args:
        tree: The object.
        width: Bytes of an object's name.
    """
    files = {}
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, name = tree[at:end].split(b" ", 1)
        at = end + 1 + width
        if mode not in {_LINK, _FOLDER, _MODULE}:
            files[os.fsdecode(name)] = tree[end + 1 : at].hex()
    return files


def _batch(repository: Repository, objects: Sequence[str]) -> Iterator[bytes]:
    """What ``git cat-file --batch`` says of each object."""
    if not objects:
        return
    asked = "".join(f"{name}\n" for name in objects).encode()
    out = run_git(
        repository.root,
        "cat-file",
        "--batch",
        stdin=asked,
        timeout_seconds=NETWORK_TIMEOUT_SECONDS,
    )
    at = 0
    for name in objects:
        end = out.index(b"\n", at)
        header = out[at:end].split(b" ")
        if not header[-1].isdigit():
            raise GitError("cat-file", f"{name} is not there", hint="is the clone complete?")
        size = int(header[-1])
        yield out[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
