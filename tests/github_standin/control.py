"""What a test in another process may do: ``POST /_control/NAME`` with JSON arguments."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from tests.github_standin import shapes
from tests.github_standin.faults import Fault

if TYPE_CHECKING:
    from tests.github_standin.server import GitHubStandIn


def control(standin: GitHubStandIn, name: str, content: dict) -> object:
    """Do it, and tell what it gives.

    =========== ==================================================================
    person      {login, permission}
    token       {login, token}
    tick        {number, parts: [...], login}; ``untick`` likewise
    edit        {login, number, body | state | title | labels}
    issue       {login, title, body, labels}: the issue it makes
    comment     {login, number, body}: the comment it makes
    merge       {number, commit}
    workflow    {name, state}
    fault       the attributes of :class:`.Fault`
    event       {name: "issues" | "issue_comment", number, login, comment_id}
    log         {}: every request so far
    state       {}: issues, comments, reactions, pull requests, workflows
    forget      {}: the log begins anew
    =========== ==================================================================
    """
    with standin.world.lock:
        return _ACTS[name](standin, dict(content))


def _person(standin, content):
    return standin.world.person(**content)


def _token(standin, content):
    return standin.world.token(**content)


def _tick(standin, content):
    return standin.world.tick(content["number"], *content["parts"], login=content.get("login", ""))


def _untick(standin, content):
    parts = content["parts"]
    return standin.world.untick(content["number"], *parts, login=content.get("login", ""))


def _edit(standin, content):
    login, number = content.pop("login", standin.world.owner), content.pop("number")
    return shapes.issue(standin.world, standin.world.edit_issue(login, number, content))


def _issue(standin, content):
    login = content.pop("login", standin.world.owner)
    return shapes.issue(standin.world, standin.world.create_issue(login, content))


def _comment(standin, content):
    made = standin.world.create_comment(content["login"], content["number"], content["body"])
    return shapes.comment(standin.world, made)


def _merge(standin, content):
    return standin.world.merge(**content)


def _workflow(standin, content):
    standin.world.workflows[content["name"]] = content["state"]


def _fault(standin, content):
    standin.fail(Fault(**content))


def _event(standin, content):
    return shapes.event(standin.world, content.pop("name"), content.pop("number"), **content)


def _log(standin, _):
    return [asdict(each) for each in standin.log]


def _forget(standin, _):
    standin.log.clear()


def _state(standin, _):
    world = standin.world
    issues = list(world.issues.values())
    return {
        "issues": [shapes.issue(world, each) for each in issues if not each.pull],
        "pulls": [shapes.pull(world, each) for each in issues if each.pull],
        "comments": [
            {**shapes.comment(world, each), "number": each.number, "by": each.reactions}
            for each in world.comments.values()
        ],
        "workflows": world.workflows,
    }


_ACTS = {
    "person": _person,
    "token": _token,
    "tick": _tick,
    "untick": _untick,
    "edit": _edit,
    "issue": _issue,
    "comment": _comment,
    "merge": _merge,
    "workflow": _workflow,
    "fault": _fault,
    "event": _event,
    "log": _log,
    "state": _state,
    "forget": _forget,
}
