"""Files kept on an orphan branch of the list's own repository.

One commit a save, never forced, never an empty one; neither the index nor the
work tree of the checkout is touched, so it works in the shallow single-branch
clone that a workflow gets. Knows nothing of what the files hold.

The local branch stands where the content in hand was loaded from: a save
builds on it, so a save over something that was never loaded is refused by the
remote instead of undoing it. With ``push`` the remote gets the commit first
and the local branch follows, so a kill in between leaves nothing diverged.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import GitError, StateError
from pipeline.git import PushRejectedError, check_branch_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.git import Identity, Repository, Revision

LOOK_BACK = 400
"""How many saves are looked at for one that is whole: more than half a year of them."""


class StateConflictError(StateError):
    """Somebody saved in between: load, do it again, save again.

    Args:
        branch: The state branch.
        where: Who has the newer commits: the name of a remote, or "this repository".
    """

    def __init__(self, branch: str, where: str) -> None:
        self.branch = branch
        super().__init__(
            f"{branch} in {where} has commits that were not loaded before saving",
            hint="`shortlist state load`, do it again, `shortlist state save`",
        )


def save_state(
    repository: Repository,
    branch: str,
    files: Mapping[str, bytes],
    *,
    message: str,
    identity: Identity,
    push: bool,
    remote: str = "origin",
) -> str | None:
    """Make ``files`` the whole content of the state branch, as one commit on its tip.

    Args:
        repository: A checkout of the list.
        branch: Name of the state branch.
        files: Content by name, with ``/`` for folders.
        message: The commit's message.
        identity: Its author and committer.
        push: Whether ``remote`` gets it (and what was saved before without it).
        remote: Name of the remote.

    Returns:
        The commit, or ``None`` if nothing had changed.

    Raises:
        StateConflictError: Somebody saved in between; nothing was saved.
        StateError: The state cannot be saved; nothing was saved.
    """
    ref = _ref(repository, branch)
    with _refusals(f"the state cannot be saved to {branch}"):
        if push and remote not in repository.remotes():
            raise StateError(
                f"{repository.root} has no remote called {remote}",
                hint=f"`git remote add {remote} URL`, or save without pushing",
            )
        tip = repository.resolve(ref)
        tree = repository.write_tree(files)
        if tip is not None and repository.resolve_tree(tip) == tree:
            if push:
                _push(repository, branch, tip, remote)
            return None
        commit = repository.commit_tree(tree, (tip,) if tip else (), message, identity)
        if push:
            _push(repository, branch, commit, remote)
        try:
            repository.update_ref(ref, commit, tip)
        except GitError as error:
            raise StateConflictError(branch, "this repository") from error
        return commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Tips:
    """Where the state branch is.

    Attributes:
        local: Its commit in this repository, "" if there is none.
        remote: Its commit on the remote, as far as it was asked; "" if there is none.
        base: The newest commit that both contain, "" if there is none.
    """

    local: str
    remote: str
    base: str

    @property
    def has_diverged(self) -> bool:
        """Whether each side has commits that the other has not."""
        return bool(self.local and self.remote) and self.base not in (self.local, self.remote)

    @property
    def newest(self) -> str:
        """The commit that contains the others; the local one if they have diverged."""
        return self.remote if self.base == self.local else self.local or self.remote


def find_tips(
    repository: Repository, branch: str, *, fetch: bool = True, remote: str = "origin"
) -> Tips:
    """Where the branch is, here and on the remote; moves nothing here.

    Args:
        repository: A checkout of the list.
        branch: Name of the state branch.
        fetch: Whether to ask ``remote``, if there is one of that name.
        remote: Name of the remote.

    Raises:
        StateError: The remote does not answer.
    """
    ref = _ref(repository, branch)
    with _refusals(f"the state cannot be loaded from {branch}"):
        local = repository.resolve(ref)
        theirs = _theirs(repository, branch, remote, fetch=fetch, local=local)
        base = repository.merge_base(local, theirs) if local and theirs else None
        return Tips(local=local or "", remote=theirs or "", base=base or "")


def read_state(repository: Repository, branch: str, commit: str) -> dict[str, bytes]:
    """The files of the state as ``commit`` has them; none for "".

    Raises:
        StateError: There is no such commit.
    """
    with _refusals(f"the state cannot be loaded from {branch}"):
        return repository.read_tree(commit) if commit else {}


def move_state(repository: Repository, branch: str, tips: Tips, commit: str) -> None:
    """Let the local branch stand at ``commit``, for the next save to build on.

    Raises:
        StateConflictError: Another process moved it meanwhile.
    """
    ref = _ref(repository, branch)
    if commit == tips.local:
        return
    try:
        repository.update_ref(ref, commit, tips.local or None)
    except GitError as error:
        raise StateConflictError(branch, "this repository") from error


def state_commits(
    repository: Repository, branch: str, commit: str, *, remote: str = "origin"
) -> tuple[Revision, ...]:
    """The saves until ``commit``, newest first, also where the clone was made without history."""
    with _refusals(f"the state cannot be loaded from {branch}"):
        if repository.is_shallow() and remote in repository.remotes():
            refspec = f"+refs/heads/{branch}:{_tracking(branch, remote)}"
            repository.fetch(remote, refspec, depth=LOOK_BACK)
        return repository.revisions(rev=commit)[:LOOK_BACK]


def load_state(
    repository: Repository, branch: str, *, fetch: bool = True, remote: str = "origin"
) -> dict[str, bytes]:
    """The files of the state branch, the local or the remote one, whichever is newer.

    The local branch is moved to what was loaded, for the save to build on.

    Args:
        repository: A checkout of the list.
        branch: Name of the state branch.
        fetch: Whether to ask ``remote``, if there is one of that name.
        remote: Name of the remote.

    Returns:
        Content by name; empty if there is no such branch.

    Raises:
        StateError: The remote does not answer, or each side has commits that the other has not.
    """
    tips = find_tips(repository, branch, fetch=fetch, remote=remote)
    if tips.has_diverged:
        raise StateError(
            f"{branch} has diverged: {tips.local[:12]} here, {tips.remote[:12]} on {remote}",
            hint=f"to keep the remote's, `git branch -f {branch} {tips.remote[:12]}`",
        )
    if tips.newest:
        move_state(repository, branch, tips, tips.newest)
    return read_state(repository, branch, tips.newest)


def _ref(repository: Repository, branch: str) -> str:
    try:
        check_branch_name(branch)
        checked_out = repository.branch() == branch
    except GitError as error:
        raise StateError(error.problem, hint=error.hint or "set [state] branch") from error
    if checked_out:
        raise StateError(
            f"{branch} is checked out in {repository.root}",
            hint="`git switch` to the list's branch: state is kept without a checkout",
        )
    return f"refs/heads/{branch}"


def _theirs(
    repository: Repository, branch: str, remote: str, *, fetch: bool, local: str | None
) -> str | None:
    """Where the branch is on the remote: now if ``fetch``, else when last heard of."""
    tracking = _tracking(branch, remote)
    if not fetch or remote not in repository.remotes():
        return repository.resolve(tracking)
    tip, known = repository.remote_tip(remote, branch), repository.resolve(tracking)
    if tip is None and known is not None:
        repository.update_ref(tracking, None, known)
    if tip is not None and tip != known:
        # In a clone without history one commit of the state is enough, too. Once
        # there is a local branch the commits between are needed to compare.
        depth = 1 if local is None and repository.is_shallow() else 0
        repository.fetch(remote, f"+refs/heads/{branch}:{tracking}", depth=depth)
        return repository.resolve(tracking)
    return tip


def _push(repository: Repository, branch: str, commit: str, remote: str) -> None:
    tracking = _tracking(branch, remote)
    known = repository.resolve(tracking)
    if known == commit:
        return
    try:
        repository.push(remote, f"{commit}:refs/heads/{branch}")
    except PushRejectedError as error:
        raise StateConflictError(branch, remote) from error
    # git does this itself only where its configuration fetches every branch.
    if repository.resolve(tracking) == known:
        repository.update_ref(tracking, commit, known)


def _tracking(branch: str, remote: str) -> str:
    return f"refs/remotes/{remote}/{branch}"


@contextmanager
def _refusals(problem: str) -> Iterator[None]:
    try:
        yield
    except GitError as error:
        raise StateError(f"{problem} ({error.problem})", hint=error.hint) from error
