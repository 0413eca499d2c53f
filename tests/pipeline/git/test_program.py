from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pipeline.errors import GitError
from pipeline.git import GitSetupError, Repository, program
from tests.pipeline.git.checkouts import BOT, git, make_list


def put_program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_missing_git_program_is_named_with_what_to_install(tmp_path, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(GitError, match=r"^there is no git program: install it .*$"):
        Repository.open(tmp_path)


def test_variables_of_git_in_the_environment_have_no_effect(tmp_path, monkeypatch):
    repository = make_list(tmp_path / "list")
    other = make_list(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other.root))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "nowhere"))
    assert Repository.open(tmp_path / "list").root == repository.root
    assert repository.dirty(["README.md"]) == ()


def test_messages_are_english_whatever_the_language(tmp_path, monkeypatch):
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de:fr")
    with pytest.raises(GitSetupError, match="is no git repository: run `git init` there"):
        Repository.open(tmp_path)


def test_a_command_that_hangs_is_stopped_with_its_children(tmp_path, monkeypatch):
    put_program(tmp_path / "bin", "git", "sleep 60 & echo $! > child; wait")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    begun = time.monotonic()
    with pytest.raises(GitError, match=r"git fetch: no end after 0 s"):
        program.run_git(tmp_path, "fetch", timeout_seconds=0.3)
    assert time.monotonic() - begun < 5
    child = int((tmp_path / "child").read_text())
    # A killed process needs the processor once more before it is gone.
    until = time.monotonic() + 20
    while is_alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(child)


def is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_password_in_an_address_does_not_reach_a_message(tmp_path, monkeypatch):
    put_program(tmp_path / "bin", "git", "echo 'fatal: no https://me:s3cret@host/x' >&2; exit 128")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(GitError) as refusal:
        program.run_git(tmp_path, "fetch")
    assert str(refusal.value) == "git fetch: no https://***@host/x"


def test_of_many_lines_the_one_that_says_what_is_wrong_is_shown(tmp_path):
    repository = make_list(tmp_path / "list")
    with pytest.raises(GitError) as refusal:
        repository.fetch("nowhere", "main")
    assert str(refusal.value) == "git fetch: 'nowhere' does not appear to be a git repository"


def test_an_argument_with_a_nul_is_refused_and_nothing_breaks(tmp_path):
    with pytest.raises(GitError, match="null byte"):
        make_list(tmp_path / "list").resolve("a\0b")


def test_a_repository_of_another_owner_is_refused_in_the_words_of_git(tmp_path, monkeypatch):
    put_program(
        tmp_path / "bin",
        "git",
        "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2\n"
        "echo 'To add an exception for this directory, call:' >&2; exit 128",
    )
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    with pytest.raises(GitError, match="detected dubious ownership"):
        Repository.open(tmp_path)


def test_hooks_do_not_run(tmp_path):
    repository = make_list(tmp_path / "list")
    git(tmp_path, "init", "--quiet", "--bare", "origin.git")
    git(repository.root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    for hook in ("pre-commit", "commit-msg", "post-commit", "pre-push", "reference-transaction"):
        put_program(repository.root / ".git" / "hooks", hook, f"touch {tmp_path}/ran; exit 1")
    (repository.root / "README.md").write_text("changed\n")
    repository.commit(["README.md"], "Change", BOT)
    repository.push("origin", "refs/heads/main:refs/heads/main")
    assert not (tmp_path / "ran").exists()
