"""The runs that decisions on the dashboard begin, and what comes of them."""

from __future__ import annotations

from pathlib import Path

from tests.github_standin import World, shapes
from tests.workflows.conftest import LIST, PAPERS, PROJECT, state
from tests.workflows.forge import Forge
from tests.workflows.machine import git
from tests.workflows.run import Run, read_workflow


def happened(
    forge: Forge, world: World, name: str, *, number: int = 1, login: str = "mara", comment: int = 0
) -> Run:
    """The run that an event in the list's repository begins, called from there."""
    return Run(
        forge=forge,
        document=read_workflow("review"),
        repository=LIST,
        event_name=name,
        event=shapes.event(world, name, number, login=login, comment_id=comment),
        inputs={"list": LIST, "config": ".github/shortlist.toml"},
        secrets={},
    )


def sweep(forge: Forge) -> Run:
    """The hourly run in Shortlist's own repository."""
    return Run(
        forge=forge,
        document=read_workflow("review"),
        repository=PROJECT,
        event_name="schedule",
        file="review.yml",
    )


def states(origin: Path) -> dict[str, str]:
    found = {row["arxiv_id"]: row["state"] for row in state(origin, "candidates.jsonl")}
    return {arxiv_id: found[arxiv_id] for arxiv_id in PAPERS}


def times_listed(origin: Path, arxiv_id: str) -> int:
    return git(origin, "show", "main:README.md").count(f"abs/{arxiv_id}")
