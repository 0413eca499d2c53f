"""What holds for any list and any entry, however strange."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EditError
from pipeline.lists.entry import Entry, Link
from pipeline.lists.escape import one_line
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.writer import plan_edit, render_entry
from tests.pipeline.lists.conftest import Revisions, an_entry, paper

PATH = Path("LIST.md")

_HEADINGS = {
    "none": ("", ""),
    "### Topic: 2021": ("### {topic}: {year}\n\n", ""),
    "## Topic: 2021": ("## {topic}: {year}\n\n", ""),
    "### 2021": ("### {year}\n\n", ""),
    "folded": ("<details>\n<summary>{topic}: {year}</summary>\n\n", "</details>\n\n"),
}
_JUNK = st.sampled_from(
    [
        "",
        "Some words, and [a link](https://example.org).\n\n",
        "<!-- - Out. [[paper]](https://arxiv.org/abs/2205.09999) -->\n\n",
        "```\n- In code. [[paper]](https://arxiv.org/abs/2205.09998)\n```\n\n",
        '<a href="FULL_LIST.md#x">all</a>.\n\n',
        "- A Letter. [[paper]](https://example.org/l)\n  - Bo.\n\n",
        "- - Slip.  [[paper](http://arxiv.org/pdf/2203.09997v2.pdf)]  \n  - Key Work: a, b\n\n",
        "| a | b |\n|---|---|\n\n",
        "Odd\u2028line\u0085with\x0cbreaks\n\n",
    ]
)


@st.composite
def _lists(draw: st.DrawFn) -> bytes:
    """A list with topics, year groups in any style, slips and other text."""
    heading, end = _HEADINGS[draw(st.sampled_from(sorted(_HEADINGS)))]
    gap = draw(st.sampled_from(["\n", "\n\n", ""]))
    digest = draw(st.sampled_from(["<details><summary>Digest</summary>", "Digest:", "closed"]))
    text = draw(st.sampled_from(["# A List\n\n", "", "- [Privacy](#privacy)\n\n"]))
    number = 0
    for topic in draw(st.sampled_from([["Privacy"], ["Privacy", "Fairness", "Others"]])):
        text += f"## {topic}\n\n{draw(_JUNK)}"
        for year in draw(st.lists(st.integers(2019, 2022), max_size=3, unique=True)):
            text += heading.format(topic=topic, year=year)
            for month in draw(st.lists(st.integers(1, 12), max_size=3)):
                number += 1
                lines = paper(f"{year - 2000}{month:02}.{number:05}")
                if digest != "closed":  # never closed, or plain
                    lines = lines.replace("</details>", "")
                    lines = lines.replace("<details><summary>Digest</summary>", digest)
                text += lines + gap
            text += draw(_JUNK) + end
    text += draw(st.sampled_from(["", "# Related Lists\n\n- [One](https://example.org)\n"]))
    text += f"\n## Fairness\n\n{paper('1801.00001')}" * (not number)
    data = text.rstrip("\n") + "\n" * draw(st.booleans())
    return (
        draw(st.sampled_from([b"", b"\xef\xbb\xbf"]))
        + data.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()
    )


_ADDED = st.lists(
    st.tuples(st.integers(0, 20), st.integers(18, 23), st.integers(1, 12), st.booleans()),
    min_size=1,
    max_size=8,
)


def added_in_steps(list_file: ListFile, chosen: Sequence[tuple[int, int, int, bool]]) -> None:
    """Put one entry after the other into a list and check all that was promised of each edit."""
    for number, (topic, year, month, has_id) in enumerate(chosen):
        arxiv_id = f"{year}{month:02}.{90000 + number}" if has_id else None
        entry = an_entry(
            title=f"Added {number}",
            arxiv_id=arxiv_id,
            topic=list_file.topics[topic % len(list_file.topics)].name,
            links=(
                Link(
                    label="paper",
                    url=f"https://arxiv.org/abs/{arxiv_id}" if has_id else "https://example.org/a",
                ),
            ),
            year=None if has_id else 2000 + year,
        )
        edit = plan_edit([entry], list_file)
        assert_only_added(edit.before, edit.after, entry)
        after = parse_list(PATH, edit.after)
        assert contents(after.entries, without=entry.title) == contents(list_file.entries)
        assert edit.entries == tuple(
            replace(e, line=0) for e in after.entries if e.title == entry.title
        )
        list_file = after


def contents(entries: Sequence[Entry], *, without: str = "") -> list[Entry]:
    return [replace(entry, line=0) for entry in entries if entry.title != without]


def assert_only_added(before: bytes, after: bytes, entry: Entry) -> None:
    """Every line is there as it was, in its order, and the new ones are the entry's own."""
    old, new = lines_of(before), lines_of(after)
    rest = iter(new)
    assert all(line in rest for line in old)
    headings = {"", "<details>", "</details>"}
    titles = render_entry(entry)[:3]
    for line in (Counter(new) - Counter(old)).elements():
        is_heading = line.startswith(("#", "<summary>"))
        digest = "Small models leak less" in line
        assert line in headings or line in titles or is_heading or digest, line


