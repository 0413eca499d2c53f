from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.authors import split_authors


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Ada Example", ["Ada Example"]),
        ("A. One, B. Two,\n  C. Three", ["A. One", "B. Two", "C. Three"]),
        ("A. One and B. Two", ["A. One", "B. Two"]),
        ("A. One, B. Two, and C. Three", ["A. One", "B. Two", "C. Three"]),
        ("A. One & B. Two", ["A. One", "B. Two"]),
        ("Andy Anderson, Sandy Rand", ["Andy Anderson", "Sandy Rand"]),
        ("A. One, A. One", ["A. One", "A. One"]),
        ("NVIDIA, SII-GAIR, SAM 3D Team", ["NVIDIA", "SII-GAIR", "SAM 3D Team"]),
        ("The X Collaboration: A. One, B. Two", ["The X Collaboration", "A. One", "B. Two"]),
        ("A. One, B. Two, et al.", ["A. One", "B. Two"]),
        ("A. One, :, B. Two,", ["A. One", "B. Two"]),
        ("A. One, Jr., B. Two, III", ["A. One Jr.", "B. Two III"]),
        ("", []),
        (" , and ", []),
    ],
)
def test_names_are_taken_apart_at_commas_colons_and_and(line: str, names: list[str]) -> None:
    assert list(split_authors(line)) == names


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("A. One (Univ. X), B. Two (Univ. Y and Z)", ["A. One", "B. Two"]),
        ("A. One (1), B. Two (1, 2) and C. Three (2) ((1) X, (2) Y)", None),
        ("A. One (X) B. Two (Y) C. Three", None),
        ("A. One (((deep))), B. Two, C. Three", None),
        ("Xin (Eric) Wang, B. Two", ["Xin Wang", "B. Two"]),
        ("A. One), B. Two", ["A. One", "B. Two"]),
        ("A. One (Univ. X, B. Two", ["A. One Univ. X", "B. Two"]),
    ],
)
def test_affiliations_go_and_no_name_goes_with_them(line: str, names: list[str] | None) -> None:
    assert list(split_authors(line)) == (names or ["A. One", "B. Two", "C. Three"])


@pytest.mark.parametrize(
    ("line", "names"),
    [
        (r"J\'er\^ome Dar (ERIC), S{\o}ren Bo", [r"J\'er\^ome Dar", r"S{\o}ren Bo"]),
        (r"A.\,B. One, {Two, Jr.}, C", [r"A.\,B. One", "{Two, Jr.}", "C"]),
        (r"Smith \& Sons, B", [r"Smith \& Sons", "B"]),
        (r"Nguy\~{\^e}n V, M{\"u}ller{", [r"Nguy\~{\^e}n V", r"M{\"u}ller{"]),
        ("A\\", ["A\\"]),
    ],
)
def test_tex_is_kept_and_never_taken_apart(line: str, names: list[str]) -> None:
    assert list(split_authors(line)) == names


def test_a_parenthesis_that_was_never_opened_leaves_no_gap() -> None:
    assert split_authors("A. Author ) Jr") == ("A. Author Jr",)


def test_thousands_of_authors_are_all_there() -> None:
    names = [f"A. Author{number}" for number in range(3303)]
    assert list(split_authors(", ".join(names))) == names
    assert list(split_authors(" (X), ".join(names))) == names


@given(st.text(alphabet=st.sampled_from("aB1 .,:;&(){}\\'and\n\u00e9")))
def test_hostile_lines_lose_no_word_outside_parentheses(line: str) -> None:
    names = split_authors(line)
    assert all(name == " ".join(name.split()) and name for name in names)
    if not set("(),:&{}\\") & set(line) and " and " not in f" {' '.join(line.split())} ":
        assert "".join(names).replace(" ", "") in {"", "".join(line.split())}


@given(st.text())
def test_any_text_at_all_is_split(line: str) -> None:
    split_authors(line)
