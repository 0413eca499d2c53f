from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from pipeline.errors import GitError, PublishError
from pipeline.git import Repository, index
from pipeline.lists import document
from pipeline.publish import commit as commit_module
from pipeline.publish.commit import CommitPublisher
from tests.pipeline.git.checkouts import BOT, LIST, clone, git, make_list, make_origin
from tests.pipeline.publish.edits import Edit, append, publisher_of


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return make_list(tmp_path / "list")


def both(repository: Repository) -> list[Edit]:
    return [append(repository.root / name) for name in ("README.md", "FULL_LIST.md")]


def assert_untouched(repository: Repository, head: str | None) -> None:
    assert repository.head() == head
    assert git(repository.root, "status", "--porcelain") == ""
    assert (repository.root / "README.md").read_bytes() == LIST
    assert not list(repository.root.glob(".*.tmp"))


def test_edits_become_one_clean_commit_by_the_author(repository):
    parent = repository.head()
    edits = both(repository)
    sha = publisher_of(repository).publish(edits, message="Add 1 paper: 2601.00001\n")
    assert repository.head() == sha
    assert git(repository.root, "rev-parse", f"{sha}^") == parent
    assert git(repository.root, "status", "--porcelain") == ""
    assert git(repository.root, "diff-index", "--name-only", "HEAD") == ""
    assert git(repository.root, "show", "--format=%an %ce %s", "--name-only", sha).split("\n") == [
        "Shortlist shortlist@example.org Add 1 paper: 2601.00001",
        "",
        "FULL_LIST.md",
        "README.md",
    ]
    for edit in edits:
        assert edit.path.read_bytes() == edit.after
    assert not list((repository.root / ".git").glob("shortlist-*"))


def test_other_work_in_the_checkout_is_left_as_it_is(repository):
    root = repository.root
    (root / "notes.txt").write_text("staged\n")
    git(root, "add", "notes.txt")
    (root / "notes.txt").write_text("staged, then changed\n")
    (root / "draft.md").write_text("untracked\n")
    sha = publisher_of(repository).publish([append(root / "README.md")], message="Add")
    assert git(root, "status", "--porcelain") == "MM notes.txt\n?? draft.md"
    assert git(root, "show", "--format=", "--name-only", sha) == "README.md"


def test_file_mode_and_odd_names_survive(repository):
    path = repository.root / "my *lists*" / "ü -x.md"
    path.parent.mkdir()
    path.write_bytes(LIST)
    path.chmod(0o755)
    git(repository.root, "add", "--all")
    git(repository.root, "commit", "--quiet", "-m", "Odd")
    publisher_of(repository).publish([append(path)], message="Add")
    assert path.stat().st_mode & 0o777 == 0o755
    assert repository.blob_at("HEAD", "my *lists*/ü -x.md")[0] == "100755"
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_list_in_a_folder_of_a_work_tree_of_its_own_is_committed_there(repository, tmp_path):
    git(repository.root, "worktree", "add", "--quiet", "-b", "side", str(tmp_path / "tree"))
    tree = Repository.open(tmp_path / "tree")
    publisher_of(tree, branch="side").publish([append(tree.root / "README.md")], message="Add")
    assert git(tree.root, "status", "--porcelain") == ""
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_path_through_a_linked_folder_is_the_file_it_leads_to(repository, tmp_path):
    (tmp_path / "link").symlink_to(repository.root)
    publisher_of(repository).publish([append(tmp_path / "link" / "README.md")], message="Add")
    assert git(repository.root, "status", "--porcelain") == ""


def test_line_endings_that_git_converts_are_kept_in_the_work_tree(repository):
    root = repository.root
    (root / ".gitattributes").write_text("*.md text eol=crlf\n")
    (root / "README.md").write_bytes(b"a\r\n")
    repository.commit(["README.md", ".gitattributes"], "Windows", BOT)
    publisher_of(repository).publish([append(root / "README.md", b"b\r\n")], message="Add")
    assert (root / "README.md").read_bytes() == b"a\r\nb\r\n"
    assert repository.show("HEAD", "README.md") == b"a\nb\n"
    assert git(root, "status", "--porcelain") == ""


