"""The dashboard issue kept in step with the queue, both ways.

The database is the truth. Ticks and commands are requests: the whole body and all
comments are read each time, so that an event which was lost, doubled or late changes
nothing. A tick counts for one revision of a candidate, a command is carried out once by
its comment's number.
"""

from __future__ import annotations

from pipeline.dashboard.event import Event, read_event
from pipeline.dashboard.job import apply_dashboard, sync_dashboard
from pipeline.dashboard.view import DashboardJob

__all__ = ["DashboardJob", "Event", "apply_dashboard", "read_event", "sync_dashboard"]
