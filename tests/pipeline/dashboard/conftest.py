"""A list, a queue and a GitHub, all of them real enough to lose something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from db.records import Decision, State, Verdict
from pipeline.dashboard import DashboardJob, Event, apply_dashboard, sync_dashboard
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from pipeline.outcome import DashboardReport, Publication
from pipeline.publication import PublishJob, publish_approved
from pipeline.publish.commit import CommitPublisher
from tests.builders import MAINTAINER, NOW
from tests.github_standin import TOKEN, GitHubStandIn
from tests.pipeline.desk.worlds import World, make_world

PAPERS = ("2206.00001", "2206.00002", "2206.00003")


@dataclass(kw_only=True)
class Board:
    """The dashboard of a world, as the commands keep it and people use it."""

    world: World
    standin: GitHubStandIn
    slept: list[float]
    publishing: Callable[[], Publication] | None = None

    @property
    def job(self) -> DashboardJob:
        transport = Transport(api_url=self.standin.api_url, token=TOKEN, sleep=self.slept.append)
        return DashboardJob(
            github=GitHub(transport, self.standin.world.repository),
            desk=self.world.desk,
            queue=self.world.queue,
            ledger=self.world.ledger,
            publish=self.publishing or self.publish,
            title="Papers to review",
            now=self.world.clock.now,
        )

    def publish(self) -> Publication:
        publisher = CommitPublisher(
            self.world.repository, branch="main", author=MAINTAINER, push=False
        )
        folder = self.world.folder / "list"
        return publish_approved(
            PublishJob(
                list_paths=(folder / "README.md", folder / "FULL_LIST.md"),
                in_all_files=False,
                queue=self.world.queue,
                publisher=publisher,
                now=self.world.clock.now,
            )
        )

    def sync(self) -> DashboardReport:
        return sync_dashboard(self.job)

    def apply(self, sender: str = "", *, number: int = 1, comment: bool = False) -> DashboardReport:
        event = Event(number=number, sender=sender, is_comment=comment) if sender else None
        return apply_dashboard(self.job, event)

    @property
    def body(self) -> str:
        return self.standin.world.issues[1].body

    @property
    def replies(self) -> list[str]:
        """What Shortlist wrote as comments."""
        return [
            each.body
            for each in self.standin.world.comments.values()
            if each.author == "shortlist-bot[bot]"
        ]

    def tick(self, *parts: str, login: str = "mara", number: int = 1) -> None:
        """Tick a box. GitHub lets only writers; others ticked it before they lost that right."""
        people = self.standin.world.permissions
        was = people[login]
        people[login] = "write"
        self.standin.world.tick(number, *parts, login=login)
        people[login] = was

    def say(self, text: str, *, login: str = "mara") -> int:
        return self.standin.world.create_comment(login, 1, text).comment_id

    def reactions(self, comment_id: int) -> list[str]:
        return [sign for _, sign in self.standin.world.comments[comment_id].reactions]

    def state(self, arxiv_id: str) -> State:
        return self.world.queue.get(arxiv_id).state

    def verdicts(self, arxiv_id: str) -> list[tuple[str, str]]:
        """What was recorded about a paper, and by whom."""
        return [(each.verdict.value, each.reviewer) for each in self.world.queue.history(arxiv_id)]

    def decide(self, arxiv_id: str, verdict: Verdict, *, reviewer: str = "noor") -> None:
        """Somebody decides elsewhere."""
        decision = Decision(arxiv_id=arxiv_id, verdict=verdict, reviewer=reviewer, decided_at=NOW)
        self.world.queue.decide(decision)

    def pass_time(self, **span: float) -> None:
        self.world.clock.now += timedelta(**span)
        self.standin.world.pass_time(timedelta(**span).total_seconds())

    def commits(self) -> int:
        return len(self.world.repository.revisions())

    def list_text(self) -> str:
        return self.world.readme.read_text(encoding="utf-8")

    def asked(self, act: Callable[[], object]) -> list[str]:
        """The requests that ``act`` made."""
        before = len(self.standin.log)
        act()
        return [f"{each.method} {each.path}" for each in self.standin.log[before:]]


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """Three papers wait; Mara and Noor may write, Ola may not; nothing is on GitHub yet."""
    with GitHubStandIn("owner/list") as standin:
        standin.world.person("mara")
        standin.world.person("noor", "maintain")
        standin.world.person("ola", "read")
        standin.world.set_time(NOW)
        yield Board(world=make_world(tmp_path), standin=standin, slept=[])


@pytest.fixture
def shown(board: Board) -> Board:
    """The same, with the dashboard made."""
    board.sync()
    return board
