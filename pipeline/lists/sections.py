"""Which lines of a list file belong to which topic and year group.

Topics come from the file's own structure: a heading is one if papers stand
under it, or if it is empty and has its place among those. A year heading at any
level is no topic; the topic that it names wins, or else the enclosing one.
Knows no entries.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.lists.grammar import (
    is_paper,
    names_paper_without_address,
    parse_bullet,
    split_title,
)
from pipeline.lists.headings import Mark, find_marks, topic_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_DETAILS_END = re.compile(r"</details>\s*$", re.IGNORECASE)
_AFTER_PAPERS = re.compile(
    r"(?:table of )?contents?$|related\b|.*\b(?:lists|resources|toolbox(?:es)?|toolkits?|workshops?"
    r"|tutorials?|talks?|blogs?|courses?|contribut\w*|citations?|citing|licen[cs]e|acknowledge?ments?"
    r"|contact|star history)$",
    re.IGNORECASE,
)
"""Names of sections that are empty and yet no topic."""
_PLACEHOLDER_LENGTH = 20
"""Most characters of a line like ``TBD`` in a topic that is still empty."""
_LINK_FIRST = re.compile(r"\[(?![ xX]\] )")
"""A link at the beginning, not the box of a task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearGroup:
    """The papers of one year under a topic.

    Attributes:
        year: The year; of "2019 and Before" 2019.
        and_before: Whether all earlier years belong here too.
        line: 1-based line of its heading or summary.
        label: What the heading says, as in the file ("Privacy: 2021", "2026").
        names_topic: The part of the label that names the topic, "" if none.
        header: 0-based lines from the first to the last of the heading.
        body: 0-based lines of what stands under it.
        folded: Whether it is ``<details>`` with a ``<summary>``.
    """

    year: int
    and_before: bool
    line: int
    label: str
    names_topic: str
    header: range
    body: range
    folded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of the list.

    Attributes:
        name: Its heading's text.
        line: 1-based line of its heading.
        years: Its year groups in the file's order, misplaced ones included.
        loose: 0-based lines that belong to it outside any year group.
        section: 0-based lines from under its heading to the next topic.
    """

    name: str
    line: int
    years: tuple[YearGroup, ...]
    loose: tuple[range, ...]
    section: range


def find_topics(lines: Sequence[str], hidden: Iterable[int]) -> tuple[Topic, ...]:
    """The topics of a file, in its order; none if it has no papers and no paper list.

    Args:
        lines: The file's lines.
        hidden: 0-based lines to pass over.
    """
    return _Outline(lines, frozenset(hidden)).topics()


class _Outline:
    """The headings of one file, and what stands under each."""

    def __init__(self, lines: Sequence[str], hidden: frozenset[int]) -> None:
        self.lines = lines
        self.hidden = hidden
        self.marks = find_marks(lines, hidden)
        self.plain = [mark for mark in self.marks if mark.year is None]
        self.ends, self.parents = self._nest()
        self.papers: Counter[int] = Counter()  # by line of a plain heading
        self.bullets: Counter[int] = Counter()
        self.named: Counter[str] = Counter()  # by topic that a year heading names
        self._count()

    def topics(self) -> tuple[Topic, ...]:
        chosen = self._topic_headings()
        if not chosen and not self.named:
            return ()
        keys = {topic_key(mark.text) for mark in chosen}
        found: dict[str, Topic] = {}
        for mark in chosen:
            topic = Topic(
                name=mark.text,
                line=mark.line + 1,
                years=(),
                loose=(),
                section=range(mark.line + 1, self._end(mark)),
            )
            found.setdefault(topic_key(mark.text), topic)
        for mark in self.marks:
            if mark.year and mark.year.topic and self.named[topic_key(mark.year.topic)]:
                key = topic_key(mark.year.topic)
                if key not in keys and key not in found:
                    end = self._end(replace(mark, year=None))
                    found[key] = Topic(
                        name=mark.year.topic,
                        line=mark.line + 1,
                        years=(),
                        loose=(),
                        section=range(mark.header.start, end),
                    )
        self._share_out(found, {mark.line for mark in chosen})
        return tuple(sorted(found.values(), key=lambda topic: topic.line))

    def _count(self) -> None:
        """Count papers under each heading; those under a named year count for the name."""
        links_too = not any(
            self._paper(number, own_title=True) for number in range(len(self.lines))
        )
        owner: int | None = None
        key = ""
        marks = {mark.line: mark for mark in self.marks}
        for number in range(len(self.lines)):
            mark = marks.get(number)
            if mark and mark.year is None:
                owner, key = number, topic_key(mark.text)
                current = key
            elif mark and mark.year:
                current = topic_key(mark.year.topic) or key
                if mark.year.topic and mark.year.sure and current == key and owner is not None:
                    self.papers[owner] += 0 if _AFTER_PAPERS.match(mark.year.topic) else 1
            elif self._bullet(number):
                if owner is not None:
                    self.bullets[owner] += 1
                if self._paper(number, own_title=not links_too):
                    if owner is not None and current == key:
                        self.papers[owner] += 1
                    elif owner is not None or key:
                        self.named[current] += 1

    def _bullet(self, number: int) -> bool:
        line = self.lines[number]
        return number not in self.hidden and line[:2].strip(" ") in {"-", "*", "+"}

    def _paper(self, number: int, *, own_title: bool) -> bool:
        """Whether a paper's bullet stands there (``own_title``: with a title that is no link)."""
        if not self._bullet(number) or "[" not in self.lines[number]:
            return False
        bullet = parse_bullet(self.lines[number])
        if not bullet or (own_title and _LINK_FIRST.match(bullet.text)):
            return False
        links = split_title(bullet.text)[1]
        return is_paper(links) if links else names_paper_without_address(bullet.text)

    def _nest(self) -> tuple[dict[int, int], dict[int, Mark | None]]:
        """By line of a plain heading: where its section ends, and the heading around it."""
        ends: dict[int, int] = {}
        parents: dict[int, Mark | None] = {}
        around: list[Mark] = []
        for mark in self.plain:
            while around and around[-1].level >= mark.level:
                ends[around.pop().line] = mark.line
            parents[mark.line] = around[-1] if around else None
            around.append(mark)
        ends.update((mark.line, len(self.lines)) for mark in around)
        return ends, parents

    def _end(self, mark: Mark) -> int:
        """The line at which a heading's section ends."""
        if mark.line in self.ends:
            return self.ends[mark.line]
        return next(
            (m.line for m in self.plain if m.line > mark.line and m.level <= mark.level),
            len(self.lines),
        )

    def _parent(self, mark: Mark) -> Mark | None:
        return self.parents[mark.line]

    def _topic_headings(self) -> list[Mark]:
        """The headings that are topics, in the file's order."""
        with_papers = [mark for mark in self.plain if self.papers[mark.line]]
        title = self.plain[0] if self.plain and self.plain[0].level == 1 else None
        if title in with_papers and any(mark.level > 1 for mark in with_papers):
            with_papers.remove(title)
        outer: list[Mark] = []
        for mark in with_papers:
            if not outer or mark.line >= self._end(outer[-1]):
                outer.append(mark)
        outer = self._lifted(outer)
        known = {topic_key(mark.text) for mark in outer} | set(self.named)
        empty = self._empty_topics(outer, title) if outer or self.named else self._empty_list(title)
        named = [m for m in self.plain if topic_key(m.text) in known and m not in outer]
        return sorted({*outer, *empty, *named} - {title}, key=lambda mark: mark.line)

    def _lifted(self, outer: list[Mark]) -> list[Mark]:
        """Sections of a heading that has topics for siblings are its sections, not topics."""
        families = {(mark.level, self._parent(mark)) for mark in outer}
        lifted: list[Mark] = []
        for mark in outer:
            above = self._parent(mark)
            while above and (above.level, self._parent(above)) not in families:
                above = self._parent(above)
            topic = above or mark
            if topic not in lifted:
                lifted.append(topic)
        return lifted

    def _empty_topics(self, outer: list[Mark], title: Mark | None) -> list[Mark]:
        """Empty headings among the topics ``outer``, or just beside them."""
        found = []
        families = {(mark.level, self._parent(mark)): mark for mark in reversed(outer)}
        for mark in self.plain:
            family = (mark.level, self._parent(mark))
            if mark in outer or mark is title or family not in families:
                continue
            first = families[family].line
            last = max(m.line for m in outer if (m.level, self._parent(m)) == family)
            between = first < mark.line < last
            beside = self._is_bare(mark) and not _AFTER_PAPERS.match(mark.text)
            if (between and not self.bullets[mark.line]) or beside:
                found.append(mark)
        return found

    def _empty_list(self, title: Mark | None) -> list[Mark]:
        """The topics of a list that has no paper yet: what stands under "Paper List"."""
        paper_list = re.compile(r"(?:.*\b)?papers?(?: list)?$|reading list$", re.IGNORECASE)
        for heading in self.plain:
            if heading is not title and paper_list.match(heading.text):
                end = self._end(heading)
                inside = [m for m in self.plain if heading.line < m.line < end]
                level = min((m.level for m in inside), default=0)
                return [m for m in inside if m.level == level and self._is_bare(m)]
        return []

    def _is_bare(self, mark: Mark) -> bool:
        """Whether nothing stands under a heading but year headings, a link or ``TBD``."""
        if self.bullets[mark.line]:
            return False
        end = self._end(mark)
        if any(mark.line < m.line < end for m in self.plain):
            return False
        headers = {n for m in self.marks for n in m.header}
        for number in range(mark.line + 1, end):
            text = self.lines[number].strip()
            is_link = text.startswith(("<a ", "</details>", "[//]"))
            shown = text and number not in self.hidden and number not in headers
            if shown and not is_link and len(text) > _PLACEHOLDER_LENGTH:
                return False
        return True

    def _share_out(self, found: dict[str, Topic], headings: set[int]) -> None:
        """Give every line of the topics' sections to a topic and, where there is one, a year."""
        bounds = [*(mark.header.start for mark in self.marks), len(self.lines)]
        owner = ""
        inside = 0
        for mark, stop in zip(self.marks, bounds[1:], strict=True):
            key = topic_key(mark.year.topic if mark.year else mark.text)
            if mark.year is None:
                if mark.line in headings:
                    owner, inside = key, self._end(mark)
                elif mark.line >= inside:
                    owner = ""
                if owner:
                    self._give(found, owner, loose=range(mark.line + 1, stop))
                continue
            target = key if key in found else owner
            if not target:
                continue
            end = self._fold_end(mark, stop) if mark.folded else stop
            group = YearGroup(
                year=mark.year.year,
                and_before=mark.year.and_before,
                line=mark.line + 1,
                label=mark.text,
                names_topic=mark.year.topic,
                header=mark.header,
                body=range(mark.line + 1, end),
                folded=mark.folded,
            )
            self._give(found, target, group=group)
            if end < stop and owner:
                self._give(found, owner, loose=range(end + 1, stop))

    def _fold_end(self, mark: Mark, stop: int) -> int:
        lines = range(mark.line + 1, stop)
        return next(
            (n for n in lines if n not in self.hidden and _DETAILS_END.match(self.lines[n])), stop
        )

    def _give(
        self,
        found: dict[str, Topic],
        key: str,
        *,
        group: YearGroup | None = None,
        loose: range | None = None,
    ) -> None:
        topic = found[key]
        if group:
            found[key] = replace(topic, years=(*topic.years, group))
        elif loose:
            found[key] = replace(topic, loose=(*topic.loose, loose))
