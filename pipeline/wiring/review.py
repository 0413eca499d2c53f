"""Where config becomes a reviewer's desk, and the server of the review page.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.errors import SetupError
from pipeline.wiring.jobs import make_story_job
from pipeline.wiring.memory import open_ledger, open_queue
from pipeline.wiring.repository import (
    make_publisher,
    open_repository,
    remote_list,
    reviewer,
    taken_back,
    told_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.config import Config
    from pipeline.desk import ReviewDesk
    from pipeline.review.web.settings import WebSettings

TOKEN_VARIABLE = "SHORTLIST_REVIEW_TOKEN"  # noqa: S105 the name of one, not one
"""Environment variable with the token of a page that is not only for this machine."""

LEAST_TOKEN = 16
"""Characters of a token; nothing slows down who guesses."""


def _now() -> datetime:
    return datetime.now(UTC)


def make_desk(config: Config, *, clock: Callable[[], datetime] = _now) -> ReviewDesk:
    """The desk of the config's reviewer; ``clock`` is asked for the time (UTC) of each action."""
    from pipeline.desk import DeskTools, ReviewDesk
    from pipeline.desk.listed import ListReader
    from pipeline.story import story_as_json

    paths, remote = config.list.paths, remote_list(config)
    tools = DeskTools(
        queue=open_queue(config),
        ledger=open_ledger(config),
        lists=ListReader(paths),
        list_paths=paths,
        list_root=config.list.repo,
        in_all_files=config.list.policy == "both",
        make_publisher=lambda branch="": make_publisher(config, branch),
        taken_back=lambda: taken_back(config),
        told_of=lambda arxiv_id: told_of(config, arxiv_id),
        read_remote=remote.read if remote else None,
        open_repository=lambda: open_repository(config),
        story=lambda arxiv_id: story_as_json(make_story_job(config), arxiv_id),
        report_path=config.report_path,
        clock=clock,
    )
    return ReviewDesk(tools, reviewer(config))


def make_web_settings(config: Config, *, host: str, port: int) -> tuple[WebSettings, bool]:
    """How the page is served there: with a token where others than this machine can reach it.

    Raises:
        SetupError: The token is so short that it could be guessed.

    Returns:
        The settings, and whether their token was made up because the environment has
        none: then nobody knows it unless it is shown.
    """
    from pipeline.review.web.settings import WebSettings, is_loopback

    given = os.environ.get(TOKEN_VARIABLE, "").strip()
    if given and len(given) < LEAST_TOKEN:
        raise SetupError(
            f"the token in {TOKEN_VARIABLE} is too short to keep anybody out",
            hint=f"take {LEAST_TOKEN} characters or more, as `openssl rand -hex 16` makes them",
        )
    made = "" if given or is_loopback(host) else secrets.token_urlsafe(24)
    settings = WebSettings(
        host=host,
        port=port,
        hosts=config.review.hosts,
        token=given or made,
        proxy_header=config.review.proxy_header,
        trusted_proxies=config.review.trusted_proxies,
    )
    return settings, bool(made)
