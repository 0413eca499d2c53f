"""``shortlist lists rollover`` and ``shortlist lists topics``, as typed."""

from __future__ import annotations

import json

import pytest

from db.engine import open_database
from db.queue import Queue
from db.records import TopicRename
from db.renames import TopicRenames
from pipeline import wiring
from pipeline.config import load_config
from pipeline.git import Repository
from tests.builders import FULL_LIST, NOW, README, make_candidate


def texts(world) -> tuple[str, str]:
    return tuple(
        (world / "list" / name).read_text(encoding="utf-8")
        for name in ("README.md", "FULL_LIST.md")
    )


def head(world) -> str | None:
    return Repository.open(world / "list").head()


def engine(world):
    return open_database(f"sqlite:///{world}/var/shortlist.db")


def set_key(world, line: str) -> None:
    path = world / "config.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('repo = "list"', f'repo = "list"\n{line}', 1), encoding="utf-8")


# -- rollover ----------------------------------------------------------------


def test_a_dry_run_says_what_is_overdue_and_writes_nothing(shortlist, world):
    before, commit = texts(world), head(world)
    outcome = shortlist("lists", "rollover", "--as-of", "2023-05-01", "--dry-run")
    assert outcome.status == 0
    assert "2 entries overdue on 2023-05-01: older than 365 days" in outcome.out
    assert "+- Older Private Things." in outcome.out
    assert "-- Older Private Things." in outcome.out
    assert (texts(world), head(world)) == (before, commit)
    assert not (world / "var").exists()


def test_the_json_of_a_dry_run_holds_what_a_run_would_do(shortlist, world):
    dry = shortlist("lists", "rollover", "--as-of", "2023-05-01", "--dry-run", "--json").json
    assert dry["as_of"] == "2023-05-01"
    assert dry["overdue"] == [
        {
            "arxiv_id": "2204.00001",
            "title": "Older Private Things",
            "topic": "Privacy",
            "from_line": 14,
            "year": 2022,
            "because": "its identifier is of 2022-04",
        },
        {
            "arxiv_id": "2203.00003",
            "title": "Fair Things",
            "topic": "Fairness",
            "from_line": 21,
            "year": 2022,
            "because": "its identifier is of 2022-03",
        },
    ]
    assert dry["commit"] == ""
    real = shortlist("lists", "rollover", "--as-of", "2023-05-01", "--json").json
    assert real["commit"] == head(world)
    for key in ("as_of", "overdue", "moved", "refused"):
        assert real[key] == dry[key]
    full = texts(world)[1].split("\n")
    assert all(row["title"] in full[row["to_line"] - 1] for row in real["moved"])


def test_a_run_moves_and_says_where_to(shortlist, world):
    outcome = shortlist("lists", "rollover", "--as-of", "2023-05-01")
    assert "moved 2204.00001 Older Private Things: README.md:14 to Privacy, 2022" in outcome.out
    assert f"committed as {head(world)[:12]}" in outcome.out
    assert "Older Private Things" not in texts(world)[0]
    again = shortlist("lists", "rollover", "--as-of", "2023-05-01")
    assert "0 entries overdue" in again.out


def test_preview_days_is_what_counts(shortlist, world):
    set_key(world, "preview_days = 3650")
    assert "0 entries overdue" in shortlist("lists", "rollover", "--as-of", "2023-05-01").out


def test_the_database_knows_first_submissions(shortlist, world):
    from dataclasses import replace
    from datetime import date

    candidate = make_candidate("2204.00001")
    paper = replace(candidate.paper, published=date(2022, 6, 30))
    Queue(engine(world)).record([], [replace(candidate, paper=paper)], now=NOW)
    outcome = shortlist("lists", "rollover", "--as-of", "2023-05-01", "--dry-run", "--json").json
    assert [row["arxiv_id"] for row in outcome["overdue"]] == ["2203.00003"]


def test_aliases_of_the_config_join_topics(shortlist, world):
    path = world / "list" / "FULL_LIST.md"
    path.write_text(FULL_LIST.replace("Privacy", "Secrecy"), encoding="utf-8")
    Repository.open(world / "list").commit(["FULL_LIST.md"], "Rename", wiring_author(world))
    set_key(world, 'topic_aliases = { "Secrecy" = "Privacy" }')
    moved = shortlist("lists", "rollover", "--as-of", "2023-05-01", "--json").json["moved"]
    assert [row["topic"] for row in moved] == ["Secrecy", "Fairness"]


