"""A rule about key words: one spelling for each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.lists.escape import from_markdown
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.fields import keyword_lines
from pipeline.lists.rules.finding import Finding, Lists, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.lists.entry import Entry

_PLURAL = re.compile(r"(?<=[^\W\d_][^\W\d_][^sui])s$")
"""A plural's s; a word like "loss", "analysis" or "corpus" has none."""
_MANY = re.compile(r"(?<=[^\W\d_]{2})ies$")
_BREAK = re.compile(r"[\s\u2010-\u2013-]+")


def keyword_key(keyword: str) -> str:
    """What stays the same whatever the case, the plural and the hyphens.

    >>> keyword_key("White-box attacks") == keyword_key("White-Box Attack")
    True
    """
    words = [
        _PLURAL.sub("", _MANY.sub("y", word)) for word in _BREAK.split(keyword.casefold()) if word
    ]
    return "".join(words) or keyword


@dataclass(frozen=True, slots=True)
class _Better:
    """Another spelling of a key word, and whether it is used more than any other."""

    spelling: str
    sure: bool


def preferred_spellings(lists: Lists) -> dict[str, str]:
    """For each key word that the list mostly spells otherwise, that spelling."""
    better = _better_spellings(lists)
    return {word: other.spelling for word, other in better.items() if other.sure}


def _better_spellings(lists: Lists) -> dict[str, _Better]:
    """For each key word that has a better spelling in the list, that one.

    The better one is used more; of two used alike the one with more capitals,
    as in titles, and then the first.
    """
    used = Counter(word for _, entry, _ in lists.entries() for word in entry.keywords)
    groups: dict[str, list[str]] = {}
    for word in used:
        groups.setdefault(keyword_key(word), []).append(word)
    better: dict[str, _Better] = {}
    for words in groups.values():
        best = max(words, key=lambda word: (used[word], sum(map(str.isupper, word))))
        sure = [used[word] for word in words].count(used[best]) == 1
        better |= {word: _Better(best, sure=sure) for word in words if word != best}
    return better


def _variants(lists: Lists) -> Iterator[Finding]:
    spellings = _better_spellings(lists)
    for file, entry, span in lists.entries():
        if not any(word in spellings for word in entry.keywords):
            continue
        for number, line in keyword_lines(file, span):
            for sure in (True, False):
                better = {w: b.spelling for w, b in spellings.items() if b.sure is sure}
                fixed, here = _respelt(line, better)
                if here:
                    how = "mostly" if sure else "elsewhere"
                    pairs = ", ".join(f"{word!r} is {how} {better[word]!r}" for word in here)
                    yield Finding(
                        rule="keyword-variant",
                        path=file.document.path,
                        line=number + 1,
                        message=f"another spelling of a key word: {pairs}",
                        fix=fixed if sure and _without_repetition(entry, better) else "",
                        entry=entry,
                    )


def _without_repetition(entry: Entry, preferred: Mapping[str, str]) -> bool:
    after = [preferred.get(word, word) for word in entry.keywords]
    return len(set(after)) == len(after)


def _respelt(line: str, preferred: Mapping[str, str]) -> tuple[str, list[str]]:
    """The line with its key words as preferred, and those that were not."""
    head, colon, tail = _split_label(line)
    found = []
    parts = re.split(r"([;,])", tail) if ";" not in tail else re.split(r"(;)", tail)
    for position, part in enumerate(parts):
        core = part.strip(" \t")
        word = from_markdown(core)
        word, stop = (word, "") if word in preferred else (word.removesuffix("."), ".")
        if word in preferred and (not stop or core.endswith(".")):
            found.append(word)
            parts[position] = part.replace(core, preferred[word] + stop)
    return head + colon + "".join(parts), found


def _split_label(line: str) -> tuple[str, str, str]:
    mark = re.search(r"[:\uff1a][*_]{0,3}", line)
    if not mark:
        return "", "", line
    return line[: mark.start()], mark[0], line[mark.end() :]


RULES = (
    Rule(
        name="keyword-variant",
        summary="A key word is mostly spelt otherwise: in case, plural, hyphen or blank.",
        fixable=True,
        touches=("keywords",),
        bad=changed(("Key Word: Auditing; Shadow", "Key Word: auditing; Shadow")),
        good=SOUND,
        check=_variants,
    ),
)
