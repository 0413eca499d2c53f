"""Where config becomes GitHub.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from pipeline.errors import SetupError

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.github.client import GitHub

TOKEN = "GITHUB_TOKEN"  # noqa: S105 -- the name of the variable
"""The environment's variable that holds the token; no config file does."""
REPOSITORY = "LIST_REPOSITORY"
"""The environment's variable that names the repository where the config file does not.

The workflows set it, so that a list that calls them needs no config file.
"""


def repository_name(config: Config) -> str:
    """The list's repository on GitHub, ``owner/name``; "" where nothing says which it is."""
    return config.github.repository or os.environ.get(REPOSITORY, "").strip()


def make_github(config: Config) -> GitHub:
    """The list's repository on GitHub, as ``[github]`` says, as whom ``GITHUB_TOKEN`` says.

    Without ``[github] repository`` it is the one that ``LIST_REPOSITORY`` names.

    Raises:
        SetupError: The repository or the token is not set.
    """
    repository = repository_name(config)
    if not re.fullmatch(r"[^/\s]+/[^/\s]+", repository):
        raise SetupError(
            f"{config.path}: [github] repository is not set",
            hint='write the list\'s own, such as repository = "owner/name"',
        )
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise SetupError(
            f"{TOKEN} is not set, so GitHub cannot be asked",
            hint=f"export {TOKEN}=… with a token that may write issues and pull requests",
        )
    from pipeline.github.client import GitHub
    from pipeline.github.transport import Transport

    return GitHub(Transport(api_url=config.github.api_url, token=token), repository)
