"""A day from arXiv on loopback, into the queue and the list: the API alone, and all lanes."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.setup import config_text
from tests.arxiv_emulator import Emulator, make_corpus
from tests.builders import make_list_repo
from tests.live_world import CATEGORIES
from tests.pipeline.sources.server import WINDOW_OF_2022_06_01, ApiServer, make_papers, says


@pytest.fixture
def server():
    first, last = WINDOW_OF_2022_06_01
    with ApiServer(make_papers(5, first=first, last=last)) as running:
        yield running


@pytest.fixture
def live(tmp_path, monkeypatch, server):
    """A list whose source is the API of ``server``."""
    make_list_repo(tmp_path / "list")
    settings = {
        "list": {"repo": "list"},
        "sources": {
            "use": ["api"],
            "oai_url": server.url,
            "rss_url": server.url,
            "api_url": server.url,
            "spacing_seconds": 0.0,
        },
        "publish": {"author": "Mara Tester <mara@example.org>"},
    }
    (tmp_path / "config.toml").write_text(config_text(settings), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_day_of_the_api_is_queued(shortlist, live):
    report = shortlist("run", "--date", "2022-06-01", "--json").json
    # One of the five stands in the list already.
    assert (report["announced"], report["fresh"], report["queued"]) == (5, 4, 4)
    assert [(source["name"], source["status"]) for source in report["sources"]] == [
        ("api", "complete")
    ]


def test_a_throttled_page_is_asked_for_again(shortlist, live, server):
    server.faults.append(says(429, b"Rate exceeded.", Retry_After="0"))
    assert shortlist("run", "--date", "2022-06-01", "--json").json["announced"] == 5


def test_a_page_of_html_is_a_failure_and_never_an_empty_day(shortlist, live, server):
    server.faults.extend(says(200, b"<html>Rate exceeded.</html>") for _ in range(9))
    outcome = shortlist("run", "--date", "2022-06-01", "--json")
    assert outcome.status == 1
    assert outcome.json["sources"][0]["status"] == "failed"
    server.faults.clear()
    healed = shortlist("run", "--date", "2022-06-02", "--json")
    assert {source["day"] for source in healed.json["sources"]} == {"2022-06-01", "2022-06-02"}
    assert healed.json["queued"] == 4


def test_a_weekend_is_no_failure_and_asks_nothing(shortlist, live, server):
    outcome = shortlist("run", "--date", "2022-06-04", "--json")
    assert outcome.status == 0
    assert outcome.json["sources"][0]["status"] == "no_mailing"
    assert not server.requests


def test_a_paper_met_elsewhere_is_fetched_by_its_address(shortlist, live, server):
    paper = server.papers[0]
    added = shortlist("add", f"https://arxiv.org/abs/{paper.arxiv_id}v1", "--topic", "Fairness")
    assert added.status == 0, added.err
    assert shortlist("publish", "--json").json["published"] == [paper.arxiv_id]
    unknown = shortlist("add", "2206.99999", "--topic", "Fairness")
    assert unknown.status == 1
    assert "arXiv has no paper 2206.99999" in unknown.err


@pytest.fixture
def emulator():
    """Three days of new papers, the last of them today's: nothing else is news on a first run."""
    corpus = make_corpus(seed=3, first=date(2022, 5, 30), days=3, new=12, replaced=0)
    with Emulator(corpus) as running:
        yield running


@pytest.fixture
def lanes(tmp_path, monkeypatch, emulator):
    """A list whose source is all of arXiv, as the config has it by default."""
    make_list_repo(tmp_path / "list")
    settings = {
        "list": {"repo": "list"},
        "sources": {
            "oai_url": emulator.oai_url,
            "rss_url": emulator.rss_url,
            "api_url": emulator.api_url,
            "spacing_seconds": 0.0,
        },
        "publish": {"author": "Mara Tester <mara@example.org>"},
    }
    (tmp_path / "config.toml").write_text(config_text(settings), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_day_of_all_lanes_is_queued_and_a_second_run_finds_nothing(shortlist, lanes, emulator):
    day = emulator.corpus.days()[-1]
    outcome = shortlist("run", "--date", str(day), "--json")
    assert outcome.status == 0, outcome.err
    sources = [(source["name"], source["status"]) for source in outcome.json["sources"]]
    assert sources == [("rss", "complete"), ("oai", "complete")]
    assert outcome.json["fresh"] == len(emulator.oracle.new(day, CATEGORIES)) > 0
    assert 0 < outcome.json["queued"] <= 20
    again = shortlist("run", "--date", str(day), "--json").json
    assert (again["fresh"], again["queued"]) == (0, 0)
