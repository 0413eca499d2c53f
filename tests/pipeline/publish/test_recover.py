"""A publication that is killed, truly and at every stage, and the run that comes after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import PublishError
from pipeline.git import Repository
from pipeline.publish.journal import JOURNAL_NAME
from tests.pipeline.git.checkouts import LIST, git, make_list
from tests.pipeline.publish.edits import append, publisher_of

PROJECT = Path(__file__).resolve().parents[3]

DYING_RUN = """
import os, signal, sys
from pathlib import Path
from pipeline.git import Repository, index
from pipeline.publish import commit, journal
from tests.pipeline.publish.edits import append, publisher_of

stage, root = sys.argv[1], Path(sys.argv[2])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def dying(module, name, *, when, after=False):
    real = getattr(module, name)
    def call(*arguments, **named):
        if not when(*arguments):
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        die()
    setattr(module, name, call)

readme = lambda path, data: path.name == "README.md"
full = lambda path, data: path.name == "FULL_LIST.md"
always = lambda *arguments: True
if stage == "before the files":
    dying(commit, "write_atomically", when=readme)
elif stage == "inside the first file":
    dying(Path, "replace", when=lambda path, target: target.name == "README.md")
elif stage == "between the files":
    dying(commit, "write_atomically", when=full)
elif stage == "before the commit":
    dying(Repository, "update_ref", when=always)
elif stage == "after the commit":
    dying(Repository, "update_ref", when=always, after=True)
elif stage == "holding the index":
    dying(index, "ask_git", when=always)
elif stage == "before the end":
    dying(journal, "finish", when=always)

publisher_of(Repository.open(root)).publish(
    [append(root / "README.md"), append(root / "FULL_LIST.md")], message="Add")
"""

ROLLED_BACK = {
    "before the files": (),
    "inside the first file": (),
    "between the files": ("README.md",),
    "before the commit": ("README.md", "FULL_LIST.md"),
}
COMPLETED = ("after the commit", "holding the index", "before the end")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return make_list(tmp_path / "list")


def die_at(stage: str, repository: Repository) -> None:
    command = [sys.executable, "-c", DYING_RUN, stage, str(repository.root)]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def assert_works(repository: Repository) -> None:
    """Nothing is left over, and the next publication goes through."""
    root = repository.root
    assert git(root, "status", "--porcelain", "--ignored") == ""
    assert not list((root / ".git").glob("shortlist-*"))
    assert not (root / ".git" / "index.lock").exists()
    publisher_of(repository).publish([append(root / "README.md", b"next\n")], message="Next")
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize(("stage", "restored"), ROLLED_BACK.items())
def test_killed_before_the_commit_the_files_are_as_they_were(repository, stage, restored):
    head = repository.head()
    die_at(stage, repository)
    assert publisher_of(repository).recover() == restored
    assert repository.head() == head
    assert (repository.root / "README.md").read_bytes() == LIST
    assert (repository.root / "FULL_LIST.md").read_bytes() == LIST
    assert_works(repository)


@pytest.mark.parametrize("stage", COMPLETED)
def test_killed_after_the_commit_it_stands_and_is_completed(repository, stage):
    head = repository.head()
    die_at(stage, repository)
    assert publisher_of(repository).recover() == ()
    assert git(repository.root, "rev-parse", "HEAD^") == head
    assert (repository.root / "README.md").read_bytes() != LIST
    assert_works(repository)


def test_recovering_twice_finds_nothing_the_second_time(repository):
    die_at("before the commit", repository)
    assert publisher_of(repository).recover()
    assert publisher_of(repository).recover() == ()


def test_the_next_publication_recovers_by_itself(repository):
    edits = [append(repository.root / "README.md")]
    die_at("before the commit", repository)
    publisher_of(repository).publish(edits, message="Add")
    assert git(repository.root, "show", "--format=", "--name-only") == "README.md"
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_file_that_a_person_changed_after_the_kill_is_left_alone(repository, caplog):
    die_at("before the commit", repository)
    by_hand = LIST + b"* by hand\n"
    (repository.root / "README.md").write_bytes(by_hand)
    assert publisher_of(repository).recover() == ("FULL_LIST.md",)
    assert (repository.root / "README.md").read_bytes() == by_hand
    assert "README.md was changed after a run was interrupted; it is left as it is" in caplog.text
    with pytest.raises(PublishError, match=r"^README\.md has changes that are not committed"):
        publisher_of(repository).publish([append(repository.root / "README.md")], message="Add")


def test_what_a_person_committed_after_the_kill_is_left_alone(repository):
    die_at("before the commit", repository)
    git(repository.root, "commit", "--quiet", "-am", "Looked good to me")
    head = repository.head()
    assert publisher_of(repository).recover() == ()
    assert repository.head() == head
    assert_works(repository)


def test_another_commit_of_a_person_does_not_hinder_recovery(repository):
    die_at("before the commit", repository)
    (repository.root / "notes.txt").write_text("by hand\n")
    git(repository.root, "commit", "--quiet", "-m", "Notes", "notes.txt")
    assert publisher_of(repository).recover() == ("README.md", "FULL_LIST.md")
    assert_works(repository)


def test_a_kill_during_the_recovery_is_recovered_from(repository):
    die_at("before the commit", repository)
    (repository.root / "README.md").write_bytes(LIST)  # as far as the first recovery came
    assert publisher_of(repository).recover() == ("FULL_LIST.md",)
    assert_works(repository)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": 2}', b'{"version": 1}'])
def test_a_damaged_journal_is_reported_and_hinders_nothing(repository, caplog, content):
    journal = repository.root / ".git" / JOURNAL_NAME
    journal.write_bytes(content)
    assert publisher_of(repository).recover() == ()
    assert "cannot be read" in caplog.text
    publisher_of(repository).publish([append(repository.root / "README.md")], message="Add")
    assert not journal.exists()


def test_a_journal_that_was_never_finished_does_not_hinder_a_process_of_the_same_number(repository):
    # In a container every run may have the same process number.
    half = repository.root / ".git" / f".{JOURNAL_NAME}.{os.getpid()}.tmp"
    half.write_bytes(b"{")
    publisher_of(repository).publish([append(repository.root / "README.md")], message="Add")
    assert not half.exists()


def test_a_journal_that_was_never_finished_is_cleared_away_by_the_next_recovery(repository):
    half = repository.root / ".git" / f".{JOURNAL_NAME}.{os.getpid() + 1}.tmp"
    half.write_bytes(b"{")
    assert publisher_of(repository).recover() == ()
    assert not half.exists()


def test_the_journal_does_not_depend_on_objects_that_git_clears_away(repository):
    die_at("before the commit", repository)
    git(repository.root, "reflog", "expire", "--expire=now", "--all")
    git(repository.root, "gc", "--quiet", "--prune=now")
    rows = json.loads((repository.root / ".git" / JOURNAL_NAME).read_bytes())["files"]
    assert [row["path"] for row in rows] == ["README.md", "FULL_LIST.md"]
    assert publisher_of(repository).recover() == ("README.md", "FULL_LIST.md")
