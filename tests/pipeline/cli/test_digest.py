"""``shortlist digest`` as it is typed."""

from __future__ import annotations

import pytest

from pipeline.config import parse_config
from pipeline.wiring.report import make_digest_job
from tests.builders import DAY, NOW


@pytest.fixture
def published(shortlist, world):
    shortlist("run", "--date", DAY)
    shortlist("queue", "approve", "2206.00001", "--topic", "privacy")
    shortlist("publish")


def test_it_prints_markdown_with_what_was_added_and_what_waits(published, shortlist):
    outcome = shortlist("digest")
    assert outcome.status == 0
    assert outcome.out.startswith("## list: what is new\n")
    assert "**1 paper was added, 2 wait for a decision" in outcome.out
    assert (
        "- [Private learning of fair things](https://arxiv.org/abs/2206.00001) (Privacy),"
        " approved by Mara\n" in outcome.out
    )
    assert outcome.out.endswith("\n")


def test_its_json_has_the_same_facts(published, shortlist):
    document = shortlist("digest", "--week", "--json").json
    (added,) = document["added"]
    assert (added["arxiv_id"], added["topic"], added["reviewer"]) == (
        "2206.00001",
        "Privacy",
        "Mara",
    )
    assert len(added["commit"]) == 40
    assert document["pending"] == 2
    assert document["waiting"][0]["relevance"] >= document["waiting"][1]["relevance"]
    assert document["until"].endswith("+00:00")


@pytest.mark.parametrize(
    ("github", "address"),
    [
        ({}, ""),
        ({"repository": "o/list"}, "https://github.com/o/list/issues"),
        (
            {"repository": "o/list", "api_url": "https://git.example.org/api/v3"},
            "https://git.example.org/o/list/issues",
        ),
    ],
)
def test_decisions_on_github_are_offered_where_the_list_is_there(github, address, tmp_path):
    config = parse_config(
        {"github": github, "queue": {"url": f"sqlite:///{tmp_path}/q.db"}},
        path=tmp_path / "config.toml",
    )
    assert make_digest_job(config, days=1, now=NOW).dashboard == address
