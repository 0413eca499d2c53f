"""Where config becomes the keeping of the dashboard issue.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from pipeline.wiring.github import make_github
from pipeline.wiring.jobs import make_publish_job
from pipeline.wiring.memory import open_engine, open_ledger, open_queue
from pipeline.wiring.repository import author, open_repository
from pipeline.wiring.review import make_desk

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.config import Config
    from pipeline.dashboard import DashboardJob

log = logging.getLogger(__name__)


def make_dashboard_job(config: Config, *, now: datetime, saves: bool = False) -> DashboardJob:
    """The dashboard of the config's list, as whom ``GITHUB_TOKEN`` says.

    Args:
        config: The config.
        now: The time (UTC).
        saves: Whether the state is pushed before the issue is written anew.

    Raises:
        SetupError: The repository on GitHub or the token is not set.
    """
    from pipeline.dashboard import DashboardJob
    from pipeline.publication import publish_approved

    return DashboardJob(
        github=make_github(config),
        desk=make_desk(config, clock=lambda: now),
        queue=open_queue(config),
        ledger=open_ledger(config),
        publish=lambda: publish_approved(make_publish_job(config, now=now)),
        title=config.github.dashboard_title,
        now=now,
        keep=(lambda: _save_state(config, now)) if saves else (lambda: None),
    )


def _save_state(config: Config, now: datetime) -> None:
    from pipeline.state.snapshot import save_snapshot

    saved = save_snapshot(
        open_engine(config),
        open_repository(config),
        config.state.branch,
        identity=author(config),
        push=True,
        now=now,
    )
    for lost in saved.lost:
        log.warning("%s", lost)