def lines_of(data: bytes) -> list[str]:
    return [line.removesuffix("\r") for line in data.decode().removesuffix("\n").split("\n")]


@settings(max_examples=60, deadline=None)
@given(data=_lists(), chosen=_ADDED)
def test_any_insertions_into_any_list_leave_every_other_byte(data, chosen):
    added_in_steps(parse_list(PATH, data), chosen)


@pytest.mark.shared
@pytest.mark.parametrize("position", [0.1, 0.45, 0.6, 0.8, 1.0])
def test_any_insertions_into_any_revision_leave_every_other_byte(
    revisions: Revisions, position: float
):
    commit = revisions.commits[round(position * (len(revisions.commits) - 1))]
    files = [parse_list(PATH, data) for data in revisions.read(commit).values()]

    @settings(max_examples=3, deadline=None, database=None)
    @given(chosen=_ADDED)
    def check(chosen):
        for list_file in files:
            added_in_steps(list_file, chosen)

    check()


@pytest.mark.shared
@pytest.mark.slow
def test_an_entry_goes_into_every_topic_of_every_revision(revisions: Revisions):
    for commit in revisions.commits[::5]:
        for data in revisions.read(commit).values():
            list_file = parse_list(PATH, data)
            new = [
                an_entry(title=f"Paper {n}", arxiv_id=f"{18 + n % 5}12.{n + 90000}", topic=t.name)
                for n, t in enumerate(list_file.topics)
            ]
            edit = plan_edit(new, list_file)
            rest = iter(lines_of(edit.after))
            assert all(line in rest for line in lines_of(edit.before))


_FRAGMENTS = st.sampled_from(
    [
        "</details>",
        "<details><summary>Digest</summary>",
        "<summary>2021</summary>",
        "<!--",
        "-->",
        "```",
        "~~~",
        "`",
        "| a | b |",
        "[x](javascript:alert(1))",
        "[[paper]](https://arxiv.org/abs/2101.00009)",
        "[[code",
        "![i](https://example.org/i.png)",
        "<script>",
        "<a name=x>",
        "&lt;",
        "&#10;",
        "\u202e",
        "\u2066",
        "\u200f",
        "\u2028",
        "\u0085",
        "\x00",
        "\n",
        "\n\n## Topic: 2021\n\n",
        "\r\n- ",
        "# ",
        "1. ",
        "- ",
        "*",
        "**",
        "_",
        "$",
        "$x^2$",
        "\\",
        "\\[",
        ".",
        "...",
        ";",
        ":",
        "Key Word:",
        "Keyword\uff1a",
        "Digest:",
        "*ICLR 2023*",
        "A.I.",
        "word",
        " ",
        "@mention #1",
        "é漢\u0301",
        "\U0001f469\u200d\U0001f52c",
        "שלום",
    ]
)
_HOSTILE = st.lists(_FRAGMENTS, max_size=8).map("".join)


_FIELDS = st.fixed_dictionaries(
    {
        "title": _HOSTILE.filter(lambda title: one_line(title).strip(" .")),
        "authors": _HOSTILE,
        "venue": _HOSTILE,
        "keywords": st.lists(_HOSTILE, max_size=3).map(tuple),
        "digest": _HOSTILE,
    }
)


@settings(max_examples=60, deadline=None)
@given(fields=_FIELDS, data=_lists())
def test_what_was_written_reads_back_however_hostile(fields: dict[str, str], data: bytes):
    list_file = parse_list(PATH, data)
    entry = an_entry(topic=list_file.topics[-1].name, **fields)
    edit = plan_edit([entry], list_file)
    after = parse_list(PATH, edit.after)
    (read,) = (found for found in after.entries if found.arxiv_id == entry.arxiv_id)
    assert replace(read, line=0) == edit.entries[0]
    assert read.title.rstrip(". ") == one_line(entry.title).rstrip(". ")
    assert (read.venue, read.digest) == (one_line(entry.venue), one_line(entry.digest))
    assert contents(after.entries, without=read.title) == contents(list_file.entries)


@pytest.mark.parametrize("part", ["title", "authors", "venue", "digest"])
def test_half_a_surrogate_pair_is_refused_with_the_text_around_it(part: str):
    list_file = parse_list(PATH, f"## Privacy\n\n{paper('2205.00001')}".encode())
    with pytest.raises(EditError, match=r"around.*lone surrogate \(U\+D83D\): correct the text"):
        plan_edit([an_entry(**{part: "around \ud83d it"})], list_file)
    with pytest.raises(EditError, match=r"lone surrogate"):
        plan_edit([an_entry(keywords=("a", "\ude00"))], list_file)
