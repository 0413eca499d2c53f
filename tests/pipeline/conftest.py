"""What the jobs' tests share with those of the lanes."""

from __future__ import annotations

from tests.pipeline.sources.live.conftest import start

__all__ = ["start"]
