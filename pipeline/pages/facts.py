"""What a report tells, as plain values; everything that looks at it is given the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Recall of one ranker.

    Attributes:
        name: As people call it.
        ours: Whether it is Shortlist's.
        recall: Papers read a day → share of what was added that stands among them, 0..1.
    """

    name: str
    ours: bool
    recall: Mapping[int, Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """Papers that were given about the same probability.

    Attributes:
        said: Mean probability, 0..1.
        happened: How often it was so, 0..1, with its interval.
        n: Papers.
    """

    said: float
    happened: Measured
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A listed paper, and how alike it is (cosine, -1..1)."""

    arxiv_id: str
    title: str
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedPaper:
    """A paper that the maintainers added, and where it would have stood on its day.

    Attributes:
        arxiv_id: Its identifier.
        title: As the list has it.
        topic: Where it was put.
        day: Its announcement day.
        rank: 1 for the first of its day.
        papers: Papers of its day.
        score: Relevance it was given, 0..1.
        cut_score: Relevance of the last paper of that day that would have been read.
        has_abstract: Whether its abstract is among the papers given.
        nearest: The entries of that day's list nearest to it, nearest first.
    """

    arxiv_id: str
    title: str
    topic: str
    day: date
    rank: int
    papers: int
    score: float
    cut_score: float
    has_abstract: bool
    nearest: tuple[Near, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayFacts:
    """What a replay showed.

    Attributes:
        start: First day of the window.
        end: Its last day.
        days: Days replayed.
        papers: Papers of all days.
        papers_a_day: Of the median day.
        depth: Papers a day that somebody is taken to read.
        curves: Ours first.
        lead: Recall at ``depth`` over the best other ranker; absent when there is none.
        relevance: Reliability on each day's first papers, lowest first.
        relevance_papers: How many first papers of a day that is.
        relevance_error: Calibration error.
        relevance_skill: Brier skill over the base rate.
        topic_accuracy: Share of what was added whose likeliest topic was right.
        added: Every paper that was added, in the order of days and ranks.
        usual_likeness: Three in four papers within ``depth`` are at least so like their nearest
            entry; 0.0 when too few are known.
    """

    start: date
    end: date
    days: int
    papers: int
    papers_a_day: float
    depth: int
    curves: tuple[Curve, ...]
    lead: Measured | None
    relevance: tuple[ReliabilityBin, ...]
    relevance_papers: int
    relevance_error: Measured
    relevance_skill: Measured
    topic_accuracy: Measured
    added: tuple[AddedPaper, ...]
    usual_likeness: float

    @property
    def missed(self) -> tuple[AddedPaper, ...]:
        """What stood below ``depth``, lowest first."""
        below = [paper for paper in self.added if paper.rank > self.depth]
        return tuple(sorted(below, key=lambda paper: -paper.rank))


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFacts:
    """How well topics are told apart, on papers held out in turn.

    Attributes:
        n: Papers.
        figures: Measure → figure; its name as people read it.
        error: Calibration error of the likeliest topic.
        reliability: Least confident first.
        names: Topics, most papers first: rows and columns of ``confusion``.
        confusion: Row: where papers belong, column: where they were put; papers.
    """

    n: int
    figures: Mapping[str, Measured]
    error: Measured
    reliability: tuple[ReliabilityBin, ...]
    names: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicGain:
    """Papers that one topic gained, a month."""

    topic: str
    months: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gained:
    """What the list gained.

    Attributes:
        months: ``YYYY-MM``, oldest first, none left out.
        topics: One row each, most gained first.
        earlier: Papers that came in before the first of ``months``.
    """

    months: tuple[str, ...]
    topics: tuple[TopicGain, ...]
    earlier: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormingTopic:
    """Papers that gather near no topic: words and most typical papers (identifier, title)."""

    words: tuple[str, ...]
    papers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What moved beyond what the past explains; empty when nothing did."""

    lines: tuple[str, ...] = ()
    new_topics: tuple[FormingTopic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """All of a report.

    Attributes:
        list_name: The list's, for headings.
        commit: Its newest commit.
        entries: Papers in it now.
        made_on: The day of the report.
        gained: What it gained.
        replay: ``None`` before the first replay.
        topics: ``None`` where topics cannot be scored; ``notes`` says why.
        drift: ``None`` where nobody looked.
        notes: What is worth knowing of the figures, one sentence each.
    """

    list_name: str
    commit: str
    entries: int
    made_on: date
    gained: Gained
    replay: ReplayFacts | None
    topics: TopicFacts | None
    drift: Drift | None
    notes: tuple[str, ...]
