from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.lists.entry import Link
from pipeline.lists.reader import parse_list
from pipeline.lists.writer import plan_edit
from tests.pipeline.lists.conftest import an_entry, paper

_IDS = [f"{year:02}01.0000{n}" for year in range(15, 24) for n in range(1, 4)]


def full(text: str) -> str:
    """The list with four lines for each ``@identifier``."""
    for arxiv_id in _IDS:
        text = text.replace(f"@{arxiv_id}\n", paper(arxiv_id))
    return text


def short(text: str) -> str:
    """The list with ``@identifier`` for each paper, to see the layout at a glance."""
    for arxiv_id in _IDS:
        text = text.replace(paper(arxiv_id), f"@{arxiv_id}\n")
    return text


def added(text: str, *arxiv_ids: str, newline: str = "\n", year: int | None = None) -> str:
    """The list after the papers were put under "Privacy"."""
    unterminated = not text.endswith("\n")
    data = full(text).replace("\n", newline).encode()
    new = [
        an_entry(
            title=f"Paper {arxiv_id}",
            arxiv_id=arxiv_id,
            year=year,
            authors="Ada Example, Bo Sample",
            keywords=("One Thing", "Another"),
            digest=f"What {arxiv_id} is about.",
        )
        for arxiv_id in arxiv_ids
    ]
    after = plan_edit(new, parse_list(Path("LIST.md"), data)).after.decode()
    assert after.count(newline) == after.count("\n")
    return short(after.replace(newline, "\n") + "\n" * unterminated)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("arxiv_id", "after"),
    [
        ("2201.00003", "## Privacy\n\n@2201.00003\n\n@2201.00002\n\n@2101.00002\n\n## Z\n"),
        ("2201.00001", "## Privacy\n\n@2201.00002\n\n@2201.00001\n\n@2101.00002\n\n## Z\n"),
        ("2101.00001", "## Privacy\n\n@2201.00002\n\n@2101.00002\n\n@2101.00001\n\n## Z\n"),
    ],
)
def test_an_entry_goes_before_the_first_older_one(arxiv_id: str, after: str, newline: str):
    before = "## Privacy\n\n@2201.00002\n\n@2101.00002\n\n## Z\n"
    assert added(before, arxiv_id, newline=newline) == after


def test_new_entries_are_sorted_among_themselves():
    before = "## Privacy\n\n@2101.00002\n\n## Z\n"
    after = "## Privacy\n\n@2201.00002\n\n@2201.00001\n\n@2101.00002\n\n@2101.00001\n\n## Z\n"
    assert added(before, "2101.00001", "2201.00001", "2201.00002") == after


def test_the_end_of_the_file_is_kept_as_it_is():
    assert added("## Privacy\n\n@2201.00002\n", "2101.00001") == (
        "## Privacy\n\n@2201.00002\n\n@2101.00001\n"
    )
    unterminated = full("## Privacy\n\n@2201.00002\n").removesuffix("\n")
    list_file = parse_list(Path("LIST.md"), unterminated.encode())
    after = plan_edit([an_entry(arxiv_id="2101.00001")], list_file).after
    assert after.startswith(unterminated.encode() + b"\n\n- Membership")
    assert not after.endswith(b"\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("## Privacy\n\n## Z\n\n@1901.00001\n", "## Privacy\n\n@N\n\n## Z\n"),
        ("## Privacy\n## Z\n\n@1901.00001\n", "## Privacy\n\n@N\n\n## Z\n"),
        ("## Privacy\n\n\n## Z\n\n@1901.00001\n", "## Privacy\n\n@N\n\n## Z"),
        (
            '## Privacy\n\n<a href="F.md">all</a>.\n\n## Z\n\n@1901.00001\n',
            '## Privacy\n\n<a href="F.md">all</a>.\n\n@N\n\n## Z\n',
        ),
        ("## Privacy\n", "## Privacy\n\n@N\n"),
        ("## Privacy", "## Privacy\n\n@N\n"),
    ],
)
def test_an_empty_topic_gets_its_first_entry(before: str, after: str):
    text = f"## A\n\n@2001.00001\n\n{before}"
    assert after.replace("@N", "@2201.00001").rstrip() in added(text, "2201.00001")


GROUPS = (
    "## Privacy\n\n### Privacy: 2022\n\n@2201.00001\n\n### Privacy: 2020\n\n@2001.00001\n\n"
    "## Fairness\n\n### Fairness: 2021\n\n@2101.00003\n"
)


def test_the_identifier_says_which_year_group():
    assert "### Privacy: 2020\n\n@2001.00002\n\n@2001.00001\n" in added(GROUPS, "2001.00002")


def test_an_entry_with_a_year_of_its_own_goes_there():
    assert "@2201.00001\n\n@2001.00002\n\n### Privacy: 2020" in added(
        GROUPS, "2001.00002", year=2022
    )


