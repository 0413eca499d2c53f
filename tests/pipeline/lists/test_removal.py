"""What was put into a list comes out again, and nothing else."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EditError
from pipeline.lists.entry import Entry
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.removal import plan_removal
from pipeline.lists.writer import plan_edit
from tests.pipeline.lists.conftest import Revisions, an_entry, paper
from tests.pipeline.lists.test_properties import _lists, contents

PATH = Path("LIST.md")
DEMO = Path(__file__).parents[3] / "pipeline" / "demo_data"
MONTHS = ("1805", "2001", "2206", "2611")
GROUPED = (
    "# A List\n\n## Privacy\n\n### Privacy: 2022\n\n"
    + paper("2205.00002")
    + "\n"
    + paper("2204.00001")
    + "\n### Privacy: 2021\n\n"
    + paper("2104.00001")
    + "\n## Fairness\n\n"
    + paper("2203.00003")
).encode()


def inserted(data: bytes, *entries: Entry) -> ListFile:
    return parse_list(PATH, plan_edit(entries, parse_list(PATH, data)).after)


def the(arxiv_id: str | None, list_file: ListFile) -> Entry:
    return next(entry for entry in list_file.entries if entry.arxiv_id == arxiv_id)


def removed(arxiv_id: str, list_file: ListFile, earlier: bytes | None = None) -> bytes:
    return plan_removal(the(arxiv_id, list_file), list_file, earlier=earlier).after


def assert_comes_out_again(data: bytes, months: tuple[str, ...] = MONTHS) -> None:
    for topic, month in zip(parse_list(PATH, data).topics, cycle(months), strict=False):
        arxiv_id = f"{month}.99999"
        list_file = inserted(data, an_entry(arxiv_id=arxiv_id, topic=topic.name))
        assert removed(arxiv_id, list_file) == data, (topic.name, month)


@pytest.mark.parametrize("name", ["README.md", "FULL_LIST.md"])
@pytest.mark.parametrize("first", range(len(MONTHS)))
def test_an_entry_put_into_the_demo_list_comes_out_byte_for_byte(name, first):
    months = (*MONTHS[first:], *MONTHS[:first])
    assert_comes_out_again((DEMO / name).read_bytes(), months)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "FULL_LIST.md"])
def test_an_entry_put_into_the_real_list_comes_out_byte_for_byte(revisions: Revisions, name):
    assert_comes_out_again(revisions.read(revisions.commits[-1])[name])


@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("closed", [True, False])
def test_line_endings_and_an_open_end_stay(ending, closed):
    data = GROUPED if closed else GROUPED.removesuffix(b"\n")
    data = data.replace(b"\n", ending)
    for arxiv_id, topic in (("2201.99999", "Fairness"), ("2206.99999", "Privacy")):
        list_file = inserted(data, an_entry(arxiv_id=arxiv_id, topic=topic))
        assert removed(arxiv_id, list_file) == data


def test_a_year_heading_that_the_entry_brought_goes_with_it():
    list_file = inserted(GROUPED, an_entry(arxiv_id="2601.99999"))
    assert b"### Privacy: 2026" in list_file.document.data
    assert removed("2601.99999", list_file) == GROUPED


def test_a_year_heading_that_was_empty_before_stays():
    data = GROUPED.replace(b"### Privacy: 2022", b"### Privacy: 2026\n\n### Privacy: 2022")
    list_file = inserted(data, an_entry(arxiv_id="2601.99999"))
    assert removed("2601.99999", list_file, earlier=data) == data


def test_of_two_that_came_together_either_comes_out_alone():
    for month in MONTHS:
        first = an_entry(arxiv_id=f"{month}.99998", title="One")
        other = an_entry(arxiv_id=f"{month}.99999", title="Another")
        both = inserted(GROUPED, first, other)
        alone = inserted(GROUPED, other).document.data
        assert removed(f"{month}.99998", both, earlier=GROUPED) == alone


def test_an_entry_that_people_moved_goes_without_a_trace():
    lines = paper("2205.00002") + "\n"
    moved = (
        GROUPED.decode().replace(lines, "").replace("## Fairness\n\n", f"## Fairness\n\n{lines}")
    )
    moved = moved.replace(paper("2203.00003"), paper("2208.00003"))
    data = moved.encode()
    assert removed("2205.00002", parse_list(PATH, data)) == moved.replace(lines, "").encode()


def test_words_of_a_person_under_a_year_heading_keep_it():
    data = GROUPED.replace(b"### Privacy: 2021\n\n", b"### Privacy: 2021\n\nThe early ones.\n\n")
    after = removed("2104.00001", parse_list(PATH, data))
    assert b"### Privacy: 2021\n\nThe early ones.\n\n## Fairness" in after


def test_the_last_paper_of_a_topic_may_go():
    after = removed("2203.00003", parse_list(PATH, GROUPED))
    assert after.endswith(b"## Fairness\n")


def test_the_only_paper_of_a_list_cannot_be_taken_out_of_it():
    data = f"# A\n\n## B\n\n{paper('2203.00003')}".encode()
    list_file = parse_list(PATH, data)
    with pytest.raises(EditError, match="would no longer read as a list"):
        removed("2203.00003", list_file)


def test_an_entry_of_another_file_is_refused():
    with pytest.raises(EditError, match="has no entry 'Membership"):
        plan_removal(an_entry(line=3), parse_list(PATH, GROUPED))


@settings(deadline=None, max_examples=60)
@given(_lists(), st.integers(0, 20), st.integers(18, 23), st.integers(1, 12))
def test_out_of_any_list_the_entry_goes_and_all_else_stays_or_it_is_refused(
    data, topic, year, month
):
    before = parse_list(PATH, data)
    arxiv_id = f"{year}{month:02}.99999"
    name = before.topics[topic % len(before.topics)].name
    list_file = inserted(data, an_entry(arxiv_id=arxiv_id, topic=name))
    assert removed(arxiv_id, list_file, earlier=data) == data
    try:
        after = removed(arxiv_id, list_file)
    except EditError as refused:
        # Without its only entry a heading is none, and that may change what others are read as.
        assert "would be read as a topic otherwise" in str(refused)  # noqa: PT017
        return
    assert contents(parse_list(PATH, after).entries) == contents(before.entries)
    again = inserted(after, an_entry(arxiv_id=arxiv_id, topic=name))
    assert again.document.data == list_file.document.data
