"""The fields of an entry as a small text that a person changes in an editor, and back.

::

    Title: Private Things
    Authors: Ann Author, Bob Writer
    Venue: ICLR 2022
    Key words: Differential Privacy; Auditing
    Digest: Things are kept private.
    Link paper: https://arxiv.org/abs/2205.00002
    Topic: Privacy

A field goes on until the next one begins, so that a digest may be wrapped. Lines before the first
field are remarks. A field that is taken out stays as it was; one that is emptied is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.records import EntryEdit
from pipeline.errors import EntryEditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.review.card import DraftedEntry

FIELDS = ("Title", "Authors", "Venue", "Key words", "Digest", "Topic")
_FIELD = re.compile(
    r"(?P<name>title|authors|venue|key words|digest|topic|link(?: (?P<label>[^:]*))?)[ \t]*:"
    r"(?P<value>.*)",
    re.IGNORECASE,
)
_REMARKS = (
    "Change the entry as it will stand in the list, then save and close the editor.",
    "Key words are parted by semicolons. Each link has a line: Link LABEL: ADDRESS.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What a person typed: the edit, and the topic ("" to keep it)."""

    edit: EntryEdit
    topic: str


def entry_text(entry: DraftedEntry, *, topics: Sequence[str]) -> str:
    """The text of an entry, with what may be typed as remarks above it."""
    fields = [
        ("Title", entry.title),
        ("Authors", entry.authors),
        ("Venue", entry.venue),
        ("Key words", "; ".join(entry.keywords)),
        ("Digest", entry.digest),
        *((f"Link {label}", address) for label, address in entry.links),
        ("Topic", entry.topic),
    ]
    remarks = [*_REMARKS, f"Topics: {'; '.join(topics)}"]
    lines = [f"{name}: {_one_line(value)}".rstrip() for name, value in fields]
    return with_remarks("\n".join(lines) + "\n", remarks)


def with_remarks(text: str, remarks: Iterable[str]) -> str:
    """``text`` with other remarks above its first field; all else stays as it was typed."""
    lines = text.split("\n")
    first = next((at for at, line in enumerate(lines) if _FIELD.match(line)), 0)
    above = [f"# {_one_line(remark)}" for remark in remarks]
    return "\n".join([*above, "", *lines[first:]])


def read_entry_text(text: str, *, before: DraftedEntry) -> Typed | None:
    """What was typed; ``None`` if the text was emptied, which gives the edit up.

    Raises:
        EntryEditError: Text stands where no field is, or a field stands twice.
    """
    if not text.strip():
        return None
    found = _fields(text)
    links = tuple((name[1], value) for name, value in found if name[0] == "link" and value)
    values: dict[str, str] = {}
    for (name, _), value in found:
        if name == "link":
            continue
        if name in values:
            raise EntryEditError(f"the field {name} stands twice", hint="keep one of them")
        values[name] = value
    keywords = values.get("key words")
    edit = EntryEdit(
        title=values.get("title", before.title),
        authors=values.get("authors", before.authors),
        venue=values.get("venue", before.venue),
        keywords=before.keywords if keywords is None else split_keywords(keywords),
        digest=values.get("digest", before.digest),
        links=links or before.links,
    )
    return Typed(edit=edit, topic=values.get("topic", ""))


def split_keywords(text: str) -> tuple[str, ...]:
    """Key words as they are typed in one line."""
    return tuple(word for part in text.split(";") if (word := part.strip()))


def _fields(text: str) -> list[tuple[tuple[str, str], str]]:
    """Name and label of each field with its text on one line, in order."""
    found: list[tuple[tuple[str, str], list[str]]] = []
    for number, line in enumerate(text.split("\n"), 1):
        field = _FIELD.match(line)
        if field:
            label = (field["label"] or "").strip()
            name = "link" if field["name"].casefold().startswith("link") else field["name"]
            found.append(((name.casefold(), label), [field["value"]]))
        elif found:
            found[-1][1].append(line)
        elif line.strip() and not line.startswith("#"):
            raise EntryEditError(
                f"line {number} belongs to no field: {line[:60]!r}",
                hint=f"begin with one of {', '.join(FIELDS)} or Link",
            )
    return [(name, _one_line(" ".join(lines))) for name, lines in found]


def _one_line(text: str) -> str:
    return " ".join(text.split())
