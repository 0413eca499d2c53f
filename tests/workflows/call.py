"""A workflow in the list's repository that calls Shortlist's, by GitHub's rules for calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.workflows.expressions import Open, Scope, fill, is_wanted
from tests.workflows.forge import TOKEN, Forge
from tests.workflows.run import Run, parse_workflow, read_workflow

_STRENGTH = {"none": 0, "read": 1, "write": 2}


def call(
    forge: Forge,
    text: str,
    *,
    repository: str,
    event_name: str,
    event: Mapping[str, Any],
    file: str,
    token: str = TOKEN,
) -> dict[str, Run]:
    """Run the jobs of a calling workflow whose conditions hold, by their names."""
    document, runs = parse_workflow(text), {}
    github = {"event_name": event_name, "event": Open(event), "repository": repository}
    scope = Scope(contexts={"github": github, "inputs": Open(event.get("inputs", {}))})
    for name, job in document["jobs"].items():
        assert job.keys() <= {"if", "uses", "with", "secrets", "permissions"}
        if not is_wanted(job.get("if", ""), scope):
            continue
        path, _, commit = job["uses"].partition("@")
        owner, begin, called_file = path.partition("/shortlist/.github/workflows/")
        assert (owner, bool(begin), commit) == ("OWNER", True, "COMMIT")
        called = read_workflow(called_file.removesuffix(".yml"))
        check_permissions(granted=job["permissions"], called=called)
        runs[name] = Run(
            forge=forge,
            document=called,
            repository=repository,
            event_name=event_name,
            event=event,
            inputs=inputs_of(
                called,
                {key: fill(text, scope) for key, text in job.get("with", {}).items()},
                github,
            ),
            secrets=job.get("secrets", {}),
            file=file,
            token=token,
        ).start()
    return runs


def inputs_of(
    called: Mapping[str, Any], given: Mapping[str, str], github: Mapping[str, Any]
) -> dict[str, str]:
    """What the called workflow sees: what is given, else its defaults."""
    declared = called["on"]["workflow_call"]["inputs"]
    assert given.keys() <= declared.keys(), "an input that is not declared"
    defaults = {
        name: fill(str(each.get("default", "")), Scope(contexts={"github": github}))
        for name, each in declared.items()
    }
    return {**defaults, **given}


def check_permissions(*, granted: Mapping[str, str], called: Mapping[str, Any]) -> None:
    """GitHub does not start a call whose jobs want more than the caller grants."""
    for name, job in called["jobs"].items():
        for what, level in job["permissions"].items():
            allowed = _STRENGTH[granted.get(what, "none")]
            assert allowed >= _STRENGTH[level], f"{name} wants {what}: {level}"
