"""Dashboards for tests, and the boxes of a body as a browser would tick them."""

from __future__ import annotations

from dataclasses import replace

from db.records import Evidence, NearEntry
from pipeline.review.card import Card, DraftedEntry
from pipeline.review.issue import Dashboard, render_body
from tests.builders import make_candidate

TOPICS = ("Privacy", "Fairness")


def make_card(arxiv_id: str = "2206.00001", *, revision: int = 1, **given: object) -> Card:
    """A candidate with its draft; ``given`` is for the candidate or its paper."""
    made = make_candidate(arxiv_id, **given)
    candidate = replace(
        made,
        revision=revision,
        evidence=Evidence(
            nearest=(NearEntry(title="Private Things", arxiv_id="2205.00002", similarity=0.7),)
        ),
    )
    paper = candidate.paper
    markdown = (
        f"- {paper.title}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n"
        f"  - {', '.join(paper.authors)}.\n"
        "  - Key Word: Privacy.\n"
        f"  - <details><summary>Digest</summary> {paper.abstract}</details>\n"
    )
    entry = DraftedEntry(
        topic=candidate.topic,
        title=paper.title,
        authors=", ".join(paper.authors),
        venue="",
        keywords=("Privacy",),
        digest=paper.abstract or "",
        links=(("paper", f"https://arxiv.org/abs/{arxiv_id}"),),
        markdown=markdown,
    )
    return Card(candidate=candidate, entry=entry, all_topics=TOPICS)


def make_dashboard(*cards: Card, **given: object) -> Dashboard:
    given.setdefault("waiting", len(cards))
    return Dashboard(cards=cards, topics=TOPICS, **given)  # type: ignore[arg-type]


def make_body(*cards: Card, **given: object) -> str:
    return render_body(make_dashboard(*cards, **given))


def tick(body: str, *parts: str) -> str:
    """The first open box whose line holds all parts, ticked."""
    lines = body.split("\n")
    for place, line in enumerate(lines):
        if "[ ]" in line and all(part in line for part in parts):
            lines[place] = line.replace("[ ]", "[x]", 1)
            return "\n".join(lines)
    raise LookupError(f"no box with {parts}")
