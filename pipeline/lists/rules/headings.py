"""Rules about headings: where year groups stand, and whether the contents list them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipeline.lists.grammar import parse_bullet, parse_year_label, plain_label
from pipeline.lists.headings import topic_key
from pipeline.lists.rules.anchors import (
    Heading,
    Reference,
    find_headings,
    find_references,
    loose_anchor,
)
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.finding import Finding, Lists, Rule
from pipeline.lists.rules.order import strays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic, YearGroup


def _contents(file: ListFile) -> list[Reference]:
    """The table of contents: list items above the first topic that link to headings."""
    first = min((topic.line - 1 for topic in file.topics), default=0)
    lines = file.document.lines
    return [
        reference
        for reference in find_references(file)
        if reference.line < first and not reference.file and parse_bullet(lines[reference.line])
    ]


def _out_of_step(lists: Lists) -> Iterator[Finding]:
    for file in lists.files:
        headings = find_headings(file)
        by_anchor = {loose_anchor(heading.anchor): heading for heading in headings}
        contents = [
            (reference, by_anchor[loose_anchor(reference.anchor)])
            for reference in _contents(file)
            if loose_anchor(reference.anchor) in by_anchor
        ]
        listed = {heading.line for _, heading in contents}
        topics = {topic.line - 1 for topic in file.topics}
        if not listed & topics:
            continue
        path = file.document.path
        for heading in _unlisted(headings, listed, topics):
            yield Finding(
                rule="contents",
                path=path,
                line=heading.line + 1,
                message=f"{heading.text!r} is missing from the table of contents",
            )
        for position in strays([heading.line for _, heading in contents]):
            reference, heading = contents[position]
            yield Finding(
                rule="contents",
                path=path,
                line=reference.line + 1,
                message=f"{heading.text!r} stands elsewhere in the file than in the contents",
            )
        for reference, heading in contents:
            if heading.line in topics and topic_key(plain_label(reference.label)) != topic_key(
                heading.text
            ):
                yield Finding(
                    rule="contents",
                    path=path,
                    line=reference.line + 1,
                    message=f"{plain_label(reference.label)!r} is called {heading.text!r} below",
                )


def _unlisted(headings: list[Heading], listed: set[int], topics: set[int]) -> list[Heading]:
    """Topics, and siblings of headings that are mostly listed, which are not in the contents."""
    parents: dict[int, int] = {}
    above: list[Heading] = []
    for heading in headings:
        while above and above[-1].level >= heading.level:
            above.pop()
        parents[heading.line] = above[-1].line if above else -1
        above.append(heading)
    first = min(topics)
    below = [h for h in headings if h.line >= first and not parse_year_label(h.text)]
    families: Counter[tuple[int, int]] = Counter()
    for heading in below:
        families[parents[heading.line], heading.level] += 1 if heading.line in listed else -1
    return [
        heading
        for heading in below
        if heading.line not in listed
        and (heading.line in topics or families[parents[heading.line], heading.level] > 0)
    ]


def _misplaced_years(lists: Lists) -> Iterator[Finding]:
    for file in lists.files:
        plain = {h.line: h for h in find_headings(file)}
        headed = [t for t in file.topics if t.line - 1 in plain and not _is_year(plain, t.line - 1)]
        levels = Counter(plain[topic.line - 1].level for topic in headed)
        usual = levels.most_common(1)[0][0] if levels else 0
        for topic in file.topics:
            for group in topic.years:
                problem = _misplaced(topic, group, headed, plain, usual)
                if problem:
                    yield Finding(
                        rule="year-heading",
                        path=file.document.path,
                        line=group.line,
                        message=f"{group.label!r} {problem}",
                    )


def _stands_under(topic: Topic, line: int, plain: dict[int, Heading]) -> bool:
    """Whether the last heading above ``line`` that is no year says ``topic`` (once more)."""
    above = [heading for heading in plain.values() if heading.line < line]
    last = next((h for h in reversed(above) if not _is_year(plain, h.line)), None)
    return last is not None and topic_key(last.text) == topic_key(topic.name)


def _is_year(plain: dict[int, Heading], line: int) -> bool:
    label = parse_year_label(plain[line].text)
    return label is not None and label.sure


def _misplaced(
    topic: Topic, group: YearGroup, headed: list[Topic], plain: dict[int, Heading], usual: int
) -> str:
    start = group.header.start
    for other in headed:
        if other.name != topic.name and start in other.section:
            return f"stands under {other.name!r}"
    if start not in topic.section and not _stands_under(topic, start, plain):
        return "stands outside its topic"
    heading = plain.get(group.line - 1)
    own = plain[topic.line - 1].level if topic in headed else usual
    if heading and own and heading.level <= own:
        return f"is a heading of level {heading.level}, as topics are"
    return ""


RULES = (
    Rule(
        name="year-heading",
        summary="A year group's heading has the level of a topic, or stands under another topic.",
        bad=changed(("### Fairness: 2022", "## Fairness: 2022")),
        good=SOUND,
        check=_misplaced_years,
    ),
    Rule(
        name="contents",
        summary="The table of contents and the headings are out of step.",
        bad=changed(("- [Privacy](#privacy)\n- [Fairness](#fairness)", "- [Privacy](#privacy)")),
        good=SOUND,
        check=_out_of_step,
    ),
)
