"""Listed papers, kept in a byte a number."""

from __future__ import annotations

import numpy as np
import pytest

from models.neighbours import Neighbours

DIMENSION = 384


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Unit vectors of which some stand close together, as papers do."""
    dice = np.random.default_rng(3)
    centres = dice.normal(size=(10, DIMENSION))
    found = np.repeat(centres, 20, axis=0) + dice.normal(size=(200, DIMENSION))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def kept(vectors: np.ndarray) -> Neighbours:
    names = [str(number) for number in range(len(vectors))]
    return Neighbours.of(vectors, arxiv_ids=names, titles=names)


def test_no_similarity_moves_by_a_hundredth(vectors):
    moved = vectors @ kept(vectors).vectors.T - vectors @ vectors.T
    assert 0 < np.abs(moved).max() < 0.01


def test_a_vector_keeps_its_length_and_takes_a_byte_a_number(vectors):
    near = kept(vectors)
    assert np.linalg.norm(near.vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert near.codes.nbytes == vectors.size


def test_each_paper_is_its_own_nearest(vectors):
    for row, found in enumerate(kept(vectors).nearest(vectors)):
        assert found[0].arxiv_id == str(row)
        assert found[0].similarity == pytest.approx(1.0, abs=1e-3)


def test_rounding_what_was_rounded_changes_nothing(vectors):
    once = kept(vectors)
    assert (kept(once.vectors).codes == once.codes).all()


def test_a_paper_without_a_vector_is_like_nothing():
    vectors = np.eye(2, 4, dtype=np.float32) * [[1.0], [0.0]]
    (found,) = kept(vectors).nearest(np.eye(1, 4, dtype=np.float32))
    assert [(each.arxiv_id, each.similarity) for each in found] == [("0", 1.0), ("1", 0.0)]


def test_no_papers_are_nobodys_neighbours():
    near = kept(np.zeros((0, 4), dtype=np.float32))
    assert near.nearest(np.eye(2, 4, dtype=np.float32)) == ((), ())
