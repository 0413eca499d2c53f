"""Hostile papers from arXiv's own day: read, scored by the shipped model, queued, and seen once."""

from __future__ import annotations

import json
import unicodedata

import pytest

from pipeline.setup import config_text
from tests.builders import make_list_repo, recorded_row
from tests.hostile.corpus import PAPERS
from tests.hostile.shape import unseen


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A list, and a recorded day of nothing but hostile papers."""
    make_list_repo(tmp_path / "list")
    (tmp_path / "days").mkdir()
    # As JSON escapes them, so that half a surrogate pair is in the file too.
    rows = [json.dumps(recorded_row(hostile.paper)) for hostile in PAPERS]
    (tmp_path / "days" / "2022-06-01.jsonl").write_text("\n".join(rows) + "\n", encoding="ascii")
    settings = {
        "list": {"repo": "list"},
        "sources": {"use": ["recorded"], "recorded": "days"},
        "queue": {"per_day": len(PAPERS)},
    }
    (tmp_path / "config.toml").write_text(config_text(settings), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("SHORTLIST_CONFIG", raising=False)
    return tmp_path


@pytest.mark.slow
def test_every_one_is_scored_queued_and_told_as_text(shortlist, folder):
    first = shortlist("run", "--date", "2022-06-01")
    assert first.status == 0, first.err
    assert not unseen(first.out + first.err, allowed="\n\t")
    rows = shortlist("queue", "list", "--json").json
    queued = {row["arxiv_id"]: row["title"] for row in rows}
    assert set(queued) == {hostile.paper.arxiv_id for hostile in PAPERS}
    # Controls leave where a paper is read: none is even stored.
    assert not {c for title in queued.values() for c in title if unicodedata.category(c) == "Cc"}
    assert all(queued.values())
    assert all(0 <= row["relevance"] <= 1 for row in rows)
    again = shortlist("run", "--date", "2022-06-01", "--json").json
    assert (again["fresh"], again["queued"], again["problems"]) == (0, 0, [])
