"""Stand-ins that work: they keep what they are told and answer from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.records import Fetch, FetchStatus, Paper
from models.artifact import Neighbour, Prediction
from models.errors import ArtifactError
from pipeline.daily import DailyJob
from pipeline.outcome import Delivery, Scores
from pipeline.ports import Progress
from pipeline.sources.day_by_day import DayByDay
from tests.builders import DAY, NOW, make_paper, make_publish_job, open_ledger


class FakeSource:
    """A source that delivers what it was given, and fails where it was told to."""

    def __init__(self, days: dict[date, Sequence[Paper]], *, name: str = "fake") -> None:
        self.days = days
        self.failing: set[date] = set()
        self.problem = "it is down"
        self.asked: list[date] = []
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    def fetch_day(self, day: date) -> Delivery:
        self.asked.append(day)
        papers = () if day in self.failing else tuple(self.days.get(day, ()))
        failed = day in self.failing
        return Delivery(
            papers=papers,
            fetch=Fetch(
                source=self.name,
                day=day,
                status=FetchStatus.FAILED if failed else FetchStatus.COMPLETE,
                received=len(papers),
                problem=self.problem if failed else "",
                fetched_at=NOW,
            ),
        )


class FakeScorer:
    """Scores by what the title says: its number, and the topic it names."""

    def __init__(self, topics: Sequence[str] = ("Privacy", "Fairness")) -> None:
        self.topics = topics
        self.broken = False
        self.scored: list[str] = []

    def score(self, papers: Sequence[Paper]) -> Scores:
        if self.broken and papers:
            raise ArtifactError("the model is away")
        self.scored += [paper.arxiv_id for paper in papers]
        return Scores(predictions=tuple(self._predict(paper) for paper in papers), model="fake-1")

    def _predict(self, paper: Paper) -> Prediction:
        named = next((t for t in self.topics if t.casefold() in paper.title.casefold()), None)
        first = named or self.topics[0]
        others = [topic for topic in self.topics if topic != first]
        return Prediction(
            relevance=int(paper.arxiv_id[-3:]) / 1000,
            topics=((first, 0.9), *((topic, 0.1 / len(others)) for topic in others)),
            neighbours=(Neighbour(arxiv_id="2205.00002", title="Private Things", similarity=0.7),),
            words=("private",),
        )


class FakeEncoder:
    """Unit vectors made of the text's hash; counts what it encodes."""

    identity = "fake-encoder sha256:0"
    name = "fake-encoder"
    dimension = 8

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> NDArray[np.float32]:
        self.encoded += texts
        rows = [
            np.frombuffer(hashlib.sha256(text.encode()).digest()[: self.dimension], dtype=np.uint8)
            for text in texts
        ]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), self.dimension) - 127.5
        if progress is not None:
            progress(len(texts), len(texts))
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def nine_papers() -> FakeSource:
    """A source of one day, whose papers are the more relevant the higher their number."""
    papers = [make_paper(f"2206.00{number:03}", title=f"Fairness {number}") for number in range(9)]
    return FakeSource({DAY: papers})


def make_daily_job(folder: Path, source: FakeSource) -> DailyJob:
    """A daily run of :func:`tests.builders.make_publish_job`'s list, of which three a day queue."""
    ledger = open_ledger(folder)
    return DailyJob(
        publication=make_publish_job(folder),
        intake=DayByDay(sources=(source,), ledger=ledger),
        ledger=ledger,
        scorer=FakeScorer(),
        aliases={},
        per_day=3,
        expire_days=14,
        day=DAY,
    )
