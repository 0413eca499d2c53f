"""A digest out of an abstract: two to four sentences that follow one another, and stand alone.

The reference list's digests are extracts: nine in ten are one unbroken run of
an abstract's sentences, from the one that says what is new to where results or
prospects begin. Which run is chosen by a linear score whose weights were fitted
to the list's own digests (:mod:`pipeline.draft_fit`, ``docs/drafts.md``). The
run's first sentence loses what points back ("However,", "To address this,") and
what says nothing ("In this paper,"). Nothing is rephrased, and never is it all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from operator import mul
from typing import TYPE_CHECKING

from pipeline.lists.tex import plain_title

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_SENTENCES, MOST_SENTENCES = 2, 4
"""The list's own rule for digests."""
MOST_WORDS = 140
"""More than nine in ten of the list's digests have (median 73); longer runs are not considered."""
TYPICAL_WORDS = 75
_LEAST_WORDS = 8
_LONGEST_ABSTRACT = 20_000
"""Characters read of an abstract: no honest one has a quarter of them."""

_END = re.compile(r"[.!?]+[\"'”’)\]]*\s+(?=\S)|[\u3002\uff01\uff1f]\s*")
_OPENING = "\"'\u201c\u2018([$"
_NO_END = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|al|vs|cf|etc|fig|figs|eq|eqs|sec|resp|approx|a\.k\.a|w\.r\.t|i\.i\.d|dr|st"
    r"|no|prof|[a-z])\.$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?i)https?:|www\.|\b(?:github|gitlab)\.|this https? url")