@pytest.mark.parametrize("staged", [True, False])
def test_dirty_list_files_are_named_and_refused(repository, staged):
    head = repository.head()
    edits = both(repository)
    for edit in edits:
        edit.path.write_bytes(LIST + b"by hand\n")
    if staged:
        git(repository.root, "add", "--all")
    with pytest.raises(PublishError) as refusal:
        publisher_of(repository).publish(edits, message="Add")
    assert str(refusal.value) == (
        "FULL_LIST.md, README.md have changes that are not committed: "
        f"commit or stash them in {repository.root}, and run again"
    )
    assert repository.head() == head
    assert edits[0].path.read_bytes() == LIST + b"by hand\n"


def test_a_file_that_changed_since_it_was_read_is_refused(repository):
    edit = append(repository.root / "README.md")
    edit.path.write_bytes(LIST + b"by hand\n")
    git(repository.root, "commit", "--quiet", "-am", "By hand")
    with pytest.raises(PublishError, match=r"^README\.md changed since it was read: run again$"):
        publisher_of(repository).publish([edit], message="Add")
    assert edit.path.read_bytes() == LIST + b"by hand\n"


def test_a_detached_head_is_refused(repository):
    git(repository.root, "checkout", "--quiet", "--detach")
    head = repository.head()
    with pytest.raises(PublishError, match=r"the head of .* is detached: `git switch main`$"):
        publisher_of(repository).publish(both(repository), message="Add")
    assert_untouched(repository, head)


def test_another_branch_is_refused_unless_any_will_do(repository):
    git(repository.root, "switch", "--quiet", "-c", "side")
    head = repository.head()
    with pytest.raises(PublishError) as refusal:
        publisher_of(repository).publish(both(repository), message="Add")
    assert str(refusal.value) == (
        f"side is checked out in {repository.root}, not main: "
        "`git switch main`, or set [list] branch"
    )
    assert_untouched(repository, head)
    sha = publisher_of(repository, branch="").publish(both(repository), message="Add")
    assert git(repository.root, "rev-parse", "side") == sha


def test_a_merge_in_progress_is_refused(repository):
    root = repository.root
    git(root, "switch", "--quiet", "-c", "side")
    (root / "notes.txt").write_text("side\n")
    git(root, "commit", "--quiet", "-am", "Side")
    git(root, "switch", "--quiet", "main")
    git(root, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    with pytest.raises(PublishError, match=r"a merge is in progress in .*: end or abort it first"):
        publisher_of(repository).publish(both(repository), message="Add")
    assert (root / ".git" / "MERGE_HEAD").exists()


def test_a_file_outside_untracked_or_linked_is_refused(repository, tmp_path):
    outside = tmp_path / "README.md"
    outside.write_bytes(LIST)
    with pytest.raises(PublishError, match=r"README\.md is not in "):
        publisher_of(repository).publish([append(outside)], message="Add")
    fresh = repository.root / "new.md"
    fresh.write_bytes(LIST)
    with pytest.raises(PublishError, match=r"new\.md has changes that are not committed"):
        publisher_of(repository).publish([append(fresh)], message="Add")
    fresh.unlink()
    fresh.symlink_to("README.md")
    repository_link = append(fresh)
    git(repository.root, "add", "new.md")
    git(repository.root, "commit", "--quiet", "-m", "Link")
    with pytest.raises(PublishError, match=r"new\.md is a symbolic link"):
        publisher_of(repository).publish([repository_link], message="Add")
    assert (repository.root / "README.md").read_bytes() == LIST


def test_edits_that_change_nothing_are_refused(repository):
    path = repository.root / "README.md"
    with pytest.raises(PublishError, match="no edit changes a file"):
        publisher_of(repository).publish([Edit(path=path, before=LIST, after=LIST)], message="Add")


def test_a_branch_name_out_of_the_config_is_checked(repository):
    with pytest.raises(GitError, match="'--force' is no name for a branch"):
        publisher_of(repository, branch="--force")


def fill_disk(monkeypatch: pytest.MonkeyPatch, *, after: int) -> None:
    """Let the ``after``-th fsync of the process and those that follow find the disk full."""
    real, calls = os.fsync, []

    def fsync(descriptor: int) -> None:
        calls.append(descriptor)
        if len(calls) == after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(descriptor)

    monkeypatch.setattr(document.os, "fsync", fsync)


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_full_disk_leaves_both_files_as_they_were(repository, monkeypatch, after):
    # The journal, the first list file, the second list file.
    head = repository.head()
    edits = both(repository)
    fill_disk(monkeypatch, after=after)
    with pytest.raises(PublishError, match="No space left on device") as refusal:
        publisher_of(repository).publish(edits, message="Add")
    assert "\n" not in str(refusal.value)
    assert_untouched(repository, head)
    assert publisher_of(repository).publish(both(repository), message="Add") == repository.head()


def test_a_read_only_file_system_leaves_the_file_as_it_was(repository, monkeypatch):
    head = repository.head()
    edits = both(repository)
    real = Path.open

    def read_only(path: Path, mode: str = "r", **named: object) -> object:
        if "x" in mode and path.parent == repository.root:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))
        return real(path, mode, **named)

    refusal = pytest.raises(PublishError, match=r"md cannot be written: Read-only file system")
    with monkeypatch.context() as patch, refusal:
        patch.setattr(Path, "open", read_only)
        publisher_of(repository).publish(edits, message="Add")
    assert_untouched(repository, head)


