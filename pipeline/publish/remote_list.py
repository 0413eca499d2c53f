"""The list as the remote's branch has it now, whatever the checkout holds."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipeline.errors import GitError, PublishError
from pipeline.git import check_branch_name
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.git import Repository
    from pipeline.lists.reader import ListFile

log = logging.getLogger(__name__)


class RemoteList:
    """The newest commit of a branch on a remote, and the list files in it.

    Args:
        repository: A clone of the list; nothing in its work tree is touched.
        branch: The branch; "" for the one that is checked out.
        remote: Name of the remote.
    """

    def __init__(self, repository: Repository, *, branch: str, remote: str = "origin") -> None:
        if branch:
            check_branch_name(branch)
        self._repository = repository
        self._branch = branch
        self.remote = remote
        self._commit = ""

    @property
    def branch(self) -> str:
        """Name of the branch.

        Raises:
            PublishError: None was named, and none is checked out.
        """
        found = self._branch or self._repository.branch()
        if not found:
            raise PublishError(
                f"the head of {self._repository.root} is detached", hint="set [list] branch"
            )
        return found

    @property
    def commit(self) -> str:
        """The commit that was read last; read now, if none was.

        Raises:
            PublishError: The branch is neither on the remote nor was it fetched before.
        """
        if not self._commit:
            self.refresh()
        return self._commit

    def refresh(self) -> None:
        """Fetch the branch; where the remote cannot be reached, what was fetched last stands.

        Raises:
            PublishError: As :attr:`commit`.
        """
        tracking = f"refs/remotes/{self.remote}/{self.branch}"
        try:
            self._repository.fetch(self.remote, f"+refs/heads/{self.branch}:{tracking}")
        except GitError as error:
            log.warning("%s cannot be read (%s): going on with what is here", self.remote, error)
        found = self._repository.resolve(tracking)
        if found is None:
            raise PublishError(
                f"{self.branch} of {self.remote} cannot be read in {self._repository.root}",
                hint=f"`git fetch {self.remote} {self.branch}` says why",
            )
        self._commit = found

    def contents(self, path: Path) -> bytes:
        """A file as the commit has it.

        Raises:
            GitError: It is not in it.
        """
        return self._repository.show(self.commit, self._repository.relative(path.absolute()))

    def read(self, paths: Sequence[Path]) -> tuple[ListFile, ...]:
        """The list files as they are on the remote now.

        Raises:
            PublishError: One is not there.
            ListFormatError: One is not shaped as a list.
        """
        self.refresh()
        try:
            return tuple(parse_list(path, self.contents(path)) for path in paths)
        except GitError as error:
            raise PublishError(
                f"{self.branch} of {self.remote} has not every list file: {error.problem}",
                hint="check [list] preview, full and branch",
            ) from error
