"""The programs of today, as far as replay needs them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from models.baselines import elas_u4, rank_by_keywords, rank_by_library, sanity_svm
from tests.models.builders import text_elsewhere, text_on

TEXTS = [text_on("Privacy", n) for n in range(12)] + [text_elsewhere(n) for n in range(60)]
ADDED = np.arange(len(TEXTS)) < 12


def test_key_words_count_as_whole_words_in_any_case():
    texts = ["Fair models; differential  privacy", "unfairness", ""]
    assert rank_by_keywords(texts, ["fair", "Differential Privacy", ""]).tolist() == [2, 0, 0]


def test_the_newest_papers_of_the_library_count_most():
    library = np.eye(3, dtype=np.float32)
    scores = rank_by_library(np.eye(3, dtype=np.float32), library)
    assert scores[0] > scores[1] > scores[2]


@pytest.mark.parametrize("make", [sanity_svm, elas_u4])
def test_an_svm_ranks_what_is_like_the_list_first(make):
    machine = make()
    machine.fit(TEXTS, ADDED)
    on, off = machine.score([text_on("Privacy", 99), text_elsewhere(99)])
    assert on > off
    assert machine.score([]).shape == (0,)


def test_counting_terms_once_gives_what_scikit_learn_gives():
    machine = elas_u4()
    machine.fit(TEXTS[10:40], ADDED[10:40])  # other texts met before make no difference
    machine.fit(TEXTS, ADDED)
    vectoriser = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=1, max_df=0.95)
    rows = vectoriser.fit_transform(TEXTS)
    weights = np.where(ADDED, 1.0, 12 / (9.8 * 60))
    theirs = LinearSVC(C=0.11, random_state=0, tol=1e-6, max_iter=10_000)
    theirs.fit(rows, ADDED, sample_weight=weights * (len(ADDED) / weights.sum()))
    asked = [text_on("Privacy", 98), text_elsewhere(98), "unheard"]
    expected = theirs.decision_function(vectoriser.transform(asked))
    assert machine.score(asked) == pytest.approx(expected, abs=0.02)
