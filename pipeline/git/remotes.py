"""What a repository asks of its remotes: one class, for :class:`.repository.Repository` to be."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pipeline.git.program import NETWORK_TIMEOUT_SECONDS, push_git, run_git

if TYPE_CHECKING:
    from pathlib import Path


class WithRemotes:
    """A repository that knows other repositories by name."""

    root: Path

    def remotes(self) -> tuple[str, ...]:
        """The names of the remotes."""
        return tuple(run_git(self.root, "remote").decode("utf-8", "surrogateescape").split())

    def remote_tip(self, remote: str, branch: str) -> str | None:
        """Where ``branch`` is on ``remote`` now, or ``None`` if it has no such branch.

        Raises:
            GitError: The remote cannot be reached.
        """
        ref = f"refs/heads/{branch}"
        command = ("ls-remote", "--", remote, ref)
        out = run_git(self.root, *command, timeout_seconds=NETWORK_TIMEOUT_SECONDS)
        # ls-remote matches the end of names, so others may come along.
        pairs = (line.split("\t") for line in os.fsdecode(out).split("\n") if line)
        return next((sha for sha, name in pairs if name == ref), None)

    def fetch(self, remote: str, refspec: str, *, depth: int = 0) -> None:
        """Fetch ``refspec``, no tags; only the newest ``depth`` commits unless 0."""
        options = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"]
        if depth:
            options.append(f"--depth={depth}")
        command = ("fetch", *options, "--", remote, refspec)
        run_git(self.root, *command, timeout_seconds=NETWORK_TIMEOUT_SECONDS)

    def push(self, remote: str, refspec: str) -> None:
        """Push ``refspec``; nothing is ever forced.

        Raises:
            PushRejectedError: The remote has commits that this one does not contain.
            GitError: The remote cannot be reached, or refuses for another reason.
        """
        push_git(self.root, remote, refspec.removeprefix("+"))

    def replace_branch(
        self, remote: str, branch: str, commit: str, *, expected: str | None
    ) -> None:
        """Put ``branch`` on ``remote`` at ``commit``, whatever it held, if it is at ``expected``.

        The one push that may take commits away: for a branch that is nobody's but ours.

        Raises:
            PushRejectedError: It is elsewhere (``None``: it is there).
            GitError: The remote cannot be reached, or refuses for another reason.
        """
        ref = f"refs/heads/{branch}"
        push_git(self.root, remote, f"{commit}:{ref}", lease=f"{ref}:{expected or ''}")
