"""One repository on GitHub: what is asked of it, in Shortlist's own terms.

Each method says how many requests it makes. Nothing is remembered between calls but
ETags, so that what did not change is not sent again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from pipeline.errors import GitHubError
from pipeline.github.records import BodyEdit, BodyHistory, Comment, Issue, PullRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.github.transport import Transport

MOST_PAGES = 20
"""Pages of a hundred that are read of a listing."""

Reaction = Literal["+1", "-1", "confused", "eyes", "rocket"]

_HISTORY = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      lastEditedAt
      author { login }
      editor { login }
      userContentEdits(%s: 30) { nodes { editedAt editor { login } diff } }
    }
  }
}
"""
# `diff` is the whole body after the edit, though its name and GitHub's reference say "a summary
# of the changes": other programs that show histories read it so. Whoever uses it must not rely on
# it.


class GitHub:
    """A repository on GitHub.

    Args:
        transport: Makes the requests.
        repository: ``owner/name``.
    """

    def __init__(self, transport: Transport, repository: str) -> None:
        self._transport = transport
        self.repository = repository
        self._owner, self._name = repository.split("/")
        self._path = f"/repos/{repository}"

    # -- issues ------------------------------------------------------------

    def issues(
        self, *, label: str, state: Literal["open", "closed", "all"] = "all"
    ) -> tuple[Issue, ...]:
        """Issues with a label, oldest first, without pull requests; one request a hundred."""
        rows = self._transport.get_all(
            f"{self._path}/issues",
            most_pages=MOST_PAGES,
            labels=label,
            state=state,
            sort="created",
            direction="asc",
        )
        return tuple(_issue(row) for row in rows if "pull_request" not in row)

    def issue(self, number: int) -> Issue:
        """One issue; one request."""
        return _issue(self._transport.get(f"{self._path}/issues/{number}"))

    def create_issue(self, *, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Make an issue; labels that do not exist are made. One request."""
        content = {"title": title, "body": body, "labels": list(labels)}
        return _issue(self._transport.send("POST", f"{self._path}/issues", content))

    def edit_issue(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
        labels: Sequence[str] | None = None,
    ) -> Issue:
        """Change what is given and leave the rest; also closes and reopens. One request."""
        content = {
            "title": title,
            "body": body,
            "state": state,
            "labels": None if labels is None else list(labels),
        }
        given = {name: value for name, value in content.items() if value is not None}
        return _issue(self._transport.send("PATCH", f"{self._path}/issues/{number}", given))

    def body_history(self, number: int) -> BodyHistory:
        """Who changed the body of an issue, the latest 30 edits; one request (GraphQL).

        GitHub gives the newest first, which its reference does not promise; where it does not,
        this is two requests.
        """
        for end in ("first", "last"):
            told = self._transport.query(
                _HISTORY % end, owner=self._owner, name=self._name, number=number
            )["repository"]["issue"]
            nodes = [node for node in told["userContentEdits"]["nodes"] if node]
            edits = sorted((_body_edit(node) for node in nodes), key=lambda edit: edit.edited_at)
            last = told["lastEditedAt"]
            if last is None or (edits and edits[-1].edited_at >= _time(last)):
                break
        return BodyHistory(
            last_editor=_login(told["editor"] if last else told["author"]), edits=tuple(edits)
        )

    # -- comments ----------------------------------------------------------

    def comments(self, number: int, *, since: datetime | None = None) -> tuple[Comment, ...]:
        """Comments of an issue or a pull request, oldest first; one request a hundred.

        Args:
            number: The issue's.
            since: Only those written or edited from then on.
        """
        when: dict[str, str] = (
            {"since": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")} if since else {}
        )
        path = f"{self._path}/issues/{number}/comments"
        rows = self._transport.get_all(path, most_pages=MOST_PAGES, **when)
        return tuple(_comment(row) for row in rows)

    def comment(self, number: int, body: str) -> Comment:
        """Write a comment under an issue or a pull request; one request."""
        path = f"{self._path}/issues/{number}/comments"
        return _comment(self._transport.send("POST", path, {"body": body}))

    def edit_comment(self, comment_id: int, body: str) -> Comment:
        """Change a comment; one request."""
        path = f"{self._path}/issues/comments/{comment_id}"
        return _comment(self._transport.send("PATCH", path, {"body": body}))

    def react(self, comment_id: int, reaction: Reaction) -> None:
        """Answer a comment by a sign; a second time changes nothing. One request."""
        path = f"{self._path}/issues/comments/{comment_id}/reactions"
        self._transport.send("POST", path, {"content": reaction})

    # -- people ------------------------------------------------------------

    def may_write(self, login: str) -> bool:
        """Whether somebody may write to the repository; one request."""
        if not login:
            return False
        path = f"{self._path}/collaborators/{quote(login, safe='')}/permission"
        try:
            told = self._transport.get(path)
        except GitHubError as error:
            if error.status == HTTPStatus.NOT_FOUND:  # no such account
                return False
            raise
        return told["permission"] in {"admin", "maintain", "write"}

    # -- pull requests -----------------------------------------------------

    def pull_requests(
        self, *, head: str, state: Literal["open", "closed", "all"] = "open"
    ) -> tuple[PullRequest, ...]:
        """Pull requests from a branch of this repository, newest first; one request."""
        rows = self._transport.get(
            f"{self._path}/pulls", head=f"{self._owner}:{head}", state=state, per_page=100
        )
        return tuple(_pull_request(row) for row in rows)

    def pull_request(self, number: int) -> PullRequest:
        """One pull request; one request."""
        return _pull_request(self._transport.get(f"{self._path}/pulls/{number}"))

    def open_pull_request(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open a pull request between two branches of this repository; one request.

        Raises:
            GitHubError: There is one already, a branch is missing, or nothing differs
                (``status`` 422); or GitHub did not answer.
        """
        content = {"head": head, "base": base, "title": title, "body": body}
        return _pull_request(self._transport.send("POST", f"{self._path}/pulls", content))

    def edit_pull_request(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
    ) -> PullRequest:
        """Change what is given and leave the rest; one request."""
        content = {"title": title, "body": body, "state": state}
        given = {name: value for name, value in content.items() if value is not None}
        return _pull_request(self._transport.send("PATCH", f"{self._path}/pulls/{number}", given))

    # -- workflows ---------------------------------------------------------

    def enable_workflow(self, workflow: str) -> None:
        """Let a workflow's cron run (again); one request.

        GitHub turns crons of public repositories off after 60 days without commits.

        Args:
            workflow: The file's name (``"daily.yml"``).
        """
        self._transport.send(
            "PUT", f"{self._path}/actions/workflows/{quote(workflow, safe='')}/enable"
        )


def _login(account: dict[str, Any] | None) -> str:
    return str(account["login"]) if account else ""


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _issue(row: dict[str, Any]) -> Issue:
    return Issue(
        number=row["number"],
        title=row["title"],
        body=row["body"] or "",
        state=row["state"],
        author=_login(row["user"]),
        labels=tuple(label["name"] for label in row["labels"]),
        comments=row["comments"],
        created_at=_time(row["created_at"]),
        updated_at=_time(row["updated_at"]),
        url=row["html_url"],
    )


def _comment(row: dict[str, Any]) -> Comment:
    return Comment(
        comment_id=row["id"],
        author=_login(row["user"]),
        body=row["body"] or "",
        created_at=_time(row["created_at"]),
        updated_at=_time(row["updated_at"]),
        url=row["html_url"],
    )


def _body_edit(node: dict[str, Any]) -> BodyEdit:
    return BodyEdit(
        editor=_login(node["editor"]), edited_at=_time(node["editedAt"]), text=node["diff"] or ""
    )


def _pull_request(row: dict[str, Any]) -> PullRequest:
    return PullRequest(
        number=row["number"],
        title=row["title"],
        body=row["body"] or "",
        state=row["state"],
        merged=bool(row.get("merged_at")),
        head=row["head"]["ref"],
        head_commit=row["head"]["sha"],
        base=row["base"]["ref"],
        url=row["html_url"],
    )
