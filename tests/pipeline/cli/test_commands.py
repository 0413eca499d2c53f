"""What a person types and what they get, in the order of a first day.

The real encoder and the shipped model are at work here.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import JobRun
from pipeline.git import Repository
from pipeline.setup import config_text
from tests.builders import DAY, README


@pytest.fixture
def ran(shortlist, world):
    """A world after its first daily run."""
    outcome = shortlist("run", "--date", DAY, "--json")
    assert outcome.status == 0, outcome.err
    return outcome


def test_run_prints_its_contract_and_nothing_else_on_stdout(ran):
    document = ran.json
    assert {key: document[key] for key in ("date", "announced", "fresh", "queued")} == {
        "date": "2022-06-01",
        "announced": 3,
        "fresh": 3,
        "queued": 3,
    }
    (source,) = document["sources"]
    assert (source["name"], source["status"], source["received"]) == ("recorded", "complete", 3)
    assert document["published"] == []


def test_the_queue_is_listed_best_first_with_the_keys_of_the_contract(ran, shortlist):
    rows = shortlist("queue", "list", "--json").json
    assert {row["arxiv_id"] for row in rows} == {"2206.00001", "2206.00002", "2206.00003"}
    assert [row["relevance"] for row in rows] == sorted(
        (row["relevance"] for row in rows), reverse=True
    )
    assert {"title", "topic", "topic_probability", "state"} <= set(rows[0])
    assert {row["topic"] for row in rows} <= {"Privacy", "Fairness"}


def test_from_approval_to_one_clean_commit(ran, shortlist, world):
    approved = shortlist("queue", "approve", "2206.00001", "--topic", "priv")
    assert approved.out.startswith("approved 2206.00001 Private learning of fair things (Privacy)")
    before = Repository.open(world / "list").head()

    dry = shortlist("publish", "--dry-run")
    assert "+- Private learning of fair things. [[paper]]" in dry.out
    assert Repository.open(world / "list").head() == before
    assert (world / "list" / "README.md").read_text(encoding="utf-8") == README

    published = shortlist("publish", "--json")
    assert published.json["published"] == ["2206.00001"]
    repository = Repository.open(world / "list")
    assert repository.head() == published.json["commit"] != before
    assert repository.dirty(["README.md", "FULL_LIST.md"]) == ()
    assert shortlist("queue", "list", "--state", "published", "--json").json[0]["arxiv_id"] == (
        "2206.00001"
    )


def test_a_second_run_neither_embeds_nor_imports_a_model(ran, world):
    code = (
        "import sys; sys.argv = ['shortlist', 'run', '--date', '2022-06-01', '--json']\n"
        "from pipeline.__main__ import main\n"
        "try: main()\n"
        "finally: print(sorted({'torch', 'sklearn', 'transformers'} & set(sys.modules)),"
        " file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert '"queued": 0' in done.stdout
    assert done.stderr == "[]\n"


def test_reject_defer_and_undo_say_what_they_did(ran, shortlist):
    assert shortlist("queue", "reject", "2206.00002", "--reason", "cats").out.startswith("rejected")
    assert shortlist("queue", "defer", "2206.00003").out.startswith("deferred 2206.00003")
    assert shortlist("queue", "undo", "2206.00002").out == "2206.00002 is pending again\n"
    assert len(shortlist("queue", "list", "--json").json) == 3


def test_show_has_the_reason_the_history_and_the_entry(ran, shortlist):
    shortlist("queue", "reject", "2206.00001", "--reason", "not now")
    shown = shortlist("queue", "show", "2206.00001").out
    assert "- Private learning of fair things. [[paper]](https://arxiv.org/abs/2206.00001)" in shown
    assert "reject by Mara: not now" in shown
    assert "why        " in shown


def test_a_paper_met_elsewhere_is_found_in_the_recorded_days(shortlist, world):
    added = shortlist("add", "https://arxiv.org/abs/2206.00003", "--topic", "Privacy")
    assert added.status == 0, added.err
    assert "approved for Privacy" in added.out
    assert shortlist("publish", "--json").json["published"] == ["2206.00003"]
    again = shortlist("add", "2206.00003")
    assert (again.status, again.out) == (1, "")
    assert "is in the list already: README.md, line" in again.err


def test_a_dry_run_of_the_day_changes_nothing(shortlist, world):
    assert shortlist("run", "--date", DAY, "--dry-run", "--json").json["queued"] == 3
    assert shortlist("queue", "list", "--state", "all", "--json").json == []


def test_schedule_once_runs_the_job_and_ends(shortlist, world):
    outcome = shortlist("schedule", "--once", "daily")
    assert "announced" in outcome.out or "recorded" in outcome.out


def test_init_writes_a_config_that_doctor_finds_in_order(shortlist, world):
    config = world / "fresh" / "config.toml"
    written = shortlist("init", world / "list", "--days", world / "days", "--config", config)
    assert written.status == 0, written.err
    assert "README.md: 3 entries in 2 topics" in written.out
    config.write_text(
        config.read_text(encoding="utf-8").replace('# author = ""', 'author = "A <a@b.c>"'),
        encoding="utf-8",
    )
    checks = shortlist("doctor", "--json", "--config", config)
    assert {check["name"]: check["ok"] for check in checks.json} == dict.fromkeys(
        [
            "config",
            "list repository",
            "list files",
            "sources",
            "database",
            "encoder",
            "model",
            "author of commits",
            "publishing",
            "last run",
            "other jobs",
        ],
        True,
    )


def last_runs_as_doctor_sees_them(shortlist, world, *runs: JobRun) -> dict[str, tuple[bool, str]]:
    ledger = Ledger(open_database(f"sqlite:///{world}/var/shortlist.db"))
    for run in runs:
        ledger.record_run(run)
    return {
        check["name"]: (check["ok"], check["detail"])
        for check in shortlist("doctor", "--json").json
    }


def run_of(job: str, at: datetime, status: str = "ok", problem: str = "") -> JobRun:
    return JobRun(job=job, started_at=at, finished_at=at, status=status, problem=problem)


def test_doctor_notices_that_no_daily_run_came(shortlist, world):
    long_ago = datetime.now(UTC) - timedelta(days=8)
    ok, detail = last_runs_as_doctor_sees_them(shortlist, world, run_of("daily", long_ago))[
        "last run"
    ]
    assert not ok
    assert detail.startswith("no daily run on ")
    assert "`shortlist run` makes up for it" in detail


def test_doctor_says_when_each_job_went_well_last_and_why_one_fails(shortlist, world):
    at = datetime(2026, 11, 21, 10, 17, tzinfo=UTC)
    good, bad = run_of("retrain", at), run_of("rollover", at, "failed", "the list is dirty")
    assert last_runs_as_doctor_sees_them(shortlist, world, good)["other jobs"] == (
        True,
        "retrain went well last 2026-11-21 10:17 UTC",
    )
    ok, detail = last_runs_as_doctor_sees_them(shortlist, world, bad)["other jobs"]
    assert not ok
    assert detail == (
        "rollover failed 2026-11-21 10:17 UTC, went well last never: the list is dirty:"
        " `shortlist schedule --once rollover` shows whether it is healed"
    )


def sources_as_doctor_sees_them(shortlist, world, **sources):
    settings = {"list": {"repo": "list"}, "sources": sources}
    (world / "config.toml").write_text(config_text(settings), encoding="utf-8")
    checks = {check["name"]: check for check in shortlist("doctor", "--json").json}
    return checks["sources"]["ok"], checks["sources"]["detail"]


def test_doctor_names_the_lanes_and_asks_for_a_contact(shortlist, world):
    assert sources_as_doctor_sees_them(shortlist, world, categories=["cs.LG"]) == (
        True,
        "oai, rss, api: cs.LG; no contact set: arXiv asks for one in [sources]",
    )
    said = {"use": ["oai"], "categories": ["cs.LG", "cs.AI"], "contact": "mara@example.org"}
    assert sources_as_doctor_sees_them(shortlist, world, **said) == (
        True,
        "oai: cs.LG, cs.AI; mara@example.org",
    )


def test_doctor_refuses_a_category_that_is_none_whatever_lanes_are_in_use(shortlist, world):
    for use in (["oai"], ["rss"], ["oai", "rss", "api"], ["api"]):
        said = {"use": use, "categories": ["machine learning"]}
        ok, detail = sources_as_doctor_sees_them(shortlist, world, **said)
        assert not ok
        assert "'machine learning', which is no arXiv category" in detail


def test_the_config_may_be_named_by_the_environment(shortlist, world, monkeypatch, tmp_path):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    assert shortlist("queue", "list").status == 1
    monkeypatch.setenv("SHORTLIST_CONFIG", str(world / "config.toml"))
    assert shortlist("queue", "list").out == "nothing is waiting\n"
