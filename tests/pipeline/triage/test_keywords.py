"""Key words are the list's own, in its spelling, with at most two phrases of the title."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.triage.keywords import FEATURES, WEIGHTS, candidates_of, keywords_of, new_phrases
from pipeline.triage.vocabulary import Vocabulary, vocabulary_of
from tests.pipeline.lists.conftest import an_entry

ABSTRACT = "We study how attackers infer whether an example was a member of the training set."


def a_list():
    """Five papers on each of two things, and one on a third."""
    attacks = [
        an_entry(
            title=f"Membership Inference Attacks on Net {n}",
            arxiv_id=f"2101.0000{n}",
            digest="Attackers infer whether an example was a member of the training set.",
            keywords=("Membership Inference Attacks", "Auditing"),
        )
        for n in range(5)
    ]
    defences = [
        an_entry(
            title=f"Private Gradient Descent {n}",
            arxiv_id=f"2102.0000{n}",
            digest="Noise is added to the gradients so that training is private.",
            keywords=("Differential privacy",) if n else ("Differential Privacy",),
        )
        for n in range(5)
    ]
    poison = an_entry(
        title="Poison",
        arxiv_id="2103.00001",
        topic="Poisoning",
        digest="Labels are flipped.",
        keywords=("Label Flipping Attacks", "Poisoning Attacks"),
    )
    return vocabulary_of([*attacks, *defences, poison])


def test_spellings_of_one_key_word_are_one_in_the_spelling_used_most():
    assert a_list()["Differential privacy"] == 5
    assert "Differential Privacy" not in a_list()


def test_of_two_spellings_used_alike_the_one_with_capitals_counts():
    assert dict(Vocabulary({"un-learning": 1, "Unlearning": 1})) == {"Unlearning": 2}


def test_a_sentence_is_no_key_word():
    assert not Vocabulary({"We focus on the risk of attribute inference": 3})


def test_a_paper_gets_what_stands_under_the_entries_like_it():
    words = keywords_of("Who Was in There?", ABSTRACT, "Privacy", a_list())
    assert set(words) == {"Membership Inference Attacks", "Auditing"}


def test_a_key_word_that_contains_another_stands_for_both():
    vocabulary = Vocabulary({"Robustness": 9, "Adversarial Robustness": 9})
    title = "Adversarial Robustness of Cats"
    assert keywords_of(title, title, "T", vocabulary) == ("Adversarial Robustness",)


def test_a_few_entries_are_no_custom():
    vocabulary = vocabulary_of([an_entry(keywords=("Auditing", "Shadow Models"))])
    assert keywords_of("Cats", "We count cats.", "Privacy", vocabulary) == ("Privacy",)


def test_a_new_phrase_of_the_title_ends_as_key_words_of_the_list_do():
    vocabulary = Vocabulary({"Evasion Attacks": 3, "Backdoor Attack": 2, "Poisoning Attacks": 2})
    title = "Towards a Theory of Model Stealing Attacks for Clouds"
    assert new_phrases(title, "We steal.", vocabulary) == ["Stealing Attacks"]


def test_a_new_phrase_may_be_one_that_the_abstract_abbreviates():
    abstract = "We present partition aggregation (PA) of data."
    assert new_phrases("On Partition Aggregation", abstract, Vocabulary({})) == [
        "Partition Aggregation"
    ]


def test_with_enough_of_the_lists_own_no_phrase_is_new():
    vocabulary = a_list()
    words = keywords_of(
        "Membership Inference Attacks and Auditing", ABSTRACT, "Privacy", vocabulary
    )
    assert set(words) <= set(vocabulary)
    assert len(words) >= 2


def test_every_feature_has_its_weight():
    assert len(WEIGHTS) == len(FEATURES)
    found = candidates_of("Auditing", ABSTRACT, "Privacy", a_list())
    assert {len(candidate.features) for candidate in found} == {len(FEATURES)}


TEXT = st.lists(
    st.sampled_from(["auditing", "Attacks", "of", "Ω", "(", "[x](y)", "猫", "--", "a", "Gradient"]),
    max_size=30,
).map(" ".join)


@given(TEXT, TEXT)
def test_a_paper_gets_one_to_four_key_words_once_each_and_at_most_two_new(title, abstract):
    vocabulary = a_list()
    words = keywords_of(title, abstract, "Privacy", vocabulary)
    assert 1 <= len(words) <= 4
    assert len(set(words)) == len(words)
    assert sum(word not in vocabulary for word in words) <= 2


@pytest.mark.parametrize("text", ["", "Membership Inference Attacks"])
def test_without_a_list_the_topic_is_the_key_word(text):
    assert keywords_of(text, text, "Privacy", Vocabulary({})) == ("Privacy",)


@pytest.mark.benchmark
def test_a_title_without_end_takes_no_time_to_speak_of():
    title = "very " * 1500 + "long"
    began = time.perf_counter()
    new_phrases(title, f"We study {title}. It is {title}.", Vocabulary({}))
    assert time.perf_counter() - began < 0.5
