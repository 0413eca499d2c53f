"""The steps of a job in their order, by GitHub's rules of what runs after a failure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workflows.actions import ACTIONS, Use
from tests.workflows.expressions import Open, Scope, fill, is_wanted, shown
from tests.workflows.forge import Forge
from tests.workflows.machine import Machine

_KEYS = {"name", "id", "if", "uses", "with", "run", "env", "shell", "working-directory"}


@dataclass(kw_only=True)
class Job:
    """What came of a job.

    Attributes:
        name: Its key in the workflow.
        ran: Whether its condition let it.
        well: Whether every step ended well.
        outcomes: Of each step, by its name.
        log: What its commands printed.
        summary: Its page.
        workspace: Its folder, which stays for a look.
    """

    name: str
    ran: bool = False
    well: bool = True
    outcomes: dict[str, str] = field(default_factory=dict)
    log: str = ""
    summary: str = ""
    workspace: Path = Path()


@dataclass(kw_only=True)
class Steps:
    """The steps of a job.

    Attributes:
        forge: What is outside.
        machine: Where they run.
        result: What is noted of each.
        contexts: What expressions read; ``steps`` and ``env`` are added here.
        env: Of the job.
        use: What each action is told of the run.
        at_the_end: What actions do when the job is over.
    """

    forge: Forge
    machine: Machine
    result: Job
    contexts: Mapping[str, Any]
    env: Mapping[str, str]
    use: Mapping[str, Any]
    at_the_end: list[Callable[[bool], None]] = field(default_factory=list)
    _done: dict[str, Any] = field(default_factory=dict)

    def do(self, steps: list[dict[str, Any]]) -> None:
        """Run those whose conditions hold."""
        for step in steps:
            assert step.keys() <= _KEYS, f"keys {step.keys() - _KEYS}"
            if not is_wanted(step.get("if", ""), self._scope(self.env)):
                self._note(step, "skipped", {})
                continue
            self.machine.log += f"--- {step['name']}\n"
            ended, outputs = self._run(step)
            self._note(step, "success" if ended else "failure", outputs)
            self.result.well = self.result.well and ended

    def _note(self, step: Mapping[str, Any], outcome: str, outputs: dict[str, str]) -> None:
        self.result.outcomes[step["name"]] = outcome
        if "id" in step:
            self._done[step["id"]] = {"outcome": outcome, "outputs": Open(outputs)}

    def _scope(self, env: Mapping[str, str]) -> Scope:
        contexts = {**self.contexts, "steps": self._done, "env": env}
        return Scope(contexts=contexts, well=self.result.well, hash_files=self._hash_files)

    def _hash_files(self, *patterns: str) -> str:
        found = [self.machine.workspace / pattern for pattern in patterns]
        assert all(file.is_file() for file in found), f"hashFiles{patterns}: no such file"
        return hashlib.sha256(b"".join(file.read_bytes() for file in found)).hexdigest()

    def _run(self, step: Mapping[str, Any]) -> tuple[bool, dict[str, str]]:
        scope = self._scope(self.env)
        env = {**self.env, **_filled(step.get("env", {}), scope)}
        if "uses" in step:
            return self._act(step["uses"], _filled(step.get("with", {}), scope))
        assert "${{" not in step["run"], "an expression in a shell script"
        where = fill(step.get("working-directory", ""), scope)
        return self.machine.run(step["run"], env, shell=step.get("shell", ""), where=where)

    def _act(self, uses: str, inputs: dict[str, str]) -> tuple[bool, dict[str, str]]:
        name, at, commit = uses.partition("@")
        assert (at, len(commit)) == ("@", 40), f"{uses} is not pinned by commit"
        use = Use(forge=self.forge, machine=self.machine, inputs=inputs, **self.use)
        outputs = ACTIONS[name](use)
        self.at_the_end += use.at_the_end
        return True, outputs


def _filled(values: Mapping[str, Any], scope: Scope) -> dict[str, str]:
    return {key: fill(shown(value), scope) for key, value in values.items()}
