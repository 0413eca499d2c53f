"""The first look in service: few are embedded, none are lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from db.vectors import VectorCache
from models.artifact import Artifact
from pipeline.triage.score import predict_papers
from tests.builders import make_paper
from tests.models.builders import WordEncoder, make_examples, text_elsewhere, text_on, train_on


class CountingEncoder(WordEncoder):
    def __init__(self) -> None:
        self.encoded = 0

    def encode(self, texts, *, progress=None):
        self.encoded += len(texts)
        return super().encode(texts)


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    """A model whose first look lets three papers of a day through."""
    made = train_on(make_examples(Privacy=20, Fairness=20))
    look = replace(made.relevance.look, depth=3)
    return replace(made, relevance=replace(made.relevance, look=look))


@pytest.fixture
def papers():
    days = (date(2022, 6, 1), date(2022, 6, 2))
    return [
        make_paper(
            f"2206.{place}000{n}",
            title="T",
            abstract=text_on("Privacy", 20 * place + n)
            if n < 2
            else text_elsewhere(20 * place + n),
            announced=day,
        )
        for place, day in enumerate(days)
        for n in range(8)
    ]


def test_of_each_day_only_what_the_first_look_lets_through_is_embedded(artifact, papers, tmp_path):
    encoder = CountingEncoder()
    said = predict_papers(papers, artifact, encoder, VectorCache(tmp_path / "v.db"))
    assert encoder.encoded == 6
    assert [prediction.looked_at for prediction in said].count(True) == 6
    assert all(said[row].looked_at for row in (0, 1, 8, 9))


def test_what_is_left_aside_stands_below_all_that_was_read_that_day(artifact, papers, tmp_path):
    said = predict_papers(papers, artifact, CountingEncoder(), VectorCache(tmp_path / "v.db"))
    for of_day in (said[:8], said[8:]):
        read = [one.relevance for one in of_day if one.looked_at]
        aside = [one.relevance for one in of_day if not one.looked_at]
        assert max(aside) < min(read)


def test_with_the_first_look_off_everything_is_read(artifact, papers, tmp_path):
    encoder = CountingEncoder()
    cache = VectorCache(tmp_path / "v.db")
    said = predict_papers(papers, artifact, encoder, cache, first_look=False)
    assert encoder.encoded == 16
    assert all(prediction.looked_at for prediction in said)
