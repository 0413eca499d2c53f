"""The corpus in a queue: as the database gives it back, in a folder where commands run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from db.records import Candidate
from pipeline.setup import config_text
from tests.builders import NOW, make_list_repo
from tests.hostile.corpus import HARMLESS, PAPERS, candidate_of

NAMES = {hostile.paper.arxiv_id: hostile.name for hostile in PAPERS}


def make_hostile_folder(folder: Path) -> Queue:
    """A list, a config and a queue in which every hostile paper waits."""
    make_list_repo(folder / "list")
    settings = {
        "list": {"repo": "list"},
        "publish": {"author": "Mara Tester <mara@example.org>"},
        "review": {"reviewer": "Mara"},
    }
    (folder / "config.toml").write_text(config_text(settings), encoding="utf-8")
    (folder / "var").mkdir()
    queue = Queue(open_database(f"sqlite:///{folder}/var/shortlist.db"))
    candidates = [candidate_of(hostile) for hostile in PAPERS]
    queue.record([each.paper for each in candidates], candidates, now=NOW)
    return queue


@pytest.fixture(scope="session")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of :func:`make_hostile_folder`; nobody changes it."""
    folder = tmp_path_factory.mktemp("hostile")
    make_hostile_folder(folder)
    return folder


@pytest.fixture(scope="session")
def hostile_queue(hostile_folder: Path) -> Queue:
    return Queue(open_database(f"sqlite:///{hostile_folder}/var/shortlist.db"))


@pytest.fixture(scope="session")
def candidates(hostile_queue: Queue) -> dict[str, Candidate]:
    """Every hostile candidate by its name, as the database keeps it."""
    found = {NAMES[each.paper.arxiv_id]: each for each in hostile_queue.candidates()}
    assert len(found) == len(PAPERS)
    return found


@pytest.fixture(scope="session")
def plain() -> Candidate:
    """A candidate whose words do nothing: what every page should be made of."""
    return candidate_of(HARMLESS)


@pytest.fixture
def in_hostile_folder(hostile_folder: Path) -> Iterator[Path]:
    before = Path.cwd()
    os.chdir(hostile_folder)
    yield hostile_folder
    os.chdir(before)


@pytest.fixture(params=[hostile.name for hostile in PAPERS])
def candidate(request: pytest.FixtureRequest, candidates: dict[str, Candidate]) -> Candidate:
    """Each hostile candidate in turn."""
    found: Candidate = candidates[request.param]
    return found
