"""What a large day costs beside encoding all of it, and what training costs."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from db.records import AnnounceType, Paper
from db.vectors import VectorCache
from models.artifact import SHIPPED_ARTIFACT, load_artifact
from models.encoder import load_encoder
from pipeline.sources.recorded import read_day, recorded_days
from pipeline.triage.embed import training_text
from pipeline.triage.score import predict_papers

pytestmark = [pytest.mark.benchmark, pytest.mark.shared, pytest.mark.timeout(1800)]

PAPERS = 1000
SHOWN = 50
MOST_COST = 0.35
LEAST_SAME = 0.98

TRAINING_SECONDS = 60.0
TRAINING_MEGABYTES = 2000.0


def large_day(shared: Path) -> list[Paper]:
    """A thousand papers of the newest recorded days, as if announced on one."""
    papers: dict[str, Paper] = {}
    folder = shared / "arxiv" / "days"
    for day in reversed(recorded_days(folder)):
        for paper in read_day(folder, day)[0]:
            if paper.announce_type is not AnnounceType.REPLACE and paper.abstract:
                papers.setdefault(paper.arxiv_id, paper)
        if len(papers) >= PAPERS:
            break
    first = list(papers.values())[:PAPERS]
    return [replace(paper, announced=first[0].announced) for paper in first]


def test_a_large_day_costs_a_third_of_encoding_it_and_shows_the_same(shared, tmp_path):
    papers = large_day(shared)
    texts = [training_text(paper.title, paper.abstract) for paper in papers]
    encoder = load_encoder()
    encoder.encode(["warm"])
    artifact = load_artifact(SHIPPED_ARTIFACT)

    from sentence_transformers import SentenceTransformer

    naive = SentenceTransformer(str(encoder._weights.folder), device="cpu", local_files_only=True)
    began = time.perf_counter()
    naive.encode(texts, batch_size=32, show_progress_bar=False)
    naive_seconds = time.perf_counter() - began

    began = time.perf_counter()
    looked = predict_papers(papers, artifact, encoder, VectorCache(tmp_path / "vectors.db"))
    seconds = time.perf_counter() - began

    whole = predict_papers(
        papers, artifact, encoder, VectorCache(tmp_path / "all.db"), first_look=False
    )
    first = [
        set(np.argsort([-said.relevance for said in predictions], kind="stable")[:SHOWN].tolist())
        for predictions in (looked, whole)
    ]
    same = len(first[0] & first[1]) / SHOWN
    cost = seconds / naive_seconds
    print(f"\n{PAPERS} papers: {naive_seconds:.1f} s encoded naively, {seconds:.1f} s in all,")
    print(
        f"cost {cost:.3f}, first look lets {artifact.depth} through, top {SHOWN}: {same:.2f} same"
    )
    assert cost <= MOST_COST
    assert same >= LEAST_SAME


TRAIN = """
import json, resource, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
import numpy as np
from db.records import AnnounceType
from models.facts import Facts
from models.training import Background, Example, train
from pipeline.sources.recorded import read_day, recorded_days
from pipeline.triage.embed import training_text

folder = Path(sys.argv[1])
papers = {}
for day in recorded_days(folder):
    for paper in read_day(folder, day)[0]:
        if paper.announce_type is not AnnounceType.REPLACE and paper.abstract:
            papers.setdefault(paper.arxiv_id, paper)
papers = list(papers.values())[:31_000]
made = [
    (
        training_text(paper.title, paper.abstract),
        Facts(title=paper.title, authors=paper.authors, categories=paper.categories),
    )
    for paper in papers
]
dice = np.random.default_rng(0)
vectors = dice.normal(size=(31_000, 384)).astype(np.float32)
vectors[:1000, :8] += 3
vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
chosen = list(range(0, 31_000, 31))
rest = [row for row in range(31_000) if row % 31]
began = time.perf_counter()
train(
    [
        Example(
            text=made[row][0], arxiv_id=papers[row].arxiv_id, title=papers[row].title,
            topic=f"Topic {n % 12}", facts=made[row][1], announced=papers[row].announced,
        )
        for n, row in enumerate(chosen)
    ],
    vectors[:1000],
    [
        Background(
            text=made[row][0], arxiv_id=papers[row].arxiv_id, facts=made[row][1],
            announced=papers[row].announced,
        )
        for row in rest
    ],
    vectors[1000:],
    background_total=30_000, encoder_identity="made-up", encoder_name="made-up",
    until=date(2022, 8, 31), trained_at=datetime(2022, 9, 1, tzinfo=UTC), source="a benchmark",
)
seconds = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "megabytes": peak}))
"""


def test_training_on_a_thousand_entries_and_thirty_thousand_others_is_quick_and_small(shared):
    done = subprocess.run(
        [sys.executable, "-c", TRAIN, str(shared / "arxiv" / "days")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"\ntraining: {found['seconds']:.1f} s, {found['megabytes']:.0f} MB at most")
    assert found["seconds"] < TRAINING_SECONDS
    assert found["megabytes"] < TRAINING_MEGABYTES
