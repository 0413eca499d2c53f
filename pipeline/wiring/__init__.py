"""Where config becomes objects: the one place that picks what stands behind a port."""

from __future__ import annotations

from pipeline.wiring.dashboard import make_dashboard_job
from pipeline.wiring.github import make_github
from pipeline.wiring.intake import (
    find_paper,
    make_api,
    make_backfill,
    make_client,
    make_horizon,
    make_intake,
    make_live_intake,
    make_lookup,
    make_sources,
)
from pipeline.wiring.jobs import (
    dry_run,
    make_cleanup_job,
    make_daily_job,
    make_forgetting,
    make_publish_job,
    make_rollover_job,
    make_story_job,
    make_topic_job,
    make_undo_job,
)
from pipeline.wiring.memory import (
    has_database,
    kept_open,
    make_encoder,
    open_cache,
    open_engine,
    open_engine_anew,
    open_ledger,
    open_papers,
    open_queue,
    open_renames,
    remembered_papers,
    submission_days,
    topic_aliases,
)
from pipeline.wiring.models import (
    artifact_path,
    make_retrain_job,
    make_scorer,
    make_shelf,
    make_watch,
)
from pipeline.wiring.recording import hold_schedule, make_recorder
from pipeline.wiring.replay import run_replay
from pipeline.wiring.report import find_drift, make_digest_job, make_report_job
from pipeline.wiring.repository import (
    author,
    make_publisher,
    open_repository,
    recover_list,
    reviewer,
)
from pipeline.wiring.review import TOKEN_VARIABLE, make_desk, make_web_settings

__all__ = [
    "TOKEN_VARIABLE",
    "artifact_path",
    "author",
    "dry_run",
    "find_drift",
    "find_paper",
    "has_database",
    "hold_schedule",
    "kept_open",
    "make_api",
    "make_backfill",
    "make_cleanup_job",
    "make_client",
    "make_daily_job",
    "make_dashboard_job",
    "make_desk",
    "make_digest_job",
    "make_encoder",
    "make_forgetting",
    "make_github",
    "make_horizon",
    "make_intake",
    "make_live_intake",
    "make_lookup",
    "make_publish_job",
    "make_publisher",
    "make_recorder",
    "make_report_job",
    "make_retrain_job",
    "make_rollover_job",
    "make_scorer",
    "make_shelf",
    "make_sources",
    "make_story_job",
    "make_topic_job",
    "make_undo_job",
    "make_watch",
    "make_web_settings",
    "open_cache",
    "open_engine",
    "open_engine_anew",
    "open_ledger",
    "open_papers",
    "open_queue",
    "open_renames",
    "open_repository",
    "recover_list",
    "remembered_papers",
    "reviewer",
    "run_replay",
    "submission_days",
    "topic_aliases",
]
