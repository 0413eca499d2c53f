"""The words of a pull request: what it proposes, and hidden marks that are read back.

All text from outside shows as typed and does nothing (:mod:`pipeline.lists.harmless`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.arxiv_id import parse_arxiv_id
from pipeline.lists.harmless import harmless
from pipeline.publish.provenance import read_trailers

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LINES = 200
"""Papers named in a body, so that it stays under GitHub's limit; the commit names all."""

_MARK = re.compile(r"<!-- shortlist:papers ([^<>]*)-->")
_END = "<!-- shortlist:end: what stands below is yours -->"
_RULES = """\
Merge it, and the next run of Shortlist marks the papers published. Until then they stay approved,
and this branch is made anew on the newest state of the list; commits of yours on it are kept.
To leave a paper out, take its approval back (`shortlist queue undo ID`)."""
_WITHDRAWN = "Closed by Shortlist: nothing that it proposed is approved any more."


def papers_of(message: str) -> frozenset[str]:
    """Identifiers of the papers that a commit message is about."""
    return frozenset(paper.arxiv_id for paper in read_trailers(message))


def proposal_title(message: str) -> str:
    """Title of the pull request that brings the commit with this message."""
    return message.split("\n", 1)[0]


def proposal_body(message: str, *, notes: Iterable[str] = (), old: str = "") -> str:
    """Body of the pull request.

    Args:
        message: Of its commit.
        notes: What a person must know, a sentence each.
        old: The body that it has; what a person wrote below the end is kept.
    """
    lines = [line[2:] for line in message.split("\n") if line.startswith("- ")]
    shown = [f"- {harmless(line, most=400)}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"- and {len(lines) - MOST_LINES} more")
    marked = " ".join(sorted(papers_of(message)))
    parts = [
        f"<!-- shortlist:papers {marked} -->",
        *(f"> {harmless(note, most=500)}\n" for note in notes),
        "\n".join(shown) + "\n",
        _RULES,
        "",
        _END,
    ]
    return "\n".join(parts) + _tail(old)


def withdrawn_body(old: str) -> str:
    """The body of a pull request that Shortlist closes: it declines no paper."""
    return f"{_WITHDRAWN}\n\n{_END}{_tail(old)}"


def proposed_papers(body: str) -> frozenset[str]:
    """Identifiers that the pull request proposes, as :func:`proposal_body` marked them."""
    found = _MARK.search(body)
    ids = (parse_arxiv_id(text) for text in found[1].split()) if found else ()
    return frozenset(arxiv_id for arxiv_id in ids if arxiv_id)


def _tail(body: str) -> str:
    return body.replace("\r\n", "\n").partition(_END)[2]
