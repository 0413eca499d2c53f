"""The topics of a list's files, and the edits that rename one or merge two.

A topic's name stands in its heading, in the headings of its year groups, in
the table of contents and in links from file to file; a rename changes all of
them and nothing else. A merge moves the entries as they stand. Each edit is
proved before it is handed out. Writes nothing itself.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import EditError
from pipeline.lists.grammar import parse_heading, parse_year_label, plain_label
from pipeline.lists.headings import hidden_lines, topic_key
from pipeline.lists.upkeep.moving import topic_in
from pipeline.lists.upkeep.topic_edits import merge_sections, rename_headings, untouched
from pipeline.lists.upkeep.topic_links import follow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic
    from pipeline.lists.writer import FileEdit

LONGEST_NAME = 100
"""Most characters of a topic's new name: more is no heading, but a sentence."""

_NO_NAME = re.compile(r"[\[\]<>*`|\\{}~^$]|&#?\w+;|://|^[-+>#=\s]|^\d+[.)]\s|[#:]$|:[\w+-]+:")
"""What GitHub would not show as typed in a heading, or what would make it another thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPlace:
    """A topic as one file has it: its name there, 1-based line, entries and years."""

    name: str
    line: int
    entries: int
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicRow:
    """One topic in every file; ``None`` where it is missing."""

    name: str
    places: tuple[TopicPlace | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPlan:
    """What a rename or a merge would do.

    Attributes:
        old: The topic's name as its heading spells it.
        new: The name it gets, or that of the topic which takes it in.
        entries: How many entries stand under it.
        edits: One for each file that changes.
    """

    old: str
    new: str
    entries: int
    edits: tuple[FileEdit, ...]


def compare_topics(files: Sequence[ListFile], aliases: Mapping[str, str]) -> tuple[TopicRow, ...]:
    """The topics of all files side by side, in the files' order.

    Args:
        files: The list's files.
        aliases: Other names of topics, in either direction.
    """
    rows: list[TopicRow] = []
    met: set[tuple[int, str]] = set()
    for number, file in enumerate(files):
        for topic in file.topics:
            if (number, topic.name) in met:
                continue
            names = {
                other: topic.name if other == number else topic_in(each, topic.name, aliases)
                for other, each in enumerate(files)
            }
            here = {other: name for other, name in names.items() if name}
            places = tuple(
                _place(here[other], each)
                if other in here and (other, here[other]) not in met
                else None
                for other, each in enumerate(files)
            )
            met |= set(here.items())
            rows.append(TopicRow(name=topic.name, places=places))
    return tuple(rows)


def plan_rename(files: Sequence[ListFile], old: str, new: str) -> TopicPlan:
    """The edits that give the topic ``old`` the name ``new`` in every file that has it.

    Raises:
        EditError: There is no such topic, the name is taken or cannot be a
            heading, or the edit could not be proved.
    """
    name = check_name(new)
    source = find_topic(files, old).name
    _refuse_taken(files, source, name)
    drafts = [
        rename_headings(file, source, name) if topic_named(file, source) else untouched(file)
        for file in files
    ]
    return TopicPlan(
        old=source, new=name, entries=_count(files, source), edits=follow(drafts, source, name)
    )


def plan_merge(files: Sequence[ListFile], source: str, target: str) -> TopicPlan:
    """The edits that put the entries of the topic ``source`` under ``target``.

    A file that has only ``source`` gets its heading renamed.

    Raises:
        EditError: One of them is no topic, both are the same, the section holds
            what is no entry, or the edit could not be proved.
    """
    old, new = find_topic(files, source).name, find_topic(files, target).name
    if topic_key(old) == topic_key(new):
        raise EditError(f"{old!r} and {new!r} are the same topic")
    drafts = []
    for file in files:
        here, there = topic_named(file, old), topic_named(file, new)
        if here and there:
            drafts.append(merge_sections(file, here, there))
        else:
            drafts.append(rename_headings(file, old, new) if here else untouched(file))
    return TopicPlan(old=old, new=new, entries=_count(files, old), edits=follow(drafts, old, new))


def topic_named(file: ListFile, name: str) -> Topic | None:
    """The file's topic of that name, however it is spelled."""
    key = topic_key(name)
    return next((topic for topic in file.topics if topic_key(topic.name) == key), None)


def find_topic(files: Sequence[ListFile], name: str) -> Topic:
    """The topic of that name in the first file that has it.

    Raises:
        EditError: None has; the nearest are named.
    """
    for file in files:
        found = topic_named(file, name)
        if found:
            return found
    names = {topic_key(topic.name): topic.name for file in files for topic in file.topics}
    near = difflib.get_close_matches(topic_key(name), names, n=3, cutoff=0.4)
    known = [names[key] for key in near] or list(names.values())
    raise EditError(
        f"the list has no topic {name!r}",
        hint=f"{'nearest' if near else 'its topics'}: {', '.join(known)}",
    )


def check_name(name: str) -> str:
    """``name`` as a topic's heading, blanks collapsed.

    Raises:
        EditError: GitHub would show it otherwise than typed, or it would be no topic.
    """
    text = " ".join(name.split(" ")).strip()
    text = re.sub(" +", " ", text)
    hidden = next((c for c in text if unicodedata.category(c)[0] in "CZ" and c != " "), "")
    problem = ""
    if not any(char.isalnum() for char in text):
        problem = "has no letter or digit"
    elif hidden:
        problem = f"holds U+{ord(hidden):04X}, which cannot be seen"
    elif len(text) > LONGEST_NAME:
        problem = f"is longer than {LONGEST_NAME} characters"
    elif parse_year_label(text):
        problem = "would be read as the heading of a year"
    elif (found := _NO_NAME.search(text)) or plain_label(text) != text:
        problem = f"holds {(found[0] if found else text)!r}, which Markdown would take for a mark"
    if problem:
        raise EditError(f"{text[:60]!r} cannot be a topic: it {problem}", hint="use plain words")
    return text


def _refuse_taken(files: Sequence[ListFile], old: str, new: str) -> None:
    if topic_key(old) == topic_key(new):
        return
    for file in files:
        taken = topic_named(file, new)
        if taken:
            raise EditError(
                f"{file.document.path.name}:{taken.line}: there is a topic {taken.name!r} already",
                hint=f"`shortlist lists topics merge` puts {old!r} under it",
            )
        lines = file.document.lines
        hidden = hidden_lines(lines)
        for number, line in enumerate(lines):
            heading = parse_heading(line.rstrip("\r")) if number not in hidden else None
            if heading and topic_key(heading.text) == topic_key(new):
                raise EditError(
                    f"{file.document.path.name}:{number + 1}: there is a heading"
                    f" {heading.text!r} already",
                    hint="choose another name",
                )


def _count(files: Sequence[ListFile], name: str) -> int:
    key = topic_key(name)
    return sum(topic_key(entry.topic) == key for file in files for entry in file.entries)


def _place(name: str, file: ListFile) -> TopicPlace:
    topic = next(topic for topic in file.topics if topic.name == name)
    return TopicPlace(
        name=name,
        line=topic.line,
        entries=sum(entry.topic == name for entry in file.entries),
        years=tuple(dict.fromkeys(group.year for group in topic.years)),
    )
