"""What arXiv says of a paper, held against what an entry says. Asks nobody."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.lists.entry import title_key
from pipeline.lists.tex import plain_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.lists.entry import Entry

SAME_TITLE = 0.6
"""Least similarity (difflib ratio) of two titles that may be of one paper."""
SAME_NAME = 0.7
"""Likewise of two spellings of one name."""
_MOST_PAIRS = 1_000
"""Beyond it, spellings are not compared: the lists have little in common."""
_NAMED = 5
"""Most authors named in one sentence."""
_AND = re.compile(r"\s*(?:[,;]\s*(?:and\s|&\s)?|\s(?:and|&)\s)\s*")
_OTHERS = re.compile(r"(?i)^(?:et\s+al\.?|others|\.\.\.|…)$|\bet\s+al\.?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPaper:
    """What is known of a paper, from arXiv.

    Attributes:
        arxiv_id: Identifier without version.
        title: As arXiv gave it.
        authors: In arXiv's order.
    """

    arxiv_id: str
    title: str
    authors: tuple[str, ...]

    @property
    def shown_title(self) -> str:
        """The title with TeX as Unicode where it can be, without a final full stop."""
        return plain_title(self.title).rstrip(" .")

    @property
    def shown_authors(self) -> str:
        """The authors as the list writes them."""
        return ", ".join(plain_title(author) for author in self.authors)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How an entry differs from what arXiv has.

    Attributes:
        wrong_id: What is wrong with the identifier, "" if nothing.
        title: Likewise the title.
        authors: Likewise the authors.
        paper: The paper that the entry is about, ``None`` if that is not clear.
    """

    wrong_id: str = ""
    title: str = ""
    authors: str = ""
    paper: KnownPaper | None = None


def compare_with_arxiv(entry: Entry, known: Mapping[str, KnownPaper]) -> Comparison | None:
    """The differences; ``None`` if arXiv's word on this entry is not at hand.

    Args:
        entry: The entry.
        known: Papers by identifier; more than this entry's are welcome, because
            one with this entry's title tells the identifier it should have.
    """
    title = title_key(entry.title)
    paper = known.get(entry.arxiv_id or "")
    meant = next((p for p in known.values() if title_key(p.title) == title), None)
    if paper is None:
        return _compare_by_title(entry, meant) if meant else None
    near = difflib.SequenceMatcher(None, title_key(paper.title), title, autojunk=False).ratio()
    if near < SAME_TITLE and (meant or not _shares_author(entry, paper)):
        said = f"{paper.arxiv_id} is another paper on arXiv: “{paper.shown_title}”"
        if meant is None:
            return Comparison(wrong_id=said)
        by_title = _compare_by_title(entry, meant) or Comparison(paper=meant)
        return replace(by_title, wrong_id=f"{said}; this title is {meant.arxiv_id}")
    same = title_key(paper.title) == title
    return Comparison(
        title="" if same else f"on arXiv the title is “{paper.shown_title}”",
        authors=compare_authors(entry.authors, paper.authors),
        paper=paper,
    )


def _compare_by_title(entry: Entry, meant: KnownPaper) -> Comparison | None:
    """An entry and the paper of its title, which it gives another identifier or none."""
    said = f"arXiv has this title as {meant.arxiv_id}"
    if entry.arxiv_id is None and not _shares_author(entry, meant):
        return None
    return Comparison(
        wrong_id=f"{said}, not {entry.arxiv_id}" if entry.arxiv_id else said,
        authors=compare_authors(entry.authors, meant.authors),
        paper=meant,
    )


def compare_authors(written: str, authors: Sequence[str]) -> str:
    """How a written author list differs from arXiv's, "" if it does not.

    Accents, middle names and abbreviated first names make no difference, nor
    does an author list that is missing altogether: another rule says so.
    """
    names = split_names(written)
    shown = [plain_title(author) for author in authors]
    if not names or not shown:
        return ""
    cut = any(_OTHERS.search(name) for name in names)
    names = [stripped for name in names if (stripped := _OTHERS.sub("", name).strip())]
    left, extra, pairs = _match(names, shown)
    spelled = []
    for place, name in list(extra) if len(left) * len(extra) <= _MOST_PAIRS else ():
        other = max(left, key=lambda pair: _likeness(name, pair[1]), default=None)
        if other is not None and _likeness(name, other[1]) >= SAME_NAME:
            spelled.append(f"“{name}” is “{other[1]}”")
            left.remove(other)
            extra.remove((place, name))
            pairs.append((place, other[0]))
    said = []
    if left:
        said.append(f"missing {_some([name for _, name in left])}")
    elif cut:
        said.append("“et al.” stands where all authors should")
    if extra:
        said.append(f"not an author on arXiv: {_some([name for _, name in extra])}")
    if spelled:
        said.append("spelled otherwise: " + "; ".join(spelled[:_NAMED]))
    pairs.sort()
    if [b for _, b in pairs] != sorted(b for _, b in pairs):
        said.append("not in arXiv's order")
    return "the authors differ from arXiv's: " + "; ".join(said) if said else ""


def split_names(authors: str) -> list[str]:
    """The names of an author line."""
    return [name.strip() for name in _AND.split(f"{authors} ") if name.strip()]


def _match(
    names: list[str], shown: list[str]
) -> tuple[list[tuple[int, str]], list[tuple[int, str]], list[tuple[int, int]]]:
    """Authors of arXiv left over, names left over, and pairs of places of the same name."""
    waiting: dict[tuple[str, str], list[int]] = {}
    for place, name in enumerate(shown):
        waiting.setdefault(_key(name), []).append(place)
    pairs, extra = [], []
    for place, name in enumerate(names):
        same = waiting.get(_key(name))
        if same:
            pairs.append((place, same.pop(0)))
        else:
            extra.append((place, name))
    left = {place for places in waiting.values() for place in places}
    by_last: dict[str, list[int]] = {}
    for place in sorted(left):
        by_last.setdefault(_key(shown[place])[1], []).append(place)
    rest = []
    for place, name in extra:
        near = by_last.get(_key(name)[1], ())
        other = next((p for p in near if p in left and _abbreviates(name, shown[p])), None)
        if other is None:
            rest.append((place, name))
        else:
            left.remove(other)
            pairs.append((place, other))
    return [(place, shown[place]) for place in sorted(left)], rest, pairs


def _key(name: str) -> tuple[str, str]:
    words = _fold(name).split()
    return (words[0], words[-1]) if words else ("", "")


def _fold(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c))


def _abbreviates(one: str, other: str) -> bool:
    """Whether one name is the other with a first name shortened or left out."""
    words, others = _fold(one).split(), _fold(other).split()
    if not words or not others or words[-1] != others[-1]:
        return False
    if set(words) <= set(others) or set(others) <= set(words):
        return len(words) > 1 and len(others) > 1
    first, other_first = words[0], others[0]
    return first.startswith(other_first) or other_first.startswith(first)


def _likeness(one: str, other: str) -> float:
    one, other = _fold(one), _fold(other)
    if sorted(one.split()) == sorted(other.split()):
        return 1.0
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shares_author(entry: Entry, paper: KnownPaper) -> bool:
    written = Counter(_key(name)[1] for name in split_names(entry.authors))
    return any(written[_key(author)[1]] for author in paper.authors)
