"""Contributions to a small list, judged; and what a comment must never hold."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from markdown_it import MarkdownIt

from pipeline.lists.contributions.comment import MARKER, contribution_comment
from pipeline.lists.contributions.contribution import Circumstances, judge_contribution
from pipeline.lists.contributions.differences import Change, compare_lists
from pipeline.lists.contributions.facts import KnownPaper
from pipeline.lists.contributions.judged import Contribution
from pipeline.lists.reader import parse_list
from pipeline.lists.rules import Lists
from tests.builders import FULL_LIST, README

README_PATH = Path("list/README.md")
FULL_PATH = Path("list/FULL_LIST.md")
TODAY = date(2022, 6, 1)
PRIVACY = "## Privacy\n\n"

GOOD = """- New Private Things. [[paper]](https://arxiv.org/abs/2205.00009)
  - Ann Author, Bob Writer.
  - Key Word: Differential Privacy; Auditing.
  - <details><summary>Digest</summary> New things are kept private.</details>

"""


def judge(
    readme: str, *known: KnownPaper, before: str = README, full: str = FULL_LIST
) -> Contribution:
    """What is said of a branch that leaves the two files like this."""

    def parsed(path: Path, text: str):
        return parse_list(path, text.encode())

    changes = [
        Change(
            path=README_PATH, before=parsed(README_PATH, before), after=parsed(README_PATH, readme)
        ),
        Change(path=FULL_PATH, before=parsed(FULL_PATH, FULL_LIST), after=parsed(FULL_PATH, full)),
    ]
    by = Circumstances(
        lists=Lists(files=(), preview=README_PATH, preview_days=365),
        preview=README_PATH,
        known={paper.arxiv_id: paper for paper in known},
        today=TODAY,
    )
    return judge_contribution(changes, compare_lists(changes), by)


def added(entry: str, *known: KnownPaper, under: str = PRIVACY) -> Contribution:
    """What is said of a branch that puts ``entry`` right under a heading."""
    assert README.count(under) == 1
    return judge(README.replace(under, under + entry), *known)


def comment_on(contribution: Contribution) -> str:
    """The comment, which is safe whatever it is about."""
    comment = contribution_comment(contribution, base=Path("list"))
    assert_safe(comment)
    return comment


def rules_of(contribution: Contribution) -> list[str]:
    """The names of the findings, sorted, each once."""
    return sorted({finding.rule for finding in contribution.findings})


def fences(comment: str) -> list[str]:
    """What the code blocks hold."""
    tokens = MarkdownIt("commonmark").parse(comment)
    return [token.content for token in tokens if token.type == "fence"]


def assert_safe(comment: str) -> None:
    """One marker and no other HTML, links to arXiv only, nothing that GitHub makes more of."""
    tokens = MarkdownIt("commonmark").enable("table").parse(comment)
    assert comment.startswith(MARKER + "\n")
    assert [t.content.strip() for t in tokens if t.type == "html_block"] == [MARKER]
    kinds = {token.type for token in tokens if not token.type.endswith("_close")}
    assert kinds <= {
        "html_block",
        "paragraph_open",
        "inline",
        "bullet_list_open",
        "list_item_open",
        "fence",
    }
    assert all(t.info == "markdown" for t in tokens if t.type == "fence")
    inner = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in inner} <= {
        "text",
        "code_inline",
        "softbreak",
        "strong_open",
        "strong_close",
        "link_open",
        "link_close",
    }
    for child in inner:
        if child.type == "link_open":
            assert re.fullmatch(r"https://arxiv\.org/abs/[\w./-]+", child.attrs["href"])
        elif child.type == "text":
            assert not re.search(
                r"[@#$<>\\*`]|://|www\.|GH-\d|:\w+:|[\u202a-\u202e]", child.content
            )
    assert len(comment.encode("utf-16-le")) // 2 <= 60_000
