"""What moves in the queue beyond what its past explains.

Three questions, each with a test that is said beside the answer: has a topic's share of
the queue moved, have the scores, and do papers gather that are near no topic, so that a
new one may be forming. All are asked of the last four weeks against up to half a year
before. Knows no model: vectors come in, for as many papers as there are.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist, fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Candidate

WINDOW_DAYS = 28
PAST_DAYS = 182
LEAST_PAST_WEEKS = 8
"""With fewer weeks before the window nothing is known of how much shares vary anyway."""

LEAST_QUEUED = 40
"""Candidates in the window under which nothing is said."""

CHANCE = 0.01
"""How often a quiet queue may raise one alarm of a kind."""

LEAST_DAYS = 10
"""Days in the window, and before it, that scores are compared on."""

NEIGHBOURS = 3
"""How near a paper is to the list is told by its third-nearest entry: one alone may be a stray."""

FAR_SHARE = 0.10
"""A paper is near no topic if it is farther from the list than all but this share of entries."""

NEAR_SHARE = 0.50
"""The middle of a group lies in the list if it is nearer than this share of the entries."""

ALIKE = 0.50
"""Cosine similarity of two abstracts of one subject.

Chosen among 0.40 to 0.55 with all-MiniLM-L6-v2, by leaving topics of the reference list out.
"""

LEAST_GATHERED = 5
MOST_GATHERINGS = 3
TYPICAL = 3
WORDS = 6

_WORD = re.compile(r"[a-z][a-z-]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicShift:
    """A topic whose share of the queue moved.

    Attributes:
        topic: Its heading.
        before: Its share before the window, 0..1.
        now: Its share in the window.
        z: The difference in standard deviations, with what weeks vary by anyway.
    """

    topic: str
    before: float
    now: float
    z: float

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"drift: {self.topic} is {self.now:.0%} of the queue of the last {WINDOW_DAYS} days,"
            f" {self.before:.0%} before (z = {self.z:+.1f})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreShift:
    """Scores of the queue that moved, all by one model.

    Attributes:
        before: Mean relevance a day before the window, 0..1.
        now: In the window.
        z: Rank sum of the days in standard deviations.
    """

    before: float
    now: float
    z: float

    @property
    def line(self) -> str:
        """For people."""
        return (
            f"drift: relevance of what is queued is {self.now:.3f} on average over the last"
            f" {WINDOW_DAYS} days, {self.before:.3f} before (z = {self.z:+.1f})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Papers that are near each other and near no topic, more than there used to be.

    Attributes:
        papers: How many, in the window.
        expected: How many the past makes one expect.
        typical: The most typical of them, (arXiv identifier, title).
        words: What they say that the rest of the queue does not.
    """

    papers: int
    expected: float
    typical: tuple[tuple[str, str], ...]
    words: tuple[str, ...]

    @property
    def line(self) -> str:
        """For people."""
        named = "; ".join(f"{arxiv_id} {title}" for arxiv_id, title in self.typical)
        return (
            f"a new topic may be forming: {self.papers} papers near no topic gather"
            f" ({self.expected:.1f} were to be expected), about {', '.join(self.words)}: {named}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What moved.

    Attributes:
        topics: Topics whose share moved, the strongest first.
        scores: Scores, if they moved.
        gatherings: Papers that gather near no topic, the largest group first.
        unknown: What cannot be told yet and why, one line each.
    """

    topics: tuple[TopicShift, ...]
    scores: ScoreShift | None
    gatherings: tuple[Gathering, ...]
    unknown: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """What moved, one line each; none if all is as it was."""
        scores = () if self.scores is None else (self.scores,)
        return tuple(each.line for each in (*self.topics, *scores, *self.gatherings))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Map:
    """Where the list and papers lie.

    Attributes:
        entries: Vectors of listed papers, shape (n, dimension), unit length.
        papers: Vectors of candidates, by identifier; those that are not there are left out.
    """

    entries: NDArray[np.float32]
    papers: Mapping[str, NDArray[np.float32]]


def find_drift(candidates: Iterable[Candidate], *, today: date, where: Map | None = None) -> Drift:
    """Compare the queue's last :data:`WINDOW_DAYS` with the time before.

    Args:
        candidates: All candidates; those drawn at random or added by hand are left out.
        today: The last day of the window.
        where: Where the list and papers lie; without it, nothing is said of new topics.
    """
    queued = [each for each in candidates if each.model and not each.audit]
    start, first = today - timedelta(days=WINDOW_DAYS), today - timedelta(days=PAST_DAYS)
    now = [each for each in queued if start < each.paper.announced <= today]
    past = [each for each in queued if first < each.paper.announced <= start]
    weeks = (start - min((each.paper.announced for each in past), default=start)).days / 7
    if weeks < LEAST_PAST_WEEKS or len(now) < LEAST_QUEUED:
        why = (
            f"drift: too little to tell yet ({weeks:.0f} of {LEAST_PAST_WEEKS} weeks before the"
            f" last {WINDOW_DAYS} days, {len(now)} of {LEAST_QUEUED} papers in them)"
        )
        return Drift(topics=(), scores=None, gatherings=(), unknown=(why,))
    scores, unknown = _score_shift(now, past)
    return Drift(
        topics=_topic_shifts(now, past),
        scores=scores,
        gatherings=()
        if where is None or len(where.entries) <= NEIGHBOURS
        else _gatherings(now, past, where),
        unknown=unknown,
    )


def _topic_shifts(now: Sequence[Candidate], past: Sequence[Candidate]) -> tuple[TopicShift, ...]:
    """Two-proportion z-tests, one a topic, with the weeks' own spread and Bonferroni's bound."""
    counts, before = (Counter(each.topics[0].topic for each in part) for part in (now, past))
    weeks: dict[int, Counter[str]] = {}
    for each in past:
        week = each.paper.announced.toordinal() // 7
        weeks.setdefault(week, Counter())[each.topics[0].topic] += 1
    topics = sorted(counts | before)
    bound = NormalDist().inv_cdf(1 - CHANCE / (2 * len(topics)))
    shifts = []
    for topic in topics:
        p, q = counts[topic] / len(now), before[topic] / len(past)
        both = (counts[topic] + before[topic]) / (len(now) + len(past))
        spread = both * (1 - both) * (1 / len(now) + 1 / len(past))
        if spread <= 0:
            continue
        z = (p - q) / math.sqrt(spread * _overdispersion(topic, q, weeks.values()))
        if abs(z) >= bound:
            shifts.append(TopicShift(topic=topic, before=q, now=p, z=z))
    return tuple(sorted(shifts, key=lambda shift: -abs(shift.z)))


def _overdispersion(topic: str, share: float, weeks: Iterable[Counter[str]]) -> float:
    """How much more a topic's weekly counts vary than draws would; at least 1."""
    found = [
        (week[topic] - week.total() * share) ** 2 / (week.total() * share * (1 - share))
        for week in weeks
        if 0 < share < 1
    ]
    return max(1.0, sum(found) / (len(found) - 1)) if len(found) > 1 else 1.0


def _score_shift(
    now: Sequence[Candidate], past: Sequence[Candidate]
) -> tuple[ScoreShift | None, tuple[str, ...]]:
    """Rank-sum test over days, among those that the model in service scored."""
    model = max(now, key=lambda each: each.queued_at).model
    days = [_daily_means(part, model) for part in (now, past)]
    if min(map(len, days)) < LEAST_DAYS:
        return None, (f"drift: too few days yet to compare the scores of model {model}",)
    mine, theirs = days
    ranked = sorted([*mine, *theirs])
    rank = {score: ranked.index(score) + (ranked.count(score) + 1) / 2 for score in set(ranked)}
    n, m = len(mine), len(theirs)
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    z = (sum(rank[score] for score in mine) - n * (n + m + 1) / 2) / spread
    if abs(z) < NormalDist().inv_cdf(1 - CHANCE / 2):
        return None, ()
    return ScoreShift(before=fmean(theirs), now=fmean(mine), z=z), ()


def _daily_means(candidates: Sequence[Candidate], model: str) -> list[float]:
    by_day: dict[date, list[float]] = {}
    for each in candidates:
        if each.model == model:
            by_day.setdefault(each.paper.announced, []).append(each.relevance)
    return [fmean(scores) for scores in by_day.values()]


def _gatherings(
    now: Sequence[Candidate], past: Sequence[Candidate], where: Map
) -> tuple[Gathering, ...]:
    """Groups of papers near no topic that are larger than their past, by a Poisson test.

    Greedy: the paper with the most others about it makes a group with them, then the next
    among those left.
    """
    import numpy as np

    own = _own_nearness(where.entries)
    far, near = np.quantile(own, [FAR_SHARE, NEAR_SHARE])
    far_now, far_past = (_far_from_list(part, where, far) for part in (now, past))
    if len(far_now) < LEAST_GATHERED:
        return ()
    here = np.stack([where.papers[each.paper.arxiv_id] for each in far_now])
    there = (
        np.stack([where.papers[each.paper.arxiv_id] for each in far_past])
        if far_past
        else np.zeros((0, here.shape[1]), dtype=np.float32)
    )
    scale = _seen(now, where) / max(_seen(past, where), 1)
    left = np.ones(len(far_now), dtype=np.bool_)
    found: list[Gathering] = []
    while left.sum() >= LEAST_GATHERED and len(found) < MOST_GATHERINGS:
        about = (here @ here.T >= ALIKE) & left[None, :] & left[:, None]
        middle = int(about.sum(axis=1).argmax())
        group = np.flatnonzero(about[middle])
        if len(group) < LEAST_GATHERED:
            break
        left[group] = False
        # The middle was chosen for having much about it; half a paper more is expected there.
        expected = (float((there @ here[middle] >= ALIKE).sum()) + 0.5) * scale
        surprising = _poisson_tail(len(group), expected) < CHANCE / len(far_now)
        if surprising and not _lies_in_list(here[group], where, near):
            found.append(_describe([far_now[row] for row in group], here[group], now, expected))
    return tuple(sorted(found, key=lambda each: -each.papers))


def _seen(candidates: Iterable[Candidate], where: Map) -> int:
    return sum(each.paper.arxiv_id in where.papers for each in candidates)


def _nearness(vectors: NDArray[np.float32], entries: NDArray[np.float32]) -> NDArray[np.float32]:
    """Similarity of each vector to its third-nearest entry, shape (n,)."""
    import numpy as np

    place = min(NEIGHBOURS, len(entries))
    return np.asarray(np.sort(vectors @ entries.T, axis=1)[:, -place], dtype=np.float32)


def _own_nearness(entries: NDArray[np.float32]) -> NDArray[np.float32]:
    """Likewise of each entry among the others."""
    import numpy as np

    alike = entries @ entries.T
    np.fill_diagonal(alike, -1.0)
    return np.asarray(np.sort(alike, axis=1)[:, -min(NEIGHBOURS, len(entries))], dtype=np.float32)


def _far_from_list(candidates: Sequence[Candidate], where: Map, bound: float) -> list[Candidate]:
    """Those whose nearness to the list is below ``bound``."""
    import numpy as np

    known = [each for each in candidates if each.paper.arxiv_id in where.papers]
    if not known:
        return []
    vectors = np.stack([where.papers[each.paper.arxiv_id] for each in known])
    far = _nearness(vectors, where.entries) < bound
    return [each for each, is_far in zip(known, far, strict=True) if is_far]


def _lies_in_list(vectors: NDArray[np.float32], where: Map, bound: float) -> bool:
    """Whether a group is the fringe of a topic: each paper is far, and their middle is not."""
    import numpy as np

    middle = vectors.mean(axis=0, keepdims=True)
    middle /= np.linalg.norm(middle) or 1.0
    return bool(_nearness(middle, where.entries)[0] >= bound)


def _describe(
    group: Sequence[Candidate],
    vectors: NDArray[np.float32],
    queue: Sequence[Candidate],
    expected: float,
) -> Gathering:
    order = (vectors @ vectors.mean(axis=0)).argsort()[::-1][:TYPICAL]
    typical = [group[row].paper for row in order]
    return Gathering(
        papers=len(group),
        expected=expected,
        typical=tuple((paper.arxiv_id, " ".join(paper.title.split())) for paper in typical),
        words=_words(group, queue),
    )


def _words(group: Sequence[Candidate], queue: Sequence[Candidate]) -> tuple[str, ...]:
    """Words in more of the group's papers than of the queue's, the most telling first."""
    inside, all_of_it = (
        Counter(word for each in part for word in _words_of(each)) for part in (group, queue)
    )
    telling = {
        word: count / len(group) * math.log((count / len(group)) / (all_of_it[word] / len(queue)))
        for word, count in inside.items()
        if count >= max(2, len(group) // 3)
    }
    return tuple(sorted(telling, key=lambda word: (-telling[word], word))[:WORDS])


def _words_of(candidate: Candidate) -> set[str]:
    paper = candidate.paper
    return set(_WORD.findall(f"{paper.title} {paper.abstract or ''}".casefold()))


def _poisson_tail(count: int, expected: float) -> float:
    """Chance of ``count`` or more where ``expected`` are expected."""
    below = sum(
        math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(count)
    )
    return max(1.0 - below, 0.0)