def wiring_author(world):
    return wiring.author(load_config(world / "config.toml"))


def test_a_paper_that_stays_is_named_on_stderr(shortlist, world):
    path = world / "list" / "FULL_LIST.md"
    text = FULL_LIST.replace("2001.00001", "2204.00001")
    path.write_text(text, encoding="utf-8")
    Repository.open(world / "list").commit(["FULL_LIST.md"], "Double", wiring_author(world))
    outcome = shortlist("lists", "rollover", "--as-of", "2023-05-01")
    assert outcome.status == 0
    assert "README.md:14: Older Private Things stays: the paper is listed already" in outcome.err
    outcome = shortlist("lists", "rollover", "--as-of", "2023-05-01", "--json")
    assert outcome.status == 1  # nothing moved, and something should have
    assert [row["arxiv_id"] for row in outcome.json["refused"]] == ["2204.00001"]


def test_a_list_of_one_file_has_nothing_to_roll_over(shortlist, world):
    set_key(world, 'full = ""')
    outcome = shortlist("lists", "rollover", "--as-of", "2030-01-01")
    assert (outcome.status, outcome.out) == (
        0,
        "nothing to roll over: README.md is the whole list\n",
    )


@pytest.mark.parametrize("day", ["yesterday", "2023-02-30", "15.01.2023"])
def test_a_day_that_is_none_is_a_matter_of_usage(shortlist, world, day):
    assert shortlist("lists", "rollover", "--as-of", day).status == 2


# -- topics ------------------------------------------------------------------


def test_topics_are_shown_side_by_side(shortlist, world):
    outcome = shortlist("lists", "topics")
    assert outcome.status == 0
    lines = [line.split() for line in outcome.out.splitlines()]
    assert lines[0] == ["topic", "README.md", "FULL_LIST.md", "other", "names"]
    assert lines[1] == ["Privacy", "2", "entries,", "line", "7", "1", "entry,", "line", "3"]
    assert lines[2] == ["Fairness", "1", "entry,", "line", "19", "0", "entries,", "line", "12"]


def test_the_json_of_topics(shortlist, world):
    set_key(world, 'topic_aliases = { "Secrecy" = "Privacy" }')
    shown = shortlist("lists", "topics", "--json").json
    assert shown["files"] == ["README.md", "FULL_LIST.md"]
    assert shown["topics"][0] == {
        "name": "Privacy",
        "places": {
            "README.md": {"name": "Privacy", "line": 7, "entries": 2, "years": []},
            "FULL_LIST.md": {"name": "Privacy", "line": 3, "entries": 1, "years": [2020]},
        },
        "other_names": ["Secrecy"],
    }


def test_a_rename_reaches_list_queue_and_aliases(shortlist, world):
    Queue(engine(world)).record([], [make_candidate()], now=NOW)
    outcome = shortlist("lists", "topics", "rename", "privacy", "Secrecy")
    assert outcome.status == 0
    assert (
        "Privacy is now Secrecy: 3 entries in README.md and FULL_LIST.md, 1 candidate"
        in outcome.out
    )
    assert "## Secrecy" in texts(world)[0]
    assert Queue(engine(world)).get("2206.00001").topic == "Secrecy"
    settings = load_config(world / "config.toml")
    assert wiring.topic_aliases(settings) == {"Privacy": "Secrecy"}
    again = shortlist("lists", "topics", "rename", "Privacy", "Secrecy")
    assert again.out == "nothing to do: Privacy is Secrecy already\n"


def test_aliases_of_the_config_follow_a_rename(shortlist, world):
    set_key(world, 'topic_aliases = { "Secrets" = "Privacy" }')
    shortlist("lists", "topics", "rename", "Privacy", "Secrecy")
    shortlist("lists", "topics", "merge", "Secrecy", "Fairness")
    settings = load_config(world / "config.toml")
    assert wiring.topic_aliases(settings) == {
        "Privacy": "Fairness",
        "Secrecy": "Fairness",
        "Secrets": "Fairness",
    }


def test_a_name_that_a_heading_bears_again_is_no_alias(shortlist, world):
    shortlist("lists", "topics", "rename", "Privacy", "Secrecy")
    path = world / "list" / "README.md"
    path.write_text(README, encoding="utf-8")  # somebody took it back by hand
    assert wiring.topic_aliases(load_config(world / "config.toml")) == {}


