"""Where the dashboard is: one issue, found by its label and its hidden mark.

The label is what is trusted: only those who may write can give it, while anybody could
copy the mark into an issue of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.review.issue import is_dashboard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.github.records import Issue

LABEL = "shortlist-dashboard"


def choose(issues: Sequence[Issue], *, title: str) -> tuple[Issue | None, tuple[Issue, ...]]:
    """The dashboard among the issues with its label, and others that claim to be it.

    An open one comes before a closed one, then the older. One whose body was emptied is
    known by its title where none has the mark.

    Args:
        issues: Those with the label, oldest first.
        title: The dashboard's title.
    """
    marked = [issue for issue in issues if is_dashboard(issue.body)]
    known = marked or [issue for issue in issues if issue.title == title]
    ranked = sorted(known, key=lambda issue: (issue.state != "open", issue.number))
    return (ranked[0], tuple(ranked[1:])) if ranked else (None, ())
