"""ROUGE-L as its paper has it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rouge import common_subsequence, rouge_l

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)


def by_the_table(left, right):
    rows = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i, one in enumerate(left, 1):
        for j, other in enumerate(right, 1):
            rows[i][j] = (
                rows[i - 1][j - 1] + 1 if one == other else max(rows[i - 1][j], rows[i][j - 1])
            )
    return rows[-1][-1]


@given(WORDS, WORDS)
def test_the_bits_count_what_the_table_counts(left, right):
    assert common_subsequence(left, right) == by_the_table(left, right)


@pytest.mark.parametrize(
    ("candidate", "score"),
    [("police kill the gunman", 0.75), ("the gunman kill police", 0.5)],
)
def test_the_examples_of_the_paper(candidate, score):
    assert rouge_l(candidate, "police killed the gunman") == pytest.approx(score)


def test_case_and_punctuation_do_not_count_and_nothing_is_like_nothing():
    assert rouge_l("Cats, are odd!", "cats are odd") == 1
    assert rouge_l("", "cats") == rouge_l("cats", "") == rouge_l("", "") == 0
