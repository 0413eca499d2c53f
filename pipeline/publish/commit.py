"""Edits of list files as one commit of the list's own checkout.

Refuses rather than guesses, and leaves nothing half done: an error puts the
files back at once, and what a killed run left is put in order by the next one
(:meth:`CommitPublisher.recover`). The order is: make the commit, which no
branch has yet; write the journal; write the files; move the branch; bring the
index up to date; drop the journal.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipeline.errors import EditError, GitError, ListMovedError, PublishError
from pipeline.git import PushRejectedError, check_branch_name
from pipeline.lists.document import write_atomically
from pipeline.publish import journal
from pipeline.publish.message import commit_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.git import Identity, Repository
    from pipeline.ports import FileEdit

__all__ = ["CommitPublisher", "NotPushedError", "commit_message"]

log = logging.getLogger(__name__)

LOCK_WAIT_SECONDS = 60.0
"""How long another run may be at work on the same checkout before this one gives up."""

_LINK_MODE = "120000"


class NotPushedError(PublishError):
    """The commit is made here, but the remote does not have it yet.

    Args:
        commit: The commit.
        problem: Why not.
        hint: What to do next.
    """

    def __init__(self, commit: str, problem: str, *, hint: str) -> None:
        self.commit = commit
        super().__init__(problem, hint=hint)


class CommitPublisher:
    """Commits to the branch that is checked out (implements :class:`pipeline.ports.Publisher`).

    Args:
        repository: The checkout of the list.
        branch: The branch that must be checked out; "" for whichever is.
        author: Author and committer of the commits.
        push: Whether commits are pushed to ``remote``.
        remote: Name of the remote.
    """

    def __init__(
        self,
        repository: Repository,
        *,
        branch: str,
        author: Identity,
        push: bool,
        remote: str = "origin",
    ) -> None:
        if branch:
            check_branch_name(branch)
        self._repository = repository
        self._branch = branch
        self._author = author
        self._push = push
        self._remote = remote

    def publish(self, edits: Sequence[FileEdit], *, message: str) -> str:
        """Write and commit ``edits`` as one commit; its identifier.

        Raises:
            ListMovedError: A file changed since it was read, or the remote has newer
                commits, which are now here; nothing was written.
            PublishError: The list cannot be committed to as it stands, or the remote
                cannot be pushed to; nothing was written.
        """
        with self._alone():
            journal.settle(self._repository)
            branch, head = self._checked_out()
            named = self._named(edits)
            self._refuse_changed(named)
            try:
                return self._commit(named, message, branch, head)
            except PushRejectedError as error:
                self._catch_up(branch, head)
                raise ListMovedError(
                    f"{self._remote} has newer commits on {branch}", hint="run again"
                ) from error

    def recover(self) -> tuple[str, ...]:
        """Put in order what a killed run left; the paths that got their old bytes back.

        To be called before the list files are read: a file that was written
        but not committed would look as if a person had added the papers. Where
        commits are pushed, what the remote has is taken in too.

        Raises:
            PublishError: A file cannot be put back; it is tried again next time.
        """
        with self._alone():
            restored = journal.settle(self._repository)
            if self._push:
                self._look_for_newer()
        for path in restored:
            log.warning("%s was written but not committed by a killed run: put back", path)
        return restored

    def push_pending(self) -> str | None:
        """Push commits that an earlier run could not; the commit pushed, or ``None``.

        Raises:
            NotPushedError: It failed again.
            PublishError: The head is detached, or another branch is checked out.
        """
        if not self._push or self._repository.head() is None:
            return None
        with _refusals("the list cannot be pushed"):
            branch, head = self._checked_out()
            if self._repository.resolve(f"refs/remotes/{self._remote}/{branch}") == head:
                return None
        self._push_branch(branch, head)
        return head

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the checkout against other runs; errors of parts become a PublishError."""
        from filelock import FileLock, Timeout

        with _refusals("the list cannot be committed to"):
            lock = FileLock(self._repository.git_path("shortlist.lock"), timeout=LOCK_WAIT_SECONDS)
            try:
                with lock:
                    yield
            except Timeout as error:
                raise PublishError(
                    f"another run is at work in {self._repository.root}", hint="run again later"
                ) from error

    def _checked_out(self) -> tuple[str, str]:
        """Branch and head, if they can be committed to."""
        root = self._repository.root
        doing = self._repository.operation()
        if doing:
            raise PublishError(f"{doing} is in progress in {root}", hint="end or abort it first")
        branch, head = self._repository.branch(), self._repository.head()
        wanted = self._branch or "the list's branch"
        if branch is None:
            raise PublishError(f"the head of {root} is detached", hint=f"`git switch {wanted}`")
        if self._branch and branch != self._branch:
            raise PublishError(
                f"{branch} is checked out in {root}, not {self._branch}",
                hint=f"`git switch {self._branch}`, or set [list] branch",
            )
        if head is None:
            raise PublishError(f"{root} has no commits yet", hint="commit the list files first")
        if self._push and self._remote not in self._repository.remotes():
            raise PublishError(
                f"{root} has no remote called {self._remote}",
                hint=f"`git remote add {self._remote} URL`, or set [publish] push = false",
            )
        return branch, head

    def _named(self, edits: Sequence[FileEdit]) -> dict[str, FileEdit]:
        """The edits that change something, by path relative to the top."""
        named = {
            self._repository.relative(edit.path.absolute()): edit
            for edit in edits
            if edit.before != edit.after
        }
        if not named:
            raise PublishError("there is nothing to commit: no edit changes a file")
        return named

    def _refuse_changed(self, named: Mapping[str, FileEdit]) -> None:
        dirty = self._repository.dirty(named)
        if dirty:
            verb = "has" if len(dirty) == 1 else "have"
            raise PublishError(
                f"{', '.join(dirty)} {verb} changes that are not committed",
                hint=f"commit or stash them in {self._repository.root}, and run again",
            )
        for path, edit in named.items():
            if _bytes_of(edit) != edit.before:
                raise ListMovedError(f"{path} changed since it was read", hint="run again")

    def _commit(self, named: Mapping[str, FileEdit], message: str, branch: str, head: str) -> str:
        repository = self._repository
        after = {path: edit.after for path, edit in named.items()}
        tree, blobs = repository.build_tree(head, after)
        planned = tuple(
            self._plan(path, edit, blobs[path], repository.blob_at(head, path))
            for path, edit in named.items()
        )
        commit = repository.commit_tree(tree, (head,), message, self._author)
        try:
            journal.begin(repository, planned)
            if self._push:
                self._send(commit, branch)
            for path, data in after.items():
                write_atomically(repository.root / path, data)
            repository.update_ref(f"refs/heads/{branch}", commit, head)
        except BaseException as error:
            _put_back(repository, error)
            raise
        try:
            repository.stage(blobs)
        except GitError as error:
            # The commit stands; `git status` shows it as undone until a next run stages it.
            log.warning("%s is committed, but not staged yet: %s", commit, error)
        else:
            journal.finish(repository)
        return commit

    @staticmethod
    def _plan(
        path: str, edit: FileEdit, after: tuple[str, str], before: tuple[str, str] | None
    ) -> journal.PlannedFile:
        if before is None or before[0] == _LINK_MODE:
            what = "is not committed" if before is None else "is a symbolic link"
            raise PublishError(f"{path} {what}", hint="name a committed file in [list]")
        return journal.PlannedFile(
            path=path,
            mode=after[0],
            after_sha256=journal.checksum(edit.after),
            before=edit.before,
            blob_before=before[1],
            blob_after=after[1],
        )

    def _send(self, commit: str, branch: str) -> None:
        """Push a commit that is not on the branch here yet."""
        try:
            self._repository.push(self._remote, f"{commit}:refs/heads/{branch}")
        except PushRejectedError:
            raise
        except GitError as error:
            raise PublishError(
                f"{self._remote} cannot be pushed to ({error.problem})",
                hint="nothing was written; the next run tries again",
            ) from error

    def _look_for_newer(self) -> None:
        """Take in what the remote has; where that cannot be, publishing will say so."""
        try:
            self._catch_up(*self._checked_out())
        except (PublishError, GitError) as error:
            log.info("going on with the list as it is here: %s", error)

    def _catch_up(self, branch: str, head: str) -> None:
        """Move the branch here to where it is on the remote, if that only adds to it.

        Raises:
            PublishError: It does not, or a person's changes are in the way.
            GitError: The remote cannot be reached.
        """
        repository = self._repository
        tracking = f"refs/remotes/{self._remote}/{branch}"
        repository.fetch(self._remote, f"+refs/heads/{branch}:{tracking}")
        tip = repository.resolve(tracking)
        if tip is None or repository.contains(head, tip):
            return
        if not repository.contains(tip, head):
            raise PublishError(
                f"{branch} has commits here that {self._remote} does not have, and the other way"
                " round",
                hint=f"`git pull --rebase {self._remote} {branch}` in {repository.root}",
            )
        dirty = repository.dirty(repository.changed(head, tip))
        if dirty:
            raise PublishError(
                f"{self._remote} has newer commits on {branch}, and {', '.join(dirty)}"
                f" {'has' if len(dirty) == 1 else 'have'} changes here that are not committed",
                hint=f"commit or stash them in {repository.root}, and run again",
            )
        repository.fast_forward(tip)

    def _push_branch(self, branch: str, commit: str) -> None:
        ref = f"refs/heads/{branch}"
        made = f"{commit[:12]} is committed here but not on {self._remote}"
        try:
            self._repository.push(self._remote, f"{commit}:{ref}")
        except PushRejectedError as error:
            raise NotPushedError(
                commit,
                f"{made}, whose {branch} has newer commits",
                hint=f"`git pull --rebase {self._remote} {branch}`; the next run pushes",
            ) from error
        except GitError as error:
            raise NotPushedError(
                commit, f"{made} ({error.problem})", hint="the next run pushes again"
            ) from error


def _put_back(repository: Repository, error: BaseException) -> None:
    try:
        journal.settle(repository)
    except (EditError, GitError) as again:
        raise PublishError(
            f"the commit failed ({error}), and a list file could not be put back ({again.problem})",
            hint="see to the disk; the next run puts it back",
        ) from error


def _bytes_of(edit: FileEdit) -> bytes | None:
    try:
        return edit.path.read_bytes()
    except OSError:
        return None


@contextmanager
def _refusals(problem: str) -> Iterator[None]:
    try:
        yield
    except PublishError:
        raise
    except (EditError, GitError) as error:
        raise PublishError(f"{problem}: {error.problem}", hint=error.hint) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise PublishError(f"{problem}: {where}{error.strerror or error}") from error
