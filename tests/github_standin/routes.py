"""The REST interface: method and path to what the world does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.github_standin import graphql, shapes
from tests.github_standin.world import RefusedError, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with its login."""

    world: World
    login: str
    query: dict[str, str]
    content: dict
    parts: tuple[str, ...]

    def page(self, rows: list) -> list:
        """The page asked for."""
        size, page = int(self.query.get("per_page", 30)), int(self.query.get("page", 1))
        return rows[(page - 1) * size : page * size]

    def must_write(self) -> None:
        if not self.world.may_write(self.login):
            raise RefusedError(403, "Resource not accessible by integration")


def respond(
    world: World, login: str, *act: *tuple[str, str, dict[str, str], dict]
) -> tuple[int, object]:
    """Status and body of an answer; 404 where nothing is."""
    method, path, query, content = act
    if (method, path) == ("POST", "/graphql"):
        return _graphql(world, login, content)
    begin = f"/repos/{world.repository}"
    if not path.startswith(begin):
        raise RefusedError(404, "Not Found")
    for verb, pattern, does in _ROUTES:
        found = re.fullmatch(pattern, path.removeprefix(begin))
        if found and verb == method:
            with world.lock:
                return does(Call(world=world, login=login, query=query, content=content,
                                parts=found.groups()))  # fmt: skip
    raise RefusedError(404, "Not Found")


def _graphql(world: World, login: str, content: dict) -> tuple[int, object]:
    try:
        with world.lock:
            variables = content.get("variables") or {}
            return 200, {"data": graphql.answer(world, login, content["query"], variables)}
    except RefusedError as error:
        kind = "NOT_FOUND" if error.status == 404 else "INVALID"
        return 200, {"data": None, "errors": [{"type": kind, "message": error.message}]}


def _repository(call: Call) -> tuple[int, object]:
    return 200, {"full_name": call.world.repository, "default_branch": "main", "archived": False,
                 "permissions": {"push": call.world.may_write(call.login)}}  # fmt: skip


def _list_issues(call: Call) -> tuple[int, object]:
    state, query = call.query.get("state", "open"), call.query
    wanted = {label for label in query.get("labels", "").split(",") if label}
    found = [
        each
        for each in call.world.issues.values()
        if state in {"all", each.state}
        and wanted <= set(each.labels)
        and query.get("creator", each.author) == each.author
    ]
    key: Callable = lambda i: i.updated_at if query.get("sort") == "updated" else i.created_at  # noqa: E731
    found.sort(key=key, reverse=query.get("direction", "desc") == "desc")
    return 200, call.page([shapes.issue(call.world, each) for each in found])


def _get_issue(call: Call) -> tuple[int, object]:
    return 200, shapes.issue(call.world, call.world.find(int(call.parts[0])))


def _create_issue(call: Call) -> tuple[int, object]:
    return 201, shapes.issue(call.world, call.world.create_issue(call.login, call.content))


def _edit_issue(call: Call) -> tuple[int, object]:
    edited = call.world.edit_issue(call.login, int(call.parts[0]), call.content)
    return 200, shapes.issue(call.world, edited)


def _list_comments(call: Call) -> tuple[int, object]:
    number = int(call.parts[0])
    call.world.find(number)
    since = call.query.get("since")
    earliest = datetime.fromisoformat(since) if since else None
    found = [
        shapes.comment(call.world, each)
        for each in call.world.comments.values()
        if each.number == number and (earliest is None or each.updated_at >= earliest)
    ]
    return 200, call.page(found)


def _create_comment(call: Call) -> tuple[int, object]:
    made = call.world.create_comment(call.login, int(call.parts[0]), call.content["body"])
    return 201, shapes.comment(call.world, made)


def _edit_comment(call: Call) -> tuple[int, object]:
    made = call.world.edit_comment(call.login, int(call.parts[0]), call.content["body"])
    return 200, shapes.comment(call.world, made)


def _react(call: Call) -> tuple[int, object]:
    fresh = call.world.react(call.login, int(call.parts[0]), call.content["content"])
    return (201 if fresh else 200), {"content": call.content["content"]}


def _permission(call: Call) -> tuple[int, object]:
    login = call.parts[0]
    if login not in call.world.accounts:
        raise RefusedError(404, "Not Found")
    role = call.world.permissions.get(login, "none")
    # The old field knows no "maintain" and no "triage".
    told = {"maintain": "write", "triage": "read"}.get(role, role)
    return 200, {"permission": told, "role_name": role, "user": shapes.account(login)}


def _list_pulls(call: Call) -> tuple[int, object]:
    state, head = call.query.get("state", "open"), call.query.get("head", "")
    found = [
        each
        for each in call.world.issues.values()
        if each.pull
        and state in {"all", each.state}
        and head in {"", f"{call.world.owner}:{each.pull.head}"}
        and call.query.get("base", each.pull.base) == each.pull.base
    ]
    found.sort(key=lambda each: each.number, reverse=True)
    return 200, call.page([shapes.pull(call.world, each) for each in found])


def _pull(call: Call) -> tuple[int, object]:
    each = call.world.find(int(call.parts[0]))
    if each.pull is None:
        raise RefusedError(404, "Not Found")
    if call.content:
        call.must_write()
        call.world.edit_issue(call.login, each.number, call.content)
    return 200, shapes.pull(call.world, each)


def _create_pull(call: Call) -> tuple[int, object]:
    call.must_write()
    return 201, shapes.pull(call.world, call.world.create_pull(call.login, call.content))


def _enable(call: Call) -> tuple[int, object]:
    call.must_write()
    call.world.enable(call.parts[0])
    return 204, None


_ROUTES: tuple[tuple[str, str, Callable[[Call], tuple[int, object]]], ...] = (
    ("GET", r"", _repository),
    ("GET", r"/issues", _list_issues),
    ("POST", r"/issues", _create_issue),
    ("GET", r"/issues/(\d+)", _get_issue),
    ("PATCH", r"/issues/(\d+)", _edit_issue),
    ("GET", r"/issues/(\d+)/comments", _list_comments),
    ("POST", r"/issues/(\d+)/comments", _create_comment),
    ("PATCH", r"/issues/comments/(\d+)", _edit_comment),
    ("POST", r"/issues/comments/(\d+)/reactions", _react),
    ("GET", r"/collaborators/([^/]+)/permission", _permission),
    ("GET", r"/pulls", _list_pulls),
    ("POST", r"/pulls", _create_pull),
    ("GET", r"/pulls/(\d+)", _pull),
    ("PATCH", r"/pulls/(\d+)", _pull),
    ("PUT", r"/actions/workflows/([^/]+)/enable", _enable),
)
