"""Processes that can be killed, each forked where all that Shortlist imports is imported.

A fresh interpreter for each of a hundred kills would take minutes. There is one fork
server in a test run, so that all that is imported ahead stands here.
"""

from __future__ import annotations

import multiprocessing

FORK_SERVER = multiprocessing.get_context("forkserver")

# What a run imports only when it needs it.
FORK_SERVER.set_forkserver_preload(
    [
        "__main__",
        "alembic.runtime.migration",
        "arxiv",
        "db.dump",
        "feedparser",
        "filelock",
        "models.artifact",
        "models.encoder",
        "models.training",
        "numpy",
        "pipeline.__main__",
        "pipeline.cli.fetch",
        "pipeline.daily",
        "pipeline.fetch",
        "pipeline.publish.commit",
        "pipeline.sources.recording",
        "pipeline.state.snapshot",
        "pipeline.wiring",
        "pipeline.wiring.jobs",
        "requests",
        "rich.progress",
        "skops.io",
        "tests.e2e.killed",
        "tests.faults.commands",
    ]
)
