"""A forge with the project, a list, an arXiv and a GitHub on loopback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.arxiv_emulator import Emulator
from tests.builders import make_list_repo
from tests.live_folder import make_live_config, make_week
from tests.workflows.forge import TOKEN, Forge, project_copy
from tests.workflows.machine import git

PROJECT, LIST = "mara/shortlist", "mara/list"
AUTHOR = "Bot <bot@example.org>"
PER_DAY = 3


@pytest.fixture
def arxiv():
    with Emulator(make_week(), seed=1, records_per_page=20) as emulator:
        yield emulator


def config_for(arxiv: Emulator, **tables: dict[str, object]) -> str:
    """The config of the workflows: the list beside, everything pushed."""
    settings: dict[str, dict[str, object]] = {
        "queue": {"per_day": PER_DAY, "audit_per_week": 0},
        "publish": {"push": True, "author": AUTHOR},
    }
    for name, table in tables.items():
        settings[name] = settings.get(name, {}) | table
    return make_live_config(arxiv, **settings)


@pytest.fixture
def forge(tmp_path: Path, arxiv: Emulator) -> Forge:
    """The project's repository is set up for the list's."""
    made = Forge(
        folder=tmp_path / "forge",
        variables={"LIST_REPOSITORY": LIST},
        secrets={"LIST_TOKEN": TOKEN},
    )
    made.add(PROJECT, project_copy(tmp_path / "project", config_for(arxiv)))
    make_list_repo(tmp_path / "list")
    made.add(LIST, tmp_path / "list")
    return made


@pytest.fixture
def origin(forge: Forge) -> Path:
    """The list's bare repository."""
    return forge.repositories[LIST]


def state(origin: Path, name: str) -> list[dict[str, object]]:
    """The rows of a file on the state branch."""
    text = git(origin, "show", f"shortlist-state:{name}")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def desk(tmp_path, arxiv, origin, shortlist, monkeypatch):
    """``desk("queue", "list")`` runs a command on a maintainer's own machine, beside a clone."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "config.toml").write_text(config_for(arxiv), encoding="utf-8")
    git(folder, "clone", "-q", origin, folder / "list")
    monkeypatch.setenv("LIST_TOKEN", TOKEN)

    def run(*words: str) -> None:
        outcome = shortlist(*words, "--config", folder / "config.toml")
        assert outcome.status == 0, outcome.err

    return run
