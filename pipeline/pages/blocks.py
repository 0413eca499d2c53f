"""What sections of the page are put together from."""

from __future__ import annotations

from pipeline.pages.markup import Markup, element

ARXIV = "https://arxiv.org/abs/"


def section(name: str, heading: str, *parts: str) -> Markup:
    """A part of the page that its heading names; ``name`` is what links go to."""
    title = element("h2", heading, id=f"{name}-heading")
    return element("section", title, *parts, id=name, aria_labelledby=f"{name}-heading")


def lede(words: str) -> Markup:
    """What a section says first."""
    return element("p", words, class_="lede")


def link_paper(arxiv_id: str, title: str) -> Markup:
    """A title that leads to the paper, for whoever follows it."""
    return element("a", title, href=ARXIV + arxiv_id, rel="noreferrer")


def folded(label: str, content: Markup) -> Markup:
    """Something that opens on demand, with a key too."""
    return element("details", element("summary", label), content)
