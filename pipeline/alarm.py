"""An issue for a job that fails: opened once, kept up to date, closed when the job is healed.

One issue a job, for good: one that was closed is opened again. It is edited, never
commented, so that a job which fails every day for a month sends one mail; what went
wrong before stays in its table. GitHub that does not answer is a line in the log, and
the job's own outcome stays what it is.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from pipeline.errors import GitHubError
from pipeline.job_runs import how_to_run
from pipeline.lists.harmless import harmless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.ledger import Ledger
    from db.records import JobRun

log = logging.getLogger(__name__)

LABEL = "shortlist-alarm"
MOST_CAUSES = 10
"""Lines of the table of causes."""
LONGEST_CAUSE = 500

_CAUSE = re.compile(r"^\| (\d{4}-\d\d-\d\d \d\d:\d\d) \| (\d+) \| (.*) \|$", re.MULTILINE)
_VARIES = re.compile(r"\b[0-9a-f]{7,40}\b|\d+")
"""What differs between two failures for the same reason: commits, numbers, times."""


class Issue(Protocol):
    """What is asked of an issue."""

    @property
    def number(self) -> int:
        """Its number in the repository."""
        ...

    @property
    def body(self) -> str:
        """Its text."""
        ...

    @property
    def state(self) -> str:
        """``open`` or ``closed``."""
        ...


class Tracker(Protocol):
    """Where issues are kept; every method may raise ``GitHubError``."""

    def issues(
        self, *, label: str, state: Literal["open", "closed", "all"] = "all"
    ) -> Sequence[Issue]:
        """Issues with a label, oldest first."""
        ...

    def create_issue(self, *, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Make an issue."""
        ...

    def edit_issue(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
    ) -> Issue:
        """Change what is given and leave the rest."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAlarm:
    """Tells of jobs that fail, in one issue each.

    Attributes:
        tracker: Where issues are kept.
        ledger: Knows when a job last did what it was asked.
        page: Address of this run, for people; "" where it has none.
    """

    tracker: Tracker
    ledger: Ledger
    page: str = ""

    def settle(self, run: JobRun) -> None:
        """Open, update or close the issue of the run's job; never raises for what GitHub does."""
        try:
            self._settle(run)
        except GitHubError as error:
            log.warning("the issue about job %s could not be kept: %s", run.job, error)

    def _settle(self, run: JobRun) -> None:
        failed = run.status != "ok"
        marker = f"<!-- {LABEL}:{run.job} -->"
        # While all is well, one question for the open ones is all that is asked.
        found = self.tracker.issues(label=LABEL, state="all" if failed else "open")
        issue = next((each for each in found if marker in each.body), None)
        if not failed:
            if issue is not None:
                healed = (
                    f"Healed: the run that began {run.started_at:%Y-%m-%d %H:%M} UTC went well."
                )
                body = f"{marker}\n{healed}\n\n{_table(_causes(issue.body))}"
                self.tracker.edit_issue(issue.number, body=body, state="closed")
            return
        body = self._body(run, marker, _causes(issue.body) if issue else [])
        if issue is None:
            title = f"Shortlist: the job {run.job} fails"
            self.tracker.create_issue(title=title, body=body, labels=[LABEL])
        else:
            self.tracker.edit_issue(issue.number, body=body, state="open")

    def _body(self, run: JobRun, marker: str, causes: list[_Cause]) -> str:
        cause = harmless(run.problem or "it did not say why", most=LONGEST_CAUSE)
        begun = f"{run.started_at:%Y-%m-%d %H:%M}"
        if causes and _same(causes[0].text, cause):
            causes = [
                _Cause(first=causes[0].first, times=causes[0].times + 1, text=cause),
                *causes[1:],
            ]
        else:
            causes = [_Cause(first=begun, times=1, text=cause), *causes]
        successes = {each.job: each for each in self.ledger.last_successes()}
        last = successes.get(run.job)
        well = f"{last.finished_at:%Y-%m-%d %H:%M} UTC" if last else "not yet"
        page = f" ([this run]({self.page}))" if self.page else ""
        return "\n".join(
            [
                marker,
                f"The job **{run.job}** failed at {begun} UTC{page}. It last went well: {well}.",
                "",
                f"**Cause:** {cause}",
                "",
                f"**Next:** {_next_step(run.job)}",
                "",
                _table(causes[:MOST_CAUSES]),
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cause:
    first: str
    times: int
    text: str


def _causes(body: str) -> list[_Cause]:
    """The table of causes in an issue's body, newest first."""
    lines = body.replace("\r\n", "\n")
    return [
        _Cause(first=found[1], times=int(found[2]), text=found[3])
        for found in _CAUSE.finditer(lines)
    ]


def _table(causes: Sequence[_Cause]) -> str:
    rows = [f"| {cause.first} | {cause.times} | {cause.text} |" for cause in causes]
    return "\n".join(["| since (UTC) | times | cause |", "|---|---|---|", *rows])


def _same(one: str, other: str) -> bool:
    return _VARIES.sub("#", one) == _VARIES.sub("#", other)


def _next_step(job: str) -> str:
    return (
        "do what the cause says, if it names a step; `shortlist doctor` looks at everything a run"
        f" needs. Then start the workflow again, or {how_to_run(job)}. Nothing is"
        " lost meanwhile; this issue closes itself when the job goes well again."
    )
