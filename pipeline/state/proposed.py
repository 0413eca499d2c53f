"""A promotion that people accept: a pull request to the branch of the model in service.

The proposed model lies on a branch of its own, ``…-next``, one commit a promotion on what
was there, never forced. There is one pull request at a time, which follows the branch;
merged by whichever of GitHub's buttons, its files are in service.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import GitError, StateError
from pipeline.git import PushRejectedError
from pipeline.state.branch import StateConflictError, find_tips
from pipeline.state.shelf import PREVIOUS, BranchShelf, refuse_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipeline.git import Identity, Repository
    from pipeline.github.client import GitHub
    from pipeline.state.shelf import Files

_REMOTE = "origin"


class ProposedShelf:
    """The branch in service, and proposals for it (implements :class:`.shelf.Shelf`).

    Args:
        repository: A checkout of the list.
        branch: Name of the branch in service.
        identity: Who commits; asked when something is committed.
        github: The list's repository there; asked when something is proposed.
    """

    def __init__(
        self,
        repository: Repository,
        branch: str,
        *,
        identity: Callable[[], Identity],
        github: Callable[[], GitHub],
    ) -> None:
        self._repository = repository
        self._branch = branch
        self._identity = identity
        self._github = github
        self._served = BranchShelf(repository, branch, identity=identity, push=True)

    @property
    def _next(self) -> str:
        return f"{self._branch}-next"

    def current(self) -> Files:
        """See :class:`.shelf.Shelf`."""
        return self._served.current()

    def previous(self) -> Files:
        """See :class:`.shelf.Shelf`."""
        return self._served.previous()

    def put(self, files: Mapping[str, bytes], *, before: Mapping[str, bytes], message: str) -> str:
        """Propose ``files``; until somebody merges the pull request, ``before`` serves.

        Returns:
            The pull request.

        Raises:
            StateError: They cannot be pushed; nothing was proposed.
            GitHubError: They are pushed, and the pull request could not be opened.
        """
        refuse_large(files, self._next)
        if not self._served.current():
            # A pull request needs a branch to go to: it holds what is in service already.
            self._served.put(before, before={}, message="The model that serves now")
        self._push(
            {**files, **{f"{PREVIOUS}/{name}": data for name, data in before.items()}}, message
        )
        number = self._open(message)
        return f"pull request {number}, in service once it is merged"

    def _push(self, files: Mapping[str, bytes], message: str) -> None:
        repository = self._repository
        served, proposed = (find_tips(repository, name) for name in (self._branch, self._next))
        base, tip = served.remote or served.newest, proposed.remote
        # A branch that was merged, or not yet begun, goes on from what is in service.
        parents = [tip] if tip else []
        if not tip or not repository.contains(tip, base):
            parents.append(base)
        if tip and repository.contains(base, tip):
            parents = [base]
        try:
            commit = repository.commit_tree(
                repository.write_tree(files), parents, message, self._identity()
            )
            repository.push(_REMOTE, f"{commit}:refs/heads/{self._next}")
        except PushRejectedError as error:
            raise StateConflictError(self._next, _REMOTE) from error
        except GitError as error:
            raise StateError(
                f"the model cannot be pushed to {self._next} ({error.problem})", hint=error.hint
            ) from error

    def _open(self, message: str) -> int:
        github = self._github()
        title, _, body = message.partition("\n\n")
        body = f"{body.strip()}\n\nMerge it, and the next run scores papers with this model."
        for request in github.pull_requests(head=self._next):
            if request.base == self._branch:
                return github.edit_pull_request(request.number, title=title, body=body).number
        return github.open_pull_request(
            head=self._next, base=self._branch, title=title, body=body
        ).number
