"""What GitHub tells, as values: frozen, keyword-only, times aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

OpenOrClosed = Literal["open", "closed"]

MOST_BODY_CHARACTERS = 65_536
"""Longest body of an issue, a pull request or a comment.

Source: GitHub answers 422, "body is too long (maximum is 65536 characters)".
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue as it is now.

    Attributes:
        number: Its number in the repository.
        title: Its title.
        body: Its text; "" where there is none. Edited in a browser, lines may end in CRLF.
        state: Whether it is open.
        author: Login of who made it, "" for a deleted account.
        labels: Names of its labels.
        comments: How many comments it has.
        created_at: When it was made (UTC).
        updated_at: When anything of it changed last (UTC).
        url: Its page, for people.
    """

    number: int
    title: str
    body: str
    state: OpenOrClosed
    author: str
    labels: tuple[str, ...]
    comments: int
    created_at: datetime
    updated_at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment on an issue or a pull request.

    Attributes:
        comment_id: GitHub's number of it, over all repositories.
        author: Login of who wrote it, "" for a deleted account.
        body: Its text.
        created_at: When it was written (UTC).
        updated_at: When it was edited last, or written (UTC).
        url: Its place on the page, for people.
    """

    comment_id: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyEdit:
    """One version of an issue's body.

    Attributes:
        editor: Login of who made it, "" for a deleted account.
        edited_at: When (UTC).
        text: The body from then on; "" where GitHub does not tell it any more.
    """

    editor: str
    edited_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyHistory:
    """Who changed an issue's body.

    Attributes:
        last_editor: Login of who edited it last; of its author where nobody has; "" for a
            deleted account.
        edits: The latest versions, oldest first; none where nobody has edited it.
    """

    last_editor: str
    edits: tuple[BodyEdit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as it is now.

    Attributes:
        number: Its number in the repository.
        title: Its title.
        body: Its text; "" where there is none.
        state: Whether it is open.
        merged: Whether it was merged.
        head: Name of the branch it brings.
        head_commit: The commit at the tip of that branch.
        base: Name of the branch it goes to.
        url: Its page, for people.
    """

    number: int
    title: str
    body: str
    state: OpenOrClosed
    merged: bool
    head: str
    head_commit: str
    base: str
    url: str
