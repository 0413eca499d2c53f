"""daily.yml, run step by step in clean folders against a bare origin and an arXiv on loopback."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from pipeline.arxiv_id import id_order
from tests.arxiv_emulator import Emulator, Rule, View
from tests.builders import make_list_repo
from tests.e2e.workflow import JobRun
from tests.live_folder import WEEK, make_live_config, make_week, morning_of
from tests.live_world import CATEGORIES

pytestmark = pytest.mark.slow

PER_DAY = 3
DAYS = TUESDAY, WEDNESDAY, THURSDAY = WEEK[1:4]
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
def arxiv():
    with Emulator(make_week(), seed=1, records_per_page=20) as emulator:
        yield emulator


def config_for(arxiv: Emulator, per_day: int = PER_DAY) -> str:
    return make_live_config(
        arxiv,
        queue={"per_day": per_day, "audit_per_week": 0},
        publish={"push": True, "author": AUTHOR},
    )


def daily(
    folder: Path, origin: Path, arxiv: Emulator, day: date, *, per_day: int = PER_DAY
) -> JobRun:
    """A run on a machine that knows nothing of the ones before."""
    folder.mkdir()
    morning_of(arxiv, day)

    def check_out_shortlist(target: Path) -> None:
        (target / "config.toml").write_text(config_for(arxiv, per_day), encoding="utf-8")

    def check_out_list(target: Path) -> None:
        subprocess.run(["git", "clone", "-q", origin, target / "list"], check=True)

    return JobRun(
        workflow="daily",
        job="daily",
        folder=folder,
        context={"inputs.date": str(day), "secrets.LIST_TOKEN": "no-secret"},
        actions={"Check out Shortlist": check_out_shortlist, "Check out the list": check_out_list},
        skipped=frozenset({"Install"}),
    )


def state(origin: Path, name: str) -> list[dict[str, object]]:
    text = git(origin, "show", f"shortlist-state:{name}")
    return [json.loads(line) for line in text.splitlines()]


def new_on(arxiv: Emulator, *days: date) -> set[str]:
    return {i for day in days for i in arxiv.oracle.new(day, CATEGORIES)}


def met(origin: Path) -> dict[str, str]:
    """Identifier and announcement day of all papers that were news."""
    files = ("candidates.jsonl", "seen.jsonl", "waiting.jsonl")
    rows = [row for name in files for row in state(origin, name)]
    assert len({row["arxiv_id"] for row in rows}) == len(rows)
    return {str(row["arxiv_id"]): str(row["announced"]) for row in rows}


def test_the_second_run_continues_where_the_first_ended(tmp_path, origin, arxiv, shortlist):
    first = daily(tmp_path / "first", origin, arxiv, TUESDAY)
    assert first.run(), first.log
    assert "no state on shortlist-state yet" in first.log
    queued = sorted(str(row["arxiv_id"]) for row in state(origin, "candidates.jsonl"))
    of_the_day = [i for i, day in met(origin).items() if day == str(TUESDAY)]
    assert len(set(queued) & set(of_the_day)) == PER_DAY
    assert git(origin, "rev-list", "--count", "main") == "1"

    # A maintainer approves one on a machine of their own.
    desk = daily(tmp_path / "desk", origin, arxiv, TUESDAY)
    for act in desk.actions.values():
        act(desk.folder)
    option = ("--config", desk.folder / "config.toml")
    assert shortlist("state", "load", *option).status == 0
    assert shortlist("queue", "approve", queued[0], "--topic", "Fairness", *option).status == 0
    assert shortlist("state", "save", "--push", *option).status == 0
    shutil.rmtree(first.folder)

    asked = len(arxiv.log.requests)
    second = daily(tmp_path / "second", origin, arxiv, TUESDAY)
    assert second.run(), second.log
    assert len(arxiv.log.requests) > asked
    assert "0 fresh, 0 queued" in second.log
    assert git(origin, "rev-list", "--count", "main") == "2"
    assert git(origin, "log", "-1", "--format=%an <%ae>", "main") == AUTHOR
    assert queued[0] in git(origin, "show", "main:README.md")
    states = {row["arxiv_id"]: row["state"] for row in state(origin, "candidates.jsonl")}
    assert states == {queued[0]: "published"} | dict.fromkeys(queued[1:], "pending")

    third = daily(tmp_path / "third", origin, arxiv, TUESDAY)
    assert third.run(), third.log
    assert git(origin, "rev-list", "--count", "main") == "2"


def test_machines_that_forget_queue_each_days_papers_once(tmp_path, origin, arxiv):
    """What is news and where the harvest goes on survives in the state alone."""
    before: set[str] = set()
    for day in DAYS:
        run = daily(tmp_path / str(day), origin, arxiv, day, per_day=50)
        assert run.run(), run.log
        shutil.rmtree(run.folder)
        now = met(origin)
        assert before < now.keys()
        added = {i: now[i] for i in now.keys() - before}
        assert added.keys() >= new_on(arxiv, day)
        if before:
            # Nothing old: what arXiv touched of before is history again on every machine.
            assert set(added.values()) == {str(day)}
        assert {row["completed"] for row in state(origin, "harvests.jsonl")} == {str(day)}
        before = set(now)
    queued = {str(row["arxiv_id"]) for row in state(origin, "candidates.jsonl")}
    assert queued == before
    lines = {(row["source"], row["day"]): row for row in state(origin, "fetches.jsonl")}
    for day in DAYS:
        assert lines["oai", str(day)]["status"] == lines["rss", str(day)]["status"] == "complete"
        until = (i for i, announced in met(origin).items() if announced <= str(day))
        assert lines["oai", str(day)]["highest_id"] == max(until, key=id_order)


def test_a_harvest_that_breaks_goes_on_at_its_cursor_on_another_machine(tmp_path, origin, arxiv):
    assert daily(tmp_path / "first", origin, arxiv, TUESDAY, per_day=50).run()
    # The feeds are down, and OAI-PMH ends after its first page.
    arxiv.faults.set(
        Rule("F8:reset", view=View.RSS, times=0), Rule("F8:reset", view=View.OAI, nth=2, times=0)
    )
    broken = daily(tmp_path / "second", origin, arxiv, WEDNESDAY, per_day=50)
    broken.run()
    assert broken.outcomes["Save the state"] == "success"
    cursor = {row["name"]: row for row in state(origin, "harvests.jsonl")}["cs"]
    assert (cursor["open"], bool(cursor["token"])) == (True, True)
    arxiv.faults.clear()
    asked = len(arxiv.log.requests)
    mended = daily(tmp_path / "third", origin, arxiv, WEDNESDAY, per_day=50)
    assert mended.run(), mended.log
    harvests = [
        row.request.query for row in arxiv.log.requests[asked:] if row.request.view is View.OAI
    ]
    assert "resumptionToken" in harvests[0]
    assert new_on(arxiv, TUESDAY, WEDNESDAY) <= met(origin).keys()
    assert set(met(origin).values()) <= {str(day) for day in WEEK[:3]}


def test_a_run_whose_sources_are_down_says_so_and_still_saves_what_it_knows(
    tmp_path, origin, arxiv
):
    assert daily(tmp_path / "first", origin, arxiv, TUESDAY).run()
    saved = state(origin, "candidates.jsonl")
    arxiv.faults.set(Rule("F8:reset", times=0))
    second = daily(tmp_path / "second", origin, arxiv, WEDNESDAY)
    assert not second.run()
    assert second.outcomes["Save the state"] == "success"
    assert state(origin, "candidates.jsonl") == saved
    statuses = {
        (row["source"], row["day"]): row["status"] for row in state(origin, "fetches.jsonl")
    }
    assert statuses == {
        ("oai", str(TUESDAY)): "complete",
        ("rss", str(TUESDAY)): "complete",
        ("oai", str(WEDNESDAY)): "failed",
        ("rss", str(WEDNESDAY)): "failed",
    }


def test_a_state_that_cannot_be_read_is_never_written_over(tmp_path, origin, arxiv):
    assert daily(tmp_path / "first", origin, arxiv, TUESDAY).run()
    work = tmp_path / "vandal"
    branch = ["--branch", "shortlist-state"]
    subprocess.run(["git", "clone", "-q", *branch, origin, work], check=True)
    (work / "candidates.jsonl").write_text("{half", encoding="utf-8")
    git(work, "-c", "user.name=V", "-c", "user.email=v@example.org", "commit", "-qam", "oops")
    git(work, "push", "-q")
    tip = git(origin, "rev-parse", "shortlist-state")
    second = daily(tmp_path / "second", origin, arxiv, WEDNESDAY)
    assert not second.run()
    assert "candidates.jsonl:1" in second.log
    assert second.outcomes["Save the state"] == "skipped"
    assert git(origin, "rev-parse", "shortlist-state") == tip
