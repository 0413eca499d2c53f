"""The git program: the only package that starts it. Knows no list, no paper and no state."""

from __future__ import annotations

from pipeline.git.history import (
    Commit,
    Message,
    commits_since,
    find_changes,
    find_messages,
    read_blobs,
    read_history,
)
from pipeline.git.program import GitSetupError, PushRejectedError
from pipeline.git.repository import Identity, Repository, Revision, check_branch_name

__all__ = [
    "Commit",
    "GitSetupError",
    "Identity",
    "Message",
    "PushRejectedError",
    "Repository",
    "Revision",
    "check_branch_name",
    "commits_since",
    "find_changes",
    "find_messages",
    "read_blobs",
    "read_history",
]
