"""Text from outside on GitHub: it shows as typed and does nothing."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline.lists.harmless import WORD_JOINER, harmless, plain_line

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
"""As near to GitHub's Markdown as there is in Python: extended autolinks are looked for apart."""
ACTS = re.compile(
    r"@\w|#\w|\bGH-\d|://|\bwww\.|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:|(?<!\\)\$", re.IGNORECASE
)


def shown(markdown: str) -> str:
    """The words a reader sees; fails if there is any element."""
    rendered = GITHUB.render(f"before {markdown} after")
    (inside,) = re.fullmatch(r"<p>before (.*) after</p>\n", rendered, re.DOTALL).groups()
    assert "<" not in inside, rendered
    return html.unescape(inside)


@pytest.mark.parametrize(
    "title",
    [
        "<script>alert(1)</script> & &lt; \\<b> \\& &amp;",
        "[x](javascript:alert(1)) ![a](//b) <https://c> - [ ] task",
        "# heading",
        "*a* _b_ **c** ~~d~~ `e` ``f",
        "$\\ell_\\infty$ costs $5, x_$ and $$",
        "a | b | c",
        "\\",
        "ends in \\",
        "<!-- shortlist:2206.00001 r1 --> </details>",
    ],
)
def test_what_looks_like_markup_shows_as_typed(title):
    assert shown(harmless(title)).replace(WORD_JOINER, "") == title


@pytest.mark.parametrize(
    "title",
    [
        "thanks @octocat and a@example.org",
        "fixes #12, closes GH-7, see o/r#3",
        "https://example.org http://a www.example.org ftp://b",
        "in deadbeef0 and 0123456789abcdef0123456789abcdef01234567",
        "well :tada: done :+1:",
        "$x$",
    ],
)
def test_plain_words_that_github_acts_on_are_broken_unseen(title):
    markdown = harmless(title)
    assert not ACTS.search(markdown)
    assert shown(markdown).replace(WORD_JOINER, "") == title


def test_a_tag_is_no_tag_in_a_block_of_html_either():
    assert "<" not in harmless("a <b> </details> <!-- c")
    assert html.unescape(harmless("a <b> </details> <!-- c")) == "a <b> </details> <!-- c"


def test_it_is_one_line_without_what_hides_or_turns_round():
    assert (
        plain_line(" a\n\n- [x] b\u2028c\x1b[31m\u202ed\u200be\ud800\x00 ") == "a - [x] b c[31mde�"
    )


def test_a_long_one_ends_in_an_ellipsis():
    assert harmless("y" * 5000) == "y" * 299 + "…"
    assert harmless("word " * 10, most=9) == "word wor…"


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from("ab1 \\`*_~$[](){}<>!&#;:|.-+/\"'=@\u202eé") | st.characters()))
def test_whatever_it_is_it_is_shown_and_does_nothing(text):
    markdown = harmless(text)
    assert not ACTS.search(markdown)
    assert shown(markdown).replace(WORD_JOINER, "") == plain_line(text).replace(WORD_JOINER, "")
