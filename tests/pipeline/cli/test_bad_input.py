"""What goes wrong ends in one line that says what, where and what to do next."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from models.artifact import SHIPPED_ARTIFACT
from pipeline.git import Repository
from tests.builders import DAY, MAINTAINER, README


def change(world, old: str, new: str) -> None:
    path = world / "config.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refusal(shortlist, *arguments) -> str:
    outcome = shortlist(*arguments)
    assert outcome.status == 1, outcome
    lines = outcome.err.splitlines()
    assert lines[-1].startswith("shortlist: ")
    assert "Traceback" not in outcome.err
    return outcome.err


def test_a_missing_config(shortlist, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "config.toml does not exist: `shortlist init LIST_REPO`" in refusal(shortlist, "run")


def test_an_unknown_key(shortlist, world):
    change(world, "# per_day", "per_dya = 3 # ")
    assert "unknown key [queue] per_dya (did you mean per_day?)" in refusal(shortlist, "run")


def test_a_list_path_that_is_no_git_repository(shortlist, world):
    shutil.rmtree(world / "list" / ".git")
    assert "is no git repository" in refusal(shortlist, "run", "--date", DAY)


def test_a_list_file_without_topics(shortlist, world):
    (world / "list" / "README.md").write_text("# Nothing\n\nHere.\n", encoding="utf-8")
    error = refusal(shortlist, "run", "--date", DAY)
    assert "README.md" in error
    assert "topic" in error


def test_a_list_file_that_is_no_utf_8(shortlist, world):
    path = world / "list" / "README.md"
    path.write_bytes(README.replace("Bob Writer", "Bob Wr\xefter").encode("latin-1"))
    error = refusal(shortlist, "run", "--date", DAY)
    assert "README.md:10" in error
    assert "UTF-8" in error


def test_a_recorded_day_with_a_broken_line_goes_on_without_it(shortlist, world):
    path = world / "days" / "2022-06-01.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([lines[0], '{"arxiv_id": 3', *lines[1:]]) + "\n", encoding="utf-8")
    outcome = shortlist("run", "--date", DAY, "--json")
    assert outcome.status == 0
    assert (outcome.json["announced"], outcome.json["queued"]) == (3, 3)
    assert "2022-06-01.jsonl:2" in outcome.err


def test_a_model_trained_with_another_encoder(shortlist, world):
    artifact = world / "model"
    shutil.copytree(SHIPPED_ARTIFACT, artifact)
    card = artifact / "card.json"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("all-MiniLM-L6-v2@", "another-encoder@"), encoding="utf-8")
    change(world, '# artifact = "FOLDER"', 'artifact = "model"')
    error = refusal(shortlist, "run", "--date", DAY)
    assert "another-encoder" in error
    assert "3 papers wait for the next run" in error


def test_an_encoder_that_is_not_there(shortlist, world):
    change(world, '# encoder = "all-MiniLM-L6-v2"', 'encoder = "all-MiniLM-L7"')
    error = refusal(shortlist, "run", "--date", DAY)
    assert "unknown encoder" in error
    assert "3 papers wait for the next run" in error


def test_a_model_that_was_tampered_with(shortlist, world):
    artifact = world / "model"
    shutil.copytree(SHIPPED_ARTIFACT, artifact)
    path = next(path for path in artifact.iterdir() if path.suffix == ".skops")
    path.write_bytes(path.read_bytes() + b"x")
    change(world, '# artifact = "FOLDER"', 'artifact = "model"')
    outcome = shortlist("run", "--date", DAY, "--json")
    assert (outcome.status, outcome.json["queued"]) == (0, 3)
    assert path.name in outcome.err
    assert "the model that is shipped serves instead" in outcome.err


def test_a_locked_database(shortlist, world, monkeypatch):
    import sqlite3

    shortlist("queue", "list")
    monkeypatch.setattr("db.engine.open_database.__kwdefaults__", {"busy_timeout_seconds": 0.1})
    lock = sqlite3.connect(world / "var" / "shortlist.db", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    assert "is locked by another process" in refusal(shortlist, "queue", "approve", "2206.00001")
    lock.close()


def test_an_unknown_paper_topic_and_state(shortlist, world):
    assert "2206.00009 is not in the queue" in refusal(shortlist, "queue", "approve", "2206.00009")
    assert "nearest: Fairness" in refusal(
        shortlist, "queue", "approve", "2206.00001", "--topic", "Fairnes s"
    )
    outcome = shortlist("queue", "list", "--state", "waiting")
    assert outcome.status == 2
    assert "no state" in outcome.err


@pytest.fixture
def approved(shortlist, world):
    shortlist("run", "--date", DAY)
    assert shortlist("queue", "approve", "2206.00001", "--topic", "Privacy").status == 0
    return world


def list_is_untouched(world) -> bool:
    repository = Repository.open(world / "list")
    untouched = (world / "list" / "README.md").read_text(encoding="utf-8") == README
    return untouched and len(repository.revisions()) == 1 and not repository.dirty(["README.md"])


def test_a_list_with_uncommitted_changes(shortlist, approved):
    path = approved / "list" / "README.md"
    path.write_text(README + "\nMine.\n", encoding="utf-8")
    assert "README.md" in refusal(shortlist, "publish")
    assert path.read_text(encoding="utf-8") == README + "\nMine.\n"


def test_a_detached_head(shortlist, approved):
    repository = Repository.open(approved / "list")
    subprocess.run(["git", "-C", repository.root, "checkout", "-q", repository.head()], check=True)
    assert "detached" in refusal(shortlist, "publish")
    assert list_is_untouched(approved)


def test_another_branch_than_the_configured_one(shortlist, approved):
    change(approved, '# branch = ""', 'branch = "main"')
    subprocess.run(["git", "-C", approved / "list", "switch", "-qc", "other"], check=True)
    assert "other is checked out" in refusal(shortlist, "publish")
    assert list_is_untouched(approved)


@pytest.mark.parametrize("place", [".", ".git"])
def test_a_read_only_folder(approved, place):
    folder = approved / "list" / place
    folder.chmod(0o555)
    # No permission stops root, unless it gives up the right to pass by them.
    unprivileged = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
    prefix = unprivileged if os.geteuid() == 0 else []
    try:
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "pipeline", "publish"],
            cwd=approved,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        folder.chmod(0o755)
    assert done.returncode == 1
    assert "Permission denied" in done.stderr
    assert done.stderr.count("\n") == 1
    assert list_is_untouched(approved)


def test_a_disk_that_is_full_while_the_list_is_written(shortlist, approved, monkeypatch):
    def refuse(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    assert "No space left on device" in refusal(shortlist, "publish")
    monkeypatch.undo()
    monkeypatch.chdir(approved)
    assert list_is_untouched(approved)
    assert shortlist("publish").status == 0


def test_a_config_that_exists_is_not_written_over(shortlist, world):
    before = (world / "config.toml").read_text(encoding="utf-8")
    assert "exists and is left as it is" in refusal(shortlist, "init", "list")
    assert (world / "config.toml").read_text(encoding="utf-8") == before


def test_a_demo_folder_that_holds_something(shortlist, world):
    assert "is not empty" in refusal(shortlist, "demo", world)


def test_a_repository_without_a_list(shortlist, world):
    repository = Repository.init(world / "other")
    (world / "other" / "NOTES.md").write_text("# Notes\n", encoding="utf-8")
    repository.commit(["NOTES.md"], "Begin", MAINTAINER)
    error = refusal(shortlist, "init", "other", "--config", "other.toml")
    assert "list" in error
    assert not (world / "other.toml").exists()


def test_a_title_cannot_drive_a_terminal(shortlist, world):
    from tests.builders import make_paper, write_day

    write_day(world / "days", [make_paper(title="Red \x1b[31malert\x07 \u202eeruces")], day=DAY)
    shortlist("run", "--date", DAY)
    for command in (("queue", "list"), ("queue", "show", "2206.00001")):
        shown = shortlist(*command).out
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)
        assert "Red" in shown
