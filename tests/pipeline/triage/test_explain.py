"""Why a paper is in the queue: facts that a maintainer can check."""

from __future__ import annotations

import pytest

from models.artifact import Neighbour, Prediction
from pipeline.triage.explain import accepted_where, explain
from tests.builders import make_paper


def predicted(**said: object) -> Prediction:
    plain = {"relevance": 0.2, "topics": (("Privacy", 1.0),), "neighbours": (), "words": ()}
    return Prediction(**{**plain, **said})  # type: ignore[arg-type]


def test_words_for_and_against_authors_and_acceptance_are_named():
    prediction = predicted(
        neighbours=(Neighbour(arxiv_id="2205.00002", title="Private Things", similarity=0.71),),
        words=("membership", "leakage"),
        against=("robot",),
        listed_authors=(("Ann Author", 3), ("Bob Writer", 1)),
    )
    paper = make_paper(comment="12 pages; Accepted at ICML 2022. Code is online")
    assert explain(prediction, near=None, paper=paper) == (
        "like “Private Things” (0.71)",
        "authors in the list: Ann Author (3), Bob Writer (1)",
        "the authors say: “Accepted at ICML 2022”",
        "words for it: membership, leakage",
        "words against it: robot",
    )


def test_many_listed_authors_are_counted_not_all_named():
    authors = tuple((f"Author {n}", 1) for n in range(6))
    reasons = explain(predicted(listed_authors=authors), near=None, paper=make_paper())
    assert reasons[0].endswith("Author 3 (1) and 2 more")


def test_piled_up_key_words_are_told():
    reasons = explain(predicted(loud=True), near=None, paper=make_paper())
    assert any("piles words up" in reason for reason in reasons)


def test_a_paper_is_not_like_itself():
    # The shipped model knows papers that the list at hand may not hold.
    paper = make_paper("2205.00002", title="Private things")
    itself = Neighbour(arxiv_id="2205.00002", title="Private Things", similarity=0.99)
    elsewhere = Neighbour(arxiv_id="", title="Private  THINGS", similarity=0.98)
    other = Neighbour(arxiv_id="2204.00001", title="Older Private Things", similarity=0.71)
    reasons = explain(predicted(neighbours=(itself, elsewhere, other)), near=None, paper=paper)
    assert reasons == ("like “Older Private Things” (0.71)",)


def test_there_is_always_a_reason():
    assert explain(predicted(), near=None, paper=make_paper()) == (
        "near no listed paper; ranked by its text as a whole",
    )


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("Accepted to NeurIPS 2022", "Accepted to NeurIPS 2022"),
        ("10 pages, 3 figures", ""),
        ("Submitted to ICLR; accepted versions may differ", ""),
        ("", ""),
        ("x " * 5 + "accepted " * 30, ("x " * 5 + "accepted " * 30)[:120].rstrip() + "…"),
    ],
)
def test_only_the_authors_own_word_of_acceptance_counts(comment: str, said: str):
    assert accepted_where(comment) == said
