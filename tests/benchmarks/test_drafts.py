"""What a draft costs."""

from __future__ import annotations

import time

import pytest

from pipeline.draft_evaluation import read_pairs
from pipeline.triage.draft import draft_entry, vocabulary_of
from pipeline.triage.venue import venue_of
from tests.builders import make_candidate

pytestmark = pytest.mark.benchmark


@pytest.mark.shared
def test_a_draft_with_the_real_lists_vocabulary_takes_less_than_half_a_second(shared):
    listed, pairs = read_pairs(
        shared / "list" / "list-2022-08-31.bundle", (shared / "list" / "papers.jsonl.gz",)
    )
    _, paper = pairs[0]
    candidate = make_candidate(paper.arxiv_id, title=paper.title, abstract=paper.abstract)
    start = time.perf_counter()
    draft_entry(candidate, vocabulary_of(listed))
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize(
    "abstract",
    [
        "We show a thing of interest. " * 10_000,
        "word " * 10_000,
        "$" * 5_000 + "{" * 5_000,
        r"We \emph{show} $x_{i}$. " * 2_500,
    ],
)
def test_an_abstract_of_ten_thousand_words_is_drafted_in_three_seconds(abstract):
    start = time.perf_counter()
    draft_entry(make_candidate(abstract=abstract), {"Thing": 3})
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    "comment", ["accepted at the " * 50_000, "A-" * 400_000, "1 page, " * 9_999]
)
def test_a_comment_of_any_length_is_read_in_a_moment(comment):
    start = time.perf_counter()
    venue_of(comment)
    assert time.perf_counter() - start < 0.5
