"""Relevance: what it listens to, and what it does not let itself be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from models.artifact import Artifact, load_artifact, save_artifact
from models.base_rate import recent_rate
from models.facts import Facts, fit_fact_features
from models.prose import is_piled_up
from models.training import train
from pipeline.sources.recorded import read_day
from tests.models.builders import (
    IDENTITY,
    WORDS,
    WordEncoder,
    make_background,
    make_examples,
    text_elsewhere,
    text_on,
    train_on,
)

DAY = date(2022, 5, 1)


def dated() -> Artifact:
    """Forty entries of one group of authors in cs.LG, against others' papers in cs.CL."""
    examples = [
        replace(
            example,
            facts=Facts(authors=("Ann Author", f"Bob {n}"), categories=("cs.LG",)),
            announced=DAY + timedelta(days=n % 10),
        )
        for n, example in enumerate(make_examples(Privacy=20, Fairness=20))
    ]
    background = [
        replace(
            paper,
            facts=Facts(
                authors=(f"Cyd {n}",), categories=("cs.CL",) if n % 4 else ("cs.LG", "cs.CL")
            ),
            announced=DAY + timedelta(days=n % 10),
        )
        for n, paper in enumerate(make_background(120))
    ]
    encode = WordEncoder().encode
    return train(
        examples,
        encode([example.text for example in examples]),
        background,
        encode([paper.text for paper in background]),
        background_total=len(background),
        encoder_identity=IDENTITY,
        encoder_name="made-up",
        until=date(2022, 5, 31),
        trained_at=make_time(),
        source="made up",
    )


def make_time():
    from datetime import UTC, datetime

    return datetime(2022, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def model() -> Artifact:
    return dated()


def relevance(artifact: Artifact, text: str, facts: Facts) -> float:
    return artifact.score([text], WordEncoder().encode([text]), [facts])[0].relevance


def test_a_listed_author_speaks_for_a_paper_and_is_named(model: Artifact):
    text = text_on("Privacy", 900)
    known = Facts(authors=("Ann  AUTHOR",), categories=("cs.LG",))
    stranger = replace(known, authors=("Eve Else",))
    assert relevance(model, text, known) > relevance(model, text, stranger)
    said = model.score([text], WordEncoder().encode([text]), [known])[0]
    assert said.listed_authors == (("Ann  AUTHOR", 40),)


def test_what_is_not_known_of_a_paper_counts_neither_way(model: Artifact):
    features = model.relevance.facts
    assert features.transform([Facts()])[0] == pytest.approx(features.means)


def test_an_entrys_own_name_does_not_speak_for_it_while_it_teaches():
    features = fit_fact_features([("Ann",), ("Bob",)], [Facts(authors=("Cyd",))])
    alone = Facts(authors=("Ann",))
    assert features.transform([alone], listed=[True])[0, 0] == 0.0
    assert features.transform([alone], listed=[False])[0, 0] > 0.0


def test_words_for_and_words_against_are_the_papers_own(model: Artifact):
    text = text_on("Privacy", 901) + " robot speech parsing"
    said = model.score([text], WordEncoder().encode([text]))[0]
    assert set(said.words) & set(WORDS["Privacy"].split())
    assert set(said.against) & {"robot", "speech", "parsing"}
    assert not set(said.words) & set(said.against)


def test_a_heap_of_key_words_is_noticed_and_does_not_take_the_top(model: Artifact):
    heap = " ".join(f"{WORDS['Privacy']} {WORDS['Fairness']}" for _ in range(5))
    papers = [heap, *(text_on("Privacy", n) for n in range(950, 960))]
    said = model.score(papers, WordEncoder().encode(papers))
    assert said[0].loud
    assert not any(other.loud for other in said[1:])
    assert said[0].relevance < max(other.relevance for other in said[1:])


def test_key_words_at_the_end_of_an_honest_abstract_are_noticed():
    honest = "We study robots that learn from speech. The method is a graph, and it plans. " * 2
    listed = ", ".join(["membership inference, adversarial robustness, group fairness"] * 8)
    assert not is_piled_up(honest)
    assert is_piled_up(f"{honest} Keywords: {listed}")


def test_one_sentence_again_and_again_is_noticed():
    assert is_piled_up("We defend the deep network against attacks. " * 30)


@pytest.mark.shared
def test_of_the_recorded_papers_hardly_any_is_taken_for_piled_up(shared: Path):
    day = shared / "arxiv" / "days" / "2022-06-01.jsonl.gz"
    papers, _ = read_day(day.parent, date(2022, 6, 1))
    abstracts = [paper.abstract for paper in papers if paper.abstract]
    assert len(abstracts) > 100
    assert sum(map(is_piled_up, abstracts)) <= 1


def test_the_first_look_orders_like_the_model(model: Artifact):
    on, off = text_on("Fairness", 902), text_elsewhere(902)
    glanced = model.glance([on, off], [Facts(), Facts()])
    assert glanced[0] > glanced[1]


def test_a_saved_model_reads_facts_as_before(model: Artifact, tmp_path):
    save_artifact(model, tmp_path)
    facts = Facts(title="Private", authors=("Ann Author",), categories=("cs.LG", "cs.CR"))
    text = text_on("Privacy", 903)
    loaded = load_artifact(tmp_path)
    assert relevance(loaded, text, facts) == pytest.approx(relevance(model, text, facts), abs=1e-4)
    assert loaded.glance([text], [facts]) == pytest.approx(model.glance([text], [facts]), abs=1e-4)
    assert loaded.depth == model.depth


@pytest.mark.parametrize("text", ["", "word", "не по-английски вовсе", "privacy " * 10_000])
def test_odd_texts_get_a_probability(model: Artifact, text: str):
    assert 0.0 <= relevance(model, text, Facts()) <= 1.0


def test_entries_that_are_background_too_do_no_harm():
    artifact = train_on(make_examples(Privacy=10), make_background(60))
    assert artifact.depth == 0


def test_the_base_rate_follows_recent_weeks_and_is_held_by_the_long_run():
    announced = [200] * 60
    quiet = [0] * 60
    busy = [0] * 30 + [4] * 30
    ages = list(range(60, 0, -1))
    assert recent_rate(quiet, announced, ages) == 0.0
    assert 0.01 < recent_rate(busy, announced, ages) < 0.02
    assert recent_rate([], [], []) == 0.0
