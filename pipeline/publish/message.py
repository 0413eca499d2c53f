"""The message of a list commit, in which no title can pose as anything but a title."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from pipeline.publish.provenance import ACTIVE, trailers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.publish.provenance import Provenance

SUBJECT_LENGTH = 72
"""Longest first line, in characters: what GitHub shows without cutting it."""

TITLE_LENGTH = 300
"""Longest title in a message, in characters; longer ones end in an ellipsis."""

WORD_JOINER = "\u2060"
"""Takes no room and breaks what a host would act on."""


def commit_message(items: Sequence[tuple[str, str, str]], papers: Sequence[Provenance] = ()) -> str:
    """The message of the commit that adds papers.

    Args:
        items: arXiv identifier ("" for a paper without one), title and topic of each
            paper, in the order of the list commit.
        papers: Where each paper comes from.

    Returns:
        A subject with the identifiers, or their number where they take too
        much room, a line for each paper, and the trailers. No other line can be
        read as a trailer.
    """
    lines = [_line(*item) for item in items]
    return _message(_subject([arxiv_id for arxiv_id, _, _ in items]), lines, papers)


def list_message(
    subject: str,
    items: Sequence[tuple[str, str, str]] = (),
    papers: Sequence[Provenance] = (),
) -> str:
    """The message of a commit that does something else to the list than to add papers.

    Args:
        subject: What it does; made harmless as titles are, and cut where it is too long.
        items: As for :func:`commit_message`.
        papers: Likewise.
    """
    whole = _plain(subject)
    first = whole if len(whole) <= SUBJECT_LENGTH else f"{whole[: SUBJECT_LENGTH - 1].rstrip()}…"
    lines = [*([] if first == whole else [whole]), *(_line(*item) for item in items)]
    return _message(first, lines, papers)


def _message(subject: str, lines: Sequence[str], papers: Sequence[Provenance]) -> str:
    """Subject, lines and trailers, an empty line between two of them."""
    parts = [subject + "\n", "".join(f"{line}\n" for line in lines), trailers(papers)]
    return "\n".join(part for part in parts if part)


def _subject(arxiv_ids: Sequence[str]) -> str:
    count = f"Add {len(arxiv_ids)} paper" + ("" if len(arxiv_ids) == 1 else "s")
    known = [_plain(arxiv_id) for arxiv_id in arxiv_ids if arxiv_id]
    subject = f"{count}: {', '.join(known)}"
    return subject if known and len(subject) <= SUBJECT_LENGTH else count


def _line(arxiv_id: str, title: str, topic: str) -> str:
    name = " ".join(part for part in (_plain(arxiv_id), _plain(title)) if part)
    return f"- {name} ({_plain(topic)})"


def _plain(text: str) -> str:
    """``text`` as one line without characters that hide, turn round or trigger."""
    kept = (" " if c.isspace() else "" if _hides(c) else c for c in text)
    line = " ".join("".join(kept).split())
    if len(line) > TITLE_LENGTH:
        line = line[: TITLE_LENGTH - 1].rstrip() + "…"
    return ACTIVE.sub(lambda found: found[0] + WORD_JOINER, line)


def _hides(character: str) -> bool:
    """Whether it is a control, an invisible or bidirectional mark, or what git takes for damage.

    With a lone surrogate or a code point that is no character in it, git reads a message as
    Latin-1 and garbles the whole line. Source: git, commit.c, ``find_invalid_utf8``.
    """
    point = ord(character)
    is_none = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF  # noqa: PLR2004
    return is_none or unicodedata.category(character) in {"Cc", "Cf", "Cs"}
