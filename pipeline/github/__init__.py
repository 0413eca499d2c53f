"""GitHub, as far as Shortlist needs it: issues, comments, pull requests, permissions, workflows.

The one place that speaks PyGithub, and only :mod:`.transport` imports it, so that naming
the records here costs nothing. Knows no candidate and no list.
"""

from __future__ import annotations

from pipeline.github.records import BodyEdit, BodyHistory, Comment, Issue, PullRequest

__all__ = ["BodyEdit", "BodyHistory", "Comment", "Issue", "PullRequest"]
