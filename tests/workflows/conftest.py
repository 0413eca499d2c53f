"""A forge with the project, a list, an arXiv and a GitHub on loopback."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from tests.arxiv_emulator import Emulator
from tests.builders import make_candidate, make_list_repo
from tests.conftest import Shortlist
from tests.github_standin import GitHubStandIn, World
from tests.live_folder import make_live_config, make_week
from tests.workflows.forge import TOKEN, Forge, project_copy
from tests.workflows.machine import git

PROJECT, LIST = "mara/shortlist", "mara/list"
BOT = "github-actions[bot]"
AUTHOR = "Bot <bot@example.org>"
PER_DAY = 3
PAPERS = ("2206.00101", "2206.00102", "2206.00103")
"""Those of :func:`waiting`."""


@pytest.fixture
def arxiv():
    with Emulator(make_week(), seed=1, records_per_page=20) as emulator:
        yield emulator


def config_for(arxiv: Emulator, github: GitHubStandIn, **tables: dict[str, object]) -> str:
    """The config of the workflows: the list beside, everything pushed."""
    settings: dict[str, dict[str, object]] = {
        "github": {"api_url": github.api_url},
        "queue": {"per_day": PER_DAY, "audit_per_week": 0},
        "publish": {"push": True, "author": AUTHOR},
    }
    for name, table in tables.items():
        settings[name] = settings.get(name, {}) | table
    return make_live_config(arxiv, **settings)


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """The project's repository is set up for the list's."""
    made = Forge(
        folder=tmp_path / "forge",
        variables={"LIST_REPOSITORY": LIST},
        secrets={"LIST_TOKEN": TOKEN},
    )
    make_list_repo(tmp_path / "list")
    made.add(LIST, tmp_path / "list")
    return made


@pytest.fixture
def github(forge: Forge, tmp_path: Path, arxiv: Emulator):
    """The list's issues; the forge's one token is that of workflows, and Mara may write."""
    with GitHubStandIn(LIST, git=forge.repositories[LIST]) as standin:
        standin.world.person(BOT)
        standin.world.token(BOT, TOKEN)
        forge.api_url = standin.api_url
        copy = project_copy(tmp_path / "project", config_for(arxiv, standin))
        forge.add(PROJECT, copy)
        yield standin


@pytest.fixture
def origin(forge: Forge) -> Path:
    """The list's bare repository."""
    return forge.repositories[LIST]


def state(origin: Path, name: str) -> list[dict[str, object]]:
    """The rows of a file on the state branch."""
    text = git(origin, "show", f"shortlist-state:{name}")
    return [json.loads(line) for line in text.splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A maintainer's own machine: a clone of the list, and a config beside it."""

    folder: Path
    shortlist: Shortlist

    def __call__(self, *words: str) -> None:
        """Run a command there."""
        outcome = self.shortlist(*words, "--config", self.folder / "config.toml")
        assert outcome.status == 0, outcome.err

    @property
    def queue(self) -> Queue:
        """What the database there holds."""
        (self.folder / "var").mkdir(exist_ok=True)
        return Queue(open_database(f"sqlite:///{self.folder}/var/shortlist.db"))


@pytest.fixture
def config(arxiv: Emulator, github: GitHubStandIn) -> str:
    """The config that the workflows have."""
    return config_for(arxiv, github)


@pytest.fixture
def desk(
    tmp_path: Path,
    config: str,
    origin: Path,
    shortlist: Shortlist,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    """A maintainer's machine."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "config.toml").write_text(config, encoding="utf-8")
    git(folder, "clone", "-q", origin, folder / "list")
    for name, value in (
        ("LIST_TOKEN", TOKEN),
        ("GITHUB_TOKEN", TOKEN),
        ("LIST_REPOSITORY", LIST),
    ):
        monkeypatch.setenv(name, value)
    return Desk(folder=folder, shortlist=shortlist)


@pytest.fixture
def waiting(desk: Desk, github: GitHubStandIn) -> World:
    """Three papers wait on the dashboard, as the state on the list's branch has them."""
    now = datetime.now(UTC)  # what was queued in 2022 would expire
    candidates = [replace(make_candidate(arxiv_id), queued_at=now) for arxiv_id in PAPERS]
    desk.queue.record([each.paper for each in candidates], candidates, now=now)
    desk("state", "save", "--push")
    desk("dashboard", "sync")
    github.world.person("ola", "read")
    return github.world
