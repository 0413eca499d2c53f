"""Papers that attack what shows them, before a real browser: everything stays text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from db.records import State
from tests.e2e.review.server import ReviewServer
from tests.hostile.conftest import make_hostile_folder
from tests.hostile.corpus import PAPERS

pytestmark = pytest.mark.slow

_KINDS = """(selector) => {
  const kinds = {};
  for (const element of document.querySelectorAll(`${selector} *`)) kinds[element.localName] = true;
  return Object.keys(kinds).sort();
}"""
_OWN = {"a", "button", "div", "em", "fieldset", "h2", "h3", "h4", "input", "kbd", "label", "legend"}
_OWN |= {"li", "mark", "ol", "option", "p", "pre", "rect", "section", "select", "span", "strong"}
_OWN |= {"svg", "time", "ul", "use", "details", "summary", "code"}
"""Elements that the page makes itself; a rendered entry may hold the last two lines'."""


@pytest.fixture
def hostile_server(tmp_path: Path) -> Iterator[ReviewServer]:
    make_hostile_folder(tmp_path / "made")
    served = ReviewServer(tmp_path / "made", tmp_path / "world")
    yield served
    served.stop()


def test_hostile_papers_are_shown_as_text_one_after_the_other(hostile_server, open_tab):
    tab = open_tab(hostile_server)
    titles = {" ".join(paper.paper.title.split()) for paper in PAPERS}
    seen = set()
    for _ in PAPERS:
        tab.settle()
        seen.add(" ".join(tab.page.locator("#title").evaluate("e => e.textContent").split()))
        assert set(tab.page.evaluate(_KINDS, "#card")) <= _OWN
        links = tab.page.locator("#card a").evaluate_all("all => all.map((a) => a.protocol)")
        assert set(links) <= {"https:", "http:"}
        tab.press("j")
    assert len(seen) >= len(titles) - 1
    assert tab.page.title().endswith("Shortlist")


def test_hostile_papers_are_decided_listed_searched_and_published_as_text(hostile_server, open_tab):
    tab = open_tab(hostile_server)
    tab.refused = True
    tab.press("q")
    while tab.page.locator("#more").is_visible():
        rows = tab.rows.count()
        tab.page.locator("#more").click()
        expect(tab.rows).not_to_have_count(rows)
    expect(tab.rows).to_have_count(len(PAPERS))
    assert set(tab.page.evaluate(_KINDS, "#items")) <= _OWN
    tab.press("Escape")
    for _ in range(len(PAPERS)):
        tab.press("a")
    expect(tab.page.locator("#end-heading")).to_be_visible(timeout=120_000)
    tab.page.locator("#sending[hidden]").wait_for(state="attached", timeout=120_000)
    approved = [c for c in hostile_server.queue.candidates() if c.state is State.APPROVED]
    assert len(approved) == len(PAPERS)
    tab.press("p")
    expect(tab.page.locator("#publish .diff, #publish .problems").first).to_be_visible()
    assert set(tab.page.evaluate(_KINDS, "#publish-body")) <= _OWN
    tab.press("Escape")
    tab.open("/history")
    expect(tab.page.locator("#decisions > li").first).to_be_visible()
    assert set(tab.page.evaluate(_KINDS, "#decisions")) <= _OWN
