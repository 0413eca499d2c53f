"""Where config becomes the report: what is read for it, and what drifted.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.wiring.memory import has_database, make_encoder, open_cache, topic_aliases
from pipeline.wiring.models import make_watch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path
    from typing import Any

    from pipeline.config import Config
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
        list_name=config.github.repository or config.list.repo.resolve().name,
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
