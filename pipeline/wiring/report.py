"""Where config becomes the report and the digest: what is read for them, and what drifted.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from pipeline.wiring.github import repository_name
from pipeline.wiring.memory import (
    has_database,
    make_encoder,
    open_cache,
    open_ledger,
    open_queue,
    topic_aliases,
)
from pipeline.wiring.models import make_watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path
    from typing import Any

    from pipeline.config import Config
    from pipeline.digest import DigestJob
    from pipeline.pages.facts import Drift
    from pipeline.reporting.job import ReportJob


def make_report_job(
    config: Config,
    *,
    papers: tuple[Path, ...],
    replay: Path,
    evaluation: Mapping[str, Any],
    drift: Drift | None,
    today: date,
    notes: tuple[str, ...],
) -> ReportJob:
    """What a report is made of.

    Raises:
        GitError: The list's repository cannot be read.
        SetupError: No commit has a list file.
    """
    from pipeline.lists.past.history import opened
    from pipeline.replay.past import ListPast
    from pipeline.reporting.job import ReportJob
    from pipeline.sources.recorded import read_papers

    with opened(config.list.repo) as repository:
        past = ListPast(repository, (config.list.preview, config.list.full))
    return ReportJob(
        list_name=_list_name(config),
        past=past,
        replay=replay,
        listed={paper.arxiv_id: paper for path in papers for paper in read_papers(path)[0]},
        aliases=topic_aliases(config),
        evaluation=evaluation,
        drift=drift,
        today=today,
        encoder=make_encoder(config),
        cache=open_cache(config),
        notes=notes,
    )


def find_drift(config: Config, *, today: date) -> Drift | None:
    """What drifted in the config's queue, for the page; ``None`` where there is no queue."""
    from pipeline.pages.facts import Drift, FormingTopic

    if not has_database(config):
        return None
    watch = make_watch(config, today=today)
    return Drift(
        lines=watch.lines,
        new_topics=tuple(
            FormingTopic(words=each.words, papers=each.typical) for each in watch.drift.gatherings
        ),
    )


def make_digest_job(config: Config, *, days: int, now: datetime) -> DigestJob:
    """What a digest of the last ``days`` days is made of."""
    from pipeline.digest import DigestJob

    return DigestJob(
        list_name=_list_name(config),
        queue=open_queue(config),
        ledger=open_ledger(config),
        dashboard=_dashboard(config),
        days=days,
        now=now,
    )


def _list_name(config: Config) -> str:
    return repository_name(config) or config.list.repo.resolve().name


def _dashboard(config: Config) -> str:
    """Where GitHub shows the list's issues, "" for a list that is not there.

    Source: GitHub's own interface is at api.github.com, that of a server of one's own below
    its address (https://docs.github.com/en/enterprise-server/rest, "/api/v3").
    """
    repository = repository_name(config)
    if not repository:
        return ""
    address = urlsplit(config.github.api_url)
    host = "github.com" if address.netloc == "api.github.com" else address.netloc
    return f"{address.scheme}://{host}/{quote(repository)}/issues"