def test_a_daily_run_settles_what_a_killed_rename_left(shortlist, world):
    Queue(engine(world)).record([], [make_candidate()], now=NOW)
    shortlist("lists", "topics", "rename", "Privacy", "Secrecy")
    renames = TopicRenames(engine(world))
    renames.complete(TopicRename(old="Secrecy", new="Privacy", renamed_at=NOW))
    renames.begin(TopicRename(old="Privacy", new="Secrecy", renamed_at=NOW))
    aliases = wiring.topic_aliases(load_config(world / "config.toml"))
    assert aliases == {"Privacy": "Secrecy"}
    assert Queue(engine(world)).get("2206.00001").topic == "Secrecy"


def test_asking_for_aliases_makes_no_database(world):
    assert wiring.topic_aliases(load_config(world / "config.toml")) == {}
    assert not (world / "var").exists()


@pytest.mark.parametrize(
    "change", [("rename", "Privacy", "Secrecy"), ("merge", "Privacy", "Fairness")]
)
def test_a_dry_run_shows_the_diff_and_changes_nothing(shortlist, world, change):
    Queue(engine(world)).record([], [make_candidate()], now=NOW)
    before, commit = texts(world), head(world)
    outcome = shortlist("lists", "topics", *change, "--dry-run")
    assert outcome.status == 0
    assert "-## Privacy" in outcome.out
    assert f"Privacy would become {change[2]}: 3 entries" in outcome.out
    assert (texts(world), head(world)) == (before, commit)
    assert Queue(engine(world)).get("2206.00001").topic == "Privacy"
    assert TopicRenames(engine(world)).done() == ()
    document = shortlist("lists", "topics", *change, "--dry-run", "--json").json
    assert (document["candidates"], document["commit"]) == (1, "")
    assert "-## Privacy" in document["diff"]


def test_a_merge_with_json(shortlist, world):
    document = shortlist("lists", "topics", "merge", "Fairness", "Privacy", "--json").json
    assert document == {
        "old": "Fairness",
        "new": "Privacy",
        "entries": 1,
        "candidates": 0,
        "files": ["README.md", "FULL_LIST.md"],
        "commit": head(world),
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rename", "Privcy", "Secrecy"), "the list has no topic 'Privcy': nearest: Privacy"),
        (("rename", "Privacy", "Fairness"), "there is a topic 'Fairness' already"),
        (("rename", "Privacy", "two\nlines"), "cannot be a topic"),
        (("rename", "Privacy", "[x](javascript:alert(1))"), "cannot be a topic"),
        (("rename", "Privacy", "\x1b[31m\u202e"), "cannot be a topic"),
        (("merge", "Privacy", "Privacy"), "are the same topic"),
        (("merge", "Privacy", "Nothing"), "the list has no topic 'Nothing'"),
    ],
)
def test_a_refusal_is_one_line_and_changes_nothing(shortlist, world, arguments, message):
    before, commit = texts(world), head(world)
    outcome = shortlist("lists", "topics", *arguments)
    assert outcome.status == 1
    assert len(outcome.err.splitlines()) == 1
    assert message in outcome.err
    assert (texts(world), head(world)) == (before, commit)


def test_options_before_the_subcommand_are_not_swallowed(shortlist, world):
    outcome = shortlist("lists", "topics", "--config", "other.toml", "rename", "Privacy", "Secrecy")
    assert outcome.status == 2
    assert "options go behind" in outcome.err
    assert "## Privacy" in texts(world)[0]


def test_topics_of_a_list_that_a_killed_run_left_between_are_put_in_order_first(shortlist, world):
    repository = Repository.open(world / "list")
    from pipeline.publish import journal

    before, after = README.encode(), README.replace("## Privacy", "## Secrecy").encode()
    mode, blob = repository.blob_at("HEAD", "README.md")
    planned = journal.PlannedFile(
        path="README.md",
        mode=mode,
        after_sha256=journal.checksum(after),
        before=before,
        blob_before=blob,
        blob_after=repository.hash_object(after),
    )
    journal.begin(repository, (planned,))
    (world / "list" / "README.md").write_bytes(after)
    shown = json.loads(shortlist("lists", "topics", "--json").out)
    assert [row["name"] for row in shown["topics"]] == ["Privacy", "Fairness"]
    assert texts(world)[0] == README
