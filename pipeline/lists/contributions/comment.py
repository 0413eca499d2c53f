"""A judged contribution as one kind Markdown comment on a pull request.

Everything that a contributor wrote is shown inside code, where GitHub makes
neither links nor mentions of it; links are built from arXiv identifiers only.
Posts nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url
from pipeline.lists.contributions.corrected import AUTHORS, DIGEST, KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipeline.lists.contributions.belonging import Belonging
    from pipeline.lists.contributions.judged import Contribution, Judged
    from pipeline.lists.entry import Entry
    from pipeline.lists.rules import Finding

MARKER = "<!-- shortlist: contribution -->"
"""First line of the comment, by which it is found again and replaced."""
MOST_CHARACTERS = 60_000
"""GitHub takes 65,536."""
_MOST_OF_AN_ENTRY = 15_000
_MOST_OF_A_TITLE = 120
_MOST_NAMED = 5
_MOST_OF_A_SENTENCE = 300
_ROOM = 600
"""Characters kept for the comment's last lines."""
_PLACEHOLDERS = {
    AUTHORS: "  - FIRST AUTHOR, SECOND AUTHOR.",
    KEYWORDS: "  - Key Word: FIRST KEY WORD; SECOND KEY WORD.",
    DIGEST: "  - <details><summary>Digest</summary> TWO TO FOUR SENTENCES IN YOUR WORDS.</details>",
}
_SAID = {
    "bracket-slip": "The brackets of a link are a little mixed up: `[[paper]](address)`.",
    "double-bullet": "There is one bullet too many before the title.",
    "version-suffix": "The link to arXiv works best without a version (`v1`).",
    "http-link": "The link begins with `http://`; the list uses `https://`.",
    "pdf-link": "The list links to the abstract page (`/abs/`), not to the PDF.",
    "missing-authors": "The line with the authors is missing.",
    "missing-keywords": "The line with the key words is missing.",
    "missing-digest": "The digest is missing.",
    "trailing-blanks": "There are blanks at the end of a line.",
    "wrong-place": "It stands a little out of the list's order, newest first.",
}
"""What some rules are called here; of all others the finding's own words are shown."""
_QUOTED = re.compile(r"“[^“”]*”|(?<!\w)'[^']*'(?!\w)|(?<!\w)\"[^\"]*\"(?!\w)")
_NEUTRAL = re.compile(
    r"[^\w ,;:.!?()'’“”/-]|_|(?<=[/:])/|\bwww\.|:(?=\w)|\b-(?=\d)|\b[0-9a-f]{7,}\b"
)
"""What GitHub might make more of than words."""


def contribution_comment(contribution: Contribution, *, base: Path) -> str:
    """The comment: at most :data:`MOST_CHARACTERS`, with what was left out counted.

    Args:
        contribution: What was judged.
        base: Folder that paths are shown relative to.
    """
    to_change = [judged for judged in contribution.judged if judged.findings]
    parts = [f"{MARKER}\n{_greeting(contribution, to_change)}"]
    parts += _about_all(contribution, base)
    blocks = [_about_one(judged, base) for judged in to_change]
    room = MOST_CHARACTERS - _ROOM - sum(_length(part) + 2 for part in parts)
    left_out = 0
    for block in blocks:
        room -= _length(block) + 2
        if room < 0 or left_out:
            left_out += 1
        else:
            parts.append(block)
    if left_out:
        more = "entry is" if left_out == 1 else "entries are"
        parts.append(f"{left_out} more {more} not shown here, lest this become too long.")
    if to_change:
        parts.append("Whatever you change, this comment follows. Thank you for your care!")
    return "\n\n".join(parts) + "\n"


def in_code(text: str, *, most: int = _MOST_OF_A_TITLE) -> str:
    """``text`` as inline code: GitHub links, mentions and renders nothing in it."""
    shown = "".join(c if _is_plain(c) else "\N{REPLACEMENT CHARACTER}" for c in text)
    shown = " ".join(shown.split()) or "\N{REPLACEMENT CHARACTER}"
    if len(shown) > most:
        shown = f"{shown[: most - 1].rstrip()}…"
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def fenced(lines: Sequence[str]) -> str:
    """``lines`` as a code block whose fence none of them can close."""
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in lines))
    return "\n".join([f"{fence}markdown", *lines, fence])


