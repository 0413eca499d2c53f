"""The key words of a list, in its own spelling, and what the entries under each are about.

A vocabulary is a mapping from key word to number of uses, as it always was;
made from entries it also knows which entries are near a paper. Knows no model:
nearness is the cosine of word counts, weighted by how rare a word is in the list.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pipeline.lists.rules.keywords import keyword_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.lists.entry import Entry

LONGEST_KEYWORD = 5
"""Words of the longest key word of the reference list; a longer one is a sentence."""

_WORD = re.compile(r"[^\W_]+")
_COMMON_WORDS = """
a an the of in on for to and or with by from via at as is are be we our this that these those it
its can not using use used based towards toward under against how what when which while
"""
_COMMON = frozenset(_COMMON_WORDS.split())
_ENDINGS_LONGEST_FIRST = """
ization isation ability ibility ations ation ness ment ally ity ing ive ers er ial ion al ed ic ly e
"""
_ENDINGS = tuple(_ENDINGS_LONGEST_FIRST.split())


class Vocabulary(Mapping[str, int]):
    """A list's key words, each in its most used spelling, with how often it was used.

    Args:
        uses: Key words with their uses; spellings that differ in case, plural or hyphen are one.
        entries: What the uses were counted from; empty if that is not known.
    """

    def __init__(self, uses: Mapping[str, int], entries: Iterable[Entry] = ()) -> None:
        spellings: dict[str, Counter[str]] = {}
        for keyword, count in uses.items():
            if len(keyword.split()) <= LONGEST_KEYWORD:
                spellings.setdefault(keyword_key(keyword), Counter())[keyword] += count
        self._spelling = {key: _preferred(used) for key, used in spellings.items()}
        self._uses = {self._spelling[key]: used.total() for key, used in spellings.items()}
        self.entries = tuple(entry for entry in entries if entry.keywords)

    def __getitem__(self, keyword: str) -> int:
        return self._uses[keyword]

    def __iter__(self) -> Iterator[str]:
        return iter(self._uses)

    def __len__(self) -> int:
        return len(self._uses)

    @cached_property
    def keywords_of(self) -> tuple[frozenset[str], ...]:
        """The key words of each entry, in the preferred spelling."""
        return tuple(
            frozenset(
                self._spelling[key]
                for key in map(keyword_key, entry.keywords)
                if key in self._spelling
            )
            for entry in self.entries
        )

    @cached_property
    def topic_uses(self) -> Mapping[str, Counter[str]]:
        """How often each topic uses each key word."""
        counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for entry, keywords in zip(self.entries, self.keywords_of, strict=True):
            counted[entry.topic].update(keywords)
        return counted

    @cached_property
    def topic_sizes(self) -> Counter[str]:
        """Entries with key words in each topic."""
        return Counter(entry.topic for entry in self.entries)

    @cached_property
    def venues(self) -> Counter[str]:
        """Venues as the list writes them."""
        return Counter(entry.venue for entry in self.entries if entry.venue)

    @cached_property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The words of each key word, without plural s."""
        return {keyword: words_of(keyword) for keyword in self._uses}

    @cached_property
    def stems(self) -> Mapping[str, tuple[str, ...]]:
        """The stems of each key word's words that carry meaning; all of them if none does."""
        return {
            keyword: tuple(stem_of(word) for word in words if word not in _COMMON) or words
            for keyword, words in self.words.items()
        }

    @cached_property
    def heads(self) -> Counter[str]:
        """Last words of key words: "attack", "learning", "robustness"."""
        return Counter(words[-1] for words in self.words.values() if words)

    def similarities(self, title: str, text: str) -> list[float]:
        """How near each entry is to a paper, 0..1, in the order of :attr:`entries`."""
        weights, postings = self._index
        counts = Counter(stems_of(f"{title} {title} {title} {text}"))
        query = {
            stem: (1 + math.log(count)) * weights[stem]
            for stem, count in counts.items()
            if stem in weights
        }
        length = math.sqrt(sum(weight * weight for weight in query.values())) or 1.0
        near = [0.0] * len(self.entries)
        for stem, weight in query.items():
            for place, other in postings[stem]:
                near[place] += weight * other / length
        return near

    @cached_property
    def _index(self) -> tuple[dict[str, float], dict[str, list[tuple[int, float]]]]:
        """Rarity of each stem, and for each the entries with it and their weights."""
        counts = [_counts(_shown(entry)) for entry in self.entries]
        shared = Counter(stem for counted in counts for stem in counted)
        rarity = {stem: math.log((len(counts) + 1) / (n + 0.5)) for stem, n in shared.items()}
        postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, counted in enumerate(counts):
            weights = {stem: (1 + math.log(n)) * rarity[stem] for stem, n in counted.items()}
            length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
            for stem, weight in weights.items():
                postings[stem].append((place, weight / length))
        return rarity, postings


def vocabulary_of(entries: Iterable[Entry]) -> Vocabulary:
    """The list's key words, each in its most used spelling, with how often it was used."""
    listed = tuple(entries)
    return Vocabulary(Counter(word for entry in listed for word in entry.keywords), listed)


def words_of(text: str) -> tuple[str, ...]:
    """Words in lower case without plural s, so that spellings of one term meet."""
    return tuple(_singular(word) for word in _WORD.findall(text.casefold()))


def stems_of(text: str) -> list[str]:
    """Words that carry meaning, without their usual endings."""
    return [
        stem_of(word)
        for word in _WORD.findall(text.casefold())
        if word not in _COMMON and len(word) > 2  # noqa: PLR2004
    ]


@lru_cache(maxsize=65_536)
def stem_of(word: str) -> str:
    """A word without plural and without one ending, four letters at least: robust(ness)."""
    word = _singular(word)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:  # noqa: PLR2004
            return word[: -len(ending)]
    return word


def is_common(word: str) -> bool:
    """Whether a word in lower case carries no meaning of its own."""
    return word in _COMMON


@lru_cache(maxsize=65_536)
def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):  # noqa: PLR2004
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui":  # noqa: PLR2004
        return word[:-1]
    return word


def _preferred(used: Counter[str]) -> str:
    """The spelling used most; of two used alike the one with more capitals, then the first."""
    return max(used, key=lambda word: (used[word], sum(map(str.isupper, word))))


def _shown(entry: Entry) -> str:
    return f"{entry.title} {entry.title} {entry.digest} {' '.join(entry.keywords)}"


@lru_cache(maxsize=4096)
def _counts(text: str) -> Mapping[str, int]:
    """Kept, because a list is read again and again and its entries stay."""
    return Counter(stems_of(text))
