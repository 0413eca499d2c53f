"""What a branch does to the entries of a list: which are new, changed, moved or gone.

Two versions of every list file are compared as parsed entries, so that a line
moved or an ending changed elsewhere is nobody's fault. An entry that was put
where no papers stand, or that cannot be read as one, is taken out before the
rest is compared: it would else be read as part of its neighbours. Judges nothing.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.errors import ListFormatError
from pipeline.lists.entry import title_key
from pipeline.lists.grammar import (
    is_paper,
    parse_bullet,
    parse_heading,
    parse_summary,
    parse_year_label,
    split_title,
)
from pipeline.lists.headings import hidden_lines, topic_key
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile, Remark

NEAR_TITLE = 0.75
"""Least similarity of two normalised titles (difflib ratio) for one entry that was corrected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One list file before and after; ``None`` where it is not there, or is no list."""

    path: Path
    before: ListFile | None
    after: ListFile | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry and where it stands.

    Attributes:
        file: The list file, as read.
        entry: The entry.
        span: Its 0-based lines.
        was: What it was before, ``None`` if it is new.
    """

    file: ListFile
    entry: Entry
    span: range
    was: Placed | None = None

    @property
    def text(self) -> tuple[str, ...]:
        """Its lines, without line endings and blanks at their ends."""
        return tuple(self.file.document.lines[number].rstrip() for number in self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """Added lines meant as an entry that are none, or stand in no topic.

    Attributes:
        path: The list file.
        line: 1-based line of the first.
        lines: Without line endings.
        problem: What is wrong, a sentence without its full stop.
        topic: The topic they stand in, "" if in none.
        heading: The heading above them, "" if there is none.
    """

    path: Path
    line: int
    lines: tuple[str, ...]
    problem: str
    topic: str
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What became of the entries, over all files.

    Attributes:
        files: Every file after, without what is in ``strays``; line numbers stay.
        added: New entries.
        changed: Entries with other words than before.
        moved: Entries with the same words elsewhere.
        removed: Entries that are gone, with the file they stood in.
        strays: Added lines that should be entries.
        topics: Names of topics that are new, with their files.
        lines: 0-based numbers of the added lines, by file.
    """

    files: tuple[ListFile, ...]
    added: tuple[Placed, ...]
    changed: tuple[Placed, ...]
    moved: tuple[Placed, ...]
    removed: tuple[Placed, ...]
    strays: tuple[Stray, ...]
    topics: tuple[tuple[Path, str], ...]
    lines: dict[Path, frozenset[int]]


def compare_lists(changes: Sequence[Change]) -> Differences:
    """The differences between the two versions of all files."""
    strays: list[Stray] = []
    topics: list[tuple[Path, str]] = []
    lines: dict[Path, frozenset[int]] = {}
    files: list[ListFile] = []
    for change in changes:
        after = change.after
        if after is None:
            continue
        lines[change.path] = added_lines(change)
        if change.before is not None:
            for _ in range(2):  # What one stray hid from the reader, the second look finds.
                found = [*_find_strays(change.before, after, lines[change.path])]
                if not found:
                    break
                after = _without(after, found)
                strays += found
            topics += [(change.path, name) for name in _new_topics(change.before, after)]
        files.append(after)
    matched = _Matching(
        [placed for change in changes for placed in _placed(change.before)],
        [placed for file in files for placed in _placed(file)],
        lines,
    )
    matched.run()
    return Differences(
        files=tuple(files),
        added=tuple(matched.after),
        changed=tuple(matched.changed),
        moved=tuple(matched.moved),
        removed=tuple(matched.before),
        strays=tuple(strays),
        topics=tuple(topics),
        lines=lines,
    )


def added_lines(change: Change) -> frozenset[int]:
    """0-based numbers of the lines that ``after`` has and ``before`` has not."""
    if change.after is None:
        return frozenset()
    new = [line.rstrip("\r") for line in change.after.document.lines]
    old = [line.rstrip("\r") for line in change.before.document.lines] if change.before else []
    start = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    if start is None:
        start = min(len(old), len(new))
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    matcher = difflib.SequenceMatcher(
        None, old[start : len(old) - end], new[start : len(new) - end]
    )
    return frozenset(
        start + number
        for tag, _, _, first, last in matcher.get_opcodes()
        if tag in {"insert", "replace"}
        for number in range(first, last)
    )


def _placed(file: ListFile | None) -> Iterator[Placed]:
    if file is not None:
        for entry, span in zip(file.entries, file.spans, strict=True):
            yield Placed(file=file, entry=entry, span=span)


class _Matching:
    """Entries before and after, paired by what is surest first; what is left came or went."""

    def __init__(
        self, before: list[Placed], after: list[Placed], lines: dict[Path, frozenset[int]]
    ) -> None:
        self.before = before
        # Of two that look the same, the one on lines that were there before is the old one.
        self.after = sorted(
            after, key=lambda placed: placed.span.start in lines[placed.file.document.path]
        )
        self.changed: list[Placed] = []
        self.moved: list[Placed] = []

    def run(self) -> None:
        """Pair them."""
        self._pair(lambda p: (_path(p), p.text, p.entry.topic, p.entry.year), None)
        self._pair(lambda p: (_path(p), p.text), self.moved)
        self._pair(lambda p: p.text, self.moved)
        self._pair(lambda p: (_path(p), p.entry.arxiv_id or id(p)), self.changed)
        self._pair(lambda p: (_path(p), title_key(p.entry.title)), self.changed)
        self._pair(lambda p: p.entry.arxiv_id or id(p), self.changed)
        self._pair(lambda p: title_key(p.entry.title), self.changed)
        self._pair_near()
        for found in (self.after, self.changed, self.moved):
            found.sort(key=lambda placed: (str(_path(placed)), placed.span.start))

    def _pair(self, key: Callable[[Placed], object], into: list[Placed] | None) -> None:
        waiting: dict[object, list[Placed]] = {}
        for placed in self.before:
            waiting.setdefault(key(placed), []).append(placed)
        rest = []
        for placed in self.after:
            same = waiting.get(key(placed))
            if same:
                was = same.pop(0)
                if into is not None:
                    into.append(replace(placed, was=was))
            else:
                rest.append(placed)
        self.after = rest
        self.before = [placed for same in waiting.values() for placed in same]
        self.before.sort(key=lambda placed: (str(_path(placed)), placed.span.start))

    def _pair_near(self) -> None:
        """Entries whose title and identifier were both corrected."""
        for placed in list(self.after) if len(self.before) * len(self.after) < _MOST_PAIRS else ():
            title = title_key(placed.entry.title)
            near = [
                (ratio, number)
                for number, was in enumerate(self.before)
                if _path(was) == _path(placed)
                and (ratio := _ratio(title_key(was.entry.title), title)) >= NEAR_TITLE
            ]
            if near:
                was = self.before.pop(max(near)[1])
                self.after.remove(placed)
                self.changed.append(replace(placed, was=was))


TOP_LEVEL = 1
"""Greatest indentation, in columns, of an item that hangs below no other."""
_MOST_PAIRS = 10_000
"""Beyond it, near titles are not looked for: a whole list was exchanged."""


def _ratio(one: str, other: str) -> float:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < NEAR_TITLE or matcher.quick_ratio() < NEAR_TITLE:
        return 0.0
    return matcher.ratio()


def _path(placed: Placed) -> Path:
    return placed.file.document.path


def _new_topics(before: ListFile, after: ListFile) -> list[str]:
    known = {topic_key(topic.name) for topic in before.topics}
    return [topic.name for topic in after.topics if topic_key(topic.name) not in known]


def _new_remarks(before: ListFile, after: ListFile) -> Iterator[Remark]:
    said = Counter(_said(before))
    for remark, key in zip(after.remarks, _said(after), strict=True):
        if said[key]:
            said[key] -= 1
        else:
            yield remark


def _said(file: ListFile) -> list[tuple[str, str]]:
    lines = file.document.lines
    return [(lines[remark.line - 1].strip(), remark.problem) for remark in file.remarks]


def _find_strays(before: ListFile, after: ListFile, added: frozenset[int]) -> Iterator[Stray]:
    """Added bullets that are meant as entries and are none, or stand in no topic."""
    lines = after.document.lines
    remarks = {remark.line - 1: remark.problem for remark in _new_remarks(before, after)}
    homes = _headings_in_topics(before)
    hidden = hidden_lines(lines)
    heading, is_new, topic = "", False, ""
    done = -1
    for number, line in enumerate(lines):
        if number in hidden:
            continue
        label = _label(line, first=number == 0)
        if label is not None:
            year = parse_year_label(label)
            if year is None or (year.topic and topic_key(year.topic) in homes):
                heading = label if year is None else year.topic
                is_new = number in added and topic_key(heading) not in homes
                topic = homes.get(topic_key(heading), "")
            continue
        if number not in added or number < done:
            continue
        bullet = parse_bullet(line)
        if bullet is None:
            continue
        listed = is_paper(split_title(bullet.text)[1])
        problem = remarks.get(number, "")
        outside = listed and not topic and not is_new
        if outside or (problem and (listed or problem.startswith("looks like an entry"))):
            block = _block(lines, number)
            done = block.stop
            yield Stray(
                path=after.document.path,
                line=number + 1,
                lines=tuple(lines[n].rstrip() for n in block),
                problem="stands in no topic of the list" if outside else problem,
                topic=topic,
                heading=heading,
            )


def _label(line: str, *, first: bool) -> str | None:
    """What a heading, or a summary that names a year, says."""
    text = (line.lstrip("\ufeff") if first else line).rstrip("\r")
    heading = parse_heading(text)
    if heading:
        return heading.text
    summary = parse_summary(text)
    return summary if summary and parse_year_label(summary) else None


def _headings_in_topics(file: ListFile) -> dict[str, str]:
    """Every heading under which papers may stand, with its topic."""
    homes: dict[str, str] = {}
    for topic in file.topics:
        for number in topic.section:
            heading = parse_heading(file.document.lines[number].rstrip("\r"))
            if heading and parse_year_label(heading.text) is None:
                homes.setdefault(topic_key(heading.text), topic.name)
    return homes | {topic_key(topic.name): topic.name for topic in file.topics}


def _block(lines: Sequence[str], start: int) -> range:
    """The lines of an item and of what hangs below it, however they are indented."""
    for number in range(start + 1, len(lines)):
        bullet = parse_bullet(lines[number])
        begins = bullet and (bullet.indent <= TOP_LEVEL or is_paper(split_title(bullet.text)[1]))
        if not lines[number].strip() or begins or parse_heading(lines[number]):
            return range(start, number)
    return range(start, len(lines))


def _without(file: ListFile, strays: Iterable[Stray]) -> ListFile:
    """``file`` with blank lines in the place of ``strays``."""
    lines = list(file.document.lines)
    for stray in strays:
        for number in range(stray.line - 1, stray.line - 1 + len(stray.lines)):
            lines[number] = "\r" if lines[number].endswith("\r") else ""
    data = "\n".join(lines) + ("\n" if file.document.ends_with_newline else "")
    try:
        return parse_list(file.document.path, data.encode())
    except ListFormatError:  # Nothing is left without them.
        return file