def _greeting(contribution: Contribution, to_change: Sequence[Judged]) -> str:
    entries = contribution.judged
    added = sum(judged.status != "changed" for judged in entries)
    does = [f"adds {_count(added, 'entry', 'entries')}"] if added else []
    if len(entries) > added:
        does.append(f"changes {_count(len(entries) - added, 'entry', 'entries')}")
    if contribution.moved:
        does.append(f"moves {_count(contribution.moved, 'entry', 'entries')}")
    if not does and not contribution.findings:
        return (
            "Thank you for your contribution! It touches no entry of the list, so there is"
            " nothing for me to check."
        )
    opening = "Thank you for your contribution!"
    if does:
        opening += f" It {' and '.join(does)}."
    if not contribution.findings:
        compared = [judged for judged in entries if judged.compared]
        told = " and agrees with arXiv" if entries and len(compared) == len(entries) else ""
        return f"{opening} All is just as it should be{told}."
    fine = len(entries) - len(to_change)
    if not to_change:
        return f"{opening} There is something to look at before it goes in."
    ready = f" {_count(fine, 'is', 'are')} just right." if fine else ""
    who = "it" if len(to_change) == 1 else "them"
    if fine:
        who = "the other" if len(to_change) == 1 else f"the other {len(to_change)}"
    return (
        f"{opening}{ready} Below is what would help {who} match the rest of the list,"
        " with the text ready to copy."
    )


def _about_all(contribution: Contribution, base: Path) -> list[str]:
    """What is said of the whole: removals, new topics, headings."""
    parts = []
    removed = len(contribution.removed)
    if removed:
        named = [f"- {_name(entry)}" for _, entry in contribution.removed[:_MOST_NAMED]]
        if removed > _MOST_NAMED:
            named.append(f"- and {removed - _MOST_NAMED} more")
        parts.append(
            f"This pull request removes {_count(removed, 'entry', 'entries')} that the list has."
            " If that is not on purpose, please put"
            f" {'it' if removed == 1 else 'them'} back:\n\n" + "\n".join(named)
        )
    if contribution.topics:
        names = ", ".join(in_code(name) for _, name in contribution.topics[:_MOST_NAMED])
        more = len(contribution.topics) - _MOST_NAMED
        names += f" and {more} more" if more > 0 else ""
        parts.append(
            f"It adds {_count(len(contribution.topics), 'topic', 'topics')} ({names});"
            " the maintainers will say what they think of that."
        )
    if contribution.others:
        lines = [
            f"- {_where(f.path, f.line, base)}: {_sentence(f)}"
            for f in contribution.others[:_MOST_NAMED]
        ]
        more = len(contribution.others) - _MOST_NAMED
        lines += [f"- and {more} more"] if more > 0 else []
        parts.append("Also worth a look:\n\n" + "\n".join(lines))
    return parts


def _about_one(judged: Judged, base: Path) -> str:
    """One entry: what to change, the corrected text, and where it belongs."""
    heading = f"**{in_code(judged.title)}** ({_where(judged.path, judged.line, base)})"
    twice = [finding for finding in judged.findings if finding.rule == "duplicate-paper"]
    if twice:
        said = "\n".join(f"- {_sentence(finding)}" for finding in twice)
        return f"{heading}\n\n{said}\n\nSo there is nothing to add here."
    said = "\n".join(dict.fromkeys(f"- {_sentence(finding)}" for finding in judged.findings))
    parts = [heading, said]
    parts += _corrected_text(judged)
    if judged.status != "changed" or any(f.rule == "wrong-place" for f in judged.findings):
        where = _belongs(judged)
        if where:
            parts.append(where)
    return "\n\n".join(parts)


