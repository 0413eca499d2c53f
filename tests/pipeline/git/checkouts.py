"""Real git repositories to test against, and git itself, as a person would call it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipeline.git import Identity, Repository

BOT = Identity(name="Shortlist", email="shortlist@example.org")
LIST = b"# A list\n\n## Privacy\n\n* [An old paper](https://arxiv.org/abs/2001.00001)\n"


def git(folder: Path, *arguments: str) -> str:
    """What git prints, stripped; fails the test if git does."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return os.fsdecode(done.stdout).strip()


def make_list(folder: Path) -> Repository:
    """A repository with README.md, FULL_LIST.md and notes.txt in one commit on main."""
    repository = Repository.init(folder)
    (folder / "README.md").write_bytes(LIST)
    (folder / "FULL_LIST.md").write_bytes(LIST)
    (folder / "notes.txt").write_text("notes\n")
    repository.commit(["README.md", "FULL_LIST.md", "notes.txt"], "Begin", BOT)
    return repository


def make_origin(folder: Path) -> Path:
    """A bare repository with the list, to clone from and to push to."""
    seed = make_list(folder.with_name(folder.name + "-seed"))
    git(folder.parent, "clone", "--quiet", "--bare", str(seed.root), str(folder))
    return folder


def clone(origin: Path, folder: Path, *options: str) -> Repository:
    """A clone of ``origin``, through the protocol that honours ``--depth``."""
    git(origin.parent, "clone", "--quiet", *options, origin.as_uri(), str(folder))
    return Repository.open(folder)


def isolate_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of this machine or of its user takes part."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text(
        "[user]\n\tname = A Maintainer\n\temail = maintainer@example.org\n"
        "[init]\n\tdefaultBranch = main\n"
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
