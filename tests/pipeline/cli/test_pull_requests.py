"""Commands where entries are proposed to the list: a real origin, and a GitHub on loopback."""

from __future__ import annotations

import pytest

from pipeline.git import Repository
from pipeline.setup import config_text
from tests.builders import README, make_candidate
from tests.github_standin import TOKEN, GitHubStandIn
from tests.pipeline.git.checkouts import git


@pytest.fixture
def github(world, monkeypatch):
    """``world`` with an origin, two papers in its queue, and pull requests in its config."""
    git(world, "clone", "--quiet", "--bare", str(world / "list"), str(world / "origin.git"))
    git(world / "list", "remote", "add", "origin", str(world / "origin.git"))
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with GitHubStandIn("owner/list", git=world / "origin.git") as standin:
        settings = {
            "list": {"repo": "list"},
            "sources": {"use": ["recorded"], "recorded": "days"},
            "publish": {"author": "Mara Tester <mara@example.org>", "mode": "pull_request"},
            "github": {"repository": "owner/list", "api_url": standin.api_url},
            "review": {"reviewer": "Mara"},
        }
        (world / "config.toml").write_text(config_text(settings), encoding="utf-8")
        yield standin


@pytest.fixture
def approved(github, world, shortlist):
    from pipeline import wiring
    from pipeline.config import load_config
    from tests.builders import NOW

    queue = wiring.open_queue(load_config(world / "config.toml"))
    candidates = [make_candidate(f"2206.0000{n}") for n in (1, 2)]
    queue.record([each.paper for each in candidates], candidates, now=NOW)
    assert shortlist("queue", "approve", "2206.00001").status == 0
    return github


def test_publish_opens_a_pull_request_and_names_it(approved, shortlist, world):
    told = shortlist("publish")
    assert (told.status, told.err) == (0, "")
    page = next(iter(approved.world.issues.values()))
    assert (
        told.out == f"proposed 1 (2206.00001) in https://github.com/owner/list/pull/{page.number}\n"
    )
    document = shortlist("publish", "--json").json
    assert (document["proposed"], document["published"]) == (["2206.00001"], [])
    assert (world / "list" / "README.md").read_text("utf-8") == README


def test_a_dry_run_shows_the_diff_and_proposes_nothing(approved, shortlist, world):
    told = shortlist("publish", "--dry-run")
    assert "+- On Paper Number 2206 00001. [[paper]]" in told.out
    assert approved.world.issues == {}
    assert Repository.open(world / "list").remote_tip("origin", "shortlist/papers") is None


def test_one_that_was_closed_is_said_with_status_1(approved, shortlist):
    shortlist("publish")
    approved.world.edit_issue("owner", 1, {"state": "closed"})
    told = shortlist("publish")
    assert told.status == 1
    assert "was closed without being merged, so 2206.00001 is not proposed again" in told.err


def test_without_a_token_it_is_said_what_is_missing(approved, shortlist, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    told = shortlist("publish")
    assert told.status == 1
    assert "GITHUB_TOKEN is not set" in told.err
    assert shortlist("queue", "undo", "2206.00001").out == "2206.00001 is pending again\n"


def test_an_undo_of_what_was_merged_names_its_pull_request(approved, shortlist, world):
    shortlist("publish")
    git(world / "list", "fetch", "--quiet", "origin")
    git(world / "list", "merge", "--quiet", "--no-ff", "-m", "Merge", "origin/shortlist/papers")
    git(world / "list", "push", "--quiet", "origin", "main")
    approved.world.merge(1)
    shortlist("publish")
    told = shortlist("queue", "undo", "2206.00001")
    assert told.out == (
        "proposed to take it out of the list: https://github.com/owner/list/pull/2\n"
        "2206.00001 is published until that is merged\n"
    )


def test_roll_over_is_refused_before_anything_happens(approved, shortlist):
    told = shortlist("lists", "rollover")
    assert told.status == 1
    assert "roll-over and topics are not proposed: set mode" in told.err


def test_doctor_says_what_a_pull_request_of_a_workflow_lacks(approved, shortlist):
    told = shortlist("doctor")
    assert "starts no checks" in told.out
    assert "the repository must allow it" in told.out
