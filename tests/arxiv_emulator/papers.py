"""A paper as arXiv holds it: what changed when, and what that makes at any moment.

A paper is its identifier and a row of changes; :func:`state_of` folds those that
are visible into a :class:`State`. Knows no interface and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from tests.arxiv_emulator.clock import API_DELAY, OAI_DELAY

LICENSE = "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"
_NONE = timedelta(0)

_Value = TypeVar("_Value")


class Action(StrEnum):
    """What a change is, in the words of arXiv's mailings (``touch``: in none)."""

    NEW = "new"
    CROSS = "cross"
    REPLACE = "replace"
    ABSONLY = "absonly"
    WITHDRAW = "wdr"
    TOUCH = "touch"


class View(StrEnum):
    """One of the three interfaces."""

    OAI = "oai"
    RSS = "rss"
    API = "api"


DELAYS = {View.OAI: OAI_DELAY, View.API: API_DELAY, View.RSS: _NONE}
"""From the announcement to each interface; RSS selects by date besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """An author: the name as the API shows it, and as the author typed it in TeX."""

    name: str
    tex: str = ""
    affiliation: str = ""

    @property
    def raw(self) -> str:
        """As OAI (arXivRaw) and RSS show it."""
        return (self.tex or self.name) + (f" ({self.affiliation})" if self.affiliation else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version; ``source_type`` "I" is arXiv's (unreliable) mark of a withdrawal."""

    number: int
    submitted: datetime
    size_kb: int = 42
    source_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a paper says, in raw TeX."""

    title: str
    abstract: str
    authors: tuple[Author, ...]
    submitter: str = ""
    comment: str = ""
    proxy: str = ""
    report_no: str = ""
    msc: str = ""
    acm: str = ""
    dois: tuple[str, ...] = ()
    journal_ref: str = ""
    license: str = LICENSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something about a paper that became public.

    Attributes:
        at: The announcement, or the moment of a change without one.
        day: The announcement day; ``None`` without one.
        action: What happened.
        version: The version it brought.
        categories: All of them afterwards, primary first; ``None``: as before.
        comment: The new comment; ``None``: as before. Likewise the next three.
    """

    at: datetime
    day: date | None
    action: Action
    version: Version | None = None
    categories: tuple[str, ...] | None = None
    comment: str | None = None
    abstract: str | None = None
    journal_ref: str | None = None
    dois: tuple[str, ...] | None = None

    def seen_at(self, view: View) -> datetime:
        """When ``view`` shows it."""
        return self.at if self.day is None else self.at + DELAYS[view]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper and its history, oldest change first; ``texts=None`` are made up when asked for."""

    arxiv_id: str
    changes: tuple[Change, ...]
    texts: Texts | None = None
    api_lag: timedelta = _NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A paper at a moment.

    Attributes:
        paper: Whose state.
        versions: Numbered upwards.
        categories: Primary first.
        announced: First announcement day.
        modified: When OAI says it was last modified.
        withdrawn: Whether the last version withdrew it.
        comment: As changed since the first version, ``None`` if not. Likewise the next three.
    """

    paper: Paper
    versions: tuple[Version, ...]
    categories: tuple[str, ...]
    announced: date
    modified: datetime
    withdrawn: bool = False
    comment: str | None = None
    abstract: str | None = None
    journal_ref: str | None = None
    dois: tuple[str, ...] | None = None

    @property
    def version(self) -> Version:
        """The current version."""
        return self.versions[-1]

    @property
    def submitted(self) -> datetime:
        """When the first version was submitted."""
        return self.versions[0].submitted


def state_of(paper: Paper, moment: datetime, view: View) -> State | None:
    """What ``view`` knows of ``paper`` at ``moment``; ``None`` if nothing yet."""
    lag = paper.api_lag if view is View.API else _NONE
    seen = [change for change in paper.changes if change.seen_at(view) + lag <= moment]
    if not seen:
        return None
    first = seen[0]
    if first.version is None or first.categories is None or first.day is None:
        raise ValueError(f"{paper.arxiv_id} does not begin with a first version")
    if len(seen) == 1:  # most of them
        return State(
            paper=paper,
            versions=(first.version,),
            categories=first.categories,
            announced=first.day,
            modified=first.seen_at(View.OAI),
            comment=first.comment,
        )
    withdrawn = False
    for change in seen:
        if change.version is not None:
            withdrawn = change.action is Action.WITHDRAW
    return State(
        paper=paper,
        versions=tuple(change.version for change in seen if change.version is not None),
        categories=_last(change.categories for change in seen) or (),
        announced=first.day,
        modified=max(change.seen_at(View.OAI) for change in seen),
        withdrawn=withdrawn,
        comment=_last(change.comment for change in seen),
        abstract=_last(change.abstract for change in seen),
        journal_ref=_last(change.journal_ref for change in seen),
        dois=_last(change.dois for change in seen),
    )


def _last(values: Iterable[_Value | None]) -> _Value | None:
    """The last value that is not ``None``."""
    found: _Value | None = None
    for value in values:
        if value is not None:
            found = value
    return found
