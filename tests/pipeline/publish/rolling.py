"""The world of a rolling pull request: a list on a remote, a clone, a queue and a GitHub."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from db.records import Decision, State, Verdict
from pipeline.git import Repository
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from pipeline.publish.provenance import papers_taken_back
from pipeline.publish.pull_request import BRANCH, PullRequestPublisher
from pipeline.publish.remote_list import RemoteList
from tests.builders import MAINTAINER, NOW, make_candidate, make_publish_job
from tests.github_standin import TOKEN, GitHubStandIn
from tests.pipeline.git.checkouts import BOT, git


class World:
    """A list on a remote, a checkout of it, the queue, and its pull requests."""

    def __init__(self, folder: Path, standin: GitHubStandIn, origin: Path) -> None:
        self.folder, self.standin, self.origin = folder, standin, origin
        self.repository = Repository.open(folder / "list")
        transport = Transport(api_url=standin.api_url, token=TOKEN, sleep=lambda _: None)
        self.github = GitHub(transport, "owner/list")
        made = make_publish_job(folder / "queue")
        self.job = replace(
            made,
            list_paths=tuple(folder / "list" / path.name for path in made.list_paths),
            publisher=self.publisher(),
            reader=self.base().read,
            taken_back=lambda: papers_taken_back(self.repository, rev=self.base().commit),
        )
        for number, topic in [(1, "Privacy"), (2, "Fairness"), (3, "Privacy")]:
            candidate = make_candidate(f"2206.0000{number}", topic=topic)
            self.job.queue.record([candidate.paper], [candidate], now=NOW)

    def base(self) -> RemoteList:
        return RemoteList(self.repository, branch="main")

    def publisher(self, branch: str = BRANCH) -> PullRequestPublisher:
        return PullRequestPublisher(
            self.repository, base=self.base(), author=BOT, requests=self.github, branch=branch
        )

    def approve(self, *numbers: int) -> None:
        for number in numbers:
            self.job.queue.decide(
                Decision(
                    arxiv_id=f"2206.0000{number}",
                    verdict=Verdict.APPROVE,
                    reviewer="Mara",
                    decided_at=NOW,
                )
            )

    def state(self, number: int) -> State:
        return self.job.queue.get(f"2206.0000{number}").state

    def show(self, rev: str, path: str = "README.md") -> str:
        return git(self.origin, "show", f"{rev}:{path}") + "\n"

    def ids_on(self, rev: str) -> list[str]:
        return sorted(set(re.findall(r"2206\.0000\d", self.show(rev))))

    def count(self) -> int:
        return sum(issue.pull is not None for issue in self.standin.world.issues.values())

    def pull(self, number: int):
        return self.github.pull_request(number)

    def person(self, name: str = "theirs") -> Repository:
        """A clone in which a person works."""
        if not (self.folder / name).exists():
            git(self.folder, "clone", "--quiet", str(self.origin), str(self.folder / name))
        clone = Repository.open(self.folder / name)
        git(clone.root, "fetch", "--quiet", "--prune")
        return clone

    def edit(self, branch: str, old: str, new: str, path: str = "README.md") -> str:
        """A person changes a file on a branch and pushes; the commit."""
        clone = self.person()
        git(clone.root, "checkout", "--quiet", "-B", branch, f"origin/{branch}")
        file = clone.root / path
        text = file.read_text("utf-8") if file.exists() else ""
        assert old in text
        file.write_text(text.replace(old, new) if old else new, "utf-8")
        sha = clone.commit([path], "By hand", MAINTAINER)
        clone.push("origin", f"refs/heads/{branch}:refs/heads/{branch}")
        return sha

    def merge(self, number: int, *, squash: bool = False, branch: str = BRANCH) -> None:
        """A person merges a pull request on GitHub."""
        clone = self.person()
        git(clone.root, "checkout", "--quiet", "-B", "main", "origin/main")
        if squash:
            git(clone.root, "merge", "--quiet", "--squash", f"origin/{branch}")
            git(clone.root, "commit", "--quiet", "-m", f"Papers (#{number})")
        else:
            git(clone.root, "merge", "--quiet", "--no-ff", "-m", "Merge", f"origin/{branch}")
        clone.push("origin", "refs/heads/main:refs/heads/main")
        self.standin.world.merge(number, commit=clone.head())


def make_world(folder: Path, standin: GitHubStandIn, origin: Path) -> World:
    """An origin at ``origin`` with the small list, and a clone of it."""
    seed = make_publish_job(folder / "seed").list_paths[0].parent
    git(folder, "clone", "--quiet", "--bare", str(seed), str(origin))
    git(folder, "clone", "--quiet", str(origin), str(folder / "list"))
    return World(folder, standin, origin)
