"""Keeping the dashboard: take in what people asked for, publish, write the body anew.

A body is written only over the one that was read: right before writing it is asked for
again, and right after, the history of edits says whether somebody was faster. Ticks of a
version that was written over are taken in all the same.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

from pipeline.dashboard.people import People, asked_for, overwritten
from pipeline.dashboard.place import LABEL, choose
from pipeline.dashboard.talk import Talk, answer_comments
from pipeline.dashboard.ticking import carry_out
from pipeline.dashboard.view import DashboardJob, gather
from pipeline.lists.harmless import harmless
from pipeline.outcome import DashboardReport, Publication
from pipeline.review.issue import Notice, is_untouched, read_ticks, render_body
from pipeline.review.issue.marks import seal_of, settled, shows_the_same

if TYPE_CHECKING:
    from datetime import datetime

    from pipeline.dashboard.event import Event
    from pipeline.github.records import BodyEdit, Issue
    from pipeline.review.issue import Dashboard

MOST_ROUNDS = 6
"""Times that a body is written anew while people go on editing it."""


def sync_dashboard(job: DashboardJob) -> DashboardReport:
    """Show the queue as it is; what people asked for meanwhile is recorded, not published.

    Makes one or two requests when nothing changed: the issue, and its comments if it has any.

    Raises:
        GitHubError: GitHub did not answer, or refused; what was recorded stays recorded.
    """
    return _Keeping(job, sender="", event_number=0, publishes=False).run()


def apply_dashboard(job: DashboardJob, event: Event | None = None) -> DashboardReport:
    """Record what people asked for, publish it, and show the queue as it is then.

    Args:
        job: What keeping the dashboard needs.
        event: What started this run, if GitHub said so: where the issue's history does not
            tell who ticked a box, its sender did.

    Raises:
        GitHubError: GitHub did not answer, or refused; what was recorded stays recorded.
    """
    sender = event.sender if event and not event.is_comment else ""
    number = event.number if event else 0
    return _Keeping(job, sender=sender, event_number=number, publishes=True).run()


@dataclass(slots=True)
class _Keeping:
    """One run; collects what was done."""

    job: DashboardJob
    sender: str
    event_number: int
    publishes: bool
    people: People = field(init=False)
    done: list[str] = field(default_factory=list)
    not_done: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    comments_until: datetime | None = None
    publication: Publication = field(default_factory=Publication)

    def __post_init__(self) -> None:
        self.people = People(self.job.github)

    def run(self) -> DashboardReport:
        issue, others = choose(self.job.github.issues(label=LABEL), title=self.job.title)
        if issue is None:
            self._publish()
            self.job.keep()
            body = render_body(self._dashboard(), token=secrets.token_hex(4))
            made = self.job.github.create_issue(title=self.job.title, body=body, labels=[LABEL])
            self._note_checked(made.number, seal_of(body))
            return self._report(made, changed=True)
        ticks = read_ticks(issue.body)
        self.notices += ticks.notices
        self.comments_until = ticks.comments_until
        self._take_in(issue)
        for other in others:
            self._take_in(other)
        talk = self._answer(issue, since=ticks.comments_until)
        for other in others:
            self._answer(other, since=None)
        self._publish()
        issue, changed = self._write(issue, talk.until)
        for other in others:
            self._retire(other, issue)
        return self._report(issue, changed=changed or bool(others))

    # -- what people asked for ---------------------------------------------

    def _take_in(self, issue: Issue) -> None:
        """Record what is ticked in a body, and what a run that died may have written over."""
        seal = seal_of(issue.body)
        checked = self._is_checked(issue.number, seal)
        if is_untouched(issue.body) and checked:
            return
        ticks = read_ticks(issue.body)
        history = self.job.github.body_history(issue.number)
        sent = self.sender if issue.number == self.event_number else ""
        asked = asked_for(
            issue.body, history.edits, otherwise=sent or history.last_editor, checked=checked
        )
        done, not_done = carry_out(self.job, asked, self.people)
        if ticks.unreadable:
            not_done.append(
                f"{ticks.unreadable} ticked without the hidden mark that says which paper is"
                " meant: please tick again"
            )
        self._tell(done, not_done)
        self._note_checked(issue.number, seal)

    def _answer(self, issue: Issue, *, since: datetime | None) -> Talk:
        """Carry out and answer the commands in comments."""
        talk = answer_comments(self.job, issue, self.people, since=since)
        self.done += talk.done
        self.not_done += talk.not_done
        return talk

    def _is_checked(self, number: int, seal: str) -> bool:
        """Whether a run looked, after it had written this body, for edits it had written over."""
        return bool(seal) and bool(self.job.queue.handled([f"written:{number}:{seal}"]))

    def _note_checked(self, number: int, seal: str) -> None:
        if seal and not self._is_checked(number, seal):
            self.job.note(f"written:{number}:{seal}")

    def _take_in_overwritten(self, edits: tuple[BodyEdit, ...]) -> None:
        """Record what was ticked in versions that this run has written over."""
        for edit in edits:
            if not edit.text:
                who = harmless(edit.editor) or "somebody"
                said = f"{who} edited this at {edit.edited_at:%H:%M} UTC, just when it was written"
                self._tell([], [f"{said} anew: if a tick of yours is gone, please tick again"])
            wishes = read_ticks(edit.text).wishes
            asked = dict.fromkeys(wishes, edit.editor)
            self._tell(*carry_out(self.job, asked, self.people))

    def _tell(self, done: list[str], not_done: list[str]) -> None:
        at = self.job.now.astimezone(UTC).replace(microsecond=0)
        self.done += done
        self.not_done += not_done
        self.notices += [Notice(at=at, markdown=line) for line in not_done]

    def _publish(self) -> None:
        if not self.publishes or self.publication.failed or not self.job.queue.approved():
            return
        told = self.job.publish()
        before = self.publication
        self.publication = replace(
            told,
            published=(*before.published, *told.published),
            closed=(*before.closed, *told.closed),
            commit=told.commit or before.commit,
        )
        lines = [f"not published: {harmless(line)}" for line in told.problems]
        if told.failed:
            self._tell([], lines)
        elif told.pull_request:  # it stands as it is until a person acts: said once
            known = {notice.markdown for notice in self.notices}
            self._tell([], [line for line in lines if line not in known])

    # -- what they see -----------------------------------------------------

    def _dashboard(self) -> Dashboard:
        """What there is to show; said to be read up to when the body says that comments were."""
        return gather(self.job, notices=self.notices, comments_until=self.comments_until)

    def _write(self, issue: Issue, comments_until: datetime | None) -> tuple[Issue, bool]:
        """Write the body until it stands as the queue does; the issue, and whether it changed."""
        github, changed = self.job.github, False
        for _ in range(MOST_ROUNDS):
            dashboard = self._dashboard()
            reopens = issue.state == "closed" and dashboard.waiting > 0
            if shows_the_same(render_body(dashboard), issue.body):
                if reopens:
                    issue, changed = github.edit_issue(issue.number, state="open"), True
                break
            # Where the body changes anyway, it says anew up to when comments were read.
            self.job.keep()
            latest = replace(self._dashboard(), comments_until=comments_until)
            body = render_body(latest, token=secrets.token_hex(4))
            fresh = github.issue(issue.number)
            if settled(fresh.body) != settled(issue.body):
                issue = fresh
                self._take_in(issue)
                self._publish()
                continue
            read = fresh
            issue = github.edit_issue(issue.number, body=body, state="open" if reopens else None)
            self.comments_until, changed = comments_until, True
            edits = github.body_history(issue.number).edits
            lost = overwritten(edits, read=read.body, read_at=read.updated_at, written=body)
            self._take_in_overwritten(lost)
            self._note_checked(issue.number, seal_of(body))
            if not lost:
                break
            self._publish()
        return issue, changed

    def _retire(self, other: Issue, issue: Issue) -> None:
        """Close a second dashboard, whose ticks were taken in."""
        self.job.github.edit_issue(
            other.number, body=f"The papers wait in #{issue.number} now.", state="closed", labels=[]
        )

    def _report(self, issue: Issue, *, changed: bool) -> DashboardReport:
        return DashboardReport(
            number=issue.number,
            url=issue.url,
            changed=changed,
            done=tuple(self.done),
            not_done=tuple(line for line in self.not_done if line),
            publication=self.publication,
        )
