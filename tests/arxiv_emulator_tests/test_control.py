"""The control interface: all that the Python interface has, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import requests

from tests.arxiv_emulator import Emulator, Rule
from tests.arxiv_emulator_tests.conftest import Get, Start

LIST = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}


def test_everything_can_be_done_over_http(start: Start, get: Get) -> None:
    emulator = start()

    def post(path: str, row: object) -> requests.Response:
        return requests.post(f"{emulator.control_url}/{path}", json=row, timeout=5)

    assert get(emulator.control_url).json()["oai_url"] == emulator.oai_url
    assert post("clock", {"now": "2026-10-08T09:00:00Z"}).json()["now"] == "2026-10-08T09:00:00Z"
    assert post("clock", {"hours": 1.5}).json()["now"] == "2026-10-08T10:30:00Z"
    assert post("clock", {"to_announcement_day": True}).json()["now"] == "2026-10-09T09:00:00Z"
    assert post("faults", {"fault": "F4:502", "view": "oai"}).status_code == 200
    assert get(emulator.oai_url, **LIST).status_code == 502
    in_force = get(f"{emulator.control_url}/faults").json()
    assert in_force["in_force"][0]["struck"] == 1
    assert len(in_force["catalogue"]) == 40
    requests.delete(f"{emulator.control_url}/faults", timeout=5)
    assert emulator.faults.rules == ()
    touched = post("event", {"event": "touch", "arxiv_id": "2610.00001"})
    assert touched.status_code == 200
    made = post("event", {"event": "announce", "day": "2026-10-09"}).json()["arxiv_id"]
    oracle = get(f"{emulator.control_url}/oracle", categories="cs.LG", first="2026-10-09").json()
    assert made in {row["arxiv_id"] for row in oracle["papers"]}
    assert [made, 1, "2026-10-09", "new"] in oracle["announced"]
    log = get(f"{emulator.control_url}/log").json()
    assert [row["fault"] for row in log["requests"]] == ["F4:502"]
    assert post("restart", {"seconds": 0}).status_code == 200


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("faults", {"fault": "F99"}),
        ("faults", {"fault": "F1", "often": True}),
        ("clock", {"fortnights": 1}),
        ("clock", {"hours": -1}),
        ("clock", []),
        ("event", {"event": "touch", "arxiv_id": "2610.99999"}),
        ("event", {}),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_a_reason(
    start: Start, path: str, row: object
) -> None:
    emulator = start()
    answer = requests.post(f"{emulator.control_url}/{path}", json=row, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["problem"]


def test_nothing_else_is_served(start: Start, get: Get) -> None:
    emulator = start()
    assert get(f"{emulator.url}/list/cs.LG/new").status_code == 404
    assert get(f"{emulator.control_url}/nothing").status_code == 404
    assert emulator.log.requests == ()


def poster(emulator: Emulator) -> Callable[[str, object], Any]:
    def post(path: str, row: object) -> Any:
        answer = requests.post(f"{emulator.control_url}/{path}", json=row, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return post


def test_it_lies_where_the_reference_has_it(start: Start) -> None:
    emulator = start()
    assert emulator.control_url == f"{emulator.url}/__ctl"


def test_a_rule_in_the_references_words_strikes(start: Start, get: Get) -> None:
    emulator = start()
    match = {"view": "oai", "path_re": "verb=List", "nth": 2}
    row = {"match": match, "fault": "F3:seconds", "args": {"seconds": 7}, "times": 1}
    said = poster(emulator)("fault", row)
    assert len(said["in_force"]) == 1
    get(emulator.oai_url, verb="Identify")
    answers = [get(emulator.oai_url, **LIST) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]
    assert answers[1].headers["Retry-After"] == "7"


def test_reset_takes_everything_back_to_the_start(start: Start, get: Get) -> None:
    emulator = start("F31", Rule("F4:502", view="api", times=1))
    post = poster(emulator)
    status = get(emulator.control_url).json()
    papers, day = set(emulator.oracle.papers()), date(2026, 10, 12)

    def live() -> list[object]:
        """What a client sees of a day with two papers more than there are."""
        seen = [get(emulator.api_url, search_query="cat:cs.LG").status_code for _ in range(2)]
        post("event", {"event": "announce", "day": "2026-10-09"})
        post("event", {"event": "touch", "arxiv_id": "2610.00001"})
        post("fault", {"fault": "F1", "view": "oai"})
        post("clock", {"to_announcement_day": True})
        feed = get(f"{emulator.rss_url}/cs.LG").content
        log = get(f"{emulator.control_url}/log").json()["requests"]
        return [seen, feed, [(row["number"], row["fault"], row["virtual"]) for row in log]]

    first = live()
    assert first[0] == [502, 200]
    assert len(emulator.oracle.new(day)) == 3
    assert post("reset", {}) == status
    assert set(emulator.oracle.papers()) == papers
    assert get(f"{emulator.control_url}/log").json()["requests"] == []
    assert live() == first
