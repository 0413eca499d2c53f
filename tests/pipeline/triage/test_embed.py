"""Every text is encoded once, and scores do not depend on whether it was."""

from __future__ import annotations

import numpy as np
import pytest

from db.vectors import VectorCache
from pipeline.triage import embed
from pipeline.triage.embed import embed_texts, training_text
from tests.fakes import FakeEncoder


def test_the_text_of_a_paper_is_its_title_and_abstract_on_one_line():
    assert training_text("A  Title.", "Some\n  abstract.") == "A Title. Some abstract."
    assert training_text("A Title", None) == "A Title."


def test_the_same_text_is_never_encoded_twice(tmp_path):
    encoder, cache = FakeEncoder(), VectorCache(tmp_path / "vectors.db")
    first = embed_texts(["one", "two", "one"], encoder, cache)
    again = embed_texts(["two", "one", "three"], encoder, VectorCache(tmp_path / "vectors.db"))
    assert sorted(encoder.encoded) == ["one", "three", "two"]
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(first[:2], again[1::-1])


def test_no_text_needs_no_encoder(tmp_path):
    encoder = FakeEncoder()
    assert embed_texts([], encoder, VectorCache(tmp_path / "vectors.db")).shape == (0, 0)
    assert encoder.encoded == []


def test_a_kill_costs_at_most_one_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(embed, "CHUNK", 2)

    class DiesAtTheThirdText(FakeEncoder):
        def encode(self, texts, *, progress=None):
            if self.encoded:
                raise KeyboardInterrupt
            return super().encode(texts, progress=progress)

    texts = ["a", "bb", "ccc", "dddd"]
    with pytest.raises(KeyboardInterrupt):
        embed_texts(texts, DiesAtTheThirdText(), VectorCache(tmp_path / "vectors.db"))
    encoder = FakeEncoder()
    embed_texts(texts, encoder, VectorCache(tmp_path / "vectors.db"))
    assert sorted(encoder.encoded) == ["a", "bb"]


def test_progress_counts_over_all_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(embed, "CHUNK", 2)
    seen = []
    embed_texts(
        ["a", "b", "c"],
        FakeEncoder(),
        VectorCache(tmp_path / "vectors.db"),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert seen == [(2, 3), (3, 3)]
