"""Rules about where an entry stands: in the right year, order and file."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_month, id_order
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.finding import Finding, Lists, Rule
from pipeline.lists.rules.order import strays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile

_EVIDENCE = 20
"""Neighbours from which a list that is mostly not newest first has an order of its own."""
_NEW_STYLE_MONTHS = 2007 * 12 + 3
"""April 2007: before, an identifier's number counts within its archive only."""


def _wrong_years(lists: Lists) -> Iterator[Finding]:
    for file in lists.files:
        for topic in file.topics:
            for group in topic.years:
                for entry in _entries_in(file, group.body):
                    year = id_month(entry.arxiv_id)[0] if entry.arxiv_id else group.year
                    if year != group.year and not (group.and_before and year < group.year):
                        yield Finding(
                            rule="wrong-year",
                            path=file.document.path,
                            line=entry.line,
                            message=f"a paper of {year} ({entry.arxiv_id}) under {group.label!r}",
                            entry=entry,
                        )


def _out_of_order(lists: Lists) -> Iterator[Finding]:
    for file in lists.files:
        regions = [region for topic in file.topics for region in topic.loose]
        regions += [group.body for topic in file.topics for group in topic.years]
        groups = [[e for e in _entries_in(file, region) if e.arxiv_id] for region in regions]
        if not _newest_first(groups):
            continue
        for group in groups:
            keys = [_age(entry) for entry in group]
            for position in strays(keys):
                entry = group[position]
                below = next((e for e in group if _age(e) > keys[position]), None)
                above = next((e for e in reversed(group) if _age(e) < keys[position]), None)
                place = (
                    f"belongs above line {below.line} ({below.arxiv_id})"
                    if below and below.line < entry.line
                    else f"belongs below line {above.line} ({above.arxiv_id})"
                    if above
                    else "stands in the wrong place"
                )
                yield Finding(
                    rule="out-of-order",
                    path=file.document.path,
                    line=entry.line,
                    message=f"not newest first: {entry.arxiv_id} {place}",
                    entry=entry,
                )


def _newest_first(groups: list[list[Entry]]) -> bool:
    """Whether neighbours mostly stand newest first, or are too few to tell."""
    pairs = [_age(above) <= _age(below) for group in groups for above, below in pairwise(group)]
    return len(pairs) < _EVIDENCE or sum(pairs) * 2 > len(pairs)


def _age(entry: Entry) -> tuple[int, int]:
    """Sort key, newest first."""
    month, number = id_order(entry.arxiv_id or "")
    return -month, -number if month >= _NEW_STYLE_MONTHS else 0


def _entries_in(file: ListFile, region: range) -> list[Entry]:
    return [entry for entry in file.entries if entry.line - 1 in region]


def _overdue(lists: Lists) -> Iterator[Finding]:
    if lists.as_of is None or lists.preview_days is None:
        return
    for file, entry, _ in lists.entries():
        if file.document.path != lists.preview or entry.arxiv_id is None:
            continue
        day = _month_end(*id_month(entry.arxiv_id))
        late = (lists.as_of - day).days - lists.preview_days
        if late > 0:
            yield Finding(
                rule="overdue",
                path=file.document.path,
                line=entry.line,
                message=f"{entry.arxiv_id} is {late} days overdue for the full list",
                entry=entry,
            )


def _month_end(year: int, month: int) -> date:
    """The month's last day: a paper is at most as old as its identifier says."""
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


_OLD = """- Long Known Things. [[paper]](https://arxiv.org/abs/2103.00009)
  - Cyd Scribe.
  - Key Word: Auditing.
  - <details><summary>Digest</summary> Things were known.</details>
"""
_SECOND = SOUND[SOUND.index("- Older Private Things.") : SOUND.index("\n## Fairness")]
_FIRST = SOUND[SOUND.index("- Private Things.") : SOUND.index("- Older Private Things.")]

RULES = (
    Rule(
        name="wrong-year",
        summary="An entry stands under another year than that of its arXiv identifier.",
        bad=changed(("### Fairness: 2022", "### Fairness: 2021")),
        good=SOUND,
        check=_wrong_years,
    ),
    Rule(
        name="out-of-order",
        summary="An entry does not stand newest first, by arXiv identifier within its group.",
        bad=changed((f"{_FIRST}{_SECOND}", f"{_SECOND}\n{_FIRST[:-1]}")),
        good=SOUND,
        check=_out_of_order,
    ),
    Rule(
        name="overdue",
        summary="An entry has been in the preview for longer than `preview_days`: roll it over.",
        bad=f"{SOUND}\n### Fairness: 2021\n\n{_OLD}",
        good=SOUND,
        check=_overdue,
    ),
)
