"""daily.yml, run step by step in clean folders against a bare origin and an API on loopback."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline.setup import config_text
from tests.builders import make_list_repo
from tests.e2e.workflow import JobRun
from tests.pipeline.sources.server import WINDOW_OF_2022_06_01, ApiServer, make_papers

pytestmark = pytest.mark.slow

PER_DAY = 3
AUTHOR = "Bot <bot@example.org>"


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def origin(tmp_path) -> Path:
    make_list_repo(tmp_path / "seed")
    path = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", tmp_path / "seed", path], check=True)
    return path


@pytest.fixture
def server():
    first, last = WINDOW_OF_2022_06_01
    with ApiServer(make_papers(8, first=first, last=last)) as running:
        yield running


def config_for(url: str) -> str:
    return config_text(
        {
            "list": {"repo": "list"},
            "sources": {
                "use": ["api"],
                "oai_url": url,
                "rss_url": url,
                "api_url": url,
                "spacing_seconds": 0.0,
            },
            "queue": {"per_day": PER_DAY, "audit_per_week": 0},
            "publish": {"push": True, "author": AUTHOR},
            "review": {"reviewer": "Mara"},
        }
    )


def daily(folder: Path, origin: Path, url: str, date: str) -> JobRun:
    """A run on a machine that knows nothing of the ones before."""
    folder.mkdir()

    def check_out_shortlist(target: Path) -> None:
        (target / "config.toml").write_text(config_for(url), encoding="utf-8")

    def check_out_list(target: Path) -> None:
        subprocess.run(["git", "clone", "-q", origin, target / "list"], check=True)

    return JobRun(
        workflow="daily",
        job="daily",
        folder=folder,
        context={"inputs.date": date, "secrets.LIST_TOKEN": "no-secret"},
        actions={"Check out Shortlist": check_out_shortlist, "Check out the list": check_out_list},
        skipped=frozenset({"Install"}),
    )


def state(origin: Path, name: str) -> list[dict[str, object]]:
    text = git(origin, "show", f"shortlist-state:{name}")
    return [json.loads(line) for line in text.splitlines()]


def test_the_second_run_continues_where_the_first_ended(tmp_path, origin, server, shortlist):
    first = daily(tmp_path / "first", origin, server.url, "2022-06-01")
    assert first.run(), first.log
    assert "no state on shortlist-state yet" in first.log
    queued = sorted(row["arxiv_id"] for row in state(origin, "candidates.jsonl"))
    assert len(queued) == PER_DAY
    assert git(origin, "rev-list", "--count", "main") == "1"

    # A maintainer approves one on a machine of their own.
    desk = daily(tmp_path / "desk", origin, server.url, "")
    for act in desk.actions.values():
        act(desk.folder)
    option = ("--config", desk.folder / "config.toml")
    assert shortlist("state", "load", *option).status == 0
    assert shortlist("queue", "approve", queued[0], "--topic", "Fairness", *option).status == 0
    assert shortlist("state", "save", "--push", *option).status == 0
    shutil.rmtree(first.folder)

    asked = len(server.requests)
    second = daily(tmp_path / "second", origin, server.url, "2022-06-01")
    assert second.run(), second.log
    assert len(server.requests) > asked
    assert "0 fresh, 0 queued" in second.log
    assert git(origin, "rev-list", "--count", "main") == "2"
    assert git(origin, "log", "-1", "--format=%an <%ae>", "main") == AUTHOR
    assert queued[0] in git(origin, "show", "main:README.md")
    states = {row["arxiv_id"]: row["state"] for row in state(origin, "candidates.jsonl")}
    assert states == {queued[0]: "published", queued[1]: "pending", queued[2]: "pending"}

    third = daily(tmp_path / "third", origin, server.url, "2022-06-01")
    assert third.run(), third.log
    assert git(origin, "rev-list", "--count", "main") == "2"


def test_a_run_whose_source_is_down_says_so_and_still_saves_what_it_knows(tmp_path, origin):
    first, last = WINDOW_OF_2022_06_01
    with ApiServer(make_papers(8, first=first, last=last)) as server:
        assert daily(tmp_path / "first", origin, server.url, "2022-06-01").run()
    saved = state(origin, "candidates.jsonl")
    second = daily(tmp_path / "second", origin, server.url, "2022-06-02")
    assert not second.run()
    assert second.outcomes["Save the state"] == "success"
    assert state(origin, "candidates.jsonl") == saved
    fetches = {row["day"]: row["status"] for row in state(origin, "fetches.jsonl")}
    assert fetches == {"2022-06-01": "complete", "2022-06-02": "failed"}


def test_a_state_that_cannot_be_read_is_never_written_over(tmp_path, origin, server):
    assert daily(tmp_path / "first", origin, server.url, "2022-06-01").run()
    work = tmp_path / "vandal"
    branch = ["--branch", "shortlist-state"]
    subprocess.run(["git", "clone", "-q", *branch, origin, work], check=True)
    (work / "candidates.jsonl").write_text("{half", encoding="utf-8")
    git(work, "-c", "user.name=V", "-c", "user.email=v@example.org", "commit", "-qam", "oops")
    git(work, "push", "-q")
    tip = git(origin, "rev-parse", "shortlist-state")
    second = daily(tmp_path / "second", origin, server.url, "2022-06-02")
    assert not second.run()
    assert "candidates.jsonl:1" in second.log
    assert second.outcomes["Save the state"] == "skipped"
    assert git(origin, "rev-parse", "shortlist-state") == tip