def _corrected_text(judged: Judged) -> list[str]:
    """The corrected entry ready to copy, if it is not what stands there already."""
    parts: list[str] = []
    rules = {finding.rule for finding in judged.findings}
    corrected = judged.corrected
    if corrected is None:
        return parts
    if "arxiv-id" in rules and not corrected.is_sure:
        parts.append("Please look which paper is meant, and give it its own link.")
    lines = _in_order([*corrected.lines, *(_PLACEHOLDERS[part] for part in corrected.missing)])
    if not corrected.lines or lines == list(judged.lines):
        return parts
    block = fenced(lines)
    if _length(block) > _MOST_OF_AN_ENTRY:
        return [*parts, "The corrected entry is too long to be shown here."]
    fill = " (the words in capitals are yours to fill in)" if corrected.missing else ""
    return [*parts, f"This would be it{fill}:", block]


def _in_order(lines: Sequence[str]) -> list[str]:
    """The lines of an entry with placeholders among them: authors, key words, digest."""

    def rank(line: str) -> int:
        if not line.startswith("  "):
            return 0
        if line.startswith("  - Key Word:"):
            return 2
        if line.startswith(("  - <details><summary>Digest", "  - Digest:")):
            return 3
        return 1

    return sorted(lines, key=rank)


def _belongs(judged: Judged) -> str:
    belongs = judged.belongs
    if judged.status == "unread" and belongs is None:
        return "Please choose one of the list's topics for it."
    misplaced = {"wrong-place", "wrong-file", "no-topic", "not-an-entry"}
    if belongs is None:
        return ""
    place = _place(belongs)
    if judged.status != "unread" and not misplaced & {f.rule for f in judged.findings}:
        return "Its place is right."
    return f"It belongs under {place}."


def _place(belongs: Belonging) -> str:
    group = f", {in_code(belongs.group)}" if belongs.group else ""
    place = f"{in_code(belongs.topic)}{group}"
    if belongs.new_year is not None:
        return f"{place}, in a group of its own for {belongs.new_year}"
    if belongs.before is not None:
        return f"{place}, right before {_name(belongs.before)}"
    if belongs.after is not None:
        return f"{place}, right after {_name(belongs.after)}"
    return place


def _sentence(finding: Finding) -> str:
    if finding.rule in _SAID:
        return _SAID[finding.rule]
    text = _neutral(finding.message)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def _neutral(text: str) -> str:
    """A finding's words: what it quotes, and what is no plain prose, as code."""
    pieces, done = [], 0
    for quoted in _QUOTED.finditer(text):
        if quoted[0][1:-1].strip():
            pieces += [_prose(text[done : quoted.start()]), in_code(quoted[0][1:-1])]
            done = quoted.end()
    return _joined([*pieces, _prose(text[done:])])


def _joined(pieces: Iterable[str]) -> str:
    """One text; two spans of code that meet keep apart, lest they become one."""
    text = ""
    for piece in pieces:
        text += f" {piece}" if text.endswith("`") and piece.startswith("`") else piece
    return text


def _prose(text: str) -> str:
    """Plain words as they are; from the first mark that GitHub might take for more, as code."""
    ticked = re.split(r"(`[^`]*`)", text) if text.count("`") % 2 == 0 else [text]
    return _joined(
        in_code(part[1:-1]) if re.fullmatch("`[^`]*[^` ][^`]*`", part) else _plain(part)
        for part in ticked
    )


def _plain(text: str) -> str:
    if len(text) <= _MOST_OF_A_SENTENCE and not _NEUTRAL.search(text):
        return text
    head, colon, tail = text.partition(": ")
    if colon and not _NEUTRAL.search(head):
        return f"{head}: {in_code(tail)}"
    lead = text[: len(text) - len(text.lstrip())]
    return f"{lead}{in_code(text)}" if text.strip() else text


def _name(entry: Entry) -> str:
    """An entry by its title, with a link that is built from its identifier."""
    link = f" ([{entry.arxiv_id}]({abs_url(entry.arxiv_id)}))" if entry.arxiv_id else ""
    return f"{in_code(entry.title)}{link}"


def _where(path: Path, line: int, base: Path) -> str:
    shown = path.relative_to(base) if path.is_relative_to(base) else path.name
    return f"{in_code(str(shown))}, line {line}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _length(text: str) -> int:
    """Characters as GitHub may count them: one beyond the first plane counts twice."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_plain(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
