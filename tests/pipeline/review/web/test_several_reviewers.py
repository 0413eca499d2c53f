"""Twenty people at one queue at once, each in a browser of their own, over real HTTP.

On SQLite, and on PostgreSQL where one is named (``tests/db/conftest.py``).
"""

from __future__ import annotations

import threading
from collections import Counter

import pytest

from db.records import CandidateFilter, State
from tests.db.conftest import make_url_of_empty_database
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.web.serving import Answer, Client, page_of

__all__ = ["make_url_of_empty_database"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

REVIEWERS = 20
EACH = 10
PROXY = {"proxy_header": "X-Forwarded-User", "trusted_proxies": ("127.0.0.1",)}


def at_once(work, names: list[str]) -> None:
    """Run ``work`` for every name, all beginning together; what one raises is raised."""
    begin = threading.Barrier(len(names))
    failures: list[BaseException] = []

    def run(name: str) -> None:
        try:
            begin.wait()
            work(name)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


NAMES = [f"Reviewer {number}" for number in range(REVIEWERS)]


@pytest.fixture
def world(tmp_path, make_url_of_empty_database):
    url = make_url_of_empty_database()
    made = make_world(tmp_path, candidates=REVIEWERS * EACH, url=url)
    yield made
    made.queue._engine.dispose()


@pytest.fixture
def page(world):
    with page_of(world.desk, **PROXY) as client:
        yield client


def as_reviewer(page: Client, name: str) -> Client:
    return Client(page.base, {"X-Forwarded-User": name}).signed()


def test_twenty_reviewers_with_papers_of_their_own_lose_no_decision(world, page):
    answers: list[tuple[str, Answer]] = []

    def work(name: str) -> None:
        client, place = as_reviewer(page, name), NAMES.index(name)
        for number in range(place * EACH + 1, (place + 1) * EACH + 1):
            arxiv_id = f"2206.{number:05}"
            body = {"verdict": "approve" if number % 2 else "reject", "revision": 0}
            answers.append((name, client.post(f"/api/candidates/{arxiv_id}/decision", body)))

    at_once(work, NAMES)
    assert Counter(answer.status for _, answer in answers) == {200: REVIEWERS * EACH}
    kept = world.queue.page(CandidateFilter(), limit=500).candidates
    assert Counter(each.reviewer for each in kept) == dict.fromkeys(NAMES, EACH)
    assert Counter(each.state for each in kept) == {
        State.APPROVED: REVIEWERS * EACH // 2,
        State.REJECTED: REVIEWERS * EACH // 2,
    }
    assert len(world.desk.history(limit=500)) == REVIEWERS * EACH


def test_of_twenty_reviewers_on_one_paper_one_decides_and_all_others_see_who(world, page):
    answers: list[tuple[str, Answer]] = []

    def work(name: str) -> None:
        client = as_reviewer(page, name)
        for number in range(1, EACH + 1):
            verdict = "approve" if NAMES.index(name) % 2 else "reject"
            path = f"/api/candidates/2206.{number:05}/decision"
            answers.append((name, client.post(path, {"verdict": verdict, "revision": 0})))

    at_once(work, NAMES)
    assert Counter(answer.status for _, answer in answers) == {
        200: EACH,
        409: EACH * (REVIEWERS - 1),
    }
    winners = {
        answer.json["arxiv_id"]: (name, answer.json["state"])
        for name, answer in answers
        if answer.status == 200
    }
    for _, answer in answers:
        if answer.status == 409:
            there = answer.json["candidate"]
            assert winners[there["arxiv_id"]] == (there["reviewer"], there["state"])
    for arxiv_id, (name, state) in winners.items():
        candidate = world.desk.candidate(arxiv_id)
        assert (candidate.reviewer, candidate.state) == (name, state)
        assert len(world.queue.history(arxiv_id)) == 1


def test_reading_editing_deciding_and_publishing_at_once_ends_with_a_list_that_is_whole(
    world, page
):
    statuses: list[int] = []

    def work(name: str) -> None:
        client, place = as_reviewer(page, name), NAMES.index(name)
        for number in range(place * EACH + 1, place * EACH + 4):
            path = f"/api/candidates/2206.{number:05}"
            edited = client.ask("PUT", f"{path}/entry", {"venue": f"V{number}", "revision": 0})
            decided = client.post(f"{path}/decision", {"verdict": "approve", "revision": 1})
            statuses.extend((edited.status, decided.status, client.get("/api/queue").status))
        if place % 5 == 0:
            token = client.get("/api/publish").json["token"]
            statuses.append(client.post("/api/publish", {"token": token}).status)

    at_once(work, NAMES)
    assert set(statuses) <= {200, 409}
    last = as_reviewer(page, "Last")
    last.post("/api/publish", {"token": last.get("/api/publish").json["token"]})
    text = world.readme.read_text(encoding="utf-8")
    approved = [
        f"2206.{place * EACH + number:05}" for place in range(REVIEWERS) for number in (1, 2, 3)
    ]
    assert [text.count(f"https://arxiv.org/abs/{each}") for each in approved] == [1] * len(approved)
    published = CandidateFilter(states=frozenset({State.PUBLISHED}))
    assert world.queue.page(published, limit=1).total == len(approved)