def test_a_branch_that_moves_in_between_leaves_the_files_as_they_were(repository):
    class Racing(Repository):
        def update_ref(self, ref: str, new: str | None, old: str | None) -> None:
            git(self.root, "commit", "--quiet", "--allow-empty", "-m", "By hand")
            super().update_ref(ref, new, old)

    with pytest.raises(PublishError, match="update-ref"):
        publisher_of(Racing(repository.root)).publish(both(repository), message="Add")
    assert git(repository.root, "log", "-1", "--format=%s") == "By hand"
    assert_untouched(repository, repository.head())


def test_an_interrupt_between_the_files_leaves_both_as_they_were(repository, monkeypatch):
    head = repository.head()
    edits = both(repository)
    real = document.write_atomically

    def interrupted(path: Path, data: bytes) -> None:
        if path.name == "FULL_LIST.md":
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(commit_module, "write_atomically", interrupted)
    with pytest.raises(KeyboardInterrupt):
        publisher_of(repository).publish(edits, message="Add")
    assert_untouched(repository, head)


def test_an_index_held_by_an_editor_does_not_undo_the_commit(repository, monkeypatch):
    monkeypatch.setattr(index, "LOCK_WAIT_SECONDS", 0.1)
    lock = repository.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    sha = publisher_of(repository).publish(both(repository), message="Add")
    assert repository.head() == sha
    lock.unlink()
    assert publisher_of(repository).recover() == ()
    assert git(repository.root, "status", "--porcelain") == ""


def test_two_runs_on_one_checkout_wait_for_each_other(repository):
    first, second = (append(repository.root / n) for n in ("README.md", "FULL_LIST.md"))
    threads = [
        threading.Thread(target=lambda e=edit: publisher_of(repository).publish([e], message="Add"))
        for edit in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert git(repository.root, "rev-list", "--count", "HEAD") == "3"
    assert git(repository.root, "status", "--porcelain") == ""


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make_origin(tmp_path / "origin.git")


def test_pushing_brings_the_commit_to_the_remote(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours", "--depth=1")
    publisher = publisher_of(repository, push=True)
    sha = publisher.publish(both(repository), message="Add")
    assert git(origin, "rev-parse", "main") == sha
    assert publisher.push_pending() is None


def test_without_push_the_remote_hears_nothing(tmp_path, origin):
    repository = clone(origin, tmp_path / "ours")
    before = git(origin, "rev-parse", "main")
    publisher_of(repository).publish(both(repository), message="Add")
    assert publisher_of(repository).push_pending() is None
    assert git(origin, "rev-parse", "main") == before


def test_pushing_without_a_remote_is_refused_before_anything_is_written(repository):
    head = repository.head()
    with pytest.raises(PublishError, match="has no remote called origin: `git remote add origin"):
        publisher_of(repository, push=True).publish(both(repository), message="Add")
    assert_untouched(repository, head)


def test_a_publisher_can_be_made_for_a_repository_without_commits(tmp_path):
    fresh = Repository.init(tmp_path / "fresh")
    publisher = CommitPublisher(fresh, branch="main", author=BOT, push=True)
    assert publisher.recover() == ()
    assert publisher.push_pending() is None
    edit = Edit(path=fresh.root / "README.md", before=b"", after=b"x\n")
    with pytest.raises(PublishError, match="has no commits yet"):
        publisher_of(fresh).publish([edit], message="Add")
