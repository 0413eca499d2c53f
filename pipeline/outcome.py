"""What the jobs report: plain values that the command line shows or prints as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.records import FetchStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from db.records import Fetch, Paper
    from models.artifact import Prediction


def span_of(days: Sequence[date]) -> str:
    """``days`` for people: the one day, or first, last and number."""
    if len(days) == 1:
        return str(days[0])
    return f"{min(days)} to {max(days)} ({len(days)} days)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one source delivered for one announcement day.

    Attributes:
        papers: Everything announced that day, replacements included.
        fetch: The line for the ledger: how complete it was, and what went wrong.
        set_aside: One line for each record that could not be read, with its place.
    """

    papers: tuple[Paper, ...]
    fetch: Fetch
    set_aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What the models said of some papers.

    Attributes:
        predictions: One per paper, in their order.
        model: Version of the artifact.
    """

    predictions: tuple[Prediction, ...]
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What was put before a person to be accepted.

    Attributes:
        url: Its page; "" where there is none.
        problems: Why it is not all that was to be proposed, one line each.
    """

    url: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What one publication did.

    Attributes:
        published: Identifiers committed, in the order of the decisions.
        commit: The list commit that holds them, "" if there was nothing to commit.
        closed: Identifiers that stood in the list already: a person wrote them,
            or an earlier run died between commit and database.
        problems: Approved entries that could not be written and wait, one line each.
        failed: Whether the list could not be committed to at all.
        proposed: Identifiers that a pull request proposes: they stay approved until it
            is merged.
        pull_request: Its page, "" where there is none.
    """

    published: tuple[str, ...] = ()
    commit: str = ""
    closed: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    failed: bool = False
    proposed: tuple[str, ...] = ()
    pull_request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardReport:
    """What keeping the dashboard issue did.

    Attributes:
        number: The issue's number.
        url: Its page.
        changed: Whether it was made or written anew.
        done: What people asked for and got, one line each.
        not_done: What they asked for and did not get, with the reason.
        publication: What was published.
    """

    number: int
    url: str
    changed: bool
    done: tuple[str, ...]
    not_done: tuple[str, ...]
    publication: Publication


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyReport:
    """What one daily run did.

    Attributes:
        date: The announcement day it ran for.
        announced: Distinct papers received for the days fetched, replacements included.
        fresh: Those that were in neither the queue nor a list file.
        queued: Those that became candidates.
        expired: Candidates nobody decided on in time.
        waiting: Fresh papers kept for the next run because they could not be scored.
        publication: What was published first.
        fetches: One line for each source and day that was fetched.
        problems: What went wrong or was set aside, one line each.
        scored: Whether what was fresh could be scored.
        alarm: Whether the last announcement days were all empty.
        notes: What is worth knowing and is no problem, one line each.
    """

    date: date
    announced: int
    fresh: int
    queued: int
    expired: tuple[str, ...]
    waiting: int
    publication: Publication
    fetches: tuple[Fetch, ...]
    problems: tuple[str, ...]
    scored: bool
    alarm: bool = False
    notes: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether any source answered, be it with "no mailing today"."""
        return any(fetch.status is not FetchStatus.FAILED for fetch in self.fetches)

    @property
    def failed(self) -> bool:
        """Whether a person has to act: exit status 1, though nothing is lost."""
        return not self.answered or not self.scored or self.publication.failed or self.alarm
