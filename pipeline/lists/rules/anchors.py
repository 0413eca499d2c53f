"""The headings of a file with their anchors, and a rule about links to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pipeline.lists.anchors import heading_anchors
from pipeline.lists.grammar import parse_heading
from pipeline.lists.headings import hidden_lines
from pipeline.lists.new_topic import slug
from pipeline.lists.rules.example import changed
from pipeline.lists.rules.finding import Finding, Lists, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists.reader import ListFile

# All runs are bounded, so that no line takes longer than its length.
_LINK = re.compile(
    r"\[(?P<label>(?:[^\[\]]|\[[^\[\]]{0,100}\]){0,300})\]\((?P<url>[^()\s]{0,1000})\)"
)
_HREF = re.compile(
    r"<a\s[^<>]{0,300}?href\s?=\s?[\"'](?P<url>[^\"'<>]{0,1000})[\"']", re.IGNORECASE
)
_ANCHOR_TAG = re.compile(
    r"<[a-z][a-z0-9]{0,10}\s[^<>]{0,300}?\b(?:id|name)\s?=\s?[\"'](?P<name>[^\"'<>]{1,300})[\"']",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?[a-z][^<>]{0,1000}>|<!--.{0,1000}?-->", re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h[1-6][^<>]{0,300}>(?P<text>.{0,300}?)</h[1-6]>", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t\r]*")
_CODE = re.compile(r"(?<!`)(`{1,9})(?!`).{0,1000}?(?<!`)\1(?!`)")
_ALWAYS_THERE = frozenset({"", "top", "readme"})
"""Fragments that browsers and GitHub know without a heading."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 0-based line, level, text without marks, and its anchor."""

    line: int
    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A link to a heading.

    Attributes:
        line: 0-based.
        label: Its text, "" for an HTML link.
        file: As in the link, "" for the same file.
        anchor: What follows the ``#``.
    """

    line: int
    label: str
    file: str
    anchor: str


def find_headings(file: ListFile) -> list[Heading]:
    """The headings of a file, in its order, outside code and comments."""
    lines = file.document.lines
    found = []
    for number, anchor in heading_anchors(lines, hidden_lines(lines)).items():
        heading = parse_heading(lines[number].lstrip("\ufeff").removesuffix("\r"))
        if heading:
            found.append(Heading(number, heading.level, heading.text, anchor))
    return found


def find_references(file: ListFile) -> list[Reference]:
    """Links to headings, outside entries, code and comments."""
    lines = file.document.lines
    passed = set(hidden_lines(lines)) | {n for span in file.spans for n in span}
    found = []
    for number, line in enumerate(lines):
        if number in passed or "#" not in line or not ("](" in line or "<a" in line.lower()):
            continue
        text = _CODE.sub("", line)
        places = [(m["label"], m["url"]) for m in _LINK.finditer(text)]
        places += [("", m["url"]) for m in _HREF.finditer(text)]
        for label, url in places:
            target, mark, fragment = url.partition("#")
            if mark and not fragment.startswith(":~:"):
                found.append(Reference(number, label, target, unquote(fragment)))
    return found


def _dead_anchors(lists: Lists) -> Iterator[Finding]:
    known = {file.document.path: _anchors(file) for file in lists.files}
    for file in lists.files:
        for reference in find_references(file):
            target = _target(reference.file, file, lists)
            if target is None:
                continue
            anchor = loose_anchor(reference.anchor)
            if anchor not in known[target.document.path]:
                yield Finding(
                    rule="dead-anchor",
                    path=file.document.path,
                    line=reference.line + 1,
                    message=f"no heading of {target.document.path.name} has the anchor "
                    f"#{reference.anchor}",
                )


def _anchors(file: ListFile) -> set[str]:
    """Every anchor of a file, and those that GitHub knows by itself."""
    names = set(_ALWAYS_THERE)
    for heading in find_headings(file):
        names |= {loose_anchor(heading.anchor), loose_anchor(slug(heading.text))}
    lines = file.document.lines
    for number, line in enumerate(lines):
        if "<" in line:
            names |= {loose_anchor(found["name"]) for found in _ANCHOR_TAG.finditer(line)}
            names |= {
                loose_anchor(slug(_TAG.sub("", m["text"]))) for m in _HTML_HEADING.finditer(line)
            }
        if number and _UNDERLINE.fullmatch(line):
            names.add(loose_anchor(slug(lines[number - 1])))
    return names


def loose_anchor(anchor: str) -> str:
    """An anchor without case, and without the hyphens that emoji and badges leave at its ends."""
    return anchor.casefold().removeprefix("user-content-").strip("-")


def _target(name: str, file: ListFile, lists: Lists) -> ListFile | None:
    """The file a link goes to, ``None`` if it is none of the list's.

    An address on GitHub counts if its file has the name of another list file;
    every repository has a README, so a link to one says nothing.
    """
    if not name:
        return file
    on_github = re.fullmatch(r"https://github\.com/[^/]+/[^/]+/blob/[^/]+/(?P<path>[^?#]+)", name)
    path = on_github["path"] if on_github else name.removeprefix("./")
    if "/" in path or path.casefold() == "readme.md":
        return None
    return next((f for f in lists.files if f.document.path.name == unquote(path)), None)


RULES = (
    Rule(
        name="dead-anchor",
        summary="A link goes to a heading that does not exist, by GitHub's rule for anchors.",
        bad=changed(("# A List\n", "# A List\n\nNew: [robustness](#robustness).\n")),
        good=changed(("# A List\n", "# A List\n\nNew: [fairness](#fairness).\n")),
        check=_dead_anchors,
    ),
)
