"""How long a key takes in the terminal with years behind it, and how long a digest takes.

10,000 candidates wait, 100,000 were decided; the clock stands from the key to the whole frame.
"""

from __future__ import annotations

import itertools
import statistics
import time

import pytest

from db.engine import kept_open
from pipeline.digest import DigestJob, gather_digest
from pipeline.pages.digest import render_digest
from tests.benchmarks.large_queue import DECIDED, PENDING, fill_queue
from tests.builders import NOW
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.terminal.typed import TypedScreen, review

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

KEY_SECONDS = 0.150
TYPING_SECONDS = 0.100
DIGEST_SECONDS = 2.0


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    fill_queue(f"sqlite:///{folder}/queue.db")
    return make_world(folder, candidates=0)


class Timed(TypedScreen):
    """Keeps when each frame was drawn."""

    def __init__(self, *keys: str, **how: int) -> None:
        super().__init__(*keys, **how)
        self.moments: list[float] = []

    def draw(self, lines, *, cursor=None) -> None:
        super().draw(lines, cursor=cursor)
        self.moments.append(time.perf_counter())


def median_of(world, *keys: str, monkeypatch) -> float:
    """Seconds from one frame to the next."""
    monkeypatch.setattr("tests.pipeline.review.terminal.typed.TypedScreen", Timed)
    with kept_open(world.queue._engine):
        screen = review(world.desk, *keys)
    moments = screen.moments[1:]
    return statistics.median(b - a for a, b in itertools.pairwise(moments))


@pytest.mark.parametrize(
    ("what", "keys", "most"),
    [
        ("a decision and the next paper", "arl" * 10, KEY_SECONDS),
        ("the next paper", "j" * 30, KEY_SECONDS),
        ("a letter of a search", "/" + "x" * 30, TYPING_SECONDS),
    ],
)
def test_a_key_is_answered_at_once(world, monkeypatch, what, keys, most):
    ended = ("esc",) if keys.startswith("/") else ()
    seconds = median_of(world, *keys, *ended, monkeypatch=monkeypatch)
    print(f"\n{what}, {PENDING:,} waiting, {DECIDED:,} decided: {1000 * seconds:.0f} ms")
    assert seconds <= most


def test_a_digest_takes_no_time_to_speak_of(world):
    began = time.perf_counter()
    job = DigestJob(
        list_name="list", queue=world.queue, ledger=world.ledger, dashboard="", days=7, now=NOW
    )
    text = render_digest(gather_digest(job))
    seconds = time.perf_counter() - began
    print(f"\na digest of a week: {1000 * seconds:.0f} ms, {len(text)} characters")
    assert seconds <= DIGEST_SECONDS
