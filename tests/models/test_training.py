from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.artifact import Artifact
from models.errors import TrainingError
from tests.models.builders import (
    WordEncoder,
    make_background,
    make_examples,
    text_elsewhere,
    text_on,
    train_on,
)


def relevance_of(artifact: Artifact, *texts: str) -> list[float]:
    vectors = WordEncoder().encode(texts)
    return [said.relevance for said in artifact.score(texts, vectors)]


def likeliest(artifact: Artifact, *texts: str) -> list[str]:
    vectors = WordEncoder().encode(texts)
    return [said.topics[0][0] for said in artifact.score(texts, vectors)]


def test_unseen_papers_find_their_topic_and_stand_above_others(artifact: Artifact):
    on_topic = [text_on("Privacy", 900), text_on("Fairness", 901)]
    off_topic = [text_elsewhere(900 + n) for n in range(10)]
    assert likeliest(artifact, *on_topic) == ["Privacy", "Fairness"]
    said = relevance_of(artifact, *on_topic, *off_topic)
    assert min(said[:2]) > 0.5
    assert max(said[2:]) < 0.1


def test_the_mean_probability_of_the_background_follows_its_true_size():
    examples = make_examples(Privacy=20, Fairness=14)
    texts = [text_elsewhere(500 + n) for n in range(200)]
    of_few = relevance_of(train_on(examples, background_total=100), *texts)
    of_many = relevance_of(train_on(examples, background_total=100_000), *texts)
    assert sum(of_many) < sum(of_few) / 20


def test_the_base_rate_counts_only_entries_announced_with_the_background():
    examples = make_examples(Privacy=20, Fairness=14)
    everything = train_on(examples, background_total=1000, background_added=None)
    measured = train_on(
        examples,
        background_total=1000,
        background_added=5,
        background_days=(date(2022, 5, 2), date(2022, 5, 31)),
    )
    assert everything.card.data.base_rate == pytest.approx(34 / 1034)
    assert measured.card.data.base_rate == pytest.approx(5 / 1005)
    assert measured.card.data.background_from == date(2022, 5, 2)
    assert everything.card.notes[-1].startswith("The base rate is assumed, not measured")
    assert len(measured.card.notes) == len(everything.card.notes) - 1


def test_a_topic_with_one_entry_is_trained_counted_and_never_invisible(artifact: Artifact):
    assert artifact.card.topics == {"Privacy": 20, "Fairness": 14, "Ownership": 1}
    assert artifact.card.notes[1] == "Topics with fewer than 4 entries: Ownership."
    said = artifact.score(
        [text_on("Ownership", 0)], WordEncoder().encode([text_on("Ownership", 0)])
    )[0]
    assert said.topics[0][0] == "Ownership"
    assert [topic for topic, _ in said.topics].count("Ownership") == 1


@pytest.mark.parametrize(
    "counts",
    [
        {"Privacy": 5},
        {"Privacy": 4, "Fairness": 1},
        {"Privacy": 2, "Fairness": 1, "Ownership": 1, "Evasion": 1},
        {"Privacy": 30, "Fairness": 3, "Ownership": 2, "Evasion": 1},
    ],
)
def test_every_mix_of_rare_topics_trains_and_its_probabilities_sum_to_one(counts):
    artifact = train_on(make_examples(**counts), make_background(20), background_total=20)
    texts = [text_on("Privacy", 50), text_elsewhere(50), ""]
    for said in artifact.score(texts, WordEncoder().encode(texts)):
        assert sum(probability for _, probability in said.topics) == pytest.approx(1.0)
        assert {topic for topic, _ in said.topics} == set(counts)
        assert list(said.topics) == sorted(said.topics, key=lambda pair: -pair[1])
        assert 0.0 < said.relevance < 1.0


def test_a_list_with_one_topic_says_that_every_paper_goes_there():
    artifact = train_on(make_examples(Privacy=10))
    assert "The list has one topic, so every paper is put there." in artifact.card.notes
    assert likeliest(artifact, text_elsewhere(1)) == ["Privacy"]


