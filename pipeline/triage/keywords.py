"""Key words for a paper: the list's own, and where it has too few, a phrase of the title.

Each key word of the list gets a probability from what the paper says and from
what stands under the entries nearest to it; the likeliest are taken. Weights
were fitted to the key words that the list's maintainers chose
(:mod:`pipeline.draft_fit`, ``docs/drafts.md``). Knows no vectors: those of a
sentence encoder chose no better.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING

from pipeline.lists.rules.keywords import keyword_key
from pipeline.triage.vocabulary import Vocabulary, is_common, stem_of, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_KEYWORDS = 4
"""The list's own entries have 1 to 6, median 2."""
ENOUGH_KEYWORDS = 2
"""New phrases are proposed only up to here, so never more than two: about one in eight of them is
what the maintainers wrote, of the list's own key words one in two."""
LEAST_PROBABILITY = 0.2
"""Where precision and recall of the list's own key words balance."""
LEAST_CUSTOM = 5
"""Uses from which a key word may be proposed of which the paper says no word."""

_NEAREST = 10
_NEAREST_IN_TOPIC = 60
"""How far down the entries of the same topic are looked for."""
_UNSEEN_ENTRIES = 10
_UNSEEN_NEARNESS = 0.2
"""What a topic and a neighbourhood may yet hold: two entries that agree are no custom."""
_LONGEST_TEXT = 20_000
"""Characters read of an abstract."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordCandidate:
    """A key word of the list that a paper may get.

    Attributes:
        keyword: In the list's spelling.
        features: In the order of :data:`FEATURES`.
    """

    keyword: str
    features: tuple[float, ...]


FEATURES = (
    "always",
    "in the title",
    "in title or abstract",
    "all its stems in the title",
    "all its stems said",
    "share of its stems said",
    "a single word",
    "a single word of the title",
    "used once",
    "log of its share of the topic",
    "share of the topic",
    "among the nearest entries",
    "among the nearest of the topic",
    "nearness of its entries",
)
"""What the score of a key word is made of."""
WEIGHTS = (-1.4, 1.0, 0.5, 0.8, 2.7, -2.4, -0.5, -0.3, -0.8, 0.7, -1.0, 4.7, 3.5, 1.4)
"""Weights of :data:`FEATURES`, fitted by :func:`pipeline.draft_fit.fit_keywords`."""


def keywords_of(
    title: str,
    abstract: str,
    topic: str,
    vocabulary: Vocabulary,
    *,
    weights: Sequence[float] = WEIGHTS,
) -> tuple[str, ...]:
    """One to four key words, the likeliest first; the topic's name where nothing else is known."""
    candidates = candidates_of(title, abstract, topic, vocabulary)
    scored = sorted(
        (
            (_probability(weights, candidate.features), candidate.keyword)
            for candidate in candidates
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    chosen: list[str] = []
    for probability, keyword in scored:
        if len(chosen) == MOST_KEYWORDS or (chosen and probability < LEAST_PROBABILITY):
            break
        words = set(vocabulary.words[keyword])
        # "Robustness" says nothing beside "Adversarial Robustness".
        others = [set(vocabulary.words[other]) for other in chosen]
        if not any(words <= other or other <= words for other in others):
            chosen.append(keyword)
    if len(chosen) < ENOUGH_KEYWORDS:
        chosen += new_phrases(title, abstract, vocabulary, chosen)[: ENOUGH_KEYWORDS - len(chosen)]
    return tuple(chosen) or (topic,)


def candidates_of(
    title: str, abstract: str, topic: str, vocabulary: Vocabulary
) -> list[KeywordCandidate]:
    """Key words of the list that the paper says, in part at least, or that stand near it."""
    abstract = abstract[:_LONGEST_TEXT]
    title_words, said_words = words_of(title), words_of(abstract)
    in_title = f" {' '.join(title_words)} "
    said = f"{in_title}{' '.join(said_words)} "
    title_stems = {stem_of(word) for word in title_words}
    said_stems = title_stems | {stem_of(word) for word in said_words}
    near = _Near(vocabulary, vocabulary.similarities(title, abstract), topic)
    topic_uses = vocabulary.topic_uses.get(topic, Counter())
    topic_size = vocabulary.topic_sizes[topic]
    found = []
    for keyword, uses in vocabulary.items():
        stems = vocabulary.stems[keyword]
        share = sum(stem in said_stems for stem in stems) / len(stems) if stems else 0.0
        nearest, in_topic = near.overall[keyword], near.in_topic[keyword]
        used = topic_uses[keyword]
        if not share and uses < LEAST_CUSTOM:
            continue
        if share < 0.5 and not nearest and not in_topic and used < 2:  # noqa: PLR2004
            continue
        phrase = f" {' '.join(vocabulary.words[keyword])} "
        single = len(vocabulary.words[keyword]) == 1
        titled = phrase in in_title
        features = (
            1.0,
            float(titled),
            float(titled or phrase in said),
            float(all(stem in title_stems for stem in stems)),
            float(share == 1),
            share,
            float(single),
            float(single and titled),
            float(uses == 1),
            math.log((used + 0.2) / (topic_size + _UNSEEN_ENTRIES)),
            used / (topic_size + _UNSEEN_ENTRIES),
            nearest,
            in_topic,
            near.mean.get(keyword, 0.0),
        )
        found.append(KeywordCandidate(keyword=keyword, features=features))
    return found


class _Near:
    """What stands under the entries near a paper.

    Args:
        vocabulary: The list.
        similarities: Of each entry to the paper.
        topic: The paper's.

    Attributes:
        overall: Each key word's share of the nearest entries, by squared similarity, 0..1.
        in_topic: The same among the nearest of its topic.
        mean: Mean similarity of each key word's entries, 1 for the nearest entry's.
    """

    def __init__(self, vocabulary: Vocabulary, similarities: Sequence[float], topic: str) -> None:
        order = sorted(range(len(similarities)), key=lambda place: -similarities[place])
        entries = vocabulary.entries
        same = [n for n in order[:_NEAREST_IN_TOPIC] if entries[n].topic == topic]
        self.overall = _votes(order[:_NEAREST], similarities, vocabulary.keywords_of)
        self.in_topic = _votes(same[:_NEAREST], similarities, vocabulary.keywords_of)
        sums: defaultdict[str, float] = defaultdict(float)
        counts: Counter[str] = Counter()
        for similarity, keywords in zip(similarities, vocabulary.keywords_of, strict=True):
            counts.update(keywords)
            for keyword in keywords:
                sums[keyword] += similarity
        highest = max(similarities, default=0.0) or 1.0
        self.mean: Mapping[str, float] = {k: sums[k] / counts[k] / highest for k in sums}


def _votes(
    places: Sequence[int], similarities: Sequence[float], keywords_of: Sequence[frozenset[str]]
) -> defaultdict[str, float]:
    total = _UNSEEN_NEARNESS + sum(similarities[place] ** 2 for place in places)
    votes: defaultdict[str, float] = defaultdict(float)
    for place in places:
        for keyword in keywords_of[place]:
            votes[keyword] += similarities[place] ** 2 / total
    return votes


def _probability(weights: Sequence[float], features: Sequence[float]) -> float:
    score = sum(map(mul, weights, features))
    return 1 / (1 + math.exp(-max(min(score, 50.0), -50.0)))


_RUN = re.compile(r"[^\W_](?:[\w'’/+-]*[^\W_])?")
_LONGEST_PHRASE = 4
_LONGEST_TITLE = 500
"""Characters of a title that are read: every phrase of it is looked for in the abstract."""
_NEVER_AT_THE_ENDS = """
new novel improved improving efficient simple better deep large study approach method analysis
perspective case view framework model problem exploring understanding rethinking revisiting making
correlation role impact effect benchmarking evaluating improving learning
"""
_NEVER = """
through beyond without between over you your do does need more all their into about among across
within during really good one two three under after before than then if out only also still
"""
_EMPTY = frozenset(_NEVER_AT_THE_ENDS.split())
_BREAKING = frozenset(_NEVER.split())


def new_phrases(
    title: str, abstract: str, vocabulary: Vocabulary, chosen: Sequence[str] = ()
) -> list[str]:
    """Phrases of the title that read like key words of this list, the best first, at most two.

    A phrase reads like one if it ends as several of the list's do ("… Attack"),
    or if the abstract goes on to abbreviate it.
    """
    taken = {word for keyword in chosen for word in words_of(keyword)}
    heads = vocabulary.heads
    said = abstract[:_LONGEST_TEXT].casefold()
    ranked: list[tuple[bool, int, int, str]] = []
    for place, phrase in enumerate(_title_phrases(title[:_LONGEST_TITLE])):
        words = words_of(phrase)
        if len(words) < 2 or len(taken.intersection(words)) * 2 >= len(words):  # noqa: PLR2004
            continue
        shortened = re.search(re.escape(phrase.casefold()) + r"s?\s*\(\w*\)?", said) is not None
        if shortened or heads[words[-1]] > 2:  # noqa: PLR2004
            ranked.append((not shortened, abs(len(words) - 2), place, phrase))
    best: list[str] = []
    for *_, phrase in sorted(ranked):
        fresh = set(words_of(phrase)).isdisjoint(words_of(" ".join(best)))
        if len(best) < ENOUGH_KEYWORDS and fresh:
            best.append(_capitalised(phrase))
    return [phrase for phrase in best if keyword_key(phrase) not in map(keyword_key, vocabulary)]


def _title_phrases(title: str) -> list[str]:
    """Runs of two to four words of a title without a word that means nothing alone."""
    phrases = []
    for part in re.split(r"[^\w\s'’/+-]+", title):
        words = _RUN.findall(part)
        for start in range(len(words)):
            for stop in range(start + 2, min(start + _LONGEST_PHRASE, len(words)) + 1):
                run = [word.casefold() for word in words[start:stop]]
                if any(is_common(word) or word in _BREAKING for word in run):
                    break
                ends = words_of(run[-1])[-1:] or ("",)
                if run[0] not in _EMPTY and (ends[0] not in _EMPTY or ends[0] == "learning"):
                    phrases.append(" ".join(words[start:stop]))
    return list(dict.fromkeys(phrases))


def _capitalised(phrase: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in phrase.split())
