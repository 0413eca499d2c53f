"""The part of the page on what was missed, and why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipeline.pages import sentences as say
from pipeline.pages.blocks import folded, lede, link_paper, section
from pipeline.pages.charts import both_widths
from pipeline.pages.curves import draw_places
from pipeline.pages.markup import Markup, element

if TYPE_CHECKING:
    from pipeline.pages.facts import AddedPaper, ReplayFacts

SHOWN = 6
"""Missed papers that are told at once; others are folded away."""

MOST = 60
"""Missed papers that are told at all: nobody reads more, and a page must stay small."""


def missed_section(replay: ReplayFacts) -> Markup:
    """Where every added paper stood, and each that was missed with what it was near to."""
    if not replay.added:
        return section("missed", "Nothing was added in this window", lede("So nothing was missed."))
    told = [_paper(paper, replay) for paper in replay.missed[:MOST]]
    rest = told[SHOWN:]
    parts = [
        lede(say.places_lede(replay)),
        element("figure", both_widths("places-chart", partial(draw_places, replay=replay))),
    ]
    if told:
        parts.append(element("ul", *told[:SHOWN], class_="papers"))
    if rest:
        parts.append(
            folded(f"The next {len(rest)} that were missed", element("ul", *rest, class_="papers"))
        )
    if len(replay.missed) > MOST:
        parts.append(lede(f"{len(replay.missed) - MOST} more are in what --json prints."))
    return section("missed", say.missed_heading(replay), *parts)


def _paper(paper: AddedPaper, replay: ReplayFacts) -> Markup:
    near = [
        element("li", element("b", f"{one.similarity:.2f}"), element("span", one.title))
        for one in paper.nearest
    ]
    facts = f"{paper.day} · {paper.topic} · relevance {say.chance(paper.score)}"
    return element(
        "li",
        element("div", element("b", str(paper.rank)), f"of {paper.papers}", class_="place"),
        element("h3", link_paper(paper.arxiv_id, paper.title)),
        element("p", facts, class_="note"),
        element("p", say.reason(paper, replay)),
        element("ul", *near, class_="near") if near else "",
    )
