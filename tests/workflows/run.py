"""A workflow, read from its file and run job by job, step by step.

The installation is the one step that is cut short: ``make`` puts the program
of the checkout on the path, with the packages that the tests have. All other
commands run as they stand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.workflows.expressions import Open, Scope, fill, is_wanted
from tests.workflows.forge import TOKEN, Forge
from tests.workflows.machine import ROOT, Machine, git
from tests.workflows.steps import Job, Steps

WORKFLOWS = ROOT / ".github" / "workflows"


def read_workflow(name: str) -> dict[str, Any]:
    """One of the project's own, by the name of its file."""
    return parse_workflow((WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8"))


def parse_workflow(text: str) -> dict[str, Any]:
    """A workflow; YAML 1.1 takes the key ``on`` for true."""
    document = yaml.safe_load(text)
    document["on"] = document.pop(True, document.get("on"))
    return dict(document)


@dataclass(kw_only=True)
class Run:
    """One run of a workflow.

    Attributes:
        forge: What is outside.
        document: The workflow.
        repository: The repository it runs in.
        event_name: What began it.
        event: The event's content.
        inputs: What was typed, or given by a workflow that calls it.
        ref: The branch, or the pull request's merge.
        file: Name of the file that GitHub began with: a caller's, if there is one.
        secrets: By default those of the repository.
        program: The repository that the workflow itself lies in.
        token: The job's own; "" where it may only read, as for a fork's pull request.
    """

    forge: Forge
    document: Mapping[str, Any]
    repository: str
    event_name: str
    event: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    ref: str = "refs/heads/main"
    file: str = "daily.yml"
    secrets: Mapping[str, str] | None = None
    program: str = "mara/shortlist"
    token: str = TOKEN
    run_id: int = field(init=False)
    jobs: dict[str, Job] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.run_id = self.forge.next_run()

    @property
    def group(self) -> str:
        """The concurrency group it waits in."""
        return fill(self.document["concurrency"]["group"], Scope(contexts=self._contexts()))

    def start(self) -> Run:
        """Run all jobs whose conditions hold; no workflow here lets one wait for another."""
        for name, job in self.document["jobs"].items():
            assert "needs" not in job, "the harness knows no needs"
            self.jobs[name] = self._run_job(name, job)
        return self

    @property
    def well(self) -> bool:
        """Whether something ran, and all that ran ended well."""
        ran = [job for job in self.jobs.values() if job.ran]
        return bool(ran) and all(job.well for job in ran)

    @property
    def log(self) -> str:
        """What the commands of all jobs printed."""
        return "".join(job.log for job in self.jobs.values())

    @property
    def outcomes(self) -> dict[str, str]:
        """Of the steps of all jobs."""
        return {step: out for job in self.jobs.values() for step, out in job.outcomes.items()}

    def _contexts(self) -> dict[str, Any]:
        declared = {
            name: ""
            for event in ("workflow_dispatch", "workflow_call")
            for name in ((self.document["on"].get(event) or {}).get("inputs") or {})
        }
        program = self.forge.repositories[self.program]
        return {
            "github": {
                "event": Open(self.event),
                "event_name": self.event_name,
                "repository": self.repository,
                "ref": self.ref,
                "run_id": self.run_id,
                "token": self.token,
                "base_ref": (self.event.get("pull_request") or {}).get("base", {}).get("ref", ""),
            },
            "inputs": {**declared, **self.inputs},
            "vars": Open(self.forge.variables),
            "secrets": Open(self.forge.secrets if self.secrets is None else self.secrets),
            "runner": {"os": "Linux"},
            "job": {
                "workflow_repository": self.program,
                "workflow_sha": git(program, "rev-parse", "main"),
            },
        }

    def _run_job(self, name: str, job: Mapping[str, Any]) -> Job:
        contexts = self._contexts()
        result = Job(name=name)
        if not is_wanted(job.get("if", ""), Scope(contexts=contexts)):
            return result
        assert job["timeout-minutes"] > 0
        result.ran = True
        env = {
            key: fill(str(value), Scope(contexts=contexts))
            for key, value in {**self.document.get("env", {}), **job.get("env", {})}.items()
        }
        machine = self._machine(name)
        steps = Steps(
            forge=self.forge,
            machine=machine,
            result=result,
            contexts=contexts,
            env=env,
            use={"repository": self.repository, "ref": self.ref, "run_id": self.run_id},
        )
        steps.do(job["steps"])
        for act in reversed(steps.at_the_end):
            act(result.well)
        result.log, result.summary = machine.log, machine.summary
        result.workspace = machine.workspace
        return result

    def _machine(self, job: str) -> Machine:
        workflow = f"{self.repository}/.github/workflows/{self.file}"
        folder = self.forge.folder / "runs" / f"{self.run_id}-{job}"
        folder.mkdir(parents=True)
        (folder / "event.json").write_text(json.dumps(self.event), encoding="utf-8")
        return Machine(
            folder=folder,
            variables={
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_API_URL": self.forge.api_url,
                "GITHUB_EVENT_NAME": self.event_name,
                "GITHUB_EVENT_PATH": str(folder / "event.json"),
                "GITHUB_REF": self.ref,
                "GITHUB_REPOSITORY": self.repository,
                "GITHUB_RUN_ID": str(self.run_id),
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_WORKFLOW_REF": f"{workflow}@{self.ref}",
                "GITHUB_WORKSPACE": str(folder / "work"),
                "RUNNER_TEMP": str(folder / "temp"),
            },
        )
