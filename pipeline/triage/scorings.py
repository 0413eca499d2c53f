"""What is kept of every paper that was scored, queued or not: its rank, and where the cut was.

So that "why is this paper not in the queue?" has an answer later.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from db.records import Scoring
from pipeline.triage.select import standing_of_day, topics_of_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from db.records import Candidate, Paper
    from models.artifact import Prediction


def scorings_of(
    papers: Sequence[Paper],
    predictions: Sequence[Prediction],
    *,
    standing: Sequence[Candidate],
    topics: Sequence[str],
    aliases: Mapping[str, str],
    per_day: int,
    model: str,
    sources: Mapping[date, tuple[str, ...]],
    now: datetime,
) -> tuple[Scoring, ...]:
    """What the model said of each paper, and where that put it in its day.

    A late paper is ranked among those of its day that were queued before, as
    :func:`pipeline.triage.select.select_candidates` does.

    Args:
        papers: What is fresh.
        predictions: One per paper.
        standing: All that were queued before.
        topics: The list's topics, as its headings spell them.
        aliases: Other names of topics.
        per_day: Most candidates of one announcement day.
        model: Version of the artifact that made the predictions.
        sources: Which sources delivered papers, by announcement day.
        now: When (UTC).

    Raises:
        SetupError: The model knows none of the list's topics.
    """
    by_day = {
        day: sorted(relevances)
        for day, relevances in standing_of_day(papers, predictions, standing).items()
    }

    def scoring(paper: Paper, prediction: Prediction) -> Scoring:
        of_day = by_day[paper.announced]
        better = len(of_day) - bisect_right(of_day, prediction.relevance)
        return Scoring(
            arxiv_id=paper.arxiv_id,
            announced=paper.announced,
            model=model,
            topic=topics_of_list(prediction.topics, topics, aliases)[0].topic,
            relevance=prediction.relevance,
            rank=better + 1,
            papers=len(of_day),
            cut=per_day,
            sources=sources.get(paper.announced, ()),
            scored_at=now,
        )

    return tuple(map(scoring, papers, predictions))
