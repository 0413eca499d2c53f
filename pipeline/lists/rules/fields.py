"""Rules about the parts of an entry: each is there, and begins and ends as it should."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.lists.grammar import parse_bullet, strip_keywords_label
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.finding import Finding, Lists, Rule
from pipeline.lists.writer import DigestForm, convention

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipeline.lists.reader import ListFile

_LABEL = re.compile(r"[\s*+_-]*(?P<label>key[\s-]*wor[dk]s?)", re.IGNORECASE)
_HOUSE_LABEL = "Key Word"
_PROPER_LABELS = frozenset({"Key Word", "Key Words", "Keyword", "Keywords"})
_ESTABLISHED = 10
"""Uses from which a list's own proper spelling of the label counts instead of the house's."""
_KEYWORD_WORDS = 12
"""Words from which a key word is a sentence: the longest other one of the reference list has 5."""
_OPEN_DETAILS = re.compile(r"<details\b", re.IGNORECASE)
_CLOSE_DETAILS = re.compile(r"</details>", re.IGNORECASE)


def _missing(part: str, named: str) -> Callable[[Lists], Iterable[Finding]]:
    def check(lists: Lists) -> Iterator[Finding]:
        for file, entry, _ in lists.entries():
            if not getattr(entry, part):
                wordy = any(len(word.split()) > _KEYWORD_WORDS for word in entry.keywords)
                more = " (its key words read like one)" if wordy and part == "digest" else ""
                yield Finding(
                    rule=f"missing-{part}",
                    path=file.document.path,
                    line=entry.line,
                    message=f"no {named}{more}: {entry.title}",
                    entry=entry,
                )

    return check


def _remarks(lists: Lists) -> Iterator[Finding]:
    for file in lists.files:
        below = -1
        for remark in file.remarks:
            # The lines under what is no entry would each be told of again.
            bullet = parse_bullet(file.document.lines[remark.line - 1])
            if remark.line == below and bullet and bullet.indent > 1:
                below += 1
                continue
            below = remark.line + 1
            yield Finding(
                rule="not-an-entry",
                path=file.document.path,
                line=remark.line,
                message=remark.problem,
            )


def keyword_lines(file: ListFile, span: range) -> Iterator[tuple[int, str]]:
    """An entry's key-word lines: 0-based number, and text without carriage return."""
    for number in span[1:]:
        line = file.document.lines[number].removesuffix("\r")
        bullet = parse_bullet(line)
        if bullet and strip_keywords_label(bullet.text) is not None:
            yield number, line


def _labels(lists: Lists) -> Iterator[Finding]:
    used = Counter(
        _label(line)[0]
        for file, _, span in lists.entries()
        for _, line in keyword_lines(file, span)
    )
    proper = {label: count for label, count in used.items() if label in _PROPER_LABELS}
    wanted = max(proper, key=lambda label: proper[label], default=_HOUSE_LABEL)
    if used[wanted] < _ESTABLISHED:
        wanted = _HOUSE_LABEL
    for file, entry, span in lists.entries():
        for number, line in keyword_lines(file, span):
            label, start = _label(line)
            if label != wanted:
                yield Finding(
                    rule="keyword-label",
                    path=file.document.path,
                    line=number + 1,
                    message=f"{label!r} where the list says {wanted!r}",
                    fix=line[:start] + wanted + line[start + len(label) :],
                    entry=entry,
                )


def _label(line: str) -> tuple[str, int]:
    """The label of a key-word line as written, and where it starts."""
    found = _LABEL.match(line)
    return (found["label"], found.start("label")) if found else (_HOUSE_LABEL, 0)


def _unclosed(lists: Lists) -> Iterator[Finding]:
    closes = {file.document.path: convention(file) is DigestForm.CLOSED for file in lists.files}
    for file, entry, span in lists.entries():
        if not closes[file.document.path]:
            continue
        items = [n for n in span if parse_bullet(file.document.lines[n])] + [span.stop]
        for start, stop in pairwise(items):
            lines = [file.document.lines[n].removesuffix("\r") for n in range(start, stop)]
            opened = [_count(_OPEN_DETAILS, line) for line in lines]
            left_open = sum(opened) - sum(_count(_CLOSE_DETAILS, line) for line in lines)
            if left_open > 0:
                one_line = left_open == 1 and not any(line.strip() for line in lines[1:])
                yield Finding(
                    rule="unclosed-details",
                    path=file.document.path,
                    line=start + 1 + next(n for n, count in enumerate(opened) if count),
                    message="<details> is never closed, as it is in the list's newest entries",
                    fix=lines[0].rstrip(" \t") + "</details>" if one_line else "",
                    entry=entry,
                )


def _count(pattern: re.Pattern[str], line: str) -> int:
    return len(pattern.findall(line))


_DIGEST = "  - <details><summary>Digest</summary> Older things are kept private.</details>\n"

RULES = (
    Rule(
        name="not-an-entry",
        summary="A line in a topic looks like an entry and cannot be read as one.",
        bad=changed(("[[paper]](https://arxiv.org/abs/2203.00003)", "[[paper]]")),
        good=SOUND,
        check=_remarks,
    ),
    Rule(
        name="missing-authors",
        summary="An entry names no authors.",
        bad=changed(("  - Bob Writer.\n", "")),
        good=SOUND,
        check=_missing("authors", "authors"),
    ),
    Rule(
        name="missing-keywords",
        summary="An entry has no key words.",
        bad=changed(("  - Key Word: Auditing; Shadow Models.\n", "")),
        good=SOUND,
        check=_missing("keywords", "key words"),
    ),
    Rule(
        name="missing-digest",
        summary="An entry has no digest.",
        bad=changed((_DIGEST, "")),
        good=SOUND,
        check=_missing("digest", "digest"),
    ),
    Rule(
        name="keyword-label",
        summary="The label of the key words is misspelt.",
        fixable=True,
        bad=changed(("Key Word: Auditing; Shadow", "Key Work: Auditing; Shadow")),
        good=SOUND,
        check=_labels,
    ),
    Rule(
        name="unclosed-details",
        summary="`<details>` is left open, in a list whose newest entries close it.",
        default=False,
        fixable=True,
        bad=changed((_DIGEST, _DIGEST.replace("</details>", ""))),
        good=SOUND,
        check=_unclosed,
    ),
)
