"""The Markdown summary: a screen, the page's figures, and words that do nothing."""

from __future__ import annotations

from markdown_it import MarkdownIt

from pipeline.pages.facts import Drift
from pipeline.pages.summary import render_summary
from tests.pipeline.pages.builders import HOSTILE, make_added, make_facts, make_replay


def test_it_has_the_figures_of_the_page_and_fits_a_screen():
    text = render_summary(make_facts(drift=Drift()))
    assert "**Reading 20 papers a day finds 85\u00a0% of what was added.**" in text
    assert "| **Shortlist** | **21\u00a0%** (16–26) |" in text
    assert "| TF-IDF + SVM | 19\u00a0% | 37\u00a0% | 74\u00a0% |" in text
    assert "- Added Paper 4 (2206.00004, 2022-06-05): place 77 of 208, relevance 0.002" in text
    assert "**Nothing moved beyond what the past explains.**" in text
    assert len(text.splitlines()) < 40


def test_hostile_words_come_out_as_words():
    facts = make_facts(
        replay=make_replay(added=(make_added(1, rank=99, title=HOSTILE),)), notes=(HOSTILE,)
    )
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(render_summary(facts))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<code>" not in html
    assert "@me" not in html
    assert "#12" not in html
    assert "https://evil" not in html


def test_without_a_replay_it_says_how_to_make_one():
    text = render_summary(make_facts(replay=None))
    assert "No replay has been made yet" in text
    assert "shortlist replay --list REPO" in text
    assert "recall at" not in text
