"""GraphQL, as far as issues and their edits go: the answer has the fields asked for, no others."""

from __future__ import annotations

import re

from tests.github_standin.shapes import stamp
from tests.github_standin.world import RefusedError, World

_TOKEN = re.compile(r"\(|\)|\{|\}|\"(?:[^\"\\]|\\.)*\"|[$:!,]|[\w]+")

_NO_EDITS = "userContentEdits(first: 0)"

Fields = dict[str, "Fields"]


def answer(world: World, login: str, query: str, variables: dict) -> dict:
    """The ``data`` of a query.

    Raises:
        RefusedError: It asks for what does not exist.
    """
    wanted = fields_of(query)
    found: dict = {}
    if "viewer" in wanted:
        found["viewer"] = {"login": _bare(login)}
    if "repository" in wanted:
        if f"{variables.get('owner')}/{variables.get('name')}" != world.repository:
            raise RefusedError(404, "Could not resolve to a Repository")
        end, count = re.search(
            r"userContentEdits\((first|last): (\d+)\)", query + _NO_EDITS
        ).groups()
        span = slice(int(count)) if end == "first" else slice(-int(count), None)
        found["repository"] = {"issue": _issue(world, int(variables["number"]), span)}
    return _only(found, wanted)


def fields_of(query: str) -> Fields:
    """The tree of names that a query selects; arguments are left out."""
    tokens = _TOKEN.findall(query)
    start = tokens.index("{")
    stack: list[Fields] = [{}]
    depth, last = 0, ""
    for token in tokens[start + 1 :]:
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
        elif depth:
            continue
        elif token == "{":
            stack.append(stack[-1][last])
        elif token == "}":
            if len(stack) == 1:
                break
            stack.pop()
        else:
            last = token
            stack[-1][last] = {}
    return stack[0]


def _issue(world: World, number: int, span: slice) -> dict:
    each = world.find(number)
    nodes = [
        {
            "editedAt": stamp(edit.at),
            "editor": {"login": _bare(edit.editor)} if edit.editor else None,
            "diff": edit.text if world.history else None,
        }
        for edit in each.edits[:: -1 if world.newest_first else 1]
    ]
    last = each.edits[-1] if each.edits else None
    return {
        "number": each.number,
        "body": each.body,
        "author": {"login": _bare(each.author)} if each.author else None,
        "editor": {"login": _bare(last.editor)} if last and last.editor else None,
        "lastEditedAt": stamp(last.at) if last else None,
        "updatedAt": stamp(each.updated_at),
        "userContentEdits": {"totalCount": len(nodes), "nodes": nodes[span]},
    }


def _bare(login: str) -> str:
    # GraphQL names an app without the suffix that REST gives it.
    return login.removesuffix("[bot]")


def _only(found: object, wanted: Fields) -> object:
    if isinstance(found, list):
        return [_only(each, wanted) for each in found]
    if not wanted or found is None:
        return found
    assert isinstance(found, dict)
    unknown = sorted(set(wanted) - set(found))
    if unknown:
        raise RefusedError(400, f"Field '{unknown[0]}' doesn't exist")
    return {name: _only(found[name], below) for name, below in wanted.items()}
