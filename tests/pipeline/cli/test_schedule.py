"""``shortlist schedule --once``: each job by itself, noted as a scheduled one is."""

from __future__ import annotations

import pytest

from db.engine import open_database
from db.ledger import Ledger


def noted(world) -> dict[str, str]:
    ledger = Ledger(open_database(f"sqlite:///{world}/var/shortlist.db"))
    return {run.job: run.status for run in ledger.last_runs()}


def test_a_job_that_is_none_is_a_mistake_in_typing_and_the_known_ones_are_named(shortlist, world):
    outcome = shortlist("schedule", "--once", "dayly")
    assert outcome.status == 2
    assert "no job 'dayly'; known: daily, cleanup, retrain, rollover" in outcome.err
    assert shortlist("schedule", "--skip", "dayly").status == 2


def test_a_clean_up_says_what_went(shortlist, world):
    outcome = shortlist("schedule", "--once", "cleanup")
    assert outcome.status == 0
    assert "0 candidates expired; forgot 0 papers" in outcome.out
    assert shortlist("schedule", "--once", "cleanup", "--json").json == {
        "expired": [],
        "papers": 0,
        "texts": 0,
        "lines": 0,
        "sizes": {"vectors": 0, "answers": 0},
    }
    assert noted(world) == {"cleanup": "ok"}


def test_a_roll_over_by_the_schedule_or_by_hand_is_noted(shortlist, world):
    by_schedule = shortlist("schedule", "--once", "rollover", "--json")
    assert by_schedule.json["moved"] or by_schedule.json["refused"] or by_schedule.status == 0
    assert set(noted(world)) == {"rollover"}
    before = Ledger(open_database(f"sqlite:///{world}/var/shortlist.db")).last_runs()
    shortlist("lists", "rollover", "--dry-run")
    assert Ledger(open_database(f"sqlite:///{world}/var/shortlist.db")).last_runs() == before
    shortlist("lists", "rollover")
    assert Ledger(open_database(f"sqlite:///{world}/var/shortlist.db")).last_runs() != before


def test_a_job_that_is_refused_is_noted_with_its_reason(shortlist, world):
    (world / "list" / "README.md").unlink()
    outcome = shortlist("schedule", "--once", "rollover")
    assert outcome.status == 1
    assert noted(world) == {"rollover": "failed"}


@pytest.mark.slow
def test_retraining_is_noted_too(shortlist, world):
    outcome = shortlist("schedule", "--once", "retrain", "--json")
    assert set(noted(world)) == {"retrain"}
    assert (noted(world)["retrain"] == "ok") is (outcome.status == 0)
