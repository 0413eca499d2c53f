"""``shortlist dashboard`` against a GitHub on loopback."""

from __future__ import annotations

import json

import pytest

from pipeline.setup import config_text
from tests.builders import NOW, make_candidate
from tests.github_standin import TOKEN, Fault, GitHubStandIn
from tests.github_standin.shapes import event


def set_up(world, github):
    settings = {
        "list": {"repo": "list"},
        "publish": {"author": "Mara Tester <mara@example.org>"},
        "github": github,
    }
    (world / "config.toml").write_text(config_text(settings), encoding="utf-8")


@pytest.fixture
def github(world, monkeypatch):
    with GitHubStandIn("owner/list") as standin:
        set_up(world, {"repository": "owner/list", "api_url": standin.api_url})
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        standin.world.person("mara")
        yield standin


@pytest.fixture
def queued(world, github):
    from pipeline import wiring
    from pipeline.config import load_config

    queue = wiring.open_queue(load_config(world / "config.toml"))
    candidate = make_candidate()
    queue.record([candidate.paper], [candidate], now=NOW)
    return queue


def test_from_queue_to_issue_to_tick_to_list(world, github, queued, shortlist):
    made = shortlist("dashboard", "sync")
    assert (made.status, made.told) == (0, [])
    assert "issue 1 written anew: https://github.com/owner/list/issues/1" in made.out
    github.world.tick(1, "2206.00001 r0 approve -->", login="mara")
    path = world / "event.json"
    path.write_text(json.dumps(event(github.world, "issues", 1, login="mara")), encoding="utf-8")
    applied = shortlist("dashboard", "apply", "--event", path)
    assert applied.status == 0
    assert "approved 2206.00001\npublished 1 (2206.00001) in " in applied.out
    assert "On Paper Number 2206 00001" in (world / "list" / "README.md").read_text()
    again = shortlist("dashboard", "apply", "--event", path, "--json")
    assert again.json == {
        "issue": 1,
        "url": "https://github.com/owner/list/issues/1",
        "changed": False,
        "done": [],
        "not_done": [],
        "published": [],
        "commit": "",
        "problems": [],
    }


def test_what_was_not_done_is_told(github, queued, shortlist):
    shortlist("dashboard", "sync")
    github.world.tick(1, "approve -->", login="mara")
    github.world.tick(1, "reject", login="mara")
    outcome = shortlist("dashboard", "apply")
    assert outcome.status == 0
    assert outcome.told == [
        "2206.00001: approve and reject were ticked at once, so nothing was done: please tick one"
    ]


def test_a_list_that_cannot_be_committed_to_ends_with_one(world, github, queued, shortlist):
    shortlist("dashboard", "sync")
    with (world / "list" / "README.md").open("a", encoding="utf-8") as file:
        file.write("not committed\n")
    github.world.tick(1, "approve -->", login="mara")
    outcome = shortlist("dashboard", "apply")
    assert outcome.status == 1
    assert "README.md" in outcome.told[-1]
    assert "not published" in github.world.issues[1].body


def test_github_that_does_not_answer_is_one_line(github, queued, shortlist, monkeypatch):
    monkeypatch.setattr("pipeline.github.transport.ATTEMPTS", 1)
    github.fail(Fault(status=503, times=9))
    outcome = shortlist("dashboard", "sync")
    assert outcome.status == 1
    asked = "127.0.0.1 answered 503 to GET /repos/owner/list/issues (Server Error)"
    assert outcome.told == [f"{asked}: nothing is lost, and the next run goes on"]


def test_without_token_or_repository_it_says_what_to_set(world, github, shortlist, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    outcome = shortlist("dashboard", "sync")
    assert outcome.status == 1
    assert "GITHUB_TOKEN is not set" in outcome.told[0]
    set_up(world, {})
    assert "[github] repository is not set" in shortlist("dashboard", "sync").told[0]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"issue": {"number": "x"}}'])
def test_an_event_that_is_none_is_one_line(world, github, shortlist, text):
    path = world / "event.json"
    path.write_text(text, encoding="utf-8")
    outcome = shortlist("dashboard", "apply", "--event", path)
    assert outcome.status == 1
    assert "event.json is no event about an issue" in outcome.told[0]
    assert "cannot be read" in shortlist("dashboard", "apply", "--event", world / "no").told[0]
