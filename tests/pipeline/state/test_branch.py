from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.errors import StateError
from pipeline.git import Repository
from pipeline.state.branch import StateConflictError, load_state, save_state
from tests.pipeline.git.checkouts import BOT, clone, git, make_list, make_origin

BRANCH = "shortlist-state"
PROJECT = Path(__file__).resolve().parents[3]
FIRST = {"candidates.jsonl": b'{"a": 1}\n', "seen/2026-11.jsonl": b"\xff\n"}
SECOND = FIRST | {"candidates.jsonl": b'{"a": 2}\n'}


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make_origin(tmp_path / "origin.git")


def save(repository: Repository, files: dict[str, bytes], *, push: bool = True) -> str | None:
    return save_state(repository, BRANCH, files, message="State", identity=BOT, push=push)


def load(repository: Repository, *, fetch: bool = True) -> dict[str, bytes]:
    return load_state(repository, BRANCH, fetch=fetch)


def test_what_was_saved_is_loaded_without_any_remote(tmp_path):
    repository = make_list(tmp_path / "list")
    assert load(repository) == {}
    assert save(repository, FIRST, push=False)
    assert load(repository) == FIRST
    assert save(repository, SECOND, push=False)
    assert load(repository, fetch=False) == SECOND


def test_the_branch_is_an_orphan_with_one_commit_a_save_by_our_identity(tmp_path):
    repository = make_list(tmp_path / "list")
    save(repository, FIRST, push=False)
    save(repository, SECOND, push=False)
    shown = git(repository.root, "log", "--format=%an %cn %s", BRANCH)
    assert shown == "Shortlist Shortlist State\nShortlist Shortlist State"
    assert git(repository.root, "ls-tree", "-r", "--name-only", BRANCH).split() == sorted(SECOND)


def test_nothing_changed_makes_no_commit(tmp_path):
    repository = make_list(tmp_path / "list")
    first = save(repository, FIRST, push=False)
    assert save(repository, FIRST, push=False) is None
    assert repository.resolve(BRANCH) == first


def test_a_file_that_is_no_longer_given_is_gone(tmp_path):
    repository = make_list(tmp_path / "list")
    save(repository, FIRST, push=False)
    save(repository, {"only": b""}, push=False)
    assert load(repository) == {"only": b""}


