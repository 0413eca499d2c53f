"""daily.yml, run on machines that know nothing of the ones before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline.arxiv_id import id_order
from tests.arxiv_emulator import Emulator, Rule, View
from tests.live_folder import WEEK, morning_of
from tests.live_world import CATEGORIES
from tests.workflows.conftest import AUTHOR, LIST, PER_DAY, PROJECT, config_for, state
from tests.workflows.forge import Forge
from tests.workflows.machine import git
from tests.workflows.run import Run, read_workflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

DAYS = TUESDAY, WEDNESDAY, THURSDAY = WEEK[1:4]


def daily(forge: Forge, arxiv: Emulator, day: date) -> Run:
    """A run that somebody asked for by its date."""
    morning_of(arxiv, day)
    return Run(
        forge=forge,
        document=read_workflow("daily"),
        repository=PROJECT,
        event_name="workflow_dispatch",
        inputs={"date": str(day)},
    ).start()


def new_on(arxiv: Emulator, *days: date) -> set[str]:
    return {i for day in days for i in arxiv.oracle.new(day, CATEGORIES)}


def met(origin: Path) -> dict[str, str]:
    """Identifier and announcement day of all papers that were news."""
    files = ("candidates.jsonl", "seen.jsonl", "waiting.jsonl")
    rows = [row for name in files for row in state(origin, name)]
    assert len({row["arxiv_id"] for row in rows}) == len(rows)
    return {str(row["arxiv_id"]): str(row["announced"]) for row in rows}


def test_the_second_run_continues_where_the_first_ended(forge, origin, arxiv, github, desk):
    first = daily(forge, arxiv, TUESDAY)
    assert first.well, first.log
    assert "no state on shortlist-state yet" in first.log
    queued = sorted(str(row["arxiv_id"]) for row in state(origin, "candidates.jsonl"))
    of_the_day = [i for i, day in met(origin).items() if day == str(TUESDAY)]
    assert len(set(queued) & set(of_the_day)) == PER_DAY
    assert git(origin, "rev-list", "--count", "main") == "1"
    assert f"## {len(queued)} papers wait" in github.world.issues[1].body
    summary = first.jobs["daily"].summary
    assert f"    {TUESDAY}: " in summary
    assert "announced" in summary
    assert queued[0] in summary

    # A maintainer approves one on a machine of their own.
    desk("state", "load")
    desk("queue", "approve", queued[0], "--topic", "Fairness")
    desk("state", "save", "--push")

    asked = len(arxiv.log.requests)
    second = daily(forge, arxiv, TUESDAY)
    assert second.well, second.log
    assert len(arxiv.log.requests) > asked
    assert (second.jobs["daily"].workspace / "var" / "vectors.db").is_file()
    kept = sorted(file.read_text() for file in forge.caches.glob("*/key"))
    assert [key.partition("-")[0] for key in kept] == ["environment", "vectors", "vectors"]
    assert "0 fresh, 0 queued" in second.log
    assert git(origin, "rev-list", "--count", "main") == "2"
    assert git(origin, "log", "-1", "--format=%an <%ae>", "main") == AUTHOR
    assert queued[0] in git(origin, "show", "main:README.md")
    states = {row["arxiv_id"]: row["state"] for row in state(origin, "candidates.jsonl")}
    assert states == {queued[0]: "published"} | dict.fromkeys(queued[1:], "pending")

    third = daily(forge, arxiv, TUESDAY)
    assert third.well, third.log
    assert git(origin, "rev-list", "--count", "main") == "2"


def test_machines_that_forget_queue_each_days_papers_once(forge, origin, arxiv, github):
    """What is news and where the harvest goes on survives in the state alone."""
    forge.configure(PROJECT, "config.toml", config_for(arxiv, github, queue={"per_day": 50}))
    before: set[str] = set()
    for day in DAYS:
        run = daily(forge, arxiv, day)
        assert run.well, run.log
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


def test_a_harvest_that_breaks_goes_on_at_its_cursor_on_another_machine(
    forge, origin, arxiv, github
):
    forge.configure(PROJECT, "config.toml", config_for(arxiv, github, queue={"per_day": 50}))
    assert daily(forge, arxiv, TUESDAY).well
    # The feeds are down, and OAI-PMH ends after its first page.
    arxiv.faults.set(
        Rule("F8:reset", view=View.RSS, times=0), Rule("F8:reset", view=View.OAI, nth=2, times=0)
    )
    broken = daily(forge, arxiv, WEDNESDAY)
    assert broken.outcomes["Save the state"] == "success"
    cursor = {row["name"]: row for row in state(origin, "harvests.jsonl")}["cs"]
    assert (cursor["open"], bool(cursor["token"])) == (True, True)
    arxiv.faults.clear()
    asked = len(arxiv.log.requests)
    mended = daily(forge, arxiv, WEDNESDAY)
    assert mended.well, mended.log
    harvests = [
        row.request.query for row in arxiv.log.requests[asked:] if row.request.view is View.OAI
    ]
    assert "resumptionToken" in harvests[0]
    assert new_on(arxiv, TUESDAY, WEDNESDAY) <= met(origin).keys()
    assert set(met(origin).values()) <= {str(day) for day in WEEK[:3]}


def test_a_run_whose_sources_are_down_says_so_and_still_saves_what_it_knows(
    forge, origin, arxiv, github
):
    assert daily(forge, arxiv, TUESDAY).well
    saved = state(origin, "candidates.jsonl")
    arxiv.faults.set(Rule("F8:reset", times=0))
    second = daily(forge, arxiv, WEDNESDAY)
    assert not second.well
    assert second.outcomes["Run"] == "failure"
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


def test_a_state_that_cannot_be_read_is_never_written_over(forge, origin, arxiv, github):
    assert daily(forge, arxiv, TUESDAY).well
    forge.configure(LIST, "candidates.jsonl", "{half", branch="shortlist-state")
    tip = git(origin, "rev-parse", "shortlist-state")
    second = daily(forge, arxiv, WEDNESDAY)
    assert not second.well
    assert "candidates.jsonl:1" in second.log
    assert second.outcomes["Load the state"] == "failure"
    assert second.outcomes["Save the state"] == "skipped"
    assert git(origin, "rev-parse", "shortlist-state") == tip
