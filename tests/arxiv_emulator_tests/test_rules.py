"""When faults strike."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
import requests

from tests.arxiv_emulator import FAULTS, Rule, View, make_corpus, weather
from tests.arxiv_emulator.rules import rule_of
from tests.arxiv_emulator_tests.checks import (
    LIST,
    ask,
)
from tests.arxiv_emulator_tests.conftest import Get, Start


def test_a_rule_says_where_and_when(start: Start, get: Get) -> None:
    emulator = start(Rule("F4", view="api", path="start=20", nth=2, times=2))
    statuses = [ask(emulator, get, start=begin).status_code for begin in (20, 0, 20, 20, 20)]
    assert statuses == [200, 200, 500 + 3, 503, 200]
    assert get(emulator.oai_url, **LIST).status_code == 200
    assert emulator.faults.rules[0][1] == 2


def test_a_rule_may_be_said_in_the_words_of_the_reference() -> None:
    match = {"view": "oai", "path_re": "skip=", "nth": 3}
    row = {"match": match, "fault": "F11:trickle", "args": {"seconds": 1}, "times": 2}
    assert rule_of(row) == Rule(
        "F11:trickle", view="oai", path="skip=", nth=3, times=2, arguments={"seconds": 1}
    )
    assert rule_of({"match": {"every": 3}, "fault": "F1"}) == Rule("F1", every=3, times=0)
    assert rule_of({"match": {"prob": 0.5, "seed": 4}, "fault": "F1"}) == Rule(
        "F1", probability=0.5, seed=4, times=0
    )
    assert rule_of({"match": {}, "fault": "F1"}) == rule_of({"fault": "F1"}) == Rule("F1")


@pytest.mark.parametrize(
    "row",
    [
        {"match": {"colour": "red"}, "fault": "F1"},
        {"match": {"nth": 0}, "fault": "F1"},
        {"match": {"path_re": "("}, "fault": "F1"},
        {"match": ["oai"], "fault": "F1"},
        {"match": {"view": "gopher"}, "fault": "F1"},
        {"match": {"nth": 1}},
        {"match": {"nth": 1}, "args": {}, "arguments": {}, "fault": "F1"},
        {"match": {"nth": 1}, "nth": 2, "fault": "F1"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"rule|begin|pattern|fault|View"):
        rule_of(row)


def test_a_rule_with_a_seed_strikes_the_same_in_every_emulator(start: Start, get: Get) -> None:
    def run(seed: int) -> list[int]:
        emulator = start(Rule("F1", probability=0.5, times=0, seed=4), seed=seed)
        return [ask(emulator, get).status_code for _ in range(20)]

    first = run(1)
    assert first == run(2)
    assert {200, 429} == set(first)


def test_every_nth_answer_is_spoiled(start: Start, get: Get) -> None:
    emulator = start(Rule("F1", every=3, times=0))
    assert [ask(emulator, get).status_code for _ in range(6)] == [429, 200, 200, 429, 200, 200]


def test_weather_is_the_same_for_the_same_seed(start: Start, get: Get) -> None:
    def run(seed: int) -> list[str]:
        emulator = start(weather(0.3), seed=seed, corpus=corpus)
        for _ in range(25):
            with suppress(requests.RequestException):
                get(emulator.oai_url, verb="ListIdentifiers", metadataPrefix="arXiv")
            if emulator.log.requests[-1].fault == "F8:refuse":
                time.sleep(0.25)
        return [row.fault for row in emulator.log.requests]

    corpus = make_corpus(days=1)

    first = run(1)
    assert first == run(1) != run(2)
    assert 3 <= sum(map(bool, first)) <= 15


def test_weather_may_be_of_chosen_faults(start: Start, get: Get) -> None:
    emulator = start(weather(1.0, of=("F1", "F4")))
    for _ in range(12):
        ask(emulator, get)
    kinds = {row.fault.partition(":")[0] for row in emulator.log.requests}
    assert kinds == {"F1", "F4"}


@pytest.mark.parametrize("bad", ["F41", "F9:zip", "F1:gzip", ""])
def test_a_fault_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match=r"fault|variant"):
        Rule(bad)


def test_the_catalogue_is_the_references() -> None:
    assert [fault.number for fault in FAULTS.values()] == list(range(1, 41))
    assert all(fault.meaning and fault.views <= frozenset(View) for fault in FAULTS.values())


def test_faults_about_histories_need_papers_and_say_so(start: Start) -> None:
    emulator = start(corpus=make_corpus(known=0, days=1, new=2, replaced=0))
    with pytest.raises(ValueError, match="are needed"):
        emulator.faults.set(Rule("F33", arguments={"day": "2026-10-05"}))
