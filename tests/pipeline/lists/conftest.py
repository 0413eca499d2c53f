"""Lists to read and write: small ones made here, the real one from ../shared."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.lists.entry import Entry, Link


def an_entry(**changes: object) -> Entry:
    """A complete entry under "Privacy"; any field may be changed."""
    fields: dict[str, object] = {
        "title": "Membership Inference on Small Models",
        "arxiv_id": "2206.01234",
        "topic": "Privacy",
        "year": None,
        "links": (Link(label="paper", url="https://arxiv.org/abs/2206.01234"),),
        "authors": "Ada Example, Bo Sample",
        "venue": "",
        "keywords": ("Membership Inference", "Small Models"),
        "digest": "Small models leak less than one would think. We measure how much less.",
        **changes,
    }
    if "arxiv_id" in changes and "links" not in changes:
        fields["links"] = (Link(label="paper", url=f"https://arxiv.org/abs/{changes['arxiv_id']}"),)
    return Entry(**fields)  # type: ignore[arg-type]  # the fields are those of Entry


def paper(arxiv_id: str, title: str = "") -> str:
    """Four made-up lines of a list, for one paper."""
    return (
        f"- {title or f'Paper {arxiv_id}'}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n"
        "  - Ada Example, Bo Sample.\n"
        "  - Key Word: One Thing; Another.\n"
        f"  - <details><summary>Digest</summary> What {arxiv_id} is about.</details>\n"
    )


class Revisions:
    """Both list files in every commit of the real list's first two years, oldest first."""

    def __init__(self, repo: Path) -> None:
        self.repo = repo
        log = self._git("log", "--reverse", "--format=%H").decode().split()
        self.commits = tuple(log)

    def read(self, commit: str) -> dict[str, bytes]:
        """The list files of a commit by name."""
        names = self._git("ls-tree", "--name-only", commit).decode().split("\n")
        return {
            name: self._git("show", f"{commit}:{name}") for name in names if name.endswith(".md")
        }

    def _git(self, *arguments: str) -> bytes:
        done = subprocess.run(
            ["git", "-C", str(self.repo), *arguments], capture_output=True, check=True
        )
        return done.stdout


@pytest.fixture(scope="session")
def revisions(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Revisions:
    repo = tmp_path_factory.mktemp("list") / "repo"
    bundle = shared / "list" / "list-2022-08-31.bundle"
    subprocess.run(["git", "clone", "-q", str(bundle), str(repo)], capture_output=True, check=True)
    return Revisions(repo)
