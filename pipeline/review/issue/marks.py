"""Hidden marks of a dashboard's body: the grammar that writer and reader share.

All marks are HTML comments, which GitHub does not show. No text from outside can
hold one: it is written by :func:`pipeline.lists.harmless.harmless`.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

Kind = Literal["approve", "reject", "later", "undo"]
"""What a box asks for. Approval under another topic than the candidate's is ``approve`` with it."""

MOST_CHARACTERS = 65_000
"""Longest body that is written; GitHub takes 65,536 characters."""

TITLE_MARK = re.compile(r"<!-- shortlist:dashboard 1 ([0-9a-f]{16})((?: [0-9a-f]{8})?) -->")
BOX_MARK = re.compile(
    r"<!-- shortlist:(?P<id>[\w.\-]+(?:/\d+)?) r(?P<revision>\d{1,18})"
    r" (?P<kind>approve|reject|later|undo)(?: (?P<topic>[0-9a-f]{10}))? -->",
    re.ASCII,
)
ALL_MARK = re.compile(r"<!-- shortlist:all((?: [\w.\-]+(?:/\d+)?@\d{1,18})+) -->", re.ASCII)
COMMENTS_MARK = re.compile(r"<!-- shortlist:comments (\S{1,40}) -->", re.ASCII)
NOTICE = re.compile(r"- (?P<text>.{1,1200}) <!-- shortlist:notice (?P<at>\S{1,40}) -->")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What could not be done, kept on the dashboard for a while.

    Attributes:
        at: When (UTC, whole seconds).
        markdown: One line that is harmless already.
    """

    at: datetime
    markdown: str


def topic_key(topic: str) -> str:
    """Stands for a topic in a mark, whatever its name holds."""
    return hashlib.sha256(topic.encode()).hexdigest()[:10]


def box_mark(arxiv_id: str, revision: int, kind: Kind, topic: str = "") -> str:
    """The mark of a box that asks something of a candidate as it was at ``revision``."""
    place = f" {topic_key(topic)}" if topic else ""
    return f"<!-- shortlist:{arxiv_id} r{revision} {kind}{place} -->"


def all_mark(candidates: tuple[tuple[str, int], ...]) -> str:
    """The mark of a box that approves candidates, given as (identifier, revision)."""
    named = " ".join(f"{arxiv_id}@{revision}" for arxiv_id, revision in candidates)
    return f"<!-- shortlist:all {named} -->"


def notice_line(notice: Notice) -> str:
    """A notice as a line of the body."""
    return f"- {notice.markdown} <!-- shortlist:notice {written_time(notice.at)} -->"


def comments_mark(until: datetime) -> str:
    """The mark that says up to when comments were read."""
    return f"<!-- shortlist:comments {written_time(until)} -->"


def written_time(when: datetime) -> str:
    """A time in a mark, to the second."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str) -> datetime | None:
    """A time from a mark; ``None`` where it is none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when.astimezone(UTC) if when.tzinfo else None


def settled(text: str) -> str:
    """A body as it compares: line ends and blanks at its end are the browser's business."""
    return text.replace("\r\n", "\n").rstrip()


def sealed(text: str, *, token: str = "") -> str:
    """A body with its first line: a mark that holds a checksum of the rest, and a token.

    Args:
        text: The rest.
        token: Eight hexadecimal digits that tell this writing from others of the same text.
    """
    told = f"{_checksum(text)} {token}".rstrip()
    return f"<!-- shortlist:dashboard 1 {told} -->\n{text}"


def is_dashboard(body: str) -> bool:
    """Whether a body is, or was, a dashboard's."""
    return TITLE_MARK.search(body) is not None


def is_untouched(body: str) -> bool:
    """Whether a body stands as Shortlist wrote it: no person has changed a letter."""
    first, _, rest = settled(body).partition("\n")
    found = TITLE_MARK.fullmatch(first)
    return found is not None and found[1] == _checksum(rest)


def seal_of(body: str) -> str:
    """Checksum and token that a body was written with, whatever became of it; "" if gone."""
    found = TITLE_MARK.search(body)
    return found[1] + found[2] if found else ""


def shows_the_same(body: str, other: str) -> bool:
    """Whether two bodies differ at most in their first lines' tokens, and in line ends."""
    return _without_token(body) == _without_token(other)


def _without_token(body: str) -> str:
    return TITLE_MARK.sub(r"<!-- \1 -->", settled(body), count=1)


def _checksum(text: str) -> str:
    return hashlib.sha256(settled(text).encode(errors="replace")).hexdigest()[:16]
