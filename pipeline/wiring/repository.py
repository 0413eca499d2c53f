"""Where config becomes the list's repository, and those who commit to it.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, PublishError, SetupError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.git import Identity, Repository
    from pipeline.ports import Publisher


def open_repository(config: Config) -> Repository:
    """The list's git repository."""
    from pipeline.git import Repository

    return Repository.open(config.list.repo)


def recover_list(config: Config) -> None:
    """Put in order what a killed run left in the list's checkout.

    Raises:
        PublishError: A file cannot be put back.
    """
    from pipeline.git import Identity
    from pipeline.publish.commit import CommitPublisher

    nobody = Identity(name="Shortlist", email="shortlist@localhost")  # recovering commits nothing
    CommitPublisher(open_repository(config), branch="", author=nobody, push=False).recover()


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


def make_publisher(config: Config) -> Publisher:
    """What commits to the list, as ``[publish]`` says.

    Raises:
        PublishError: The mode is not built yet.
    """
    from pipeline.publish.commit import CommitPublisher

    if config.publish.mode != "commit":
        raise PublishError(
            f"{config.path}: [publish] mode = {config.publish.mode!r} is not built yet",
            hint='set mode = "commit"',
        )
    return CommitPublisher(
        open_repository(config),
        branch=config.list.branch,
        author=author(config),
        push=config.publish.push,
    )
