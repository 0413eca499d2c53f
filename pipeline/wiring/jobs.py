"""Where config becomes jobs, each with what stands behind its ports.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.wiring.intake import make_intake
from pipeline.wiring.memory import (
    has_database,
    make_encoder,
    open_cache,
    open_engine,
    open_ledger,
    open_papers,
    open_queue,
    open_renames,
    submission_days,
    topic_aliases,
)
from pipeline.wiring.models import make_scorer, make_watch
from pipeline.wiring.repository import (
    list_commit,
    list_reader,
    make_committer,
    make_publisher,
    open_repository,
    reviewer,
    taken_back,
    told_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from pipeline.cleanup import CleanupJob, Forgetting
    from pipeline.config import Config
    from pipeline.daily import DailyJob
    from pipeline.housekeeping import RolloverJob, TopicJob
    from pipeline.ports import Progress, Publisher
    from pipeline.publication import PublishJob
    from pipeline.publish.diff import DiffPublisher
    from pipeline.story import StoryJob
    from pipeline.withdrawal import UndoJob

MOST_CACHE_BYTES = 512 * 1024 * 1024
"""Most bytes of the cache of vectors: those of more than two years."""


def make_publish_job(
    config: Config, *, now: datetime, publisher: Publisher | None = None
) -> PublishJob:
    """The publication of the config's list; with the config's publisher unless another is given."""
    from pipeline.publication import PublishJob

    return PublishJob(
        list_paths=config.list.paths,
        in_all_files=config.list.policy == "both",
        queue=open_queue(config),
        publisher=publisher or make_publisher(config),
        now=now,
        taken_back=lambda: taken_back(config),
        told_of=lambda arxiv_id: told_of(config, arxiv_id),
        reader=list_reader(config),
    )


def make_undo_job(config: Config, *, now: datetime, publisher: Publisher | None = None) -> UndoJob:
    """Taking back, as the config's reviewer; with its publisher unless another is given."""
    from pipeline.withdrawal import UndoJob

    return UndoJob(
        list_paths=config.list.paths,
        queue=open_queue(config),
        publisher=lambda branch="": publisher or make_publisher(config, branch),
        repository=lambda: open_repository(config),
        reviewer=reviewer(config),
        now=now,
        reader=list_reader(config),
    )


def make_story_job(config: Config) -> StoryJob:
    """Where the config's program remembers a paper."""
    from pipeline.story import StoryJob

    return StoryJob(
        queue=open_queue(config),
        papers=open_papers(config),
        ledger=open_ledger(config),
        list_paths=config.list.paths,
        repository=lambda: open_repository(config),
        categories=tuple(config.sources.categories),
        reader=list_reader(config),
        rev=lambda: list_commit(config),
    )


def make_daily_job(
    config: Config,
    *,
    day: date,
    now: datetime,
    publisher: Publisher | None = None,
    reading: Progress | None = None,
    progress: Progress | None = None,
) -> DailyJob:
    """The daily job of the config for an announcement day.

    Args:
        config: The config.
        day: The announcement day.
        now: The time of the run (UTC).
        publisher: With the config's unless another is given.
        reading: Called while arXiv is read.
        progress: Called while abstracts are encoded.
    """
    from pipeline.daily import DailyJob

    return DailyJob(
        publication=make_publish_job(config, now=now, publisher=publisher),
        intake=make_intake(config, now=now, progress=reading),
        ledger=open_ledger(config),
        scorer=make_scorer(config, progress=progress),
        aliases=topic_aliases(config),
        per_day=config.queue.per_day,
        audit_per_week=config.queue.audit_per_week,
        watch=lambda: make_watch(config, today=day),
        expire_days=config.queue.expire_days,
        day=day,
    )


def make_rollover_job(
    config: Config, *, as_of: date, publisher: Publisher | None = None
) -> RolloverJob:
    """The roll-over of the config's list; with the config's publisher unless another is given."""
    from pipeline.housekeeping import RolloverJob

    return RolloverJob(
        list_paths=config.list.paths,
        publisher=publisher or make_committer(config),
        repository=open_repository(config),
        submitted=lambda arxiv_ids: submission_days(config, arxiv_ids),
        aliases=topic_aliases(config),
        preview_days=config.list.preview_days,
        as_of=as_of,
    )


def make_forgetting(config: Config, *, now: datetime) -> Forgetting:
    """What bounds the config's memory."""
    from db.upkeep import Upkeep
    from pipeline.cleanup import Forgetting

    return Forgetting(
        upkeep=Upkeep(open_engine(config)),
        store=open_papers(config),
        ledger=open_ledger(config),
        sets=config.sources.sets,
        keep_seen_days=config.state.keep_seen_days,
        now=now,
        listed=lambda: _listed_ids(config),
    )


def _listed_ids(config: Config) -> frozenset[str]:
    """Identifiers of the list's entries.

    Raises:
        ListFormatError: A list file cannot be read, and so nothing is forgotten.
    """
    from pipeline.publication import read_lists

    files = read_lists(config.list.paths)
    return frozenset(entry.arxiv_id for file in files for entry in file.entries if entry.arxiv_id)


def make_cleanup_job(config: Config, *, now: datetime) -> CleanupJob:
    """The clean-up of the config's database and of what lies beside it."""
    from pipeline.cleanup import CleanupJob

    def shrink() -> dict[str, int]:
        from pipeline.sources.raw import RawAnswers

        encoder = make_encoder(config).identity
        return {
            "vectors": open_cache(config).shrink(encoder, most_bytes=MOST_CACHE_BYTES),
            "answers": RawAnswers(config.raw_path).shrink(now),
        }

    return CleanupJob(
        forgetting=make_forgetting(config, now=now),
        queue=open_queue(config),
        expire_days=config.queue.expire_days,
        shrink=shrink,
    )


def make_topic_job(
    config: Config, *, now: datetime, publisher: Publisher | None = None
) -> TopicJob:
    """A change of the list's topics; with the config's publisher unless another is given."""
    from pipeline.housekeeping import TopicJob

    return TopicJob(
        list_paths=config.list.paths,
        publisher=publisher or make_committer(config),
        renames=open_renames(config),
        now=now,
    )


@contextmanager
def dry_run(config: Config) -> Iterator[tuple[Config, DiffPublisher]]:
    """The config with copies of its database and vectors, and a publisher that only shows diffs.

    A dry run is a real run on copies that are thrown away: no step needs to
    know of it.
    """
    from db.dump import dump, load
    from db.engine import open_database
    from pipeline.publish.diff import DiffPublisher

    with tempfile.TemporaryDirectory(prefix="shortlist-dry-run-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/shortlist.db"
        if has_database(config):
            dump(open_engine(config), folder / "state")
            load(open_database(url), folder / "state")
        queue = config.queue.model_copy(update={"url": url})
        # What lies beside the config, the cache of vectors and arXiv's answers, lies there too.
        copy = config.model_copy(update={"queue": queue, "path": folder / config.path.name})
        copy.cache_path.parent.mkdir()
        for suffix in ("", "-wal"):
            kept = config.cache_path.with_name(config.cache_path.name + suffix)
            if kept.is_file():
                shutil.copy(kept, copy.cache_path.parent)
        yield copy, DiffPublisher(config.list.repo)
