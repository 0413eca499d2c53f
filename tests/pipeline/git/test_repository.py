from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import GitError
from pipeline.git import (
    GitSetupError,
    Identity,
    PushRejectedError,
    Repository,
    check_branch_name,
    index,
)
from tests.pipeline.git.checkouts import BOT, LIST, clone, git, make_list, make_origin

ODD_NAMES = (
    "a b.md",
    "-n.md",
    ":(top)x.md",
    "*.md",
    "ü.md",
    "new\nline.md",
    'q"uote.md',
    "\udcff.md",
)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return make_list(tmp_path / "list")


def test_a_folder_without_a_repository_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(GitSetupError) as refusal:
        Repository.open(tmp_path)
    assert str(refusal.value) == (
        f"{tmp_path} is no git repository: run `git init` there, or point [list] repo elsewhere"
    )


def test_a_bare_repository_is_refused(tmp_path):
    with pytest.raises(GitSetupError, match="is no git repository"):
        Repository.open(make_origin(tmp_path / "origin.git"))


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(GitSetupError, match="nowhere is no folder"):
        Repository.open(tmp_path / "nowhere")


def test_the_top_is_found_from_a_folder_inside(repository):
    inside = repository.root / "docs"
    inside.mkdir()
    assert Repository.open(inside).root == repository.root


def test_a_new_repository_has_a_branch_and_no_head(tmp_path):
    fresh = Repository.init(tmp_path / "deep" / "fresh", branch="trunk")
    assert (fresh.branch(), fresh.head(), fresh.remotes()) == ("trunk", None, ())


def test_a_detached_head_is_on_no_branch(repository):
    git(repository.root, "checkout", "--quiet", "--detach")
    assert repository.branch() is None
    assert repository.head() is not None


def test_dirty_names_staged_unstaged_untracked_and_ignored_files(repository):
    root = repository.root
    (root / "README.md").write_text("staged\n")
    git(root, "add", "README.md")
    (root / "FULL_LIST.md").write_text("unstaged\n")
    (root / "new.md").write_text("untracked\n")
    (root / ".git" / "info").mkdir(exist_ok=True)
    (root / ".git" / "info" / "exclude").write_text("hidden.md\n")
    (root / "hidden.md").write_text("ignored\n")
    named = ["README.md", "FULL_LIST.md", "new.md", "hidden.md", "notes.txt"]
    assert repository.dirty(named) == ("FULL_LIST.md", "README.md", "hidden.md", "new.md")
    assert repository.dirty(["notes.txt"]) == ()
    assert repository.dirty([]) == ()


def test_asking_what_is_dirty_takes_no_lock_and_writes_no_index(repository):
    before = (repository.root / ".git" / "index").stat()
    os.utime(repository.root / "README.md")
    repository.dirty(["README.md"])
    assert (repository.root / ".git" / "index").stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_file_of_any_name_is_committed_and_nothing_else(repository, name):
    (repository.root / name).write_bytes(b"odd\n")
    (repository.root / "other.md").write_bytes(b"other\n")
    assert repository.dirty([name]) == (name,)
    repository.commit([name], "Add one", BOT)
    assert repository.dirty([name]) == ()
    assert repository.show("HEAD", name) == b"odd\n"
    assert set(repository.read_tree("HEAD")) == {"README.md", "FULL_LIST.md", "notes.txt", name}


def test_what_others_staged_stays_staged_and_uncommitted(repository):
    root = repository.root
    (root / "notes.txt").write_text("staged by a person\n")
    git(root, "add", "notes.txt")
    (root / "README.md").write_text("ours\n")
    repository.commit(["README.md"], "Ours", BOT)
    assert git(root, "status", "--porcelain") == "M  notes.txt"
    assert git(root, "show", "--format=", "--name-only") == "README.md"


def test_the_identity_is_ours_whatever_the_environment_and_config_say(repository, monkeypatch):
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Somebody Else")
    monkeypatch.setenv("GIT_COMMITTER_EMAIL", "else@example.org")
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
    git(repository.root, "config", "commit.gpgSign", "true")
    (repository.root / "README.md").write_text("ours\n")
    repository.commit(["README.md"], "Ours", BOT)
    shown = git(
        repository.root, "log", "-1", "--format=%an <%ae> %cn <%ce> %ad", "--date=format:%Y"
    )
    assert shown.startswith(
        "Shortlist <shortlist@example.org> Shortlist <shortlist@example.org> 20"
    )
    assert not shown.endswith("2001")


