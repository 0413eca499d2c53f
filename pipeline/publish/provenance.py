"""Where a change of the list comes from, as git trailers: a line for each paper.

::

    Shortlist-Paper: 2207.12020; change=add; decision=approve; reviewer=Mara Tester;
        relevance=0.93; model=2026-11-20; announced=2022-07-26     (one line in the commit)

``git log --format='%(trailers:key=Shortlist-Paper)'`` and ``git
interpret-trailers --parse`` read them, ``git log --grep`` finds them. A value
is percent-encoded where it could end its field or its line, hide, or make a
host act; decoded it is what it was.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pipeline.git import find_messages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.git import Message, Repository

KEY = "Shortlist-Paper"
"""The trailer's key."""

LOOKED_BACK = 100
"""How many commits with trailers are asked for what a killed run may have left undone."""

VALUE_LENGTH = 200
"""Longest value in a trailer, in characters; longer ones end in an ellipsis."""

# What GitHub acts on in a commit message: mentions, issues (#1, GH-1),
# addresses, and the words that keep its workflows from running.
# Source: GitHub Docs, "Autolinked references and URLs" and "Skipping workflow runs".
ACTIVE = re.compile(
    r"@(?=\w)|#(?=\w)|\bGH-(?=\d)|:(?=//)|\bwww(?=\.)"
    r"|\[(?=\s*(?:skip|no|ci|actions)[\s_-]+(?:skip|ci|actions)\s*\])",
    re.IGNORECASE,
)
_LINE = re.compile(rf"{KEY}:[ \t]*(?P<value>[^\r\n]*)$", re.MULTILINE)


class Change(StrEnum):
    """What became of a paper's entry."""

    ADD = "add"
    REMOVE = "remove"
    MOVE = "move"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Why a commit changed the entry of one paper.

    Attributes:
        arxiv_id: The paper.
        change: What the commit did to its entry.
        decision: What was decided: ``approve``, ``add`` (taken in by hand), ``undo``;
            ``rollover`` where the entry's age decided; "" where it is not known.
        reviewer: Who decided, "" for nobody.
        relevance: What the model said then, 0..1; ``None`` where none was asked.
        model: Version of the model, "" where none was asked.
        announced: The announcement day; ``None`` where it is not known.
    """

    arxiv_id: str
    change: Change
    decision: str = ""
    reviewer: str = ""
    relevance: float | None = None
    model: str = ""
    announced: date | None = None


def trailers(papers: Iterable[Provenance]) -> str:
    """A trailer line for each paper, each ended by a line feed."""
    return "".join(f"{KEY}: {_value(paper)}\n" for paper in papers)


def read_trailers(message: str) -> tuple[Provenance, ...]:
    """What the trailers of a commit message say, in their order.

    A line that says nothing of a paper is passed over: people edit messages.
    Trailers are found in the middle too, where a host put several messages into one.
    """
    found = (_read(line["value"]) for line in _LINE.finditer(message))
    return tuple(each for each in found if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCommit:
    """A commit that says of itself that it changed a paper's entry."""

    commit: Message
    paper: Provenance


def commits_about(
    repository: Repository, arxiv_id: str, *, rev: str = "HEAD"
) -> tuple[PaperCommit, ...]:
    """The commits that added, took out or moved a paper, by their trailers, newest first."""
    messages = find_messages(repository, f"{KEY}: {_encoded(arxiv_id)};", rev=rev)
    return tuple(
        PaperCommit(commit=message, paper=paper)
        for message in messages
        for paper in read_trailers(message.text)
        if paper.arxiv_id == arxiv_id
    )


def papers_taken_back(repository: Repository, *, rev: str = "HEAD") -> tuple[PaperCommit, ...]:
    """The papers of which the last that the list's history says is that they were taken back.

    The newest :data:`LOOKED_BACK` commits with trailers are asked.
    """
    latest: dict[str, PaperCommit] = {}
    for message in find_messages(repository, f"{KEY}: ", rev=rev, most=LOOKED_BACK):
        for paper in read_trailers(message.text):
            latest.setdefault(paper.arxiv_id, PaperCommit(commit=message, paper=paper))
    return tuple(each for each in latest.values() if each.paper.change is Change.REMOVE)


def _value(paper: Provenance) -> str:
    facts = {
        "change": paper.change.value,
        "decision": paper.decision,
        "reviewer": paper.reviewer,
        "relevance": "" if paper.relevance is None else f"{paper.relevance:.2f}",
        "model": paper.model,
        "announced": "" if paper.announced is None else paper.announced.isoformat(),
    }
    said = (f"{name}={_encoded(fact)}" for name, fact in facts.items() if fact)
    return "; ".join([_encoded(paper.arxiv_id), *said])


def _read(value: str) -> Provenance | None:
    arxiv_id, *fields = value.split(";")
    facts = dict(part.strip().split("=", 1) for part in fields if "=" in part)
    try:
        return Provenance(
            arxiv_id=unquote(arxiv_id.strip()),
            change=Change(facts["change"]),
            decision=unquote(facts.get("decision", "")),
            reviewer=unquote(facts.get("reviewer", "")),
            relevance=float(facts["relevance"]) if "relevance" in facts else None,
            model=unquote(facts.get("model", "")),
            announced=date.fromisoformat(facts["announced"]) if "announced" in facts else None,
        )
    except (KeyError, ValueError):
        return None


def _encoded(text: str) -> str:
    """``text`` as one field, that decodes to itself."""
    if len(text) > VALUE_LENGTH:
        text = text[: VALUE_LENGTH - 1] + "…"
    active = {found.end() - 1 for found in ACTIVE.finditer(text)}
    blanks = {at for at, c in enumerate(text) if c == " " and not text[at + 1 : at + 2].strip()}
    return "".join(
        "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace"))
        if at in active or at in blanks or (at == 0 and c == " ") or _ends_or_hides(c)
        else c
        for at, c in enumerate(text)
    )


def _ends_or_hides(character: str) -> bool:
    category = unicodedata.category(character)
    return character in '%;="\\' or (category[0] in "CZ" and character != " ")
