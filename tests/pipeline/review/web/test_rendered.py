"""An entry as GitHub would show it: a few elements, all closed, and nothing else."""

from __future__ import annotations

import re

import pytest

from pipeline.review.web.rendered import render_html


def test_an_entry_is_shown_as_a_list_with_its_links_and_its_folded_digest():
    html = render_html(
        "- A Title. [[paper]](https://arxiv.org/abs/2206.00001)\n"
        "  - Ann Author. *ICML 2022*\n"
        "  - <details><summary>Digest</summary> It works.</details>"
    )
    assert '<a href="https://arxiv.org/abs/2206.00001" rel="noopener noreferrer"' in html
    assert ">[paper]</a>" in html
    assert "<em>ICML 2022</em>" in html
    assert "<details><summary>Digest</summary> It works.</details>" in html


def test_a_fold_that_is_left_open_is_closed():
    html = render_html("- A\n  - <details><summary>Digest</summary> It works.")
    assert html.count("<details>") == html.count("</details>") == 1


@pytest.mark.parametrize(
    "markdown",
    [
        "- <script>alert(1)</script>",
        "- <img src=x onerror=alert(1)>",
        "- <a href='javascript:alert(1)' onclick='x()'>x</a>",
        "- [x](javascript:alert(1))",
        "- [x](data:text/html,x)",
        "- ![x](https://example.org/x.png)",
        "- <svg><script>alert(1)</script></svg>",
        "- <details open ontoggle=alert(1)>",
        "- <style>*{}</style>",
        "- <iframe src=//evil>",
        "- <!-- --><b>x</b>",
        "- <a href=\"https://e/\" style='x' id=y>x</a>",
        "- <math><mtext></p><script>x</script>",
        "- <p <script>x",
        "<plaintext>",
        "<xmp><script>alert(1)</script></xmp>",
        "- <textarea></details><script>x</script>",
    ],
)
def test_nothing_gets_through_that_a_list_does_not_need(markdown):
    html = render_html(markdown)
    tags = re.findall(r"</?[a-z]+[^>]*>", html)
    allowed = (
        r"</?(?:ul|ol|li|p|em|strong|code|details|summary)>|<br>|</a>|<a>"
        r'|<a href="https?://[^"<>]*" rel="noopener noreferrer" target="_blank">'
    )
    assert [tag for tag in tags if not re.fullmatch(allowed, tag)] == []
    assert html.count("<") == len(tags)
