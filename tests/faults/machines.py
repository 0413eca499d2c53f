"""A machine with a list, its origin and a memory, on the morning of a daily run."""

from __future__ import annotations

import json
import re
import shutil
import threading
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from db.dump import dump
from db.engine import open_database
from db.queue import Queue
from tests.arxiv_emulator import Emulator
from tests.builders import make_list_repo
from tests.faults.commands import Typed, make_model
from tests.live_folder import WEEK, make_live_config, morning_of
from tests.pipeline.git.checkouts import git

BEFORE, DAY = WEEK[1], WEEK[2]
STATE_BRANCH = "shortlist-state"
DAILY = (("run", "--date", str(DAY)), ("state", "save", "--push"))


@dataclass(kw_only=True)
class Machines:
    """Copies of one machine, which has run the day before and has approved papers waiting.

    Attributes:
        emulator: The arXiv that they read.
        folder: Where they are made.
        approved: What waits to be published.
    """

    emulator: Emulator
    folder: Path
    approved: tuple[str, ...] = ()
    made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        """Make the one that the others are copies of."""
        first = self.folder / "begun"
        first.mkdir()
        make_list_repo(first / "seed")
        git(first, "clone", "--quiet", "--bare", "seed", "origin.git")
        git(first, "clone", "--quiet", "origin.git", "list")
        # Relative, so that a copy has an origin of its own.
        git(first / "list", "remote", "set-url", "origin", "../origin.git")
        shutil.rmtree(first / "seed")
        make_model(first / "model")
        config = make_live_config(
            self.emulator,
            models={"artifact": "model"},
            queue={"per_day": 6, "audit_per_week": 5},
            publish={"author": "Mara Tester <mara@example.org>", "push": True},
        )
        (first / "config.toml").write_text(config, encoding="utf-8")
        self.type(first, ("run", "--date", str(BEFORE)), day=BEFORE)
        engine = open_database(f"sqlite:///{first}/var/shortlist.db")
        best = [each.paper.arxiv_id for each in Queue(engine).pending()]
        self.approved = tuple(best[:3])
        self.type(first, ("queue", "approve", *self.approved))
        self.type(first, ("queue", "reject", best[3]))
        self.type(first, ("state", "save", "--push"))

    def copy(self, of: Path | None = None) -> Path:
        """Another machine on the same morning; or like the one in ``of``."""
        folder = self._next()
        shutil.copytree(of or self.folder / "begun", folder, symlinks=True)
        return folder

    def forget(self, folder: Path) -> Path:
        """The machine in ``folder`` with a new disk: config, model, and a clone of the list."""
        new = self._next()
        new.mkdir()
        for name in ("origin.git", "model"):
            shutil.copytree(folder / name, new / name)
        shutil.copy(folder / "config.toml", new)
        git(new, "clone", "--quiet", "origin.git", "list")
        git(new / "list", "remote", "set-url", "origin", "../origin.git")
        return new

    def _next(self) -> Path:
        with self._lock:
            self.made += 1
            return self.folder / f"machine-{self.made}"

    def typed(self, folder: Path, *lines: tuple[str, ...], day: date = DAY, **how: Any) -> Typed:
        """Commands on a machine on the morning of ``day``."""
        morning_of(self.emulator, day)
        return Typed(lines=lines, folder=folder, notes=Path(f"{folder}-notes"), **how)

    def type(self, folder: Path, *lines: tuple[str, ...], day: date = DAY) -> None:
        """Type commands, each of which must end well."""
        typed = self.typed(folder, *lines, day=day)
        assert typed.end() == 0, typed.said()


Rows = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class End:
    """What a machine has come to, without times.

    Attributes:
        memory: The rows of each file of the dump.
        saved: The same of the state branch of the origin.
        lists: The list files of the checkout.
        origin: Those of the origin's main branch.
        commits: How many that branch has.
        status: What ``git status`` says of the checkout.
        left: Files that only a killed run leaves.
    """

    memory: dict[str, Rows]
    saved: dict[str, Rows]
    lists: dict[str, str]
    origin: dict[str, str]
    commits: int
    status: str
    left: tuple[str, ...]


def end_of(folder: Path) -> End:
    """What the machine in ``folder`` has come to."""
    scratch = Path(f"{folder}-dump")
    dump(open_database(f"sqlite:///{folder}/var/shortlist.db"), scratch)
    names = ("README.md", "FULL_LIST.md")
    checkout, origin = folder / "list", folder / "origin.git"
    saved = git(origin, "ls-tree", "-r", "--name-only", STATE_BRANCH).splitlines()
    return End(
        memory={
            path.name: rows_of(path.read_text(encoding="utf-8")) for path in scratch.glob("*.jsonl")
        },
        saved={
            name: rows_of(git(origin, "show", f"{STATE_BRANCH}:{name}"))
            for name in saved
            if name.endswith(".jsonl")
        },
        lists={name: (checkout / name).read_text(encoding="utf-8").strip() for name in names},
        origin={name: git(origin, "show", f"main:{name}") for name in names},
        commits=int(git(origin, "rev-list", "--count", "main")),
        status=git(checkout, "status", "--porcelain", "--ignored"),
        left=tuple(
            re.sub(r"\d+", "N", str(path.relative_to(folder)))
            for path in sorted((checkout / ".git").rglob("*"))
            if path.name.endswith((".tmp", "index.lock")) or "journal" in path.name
        ),
    )


def rows_of(text: str) -> Rows:
    """The rows of a file of a dump, by what they are about.

    Without times, also without that at which a harvest began; a commit is one or none, for its
    name holds its time.
    """
    rows: Rows = {}
    for line in filter(None, text.split("\n")):
        row = {k: v for k, v in json.loads(line).items() if not k.endswith("_at") and k != "since"}
        if "commit" in row:
            row["commit"] = bool(row["commit"])
        about = " ".join(str(row[key]) for key in _KEYS if key in row)
        if row not in rows.values():  # a job that ran twice ran
            rows[f"{about} {sum(known.startswith(about) for known in rows)}"] = row
    return rows


_KEYS = ("arxiv_id", "source", "day", "name", "job")


def differences(end: End, expected: End) -> list[str]:
    """In what two ends differ, value by value."""
    told: list[str] = []
    _compare("", asdict(end), asdict(expected), told)
    return told


def assert_healed(machines: Machines, folder: Path, undisturbed: End) -> None:
    """The next run ends where an undisturbed one does; that one failed is remembered."""
    machines.type(folder, *DAILY)
    told = differences(end_of(folder), undisturbed)
    lost = [line for line in told if " job_runs.jsonl " not in line]
    assert not lost, "\n".join(lost)


def _compare(where: str, found: Any, expected: Any, told: list[str]) -> None:
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in sorted({*found, *expected}):
            _compare(f"{where} {key}", found.get(key), expected.get(key), told)
    elif found != expected:
        told.append(f"{where}: {found!r} instead of {expected!r}")
