"""The desk: queue, draft, list and publication joined for those who review."""

from __future__ import annotations

from pipeline.desk.desk import DeskTools, ReviewDesk

__all__ = ["DeskTools", "ReviewDesk"]
