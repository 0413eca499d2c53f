"""What a repository on GitHub holds, and what people do to it there."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

BOT = "shortlist-bot[bot]"
TOKEN = "test-token"
MOST_BODY = 65_536
WRITERS = frozenset({"admin", "maintain", "write"})


class RefusedError(Exception):
    """GitHub says no: a status and a message."""

    def __init__(self, status: int, message: str, *errors: dict[str, str]) -> None:
        self.status = status
        self.message = message
        self.errors = list(errors)
        super().__init__(message)


@dataclass(slots=True)
class Edit:
    editor: str
    at: datetime
    text: str | None


@dataclass(slots=True)
class Comment:
    comment_id: int
    number: int
    author: str
    body: str
    created_at: datetime
    updated_at: datetime
    reactions: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Pull:
    head: str
    base: str
    merged_at: datetime | None = None
    merge_commit: str = ""


@dataclass(slots=True)
class Issue:
    number: int
    title: str
    body: str
    author: str
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    pull: Pull | None = None


class World:
    """One repository with its people.

    Args:
        repository: ``owner/name``; the owner is its admin.
        git: A bare repository that says which branches there are; without one all exist.
    """

    def __init__(self, repository: str = "owner/list", *, git: Path | None = None) -> None:
        self.repository = repository
        self.git = git
        self.owner, self.name = repository.split("/")
        self.lock = threading.RLock()
        self.tokens: dict[str, str] = {TOKEN: BOT}
        self.permissions: dict[str, str] = {self.owner: "admin", BOT: "write"}
        self.accounts: set[str] = {self.owner, BOT}
        self.issues: dict[int, Issue] = {}
        self.comments: dict[int, Comment] = {}
        self.labels: set[str] = set()
        self.workflows: dict[str, str] = {"daily.yml": "active", "review.yml": "active"}
        self.history = True
        """Whether GraphQL tells the text of earlier versions."""
        self.newest_first = True
        """Whether GraphQL tells the newest version first."""
        self.before_edit: Callable[[int], None] | None = None
        """Called with the number right before a program's edit of an issue's body lands."""
        self._now = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
        self._next_id = 9001

    # -- what people do ----------------------------------------------------

    def person(self, login: str, permission: str = "write") -> str:
        """An account with a permission here; gives its login."""
        self.accounts.add(login)
        self.permissions[login] = permission
        return login

    def token(self, login: str, token: str) -> str:
        """A token of an account."""
        self.accounts.add(login)
        self.tokens[token] = login
        return token

    def tick(self, number: int, *parts: str, login: str = "") -> None:
        """Ticks the first open box whose line holds all ``parts``, as the browser does."""
        self._box(number, parts, "[ ]", "[x]", login or self.owner)

    def untick(self, number: int, *parts: str, login: str = "") -> None:
        """Takes a tick back."""
        self._box(number, parts, "[x]", "[ ]", login or self.owner)

    def edit_body(self, number: int, body: str, *, login: str = "") -> None:
        """A person writes the whole body anew."""
        self.edit_issue(login or self.owner, number, {"body": body})

    def _box(self, number: int, parts: tuple[str, ...], old: str, new: str, login: str) -> None:
        with self.lock:
            lines = self.issues[number].body.split("\n")
            for place, line in enumerate(lines):
                if old in line and all(part in line for part in parts):
                    lines[place] = line.replace(old, new, 1)
                    break
            else:
                raise LookupError(f"no {old} with {parts} in:\n" + "\n".join(lines))
            self.edit_body(number, "\n".join(lines), login=login)

    def merge(self, number: int, *, commit: str = "f" * 40) -> None:
        """A person merges a pull request; the branches are git's business."""
        with self.lock:
            issue = self.issues[number]
            assert issue.pull is not None
            issue.state, issue.updated_at = "closed", self.now()
            issue.pull.merged_at, issue.pull.merge_commit = issue.updated_at, commit

    def about_to_edit(self, number: int) -> None:
        """A program's edit has arrived; somebody else is faster. Called without the lock."""
        act, self.before_edit = self.before_edit, None
        if act is not None:
            act(number)

    # -- the clock ---------------------------------------------------------

    def now(self) -> datetime:
        """Each look is a second later, so that no two things happen at once."""
        with self.lock:
            self._now += timedelta(seconds=1)
            return self._now

    def pass_time(self, seconds: float) -> None:
        """Later."""
        with self.lock:
            self._now += timedelta(seconds=seconds)

    def set_time(self, now: datetime) -> None:
        """The clock of the server."""
        with self.lock:
            self._now = now

    # -- what the interface does -------------------------------------------

    def may_write(self, login: str) -> bool:
        return self.permissions.get(login, "none") in WRITERS

    def create_issue(self, login: str, content: dict) -> Issue:
        with self.lock:
            body = self._checked(content)
            now = self.now()
            # Labels of people who may not write are dropped in silence, as GitHub does.
            labels = list(content.get("labels") or ()) if self.may_write(login) else []
            self.labels.update(labels)
            issue = Issue(len(self.issues) + 1, content["title"], body, login, now, now)
            issue.labels = labels
            self.issues[issue.number] = issue
            return issue

    def edit_issue(self, login: str, number: int, content: dict) -> Issue:
        with self.lock:
            issue = self.find(number)
            if not self.may_write(login) and login != issue.author:
                raise RefusedError(403, "Resource not accessible by integration")
            if "body" in content:
                body = self._checked(content, title=False)
                if body != issue.body:
                    if not issue.edits:
                        issue.edits.append(Edit(issue.author, issue.created_at, issue.body))
                    issue.edits.append(Edit(login, self.now(), body))
                    issue.body = body
            issue.title = content.get("title") or issue.title
            issue.state = content.get("state") or issue.state
            if content.get("labels") is not None:
                self.labels.update(content["labels"])
                issue.labels = list(content["labels"])
            issue.updated_at = self.now()
            return issue

    def create_comment(self, login: str, number: int, body: str) -> Comment:
        with self.lock:
            issue = self.find(number)
            self._checked({"body": body}, title=False)
            now = self.now()
            comment = Comment(self._take_id(), number, login, body, now, now)
            self.comments[comment.comment_id] = comment
            issue.updated_at = now
            return comment

    def edit_comment(self, login: str, comment_id: int, body: str) -> Comment:
        with self.lock:
            comment = self.find_comment(comment_id)
            if not self.may_write(login) and login != comment.author:
                raise RefusedError(403, "Resource not accessible by integration")
            self._checked({"body": body}, title=False)
            comment.body, comment.updated_at = body, self.now()
            return comment

    def react(self, login: str, comment_id: int, content: str) -> bool:
        """Whether the reaction is new."""
        with self.lock:
            comment = self.find_comment(comment_id)
            if (login, content) in comment.reactions:
                return False
            comment.reactions.append((login, content))
            return True

    def create_pull(self, login: str, content: dict) -> Issue:
        with self.lock:
            body = self._checked(content)
            head, base = content["head"].removeprefix(f"{self.owner}:"), content["base"]
            for branch, place in ((head, "head"), (base, "base")):
                if not self.tip(branch):
                    raise invalid("PullRequest", place, "invalid")
            if self.tip(head) == self.tip(base) and self.git is not None:
                raise invalid("PullRequest", message=f"No commits between {base} and {head}")
            if any(i.pull and i.state == "open" and i.pull.head == head
                   for i in self.issues.values()):  # fmt: skip
                said = f"A pull request already exists for {self.owner}:{head}."
                raise invalid("PullRequest", message=said)
            issue = self.create_issue(login, {"title": content["title"], "body": body})
            issue.pull = Pull(head, base)
            return issue

    def enable(self, workflow: str) -> None:
        with self.lock:
            if workflow not in self.workflows:
                raise RefusedError(404, "Not Found")
            self.workflows[workflow] = "active"

    def find(self, number: int) -> Issue:
        if number not in self.issues:
            raise RefusedError(404, "Not Found")
        return self.issues[number]

    def find_comment(self, comment_id: int) -> Comment:
        if comment_id not in self.comments:
            raise RefusedError(404, "Not Found")
        return self.comments[comment_id]

    def tip(self, branch: str) -> str:
        """The commit at the tip of a branch, "" where there is none."""
        if self.git is None:
            return f"{abs(hash(branch)):040x}"[:40]
        found = subprocess.run(
            ["git", "-C", self.git, "rev-parse", "--verify", "-q", f"refs/heads/{branch}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return found.stdout.strip()

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id

    @staticmethod
    def _checked(content: dict, *, title: bool = True) -> str:
        if title and not content.get("title"):
            raise invalid("Issue", "title", "missing_field")
        body = content.get("body") or ""
        if len(body) > MOST_BODY:
            said = f"body is too long (maximum is {MOST_BODY} characters)"
            raise invalid("Issue", "body", "custom", message=said)
        return body


def invalid(
    resource: str, place: str = "", code: str = "custom", *, message: str = ""
) -> RefusedError:
    """422, as GitHub words it."""
    error = {"resource": resource, "code": code}
    if place:
        error["field"] = place
    if message:
        error["message"] = message
    return RefusedError(422, "Validation Failed", error)
