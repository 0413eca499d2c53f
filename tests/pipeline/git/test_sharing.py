"""Sharing a list with others: their commits taken in, branches replaced, texts joined."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GitError
from pipeline.git import (
    PushRejectedError,
    Repository,
    commits_since,
    find_changes,
    find_messages,
)
from tests.pipeline.git.checkouts import BOT, LIST, clone, git, make_list, make_origin


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    return make_origin(tmp_path / "origin.git")


@pytest.fixture
def ours(tmp_path: Path, origin: Path) -> Repository:
    return clone(origin, tmp_path / "ours")


def write(repository: Repository, name: str, data: bytes, message: str = "Change") -> str:
    path = repository.root / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return repository.commit([name], message, BOT)


def test_moving_forward_takes_new_changed_and_deleted_files_along(tmp_path, origin, ours):
    theirs = clone(origin, tmp_path / "theirs")
    write(theirs, "README.md", b"new\n")
    write(theirs, "pictures/ü.svg", b"<svg/>\n")
    git(theirs.root, "rm", "--quiet", "notes.txt")
    git(theirs.root, "commit", "--quiet", "-m", "Delete")
    head = ours.head()
    ours.fetch(str(theirs.root), "+refs/heads/main:refs/theirs")
    assert ours.changed(head, "refs/theirs") == ("README.md", "notes.txt", "pictures/ü.svg")
    ours.fast_forward("refs/theirs")
    assert ours.head() == theirs.head()
    assert git(ours.root, "status", "--porcelain") == ""
    assert not (ours.root / "notes.txt").exists()


def test_nothing_that_a_person_has_not_committed_is_written_over(tmp_path, origin, ours):
    theirs = clone(origin, tmp_path / "theirs")
    write(theirs, "README.md", b"new\n")
    ours.fetch(str(theirs.root), "+refs/heads/main:refs/theirs")
    (ours.root / "README.md").write_bytes(b"half a thought\n")
    head = ours.head()
    with pytest.raises(GitError):
        ours.fast_forward("refs/theirs")
    assert (ours.root / "README.md").read_bytes() == b"half a thought\n"
    assert ours.head() == head


def test_what_is_no_descendant_is_not_moved_to(ours):
    side = ours.commit_tree(ours.resolve_tree("HEAD"), (), "Side", BOT)
    with pytest.raises(GitError):
        ours.fast_forward(side)


def test_a_branch_is_replaced_only_where_it_is_where_it_was_seen(tmp_path, origin, ours):
    tree = ours.resolve_tree("HEAD")
    one, two, three = (ours.commit_tree(tree, (), text, BOT) for text in ("1", "2", "3"))
    ours.replace_branch("origin", "rolling", one, expected=None)
    with pytest.raises(PushRejectedError):
        ours.replace_branch("origin", "rolling", two, expected=None)
    ours.replace_branch("origin", "rolling", two, expected=one)
    with pytest.raises(PushRejectedError):
        ours.replace_branch("origin", "rolling", three, expected=one)
    assert ours.remote_tip("origin", "rolling") == two


def test_texts_are_joined_line_by_line_or_not_at_all(ours):
    base = b"1\n2\n3\n4\n5\n"
    ours_, theirs = b"1\n2\n3\n4\n5\n6\n", b"0\n1\n2\n3\n4\n5\n"
    assert ours.merge_blobs(ours_, base, theirs) == b"0\n1\n2\n3\n4\n5\n6\n"
    assert ours.merge_blobs(b"1\nx\n3\n4\n5\n", base, b"1\ny\n3\n4\n5\n") is None
    many = b"".join(b"%d\n\n\n\n" % n for n in range(300))
    other, another = (
        many.replace(b"\n\n\n\n", b"a\n\n\n\n"),
        many.replace(b"\n\n\n\n", b"b\n\n\n\n"),
    )
    assert ours.merge_blobs(other, many, another) is None
    assert ours.merge_blobs(base, base, theirs) == theirs


def test_messages_are_found_by_their_lines_and_read_whole(tmp_path):
    repository = make_list(tmp_path / "list")
    write(repository, "notes.txt", b"1\n", "One\n\nShortlist-Paper: 2206.00001; x\n")
    write(repository, "notes.txt", b"2\n", "Two, ü\n\nKey.with: dots*\n")
    assert [each.text for each in find_messages(repository, "Shortlist-Paper: 2206.00001;")] == [
        "One\n\nShortlist-Paper: 2206.00001; x\n"
    ]
    assert [each.text[:3] for each in find_messages(repository, "dots*", "2206.00001;")] == [
        "Two",
        "One",
    ]
    assert len(find_messages(repository, "o", most=1)) == 1
    assert find_messages(repository, "(nothing") == ()
    assert find_messages(Repository.init(tmp_path / "empty"), "x") == ()


def test_commits_that_a_branch_has_beyond_another_are_listed_newest_first(tmp_path):
    repository = make_list(tmp_path / "list")
    base = repository.head()
    added = [write(repository, "notes.txt", b"%d\n" % n) for n in range(3)]
    assert [each.sha for each in commits_since(repository, base, "HEAD")] == added[::-1]
    assert commits_since(repository, "HEAD", base) == ()
    assert repository.merge_base(base, "HEAD") == base
    assert repository.parents("HEAD") == (added[1],)


def test_a_change_that_never_stood_on_the_branch_itself_is_told_apart(tmp_path):
    repository = make_list(tmp_path / "list")
    git(repository.root, "switch", "--quiet", "-c", "side")
    write(repository, "README.md", LIST + b"2206.00001\n")
    kept = write(repository, "README.md", LIST + b"2206.00001 2206.00002\n")
    taken_out = write(repository, "README.md", LIST + b"2206.00002\n")
    git(repository.root, "switch", "--quiet", "main")
    git(repository.root, "merge", "--quiet", "--no-ff", "-m", "Merge", "side")

    def found(text: str, *, first_parent: bool) -> list[str]:
        changes = find_changes(repository, text, ["README.md"], first_parent=first_parent)
        return [each.sha for each in changes]

    assert found("2206.00001", first_parent=True) == []
    assert taken_out in found("2206.00001", first_parent=False)
    assert found("2206.00002", first_parent=True) == [repository.head()]
    assert found("2206.00002", first_parent=False) == [kept]


def test_settings_of_a_person_change_nothing_in_what_is_read(tmp_path):
    repository = make_list(tmp_path / "list")
    write(repository, "README.md", LIST + b"2206.00001\n", "Add, with ü\n")
    for setting in ("log.showSignature=true", "log.diffMerges=off", "i18n.logOutputEncoding=latin1",
                    "diff.external=false", "log.decorate=full", "color.ui=always"):  # fmt: skip
        git(repository.root, "config", *setting.split("="))
    (found,) = find_changes(repository, "2206.00001", ["README.md"], first_parent=True)
    assert found.text == "Add, with ü\n"
    assert repository.message("HEAD").strip() == "Add, with ü"