def test_index_and_work_tree_are_never_touched(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    (repository.root / "README.md").write_text("a person is at work\n")
    git(repository.root, "add", "README.md")
    (repository.root / "notes.txt").write_text("here, too\n")
    before = git(repository.root, "status", "--porcelain"), repository.head()
    index = (repository.root / ".git" / "index").read_bytes()
    save(repository, FIRST)
    load(repository)
    assert (git(repository.root, "status", "--porcelain"), repository.head()) == before
    assert (repository.root / ".git" / "index").read_bytes() == index


def test_a_second_machine_goes_on_where_the_first_ended(tmp_path, origin):
    ours, theirs = clone(origin, tmp_path / "ours"), clone(origin, tmp_path / "theirs")
    save(ours, FIRST)
    assert load(theirs) == FIRST
    second = save(theirs, SECOND)
    assert load(ours) == SECOND
    assert ours.resolve(BRANCH) == second
    assert git(origin, "rev-list", "--count", BRANCH) == "2"


def test_the_clone_that_a_workflow_gets_is_enough(tmp_path, origin):
    full = clone(origin, tmp_path / "full")
    for number in range(3):
        (full.root / "notes.txt").write_text(f"{number}\n")
        full.commit(["notes.txt"], "More", BOT)
    full.push("origin", "refs/heads/main:refs/heads/main")
    for files in (FIRST, SECOND, FIRST):
        load(full)
        save(full, files)
    for number in range(2):
        folder = tmp_path / f"run{number}"
        shallow = clone(origin, folder, "--depth=1", "--single-branch", "--no-tags")
        assert shallow.is_shallow()
        loaded = load(shallow)
        assert loaded == (FIRST if number == 0 else {"run": b"0"})
        assert git(folder, "rev-list", "--count", BRANCH) == "1"
        save(shallow, {"run": str(number).encode()})
        assert load(shallow) == {"run": str(number).encode()}
        assert git(folder, "rev-list", "--count", "main") == "1"
    assert git(origin, "rev-list", "--count", BRANCH) == "5"


def test_of_two_that_race_the_second_is_told_and_can_do_it_again(tmp_path, origin):
    ours, theirs = clone(origin, tmp_path / "ours"), clone(origin, tmp_path / "theirs")
    save(ours, {})
    load(ours)
    load(theirs)
    save(theirs, {"theirs": b"1"})
    with pytest.raises(StateConflictError) as refusal:
        save(ours, {"ours": b"1"})
    assert str(refusal.value) == (
        "shortlist-state in origin has commits that were not loaded before saving: "
        "`shortlist state load`, do it again, `shortlist state save`"
    )
    assert load(ours) == {"theirs": b"1"}
    save(ours, load(ours) | {"ours": b"1"})
    assert load(theirs) == {"theirs": b"1", "ours": b"1"}


def test_two_first_saves_do_not_overwrite_each_other(tmp_path, origin):
    ours, theirs = clone(origin, tmp_path / "ours"), clone(origin, tmp_path / "theirs")
    save(theirs, {"theirs": b"1"})
    with pytest.raises(StateConflictError):
        save(ours, {"ours": b"1"})
    assert ours.resolve(BRANCH) is None
    assert load(ours) == {"theirs": b"1"}


def test_a_save_over_what_was_fetched_but_never_loaded_is_refused(tmp_path, origin):
    ours, theirs = clone(origin, tmp_path / "ours"), clone(origin, tmp_path / "theirs")
    save(ours, FIRST)
    load(theirs)
    save(theirs, SECOND)
    git(ours.root, "fetch", "--quiet")
    with pytest.raises(StateConflictError):
        save(ours, FIRST | {"ours": b""})


def test_clones_that_save_at_once_lose_nothing(tmp_path, origin):
    clones = [clone(origin, tmp_path / f"clone{number}") for number in range(3)]

    def work(repository: Repository) -> None:
        for step in range(3):
            while True:
                files = load(repository) | {f"{repository.root.name}-{step}": b""}
                try:
                    save(repository, files)
                except StateConflictError:
                    continue
                break

    threads = [threading.Thread(target=work, args=(repository,)) for repository in clones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = {f"clone{number}-{step}" for number in range(3) for step in range(3)}
    assert set(load(clones[0])) == expected
    assert git(origin, "rev-list", "--count", BRANCH) == "9"


def test_what_was_saved_without_pushing_is_pushed_later_even_if_nothing_changed(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    sha = save(repository, FIRST, push=False)
    assert save(repository, FIRST, push=True) is None
    assert git(origin, "rev-parse", BRANCH) == sha


def test_a_newer_local_branch_counts(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    save(repository, FIRST)
    save(repository, SECOND, push=False)
    assert load(repository) == SECOND


def test_branches_that_diverged_are_named_and_left_alone(tmp_path, origin):
    ours, theirs = clone(origin, tmp_path / "ours"), clone(origin, tmp_path / "theirs")
    save(ours, FIRST)
    load(theirs)
    there = save(theirs, SECOND)
    here = save(ours, FIRST | {"x": b""}, push=False)
    assert here is not None
    assert there is not None
    with pytest.raises(StateError) as refusal:
        load(ours)
    assert str(refusal.value) == (
        f"shortlist-state has diverged: {here[:12]} here, {there[:12]} on origin: "
        f"to keep the remote's, `git branch -f shortlist-state {there[:12]}`"
    )
    assert ours.resolve(BRANCH) == here
    git(ours.root, "branch", "-f", BRANCH, there[:12])
    assert load(ours) == SECOND


def test_a_plain_clone_loads_what_it_came_with_when_told_not_to_fetch(tmp_path, origin):
    save(clone(origin, tmp_path / "ours"), FIRST)
    later = clone(origin, tmp_path / "later")
    git(later.root, "remote", "set-url", "origin", str(tmp_path / "gone"))
    assert load(later, fetch=False) == FIRST


def test_a_remote_that_does_not_answer_is_an_error_not_an_empty_state(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    git(repository.root, "remote", "set-url", "origin", str(tmp_path / "gone"))
    with pytest.raises(StateError, match=r"^the state cannot be loaded from shortlist-state \(git"):
        load(repository)
    with pytest.raises(StateError, match=r"^the state cannot be saved to shortlist-state \(git"):
        save(repository, FIRST)
    assert repository.resolve(BRANCH) is None


def test_pushing_without_a_remote_says_what_to_do(tmp_path):
    with pytest.raises(StateError, match="has no remote called origin: `git remote add origin"):
        save(make_list(tmp_path / "list"), FIRST)


def test_a_state_branch_that_is_checked_out_is_refused(tmp_path):
    repository = make_list(tmp_path / "list")
    save(repository, FIRST, push=False)
    git(repository.root, "checkout", "--quiet", BRANCH)
    with pytest.raises(StateError, match="is checked out"):
        save(repository, SECOND, push=False)
    with pytest.raises(StateError, match="is checked out"):
        load(repository)


def test_a_branch_name_that_is_an_option_is_refused(tmp_path):
    repository = make_list(tmp_path / "list")
    for name in ("--all", "a:b", ""):
        with pytest.raises(StateError, match="is no name for a branch"):
            load_state(repository, name)


def test_a_branch_deleted_on_the_remote_is_pushed_anew_from_here(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    save(repository, FIRST)
    git(origin, "branch", "-D", BRANCH)
    assert load(repository) == FIRST
    assert save(repository, FIRST) is None
    assert git(origin, "rev-list", "--count", BRANCH) == "1"


KILLED_AFTER_PUSH = """
import os, signal, sys
from pathlib import Path
from pipeline.git import Identity, Repository
from pipeline.state.branch import save_state

class Dying(Repository):
    def update_ref(self, ref, new, old):
        os.kill(os.getpid(), signal.SIGKILL)

save_state(Dying(Path(sys.argv[1])), "shortlist-state", {"new": b"1"}, message="State",
           identity=Identity(name="S", email="s@example.org"), push=True)
"""


def test_a_kill_between_push_and_local_branch_leaves_nothing_diverged(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    save(repository, FIRST)
    command = [sys.executable, "-c", KILLED_AFTER_PUSH, repository.root]
    done = subprocess.run(command, cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert load(repository) == {"new": b"1"}
    assert save(repository, SECOND)
