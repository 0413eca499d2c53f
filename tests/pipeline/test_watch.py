"""What the daily summary says of the queue."""

from __future__ import annotations

from dataclasses import replace

from pipeline.triage.audit import LEAST_ANSWERS, Missed
from pipeline.triage.drift import Drift, ScoreShift
from pipeline.watch import Watch

QUIET = Drift(topics=(), scores=None, gatherings=(), unknown=())
MISSED = Missed(
    drawn=30,
    answered=LEAST_ANSWERS,
    added=1,
    weeks=10.0,
    below=900.0,
    missed=(2.0, 0.4, 9.0),
    found=11.0,
)


def test_what_is_missed_is_said_once_there_are_answers_enough() -> None:
    (line,) = Watch(missed=MISSED, drift=QUIET).lines
    assert line.startswith(f"audit: 1 of {LEAST_ANSWERS} papers from below the cut were approved")
    few = replace(MISSED, answered=LEAST_ANSWERS - 1)
    assert Watch(missed=few, drift=QUIET).lines == ()
    assert Watch(missed=None, drift=QUIET).lines == ()


def test_what_moved_is_said_first() -> None:
    moved = replace(QUIET, scores=ScoreShift(before=0.3, now=0.1, z=-4.0))
    first, second = Watch(missed=MISSED, drift=moved).lines
    assert first == moved.scores.line  # type: ignore[union-attr]
    assert second == MISSED.line
