"""A desk over a real list repository and a real database, for those who review in tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from db.engine import open_database
from db.ledger import Ledger
from db.papers import PaperStore
from db.queue import Queue
from pipeline.desk import DeskTools, ReviewDesk
from pipeline.desk.listed import ListReader
from pipeline.git import Repository
from pipeline.publish.commit import CommitPublisher
from pipeline.story import StoryJob, story_as_json
from tests.builders import MAINTAINER, NOW, make_candidate, make_list_repo


@dataclass
class Clock:
    """A time that tests move."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True)
class World:
    """A folder with a list and a queue, and the desk over both."""

    folder: Path
    repository: Repository
    queue: Queue
    ledger: Ledger
    clock: Clock
    desk: ReviewDesk

    @property
    def readme(self) -> Path:
        return self.folder / "list" / "README.md"

    def add(self, *candidates) -> None:
        """Queue these."""
        self.queue.record([each.paper for each in candidates], candidates, now=NOW)


def make_world(folder: Path, *, candidates: int = 3, url: str = "") -> World:
    """Candidates ``2206.00001`` and so on, the later the more relevant."""
    repository = make_list_repo(folder / "list")
    engine = open_database(url or f"sqlite:///{folder}/queue.db")
    paths = (folder / "list" / "README.md", folder / "list" / "FULL_LIST.md")
    clock = Clock()
    story_job = StoryJob(
        queue=Queue(engine),
        papers=PaperStore(engine),
        ledger=Ledger(engine),
        list_paths=paths,
        repository=lambda: repository,
        categories=("cs.LG",),
    )
    tools = DeskTools(
        queue=Queue(engine),
        ledger=Ledger(engine),
        lists=ListReader(paths),
        list_paths=paths,
        list_root=folder / "list",
        in_all_files=False,
        make_publisher=lambda branch="": CommitPublisher(
            repository, branch="main", author=MAINTAINER, push=False
        ),
        open_repository=lambda: repository,
        story=lambda arxiv_id: story_as_json(story_job, arxiv_id),
        report_path=folder / "var" / "report.html",
        clock=clock,
    )
    world = World(
        folder=folder,
        repository=repository,
        queue=tools.queue,
        ledger=tools.ledger,
        clock=clock,
        desk=ReviewDesk(tools, "Mara"),
    )
    world.add(
        *(
            make_candidate(f"2206.{number:05}", relevance=number / (candidates + 1))
            for number in range(1, candidates + 1)
        )
    )
    return world
