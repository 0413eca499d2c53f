"""The dashboard issue, as text both ways: the queue as a body with boxes, and ticks read back.

Pure: asks nobody and changes nothing. The database is the truth; a body is only what it
looked like when it was written, so each box carries the candidate's revision, and a tick
counts for that revision alone.
"""

from __future__ import annotations

from pipeline.review.issue.body import Dashboard, render_body
from pipeline.review.issue.commands import Command, find_commands
from pipeline.review.issue.marks import Notice, is_dashboard, is_untouched
from pipeline.review.issue.ticks import Ticks, Wish, read_ticks

__all__ = [
    "Command",
    "Dashboard",
    "Notice",
    "Ticks",
    "Wish",
    "find_commands",
    "is_dashboard",
    "is_untouched",
    "read_ticks",
    "render_body",
]
