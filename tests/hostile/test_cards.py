"""Hostile papers on cards: words in JSON, and in the few elements of a rendered entry."""

from __future__ import annotations

import pytest

from pipeline import wiring
from pipeline.config import load_config
from tests.hostile.conftest import make_hostile_folder
from tests.hostile.corpus import PAPERS
from tests.hostile.shape import html_shape
from tests.pipeline.review.web.serving import page_of

ALLOWED = {"ul", "li", "p", "a", "em", "strong", "code", "details", "summary"}


@pytest.fixture(scope="module")
def desk(hostile_folder):
    return wiring.make_desk(load_config(hostile_folder / "config.toml"))


@pytest.fixture(scope="module")
def page(desk):
    with page_of(desk) as client:
        yield client.signed()


def test_a_card_has_the_paper_s_words_and_an_entry_of_a_list_s_elements(page, candidate):
    card = page.get(f"/api/candidates/{candidate.paper.arxiv_id}").json
    assert card["title"] == candidate.paper.title
    assert card["authors"] == list(candidate.paper.authors)
    assert card["abstract"] == (candidate.paper.abstract or "")
    shape = html_shape(card["entry"]["html"])
    assert {tag for tag, _ in shape} <= ALLOWED
    said = {each for tag, attributes in shape for each in attributes if tag != "a"}
    assert said == set()
    for tag, attributes in shape:
        if tag == "a" and attributes:
            address, *rest = attributes
            assert address.startswith(("href=https://", "href=http://"))
            assert rest == ["rel", "target"]
    assert sum(tag == "details" for tag, _ in shape) <= 1


def test_a_preview_of_what_a_maintainer_pastes_is_as_harmless(page, candidate):
    paper = candidate.paper
    asked = {"title": paper.title, "venue": paper.comment or "x", "digest": paper.title}
    answer = page.post(f"/api/candidates/{paper.arxiv_id}/preview", asked)
    assert answer.status == 200
    assert {tag for tag, _ in html_shape(answer.json["html"])} <= ALLOWED
    assert bool(answer.json["problem"]) or bool(answer.json["markdown"])


def test_a_reason_and_an_edit_can_be_as_hostile_and_stay_words(tmp_path):
    make_hostile_folder(tmp_path)
    desk = wiring.make_desk(load_config(tmp_path / "config.toml"))
    with page_of(desk) as client:
        page = client.signed()
        kept = 0
        for hostile in PAPERS:
            arxiv_id, text = hostile.paper.arxiv_id, hostile.paper.title
            path = f"/api/candidates/{arxiv_id}"
            edited = page.ask("PUT", f"{path}/entry", {"venue": text[:900], "revision": 0})
            assert edited.status in {200, 422}
            revision = page.get(path).json["revision"]
            asked = {"verdict": "reject", "reason": text[:900], "revision": revision}
            answer = page.post(f"{path}/decision", asked)
            assert answer.status in {200, 422}
            if answer.status == 200:
                kept += 1
                assert answer.json["reason"] == text[:900]
        assert kept > len(PAPERS) * 0.9
        assert page.get("/api/history?limit=500").status == 200
