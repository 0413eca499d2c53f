from __future__ import annotations

import numpy as np
import pytest

from models.artifact import load_artifact, save_artifact
from models.new_topics import NewTopic
from models.topics import TopicModel, fit_topics, topics_from_parts, topics_to_parts
from tests.models.builders import (
    DIMENSION,
    WORDS,
    WordEncoder,
    make_examples,
    text_elsewhere,
    text_on,
    train_on,
)

COVERAGE = 0.95


def fit(**counts: int) -> TopicModel:
    examples = make_examples(**counts)
    texts = [example.text for example in examples]
    vectors = WordEncoder().encode(texts)
    return fit_topics(texts, vectors, [example.topic for example in examples]).model


def likeliest(model: TopicModel, *texts: str) -> list[str]:
    said = model.predict(texts, WordEncoder().encode(texts))
    assert said.sum(axis=1) == pytest.approx(np.ones(len(texts)))
    return [model.topics[column] for column in said.argmax(axis=1)]


def test_a_topic_with_four_entries_among_hundreds_is_found():
    model = fit(Privacy=150, Fairness=60, Evasion=4)
    found = likeliest(model, *(text_on("Evasion", 800 + n) for n in range(20)))
    assert found.count("Evasion") >= 18
    assert likeliest(model, *(text_on("Privacy", 800 + n) for n in range(5))) == ["Privacy"] * 5


def test_a_heading_without_entries_is_chosen_for_the_papers_it_names():
    model = fit(Privacy=40, Fairness=30)
    encoder = WordEncoder()
    listed = encoder.encode([e.text for e in make_examples(Privacy=40, Fairness=30)])
    name = "watermark fingerprint ownership"
    nothing = np.zeros((0, DIMENSION), dtype=np.float32)
    new = NewTopic(name=name, vector=encoder.encode([name])[0], entries=nothing)
    grown = model.with_new([new], listed)
    assert grown.topics == ("Fairness", "Privacy", name)
    assert likeliest(grown, *(text_on("Ownership", n) for n in range(5))) == [name] * 5
    assert likeliest(grown, text_on("Privacy", 900), text_on("Fairness", 900)) == [
        "Privacy",
        "Fairness",
    ]


def test_one_entry_says_what_a_heading_that_says_nothing_is_about():
    model = fit(Privacy=40, Fairness=30)
    encoder = WordEncoder()
    listed = encoder.encode([e.text for e in make_examples(Privacy=40, Fairness=30)])
    name = "Others"
    entry = encoder.encode([text_on("Ownership", 77)])
    alone = NewTopic(name=name, vector=encoder.encode([name])[0], entries=entry[:0])
    with_one = NewTopic(name=name, vector=encoder.encode([name])[0], entries=entry)
    texts = [text_on("Ownership", n) for n in range(10)]
    vectors = encoder.encode(texts)
    before = model.with_new([alone], listed).predict(texts, vectors)[:, -1]
    after = model.with_new([with_one], listed).predict(texts, vectors)[:, -1]
    assert after.mean() > 0.5 > before.mean()
    assert (after > before).all()


def test_a_new_topic_can_stand_in_a_choice_and_every_choice_begins_with_the_likeliest():
    model = fit(Privacy=40, Fairness=30)
    encoder = WordEncoder()
    listed = encoder.encode([e.text for e in make_examples(Privacy=40, Fairness=30)])
    name = "watermark fingerprint ownership"
    nothing = np.zeros((0, DIMENSION), dtype=np.float32)
    grown = model.with_new(
        [NewTopic(name=name, vector=encoder.encode([name])[0], entries=nothing)], listed
    )
    texts = [text_on("Ownership", 5), text_on("Privacy", 905)]
    said = grown.predict(texts, encoder.encode(texts))
    choices = grown.choose(said, COVERAGE)
    assert [choice[0] for choice in choices] == [name, "Privacy"]


def test_no_new_headings_change_nothing():
    model = fit(Privacy=20, Fairness=20)
    assert model.with_new([], np.zeros((0, DIMENSION))).topics == model.topics


def test_labels_that_contradict_each_other_make_it_unsure_not_wrong():
    examples = make_examples(Privacy=30, Fairness=30)
    texts = [example.text for example in examples if example.topic == "Privacy"]
    twice = [*texts, *texts, *(e.text for e in examples if e.topic == "Fairness")]
    labels = ["Privacy"] * 30 + ["Ownership"] * 30 + ["Fairness"] * 30
    encoder = WordEncoder()
    model = fit_topics(twice, encoder.encode(twice), labels).model
    asked = [text_on("Privacy", 900 + n) for n in range(10)]
    said = model.predict(asked, encoder.encode(asked))
    columns = [model.topics.index(name) for name in ("Privacy", "Ownership")]
    assert said[:, columns].sum(axis=1).min() > 0.8
    assert said.max(axis=1).mean() < 0.75
    for choice in model.choose(said, COVERAGE):
        assert {"Privacy", "Ownership"} <= set(choice)


