"""The whole way on the real list and a real day, where they are at hand."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.shared, pytest.mark.slow]

BEFORE_JUNE = "d22cb84"
"""The parent of the list's first commit of 2022-06-01."""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", folder, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def shortlist(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "SHORTLIST_CONFIG": "config.toml"},
    )


@pytest.fixture
def world(shared, tmp_path) -> Path:
    repo = tmp_path / "list"
    bundle = shared / "list" / "list-2022-08-31.bundle"
    subprocess.run(["git", "clone", "-q", bundle, repo], check=True)
    git(repo, "switch", "-qc", "test", BEFORE_JUNE)
    git(repo, "config", "user.name", "Mara Tester")
    git(repo, "config", "user.email", "mara@example.org")
    days = str(shared / "arxiv" / "days")
    shortlist(tmp_path, "init", "list", "--days", days)
    return tmp_path


def test_a_real_day_ends_as_three_entries_in_the_real_list(world):
    repo = world / "list"
    before = (repo / "README.md").read_bytes()
    report = json.loads(shortlist(world, "run", "--date", "2022-06-01", "--json").stdout)
    assert (report["announced"], report["queued"]) == (367, 20)
    assert report["sources"][0]["status"] == "complete"

    queue = json.loads(shortlist(world, "queue", "list", "--json").stdout)
    sure = [row["arxiv_id"] for row in queue if row["topic_probability"] >= 0.8][:3]
    assert len(sure) == 3
    shortlist(world, "queue", "approve", *sure)
    published = json.loads(shortlist(world, "publish", "--json").stdout)
    assert published["published"] == sure

    assert git(repo, "status", "--porcelain") == ""
    assert git(repo, "rev-parse", "HEAD~1").startswith(BEFORE_JUNE)
    assert git(repo, "log", "-1", "--format=%an <%ae>") == "Mara Tester <mara@example.org>\n"
    message = git(repo, "log", "-1", "--format=%B")
    assert all(arxiv_id in message for arxiv_id in sure)
    assert git(repo, "diff", "--numstat", "HEAD~1") == "15\t0\tREADME.md\n"

    after = (repo / "README.md").read_bytes().split(b"\n")
    remaining = list(after)
    for arxiv_id in sure:
        (line,) = [n for n, text in enumerate(remaining) if f"abs/{arxiv_id}".encode() in text]
        assert remaining[line + 4] == b""
        del remaining[line : line + 5]
    assert b"\n".join(remaining) == before

    again = json.loads(shortlist(world, "run", "--date", "2022-06-01", "--json").stdout)
    assert (again["announced"], again["fresh"], again["queued"]) == (367, 0, 0)
    assert again["published"] == []


def test_each_entry_stands_before_the_first_older_one_of_its_year_group(world):
    shortlist(world, "run", "--date", "2022-06-01")
    queue = json.loads(shortlist(world, "queue", "list", "--json").stdout)
    chosen = next(row for row in queue if row["topic_probability"] >= 0.9)
    shortlist(world, "queue", "approve", chosen["arxiv_id"])
    shortlist(world, "publish")
    lines = (world / "list" / "README.md").read_text(encoding="utf-8").split("\n")
    (line,) = [n for n, text in enumerate(lines) if f"abs/{chosen['arxiv_id']}" in text]
    heading = max(n for n, text in enumerate(lines[:line]) if text.startswith("##"))
    assert lines[heading] == f"### {chosen['topic']}: 2022"
    end = next(n for n in range(line, len(lines)) if lines[n].startswith("##"))
    newer, older = (
        re.findall(r"arxiv\.org/abs/([\d.]+)", "\n".join(part))
        for part in (lines[heading:line], lines[line + 1 : end])
    )
    assert all(arxiv_id > chosen["arxiv_id"] for arxiv_id in newer)
    assert older[0] < chosen["arxiv_id"]
