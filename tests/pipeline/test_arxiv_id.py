"""The grammar of identifiers."""

from __future__ import annotations

import pytest

from pipeline.arxiv_id import find_arxiv_id, id_month, id_order, parse_arxiv_id, version_in


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("2302.06637", "2302.06637"),
        ("2302.06637v12", "2302.06637"),
        (" arXiv:0704.0001 ", "0704.0001"),
        ("https://arxiv.org/abs/2302.06637", "2302.06637"),
        ("http://arxiv.org/pdf/2302.06637v2.pdf", "2302.06637"),
        ("https://arxiv.org/abs/math.GT/0309136v1", "math.GT/0309136"),
        ("hep-th/9901001", "hep-th/9901001"),
    ],
)
def test_an_identifier_is_read_without_its_version(text, arxiv_id):
    assert parse_arxiv_id(text) == arxiv_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2313.06637",
        "2300.00001",
        "230.06637",
        "2302.066371",
        "2302.06637v0",
        "a 2302.06637",
        "https://example.org/abs/2302.06637",
        "\uff12302.06637",
        "-2302.06637",
        "2302.06637\nx",
    ],
)
def test_what_is_no_identifier_is_none(text):
    assert parse_arxiv_id(text) is None


def test_an_address_is_found_inside_a_line_of_a_list():
    assert find_arxiv_id("- T. [[paper]](https://arxiv.org/pdf/2302.06637v2.pdf) x") == "2302.06637"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("http://arxiv.org/abs/2302.06637v12", 12),
        ("https://arxiv.org/pdf/2302.06637v2.pdf", 2),
        (" hep-th/9901001v3 ", 3),
        ("2302.06637v9999", 9999),
        ("2302.06637", 1),
        ("https://arxiv.org/pdf/2302.06637.pdf", 1),
        ("solv-int/9901001", 1),
        ("2302.06637v0", 1),
        ("2302.06637v\u0662", 1),
        ("2302.06637v12345", 1),
        ("", 1),
    ],
)
def test_a_version_is_read_where_one_is_named_and_is_the_first_elsewhere(text, version):
    assert version_in(text) == version


def test_order_and_month_follow_when_the_identifier_was_given():
    ids = ["hep-th/9901001", "math/0309136", "0704.0001", "1412.9999", "1501.00001", "2302.06637"]
    assert sorted(set(ids), key=id_order) == ids
    assert [id_month(arxiv_id) for arxiv_id in ids[:3]] == [(1999, 1), (2003, 9), (2007, 4)]
    assert id_month("2312.00001") == (2023, 12)
