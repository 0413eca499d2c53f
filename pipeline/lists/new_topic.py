"""A topic that the list does not have yet: its heading, and its line in the table of contents.

Both in the file's own style, taken from the topic beside it. It stands after
the last topic, but before one that takes whatever fits nowhere ("Others"). A
link to the topic's section in another file is not made up. Places no entries.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import EditError
from pipeline.lists.document import Insertion, insert
from pipeline.lists.escape import one_line
from pipeline.lists.grammar import parse_heading, plain_label
from pipeline.lists.headings import hidden_lines, topic_key
from pipeline.lists.reader import parse_list

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic

_CATCH_ALL = re.compile(
    r"(?:and )?(?:(?:all )?others?|miscellaneous|misc\.?)(?: (?:papers?|topics?))?$", re.IGNORECASE
)
_HEADING = re.compile(r"(?P<marks>\ufeff? {0,3}#{1,6}[ \t]+).*?(?P<closing>[ \t]+#+)?[ \t\r]*$")
_UNDERLINE = re.compile(r" {0,3}(?P<mark>[=-])")
_CONTENTS = re.compile(
    r"(?P<before>[ \t]*[-*+][ \t]+)\[(?P<label>[^\]]+)\]\(#(?P<anchor>[^)\s]*)\)"
)
_ANCHOR = re.compile(r"\s*<a\s+(?:name|id)=", re.IGNORECASE)
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


def slug(heading: str) -> str:
    """The anchor that GitHub gives to a heading.

    >>> slug("Environmental Well-being & Others")
    'environmental-well-being--others'
    """
    return _NOT_IN_SLUG.sub("", heading.strip().lower()).replace(" ", "-")


def make_topics(names: Iterable[str], list_file: ListFile) -> ListFile:
    """The list file with a heading for each of ``names``, in that order.

    Raises:
        EditError: A name cannot be a heading, or would not read as a topic there.
    """
    wanted = tuple(dict.fromkeys(_heading_text(name, list_file) for name in names))
    if not wanted:
        return list_file
    *others, last = list_file.topics
    before_last = bool(_CATCH_ALL.match(last.name)) and bool(others)
    lines = list_file.document.lines
    insertions = [
        *_headings(wanted, last, list_file, before=before_last),
        *_contents_lines(wanted, last, list_file, before=before_last),
    ]
    after = insert(list_file.document, insertions)
    made = parse_list(list_file.document.path, after)
    expected = [topic.name for topic in list_file.topics]
    expected[len(expected) - before_last : len(expected) - before_last] = wanted
    if [topic.name for topic in made.topics] != expected or len(made.entries) != len(
        list_file.entries
    ):
        raise EditError(
            f"{list_file.document.path}: {wanted[0]!r} would not read as a topic"
            f" beside {last.name!r} ({lines[last.line - 1].strip()!r})",
            hint="write its heading by hand",
        )
    # Its papers go right under the heading, whatever was above the next one before.
    return replace(
        made,
        topics=tuple(
            replace(topic, loose=(range(topic.line, topic.line + _lines_below(last, lines)),))
            if topic.name in wanted
            else topic
            for topic in made.topics
        ),
    )


def _lines_below(beside: Topic, lines: tuple[str, ...]) -> int:
    """How many lines a heading like that of ``beside`` has under its text."""
    return len(_styled(beside.name, lines[beside.line - 1 : beside.line + 1])) - 1


def _heading_text(name: str, list_file: ListFile) -> str:
    text = one_line(name)
    if not text or plain_label(text) != text or text.startswith("#") or text.endswith("#"):
        raise EditError(
            f"{list_file.document.path}: {name!r} cannot be a topic's heading",
            hint="use plain words",
        )
    lines = list_file.document.lines
    hidden = hidden_lines(lines)
    for number, line in enumerate(lines):
        heading = parse_heading(line.rstrip("\r")) if number not in hidden else None
        if heading and topic_key(heading.text) == topic_key(text):
            raise EditError(
                f"{list_file.document.path}:{number + 1}: the heading {heading.text!r} is there,"
                " but is not read as a topic",
                hint="put its first paper there by hand",
            )
    return text


def _headings(
    names: tuple[str, ...], beside: Topic, list_file: ListFile, *, before: bool
) -> list[Insertion]:
    lines = list_file.document.lines
    at = beside.line - 1
    styled = [_styled(name, lines[at : at + 2]) for name in names]
    if before:
        while at and _ANCHOR.match(lines[at - 1]):
            at -= 1
        return [Insertion(at, tuple(line for heading in styled for line in (*heading, "")))]
    end = max(n for n in range(at, beside.section.stop) if n == at or lines[n].strip()) + 1
    new = tuple(line for heading in styled for line in ("", *heading))
    # The blank line that follows what stands there already serves the last heading too.
    return [Insertion(end, new)]


def _styled(name: str, model: tuple[str, ...]) -> tuple[str, ...]:
    """``name`` as a heading like the one that begins at ``model``."""
    found = _HEADING.match(model[0])
    if found:
        return (f"{found['marks'].lstrip(chr(0xFEFF))}{name}{found['closing'] or ''}",)
    underline = _UNDERLINE.match(model[1])
    mark = underline["mark"] if underline else "-"
    return (name, mark * max(3, len(name)))


def _contents_lines(
    names: tuple[str, ...], beside: Topic, list_file: ListFile, *, before: bool
) -> list[Insertion]:
    """Lines for the table of contents, if ``beside`` has one there."""
    lines = list_file.document.lines
    hidden = hidden_lines(lines)
    taken = {number for topic in list_file.topics for number in topic.section}
    for number, line in enumerate(lines):
        found = _CONTENTS.match(line) if "](#" in line else None
        if not found or number in taken or number in hidden:
            continue
        if topic_key(plain_label(found["label"])) != topic_key(beside.name):
            continue
        new = tuple(f"{found['before']}[{name}](#{slug(name)})" for name in names)
        if before:
            return [Insertion(number, new)]
        end = number + 1
        while end < len(lines) and _is_deeper(lines[end], found["before"]):
            end += 1
        return [Insertion(end, new)]
    return []


def _is_deeper(line: str, bullet: str) -> bool:
    indent = len(bullet) - len(bullet.lstrip())
    return bool(line.strip()) and len(line) - len(line.lstrip(" \t")) > indent
