"""Weeks of a dashboard in which everything happens at once: each answer counts once.

People tick, command and decide elsewhere while runs die, GitHub fails, events are lost or
doubled, and bodies are emptied. In the end each paper has the one answer that its person
gave, under their name, and the list has each approved paper once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from db.records import State, Verdict
from pipeline.errors import GitHubError
from tests.builders import make_candidate
from tests.github_standin import Fault
from tests.github_standin.faults import secondary_limit
from tests.pipeline.dashboard.conftest import Board

PAPERS = 16
STEPS = 60
WAYS = ("approve", "under", "reject", "later", "/approve", "/reject", "/later", "elsewhere")
VERDICTS = {
    "approve": "approve",
    "under": "approve",
    "reject": "reject",
    "later": "defer",
    "/approve": "approve",
    "/reject": "reject",
    "/later": "defer",
    "elsewhere": "reject",
}


@dataclass
class Crowd:
    """What people are going to do, one act a paper."""

    board: Board
    dice: random.Random
    waiting: list[tuple[str, str, str]] = field(default_factory=list)
    done: dict[str, tuple[str, str]] = field(default_factory=dict)

    def act(self, number: int = 1) -> None:
        """Somebody does the next thing on their mind, if it can be done just now."""
        if not self.waiting:
            return
        arxiv_id, way, login = self.waiting.pop()
        try:
            self._do(arxiv_id, way, login, number)
        except LookupError:  # the box is gone with an emptied body: they come back later
            self.waiting.insert(0, (arxiv_id, way, login))
            return
        self.done[arxiv_id] = (VERDICTS[way], login)

    def _do(self, arxiv_id: str, way: str, login: str, number: int) -> None:
        if way == "elsewhere":
            self.board.decide(arxiv_id, Verdict.REJECT, reviewer=login)
        elif way.startswith("/"):
            self.board.say(f"{way} {arxiv_id}", login=login)
        elif way == "under":
            self.board.tick(f"shortlist:{arxiv_id} ", "under", login=login, number=number)
        else:
            mark = f"shortlist:{arxiv_id} r0 {way} -->"
            self.board.tick(mark, login=login, number=number)


def mishaps(board: Board, crowd: Crowd, dice: random.Random) -> list[Callable[[], object]]:
    world, login = board.standin.world, dice.choice(["mara", "noor"])

    def attempt(act: Callable[[], object]) -> None:
        try:
            act()
        except GitHubError:
            board.slept.clear()

    def fault() -> None:
        board.standin.fail(
            Fault(
                method=dice.choice(["", "", "PATCH", "POST"]),
                status=dice.choice([500, 502, 0]),
                times=dice.choice([1, 3, 5]),
                done=dice.random() < 0.5,
            )
        )

    def meanwhile() -> None:
        world.before_edit = crowd.act

    def dying() -> None:
        """The next run writes over a tick, and dies of the lost answer."""
        meanwhile()
        board.standin.fail(Fault(method="PATCH", times=4, done=True))

    return [
        crowd.act,
        crowd.act,
        crowd.act,
        meanwhile,
        meanwhile,
        fault,
        dying,
        lambda: board.standin.fail(secondary_limit(retry_after=1)),
        lambda: world.edit_body(1, dice.choice(["", "oops", board.body[:900]]), login=login),
        lambda: world.edit_body(1, board.body.replace("\n", "\r\n"), login=login),
        lambda: world.edit_issue(login, 1, {"state": "closed"}),
        lambda: attempt(board.sync),
        lambda: attempt(board.apply),
        lambda: attempt(lambda: board.apply(login)),
        lambda: attempt(lambda: board.apply("ola", comment=True)),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_each_answer_counts_once_and_for_who_gave_it(board, seed):
    dice = random.Random(seed)
    ids = [f"2207.{number:05}" for number in range(PAPERS)]
    board.world.add(*(make_candidate(each, relevance=0.9) for each in ids))
    board.sync()
    crowd = Crowd(board, dice)
    crowd.waiting = [(each, dice.choice(WAYS), dice.choice(["mara", "noor"])) for each in ids]

    for _ in range(STEPS):
        dice.choice(mishaps(board, crowd, dice))()

    board.standin.faults.clear()
    board.standin.world.before_edit = None
    while crowd.waiting:
        board.sync()
        crowd.act()
    board.apply()
    board.apply()

    for arxiv_id in ids:
        by_people = [told for told in board.verdicts(arxiv_id) if told[0] != "publish"]
        assert by_people == [crowd.done[arxiv_id]], arxiv_id
    approved = {each for each, (verdict, _) in crowd.done.items() if verdict == "approve"}
    assert {each for each in ids if board.state(each) is State.PUBLISHED} == approved
    listed = Counter(each for each in ids if f"/abs/{each})" in board.list_text())
    assert set(listed) == approved
    assert all(board.list_text().count(f"/abs/{each})") == 1 for each in approved)
    assert "[x]" not in board.body
    assert len(board.standin.world.issues) == 1
    assert not board.sync().changed
