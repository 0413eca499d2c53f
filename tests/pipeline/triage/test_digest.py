"""A digest is a run of an abstract's sentences that stands alone, and never all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.triage.digest import (
    FEATURES,
    MOST_WORDS,
    WEIGHTS,
    digest_of,
    points_back,
    sentences_of,
    stand_alone,
)

ABSTRACT = (
    "Learning machines forget nothing, which is a problem for privacy and for those who keep them."
    " Existing ways of unlearning cost too much. However, in this paper, we propose a way of"
    " unlearning that costs little, because it keeps a diary of every step. The diary is cut into"
    " weeks, and only the weeks after the forgotten example are learned again. Experiments on four"
    " data sets show that it never fails. We hope that diaries have a future. Code is available at"
    " https://github.com/owner/repo."
)


def test_a_digest_begins_where_the_abstract_says_what_is_new_and_has_no_address():
    digest = digest_of(ABSTRACT, "Unlearning with a Diary")
    assert digest.startswith("We propose a way of unlearning")
    assert "http" not in digest
    assert 2 <= len(sentences_of(digest)) <= 4


@pytest.mark.parametrize(
    ("sentence", "alone"),
    [
        ("However, we propose a way.", "We propose a way."),
        ("In this paper, we propose a way.", "We propose a way."),
        ("To address this, we further propose a way.", "We propose a way."),
        ("Motivated by these findings, our method counts.", "Our method counts."),
        ("In this work we count.", "We count."),
        ("This paper counts.", "This paper counts."),
        ("We then count.", "We count."),
        ("We count cats to overcome these limitations.", "We count cats."),
        ("so-called cats are odd.", "So-called cats are odd."),
    ],
)
def test_a_first_sentence_loses_what_points_back_and_what_says_nothing(sentence, alone):
    assert stand_alone(sentence) == alone


@pytest.mark.parametrize(
    "sentence",
    [
        "It is sharp.",
        "They fail.",
        "Such attacks fail.",
        "This is bad.",
        "The latter fails.",
        "We formalize this.",
        "Under these conditions it holds.",
        "The problem, however, remains.",
        "We propose a way of counting what becomes of such cats.",
    ],
)
def test_a_sentence_points_back_if_its_first_words_do(sentence):
    assert points_back(sentence)


@pytest.mark.parametrize(
    "sentence", ["This paper counts.", "We count.", "It is well known that cats are odd."]
)
def test_a_sentence_that_stands_alone_points_nowhere(sentence):
    assert not points_back(sentence)


def test_abbreviations_end_no_sentence():
    text = "Smith et al. Count cats, e.g. Tabby, in Fig. 2. We count dogs! Do we? Yes."
    assert sentences_of(text) == [
        "Smith et al. Count cats, e.g. Tabby, in Fig. 2.",
        "We count dogs!",
        "Do we?",
        "Yes.",
    ]


def test_references_notes_and_macros_are_left_out():
    text = r"We use pooling [13, 14] of nets~\cite{a}\footnote{Not ours.} at \url{https://x.org/a}."
    assert sentences_of(text) == ["We use pooling of nets at https://x.org/a."]


@pytest.mark.parametrize(
    ("abstract", "digest"),
    [
        ("", ""),
        ("   ", ""),
        ("Withdrawn", "Withdrawn"),
        ("We show this. And we show that.", "We show this."),
        ("Cats are odd. We show that they are even.", "We show that they are even."),
        (
            "We show that cats are odd in many more ways than dogs, which has never been seen.",
            "We show that cats are odd in many more ways than dogs.",
        ),
    ],
)
def test_a_short_abstract_gives_what_it_can(abstract, digest):
    assert digest_of(abstract) == digest


def test_sentences_of_other_scripts_are_told_apart():
    abstract = "\u732b\u3002\u72ac\uff01\u9ce5\u3002"
    assert len(sentences_of(abstract)) == 3
    assert len(sentences_of(digest_of(abstract))) == 2


SENTENCES = st.lists(
    st.sampled_from(
        [
            "We propose a way of counting cats that nobody has seen.",
            "It is good.",
            "However, this is hard.",
            "Experiments show an accuracy of 95%.",
            "These cats are odd, and they remain so in all of our many tests.",
            "Code is available at https://github.com/a/b.",
            "We hope for more.",
        ]
    ),
    min_size=3,
    max_size=12,
)


@given(SENTENCES)
def test_a_digest_is_never_the_whole_abstract_and_only_begins_back_where_the_abstract_does(given):
    abstract = " ".join(given)
    digest = digest_of(abstract)
    sentences = sentences_of(digest)
    assert len(sentences) < len(given)
    assert 1 <= len(sentences) <= 4
    assert not points_back(sentences[0]) or stand_alone(given[0]) == sentences[0]


def test_every_feature_has_its_weight():
    assert len(WEIGHTS) == len(FEATURES)


@pytest.mark.parametrize(
    "abstract",
    [
        "We show a thing. " * 10_000,
        "word " * 10_000,
        "We show this, and that, and so on, " * 3_000,
        "$" * 5_000 + "{" * 5_000,
        r"We \emph{show} $x_{i}$. " * 1_500,
    ],
)
def test_an_abstract_of_any_length_gives_a_short_digest(abstract):
    digest = digest_of(abstract)
    assert len(digest.split()) <= MOST_WORDS + 1