def test_a_list_with_one_topic_puts_every_paper_there():
    model = fit(Privacy=10)
    texts = [text_elsewhere(3), ""]
    said = model.predict(texts, WordEncoder().encode(texts))
    assert said.tolist() == [[1.0], [1.0]]
    assert model.choose(said, COVERAGE) == (("Privacy",), ("Privacy",))


def test_ten_entries_sort_what_is_clear_and_choose_among_all_topics():
    model = fit(Privacy=6, Fairness=4)
    texts = [text_on("Privacy", 900), text_on("Fairness", 900)]
    said = model.predict(texts, WordEncoder().encode(texts))
    assert likeliest(model, *texts) == ["Privacy", "Fairness"]
    assert [len(choice) for choice in model.choose(said, 0.95)] == [2, 2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "robustness",
        "Sur la confidentialité des réseaux. Nous étudions l’apprentissage fédéré.",
        "关于隐私的研究. 我们研究联邦学习中的隐私泄露问题。",
        "Long. " + "membership inference and training data " * 2500,
        "word " * 10_000,
        "\x00\u2028\ud7ff" * 10,
    ],
)
def test_any_text_gets_probabilities_that_sum_to_one_and_a_choice(text: str):
    model = fit(Privacy=20, Fairness=14, Ownership=1)
    said = model.predict([text], WordEncoder().encode([text]))
    assert np.isfinite(said).all()
    assert said.sum() == pytest.approx(1.0)
    assert 1 <= len(model.choose(said, COVERAGE)[0]) <= 3


def test_a_text_that_says_nothing_is_not_sorted_with_certainty():
    model = fit(Privacy=40, Fairness=30, Evasion=30)
    said = model.predict(["", "zzz"], np.zeros((2, DIMENSION), dtype=np.float32))
    assert said.max() < 0.9


def test_texts_that_share_no_word_can_still_be_learned_from():
    texts = ["ab", "cd", "ef", "gh"]
    fitted = fit_topics(texts, WordEncoder().encode(texts), ["a", "a", "b", "b"])
    assert fitted.held_out.sum(axis=1) == pytest.approx(np.ones(4))


def test_the_parts_of_a_model_make_the_same_model():
    model = fit(Privacy=20, Fairness=14, Ownership=1)
    again = topics_from_parts(topics_to_parts(model))
    texts = [text_on("Privacy", 901), text_elsewhere(1)]
    vectors = WordEncoder().encode(texts)
    said = model.predict(texts, vectors)
    assert again.predict(texts, vectors) == pytest.approx(said)
    assert again.choose(said, 0.9) == model.choose(said, 0.9)


def test_a_prediction_carries_the_choice_at_the_coverage_asked_for(tmp_path):
    save_artifact(train_on(make_examples(Privacy=60, Fairness=50, Evasion=40)), tmp_path)
    artifact = load_artifact(tmp_path)
    mixed = " ".join([WORDS["Privacy"], WORDS["Fairness"]])
    vectors = WordEncoder().encode([mixed])
    (little,) = artifact.score([mixed], vectors, coverage=0.5)
    (much,) = artifact.score([mixed], vectors, coverage=0.97)
    assert little.choice[0] == little.topics[0][0]
    assert set(little.choice) <= set(much.choice)
    assert [t for t, _ in much.topics if t in much.choice] == list(much.choice)


def test_only_texts_of_the_kind_to_be_scored_say_how_sure_to_be():
    examples = make_examples(Privacy=60, Fairness=60)
    texts = [example.text for example in examples]
    labels = [example.topic for example in examples]
    # Of every second entry the label is a coin's: those are said to be of another kind.
    dice = np.random.default_rng(3)
    other = np.arange(120) % 2 == 1
    for row in np.flatnonzero(other):
        labels[row] = ("Privacy", "Fairness")[dice.integers(2)]
    vectors = WordEncoder().encode(texts)
    asked = [text_on("Privacy", 900 + n) for n in range(20)]
    given = WordEncoder().encode(asked)
    all_alike = fit_topics(texts, vectors, labels).model.predict(asked, given).max(axis=1)
    told_apart = (
        fit_topics(texts, vectors, labels, alike=~other).model.predict(asked, given).max(axis=1)
    )
    assert told_apart.mean() > all_alike.mean()
