"""Where the documentation's commands are tried: a checkout, a list beside it, GitHub and arXiv.

Everything that a page takes for granted is there: a config, a queue with the
papers that pages name, a list with their topics and a branch ``origin/main``,
papers files and recorded days. Nothing of it is outside of loopback.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from db.engine import open_database
from db.queue import Queue
from pipeline.demo import DATA
from pipeline.lists.reader import read_list
from pipeline.setup import config_text
from pipeline.sources.calendar import announcement_days
from tests.arxiv_emulator import Emulator
from tests.builders import make_candidate
from tests.documentation.blocks import ROOT
from tests.github_standin import TOKEN, GitHubStandIn

PAPERS = ("2302.06637", "2207.12020")
"""Papers that pages name; they wait in the queue, and arXiv has them."""
REPOSITORY = "owner/list"
PORT = "8765"
SECONDS = 20
"""How long what runs until it is stopped is let run."""
BEGAN = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2022-05-02T12:00:00Z")
"""The list is older than the days that are replayed."""
UNTIL_STOPPED = ("review", "schedule")
OWNERSHIP = """## Ownership

- Adversarial Frontier Stitching for Remote Neural Network Watermarking. \
[[paper]](https://arxiv.org/abs/1711.01894)
  - Erwan Le Merrer, Patrick Perez, Gilles Trédan.
  - Key Word: Watermark.
  - <details><summary>Digest</summary> Written for a test.</details>

"""
"""A topic that pages name and the demo's list has not."""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a command.

    Attributes:
        command: As it was typed.
        status: Its exit status.
        said: What it printed.
        may_find: Whether status 1 says only that something was found.
    """

    command: str
    status: int
    said: str
    may_find: bool = False

    @property
    def ended_well(self) -> bool:
        """Whether it did what its page says."""
        return self.status == 0 or (self.may_find and self.status == 1)


@dataclass(kw_only=True)
class Sandbox:
    """A folder with a checkout in it.

    Attributes:
        folder: Holds ``shortlist`` (the checkout, where commands run), ``awesome-list``, ``days``.
        arxiv: What stands in for arXiv.
        github: What stands in for GitHub.
        port: Where the review page listens; it takes the place of the one that pages name.
    """

    folder: Path
    arxiv: Emulator
    github: GitHubStandIn
    port: int = field(default_factory=free_port)

    @property
    def checkout(self) -> Path:
        """Where commands are typed."""
        return self.folder / "shortlist"

    @property
    def list_repo(self) -> Path:
        """A clone of the list."""
        return self.folder / "awesome-list"

    def make(self) -> Sandbox:
        """Everything that a page takes for granted."""
        self._make_list()
        (self.checkout / ".venv" / "bin").mkdir(parents=True)
        for name in ("shortlist", "python"):
            program = self.checkout / ".venv" / "bin" / name
            module = "-m pipeline " if name == "shortlist" else ""
            program.write_text(
                f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} {module}"$@"\n',
                encoding="utf-8",
            )
            program.chmod(0o755)
        self._make_queue()
        self._make_days()
        self._make_papers()
        (self.folder / "home").mkdir()
        return self

    def _make_list(self) -> None:
        seed = self.folder / "seed"
        seed.mkdir()
        for page in DATA.glob("*.md"):
            text = page.read_text(encoding="utf-8")
            if page.name == "README.md":
                text = text.replace("## Interpretability\n", f"{OWNERSHIP}## Interpretability\n", 1)
            (seed / page.name).write_text(text, encoding="utf-8")
        who = ["-c", "user.name=Mara", "-c", "user.email=mara@example.org"]
        for words in (["init", "-qb", "main"], ["add", "."], [*who, "commit", "-qm", "Begin"]):
            subprocess.run(["git", "-C", seed, *words], check=True, env={**os.environ, **BEGAN})
        bare = self.folder / "list.git"
        subprocess.run(["git", "clone", "-q", "--bare", seed, bare], check=True)
        subprocess.run(["git", "clone", "-q", bare, self.list_repo], check=True)
        for key, value in (("user.name", "Mara"), ("user.email", "mara@example.org")):
            subprocess.run(["git", "-C", self.list_repo, "config", key, value], check=True)

    def _make_queue(self) -> None:
        database = self.checkout / "var" / "shortlist.db"
        database.parent.mkdir(parents=True)
        now = datetime.now(UTC)
        candidates = [make_candidate(arxiv_id, announced=now.date()) for arxiv_id in PAPERS]
        engine = open_database(f"sqlite:///{database}")
        Queue(engine).record([each.paper for each in candidates], candidates, now=now)
        engine.dispose()

    def _make_days(self) -> None:
        """The demo's day, and some of its papers under other names around the first of June."""
        days = self.folder / "days"
        shutil.copytree(DATA / "days", days)
        (shipped,) = days.iterdir()
        rows = [json.loads(line) for line in shipped.read_text(encoding="utf-8").splitlines()]
        for day in announcement_days(date(2022, 5, 20), date(2022, 6, 6)):
            made = [
                {
                    **row,
                    "arxiv_id": f"{day:%y%m}.{day.day:02}{number:03}",
                    "announced": str(day),
                    "title": f"{row['title']}: {day}",
                }
                for number, row in enumerate(rows[:12])
            ]
            text = "".join(f"{json.dumps(row)}\n" for row in made)
            (days / f"{day}.jsonl").write_text(text, encoding="utf-8")

    def _make_papers(self) -> None:
        """Abstracts of the list's entries, in the form of ``--papers``."""
        entries = read_list(self.list_repo / "FULL_LIST.md").entries
        rows = [
            {
                "arxiv_id": entry.arxiv_id,
                "title": entry.title,
                "abstract": f"{entry.title}. We look at it closely, and say what we saw.",
                "authors": ["Ann Author"],
                "categories": ["cs.LG"],
                "comment": None,
                "published": None,
            }
            for entry in entries
            if entry.arxiv_id
        ]
        with gzip.open(self.checkout / "papers.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)

    def write_config(self) -> None:
        """The config; over one that ``init`` wrote, only the addresses."""
        file = self.checkout / "config.toml"
        settings = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        over: dict[str, dict[str, object]] = {
            "list": {"repo": "../awesome-list"},
            "sources": {
                "oai_url": self.arxiv.oai_url,
                "rss_url": self.arxiv.rss_url,
                "api_url": self.arxiv.api_url,
                "spacing_seconds": 0.0,
            },
            "review": {"port": self.port},
            "github": {"api_url": self.github.api_url, "repository": REPOSITORY},
        }
        merged = {name: {**settings.get(name, {}), **table} for name, table in over.items()}
        file.write_text(config_text({**settings, **merged}), encoding="utf-8")

    def run(self, commands: tuple[str, ...], *, may_find: Iterable[str] = ()) -> list[Tried]:
        """Type one command after the other; the first that fails is the last."""
        begins_with_init = any(" init " in f"{command} " for command in commands)
        if not begins_with_init:
            self.write_config()
        tried, before = [], ""
        with self._page(commands):
            for command in commands:
                finds = command.startswith(tuple(may_find))
                tried.append(replace(self._type(command, before), may_find=finds))
                if re.match(r"(export )?[A-Za-z_]\w*=", command):
                    before += f"{command}; "
                if (self.checkout / "config.toml").exists():
                    self.write_config()
                if not tried[-1].ended_well:
                    break
        return tried

    def _type(self, command: str, before: str) -> Tried:
        """One command, in a shell that has the variables of those before it."""
        words = command.split()
        program, where, stops = f"{before}{command}", self.checkout, False
        if words[0] == "git":
            where = self.list_repo
        elif words[0] == "curl":  # which says nothing of a refusal, unless it is asked to
            program = f"{before}curl --fail-with-body {command.removeprefix('curl ')}"
        elif "--terminal" in words:
            program = f"script --quiet --return --command {shlex.quote(program)} /dev/null"
        elif words[1:2] and words[1] in UNTIL_STOPPED and "--once" not in words:
            program, stops = f"timeout --signal=INT {SECONDS} {program}", True
        done = subprocess.run(
            ["bash", "-c", program.replace(PORT, str(self.port))],
            cwd=where,
            env=self._environment(),
            input="q",  # what asks a person is told to end
            capture_output=True,
            text=True,
            check=False,
        )
        status, said = done.returncode, f"{done.stdout}{done.stderr}"
        # Stopped by the clock, or by the signal that a person's Ctrl-C sends.
        if stops and status in {124, 130}:
            status = 0
        return Tried(command=command, status=status, said=said)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": os.environ.get("LANG", "C.UTF-8"),
            "HOME": str(self.folder / "home"),
            "XDG_CACHE_HOME": str(self.folder / "home"),
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "EDITOR": "true",
            "TERM": "xterm",
            "OMP_NUM_THREADS": "1",
        }

    @contextmanager
    def _page(self, commands: tuple[str, ...]) -> Iterator[None]:
        """The review page, where commands ask it something."""
        if not any(f"localhost:{PORT}" in command for command in commands):
            yield
            return
        page = subprocess.Popen(
            [self.checkout / ".venv" / "bin" / "shortlist", "review"],
            cwd=self.checkout,
            env=self._environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with suppress(OSError):
                    socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                    break
                time.sleep(0.1)
            yield
        finally:
            page.send_signal(signal.SIGINT)
            page.wait(timeout=30)


def today() -> date:
    """The day that commands without a date are about."""
    return datetime.now(UTC).date()


def listed_papers() -> set[str]:
    """Identifiers of the papers in the list."""
    pages = [page.read_text(encoding="utf-8") for page in DATA.glob("*.md")]
    return set(re.findall(r"arxiv\.org/abs/(\d{4}\.\d{4,5})", "".join([*pages, OWNERSHIP])))
