"""Which papers are known already, in the queue or in any list file.

A paper is known by its identifier or by its normalised title. A title that is
only near one is never dropped: the candidate says what it may be.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from db.records import AnnounceType
from pipeline.lists.entry import title_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from db.queue import Queue
    from db.records import Paper
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile

NEAR_TITLE = 0.85
"""Least similarity of two normalised titles (difflib ratio) to ask whether they are one paper."""


def listed_ids(lists: Sequence[ListFile]) -> frozenset[str]:
    """Identifiers of every paper in any of the list files."""
    return frozenset(entry.arxiv_id for file in lists for entry in file.entries if entry.arxiv_id)


def drop_known(
    papers: Iterable[Paper], queue: Queue, lists: Sequence[ListFile]
) -> tuple[Paper, ...]:
    """The papers nobody has seen, each once, in the order given.

    Replacements are dropped: a new version of a paper is not a new paper.
    """
    first: dict[str, Paper] = {}
    for paper in papers:
        if paper.announce_type is not AnnounceType.REPLACE:
            first.setdefault(paper.arxiv_id, paper)
    ids = queue.seen_ids(first) | listed_ids(lists)
    titles = {title_key(entry.title) for file in lists for entry in file.entries}
    titles |= {title_key(title) for title in queue.titles().values()}
    return tuple(
        paper
        for paper in first.values()
        if paper.arxiv_id not in ids and title_key(paper.title) not in titles
    )


def near_entry(paper: Paper, entries: Iterable[Entry]) -> Entry | None:
    """The listed paper that ``paper`` may be under another title, if there is one.

    Both a near title and a shared author are asked for: surveys of one field
    have near titles too.
    """
    title = title_key(paper.title)
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(title)
    for entry in entries:
        matcher.set_seq1(title_key(entry.title))
        if (
            matcher.real_quick_ratio() >= NEAR_TITLE
            and matcher.quick_ratio() >= NEAR_TITLE
            and matcher.ratio() >= NEAR_TITLE
            and _share_an_author(paper, entry)
        ):
            return entry
    return None


def _share_an_author(paper: Paper, entry: Entry) -> bool:
    listed = {name.split()[-1].casefold() for name in entry.authors.split(",") if name.split()}
    return any(name.split()[-1].casefold() in listed for name in paper.authors if name.split())
