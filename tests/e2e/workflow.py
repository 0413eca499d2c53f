"""A GitHub Actions job, read from its file and run step by step on this machine.

Understands what the project's own workflows use, and refuses the rest: an
expression it does not know fails the test rather than being guessed at.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

WORKFLOWS = Path(__file__).resolve().parents[2] / ".github" / "workflows"
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


@dataclass(kw_only=True)
class JobRun:
    """One run of one job.

    Attributes:
        workflow: Name of the workflow file, without its ending.
        job: Name of the job in it.
        folder: The clean folder it runs in.
        context: Value of each expression (``inputs.date``) that the job may read.
        actions: What stands in for each action that is used, by the step's name.
        skipped: Names of steps with commands that this machine has no need of.
    """

    workflow: str
    job: str
    folder: Path
    context: Mapping[str, str]
    actions: Mapping[str, Callable[[Path], None]]
    skipped: frozenset[str] = frozenset()
    outcomes: dict[str, str] = field(default_factory=dict)
    log: str = ""

    def run(self) -> bool:
        """Whether every step ended well, as the job's own mark would say."""
        document = yaml.safe_load((WORKFLOWS / f"{self.workflow}.yml").read_text(encoding="utf-8"))
        well = True
        for step in document["jobs"][self.job]["steps"]:
            name = step["name"]
            if not self._wanted(step.get("if", ""), well=well):
                self._note(step, "skipped")
                continue
            if "uses" in step:
                self.actions.get(name, lambda _folder: None)(self.folder)
                ended = True
            else:
                ended = name in self.skipped or self._run_commands(step)
            self._note(step, "success" if ended else "failure")
            well = well and ended
        return well

    def _note(self, step: Mapping[str, str], outcome: str) -> None:
        self.outcomes[step["name"]] = outcome
        if "id" in step:
            self.outcomes[f"steps.{step['id']}.outcome"] = outcome

    def _wanted(self, condition: str, *, well: bool) -> bool:
        """GitHub's rule: without a status function, a step runs only while all went well."""
        if not condition:
            return well
        parts = _EXPRESSION.sub(r"\1", condition).split(" && ")
        assert parts[0] == "!cancelled()", condition
        for part in parts[1:]:
            known = re.fullmatch(r"(steps\.\w+\.outcome) == '(\w+)'", part)
            assert known, condition
            if self.outcomes.get(known[1]) != known[2]:
                return False
        return True

    def _run_commands(self, step: Mapping[str, object]) -> bool:
        script = str(step["run"])
        assert not _EXPRESSION.search(script), "an expression in a shell script"
        wanted = {
            key: _EXPRESSION.sub(lambda found: self.context[found[1]], str(value))
            for key, value in dict(step.get("env", {})).items()  # type: ignore[call-overload]
        }
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        kept = {key: os.environ[key] for key in ("LANG", "XDG_CACHE_HOME") if key in os.environ}
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                **kept,
                "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
                "HOME": str(home),
                **wanted,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.log += f"--- {step['name']} ({done.returncode})\n{done.stdout}{done.stderr}"
        return done.returncode == 0