def test_a_message_is_kept_as_it_is(repository):
    message = "Subject ü\n\n# no comment\n- body: x\n"
    (repository.root / "README.md").write_text("ours\n")
    sha = repository.commit(["README.md"], message, BOT)
    assert git(repository.root, "show", "-s", "--format=%B", sha) == message.strip()


def test_the_mode_of_a_file_is_kept(repository):
    path = repository.root / "README.md"
    path.chmod(0o755)
    git(repository.root, "commit", "--quiet", "-am", "Executable")
    path.write_text("ours\n")
    repository.commit(["README.md"], "Ours", BOT)
    assert repository.blob_at("HEAD", "README.md")[0] == "100755"
    assert repository.dirty(["README.md"]) == ()


def test_line_endings_are_stored_as_git_add_would(repository):
    (repository.root / ".gitattributes").write_text("*.md text eol=crlf\n")
    (repository.root / "README.md").write_bytes(b"a\r\nb\r\n")
    repository.commit(["README.md", ".gitattributes"], "Ours", BOT)
    assert repository.show("HEAD", "README.md") == b"a\nb\n"
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_commit_needs_a_branch_and_the_files(repository):
    with pytest.raises(GitError, match=r"absent\.md: No such file"):
        repository.commit(["absent.md"], "No", BOT)
    git(repository.root, "checkout", "--quiet", "--detach")
    with pytest.raises(GitError, match="the head is detached"):
        repository.commit(["README.md"], "No", BOT)


def test_paths_may_be_absolute_but_not_lead_out(repository, tmp_path):
    (repository.root / "README.md").write_text("ours\n")
    repository.commit([repository.root / "README.md"], "Ours", BOT)
    assert git(repository.root, "status", "--porcelain") == ""
    with pytest.raises(GitError, match="is not in"):
        repository.commit([tmp_path / "x.md"], "No", BOT)
    with pytest.raises(GitError, match="is not in"):
        repository.commit(["../x.md"], "No", BOT)


def test_a_reference_moves_only_from_where_it_was_said_to_be(repository):
    head = repository.head()
    other = repository.commit_tree(repository.write_tree({"x": b""}), (), "Other", BOT)
    with pytest.raises(GitError, match="update-ref"):
        repository.update_ref("refs/heads/main", other, other)
    with pytest.raises(GitError, match="update-ref"):
        repository.update_ref("refs/heads/main", other, None)
    assert repository.head() == head
    repository.update_ref("refs/heads/side", other, None)
    repository.update_ref("refs/heads/side", None, other)
    assert repository.resolve("refs/heads/side") is None


