from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EditError
from pipeline.lists.escape import (
    from_html,
    from_markdown,
    one_line,
    to_html,
    to_markdown,
    to_markdown_item,
)


@pytest.mark.parametrize(
    "title",
    [
        "A* Search Is All You Need",
        "snake_case in the wild",
        "Plug & Play Attacks",
        "R&D at AT&T",
        "x < y and y > x",
        "$\\ell_\\infty$-Robustness",
        "Is it ~3x faster?",
        "100% of $5",
        "C# | Java",
        'A "Quoted" Title (Extended)',
    ],
)
def test_ordinary_titles_stay_as_typed(title: str):
    assert to_markdown_item(title) == title


@pytest.mark.parametrize(
    ("title", "markdown"),
    [
        ("*All* stars", "\\*All\\* stars"),
        ("_under_ lines", "\\_under\\_ lines"),
        ("`code` here", "\\`code\\` here"),
        ("[x](javascript:alert)", "\\[x\\](javascript:alert)"),
        ("</details> is over", "\\</details> is over"),
        ("<!-- hidden", "\\<!-- hidden"),
        ("a &lt; b", "a \\&lt; b"),
        ("back\\*slash*", "back\\\\\\*slash\\*"),
        ("~~gone~~", "\\~\\~gone\\~\\~"),
        ("from $5: to x$", "from \\$5: to x\\$"),
        ("- not a list", "\\- not a list"),
        ("* not a list", "\\* not a list"),
        ("# not a heading", "\\# not a heading"),
        ("1. not a number", "1\\. not a number"),
        ("> no quote", "\\> no quote"),
        ("2001: A Space Odyssey", "2001: A Space Odyssey"),
    ],
)
def test_what_would_be_markup_is_escaped_and_read_back(title: str, markdown: str):
    assert to_markdown_item(title) == markdown
    assert from_markdown(markdown) == title


def test_marks_that_the_line_has_itself_are_escaped_even_alone():
    assert to_markdown("Ada*", reserved="*") == "Ada\\*"


def test_direction_marks_are_written_so_that_they_are_seen():
    assert to_markdown("a\u202eb") == to_html("a\u202eb") == "a&#8238;b"
    assert from_markdown("a&#8238;b") == from_html("a&#8238;b") == "a\u202eb"


def test_marks_that_hide_in_a_title_are_written_so_that_they_are_seen():
    hidden = "a\u200bb\u00adc\U000e0041"
    assert to_markdown(hidden) == to_html(hidden) == "a&#8203;b&#173;c&#917569;"
    assert from_markdown(to_markdown(hidden)) == from_html(to_html(hidden)) == hidden


def test_joiners_stay_for_emoji_and_scripts_are_written_with_them():
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u0646\u0645\u06cc\u200c"
    assert to_markdown(family) == to_html(family) == family


def test_a_backslash_before_such_a_mark_escapes_nothing():
    assert to_markdown("a\\\u202e") == "a\\\\&#8238;"
    assert from_markdown("a\\\\&#8238;") == "a\\\u202e"


def test_a_digest_is_html_so_no_backslash_is_put_in():
    text = "*We* show </details> and <script> & R&amp;D, 1 < 2."
    escaped = "*We* show &lt;/details> and &lt;script> & R&amp;amp;D, 1 < 2."
    assert to_html(text) == escaped
    assert from_html(escaped) == text


def test_text_becomes_one_line_without_control_characters():
    assert one_line(" a\n b\u2028c\x85d\x00e\x1b[31m\u00a0f ") == "a b c de[31m f"


def test_a_lone_surrogate_is_refused_with_what_to_do():
    with pytest.raises(EditError, match=r"lone surrogate \(U\+D83D\): correct the text"):
        one_line("half a smile \ud83d")


_HOSTILE = st.text(
    st.sampled_from("ab1 \\`*_~$[](){}<>!&#;:|.-+/\"'=\u202e\u200fé漢") | st.characters(),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(text=_HOSTILE)
def test_whatever_is_escaped_reads_back(text: str):
    try:
        line = one_line(text)
    except EditError:
        return
    assert from_markdown(to_markdown(line)) == line
    assert from_markdown(to_markdown_item(line, reserved="*_")) == line
    assert from_html(to_html(line)) == line
