"""Which of the fresh papers become candidates: the best of each announcement day, and a few more.

The few more are drawn at random from below the cut (:mod:`pipeline.triage.audit`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from db.records import Candidate, Evidence, NearEntry, TopicProbability
from pipeline.errors import SetupError
from pipeline.triage.audit import draw_audit
from pipeline.triage.explain import accepted_where, explain, nearest_others
from pipeline.triage.headings import headings_meant
from pipeline.triage.known import near_entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from db.records import Paper
    from models.artifact import Prediction
    from pipeline.lists.entry import Entry

TOPICS_KEPT = 5
"""How many of the likeliest topics a candidate keeps."""


def select_candidates(
    papers: Sequence[Paper],
    predictions: Sequence[Prediction],
    *,
    standing: Sequence[Candidate],
    entries: Sequence[Entry],
    topics: Sequence[str],
    aliases: Mapping[str, str],
    per_day: int,
    audit_per_week: int = 0,
    model: str,
    now: datetime,
) -> tuple[Candidate, ...]:
    """The papers that stand within the first ``per_day`` of their announcement day.

    Beside them a few a week that do not, drawn at random and marked as such.

    Papers of a day that came in late compete with those already queued for
    it: the late ones that would have been among its best are taken, so that a
    source that failed for an hour costs nobody a paper.

    Args:
        papers: What is fresh.
        predictions: One per paper.
        standing: All that were queued before, in whatever state they are.
        entries: All entries of the list, to tell which paper may be listed already.
        topics: The list's topics, as its headings spell them.
        aliases: Other names of topics, from config.
        per_day: Most candidates of one announcement day, those drawn at random not counted.
        audit_per_week: How many are drawn a week from what is not among them.
        model: Version of the artifact that made the predictions.
        now: When they are queued.

    Returns:
        Candidates, most relevant first, then those drawn at random.

    Raises:
        SetupError: The model knows none of the list's topics.
    """
    by_day = standing_of_day(papers, predictions, standing)
    cut = {day: sorted(scores, reverse=True)[:per_day][-1] for day, scores in by_day.items()}

    best = [
        (paper, prediction)
        for paper, prediction in zip(papers, predictions, strict=True)
        if prediction.relevance >= cut[paper.announced]
    ]
    best.sort(key=lambda pair: -pair[1].relevance)

    def make(paper: Paper, prediction: Prediction) -> Candidate:
        ranked = topics_of_list(prediction.topics, topics, aliases)
        choices = choices_of(prediction.choice, ranked, aliases)
        return _candidate(paper, prediction, entries, ranked, choices, model=model, now=now)

    first = [make(paper, prediction) for paper, prediction in _first_of_each_day(best, per_day)]
    queued = {each.paper.arxiv_id for each in first}
    said = {
        paper.arxiv_id: prediction for paper, prediction in zip(papers, predictions, strict=True)
    }
    drawn = draw_audit(
        (paper for paper in papers if paper.arxiv_id not in queued),
        per_week=audit_per_week,
        drawn_before=standing,
    )
    audit = [replace(make(paper, said[paper.arxiv_id]), audit=True) for paper in drawn]
    return (*first, *audit)


def standing_of_day(
    papers: Sequence[Paper], predictions: Sequence[Prediction], standing: Sequence[Candidate]
) -> dict[date, list[float]]:
    """By announcement day of ``papers``, the relevance of all that compete for it."""
    by_day: dict[date, list[float]] = {}
    for paper, prediction in zip(papers, predictions, strict=True):
        by_day.setdefault(paper.announced, []).append(prediction.relevance)
    for candidate in standing:
        if candidate.paper.announced in by_day and not candidate.audit:
            by_day[candidate.paper.announced].append(candidate.relevance)
    return by_day


def _first_of_each_day(
    best: Sequence[tuple[Paper, Prediction]], per_day: int
) -> Iterator[tuple[Paper, Prediction]]:
    """At most ``per_day`` of each day, also where scores at the cut are equal."""
    taken: Counter[date] = Counter()
    for paper, prediction in best:
        taken[paper.announced] += 1
        if taken[paper.announced] <= per_day:
            yield paper, prediction


def _candidate(
    paper: Paper,
    prediction: Prediction,
    entries: Sequence[Entry],
    ranked: tuple[TopicProbability, ...],
    choices: tuple[str, ...],
    *,
    model: str,
    now: datetime,
) -> Candidate:
    near = near_entry(paper, entries)
    return Candidate(
        paper=paper,
        topic=ranked[0].topic,
        topics=ranked[:TOPICS_KEPT],
        relevance=prediction.relevance,
        why=explain(prediction, near=near, paper=paper),
        model=model,
        queued_at=now,
        choices=choices,
        evidence=evidence_of(prediction, paper),
    )


def choices_of(
    choice: Sequence[str], ranked: Sequence[TopicProbability], aliases: Mapping[str, str]
) -> tuple[str, ...]:
    """The prediction set over the list's own headings, likeliest first; empty where it is one."""
    renamed = {old.casefold(): new.casefold() for old, new in aliases.items()}
    keys = {topic.casefold() for topic in choice}
    keys |= {renamed[key] for key in keys & renamed.keys()}
    offered = tuple(each.topic for each in ranked if each.topic.casefold() in keys)
    return offered if len(offered) > 1 else ()


def evidence_of(prediction: Prediction, paper: Paper) -> Evidence:
    """What the scores of a paper rest on."""
    return Evidence(
        nearest=tuple(
            NearEntry(
                title=near.title,
                arxiv_id=near.arxiv_id,
                similarity=min(max(near.similarity, 0.0), 1.0),
            )
            for near in nearest_others(prediction, paper)
        ),
        words_for=prediction.words,
        words_against=prediction.against,
        accepted=accepted_where(paper.comment or ""),
        listed_authors=tuple(name for name, _ in prediction.listed_authors),
    )


def topics_of_list(
    predicted: Sequence[tuple[str, float]], topics: Sequence[str], aliases: Mapping[str, str]
) -> tuple[TopicProbability, ...]:
    """The prediction over the list's own headings, best first, summing to 1.

    A topic the list no longer has gives its share to its alias if there is
    one, else to the others in proportion.

    Raises:
        SetupError: No predicted topic is one of the list's.
    """
    meant = headings_meant((name for name, _ in predicted), topics, aliases)
    shares: dict[str, float] = {}
    for name, probability in predicted:
        if name in meant:
            shares[meant[name]] = shares.get(meant[name], 0.0) + probability
    total = sum(shares.values())
    if total <= 0.0:
        raise SetupError(
            "the model knows none of this list's topics"
            f" ({', '.join(topics[:3])}{', …' if len(topics) > 3 else ''})",  # noqa: PLR2004
            hint="`shortlist train` makes a model of this list, or map names in"
            " [list] topic_aliases",
        )
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(TopicProbability(topic=topic, probability=p / total) for topic, p in ranked)
