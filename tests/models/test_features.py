from __future__ import annotations

import numpy as np
import pytest

from models.features import fit_text_features
from tests.models.builders import WordEncoder


def test_a_hyphenated_term_is_one_word_and_pairs_are_terms():
    texts = ["out-of-distribution detection, 3 of 4 times"] * 3
    assert fit_text_features(texts, terms=10).terms == (
        "detection",
        "detection times",
        "out-of-distribution",
        "out-of-distribution detection",
        "times",
    )


def test_the_vocabulary_is_bounded_and_a_small_corpus_keeps_its_words():
    small = [f"watermark ownership{n % 2}" for n in range(6)]
    large = [f"robot{n % 7} planning{n % 5} graph{n % 3}" for n in range(600)]
    features = fit_text_features(small, large, terms=4)
    assert len(features.terms) == 4
    assert "watermark" in features.terms


def test_rows_are_the_embedding_beside_weighted_words_of_unit_length():
    texts = ["privacy leakage", "privacy audit", "privacy leakage audit"]
    vectors = WordEncoder().encode(texts)
    features = fit_text_features(texts, terms=10, text_weight=0.5)
    rows = features.transform([*texts, "nothing known"], np.vstack([vectors, vectors[:1]]))
    dense = rows.toarray()
    assert dense[:3, : vectors.shape[1]] == pytest.approx(vectors, abs=1e-6)
    words = np.linalg.norm(dense[:, vectors.shape[1] :], axis=1)
    assert words == pytest.approx([0.5, 0.5, 0.5, 0.0])


def test_texts_without_a_common_word_leave_the_embedding_alone():
    features = fit_text_features(["one", "two"], terms=10)
    vectors = WordEncoder().encode(["one", "two"])
    assert features.terms == ()
    assert features.transform(["one", "two"], vectors).shape == vectors.shape
