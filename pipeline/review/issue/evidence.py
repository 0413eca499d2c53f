"""What speaks for and against a paper, folded under its line of the dashboard."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url
from pipeline.lists.harmless import WORD_JOINER, harmless

if TYPE_CHECKING:
    from pipeline.review.card import Card

MOST_OF_AN_ABSTRACT = 1_200
MOST_OF_AN_ENTRY = 2_500
MOST_NAMED = 8
"""Authors, neighbours and reasons that are named."""

_TICKS = re.compile(r"`+")
_JOINERS = "\u200c\u200d"
"""Scripts and emoji are written with them."""


def folded_evidence(card: Card) -> str:
    """Lines that belong under the paper's own, beginning with a line end."""
    parts = [
        "<details><summary>why, abstract, entry</summary>",
        _facts(card),
        *_reasons(card),
        *_abstract(card),
        *_entry(card),
        "</details>",
    ]
    text = "\n\n".join(parts)
    return "\n\n" + "\n".join(f"  {line}" if line else "" for line in text.split("\n")) + "\n"


def _facts(card: Card) -> str:
    paper = card.candidate.paper
    named = ", ".join(harmless(author, most=80) for author in paper.authors[:MOST_NAMED])
    more = len(paper.authors) - MOST_NAMED
    categories = harmless(", ".join(paper.categories[:MOST_NAMED]))
    lines = [
        named + (f" and {more} more" if more > 0 else ""),
        f"{categories} · announced {paper.announced} ({paper.announce_type.value})",
    ]
    if paper.comment:
        lines.append(f"Comment: {harmless(paper.comment)}")
    return "  \n".join(line for line in lines if line)


def _reasons(card: Card) -> list[str]:
    candidate = card.candidate
    reasons = [f"- {harmless(reason)}" for reason in candidate.why[:MOST_NAMED]]
    named = " ".join(candidate.why)
    reasons += [
        f"- near {_link(entry.arxiv_id, entry.title)} ({entry.similarity:.2f})"
        for entry in candidate.evidence.nearest[:MOST_NAMED]
        if entry.title not in named
    ]
    return ["\n".join(reasons)] if reasons else []


def _link(arxiv_id: str, title: str) -> str:
    return f"[{harmless(title)}]({abs_url(arxiv_id)})" if arxiv_id else harmless(title)


def _abstract(card: Card) -> list[str]:
    abstract = card.candidate.paper.abstract
    return [harmless(abstract, most=MOST_OF_AN_ABSTRACT)] if abstract else []


def _entry(card: Card) -> list[str]:
    """The entry as Markdown in a block of code, which nothing in it ends."""
    markdown = card.entry.markdown.strip("\n")
    if not markdown:
        return []
    markdown = "".join(_seen(c) for c in markdown)
    if len(markdown) > MOST_OF_AN_ENTRY:
        markdown = f"{markdown[: MOST_OF_AN_ENTRY - 1]}…"
    fence = "`" * max(3, 1 + max((len(run) for run in _TICKS.findall(markdown)), default=0))
    # In code nothing acts; only a mark of our own would be read back.
    return [f"{fence}md\n{markdown.replace('<!--', f'<!{WORD_JOINER}--')}\n{fence}"]


def _seen(character: str) -> str:
    """A character as a reader can see it: what hides or turns text round by its number."""
    hides = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    if not hides or character == "\n" or character in _JOINERS:
        return character
    return f"<U+{ord(character):04X}>"
