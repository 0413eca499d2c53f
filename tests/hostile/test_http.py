"""Hostile papers in questions over HTTP, in pages and before a publication."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from db.columns import storable
from db.records import Verdict
from pipeline import wiring
from pipeline.config import load_config
from tests.builders import NOW
from tests.hostile.conftest import make_hostile_folder
from tests.hostile.corpus import ATTACKS, PAPERS
from tests.hostile.shape import html_shape, unseen
from tests.pipeline.review.web.serving import Client, page_of


@pytest.fixture(scope="module")
def page(hostile_folder: Path) -> Iterator[Client]:
    desk = wiring.make_desk(load_config(hostile_folder / "config.toml"))
    with page_of(desk) as client:
        yield client


def test_the_queue_has_each_as_it_is_stored(page):
    items = page.get("/api/queue?limit=200").json["items"]
    assert {each["arxiv_id"]: each["title"] for each in items} == {
        hostile.paper.arxiv_id: storable(hostile.text) for hostile in PAPERS
    }


@pytest.mark.parametrize("name", ATTACKS)
def test_a_search_for_it_is_a_search_and_nothing_else(page, name):
    text = storable(ATTACKS[name])[:200]
    answer = page.get(f"/api/queue?limit=200&text={quote(text)}&topic={quote(text)}")
    assert answer.status == 200
    assert answer.json["items"] == []


def test_pages_hold_nothing_from_outside(page, tmp_path):
    make_hostile_folder(tmp_path / "other").close_listed(
        [hostile.paper.arxiv_id for hostile in PAPERS], now=NOW
    )
    other = wiring.make_desk(load_config(tmp_path / "other" / "config.toml"))
    with page_of(other) as empty:
        for path in ("/", "/history", "/ledger", "/model"):
            assert html_shape(page.get(path).text) == html_shape(empty.get(path).text)
            assert "evil.example" not in page.get(path).text


def test_what_is_refused_is_told_as_text(page):
    for text in ATTACKS.values():
        answer = page.get(f"/api/candidates/{quote(storable(text)[:300], safe='')}")
        assert answer.status in {404, 422}
        assert answer.headers["content-type"] == "application/json"
        assert "problem" in answer.json


@pytest.mark.slow
def test_the_diff_before_a_publication_is_safe_to_show(tmp_path):
    make_hostile_folder(tmp_path)
    desk = wiring.make_desk(load_config(tmp_path / "config.toml"))
    for hostile in PAPERS:
        desk.decide(hostile.paper.arxiv_id, Verdict.APPROVE)
    with page_of(desk) as client:
        preview = client.get("/api/publish").json
    assert len(preview["entries"]) == len(PAPERS)
    assert preview["problems"] == []
    assert not unseen(preview["diff"].replace("\u200d", "").replace("\u200c", ""), allowed="\n\t")
