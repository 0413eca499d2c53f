"""One list, two clones: what is pushed here while others push there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ListMovedError, PublishError
from pipeline.git import Repository
from pipeline.publish import commit as commit_module
from pipeline.publish.commit import NotPushedError
from tests.pipeline.git.checkouts import BOT, LIST, clone, git, make_origin
from tests.pipeline.publish.edits import append, publisher_of

TOP = b"A line of theirs\n"


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make_origin(tmp_path / "origin.git")


@pytest.fixture
def ours(tmp_path: Path, origin: Path) -> Repository:
    return clone(origin, tmp_path / "ours")


@pytest.fixture
def theirs(tmp_path: Path, origin: Path) -> Repository:
    return clone(origin, tmp_path / "theirs")


def push_from(repository: Repository, name: str, data: bytes) -> str:
    (repository.root / name).write_bytes(data)
    sha = repository.commit([name], "Theirs", BOT)
    repository.push("origin", "refs/heads/main:refs/heads/main")
    return sha


def test_a_push_that_comes_second_takes_in_the_first_and_asks_to_plan_again(origin, ours, theirs):
    sha = push_from(theirs, "README.md", TOP + LIST)
    publisher = publisher_of(ours, push=True)
    with pytest.raises(ListMovedError, match=r"^origin has newer commits on main: run again$"):
        publisher.publish([append(ours.root / "README.md")], message="Add")
    assert ours.head() == git(origin, "rev-parse", "main") == sha
    assert (ours.root / "README.md").read_bytes() == TOP + LIST
    assert git(ours.root, "status", "--porcelain") == ""
    second = publisher.publish([append(ours.root / "README.md")], message="Add")
    assert ours.head() == git(origin, "rev-parse", "main") == second
    assert git(origin, "rev-parse", "main^") == sha


def test_a_shallow_clone_takes_in_what_is_newer_too(tmp_path, origin, theirs):
    ours = clone(origin, tmp_path / "shallow", "--depth=1")
    push_from(theirs, "README.md", TOP + LIST)
    sha = push_from(theirs, "notes.txt", b"more\n")
    with pytest.raises(ListMovedError):
        publisher_of(ours, push=True).publish([append(ours.root / "README.md")], message="Add")
    assert ours.head() == sha


def test_what_the_remote_has_is_taken_in_before_the_list_is_read(ours, theirs):
    sha = push_from(theirs, "README.md", TOP + LIST)
    assert publisher_of(ours, push=True).recover() == ()
    assert ours.head() == sha
    assert (ours.root / "README.md").read_bytes() == TOP + LIST


def test_without_push_nobody_asks_the_remote(ours, theirs):
    push_from(theirs, "README.md", TOP + LIST)
    head = ours.head()
    publisher_of(ours).recover()
    assert ours.head() == head


def test_a_person_at_work_on_another_file_is_not_in_the_way(ours, theirs):
    push_from(theirs, "README.md", TOP + LIST)
    (ours.root / "notes.txt").write_text("half a thought\n")
    publisher_of(ours, push=True).recover()
    assert git(ours.root, "status", "--porcelain") == "M notes.txt"
    assert (ours.root / "README.md").read_bytes() == TOP + LIST


def test_changes_of_a_person_in_a_file_that_moved_are_named_and_stay(ours, theirs):
    publisher = publisher_of(ours, push=True)
    edit = append(ours.root / "README.md")
    push_from(theirs, "notes.txt", b"theirs\n")
    (ours.root / "notes.txt").write_text("half a thought\n")
    head = ours.head()
    with pytest.raises(PublishError) as refusal:
        publisher.publish([edit], message="Add")
    assert str(refusal.value) == (
        "origin has newer commits on main, and notes.txt has changes here that are not committed: "
        f"commit or stash them in {ours.root}, and run again"
    )
    assert ours.head() == head
    assert (ours.root / "notes.txt").read_text() == "half a thought\n"
    assert (ours.root / "README.md").read_bytes() == LIST


def test_commits_of_a_person_on_either_side_are_for_a_person_to_join(origin, ours, theirs):
    push_from(theirs, "README.md", TOP + LIST)
    (ours.root / "notes.txt").write_text("ours\n")
    head = ours.commit(["notes.txt"], "By hand, not pushed", BOT)
    publisher = publisher_of(ours, push=True)
    with pytest.raises(PublishError, match="and the other way round: `git pull --rebase origin"):
        publisher.publish([append(ours.root / "README.md")], message="Add")
    assert (ours.head(), git(ours.root, "status", "--porcelain")) == (head, "")
    with pytest.raises(NotPushedError):
        publisher.push_pending()
    git(ours.root, "pull", "--quiet", "--rebase", "origin", "main")
    assert publisher.push_pending() == ours.head() == git(origin, "rev-parse", "main")


def test_a_remote_that_is_away_leaves_everything_as_it_was(tmp_path, origin, ours):
    git(ours.root, "remote", "set-url", "origin", str(tmp_path / "gone"))
    publisher, head = publisher_of(ours, push=True), ours.head()
    assert publisher.recover() == ()
    refused = r"^origin cannot be pushed to \(git push: .*\): nothing was written; the next run"
    with pytest.raises(PublishError, match=refused):
        publisher.publish([append(ours.root / "README.md")], message="Add")
    assert ours.head() == head
    assert git(ours.root, "status", "--porcelain") == ""
    git(ours.root, "remote", "set-url", "origin", str(origin))
    sha = publisher.publish([append(ours.root / "README.md")], message="Add")
    assert git(origin, "rev-parse", "main") == sha


@pytest.mark.parametrize("dies_at", ["README.md", "FULL_LIST.md"])
def test_killed_once_it_was_pushed_the_next_run_takes_the_commit_in(
    origin, ours, monkeypatch, dies_at
):
    edits = [append(ours.root / name) for name in ("README.md", "FULL_LIST.md")]
    real = commit_module.write_atomically

    def dying(path: Path, data: bytes) -> None:
        if path.name == dies_at:
            raise KeyboardInterrupt
        real(path, data)

    killed = pytest.raises(KeyboardInterrupt)
    monkeypatch.setattr(commit_module, "write_atomically", dying)
    monkeypatch.setattr(commit_module, "_put_back", lambda *_: None)  # a kill cleans nothing up
    with killed:
        publisher_of(ours, push=True).publish(edits, message="Add")
    assert git(origin, "rev-parse", "main") != ours.head()
    publisher_of(ours, push=True).recover()
    assert git(origin, "rev-parse", "main") == ours.head()
    assert git(ours.root, "status", "--porcelain") == ""
    assert [edit.path.read_bytes() for edit in edits] == [edit.after for edit in edits]
