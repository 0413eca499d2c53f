"""Links are those that abstract or comment have, and that a reader can judge."""

from __future__ import annotations

import pytest

from pipeline.triage.links import links_of


def labelled(abstract: str, comment: str = "") -> list[tuple[str, str]]:
    return [(link.label, link.url) for link in links_of(abstract, comment)]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("Code is available at https://github.com/owner/repo.", "https://github.com/owner/repo"),
        (r"Code: \url{https://github.com/owner/repo}.", "https://github.com/owner/repo"),
        (r"at \href{https://github.com/owner/repo/}{this page}", "https://github.com/owner/repo"),
        (r"https://github.com/owner/my\_repo", "https://github.com/owner/my_repo"),
        ("(http://www.github.com/owner/re.po.git).", "https://github.com/owner/re.po"),
        ("Code: github.com/owner/repo, soon", "https://github.com/owner/repo"),
        ("for public access:https://github.com/owner/repo;", "https://github.com/owner/repo"),
        (
            r"$\href{https://github.com/o/r/}{\text{https://github.com/o/r/}}$.",
            "https://github.com/o/r",
        ),
        ("The source code is at https://gitlab.com/owner/repo", "https://gitlab.com/owner/repo"),
        (
            "Code at https://github.com/owner/repo/tree/main/part.",
            "https://github.com/owner/repo/tree/main/part",
        ),
        ("Our code is available at https://lab.example.edu/x/.", "https://lab.example.edu/x"),
    ],
)
def test_an_address_loses_its_macro_and_its_punctuation(text, url):
    assert labelled(text) == [("code", url)]


@pytest.mark.parametrize(
    "text",
    [
        "Code: https://anonymous.4open.science/r/x",
        "Code is available at https://anonymous-62348.github.io/",
        "Code: https://github.com/anonymous/repo",
        "https://github.com/owner",
        "https://github.com/topics/privacy",
        "Code: https://bit.ly/38hH8t8",
        "Code is available at https://git.io/J3VO0",
        "Code is available at https://github.com@evil.example/owner/repo",
        "Code is available at https://github.com.evil:8080/owner/repo",
        "Code is available at javascript:alert(1)",
        "Project page: https://example.github.io/",
        "A film of it: https://www.youtube.com/watch?v=1",
        "Code is available at this https URL",
        "Our work is based on https://github.com/others/theirs",
        "",
    ],
)
def test_what_leads_nobody_knows_where_is_left_out(text):
    assert labelled(text) == []


def test_data_are_labelled_as_the_list_labels_them():
    assert labelled("The data set is available at https://github.com/owner/data.") == [
        ("dataset", "https://github.com/owner/data")
    ]
    assert labelled("Our corpus: https://huggingface.co/datasets/owner/name") == [
        ("dataset", "https://huggingface.co/datasets/owner/name")
    ]


def test_code_and_data_each_have_a_link():
    abstract = "Code: https://github.com/a/code. The dataset is at https://zenodo.org/record/1."
    assert labelled(abstract) == [
        ("code", "https://github.com/a/code"),
        ("dataset", "https://zenodo.org/record/1"),
    ]


def test_one_address_for_both_is_the_codes():
    text = "Code and data are available at https://github.com/a/b"
    assert labelled(text) == [("code", "https://github.com/a/b")]


def test_a_repository_is_preferred_to_a_page_and_the_abstract_to_the_comment():
    abstract = "Our code is available at https://lab.example.edu/x."
    assert labelled(abstract, "Code: https://github.com/a/b") == [
        ("code", "https://github.com/a/b")
    ]


@pytest.mark.parametrize("mark", ["]", ")", "<", "`", "\\", '"', "|", "\u202e", "\n"])
def test_no_mark_that_could_end_a_markdown_link_is_in_an_address(mark):
    for link in links_of(f"Code: https://github.com/owner/re{mark}po", ""):
        assert mark not in link.url
