"""How long a reviewer waits with years behind them: 10,000 candidates wait, 100,000 were decided.

Asked over HTTP on loopback, each time over a new connection, of a server that holds its database
open as `shortlist review` does.
"""

from __future__ import annotations

import statistics
import time
import urllib.request
from collections.abc import Callable

import pytest

from db.engine import kept_open
from tests.benchmarks.large_queue import DECIDED, PENDING, fill_queue, identifier
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.web.serving import page_of

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(900)]

FIRST_BYTE_SECONDS = 0.150
DECISION_SECONDS = 0.050
SEARCH_SECONDS = 3.0
TIMES = 25


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    fill_queue(f"sqlite:///{folder}/queue.db")
    return make_world(folder, candidates=0)


@pytest.fixture(scope="module")
def page(world):
    with kept_open(world.queue._engine), page_of(world.desk) as client:
        yield client.signed()


def median_of(ask: Callable[[int], None], *, times: int = TIMES) -> float:
    """Seconds, once what is read only once has been read."""
    ask(-1)
    taken = []
    for number in range(times):
        began = time.perf_counter()
        ask(number)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def first_byte(page, path: str) -> Callable[[int], None]:
    def ask(_: int) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(page.base + path, timeout=30) as answer:
            assert answer.read(1)

    return ask


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/history",
        "/api/session",
        "/api/queue?state=pending",
        f"/api/queue?state=pending&offset={PENDING - 50}",
        "/api/queue?state=pending&topic=Privacy",
        "/api/queue?state=pending&day=2022-06-05",
        f"/api/candidates/{identifier(9_999)}",
        "/api/history",
        "/api/history?reviewer=Noor",
        "/api/publish",
    ],
)
def test_the_first_byte_of_a_page_and_of_what_it_asks_comes_at_once(page, path):
    seconds = median_of(first_byte(page, path))
    print(f"{path}: {seconds * 1000:.1f} ms")
    assert seconds <= FIRST_BYTE_SECONDS


def test_a_search_through_all_that_was_ever_queued_comes_before_patience_ends(page):
    seconds = median_of(first_byte(page, "/api/queue?text=fair+1234"), times=5)
    print(f"search: {seconds * 1000:.1f} ms")
    assert seconds <= SEARCH_SECONDS


def test_a_decision_is_kept_and_answered_at_once(world, page):
    def decide(number: int) -> None:
        path = f"/api/candidates/{identifier(number + 1)}/decision"
        assert page.post(path, {"verdict": "reject", "revision": 0}).status == 200

    seconds = median_of(decide)
    print(f"decision: {seconds * 1000:.1f} ms")
    assert world.queue.work(world.clock.now).done >= TIMES
    assert world.desk.history(limit=1)[0].decision.reviewer == "Mara"
    assert sum(world.queue.counts().values()) == PENDING + DECIDED
    assert seconds <= DECISION_SECONDS


def test_an_undo_takes_hardly_longer_and_a_preview_of_an_edit_less(page):
    def change(number: int) -> None:
        path = f"/api/candidates/{identifier(number + 1000)}"
        page.post(f"{path}/decision", {"verdict": "reject", "revision": 0})
        assert page.post(f"{path}/undo", {"revision": 1}).status == 200

    def preview(_: int) -> None:
        path = f"/api/candidates/{identifier(2000)}/preview"
        assert page.post(path, {"title": "Another title"}).status == 200

    both, one = median_of(change), median_of(preview)
    print(f"decision and undo: {both * 1000:.1f} ms, preview: {one * 1000:.1f} ms")
    assert both <= 3 * DECISION_SECONDS
    assert one <= DECISION_SECONDS