def test_a_short_list_says_what_its_probabilities_are_worth():
    assert train_on(make_examples(Privacy=6, Fairness=6)).card.notes == (
        "Relevance was learned from 12 entries: the order helps, the probabilities are rough.",
    )
    assert train_on(make_examples(Privacy=30, Fairness=30)).card.notes == ()


def test_too_few_entries_are_refused_with_what_can_be_done():
    with pytest.raises(TrainingError) as caught:
        train_on(make_examples(Privacy=3, Fairness=1))
    assert str(caught.value) == (
        "the list has 4 entries, learning takes 5: "
        "add papers with `shortlist add` first; from then on each one teaches"
    )


def test_too_little_background_is_refused_with_what_can_be_done():
    with pytest.raises(TrainingError, match=r"19 papers that were not added .*--days DIR"):
        train_on(make_examples(Privacy=10), make_background(19))


def test_a_sample_larger_than_what_it_stands_for_is_refused():
    with pytest.raises(TrainingError, match="80 papers cannot stand for 79"):
        train_on(make_examples(Privacy=10), background_total=79)


def test_the_same_data_give_the_same_version_and_other_data_another():
    examples = make_examples(Privacy=10, Fairness=10)
    first, again = train_on(examples).card.version, train_on(examples).card.version
    assert first == again
    assert first.startswith("2022-05-31.")
    assert len(first) == len("2022-05-31.1a2b3c4d")
    assert train_on(examples[:-1]).card.version != first
    assert train_on(examples, background_total=801).card.version != first


def test_the_card_holds_scores_of_papers_held_out(artifact: Artifact):
    scores = artifact.card.scores
    assert set(scores) == {
        "topic_accuracy",
        "topic_macro_f1",
        "relevance_auc",
        "relevance_average_precision",
    }
    # The one entry of its topic cannot be right while it is held out.
    assert scores["topic_accuracy"] == pytest.approx(34 / 35, abs=1e-4)
    assert scores["relevance_auc"] > 0.95


def test_examples_of_no_weight_teach_topics_and_are_neighbours_but_say_nothing_of_relevance():
    silent = [replace(example, weight=0.0) for example in make_examples(Privacy=20)]
    artifact = train_on([*silent, *make_examples(Fairness=20)])
    text = text_on("Privacy", 99)
    said = artifact.score([text], WordEncoder().encode([text]))[0]
    assert said.topics[0][0] == "Privacy"
    assert "Privacy" in said.neighbours[0].title
    assert not set(said.words) & {"membership", "inference", "leakage", "federated", "secrets"}
    assert (artifact.card.data.entries, artifact.card.data.entries_for_relevance) == (40, 20)


def test_entries_that_all_lack_an_abstract_are_refused_with_what_can_be_done():
    silent = [replace(example, weight=0.0) for example in make_examples(Privacy=20)]
    with pytest.raises(TrainingError) as caught:
        train_on([*silent, *make_examples(Fairness=2)])
    assert str(caught.value) == (
        "2 of 22 entries have an abstract, learning takes 5: "
        "`shortlist fetch --list` brings abstracts of the list's papers, "
        "`shortlist train --papers FILE` reads them from a file"
    )


def test_examples_of_little_weight_say_little():
    old = [replace(example, weight=0.001) for example in make_examples(Privacy=20)]
    artifact = train_on([*old, *make_examples(Fairness=20)])
    aged, fresh = relevance_of(artifact, text_on("Privacy", 99), text_on("Fairness", 99))
    assert aged / (1 - aged) < fresh / (1 - fresh) / 10


def test_progress_is_told_from_nothing_to_all():
    calls: list[tuple[int, int]] = []
    train_on(make_examples(Privacy=6), progress=lambda *call: calls.append(call))
    assert calls == [(0, 2), (1, 2), (2, 2)]
