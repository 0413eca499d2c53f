"""Where config becomes the list's repository, and those who commit to it.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, PublishError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import TypeAlias

    from pipeline.config import Config
    from pipeline.git import Identity, Repository
    from pipeline.lists.reader import ListFile
    from pipeline.ports import Publisher
    from pipeline.publish.provenance import PaperCommit
    from pipeline.publish.remote_list import RemoteList

    ListReader: TypeAlias = Callable[[Sequence[Path]], tuple[ListFile, ...]]


def open_repository(config: Config) -> Repository:
    """The list's git repository."""
    from pipeline.git import Repository

    return Repository.open(config.list.repo)


def recover_list(config: Config, *, catch_up: bool = False) -> None:
    """Put in order what a killed run left in the list's checkout.

    Args:
        config: The config.
        catch_up: Take in what the remote has too, where commits are pushed: the killed
            run may have pushed before it wrote here.

    Raises:
        PublishError: A file cannot be put back.
    """
    from pipeline.git import Identity
    from pipeline.publish.commit import CommitPublisher

    pushes = config.publish.push and config.publish.mode == "commit"
    CommitPublisher(
        open_repository(config),
        branch=config.list.branch if catch_up else "",
        author=Identity(name="Shortlist", email="shortlist@localhost"),  # it commits nothing
        push=catch_up and pushes,
    ).recover()


def author(config: Config) -> Identity:
    """Who commits: ``[publish] author``, else git's own identity.

    Raises:
        ConfigError: The author is not of the form ``Name <mail>``.
        SetupError: Neither is set.
    """
    from pipeline.git import Identity

    if config.publish.author:
        given = Identity.parse(config.publish.author)
        if given is None:
            raise ConfigError(
                f"{config.path}: [publish] author: {config.publish.author!r}"
                " is not of the form Name <mail@example.org>"
            )
        return given
    own = open_repository(config).identity()
    if own is None:
        raise SetupError(
            "git knows no author for the list's commits",
            hint='set [publish] author = "Name <mail@example.org>", or git\'s user.name and'
            " user.email",
        )
    return own


def reviewer(config: Config) -> str:
    """The name kept with decisions: ``[review] reviewer``, git's user.name, or the login."""
    if config.review.reviewer:
        return config.review.reviewer
    own = open_repository(config).identity()
    return own.name if own else getpass.getuser()


def remote_list(config: Config) -> RemoteList | None:
    """The list on its remote, where entries are proposed to it; ``None`` where they are committed.

    A pull request goes to what is there, whatever the checkout holds.
    """
    if config.publish.mode == "commit":
        return None
    from pipeline.publish.remote_list import RemoteList

    return RemoteList(open_repository(config), branch=config.list.branch)


def list_reader(config: Config) -> ListReader:
    """Reads the list files where entries go: in the checkout, or on the remote."""
    from pipeline.publication import read_lists

    remote = remote_list(config)
    return read_lists if remote is None else remote.read


def list_commit(config: Config) -> str:
    """Names the commit of the list that counts: what is checked out, or the remote's newest."""
    remote = remote_list(config)
    return "HEAD" if remote is None else remote.commit


def taken_back(config: Config) -> tuple[PaperCommit, ...]:
    """What the list's history says was taken back last."""
    from pipeline.publish.provenance import papers_taken_back

    return papers_taken_back(open_repository(config), rev=list_commit(config))


def told_of(config: Config, arxiv_id: str) -> tuple[PaperCommit, ...]:
    """What the list's history says of one paper, newest first."""
    from pipeline.publish.provenance import commits_about

    return commits_about(open_repository(config), arxiv_id, rev=list_commit(config))


def make_publisher(config: Config, branch: str = "") -> Publisher:
    """What commits to the list or proposes to it, as ``[publish]`` says.

    Args:
        config: The config.
        branch: The branch of a proposal, "" for that of approved papers.

    Raises:
        SetupError: Pull requests need a token and the repository's name on GitHub.
    """
    from pipeline.publish.commit import CommitPublisher
    from pipeline.publish.pull_request import BRANCH, PullRequestPublisher
    from pipeline.wiring.github import make_github

    remote = remote_list(config)
    if remote is None:
        return CommitPublisher(
            open_repository(config),
            branch=config.list.branch,
            author=author(config),
            push=config.publish.push,
        )
    return PullRequestPublisher(
        open_repository(config),
        base=remote,
        author=author(config),
        requests=make_github(config),
        branch=branch or BRANCH,
    )


def make_committer(config: Config) -> Publisher:
    """What commits to the list, for changes that are never proposed.

    Raises:
        PublishError: ``[publish] mode`` is not ``"commit"``.
    """
    if config.publish.mode != "commit":
        raise PublishError(
            f"{config.path}: with [publish] mode = {config.publish.mode!r} the list is not"
            " committed to, and roll-over and topics are not proposed",
            hint='set mode = "commit" for this command, or do it by hand',
        )
    return make_publisher(config)
