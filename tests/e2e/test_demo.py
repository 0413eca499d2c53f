"""The newcomer's first minutes: the demo, and the three commands that it suggests."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_the_three_suggested_commands_lead_to_one_clean_commit(tmp_path):
    world = tmp_path / "a world"
    demo = subprocess.run(
        [sys.executable, "-m", "pipeline", "demo", world],
        capture_output=True,
        text=True,
        check=True,
    )
    assert demo.stdout.startswith(f"a small world in {world}: ")
    # Twelve of the day's best, and one drawn at random from below them.
    assert "50 announced, 48 fresh, 13 queued" in demo.stdout
    table, _, suggested = demo.stdout.partition("Three commands to type next:")
    assert table.count("like “") >= 10
    lines = [shlex.split(line) for line in suggested.splitlines() if line.strip()]
    assert len(lines) == 3

    ends = []
    for line in lines:
        words = line[line.index("-m") + 2 :] if "-m" in line else line[1:]
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *words], capture_output=True, text=True, check=True
        )
        ends.append(done.stdout)
    approved, diff, published = ends
    assert approved.count("approved ") == 3
    assert diff.count("\n+- ") == 3
    assert published.startswith("published 3 (")

    repo = world / "list"
    assert git(repo, "status", "--porcelain") == ""
    assert git(repo, "rev-list", "--count", "HEAD") == "2\n"
    added, removed, name = git(repo, "diff", "--numstat", "HEAD~1").split()
    assert (added, removed, name) == ("15", "0", "README.md")
