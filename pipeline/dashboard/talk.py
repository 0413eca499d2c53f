"""Commands in comments: found in every run, carried out once, answered once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.errors import (
    ChangedError,
    DecidedError,
    NothingToUndoError,
    RepeatedRequestError,
    UnknownCandidateError,
)
from db.records import Verdict
from pipeline.errors import PipelineError
from pipeline.lists.harmless import harmless
from pipeline.review.issue import find_commands
from pipeline.review.issue.commands import HELP

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pipeline.dashboard.people import People
    from pipeline.dashboard.view import DashboardJob
    from pipeline.github.records import Comment, Issue
    from pipeline.review.issue import Command

MOST_DAYS = 60
"""How far back comments are read where nothing says up to when they were."""

MARGIN = timedelta(hours=1)
"""How much of what was read is read again: clocks differ, and what was handled is known."""

_ANSWER = re.compile(r"<!-- shortlist:answer (\d+) -->")
_VERDICTS = {"approve": Verdict.APPROVE, "reject": Verdict.REJECT, "later": Verdict.DEFER}
_DONE = {"approve": "approved", "reject": "rejected", "later": "kept for later"}
_REFUSAL = (
    "Thank you for looking. Papers are decided here by those who may write to this repository,"
    " so nothing was changed. A paper that is missing is welcome as a pull request."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What comments asked for.

    Attributes:
        done: What was done, as lines of Markdown.
        not_done: What was not, and why.
        until: Up to when comments have been read; ``None`` if there was none.
    """

    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    until: datetime | None = None


def answer_comments(
    job: DashboardJob, issue: Issue, people: People, *, since: datetime | None
) -> Talk:
    """Carry out the commands of comments that were not handled, and answer each comment.

    Args:
        job: What keeping the dashboard needs.
        issue: The dashboard.
        people: Who may decide.
        since: Up to when comments were read, ``None`` where nothing says so.
    """
    if not issue.comments:
        return Talk(until=since)
    earliest = max(issue.created_at, job.now - timedelta(days=MOST_DAYS))
    # A time that is still to come was written by a person: it would hide what was said till then.
    known = since is not None and since <= job.now + MARGIN
    comments = job.github.comments(
        issue.number, since=since - MARGIN if since is not None and known else earliest
    )
    answered = _answered(comments, by=issue.author)
    handled = job.queue.handled([_key(comment) for comment in comments])
    done: list[str] = []
    not_done: list[str] = []
    for comment in comments:
        commands = () if _ANSWER.search(comment.body) else find_commands(comment.body)
        if not commands or _key(comment) in handled:
            continue
        if people.may_write(comment.author):
            told, problems = _carry_out(job, comment, commands)
            if comment.comment_id not in answered:
                _answer(job, issue, comment, told, problems)
            done += told
            not_done += problems
        else:
            _refuse(job, issue, comment)
            not_done.append(f"{harmless(comment.author)} may not decide here")
        job.note(_key(comment))
    latest = max((comment.updated_at for comment in comments), default=since if known else None)
    return Talk(done=tuple(done), not_done=tuple(not_done), until=latest)


def _key(comment: Comment) -> str:
    return f"comment:{comment.comment_id}"


def _answered(comments: Iterable[Comment], *, by: str) -> frozenset[int]:
    """Comments that have an answer of ours: a run may have died before it could note that."""
    return frozenset(
        int(found[1])
        for comment in comments
        if comment.author == by and (found := _ANSWER.search(comment.body))
    )


def _carry_out(
    job: DashboardJob, comment: Comment, commands: Iterable[Command]
) -> tuple[list[str], list[str]]:
    done: list[str] = []
    not_done: list[str] = []
    for place, command in enumerate(commands):
        request = f"{_key(comment)}:{place}"
        problem = harmless(command.problem)
        if not problem and command.name != "help":
            told, problem = _do(job, command, comment.author, request)
            done += [told] if told else []
        if problem:
            not_done.append(f"{harmless(command.line, most=80)}: {problem}")
        elif command.name == "help":
            not_done.append("")
    return done, not_done


def _do(job: DashboardJob, command: Command, login: str, request: str) -> tuple[str, str]:
    """What was done, and what stood against it."""
    try:
        return _command(job, command, login, request), ""
    except RepeatedRequestError:
        return "", ""
    except UnknownCandidateError:
        return "", "the paper is not in the queue"
    except DecidedError as error:
        return "", _decided(error)
    except (ChangedError, NothingToUndoError, PipelineError) as error:
        return "", harmless(str(error))


def _command(job: DashboardJob, command: Command, login: str, request: str) -> str:
    desk, arxiv_id = job.desk.of_reviewer(login), command.arxiv_id
    if command.name == "undo":
        card = desk.undo(arxiv_id, request=request)
        return f"{arxiv_id} is {card.candidate.state.value} again"
    if command.name == "topic":
        edit = job.queue.get(arxiv_id).edit
        card = desk.edit(arxiv_id, edit, topic=command.text, request=request)
        return f"{arxiv_id} is under {harmless(card.candidate.topic)}"
    approves = command.name == "approve"
    card = desk.decide(
        arxiv_id,
        _VERDICTS[command.name],
        topic=command.text if approves else "",
        reason="" if approves else command.text,
        request=request,
    )
    under = f" under {harmless(card.candidate.topic)}" if approves else ""
    return f"{arxiv_id} is {_DONE[command.name]}{under}"


def _decided(error: DecidedError) -> str:
    who = f" by {harmless(error.reviewer)}" if error.reviewer else ""
    return f"it is already {error.state}{who}; `/undo {error.arxiv_id}` comes first"


def _answer(
    job: DashboardJob, issue: Issue, comment: Comment, done: list[str], not_done: list[str]
) -> None:
    """A sign where all went well, else one comment that says what did not."""
    if not not_done:
        job.github.react(comment.comment_id, "+1")
        return
    lines = [f"- {line}" for line in done]
    lines += [f"- not done: {line}" for line in not_done if line]
    parts = [f"<!-- shortlist:answer {comment.comment_id} -->", "\n".join(lines), HELP]
    job.github.comment(issue.number, "\n\n".join(part for part in parts if part))


def _refuse(job: DashboardJob, issue: Issue, comment: Comment) -> None:
    """Once in words for each person, then with a sign."""
    refused = f"refused:{comment.author}"
    if job.queue.handled([refused]):
        job.github.react(comment.comment_id, "confused")
        return
    mark = f"<!-- shortlist:answer {comment.comment_id} -->"
    job.github.comment(issue.number, f"{mark}\n\n{_REFUSAL}")
    job.note(refused)
