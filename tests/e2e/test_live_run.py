"""``shortlist run`` through all three lanes, the shipped model and a real list, day after day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.arxiv_emulator import Emulator
from tests.conftest import Shortlist
from tests.live_folder import WEEK, make_live_folder, make_week, morning_of
from tests.live_world import CATEGORIES

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = WEEK[1:]


@pytest.fixture
def arxiv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulated arXiv; the working folder has a list that reads it."""
    with Emulator(make_week(), seed=1, records_per_page=20) as emulator:
        make_live_folder(tmp_path, emulator, queue={"per_day": 50})
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("SHORTLIST_CONFIG", raising=False)
        yield emulator


def run(shortlist: Shortlist, arxiv: Emulator, day: date, *options: str) -> dict:  # type: ignore[type-arg]
    morning_of(arxiv, day)
    outcome = shortlist("run", "--date", day, "--json", *options)
    assert outcome.status == 0, outcome.err
    return outcome.json


def queued(shortlist: Shortlist) -> dict[str, str]:
    """Identifier and announcement day of all candidates."""
    rows = shortlist("queue", "list", "--state", "all", "--json").json
    return {row["arxiv_id"]: row["announced"] for row in rows}


def new_on(arxiv: Emulator, *days: date) -> set[str]:
    return {i for day in days for i in arxiv.oracle.new(day, CATEGORIES)}


def files_in(folder: Path) -> dict[str, bytes]:
    """Everything below a folder, but for what SQLite keeps only while it works."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_each_day_queues_its_own_papers_once(shortlist: Shortlist, arxiv: Emulator) -> None:
    first = run(shortlist, arxiv, TUESDAY)
    assert [(row["name"], row["status"]) for row in first["sources"]] == [
        ("rss", "complete"),
        ("oai", "complete"),
    ]
    assert first["queued"] == first["fresh"]
    assert new_on(arxiv, TUESDAY) <= queued(shortlist).keys()

    again = run(shortlist, arxiv, TUESDAY)
    assert (again["announced"], again["fresh"], again["queued"]) == (first["announced"], 0, 0)
    assert again["problems"] == []

    before = queued(shortlist).keys()
    second = run(shortlist, arxiv, WEDNESDAY)
    added = {i: day for i, day in queued(shortlist).items() if i not in before}
    assert added.keys() >= new_on(arxiv, WEDNESDAY)
    assert set(added.values()) == {str(WEDNESDAY)}
    assert second["queued"] == second["fresh"] == len(added)

    days = {
        row["day"]: {source["source"]: source["status"] for source in row["sources"]}
        for row in shortlist("ledger", "--days", "3650", "--json").json["days"]
        if row["sources"]
    }
    whole = {"rss": "complete", "oai": "complete"}
    assert days == {str(TUESDAY): whole, str(WEDNESDAY): whole}


@pytest.mark.slow
def test_a_dry_run_says_what_a_run_would_do_and_changes_nothing(
    shortlist: Shortlist, arxiv: Emulator, tmp_path: Path
) -> None:
    run(shortlist, arxiv, TUESDAY)
    before = files_in(tmp_path)
    assert {"var/shortlist.db", "var/vectors.db"} <= before.keys()
    dry = run(shortlist, arxiv, WEDNESDAY, "--dry-run")
    assert dry["queued"] >= len(new_on(arxiv, WEDNESDAY))
    after = files_in(tmp_path)
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == []
    assert run(shortlist, arxiv, WEDNESDAY) == dry
    assert run(shortlist, arxiv, WEDNESDAY, "--dry-run")["fresh"] == 0


@pytest.mark.slow
def test_a_dry_run_before_any_other_makes_no_file(
    shortlist: Shortlist, arxiv: Emulator, tmp_path: Path
) -> None:
    before = files_in(tmp_path)
    assert run(shortlist, arxiv, TUESDAY, "--dry-run")["queued"] >= len(new_on(arxiv, TUESDAY))
    assert files_in(tmp_path) == before
    assert not (tmp_path / "var").exists()


@pytest.mark.slow
def test_what_was_made_up_for_is_ranked_by_the_next_run(
    shortlist: Shortlist, arxiv: Emulator
) -> None:
    morning_of(arxiv, FRIDAY)
    span = ("--from", TUESDAY, "--to", THURSDAY)
    waiting = shortlist("backfill", *span, "--json").json["waiting"]
    report = run(shortlist, arxiv, FRIDAY)
    assert report["fresh"] == report["queued"] >= waiting + len(new_on(arxiv, FRIDAY))
    assert new_on(arxiv, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY) <= queued(shortlist).keys()


@pytest.mark.slow
def test_three_days_on_which_arxiv_announces_nothing_end_with_1(
    shortlist: Shortlist, arxiv: Emulator
) -> None:
    run(shortlist, arxiv, TUESDAY)
    for day in (WEDNESDAY, THURSDAY, FRIDAY):
        arxiv.corpus.defer(day)
    run(shortlist, arxiv, WEDNESDAY)
    run(shortlist, arxiv, THURSDAY)
    morning_of(arxiv, FRIDAY)
    outcome = shortlist("run", "--date", FRIDAY, "--json")
    assert outcome.status == 1
    assert {row["status"] for row in outcome.json["sources"]} <= {"no_mailing", "partial", "failed"}
    assert outcome.told[-1].startswith("no paper since 2022-06-07: the last 3 announcement days")


@pytest.mark.slow
def test_the_state_goes_through_a_branch_and_back(
    shortlist: Shortlist, arxiv: Emulator, tmp_path: Path
) -> None:
    run(shortlist, arxiv, TUESDAY)
    before = queued(shortlist)
    assert shortlist("state", "save").status == 0
    shutil.rmtree(tmp_path / "var")
    assert shortlist("state", "load").status == 0
    again = run(shortlist, arxiv, TUESDAY)
    assert (again["fresh"], again["queued"], queued(shortlist)) == (0, 0, before)
    report = run(shortlist, arxiv, WEDNESDAY)
    added = queued(shortlist).keys() - before.keys()
    assert added >= new_on(arxiv, WEDNESDAY)
    assert report["queued"] == len(added)
