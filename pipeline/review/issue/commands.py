"""Commands in a comment: ``/approve 2302.06637 privacy`` and its kin, one a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.arxiv_id import parse_arxiv_id

Name = Literal["approve", "reject", "later", "topic", "undo", "help"]

HELP = (
    "Commands, one a line:\n\n"
    "- `/approve 2302.06637` or `/approve 2302.06637 privacy` (the beginning of a topic is"
    " enough)\n"
    "- `/reject 2302.06637` or `/reject 2302.06637 why`\n"
    "- `/later 2302.06637`\n"
    "- `/topic 2302.06637 fairness`\n"
    "- `/undo 2302.06637`\n"
)
MOST_COMMANDS = 50
"""Commands that one comment may hold."""

_LINE = re.compile(r"/(?P<name>[A-Za-z]{1,30})(?:[ \t]+(?P<rest>.*))?")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NAMES: dict[str, Name] = {
    "approve": "approve",
    "add": "approve",
    "reject": "reject",
    "later": "later",
    "defer": "later",
    "topic": "topic",
    "undo": "undo",
    "help": "help",
}
_MOST_OF_A_LINE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command about one paper.

    Attributes:
        line: As it was typed.
        name: What to do; "help" also where the command is not known.
        arxiv_id: The paper, "" where none is named.
        text: Topic or reason, "" for none.
        problem: Why it cannot be carried out, or "".
    """

    line: str
    name: Name
    arxiv_id: str = ""
    text: str = ""
    problem: str = ""


def find_commands(comment: str) -> tuple[Command, ...]:
    """The commands of a comment, in order; none where nobody commands anything.

    A command begins its line. What is quoted, indented or stands in a block of code is none.
    Several papers in one line are several commands.
    """
    found: list[Command] = []
    for line in _prose(comment):
        matched = _LINE.fullmatch(line.rstrip())
        if matched:
            found += _read(line.strip()[:_MOST_OF_A_LINE], matched["name"], matched["rest"] or "")
    return tuple(found[:MOST_COMMANDS])


def _read(line: str, typed: str, rest: str) -> list[Command]:
    name = _NAMES.get(typed.casefold())
    if name is None:
        return [Command(line=line, name="help", problem=f"there is no command /{typed}")]
    if name == "help":
        return [Command(line=line, name="help")]
    words = rest[:_MOST_OF_A_LINE].split()
    ids: list[str] = []
    while words and (arxiv_id := parse_arxiv_id(words[0].strip("`,<>"))):
        ids.append(arxiv_id)
        words = words[1:]
    text = " ".join(words).strip('"“”`')
    if not ids:
        said = f"{words[0]} is no arXiv identifier" if words else "the identifier is missing"
        return [Command(line=line, name=name, problem=said)]
    if name == "topic" and not text:
        return [Command(line=line, name=name, arxiv_id=ids[0], problem="the topic is missing")]
    return [Command(line=line, name=name, arxiv_id=each, text=text) for each in dict.fromkeys(ids)]


def _prose(comment: str) -> list[str]:
    lines: list[str] = []
    fence = ""
    for line in comment.replace("\r\n", "\n").split("\n"):
        begins = _FENCE.match(line)
        if not fence and begins:
            fence = begins[1]
        elif fence and begins and begins[1].startswith(fence):
            fence = ""
        elif not fence:
            lines.append(line)
    return lines
