"""Ranked days as the figures people compare."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.replay.measure import (
    DEPTHS,
    calibration,
    interval,
    median_papers,
    per_topic,
    recall_at,
    topic_accuracy,
    work_saved,
)
from pipeline.replay.run import SHORTLIST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from pipeline.replay.measure import RankedDay

SUMMARY_FILE = "summary.json"

COMPARED_DEPTH = 20


def summarise(days: Sequence[RankedDay], *, start: date, end: date) -> dict[str, Any]:
    """The summary, ready for JSON.

    ``intervals`` has a 95 % bootstrap interval for every figure of ours, the lead over
    the best baseline, and calibration with its own intervals.
    """
    others = [name for name in days[0].scores if name != SHORTLIST] if days else []
    recalls = {str(depth): recall_at(days, SHORTLIST, depth) for depth in DEPTHS}
    baselines = {
        name: {
            "recall_at": {str(depth): round(recall_at(days, name, depth), 4) for depth in DEPTHS},
            "wss_95": round(work_saved(days, name), 4),
        }
        for name in others
    }
    return {
        "window": {"from": start.isoformat(), "to": end.isoformat()},
        "days": len(days),
        "papers": sum(len(day.arxiv_ids) for day in days),
        "positives": sum(len(day.added) for day in days),
        "recall_at": {depth: round(value, 4) for depth, value in recalls.items()},
        "wss_95": round(work_saved(days, SHORTLIST), 4),
        "median_papers_a_day": median_papers(days),
        "topic_accuracy": round(topic_accuracy(days), 4),
        "per_topic": per_topic(days, SHORTLIST),
        "baselines": baselines,
        "intervals": _intervals(days, others),
    }


def write_summary(summary: dict[str, Any], folder: Path) -> Path:
    """Keep the summary beside the days it was made of; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SUMMARY_FILE
    path.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _intervals(days: Sequence[RankedDay], others: Sequence[str]) -> dict[str, Any]:
    def spread(measure: Callable[[Sequence[RankedDay]], float]) -> list[float]:
        return [round(bound, 4) for bound in interval(days, measure)]

    def ours(depth: int, sample: Sequence[RankedDay]) -> float:
        return recall_at(sample, SHORTLIST, depth)

    def lead(sample: Sequence[RankedDay]) -> float:
        best = max(recall_at(sample, name, COMPARED_DEPTH) for name in others)
        return recall_at(sample, SHORTLIST, COMPARED_DEPTH) - best

    error, skill = calibration(days, SHORTLIST)
    return {
        "recall_at": {str(depth): spread(partial(ours, depth)) for depth in DEPTHS},
        "wss_95": spread(lambda sample: work_saved(sample, SHORTLIST)),
        "topic_accuracy": spread(topic_accuracy),
        **({"recall_at_20_over_best_baseline": spread(lead)} if others else {}),
        "relevance_calibration_error": {
            "value": round(error, 4),
            "interval": spread(lambda sample: calibration(sample, SHORTLIST)[0]),
        },
        "relevance_brier_skill": {
            "value": round(skill, 4),
            "interval": spread(lambda sample: calibration(sample, SHORTLIST)[1]),
        },
    }
