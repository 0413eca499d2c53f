"""Facts for a report, made up; every number can be told from every other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from pipeline.pages.facts import (
    AddedPaper,
    Curve,
    Gained,
    Measured,
    Near,
    ReliabilityBin,
    ReplayFacts,
    ReportFacts,
    TopicFacts,
    TopicGain,
)

START = date(2022, 6, 1)
HOSTILE = '<script>alert(1)</script> & "x" </title></svg>\' <!-- | `a` @me #12 https://evil.example'


def measured(value: float, spread: float = 0.05) -> Measured:
    return Measured(value=value, low=max(value - spread, 0.0), high=min(value + spread, 1.0))


def make_curve(name: str, at_twenty: float, *, ours: bool = False) -> Curve:
    """A curve that rises to ``at_twenty`` at a depth of 20 and halfway on from there."""
    rest = (1 - at_twenty) / 60
    return Curve(
        name=name,
        ours=ours,
        recall={
            depth: measured(
                at_twenty * depth / 20 if depth <= 20 else at_twenty + rest * (depth - 20)
            )
            for depth in range(1, 51)
        },
    )


def make_added(number: int, *, rank: int, title: str = "", **changes: Any) -> AddedPaper:
    return replace(
        AddedPaper(
            arxiv_id=f"2206.{number:05}",
            title=title or f"Added Paper {number}",
            topic="Privacy",
            day=START + timedelta(days=number % 20),
            rank=rank,
            papers=208,
            score=0.123 / rank,
            cut_score=0.0456,
            has_abstract=True,
            nearest=(Near(arxiv_id="2001.00001", title="Old Private Things", similarity=0.37),),
        ),
        **changes,
    )


def make_bins() -> tuple[ReliabilityBin, ...]:
    return tuple(
        ReliabilityBin(said=said, happened=measured(said + 0.013), n=315)
        for said in (0.011, 0.052, 0.173, 0.427)
    )


def make_replay(**changes: Any) -> ReplayFacts:
    return replace(
        ReplayFacts(
            start=START,
            end=START + timedelta(days=29),
            days=22,
            papers=4576,
            papers_a_day=208.0,
            depth=20,
            curves=(
                make_curve("Shortlist", 0.853, ours=True),
                make_curve("TF-IDF + SVM", 0.741),
                make_curve("key words", 0.512),
            ),
            lead=Measured(value=0.112, low=0.061, high=0.158),
            relevance=make_bins(),
            relevance_papers=50,
            relevance_error=Measured(value=0.0213, low=0.0151, high=0.0349),
            relevance_skill=Measured(value=0.271, low=0.198, high=0.332),
            topic_accuracy=measured(0.887),
            added=tuple(make_added(n, rank=rank) for n, rank in enumerate([1, 3, 9, 31, 77])),
            usual_likeness=0.66,
        ),
        **changes,
    )


def make_topics(**changes: Any) -> TopicFacts:
    return replace(
        TopicFacts(
            n=34,
            figures={
                "accuracy": measured(0.912),
                "macro_f1": measured(0.884),
                "top2_accuracy": measured(0.971),
                "ece": measured(0.0317, 0.01),
                "coverage": measured(0.957),
                "mean_set_size": Measured(value=1.43, low=1.31, high=1.55),
            },
            error=measured(0.0317, 0.01),
            reliability=make_bins(),
            names=("Privacy", "Fairness"),
            confusion=((18, 3), (0, 13)),
        ),
        **changes,
    )


def make_facts(**changes: Any) -> ReportFacts:
    """A whole report; ``changes`` replace parts of it."""
    return replace(
        ReportFacts(
            list_name="awesome-list",
            commit="0123456789abcdef",
            entries=630,
            made_on=date(2022, 9, 1),
            gained=Gained(
                months=("2022-06", "2022-07", "2022-08"),
                topics=(
                    TopicGain(topic="Privacy", months=(41, 0, 17)),
                    TopicGain(topic="Fairness", months=(0, 5, 2)),
                ),
                earlier=133,
            ),
            replay=make_replay(),
            topics=make_topics(),
            drift=None,
            notes=("A note of the evaluation.",),
        ),
        **changes,
    )
