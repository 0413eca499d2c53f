"""A git repository: what it holds, and commits that touch nothing else.

Commits are put together from blobs, trees and references instead of ``git
commit``: what others staged stays staged, no index of git's own is left half
written, and the commit is known before a reference moves. The identity is
passed for the one command that writes it.

Paths are relative to the top of the work tree, with ``/``; names that are no
UTF-8 survive as surrogates.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import GitError
from pipeline.git.index import drop_own_lock, make_tree, stage
from pipeline.git.program import (
    GitSetupError,
    ask_git,
    merge_git,
    run_git,
)
from pipeline.git.remotes import WithRemotes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_IN_PROGRESS = {
    "MERGE_HEAD": "a merge",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a commit is by."""

    name: str
    email: str

    @classmethod
    def parse(cls, text: str) -> Identity | None:
        """The identity in ``Name <email>``, or ``None`` if it is not written so."""
        found = re.fullmatch(r"([^<>\x00-\x1f]+?) *<([^<>\s\x00-\x1f]+)>", text.strip())
        return cls(name=found[1].strip(), email=found[2]) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One commit, and when it was made (UTC)."""

    sha: str
    committed_at: datetime


class Repository(WithRemotes):
    """A git repository with a work tree.

    Args:
        root: Top of the work tree; :meth:`open` finds it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def open(cls, path: Path) -> Repository:
        """The repository that ``path``, a folder, lies in.

        Raises:
            GitSetupError: It lies in none, or there is no git program.
            GitError: git will not touch it (it says why).
        """
        if not path.is_dir():
            raise GitSetupError(f"{path} is no folder", hint="point [list] repo at the repository")
        try:
            top = run_git(path, "rev-parse", "--show-toplevel")
        except GitError as error:
            if "not a git repository" in error.stderr or "work tree" in error.stderr:
                raise GitSetupError(
                    f"{path} is no git repository",
                    hint="run `git init` there, or point [list] repo elsewhere",
                ) from error
            raise
        return cls(Path(os.fsdecode(top.removesuffix(b"\n"))))

    @classmethod
    def init(cls, path: Path, *, branch: str = "main") -> Repository:
        """A new repository in the folder ``path``, which is made if it is not there."""
        path.mkdir(parents=True, exist_ok=True)
        check_branch_name(branch)
        run_git(path, "init", "--quiet", "--template=", f"--initial-branch={branch}")
        return cls.open(path)

    # Reading

    def head(self) -> str | None:
        """The commit that is checked out, or ``None`` in a repository without commits."""
        return self.resolve("HEAD")

    def branch(self) -> str | None:
        """The branch that is checked out, or ``None`` if the head is detached."""
        ref = ask_git(self.root, "symbolic-ref", "--quiet", "HEAD")
        return None if ref is None else os.fsdecode(ref.strip()).removeprefix("refs/heads/")

    def resolve(self, rev: str) -> str | None:
        """The commit that ``rev`` names, or ``None`` if it names none."""
        found = ask_git(
            self.root, "rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}"
        )
        return None if found is None else found.decode().strip()

    def resolve_tree(self, rev: str) -> str:
        """The tree of the commit ``rev``."""
        tree = self._commit(rev) + "^{tree}"
        return run_git(self.root, "rev-parse", "--verify", tree).decode().strip()

    def operation(self) -> str | None:
        """What a person has begun and not ended here (``"a merge"``), or ``None``."""
        return next((name for f, name in _IN_PROGRESS.items() if self.git_path(f).exists()), None)

    def dirty(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those of ``paths`` that differ from the head: staged, unstaged, unmerged or untracked."""
        named = sorted(set(paths))
        if not named:
            return ()
        options = ("--porcelain", "-z", "--untracked-files=all", "--ignored", "--no-renames")
        out = run_git(self.root, "status", *options, "--", *named)
        return tuple(sorted(os.fsdecode(line[3:]) for line in out.split(b"\0") if line))

    def show(self, rev: str, path: str) -> bytes:
        """The bytes of ``path`` as ``rev`` has them.

        Raises:
            GitError: There is no such commit, or no such file in it.
        """
        return run_git(self.root, "cat-file", "blob", f"{self._commit(rev)}:{path}")

    def blob_at(self, rev: str, path: str) -> tuple[str, str] | None:
        """Mode and blob of ``path`` in ``rev``, or ``None`` if it is not there."""
        out = run_git(self.root, "ls-tree", "-z", self._commit(rev), "--", path)
        found = [line for line in out.split(b"\0") if line]
        if len(found) != 1:
            return None
        mode, _, blob = found[0].split(b"\t", 1)[0].decode().split(" ")
        return mode, blob

    def staged_blob(self, path: str) -> str | None:
        """The blob that the index has for ``path``, or ``None``."""
        out = run_git(self.root, "ls-files", "--stage", "-z", "--", path)
        found = [line.split(b"\t", 1)[0].decode().split(" ") for line in out.split(b"\0") if line]
        return found[0][1] if len(found) == 1 and found[0][2] == "0" else None

    def blob(self, sha: str) -> bytes:
        """The bytes of a blob."""
        return run_git(self.root, "cat-file", "blob", sha)

    def parents(self, rev: str) -> tuple[str, ...]:
        """The parents of the commit ``rev``, the first one first."""
        out = run_git(self.root, "rev-parse", f"{self._commit(rev)}^@")
        return tuple(out.decode().split())

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest commit that both contain, or ``None``."""
        out = ask_git(self.root, "merge-base", self._commit(one), self._commit(other))
        return None if out is None else out.decode().strip()

    def message(self, rev: str) -> str:
        """The message of the commit ``rev``."""
        out = run_git(self.root, "log", "-1", "--format=%B", self._commit(rev), "--")
        return out.decode("utf-8", "replace")

    def read_tree(self, rev: str) -> dict[str, bytes]:
        """Every file of ``rev``, by path."""
        out = run_git(self.root, "ls-tree", "-r", "-z", self._commit(rev))
        files = {}
        for line in out.split(b"\0"):
            if line:
                about, name = line.split(b"\t", 1)
                files[os.fsdecode(name)] = self.blob(about.decode().split(" ")[2])
        return files

    def rev_before(self, moment: datetime, *, rev: str = "HEAD") -> str | None:
        """The last commit of ``rev`` made at or before ``moment``, or ``None``."""
        until = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
        found = run_git(self.root, "rev-list", "-1", f"--before={until}", self._commit(rev))
        return found.decode().strip() or None

    def revisions(self, paths: Sequence[str] = (), *, rev: str = "HEAD") -> tuple[Revision, ...]:
        """The commits of ``rev`` that touch ``paths`` (all, if none is named), newest first."""
        out = run_git(self.root, "rev-list", "--timestamp", self._commit(rev), "--", *paths)
        pairs = (line.split(" ") for line in out.decode().splitlines())
        return tuple(
            Revision(sha=sha, committed_at=datetime.fromtimestamp(int(at), UTC))
            for at, sha in pairs
        )

    def changed(self, before: str, after: str) -> tuple[str, ...]:
        """The paths that differ between two commits."""
        names = (self._commit(before), self._commit(after))
        out = run_git(self.root, "diff-tree", "-r", "-z", "--name-only", "--no-renames", *names)
        return tuple(os.fsdecode(name) for name in out.split(b"\0") if name)

    def contains(self, descendant: str, ancestor: str) -> bool:
        """Whether ``ancestor`` is ``descendant`` or an ancestor of it."""
        return ask_git(self.root, "merge-base", "--is-ancestor", ancestor, descendant) is not None

    def is_shallow(self) -> bool:
        """Whether the history was cut off when the repository was cloned."""
        return run_git(self.root, "rev-parse", "--is-shallow-repository").strip() == b"true"

    def identity(self) -> Identity | None:
        """Who git's own configuration says the user is, or ``None`` if it does not."""
        name, email = (
            ask_git(self.root, "config", "--get", key) for key in ("user.name", "user.email")
        )
        if not name or not email:
            return None
        return Identity(name=os.fsdecode(name.strip()), email=os.fsdecode(email.strip()))

    def git_path(self, name: str) -> Path:
        """Where git keeps ``name`` for this work tree (``.git/NAME``, as a rule)."""
        out = run_git(self.root, "rev-parse", "--git-path", name)
        return self.root / os.fsdecode(out.removesuffix(b"\n"))

    # Writing

    def relative(self, path: Path) -> str:
        """``path`` relative to the top of the work tree; the file itself may be a link.

        Raises:
            GitError: It lies elsewhere.
        """
        top, full = self.root.resolve(), self.root / path
        full = full.parent.resolve() / full.name
        if not full.is_relative_to(top):
            raise GitError("add", f"{path} is not in {top}")
        return full.relative_to(top).as_posix()

    def commit(self, paths: Iterable[str | Path], message: str, author: Identity) -> str:
        """Commit ``paths``, absolute or relative to the top, as they stand, and nothing else.

        Works on the branch that is checked out, also on its first commit.

        Raises:
            GitError: A file is not there, the head is detached, or the branch moved meanwhile.
        """
        branch, head = self.branch(), self.head()
        if branch is None:
            raise GitError("commit", "the head is detached")
        try:
            contents = {self.relative(Path(p)): (self.root / p).read_bytes() for p in paths}
        except OSError as error:
            raise GitError("commit", f"{error.filename}: {error.strerror}") from error
        tree, blobs = self.build_tree(head, contents)
        sha = self.commit_tree(tree, (head,) if head else (), message, author)
        self.update_ref(f"refs/heads/{branch}", sha, head)
        self.stage(blobs)
        return sha

    def hash_object(self, data: bytes, *, path: str | None = None) -> str:
        """Store ``data`` as a blob; its name.

        With ``path``, as ``git add`` would store a file there (line endings, filters).
        """
        how = "--no-filters" if path is None else f"--path={path}"
        return run_git(self.root, "hash-object", "-w", "--stdin", how, stdin=data).decode().strip()

    def build_tree(
        self, base: str | None, files: Mapping[str, bytes]
    ) -> tuple[str, dict[str, tuple[str, str]]]:
        """The tree of ``base`` with ``files`` put in, as ``git add`` would.

        Returns:
            The tree's name, and mode and blob of each of ``files``.
        """
        blobs = {}
        for path, data in files.items():
            was = self.blob_at(base, path) if base else None
            blobs[path] = (was[0] if was else "100644", self.hash_object(data, path=path))
        return make_tree(self.root, blobs, base=base), blobs

    def merge_blobs(self, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
        """``ours`` with what changed from ``base`` to ``theirs``.

        Returns:
            ``None`` where both sides changed the same lines, each in its own way.
        """
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("ours", "base", "theirs")]
            for path, data in zip(paths, (ours, base, theirs), strict=True):
                path.write_bytes(data)
            return merge_git(self.root, *paths)

    def write_tree(self, files: Mapping[str, bytes]) -> str:
        """The tree that holds exactly ``files``; its name. Touches neither index nor work tree."""
        blobs = {name: ("100644", self.hash_object(data)) for name, data in files.items()}
        return make_tree(self.root, blobs, base=None)

    def commit_tree(
        self, tree: str, parents: Sequence[str], message: str, identity: Identity
    ) -> str:
        """A commit that no branch has yet; its name. ``identity`` is author and committer."""
        options = [word for parent in parents for word in ("-p", parent)]
        environment = {
            "GIT_AUTHOR_NAME": identity.name,
            "GIT_AUTHOR_EMAIL": identity.email,
            "GIT_COMMITTER_NAME": identity.name,
            "GIT_COMMITTER_EMAIL": identity.email,
        }
        text = message.encode("utf-8", "replace")
        out = run_git(
            self.root, "commit-tree", tree, *options, "-F", "-", stdin=text, more=environment
        )
        return out.decode().strip()

    def update_ref(self, ref: str, new: str | None, old: str | None) -> None:
        """Move ``ref`` from ``old`` to ``new``; ``None`` means that it is not there.

        Raises:
            GitError: ``ref`` is not at ``old``; it was left alone.
        """
        if new is None:
            run_git(self.root, "update-ref", "-d", ref, old or "")
        else:
            run_git(self.root, "update-ref", "-m", "shortlist", ref, new, old or "0" * len(new))

    def stage(self, blobs: Mapping[str, tuple[str, str]]) -> None:
        """Put mode and blob of each path into the index, and leave the rest of it as it is.

        Raises:
            GitError: Another git program holds the index, or it cannot be written.
        """
        stage(self.root, self.git_path("index"), blobs)

    def fast_forward(self, commit: str) -> None:
        """Move the branch that is checked out, index and work tree to a descendant of the head.

        Raises:
            GitError: It is none, or a file of a person would be overwritten.
        """
        options = ("--ff-only", "--quiet", "--no-stat", "--no-autostash", "--no-verify-signatures")
        run_git(self.root, "merge", *options, self._commit(commit))

    def drop_own_lock(self) -> bool:
        """Remove a lock on the index that a killed run of ours left; whether there was one.

        Only for callers that know that no other run of ours is at work here.
        """
        return drop_own_lock(self.git_path("index"))

    # Within

    def _commit(self, rev: str) -> str:
        found = self.resolve(rev)
        if found is None:
            raise GitError("rev-parse", f"there is no commit called {rev!r} in {self.root}")
        return found


def check_branch_name(name: str) -> None:
    """Refuse a ``name`` (out of a config file, say) that git would not take for a branch.

    Source of the grammar: git-check-ref-format(1).

    Raises:
        GitError: It is none, or could be taken for an option.
    """
    bad = re.search(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|^[-./]|\.lock(/|$)|[./]$|^$", name)
    if bad or name in {"@", "HEAD"}:
        raise GitError("check-ref-format", f"{name!r} is no name for a branch")
