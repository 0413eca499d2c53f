"""A dashboard's body read back: which boxes are ticked, however the rest of it looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipeline.review.issue.marks import (
    ALL_MARK,
    BOX_MARK,
    COMMENTS_MARK,
    NOTICE,
    Kind,
    Notice,
    read_time,
)

if TYPE_CHECKING:
    from datetime import datetime

_BOX = re.compile(r"\s*(?:>\s*)*(?:[-*+]|\d{1,9}[.)])\s+\[(?P<tick>[xX ])\]\s")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Wish:
    """A ticked box.

    Attributes:
        arxiv_id: The candidate.
        revision: The candidate's when the box was written.
        kind: What is asked for.
        topic_key: Of the topic to approve under, "" for the candidate's own.
        of_all: Whether it was asked for with one box for a whole group.
    """

    arxiv_id: str
    revision: int
    kind: Kind
    topic_key: str = ""
    of_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """What a body asks for.

    Attributes:
        wishes: Ticked boxes, in the body's order, each once.
        boxes: All boxes, ticked or not.
        unreadable: How many ticked boxes have lost the mark that says whose they are.
        notices: What the body says could not be done.
        comments_until: Up to when comments were read when it was written.
    """

    wishes: tuple[Wish, ...] = ()
    boxes: frozenset[Wish] = frozenset()
    unreadable: int = 0
    notices: tuple[Notice, ...] = ()
    comments_until: datetime | None = None


def read_ticks(body: str) -> Ticks:
    """Read a body that Shortlist wrote once, and people may have changed in any way.

    Lines may be missing, moved, quoted or end in CRLF. What stands in a block of code is
    not read.
    """
    wishes: dict[Wish, None] = {}
    boxes: set[Wish] = set()
    notices: list[Notice] = []
    until: datetime | None = None
    unreadable = 0
    for line in _prose(body):
        if box := _BOX.match(line):
            found = _wishes(line)
            boxes |= set(found)
            if box["tick"] != " ":
                wishes |= dict.fromkeys(found)
                unreadable += not found
        elif notice := NOTICE.fullmatch(line.strip()):
            at = read_time(notice["at"])
            notices += [Notice(at=at, markdown=notice["text"])] if at else []
        elif mark := COMMENTS_MARK.fullmatch(line.strip()):
            until = read_time(mark[1])
    return Ticks(
        wishes=tuple(wishes),
        boxes=frozenset(boxes),
        unreadable=unreadable,
        notices=tuple(notices),
        comments_until=until,
    )


def _wishes(line: str) -> list[Wish]:
    # The last mark is the line's own, wherever it stands.
    marks = list(BOX_MARK.finditer(line))
    if marks:
        mark = marks[-1]
        return [
            Wish(
                arxiv_id=mark["id"],
                revision=int(mark["revision"]),
                kind=cast("Kind", mark["kind"]),
                topic_key=mark["topic"] or "",
            )
        ]
    return [
        Wish(arxiv_id=arxiv_id, revision=int(revision), kind="approve", of_all=True)
        for mark in ALL_MARK.finditer(line)
        for arxiv_id, _, revision in (each.rpartition("@") for each in mark[1].split())
    ]


def _prose(body: str) -> list[str]:
    """The lines outside blocks of code; an end that is missing ends at the next box."""
    lines: list[str] = []
    fence = ""
    for line in body.replace("\r\n", "\n").split("\n"):
        begins = _FENCE.match(line)
        if not fence and begins:
            fence = begins[1]
        elif fence and begins and begins[1].startswith(fence):
            fence = ""
        elif not fence or BOX_MARK.search(line):
            lines.append(line)
    return lines
