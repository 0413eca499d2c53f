"""Weeks of a rolling pull request with people at it, drawn at random: nothing lost or doubled."""

from __future__ import annotations

import random
import subprocess

import pytest

from db.records import State
from pipeline.publication import publish_approved
from pipeline.publish.pull_request import BRANCH
from tests.builders import NOW, make_candidate
from tests.github_standin import GitHubStandIn
from tests.pipeline.git.checkouts import git
from tests.pipeline.publish.rolling import World, make_world

STEPS = 30


class Weeks:
    """Acts of people and of Shortlist, and what must hold between them."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.count = 0
        self.by_people: list[str] = []
        self.kept: list[str] = []
        """Tips of closed and merged pull requests: GitHub keeps them."""
        for number in range(4, 10):
            candidate = make_candidate(f"2206.0000{number}")
            world.job.queue.record([candidate.paper], [candidate], now=NOW)

    def numbers(self, state: State) -> list[int]:
        found = self.world.job.queue.candidates(state=state)
        return [int(each.paper.arxiv_id[-1]) for each in found]

    def opened(self):
        return next(iter(self.world.github.pull_requests(head=BRANCH)), None)

    def approve(self) -> None:
        for number in self.random.sample(waiting := self.numbers(State.PENDING), len(waiting))[:2]:
            self.world.approve(number)

    def take_back(self) -> None:
        for number in self.numbers(State.APPROVED)[:1]:
            self.world.job.queue.undo(f"2206.0000{number}", reviewer="Mara", now=NOW)

    def change_the_list(self) -> None:
        self.count += 1
        self.world.edit("main", "# A list\n", f"# A list\n\nWords {self.count}.\n")

    def change_the_branch(self) -> None:
        self.count += 1
        if self.opened() and "It works" in self.world.show(BRANCH):
            sha = self.world.edit(BRANCH, "It works", f"It works {self.count}, and")
            self.by_people.append(sha)

    def merge(self) -> None:
        opened = self.opened()
        if opened is None:
            return
        tip = git(self.world.origin, "rev-parse", BRANCH)
        clone = self.world.person().root
        git(clone, "checkout", "--quiet", "-B", "main", "origin/main")
        how = ["git", "merge", "--quiet", "--no-ff", "-m", "Merge", f"origin/{BRANCH}"]
        if subprocess.run(how, cwd=clone, capture_output=True, check=False).returncode:
            git(clone, "merge", "--abort")  # GitHub would say that there are conflicts
            return
        git(clone, "push", "--quiet", "origin", "main")
        self.kept.append(tip)
        self.world.standin.world.merge(opened.number, commit=git(clone, "rev-parse", "main"))

    def close(self) -> None:
        opened = self.opened()
        if opened:
            self.kept.append(git(self.world.origin, "rev-parse", BRANCH))
            self.world.standin.world.edit_issue("owner", opened.number, {"state": "closed"})

    def publish(self) -> None:
        publication = publish_approved(self.world.job)
        self.check()
        if publication.proposed and not publication.problems:
            approved = {f"2206.0000{number}" for number in self.numbers(State.APPROVED)}
            assert set(publication.proposed) == approved
            assert publication.pull_request == self.opened().url

    def check(self) -> None:
        world = self.world
        assert len(world.github.pull_requests(head=BRANCH)) <= 1
        on_main = world.ids_on("main")
        assert {int(each[-1]) for each in on_main} == set(self.numbers(State.PUBLISHED))
        branches = git(world.origin, "branch", "--format=%(refname:short)").splitlines()
        for branch in branches:
            text = world.show(branch)
            assert all(text.count(f"abs/{each})") == 1 for each in world.ids_on(branch))
        clone = world.person()
        tips = [*self.kept, "origin/main"] + [f"origin/{BRANCH}"] * (BRANCH in branches)
        for sha in self.by_people:
            assert any(clone.contains(tip, sha) for tip in tips), sha


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 3, 13])
def test_weeks_with_people_at_it_lose_and_double_nothing(tmp_path, seed):
    with GitHubStandIn("owner/list", git=tmp_path / "origin.git") as standin:
        weeks = Weeks(make_world(tmp_path, standin, tmp_path / "origin.git"), seed)
        acts = (
            *[weeks.approve] * 3,
            weeks.take_back,
            weeks.change_the_list,
            *[weeks.change_the_branch] * 2,
            weeks.merge,
            weeks.close,
            *[weeks.publish] * 4,
        )
        for _ in range(STEPS):
            weeks.random.choice(acts)()
        weeks.publish()
