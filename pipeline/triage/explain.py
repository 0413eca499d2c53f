"""Why a paper is in the queue, in a few plain words.

Reasons are facts that a maintainer can check: the nearest listed papers and
the paper's own words. Knows no queue and no list file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.lists.entry import title_key

if TYPE_CHECKING:
    from db.records import Paper
    from models.artifact import Neighbour, Prediction
    from pipeline.lists.entry import Entry

LEAST_SIMILARITY = 0.35
"""Cosine similarity under which two abstracts have nothing to say about each other.

Measured with all-MiniLM-L6-v2: random pairs of one day's papers lie at 0.1 to 0.3.
"""


MOST_AUTHORS = 4
"""Listed authors named; a paper of forty would fill the screen."""

COMMENT_CHARACTERS = 120

BY_HAND = "added by hand"
"""The reason of a paper that a maintainer took in."""

_ACCEPTED = re.compile(
    r"(?i)\b(?:accepted|to appear|published|camera[- ]ready|in proceedings of|oral|spotlight)\b"
)
_NOT_YET = re.compile(r"(?i)\b(?:submitted|under review|under submission|rejected)\b")


def explain(prediction: Prediction, *, near: Entry | None, paper: Paper) -> tuple[str, ...]:
    """Reasons, most important first; never empty.

    Args:
        prediction: What the models said of the paper.
        near: The listed paper that it may be, if any.
        paper: The paper itself.
    """
    reasons: list[str] = []
    if near is not None:
        reasons.append(f"may be the listed “{near.title}”")
    reasons += [
        f"like “{neighbour.title}” ({neighbour.similarity:.2f})"
        for neighbour in nearest_others(prediction, paper)
        if neighbour.similarity >= LEAST_SIMILARITY
    ]
    if prediction.listed_authors:
        named = prediction.listed_authors[:MOST_AUTHORS]
        more = len(prediction.listed_authors) - len(named)
        reasons.append(
            "authors in the list: "
            + ", ".join(f"{name} ({papers})" for name, papers in named)
            + (f" and {more} more" if more else "")
        )
    accepted = accepted_where(paper.comment or "")
    if accepted:
        reasons.append(f"the authors say: “{accepted}”")
    if prediction.words:
        reasons.append(f"words for it: {', '.join(prediction.words)}")
    if prediction.against:
        reasons.append(f"words against it: {', '.join(prediction.against)}")
    if prediction.loud:
        reasons.append(
            "its text piles words up, or speaks for itself louder than any listed paper's:"
            " ranked lower for it"
        )
    if not prediction.looked_at:
        reasons.append("left aside by the first look, which reads words only")
    if not paper.abstract:
        reasons.append("judged by its title alone: no abstract was delivered")
    return tuple(reasons) or ("near no listed paper; ranked by its text as a whole",)


def nearest_others(prediction: Prediction, paper: Paper) -> tuple[Neighbour, ...]:
    """The nearest papers that the model knows, without the paper itself.

    A model may know a paper that the list at hand does not hold.
    """
    own = title_key(paper.title)
    return tuple(
        neighbour
        for neighbour in prediction.neighbours
        if neighbour.arxiv_id != paper.arxiv_id and title_key(neighbour.title) != own
    )


def accepted_where(comment: str) -> str:
    """The part of the authors' comment that says where the paper was accepted, "" if none does."""
    if _NOT_YET.search(comment):
        return ""
    for part in re.split(r"[;\n]|(?<=[.!])\s", " ".join(comment.split())):
        if _ACCEPTED.search(part):
            said = part.strip(" .")
            cut = said[:COMMENT_CHARACTERS].rstrip()
            return cut if len(said) <= COMMENT_CHARACTERS else f"{cut}…"
    return ""
