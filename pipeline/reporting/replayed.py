"""What a kept replay says, and what each added paper was near to on its day."""

from __future__ import annotations

import json
import statistics
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.errors import SetupError
from pipeline.pages.facts import AddedPaper, Curve, Measured, Near, ReplayFacts
from pipeline.replay.measure import CALIBRATED, DEPTHS, median_papers, recall_curve, reliability
from pipeline.replay.run import SHORTLIST, kept_days
from pipeline.replay.summary import COMPARED_DEPTH, SUMMARY_FILE
from pipeline.reporting.figures import make_bin, measured
from pipeline.triage.embed import embed_texts, training_text
from pipeline.triage.examples import examples_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from models.neighbours import Neighbour
    from pipeline.replay.measure import RankedDay
    from pipeline.reporting.job import ReportJob

NAMES = {
    SHORTLIST: "Shortlist",
    "tfidf_svm": "TF-IDF + SVM",
    "elas_u4": "ASReview ELAS u4",
    "library_similarity": "library similarity",
    "keyword_or": "key words",
}
"""Rankers as people call them; others go by the name that the replay has."""

FEW = 4
"""With fewer papers found nothing is said of what is usual."""


def find_replay(folder: Path) -> Path | None:
    """The folder of the newest replay in ``folder``, or itself; ``None`` where there is none."""
    summaries = [*folder.glob(SUMMARY_FILE), *folder.glob(f"*/{SUMMARY_FILE}")]
    return max(summaries, key=lambda path: path.stat().st_mtime).parent if summaries else None


def replay_facts(job: ReportJob, folder: Path) -> ReplayFacts:
    """What the replay in ``folder`` showed.

    Raises:
        SetupError: It is not whole.
    """
    path = folder / SUMMARY_FILE
    try:
        summary = json.loads(path.read_text(encoding="utf-8"))
        start, end = (date.fromisoformat(summary["window"][key]) for key in ("from", "to"))
        promised = int(summary["days"])
        intervals = summary["intervals"]
        lead = _lead(summary)
        error, skill = (
            Measured(value=found["value"], low=found["interval"][0], high=found["interval"][1])
            for found in (
                intervals["relevance_calibration_error"],
                intervals["relevance_brier_skill"],
            )
        )
        topic_accuracy = measured(summary["topic_accuracy"], intervals["topic_accuracy"])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as problem:
        raise SetupError(
            f"{path} is no whole replay: {problem}", hint="run `shortlist replay` again"
        ) from problem
    days = kept_days(folder, start=start, end=end)
    if not days or len(days) != promised:
        raise SetupError(
            f"{path} tells of {promised} days, {len(days)} of them are kept",
            hint="run `shortlist replay` again",
        )
    added, usual = _added(job, days)
    return ReplayFacts(
        start=start,
        end=end,
        days=len(days),
        papers=sum(len(day.arxiv_ids) for day in days),
        papers_a_day=median_papers(days),
        depth=COMPARED_DEPTH,
        curves=tuple(_curve(days, name) for name in _rankers(days)),
        lead=lead,
        relevance=tuple(make_bin(b.said, b.happened, b.n) for b in reliability(days, SHORTLIST)),
        relevance_papers=CALIBRATED,
        relevance_error=error,
        relevance_skill=skill,
        topic_accuracy=topic_accuracy,
        added=added,
        usual_likeness=usual,
    )


def _rankers(days: Sequence[RankedDay]) -> list[str]:
    return [SHORTLIST, *(name for name in days[0].scores if name != SHORTLIST)]


def _curve(days: Sequence[RankedDay], ranker: str) -> Curve:
    points = recall_curve(days, ranker, range(1, DEPTHS[-1] + 1))
    return Curve(
        name=NAMES.get(ranker, ranker.replace("_", " ")),
        ours=ranker == SHORTLIST,
        recall={p.depth: Measured(value=p.recall, low=p.low, high=p.high) for p in points},
    )


def _lead(summary: Mapping[str, Any]) -> Measured | None:
    depth = str(COMPARED_DEPTH)
    others = [row["recall_at"][depth] for row in summary["baselines"].values()]
    if not others:
        return None
    bounds = summary["intervals"]["recall_at_20_over_best_baseline"]
    return measured(summary["recall_at"][depth] - max(others), bounds)


def _added(job: ReportJob, days: Sequence[RankedDay]) -> tuple[tuple[AddedPaper, ...], float]:
    """Every positive with what it was near to on its day, and how near most of those found are."""
    titles = {
        entry.arxiv_id: entry.title for entry in job.past.newest().entries if entry.arxiv_id
    } | {arxiv_id: paper.title for arxiv_id, paper in job.listed.items()}
    added = []
    for day in days:
        ranks = day.ranks(SHORTLIST)
        scores = dict(zip(day.arxiv_ids, day.scores[SHORTLIST], strict=True))
        ordered = sorted(scores.values(), reverse=True)
        near = _nearest(job, day, [(number, titles.get(number, number)) for number in ranks])
        for arxiv_id, rank in ranks.items():
            paper = job.listed.get(arxiv_id)
            added.append(
                AddedPaper(
                    arxiv_id=arxiv_id,
                    title=titles.get(arxiv_id, arxiv_id),
                    topic=day.topics[arxiv_id][0],
                    day=day.day,
                    rank=rank,
                    papers=len(day.arxiv_ids),
                    score=scores[arxiv_id],
                    cut_score=ordered[min(COMPARED_DEPTH, len(ordered)) - 1],
                    has_abstract=bool(paper and paper.abstract),
                    nearest=tuple(
                        Near(arxiv_id=n.arxiv_id, title=n.title, similarity=n.similarity)
                        for n in near[arxiv_id]
                    ),
                )
            )
    found = [
        paper.nearest[0].similarity
        for paper in added
        if paper.rank <= COMPARED_DEPTH and paper.nearest and paper.has_abstract
    ]
    return tuple(added), statistics.quantiles(found, n=4)[0] if len(found) >= FEW else 0.0


def _nearest(
    job: ReportJob, day: RankedDay, papers: Sequence[tuple[str, str]]
) -> dict[str, tuple[Neighbour, ...]]:
    """For (identifier, title) of that day, the nearest entries with abstract of its list."""
    from models.neighbours import Neighbours

    abstracts = {key: paper.abstract for key, paper in job.listed.items() if paper.abstract}
    entries = [
        example
        for example in examples_of(
            job.past.before(day.day).entries,
            abstracts,
            job.aliases,
            until=day.day,
            half_life_days=1.0,
        )
        if example.has_abstract
    ]
    if not entries or not papers:
        return {arxiv_id: () for arxiv_id, _ in papers}
    asked = [training_text(title, abstracts.get(number)) for number, title in papers]
    neighbours = Neighbours.of(
        embed_texts([e.text for e in entries], job.encoder, job.cache),
        arxiv_ids=[example.arxiv_id for example in entries],
        titles=[example.title for example in entries],
    )
    found = neighbours.nearest(embed_texts(asked, job.encoder, job.cache))
    return dict(zip((arxiv_id for arxiv_id, _ in papers), found, strict=True))
