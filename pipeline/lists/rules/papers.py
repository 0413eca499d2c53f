"""Rules about which papers stand in the list: none twice, none under another's link."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from pipeline.lists.entry import title_key
from pipeline.lists.grammar import arxiv_id_of, is_paper
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.finding import Finding, Lists, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.lists.entry import Entry

_SAME_TITLE = 0.6
"""Least likeness of two titles of one paper: its versions may be named differently."""

_COMPARED = 10
"""Most entries of one link or title that another is compared with."""


def _duplicates(lists: Lists) -> Iterator[Finding]:
    seen: dict[str, list[tuple[Path, Entry]]] = {}
    for file, entry, _ in lists.entries():
        path = file.document.path
        by_title = f"title {title_key(entry.title)}"
        keys = [*sorted(_addresses(entry)), by_title]
        for key in keys:
            other = next(
                (
                    (where, one)
                    for where, one in seen.get(key, ())[:_COMPARED]
                    if not (lists.in_all_files and where != path)
                    and _one_paper(one, entry, by_title=key == by_title)
                ),
                None,
            )
            if other:
                what = "title" if key == by_title else "link"
                yield Finding(
                    rule="duplicate-paper",
                    path=path,
                    line=entry.line,
                    message=f"this paper stands in {_where(path, other)} too (same {what}): "
                    f"{other[1].title}",
                    entry=entry,
                )
                break
        for key in keys:
            seen.setdefault(key, []).append((path, entry))


def _clashes(lists: Lists) -> Iterator[Finding]:
    seen: dict[str, list[tuple[Path, Entry]]] = {}
    for file, entry, _ in lists.entries():
        path = file.document.path
        for address in sorted(_addresses(entry)):
            other = next(
                (
                    (where, one)
                    for where, one in seen.get(address, ())[:_COMPARED]
                    if not _one_paper(one, entry, by_title=False)
                ),
                None,
            )
            if other:
                yield Finding(
                    rule="link-clash",
                    path=path,
                    line=entry.line,
                    message=f"{_where(path, other)} has the same link ({address}) for another "
                    f"paper: {other[1].title}",
                    entry=entry,
                )
            seen.setdefault(address, []).append((path, entry))


def _addresses(entry: Entry) -> set[str]:
    """What the entry's paper links point to, however they are typed."""
    found = set()
    for link in entry.links:
        if is_paper((link,)):
            plain = re.sub(r"(?i)^https?://(?:www\.)?", "", link.url).rstrip("/")
            found.add(arxiv_id_of(link.url) or plain)
    return found - {""}


def _one_paper(one: Entry, other: Entry, *, by_title: bool) -> bool:
    """Whether two entries that share a title, or else a link, are about one paper."""
    mine, theirs = _names(one), _names(other)
    if by_title:
        return not mine or not theirs or bool(mine & theirs)
    if mine and theirs and len(mine & theirs) * 2 >= min(len(mine), len(theirs)):
        return True
    titles = title_key(one.title), title_key(other.title)
    return difflib.SequenceMatcher(None, *titles, autojunk=False).ratio() >= _SAME_TITLE


def _names(entry: Entry) -> set[str]:
    names = re.split(r",|;|\band\b", entry.authors)
    return {name.casefold().strip(" .*") for name in names} - {""}


def _where(path: Path, other: tuple[Path, Entry]) -> str:
    where, entry = other
    return f"line {entry.line}" if where == path else f"{where.name}:{entry.line}"


_OLDER_LINK = "https://arxiv.org/abs/2204.00001"
_FAIR = "- Fair Things."
_AGAIN = """- Private things. [[paper]](https://arxiv.org/abs/2205.00002)
  - Zoë Author, Bob Writer.
  - Key Word: Auditing.
  - <details><summary>Digest</summary> Things are kept private.</details>
"""

RULES = (
    Rule(
        name="duplicate-paper",
        summary="A paper is listed twice: by its link, or by title and authors.",
        bad=changed((_FAIR, f"{_AGAIN}\n{_FAIR}")),
        good=SOUND,
        check=_duplicates,
    ),
    Rule(
        name="link-clash",
        summary="Two different papers have the same link.",
        bad=changed(("https://arxiv.org/abs/2203.00003", _OLDER_LINK)),
        good=SOUND,
        check=_clashes,
    ),
)