def test_a_tree_can_be_written_and_read_without_index_or_work_tree(repository):
    files = {"a.jsonl": b"1\n", "deep/er/b": b"\xff\0\n", "-x": b""}
    sha = repository.commit_tree(repository.write_tree(files), (), "State", BOT)
    assert repository.read_tree(sha) == files
    assert git(repository.root, "status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["../x", "/x", ".git/config", "a//b", ""])
def test_a_tree_takes_no_path_that_leads_out_of_it(repository, name):
    with pytest.raises(GitError):
        repository.write_tree({name: b""})


def test_an_index_held_by_another_program_is_left_alone(repository, monkeypatch):
    monkeypatch.setattr(index, "LOCK_WAIT_SECONDS", 0.1)
    lock = repository.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    with pytest.raises(GitError, match="another git program is at work"):
        repository.stage({"README.md": repository.blob_at("HEAD", "README.md")})
    assert not repository.drop_own_lock()
    assert lock.exists()


def test_a_lock_that_a_killed_run_left_is_known_as_ours(repository):
    (repository.root / ".git" / "index.lock").write_bytes(index.LOCK_MARK)
    assert repository.drop_own_lock()
    assert not repository.drop_own_lock()


def test_history_is_found_by_time_and_by_path(repository):
    root = repository.root
    for day, path in ((1, "README.md"), (2, "notes.txt"), (3, "README.md")):
        (root / path).write_text(f"{day}\n")
        os.environ["GIT_COMMITTER_DATE"] = f"2030-06-0{day}T12:00:00+0200"
        try:
            git(root, "commit", "--quiet", "-am", f"Day {day}")
        finally:
            del os.environ["GIT_COMMITTER_DATE"]
    third, second, first = (r.sha for r in repository.revisions()[:3])
    assert repository.rev_before(datetime(2030, 6, 2, 10, 0, tzinfo=UTC)) == second
    assert repository.rev_before(datetime(2030, 6, 2, 9, 59, 59, tzinfo=UTC)) == first
    assert repository.rev_before(datetime(2001, 1, 1, tzinfo=UTC)) is None
    touching = repository.revisions(["README.md"])
    assert [r.sha for r in touching][:2] == [third, first]
    assert touching[0].committed_at == datetime(2030, 6, 3, 10, 0, tzinfo=UTC)
    assert repository.show(first, "README.md") == b"1\n"


def test_what_is_not_there_is_a_refusal_not_an_answer(repository):
    with pytest.raises(GitError, match="there is no commit called '--all'"):
        repository.show("--all", "README.md")
    with pytest.raises(GitError, match=r"absent\.md"):
        repository.show("HEAD", "absent.md")
    assert repository.blob_at("HEAD", "absent.md") is None
    assert repository.staged_blob("absent.md") is None


def test_an_operation_in_progress_is_named(repository):
    root = repository.root
    git(root, "switch", "--quiet", "-c", "side")
    (root / "README.md").write_text("side\n")
    git(root, "commit", "--quiet", "-am", "Side")
    git(root, "switch", "--quiet", "main")
    assert repository.operation() is None
    git(root, "merge", "--quiet", "--no-ff", "--no-commit", "side")
    assert repository.operation() == "a merge"


def test_git_s_own_identity_is_known_or_none(repository, tmp_path):
    assert repository.identity() == Identity(name="A Maintainer", email="maintainer@example.org")
    (tmp_path / "home" / ".gitconfig").write_text("")
    assert repository.identity() is None


def test_a_commit_needs_no_identity_in_git_s_configuration(repository, tmp_path):
    (tmp_path / "home" / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    (repository.root / "README.md").write_text("ours\n")
    assert repository.commit(["README.md"], "Ours", BOT) == repository.head()


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("Ada L <ada@example.org>", Identity(name="Ada L", email="ada@example.org")),
        (" Ada<a@b> ", Identity(name="Ada", email="a@b")),
        ("Ada", None),
        ("<a@b>", None),
        ("A\nB <a@b>", None),
        ("A <a@b> <c@d>", None),
    ],
)
def test_an_identity_is_read_from_name_and_address(text, identity):
    assert Identity.parse(text) == identity


@pytest.mark.parametrize("name", ["main", "shortlist-state", "a/b.c", "ü", "feature/x-1"])
def test_branch_names_that_git_takes_are_taken(repository, name):
    check_branch_name(name)
    git(repository.root, "check-ref-format", f"refs/heads/{name}")


@pytest.mark.parametrize(
    "name",
    ["", "-d", "--force", "a b", "a..b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "/a", "a/",
     "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "@", "a@{b", "HEAD", "a\nb", "a\x7f"],
)  # fmt: skip
def test_branch_names_that_git_refuses_are_refused(name):
    with pytest.raises(GitError, match="is no name for a branch"):
        check_branch_name(name)


def test_a_push_that_lost_the_race_is_told_from_one_that_is_refused(tmp_path):
    origin = make_origin(tmp_path / "origin.git")
    ours, theirs = clone(origin, tmp_path / "ours"), clone(origin, tmp_path / "theirs")
    for repository in (theirs, ours):
        (repository.root / "README.md").write_text(f"{repository.root.name}\n")
        repository.commit(["README.md"], "Change", BOT)
    theirs.push("origin", "refs/heads/main:refs/heads/main")
    with pytest.raises(PushRejectedError):
        ours.push("origin", "refs/heads/main:refs/heads/main")
    with pytest.raises(PushRejectedError):
        ours.push("origin", "+refs/heads/main:refs/heads/main")
    assert ours.remote_tip("origin", "main") == theirs.head()
    hook = origin / "hooks" / "update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(GitError, match="hook declined") as refusal:
        ours.push("origin", "refs/heads/main:refs/heads/new")
    assert not isinstance(refusal.value, PushRejectedError)


def test_a_remote_that_is_gone_is_an_error_and_a_branch_it_lacks_is_none(tmp_path):
    origin = make_origin(tmp_path / "origin.git")
    repository = clone(origin, tmp_path / "ours")
    assert repository.remotes() == ("origin",)
    assert repository.remote_tip("origin", "nothing") is None
    git(repository.root, "remote", "set-url", "origin", str(tmp_path / "gone"))
    with pytest.raises(GitError, match="ls-remote"):
        repository.remote_tip("origin", "main")


def test_an_unchanged_list_is_what_was_committed(repository):
    assert repository.show("HEAD", "README.md") == LIST
    assert repository.contains("HEAD", "HEAD")
    assert not repository.is_shallow()
