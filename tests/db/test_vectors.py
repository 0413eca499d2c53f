from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing

import numpy as np
import pytest

from db.vectors import VectorCache, text_hash

MINI = "all-MiniLM-L6-v2@53aa"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cache" / "vectors.db"


@pytest.fixture
def cache(path):
    return VectorCache(path)


def make_vectors(number: int, dimension: int = 384) -> dict[str, np.ndarray]:
    vectors = np.random.default_rng(7).normal(size=(number, dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {text_hash(f"text {row}"): vectors[row] for row in range(number)}


def test_what_was_put_is_got_in_float16(cache):
    vectors = make_vectors(3)
    cache.put(MINI, vectors)
    found = cache.get(MINI, [*vectors, text_hash("another")])
    assert found.keys() == vectors.keys()
    for key, vector in vectors.items():
        assert found[key].dtype == np.float16
        np.testing.assert_array_equal(found[key], vector.astype(np.float16))


def test_vectors_of_different_encoders_do_not_mix(cache):
    key = text_hash("text")
    cache.put(MINI, {key: np.ones(4)})
    cache.put("other", {key: np.zeros(3)})
    assert cache.get(MINI, [key])[key].tolist() == [1, 1, 1, 1]
    assert cache.get("other", [key])[key].tolist() == [0, 0, 0]
    assert cache.get("third", [key]) == {}


def test_the_last_put_counts(cache):
    key = text_hash("text")
    cache.put(MINI, {key: np.zeros(2)})
    cache.put(MINI, {key: np.ones(2)})
    assert cache.get(MINI, [key])[key].tolist() == [1, 1]


def test_asking_makes_no_file(cache, path):
    assert cache.get(MINI, [text_hash("text")]) == {}
    assert cache.get(MINI, []) == {}
    cache.put(MINI, {})
    assert not path.exists()


def test_the_hash_is_of_the_text_and_not_of_how_it_is_typed():
    assert text_hash("caf\u00e9  au\nlait ") == text_hash("cafe\u0301 au lait")
    assert text_hash("a b") != text_hash("ab")
    assert text_hash("A") != text_hash("a")
    assert len(text_hash("lone \ud83d surrogate")) == 64


def test_another_cache_on_the_same_file_finds_the_vectors(cache, path):
    key = text_hash("text")
    cache.put(MINI, {key: np.ones(2)})
    assert key in VectorCache(path).get(MINI, [key])


@pytest.mark.parametrize("rubbish", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_database_is_moved_aside_and_begun_anew(cache, path, caplog, rubbish):
    key = text_hash("text")
    path.parent.mkdir()
    path.write_bytes(rubbish)
    with caplog.at_level(logging.WARNING):
        assert cache.get(MINI, [key]) == {}
    cache.put(MINI, {key: np.ones(2)})
    assert key in cache.get(MINI, [key])
    if rubbish:  # an empty file is a database without tables
        assert path.with_name("vectors.db.damaged").read_bytes() == rubbish
        assert "is damaged (file is not a database): moved to vectors.db.damaged" in caplog.text


def test_a_put_into_a_file_that_is_no_database_is_not_lost(cache, path):
    key = text_hash("text")
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    cache.put(MINI, {key: np.ones(2)})
    assert key in cache.get(MINI, [key])


def test_a_cache_that_was_damaged_inside_begins_anew(cache, path):
    vectors = make_vectors(50)
    cache.put(MINI, vectors)
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    cache.get(MINI, list(vectors))
    cache.put(MINI, vectors)
    assert cache.get(MINI, list(vectors)).keys() == vectors.keys()


def test_a_locked_cache_costs_time_and_no_run(cache, path, caplog, monkeypatch):
    monkeypatch.setattr("db.vectors.BUSY_TIMEOUT_SECONDS", 0.01)
    key = text_hash("text")
    cache.put(MINI, {key: np.ones(2)})
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert key in cache.get(MINI, [key])
        cache.put(MINI, {text_hash("more"): np.ones(2)})
    assert "vectors could not be kept" in caplog.text
    assert "database is locked" in caplog.text
    assert key in cache.get(MINI, [key])


def test_a_folder_that_cannot_be_made_costs_time_and_no_run(tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    cache = VectorCache(tmp_path / "cache" / "vectors.db")
    cache.put(MINI, {text_hash("text"): np.ones(2)})
    assert cache.get(MINI, [text_hash("text")]) == {}
    assert "vectors could not be kept" in caplog.text


@pytest.mark.benchmark
def test_thirty_thousand_of_forty_thousand_vectors_are_got_quickly(cache):
    vectors = make_vectors(40_000)
    cache.put(MINI, vectors)
    asked = sorted(vectors)[:30_000]
    started = time.perf_counter()
    found = cache.get(MINI, asked)
    took = time.perf_counter() - started
    assert len(found) == 30_000
    assert took < 1.5