@pytest.mark.parametrize(
    ("arxiv_id", "after"),
    [
        ("2301.00001", "## Privacy\n\n### Privacy: 2023\n\n@2301.00001\n\n### Privacy: 2022\n"),
        ("2101.00001", "@2201.00001\n\n### Privacy: 2021\n\n@2101.00001\n\n### Privacy: 2020\n"),
        ("1901.00001", "@2001.00001\n\n### Privacy: 2019\n\n@1901.00001\n\n## Fairness\n"),
    ],
)
def test_a_missing_year_group_is_made_where_it_belongs(arxiv_id: str, after: str):
    assert after in added(GROUPS, arxiv_id)


def test_two_missing_years_at_one_place_are_made_newest_first():
    after = "### Privacy: 2019\n\n@1901.00001\n\n### Privacy: 2018\n\n@1801.00001\n\n## Fairness"
    assert after in added(GROUPS, "1801.00001", "1901.00001")


def test_an_empty_topic_among_grouped_ones_gets_a_group_in_their_style():
    before = GROUPS.replace("## Privacy\n", "## Open World\n").replace("Privacy:", "Open World:")
    after = added(f"{before}\n## Privacy\n", "2101.00002")
    assert after.endswith("## Privacy\n\n### Privacy: 2021\n\n@2101.00002\n")


def test_bare_year_headings_stay_bare():
    before = "## Privacy\n\n### 2022\n\n@2201.00001\n\n## Fairness\n\n@2001.00001\n"
    assert "## Privacy\n\n### 2023\n\n@2301.00001\n\n### 2022\n" in added(before, "2301.00001")
    assert added(before, "2101.00001").count("###") == 2


FOLDED = (
    "## Privacy\n\n<details>\n<summary>Privacy: 2021</summary>\n\n@2101.00002\n\n</details>\n\n"
    "<details>\n<summary>Privacy: 2019 and Before</summary>\n\n@1801.00001\n\n</details>\n\n"
    "## Fairness\n\n@2001.00001\n"
)


@pytest.mark.parametrize(
    ("arxiv_id", "after"),
    [
        ("2101.00001", "@2101.00002\n\n@2101.00001\n\n</details>\n\n<details>\n<summary>Priv"),
        (
            "2201.00001",
            "<summary>Privacy: 2022</summary>\n\n@2201.00001\n\n</details>\n\n<details>\n<summ",
        ),
        (
            "2001.00002",
            "</details>\n\n<details>\n<summary>Privacy: 2020</summary>\n\n@2001.00002\n\n</det",
        ),
        ("1901.00001", "2019 and Before</summary>\n\n@1901.00001\n\n@1801.00001\n\n</details>"),
        ("1501.00001", "@1801.00001\n\n@1501.00001\n\n</details>\n\n## Fairness"),
    ],
)
def test_folded_year_groups_are_kept_and_made_alike(arxiv_id: str, after: str):
    assert after in added(FOLDED, arxiv_id)


def test_a_year_group_under_another_topic_draws_nothing_to_it():
    before = (
        "## Ownership\n\n### Ownership: 2020\n\n@2001.00001\n\n### Privacy: 2017\n\n"
        "## Privacy\n\n### Privacy: 2018\n\n@1801.00001\n"
    )
    assert added(before, "1901.00001").endswith(
        "## Privacy\n\n### Privacy: 2019\n\n@1901.00001\n\n### Privacy: 2018\n\n@1801.00001\n"
    )


def test_a_year_group_at_the_topics_own_level_is_used():
    before = (
        "## Privacy\n\n## Privacy: 2022\n\n@2201.00001\n\n### Privacy: 2021\n\n@2101.00001\n\n"
        "## Fairness\n\n@2001.00001\n"
    )
    assert "## Privacy: 2022\n\n@2201.00002\n\n@2201.00001" in added(before, "2201.00002")


def test_papers_without_identifier_are_passed_over():
    no_id = "- Journal Paper. [[paper]](https://example.org/j)\n  - Digest: None.\n"
    before = (
        f"## Privacy\n\n{no_id}\n@2201.00002\n\n{no_id.replace('Paper', 'Letter')}\n@2101.00001\n"
    )
    after = added(before, "2201.00001")
    assert "Letter. [[paper]](https://example.org/j)\n  - Digest: None.\n\n@2201.00001\n" in after


def test_a_paper_without_identifier_goes_first():
    list_file = parse_list(Path("LIST.md"), full("## Privacy\n\n@2201.00002\n").encode())
    entry = an_entry(links=(Link(label="paper", url="https://example.org/j"),), arxiv_id=None)
    assert plan_edit([entry], list_file).after.startswith(b"## Privacy\n\n- Membership")


def test_lists_without_blank_lines_between_entries_stay_so():
    before = "## Privacy\n\n@2201.00002\n@2101.00002\n@2001.00001\n"
    assert added(before, "2101.00001") == (
        "## Privacy\n\n@2201.00002\n@2101.00002\n@2101.00001\n@2001.00001\n"
    )
    assert added(before, "1901.00001").endswith("@2001.00001\n@1901.00001\n")
