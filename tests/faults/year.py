"""A list kept for a year: arXiv, a machine that is killed, people who decide and who edit.

One process, a virtual clock, and everything real but the models: the database, the
list's repositories, the state branch, arXiv on loopback. What is drawn comes from the seed.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from db.queue import Queue
from db.records import Decision, Paper, Verdict
from models.artifact import Prediction
from pipeline.daily import DailyJob, run_and_record
from pipeline.errors import EditError
from pipeline.git import Repository
from pipeline.job_runs import JobRecorder
from pipeline.outcome import DailyReport
from pipeline.ports import FileEdit
from pipeline.publication import PublishJob, read_lists
from pipeline.publish.commit import CommitPublisher
from pipeline.publish.provenance import commits_about, papers_taken_back
from pipeline.state.snapshot import load_snapshot, save_snapshot
from pipeline.withdrawal import UndoJob, undo
from tests.arxiv_emulator import Emulator, weather
from tests.arxiv_emulator.clock import announced
from tests.builders import MAINTAINER, make_list_repo
from tests.fakes import FakeScorer
from tests.faults.forked import run_and_die
from tests.faults.hands import HEADINGS, Hands
from tests.live_world import MORNING, LiveWorld
from tests.pipeline.git.checkouts import git

STATE_BRANCH = "shortlist-state"
TOPICS = ("Privacy", "Fairness")
REVIEWERS = ("Mara", "Ben", "Chidi")
STEPS = 150
"""About as many as a run has; some kills come too late, and such a run ends by itself."""

FAULTY, KILLED, EDITED, OVERTAKEN, FORGOTTEN, BROKEN = 0.2, 0.2, 0.15, 0.05, 0.06, 0.03
"""On which share of days sources fail, the job is killed, people edit the list before it
runs or while it does, the machine forgets its disk, and the model cannot be loaded."""


class YearScorer(FakeScorer):
    """Relevance by the last digits, the topic by their sum."""

    def _predict(self, paper: Paper) -> Prediction:
        first = self.topics[sum(map(int, paper.arxiv_id[-3:])) % len(self.topics)]
        others = [topic for topic in self.topics if topic != first]
        return Prediction(
            relevance=int(paper.arxiv_id[-2:]) / 100,
            topics=((first, 0.9), *((topic, 0.1 / len(others)) for topic in others)),
            neighbours=(),
            words=("private",),
        )


class OvertakenPublisher(CommitPublisher):
    """Between reading the list and writing to it, a person is faster; once."""

    hands: Hands | None = None

    def publish(self, edits: Sequence[FileEdit], *, message: str) -> str:
        hands, self.hands = self.hands, None
        if hands is not None:
            hands.edit()
        return super().publish(edits, message=message)


@dataclass(kw_only=True)
class Year:
    """The world, day after day.

    Attributes:
        emulator: The arXiv that is read.
        folder: Where everything lies.
        seed: Of all that is drawn.
        decided: What people want of a paper, the last they said; undone ones are not in it.
        happened: How often what happened.
        diary: What happened on each day.
    """

    emulator: Emulator
    folder: Path
    seed: int
    decided: dict[str, Verdict] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    diary: dict[date, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        make_list_repo(self.folder / "seed")
        git(self.folder, "clone", "--quiet", "--bare", "seed", "origin.git")
        git(self.folder, "clone", "--quiet", "origin.git", "hands")
        self.hands = Hands(clone=self.folder / "hands", rng=self.rng)
        self.scorer = YearScorer(TOPICS)
        self._today = date.min
        self._machine()

    def _machine(self) -> None:
        """A machine with an empty disk."""
        shutil.rmtree(self.folder / "machine", ignore_errors=True)
        (self.folder / "machine").mkdir()
        git(self.folder / "machine", "clone", "--quiet", "../origin.git", "list")
        self.repository = Repository.open(self.folder / "machine" / "list")
        self.world = LiveWorld(
            emulator=self.emulator, folder=self.folder / "machine", timeout_seconds=0.5
        )

    @property
    def queue(self) -> Queue:
        return Queue(self.world.engine)

    def day(self, day: date) -> None:
        """All that happens on an announcement day."""
        now = announced(day) + MORNING
        self.emulator.clock.set(now)
        self._today = day
        if self._draws(EDITED):
            self.hands.edit()
        if self._draws(FORGOTTEN):
            self._note("forgotten")
            self._machine()
            load_snapshot(self.world.engine, self.repository, STATE_BRANCH)
        if faulty := self._draws(FAULTY):
            share = self.rng.choice((0.3, 0.6, 1.0))
            self._note("faulty", f"{share:.0%} of the answers")
            self.emulator.faults.set(weather(share))
        if broken := self._draws(BROKEN):
            self._note("broken model")
        self.scorer.broken = broken
        killed = self._draws(KILLED)
        if killed:
            step = self.rng.randrange(1, STEPS)
            if run_and_die(lambda: self._run(day, now), step=step):
                self._note("killed", f"at step {step}")
        # The run that was killed is made up for the same day, or the next.
        if not killed or self._draws(0.7):
            later = now + timedelta(hours=5, minutes=30)
            self.emulator.clock.set(later)
            overtaken = self._draws(OVERTAKEN)
            if overtaken:
                self._note("overtaken")
            self._run(day, later, hands=self.hands if overtaken else None)
        if faulty:
            self.world.calm()
        self.scorer.broken = False
        self._decide(now + timedelta(hours=8))
        self._save(now + timedelta(hours=9))

    def calm_day(self, day: date) -> DailyReport:
        """A day on which nothing goes wrong."""
        now = announced(day) + MORNING
        self.emulator.clock.set(now)
        report = self._run(day, now)
        self._follow_headings(now)
        self._save(now)
        return report

    def _note(self, what: str, more: str = "") -> None:
        self.happened[what] += 1
        self.diary.setdefault(self._today, []).append(f"{what} {more}".strip())

    def _draws(self, share: float) -> bool:
        return self.rng.random() < share

    @property
    def list_paths(self) -> tuple[Path, ...]:
        return tuple(self.repository.root / name for name in ("README.md", "FULL_LIST.md"))

    def _publisher(self) -> OvertakenPublisher:
        return OvertakenPublisher(self.repository, branch="main", author=MAINTAINER, push=True)

    def _run(self, day: date, now: datetime, *, hands: Hands | None = None) -> DailyReport:
        publisher = self._publisher()
        publisher.hands = hands
        job = DailyJob(
            publication=PublishJob(
                list_paths=self.list_paths,
                in_all_files=False,
                queue=self.queue,
                publisher=publisher,
                now=now,
                taken_back=lambda: papers_taken_back(self.repository),
                told_of=lambda arxiv_id: commits_about(self.repository, arxiv_id),
            ),
            intake=self.world.intake(),
            ledger=self.world.ledger,
            scorer=self.scorer,
            aliases=HEADINGS,
            per_day=6,
            audit_per_week=3,
            expire_days=14,
            day=day,
        )
        recorder = JobRecorder(ledger=self.world.ledger, clock=lambda: now)
        return run_and_record(lambda: job, recorder)

    def _save(self, now: datetime) -> None:
        save_snapshot(
            self.world.engine,
            self.repository,
            STATE_BRANCH,
            identity=MAINTAINER,
            push=True,
            now=now,
        )

    def _decide(self, now: datetime) -> None:
        """The reviewers' evening: some decisions, sometimes one that is taken back."""
        pending = self.queue.pending()
        self.hands.wishes = [each.paper.arxiv_id for each in pending]
        for candidate in pending:
            verdict = self.rng.choices(
                (Verdict.APPROVE, Verdict.REJECT, Verdict.DEFER, None), (15, 25, 5, 55)
            )[0]
            if verdict is not None:
                self._say(candidate.paper.arxiv_id, verdict, now)
        self._follow_headings(now)
        if self.decided and self._draws(0.2):
            self._take_back(self.rng.choice(sorted(self.decided)), now)

    def _say(self, arxiv_id: str, verdict: Verdict, now: datetime, *, topic: str = "") -> None:
        reviewer = self.rng.choice(REVIEWERS)
        self.queue.decide(
            Decision(
                arxiv_id=arxiv_id,
                verdict=verdict,
                topic=topic,
                reviewer=reviewer,
                decided_at=now,
            )
        )
        self.decided[arxiv_id] = verdict
        self.happened[verdict.value] += 1

    def _take_back(self, arxiv_id: str, now: datetime) -> None:
        """Undo the last decision on a paper, also if it is published."""
        job = UndoJob(
            list_paths=self.list_paths,
            queue=self.queue,
            publisher=lambda _="": self._publisher(),
            repository=lambda: self.repository,
            reviewer=self.rng.choice(REVIEWERS),
            now=now,
        )
        try:
            undone = undo(job, arxiv_id)
        except EditError:  # a person has changed the entry since
            self._note("undo refused")
            return
        self.decided.pop(arxiv_id)
        self._note(f"undone, {undone.was}")

    def _follow_headings(self, now: datetime) -> None:
        """What was approved for a heading that was renamed by hand is approved for the new one."""
        (preview, _) = read_lists(self.list_paths)
        headings = {topic.name for topic in preview.topics}
        for candidate in self.queue.approved():
            if candidate.topic not in headings:
                arxiv_id = candidate.paper.arxiv_id
                self.queue.undo(arxiv_id, reviewer="Mara", now=now)
                self._say(arxiv_id, Verdict.APPROVE, now, topic=HEADINGS[candidate.topic])
