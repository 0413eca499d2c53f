"""Links to headings: which anchor GitHub gives a heading, and who links there.

Two headings of one text get two anchors: the second ends in ``-1``. A link may
be Markdown or HTML, and may lead into another file of the same repository.
Knows no topics.

Source of the rule: GitHub Docs, "Basic writing and formatting syntax", section
links.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from pipeline.lists.grammar import parse_heading
from pipeline.lists.new_topic import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

_LINK_TEXT = re.compile(r"!?\[((?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\([^()\s]*\)")
_TAG = re.compile(r"<[^>]*>")
_MARKS = re.compile(r"[*`]|(?<![^\W_])_|_(?![^\W_])")
_TARGETS = re.compile(
    r"""(?P<before>\]\(<?|\bhref=["']|^[ ]{0,3}\[[^\]]+\]:[ \t]+<?)
        (?P<page>[^\s()<>"'#]*)\#(?P<anchor>[^\s()<>"']+)""",
    re.VERBOSE | re.IGNORECASE,
)
_SHOWN = re.compile(
    r"""\[(?P<markdown>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])*)\]\(<?(?P<to>[^\s()<>]*)
      | <a\b[^>]*\bhref=["'](?P<href>[^"']*)["'][^>]*>(?P<html>.*?)</a>""",
    re.VERBOSE | re.IGNORECASE,
)
_EMOJI = re.compile(r":[a-z0-9_+-]+:")
_ON_GITHUB = re.compile(
    r"https?://(?:www\.)?github\.com/(?P<repo>[^/]+/[^/]+)/(?:blob|tree|raw)/[^/]+/(?P<path>.+)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link to a heading leads.

    Attributes:
        page: Path of the file as written, "" for the file the link stands in.
        repository: "owner/name" in lower case for a whole address on GitHub, else "".
        anchor: The heading's anchor.
    """

    page: str
    repository: str
    anchor: str


def heading_anchors(lines: Sequence[str], hidden: Container[int]) -> dict[int, str]:
    """The anchor of every heading, by its 0-based line.

    Args:
        lines: The file's lines.
        hidden: Lines that are not shown (code, comments).
    """
    anchors: dict[int, str] = {}
    used: dict[str, int] = {}
    for number, line in enumerate(lines):
        text = line.lstrip("\ufeff").rstrip("\r")
        if number in hidden or not parse_heading(text):
            continue
        own = slug(_shown_text(text))
        anchor = own
        while anchor in used:
            used[own] += 1
            anchor = f"{own}-{used[own]}"
        used[anchor] = 0
        anchors[number] = anchor
    return anchors


def targets(line: str) -> tuple[Target, ...]:
    """The headings that a line links to."""
    return tuple(_target(found["page"], found["anchor"]) for found in _TARGETS.finditer(line))


def change_links(
    line: str,
    new_anchor: Callable[[Target], str | None],
    new_text: Callable[[Target, str], str],
) -> str:
    """``line`` with its links to headings led elsewhere.

    Args:
        line: One line.
        new_anchor: The anchor that a target has now; ``None`` leaves the link alone.
        new_text: Given such a target and what the link shows, what it shall show.
    """

    def shown(found: re.Match[str]) -> str:
        which = "markdown" if found["markdown"] is not None else "html"
        page, mark, anchor = (found["to"] or found["href"] or "").partition("#")
        target = _target(page, anchor)
        if not mark or new_anchor(target) is None:
            return found[0]
        start, stop = (place - found.start() for place in found.span(which))
        return found[0][:start] + new_text(target, found[which]) + found[0][stop:]

    def led(found: re.Match[str]) -> str:
        anchor = new_anchor(_target(found["page"], found["anchor"]))
        if anchor is None:
            return found[0]
        written = quote(anchor) if "%" in found["anchor"] else anchor
        return f"{found['before']}{found['page']}#{written}"

    if "#" not in line:
        return line
    return _TARGETS.sub(led, _SHOWN.sub(shown, line))


def only_links(line: str) -> bool:
    """Whether a line shows nothing but links."""
    rest = _EMOJI.sub("", _SHOWN.sub("", line))
    return _SHOWN.search(line) is not None and not any(char.isalnum() for char in rest)


def _target(page: str, anchor: str) -> Target:
    on_github = _ON_GITHUB.fullmatch(page)
    if on_github:
        return Target(unquote(on_github["path"]), on_github["repo"].lower(), unquote(anchor))
    return Target(unquote(page).removeprefix("./"), "", unquote(anchor))


def _shown_text(heading: str) -> str:
    """A heading's text as GitHub makes its anchor of it: no marks, no tags, links as text."""
    text = heading.strip().lstrip("#").strip()
    text = re.sub(r"[ \t]+#+$", "", text)
    text = _TAG.sub("", _LINK_TEXT.sub(lambda found: "" if found[0][0] == "!" else found[1], text))
    return _MARKS.sub("", text).strip()
