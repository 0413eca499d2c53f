from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.plain_text import plain_text


@pytest.mark.parametrize(
    "text",
    ["<think> $i<j>k$ & Poincar\\'e", "α ≤ β, 中文, é", "नेपाली\u200dक", "👩\u200d🔬", "0"],
)
def test_what_authors_write_is_kept(text: str) -> None:
    assert plain_text(text) == text


@given(st.text(st.characters(codec=None)))
def test_the_result_is_one_storable_line_and_stays_as_it_is(text: str) -> None:
    once = plain_text(text)
    once.encode()  # raises for what UTF-8 cannot carry
    assert once == " ".join(once.split())
    assert once.splitlines() in ([], [once])
    assert plain_text(once) == once
