"""What a maintainer has before them while they decide, as values, and the desk that gives them.

Every surface (browser, terminal, GitHub issue) asks a :class:`Desk` and shows
what it answers; none knows the queue's database, the list's files or git.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from db.records import (
        Candidate,
        CandidateFilter,
        DecidedPaper,
        Decision,
        EntryEdit,
        Fetch,
        Verdict,
    )
    from pipeline.outcome import Publication


MOST_AT_ONCE = 500
"""Candidates that one bulk action decides: it holds the queue while it does, about a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftedEntry:
    """The entry as it will stand in the list, with what a maintainer changed in it.

    Attributes:
        topic: The topic it goes to.
        title: Without the final full stop.
        authors: As the list shows them.
        venue: "" for none.
        keywords: In their order.
        digest: "" where none could be drafted.
        links: (label, address) in their order.
        markdown: Its lines in the list's form, "" where it cannot be written.
        problem: Why it cannot be written into the list, in one line, or "".
    """

    topic: str
    title: str
    authors: str
    venue: str
    keywords: tuple[str, ...]
    digest: str
    links: tuple[tuple[str, str], ...]
    markdown: str
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One candidate with all that is needed to decide.

    Attributes:
        candidate: The paper, its scores and where it stands.
        entry: What an approval would write.
        all_topics: The list's topics, in the list's order.
        history: What was decided about it, oldest first.
    """

    candidate: Candidate
    entry: DraftedEntry
    all_topics: tuple[str, ...]
    history: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the day's work is: ``done`` decided today, of ``of`` with those that wait."""

    done: int
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """A part of the queue, and what filters could narrow it to.

    Attributes:
        candidates: Most relevant first.
        total: How many the filter finds in all.
        topics: Topics with how many wait under each, the most first.
        days: Announcement days with how many wait from each, newest first.
    """

    candidates: tuple[Candidate, ...]
    total: int
    topics: tuple[tuple[str, int], ...]
    days: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPreview:
    """What a publication would do now.

    Attributes:
        diff: Of the list files, safe to show: escapes in it are spelled out.
        entries: (identifier, title, topic) of each entry, in their order.
        message: Of the commit; "" if there is nothing to commit.
        problems: Approved candidates that cannot be written and would wait, a line each.
        token: Stands for exactly this; a publication that would differ is refused.
    """

    diff: str
    entries: tuple[tuple[str, str, str], ...]
    message: str
    problems: tuple[str, ...]
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedDay:
    """What is known of one announcement day.

    Attributes:
        day: The announcement day.
        mailing: ``due``, ``weekend`` or ``holiday``, as arXiv's calendar has it.
        owed: Whether papers of it may be missing.
        fetches: What each source delivered, by source.
    """

    day: date
    mailing: str
    owed: bool
    fetches: tuple[Fetch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """The last days, newest first; ``alarm`` is why a person must look, or ""."""

    days: tuple[FetchedDay, ...]
    alarm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The page of the model, as ``shortlist report`` made it.

    Attributes:
        html: The whole page, "" where none was made yet.
        made_at: When its file was written (UTC), ``None`` where there is none.
        hint: How to make one.
    """

    html: str
    made_at: datetime | None
    hint: str


class Desk(Protocol):
    """The work of one reviewer. What others did is seen by every next call.

    Methods that name a candidate raise ``UnknownCandidateError`` for one that was
    never queued; those that change one raise ``DecidedError`` or ``ChangedError``
    if it was changed since ``revision`` (``None`` looks at its state only), and
    then change nothing. All may raise ``DatabaseError`` and ``PipelineError``.
    """

    @property
    def reviewer(self) -> str:
        """The name kept with decisions."""
        ...

    def of_reviewer(self, name: str) -> Desk:
        """The desk of another reviewer; both share what was read of the list."""
        ...

    def topics(self) -> tuple[str, ...]:
        """The list's topics, in the list's order."""
        ...

    def progress(self) -> Progress:
        """How far the day's work is."""
        ...

    def queue(self, wanted: CandidateFilter, *, offset: int = 0, limit: int = 50) -> QueuePage:
        """The candidates that ``wanted`` finds, most relevant first."""
        ...

    def candidate(self, arxiv_id: str) -> Candidate:
        """One candidate."""
        ...

    def card(self, arxiv_id: str) -> Card:
        """One candidate with all that is needed to decide."""
        ...

    def decide(
        self,
        arxiv_id: str,
        verdict: Verdict,
        *,
        topic: str = "",
        reason: str = "",
        revision: int | None = None,
        request: str = "",
    ) -> Card:
        """Approve, reject or defer; ``topic`` is one of the list, or "" to keep its own.

        ``request`` names what asked for it ("comment:123"); a second one of the name is
        refused with ``RepeatedRequestError``.

        Raises:
            DecisionError: The list has no such topic.
        """
        ...

    def undo(self, arxiv_id: str, *, revision: int | None = None, request: str = "") -> Card:
        """Take back the last decision or edit."""
        ...

    def edit(
        self,
        arxiv_id: str,
        edit: EntryEdit,
        *,
        topic: str = "",
        revision: int | None = None,
        request: str = "",
    ) -> Card:
        """Keep what a maintainer changed in the entry: all of it, as given.

        Raises:
            EntryEditError: A value cannot stand in an entry.
        """
        ...

    def preview(self, arxiv_id: str, edit: EntryEdit, *, topic: str = "") -> DraftedEntry:
        """The entry as :meth:`edit` would have it; nothing is kept, and nothing refused."""
        ...

    def decide_found(
        self, verdict: Verdict, wanted: CandidateFilter, *, count: int
    ) -> tuple[Candidate, ...]:
        """Give all that ``wanted`` finds one verdict: all of them, or none.

        Raises:
            DecisionError: It does not find exactly ``count``.
        """
        ...

    def history(
        self, *, offset: int = 0, limit: int = 50, reviewer: str = ""
    ) -> tuple[DecidedPaper, ...]:
        """What was decided, newest first; of all reviewers, or of one."""
        ...

    def story(self, arxiv_id: str) -> Mapping[str, object]:
        """All that is known of a paper, also of one that was never queued, ready for JSON.

        Keys: ``arxiv_id``, ``title``, ``why``, ``answer``, ``events`` and the facts behind.
        """
        ...

    def preview_publication(self) -> PublishPreview:
        """What :meth:`publish` would do now; nothing is written."""
        ...

    def publish(self, token: str) -> Publication:
        """Publish what was approved, if it is what ``token`` stands for.

        Raises:
            PublicationChangedError: It would do something else by now.
        """
        ...

    def ledger(self, *, days: int = 14) -> LedgerPage:
        """What each source delivered in the last ``days`` days."""
        ...

    def report(self) -> Report:
        """The page of the model."""
        ...
