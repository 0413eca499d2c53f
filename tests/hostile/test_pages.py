"""Hostile papers in pages: made of the same elements as a page of plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from db.records import Candidate
from pipeline.arxiv_id import abs_url
from pipeline.lists.harmless import plain_line
from pipeline.pages.digest import Incomplete, render_digest
from pipeline.pages.facts import Drift, FormingTopic, Near
from pipeline.pages.report import render_report
from pipeline.pages.summary import render_summary
from tests.hostile.shape import (
    ACTS_ON_GITHUB,
    html_shape,
    html_words,
    markdown_shape,
    rendered,
    unseen,
    words_without_joiners,
)
from tests.pipeline.pages.builders import make_added as make_missed
from tests.pipeline.pages.builders import make_facts, make_replay, make_topics
from tests.pipeline.pages.test_digest import make_added, make_digest, make_waiting


def digest_of(candidate: Candidate) -> str:
    """A digest in which every word from outside is the candidate's title."""
    title, url = candidate.paper.title, abs_url("2206.10001")
    return render_digest(
        make_digest(
            added=(make_added(title=title, url=url, topic=title, reviewer=title),),
            waiting=(make_waiting(title=title, url=url, topic=title, why=title),),
            pending=1,
            incomplete=(Incomplete(day=date(2026, 11, 25), known=(title, title)),),
            problems=(title,),
        )
    )


def facts_of(*candidates: Candidate):
    """A report's facts in which every word from outside is a candidate's title."""
    titles = [candidate.paper.title for candidate in candidates]
    near = [Near(arxiv_id="2001.00001", title=title, similarity=0.4) for title in titles]
    missed = [
        replace(make_missed(1, rank=99, title=title), topic=title, nearest=(near[number],))
        for number, title in enumerate(titles)
    ]
    forming = FormingTopic(
        words=tuple(titles), papers=tuple(("2206.00001", title) for title in titles)
    )
    return make_facts(
        list_name=titles[0],
        replay=make_replay(added=tuple(missed)),
        topics=make_topics(names=(titles[0], "Fairness")),
        drift=Drift(lines=tuple(titles), new_topics=(forming,)),
        notes=tuple(titles),
    )


def test_a_digest_is_made_of_what_it_is_always_made_of(candidate, plain):
    assert markdown_shape(digest_of(candidate)) == markdown_shape(digest_of(plain))


def test_a_digest_shows_the_title_and_does_nothing(candidate):
    markdown = digest_of(candidate)
    words = html_words(rendered(markdown))
    assert not ACTS_ON_GITHUB.search(words)
    assert not unseen(words.replace("\u2060", ""))
    title = plain_line(candidate.paper.title).replace("\u2060", "")
    assert words_without_joiners(rendered(markdown)).count(title) >= 8


def test_a_summary_is_made_of_what_it_is_always_made_of(candidate, plain):
    markdown = render_summary(facts_of(candidate))
    assert markdown_shape(markdown) == markdown_shape(render_summary(facts_of(plain)))
    words = html_words(rendered(markdown))
    assert not ACTS_ON_GITHUB.search(words.replace("http", ""))
    assert not unseen(words.replace("\u2060", ""))


def test_a_report_is_made_of_what_it_is_always_made_of(candidates, plain):
    page = render_report(facts_of(*candidates.values()))
    other = render_report(facts_of(*[plain] * len(candidates)))
    assert [tag for tag, _ in html_shape(page)] == [tag for tag, _ in html_shape(other)]
    assert names_of(page) == names_of(other)
    assert not [each for each in html_shape(page) if each[0] in {"script", "!--", "?", "!["}]
    # Joiners make emoji and scripts what they are.
    assert not unseen(page, allowed="\n\t\u200c\u200d")


@pytest.mark.parametrize("family", ["HTML", "Unicode"])
def test_a_report_of_one_paper_is_too(candidates, plain, family):
    other = render_report(facts_of(plain))
    for name, candidate in candidates.items():
        if name.startswith(family):
            page = render_report(facts_of(candidate))
            assert names_of(page) == names_of(other), name


def names_of(page: str) -> list[tuple[str, ...]]:
    """The names of the attributes of each element."""
    return [tuple(said.partition("=")[0] for said in given) for _, given in html_shape(page)]