_MACROS = (
    (re.compile(r"\\href\s*\{[^{}]*\}\s*(?=\{)"), ""),
    (re.compile(r"\\(?:it|em|bf|tt|sc|sl|rm)\b\s*"), ""),
    (re.compile(r"\\url\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"~?\\(?:cite[a-z]*|footnote|label|ref)\s*\{[^{}]*\}"), ""),
    (re.compile(r"\s*\[\d+(?:\s*[,–-]\s*\d+)*\]"), ""),
)
"""Addresses out of their macros; notes and references, which say nothing alone, out of the text."""
_WORD = re.compile(r"[^\W_]+")
_WHO = r"(?:we|our|this (?:paper|work|study|article|survey|report)|the authors?)\b"
_THIS_PAPER = re.compile(
    r"(?:in|with|through) (?:this|the present|our) (?:[\w-]+ )?(?:paper|work|article|study|survey"
    r"|report|research|project|chapter|note|manuscript|tutorial),?\s+(?=(?:we|our|i)\b)",
    re.IGNORECASE,
)
_CONNECTIVE = re.compile(
    r"(?:however|nevertheless|nonetheless|thus|hence|therefore|accordingly|as (?:a result|such)"
    r"|moreover|furthermore|then|but|and|yet|so|also|instead|additionally|in addition|besides"
    r"|specifically|in particular|particularly|consequently|finally|lastly|overall|concretely"
    r"|second(?:ly)?|third(?:ly)?|meanwhile|in (?:this|that) (?:way|regard|respect)|in contrast"
    r"|on the (?:other hand|contrary)|for (?:example|instance)|indeed"
    r"|more (?:specifically|precisely|importantly)|importantly|notably|similarly|likewise"
    r"|conversely|still|to (?:this|that) end|here),?\s+(?=\S)",
    re.IGNORECASE,
)
_PHRASE_BACK = re.compile(
    rf"[^,.;]*?\b(?:this|these|those|such|them|it|its|their|that end)\b[^,.;]{{0,90}},\s+"
    rf"(?=(?:in this (?:paper|work),? )?{_WHO})",
    re.IGNORECASE,
)
_WE_THEN = re.compile(
    r"(?P<we>we) (?:then|further|also|thus|therefore|hence|additionally|moreover|furthermore|next"
    r"|finally|subsequently|consequently|instead) ",
    re.IGNORECASE,
)
_PURPOSE_BACK = re.compile(
    r",? (?:in order )?to (?:overcome|address|solve|tackle|fill|bridge|close|mitigate|alleviate"
    r"|resolve|remedy|counter|handle|meet|achieve) (?:this|these|those|such|the above)"
    r" [\w-]+(?: [\w-]+)?(?=[.,;])"
)
"""A purpose at the end of a clause that was named in the sentence before."""
_POINTS_BACK = re.compile(
    r"(?:It|They|He|She|Its|Their|Both|Another|Others|Doing so|To do so|One such|Such"
    r"|The (?:former|latter|first|second|third|other|others|above|resulting))\b"
    r"|[^.]{0,60}, (?:however|therefore|thus|hence|though|in turn)\b|.*\bsuch (?!as\b|that\b|an?\b)"
    r"|(?:[^\s,]+\s+){0,6}?(?:[Tt]his|[Tt]hese|[Tt]hose|such(?! as\b)|former|latter|them|above)\b"
    r"(?! (?:(?:position|short|survey) )?(?:paper|work|article|survey|study|report|chapter|tutorial"
    r"|thesis|document|manuscript|note|research)\b)"
)
_POINTS_AHEAD = re.compile(r"It (?:is|has been|was|remains) (?:\w+ ){1,3}(?:that|to|how|whether)\b")
_CLAUSE_END = re.compile(r"(?:;|, (?:which|while|whereas|where|and|but|so|thus|thereby|with)\b)")

_NEW = re.compile(
    r"(?i)\b(?:we|this (?:paper|work|article|survey|study|report))\b[^.]{0,40}?\b(?:propos|present"
    r"|introduc|giv|offer|show|stud|develop|demonstrat|investigat|survey|review|find|found|analy[sz]"
    r"|examin|explor|provid|consider|address|describ|deriv|prov|establish|design|devis|formali[sz]"
    r"|focus|aim|argu|revisit|identif|reveal|discuss|formulat)"
)
_PROPOSAL = re.compile(r"(?i)\b(?:propos|introduc|novel|present)")
_RESULT = re.compile(
    r"(?i)\b(?:experiment|result|outperform|state-of-the-art|empirical|evaluat|improv|achiev"
    r"|benchmark|accura|datasets?\b|\d+(?:\.\d+)?\\?%)"
)
_BACKGROUND = re.compile(
    r"(?i)\b(?:however|despite|remain|challeng|limit|existing|recent|previous|prior|often|although"
    r"|unfortunately|while|most|many|typically|usually|widely|ha(?:s|ve) been|is crucial)\b"
)
_AVAILABILITY = re.compile(r"(?i)\b(?:codes?|github|publicly|available|released?|https?)\b")
_PROSPECT = re.compile(r"(?i)\b(?:hope|future|implication|discuss|finally|conclu|impact|shed)\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Sentences of an abstract that follow one another, as a digest.

    Attributes:
        sentences: The first one made to stand alone, the others as they are.
        features: What its score is made of, in the order of :data:`WEIGHTS`.
    """

    sentences: tuple[str, ...]
    features: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What a sentence is about: counts and shares, 0 for none."""

    new: float
    proposal: float
    results: float
    background: float
    availability: float
    prospects: float
    we: float
    title: float


_NOTHING = _Marks(0, 0, 0, 0, 0, 0, 0, 0)
_FIRST = ("new", "proposal", "results", "background", "availability", "prospects", "we", "title")
_BEHIND = ("new", "proposal", "results", "background", "availability", "prospects", "we")
FEATURES = (
    *(f"first sentence: {mark}" for mark in _FIRST),
    *(f"sentence behind: {mark}" for mark in _BEHIND),
    "begins where it first says what is new",
    "begins earlier, by sentences / 3",
    "begins later, by sentences / 3",
    "ends with the abstract",
    "three sentences",
    "four sentences",
    "length",
    "length squared",
    "length above 1.2",
    "length below 0.7",
)
"""What the score of a :class:`Run` is made of; lengths in :data:`TYPICAL_WORDS`."""
WEIGHTS = (
    # first sentence
    *(1.0, 1.0, -0.1, 0.0, -1.0, -0.6, 0.1, 3.7),
    # sentence behind
    *(-0.7, 0.0, 1.4, 0.0, 0.0, -0.9, 1.1),
    # place
    *(3.3, -0.5, -1.0, -1.4),
    # length
    *(-0.7, 0.6, 1.0, 0.2, -3.9, -7.2),
)
"""Weights of :data:`FEATURES`, fitted by :func:`pipeline.draft_fit.fit_digest`."""


def digest_of(abstract: str, title: str = "", *, weights: Sequence[float] = WEIGHTS) -> str:
    """Two to four sentences of ``abstract``, shortened; "" only for an abstract without a word.

    An abstract of two sentences gives one of them; one of a single sentence its
    first clauses, or all of it where nothing can be left out.
    """
    sentences = sentences_of(abstract)
    if len(sentences) <= LEAST_SENTENCES:
        return _of_few(sentences)
    runs = runs_of(sentences, title)
    best = max(runs, key=lambda run: sum(map(mul, weights, run.features)))
    return _within(" ".join(best.sentences), MOST_WORDS)


def runs_of(sentences: Sequence[str], title: str = "") -> list[Run]:
    """Every run of three or more sentences that may be a digest, the earliest first."""
    marks = [_marks(sentence, set(_words(title))) for sentence in sentences]
    lengths = [len(sentence.split()) for sentence in sentences]
    first_new = next((n for n, mark in enumerate(marks) if mark.new), len(sentences) // 3)
    addressed = [bool(_ADDRESS.search(sentence)) for sentence in sentences]
    runs: list[Run] = []
    spare: list[Run] = []
    for start, sentence in enumerate(sentences):
        alone = stand_alone(sentence)
        for count in range(LEAST_SENTENCES, MOST_SENTENCES + 1):
            stop = start + count
            words = sum(lengths[start:stop])
            if stop > len(sentences) or count == len(sentences):
                break
            run = Run(
                sentences=(alone, *sentences[start + 1 : stop]),
                features=_features(marks, start, stop, first_new, words),
            )
            clean = not any(addressed[start:stop]) and not (start and points_back(alone))
            fits = words <= MOST_WORDS or count == LEAST_SENTENCES
            (runs if clean and fits else spare).append(run)
    return runs or spare[:1]


def sentences_of(text: str) -> list[str]:
    """Its sentences, TeX as Unicode; "e.g.", initials and the like end none."""
    text = " ".join(text[:_LONGEST_ABSTRACT].split())
    for macro, plain in _MACROS:
        text = macro.sub(plain, text)
    text = plain_title(text)
    found, start = [], 0
    for end in _END.finditer(text):
        behind = text[end.end() : end.end() + 1]
        begins = behind.isupper() or behind.isdigit() or behind in _OPENING or not end[0].isascii()
        if begins and not _NO_END.search(text[start : end.end()].rstrip()[-12:]):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return [sentence for sentence in (*found, text[start:].strip()) if sentence]


def stand_alone(sentence: str) -> str:
    """``sentence`` without what points back at its beginning, as far as that can be left out.

    >>> stand_alone("However, to address this, we further propose a way.")
    'We propose a way.'
    """
    for _ in range(3):
        shorter = sentence
        for opening in (_CONNECTIVE, _THIS_PAPER, _PHRASE_BACK):
            found = opening.match(shorter)
            shorter = shorter[found.end() :] if found else shorter
        shorter = _WE_THEN.sub(r"\g<we> ", shorter, count=1) if _WE_THEN.match(shorter) else shorter
        if shorter == sentence:
            break
        sentence = shorter
    sentence = _PURPOSE_BACK.sub("", sentence)
    return sentence[:1].upper() + sentence[1:]


def points_back(sentence: str) -> bool:
    """Whether, read alone, nobody knows at what its first words point."""
    return bool(_POINTS_BACK.match(sentence)) and not _POINTS_AHEAD.match(sentence)


def _of_few(sentences: Sequence[str]) -> str:
    """Of two sentences the one that says what is new; of one its first clauses."""
    if not sentences:
        return ""
    if len(sentences) > 1:
        shown = [stand_alone(sentence) for sentence in sentences]
        sound = [text for n, text in enumerate(shown) if not n or not points_back(text)]
        return _within(next((text for text in sound if _NEW.search(text)), sound[0]), MOST_WORDS)
    alone = stand_alone(sentences[0])
    clauses = list(_CLAUSE_END.finditer(alone))
    kept = [end.start() for end in clauses if len(alone[: end.start()].split()) >= _LEAST_WORDS]
    if alone == sentences[0] and kept:
        alone = alone[: kept[-1]].rstrip(" ,;") + "."
    return _within(alone, TYPICAL_WORDS)


def _within(text: str, most: int) -> str:
    words = text.split()
    return text if len(words) <= most else " ".join(words[:most]) + " …"


def _marks(sentence: str, title: set[str]) -> _Marks:
    words = _words(sentence)
    return _Marks(
        new=float(bool(_NEW.search(sentence))),
        proposal=float(bool(_PROPOSAL.search(sentence))),
        results=len(_RESULT.findall(sentence)) / 3,
        background=len(_BACKGROUND.findall(sentence)) / 2,
        availability=float(bool(_AVAILABILITY.search(sentence))),
        prospects=float(bool(_PROSPECT.search(sentence))),
        we=float(sentence.startswith("We ")),
        title=len(title.intersection(words)) / max(len(words), 1),
    )


def _features(
    marks: Sequence[_Marks], start: int, stop: int, first_new: int, words: int
) -> tuple[float, ...]:
    """In the order of :data:`FEATURES`."""
    behind = marks[stop] if stop < len(marks) else _NOTHING
    length, count = words / TYPICAL_WORDS, stop - start
    return (
        *(getattr(marks[start], mark) for mark in _FIRST),
        *(getattr(behind, mark) for mark in _BEHIND),
        float(start == first_new),
        max(first_new - start, 0) / 3,
        max(start - first_new, 0) / 3,
        float(stop == len(marks)),
        float(count == 3),  # noqa: PLR2004
        float(count == 4),  # noqa: PLR2004
        length,
        length * length,
        max(length - 1.2, 0.0),
        max(0.7 - length, 0.0),
    )


def _words(text: str) -> list[str]:
    """Words of four letters and more, in lower case."""
    return [word for word in _WORD.findall(text.casefold()) if len(word) > 3]  # noqa: PLR2004
