from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ListFormatError
from pipeline.lists.reader import ListFile, parse_list, read_list
from tests.pipeline.lists.conftest import paper

CASES = Path(__file__).parent / "cases"


def _cases() -> Iterator[object]:
    text = (CASES / "reading.md").read_text(encoding="utf-8").partition("\n\n")[2]
    for found in re.finditer(r"(.+)\n\.\n((?:.*\n)*?)\.\n((?:.*\n)*?)\.\n\n?", text):
        yield pytest.param(found[2], found[3], id=found[1])


def _shown(list_file: ListFile) -> str:
    """What was read, in the form of the case files."""
    lines = []
    for topic in list_file.topics:
        years = [f"{group.year}{'-' if group.and_before else ''}" for group in topic.years]
        lines.append(" ".join(["topic", str(topic.line), topic.name, *years]))
    for entry in list_file.entries:
        lines.append(
            f"entry {entry.line} {entry.arxiv_id or '-'} {entry.topic} {entry.year or '-'}"
        )
        lines.append(f"  title {entry.title}")
        lines += [f"  link {link.label} {link.url}" for link in entry.links]
        lines += [f"  authors {entry.authors}"] if entry.authors else []
        lines += [f"  venue {entry.venue}"] if entry.venue else []
        lines += [f"  keyword {word}" for word in entry.keywords]
        lines += [f"  digest {entry.digest}"] if entry.digest else []
    lines += [f"remark {remark.line} {remark.problem}" for remark in list_file.remarks]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("text", "reading"), [*_cases()])
def test_a_list_reads_as_its_case_says(text: str, reading: str):
    assert _shown(parse_list(Path("LIST.md"), text.encode())) == reading


@pytest.mark.parametrize(("text", "reading"), [*_cases()])
def test_line_endings_and_a_byte_order_mark_make_no_difference(text: str, reading: str):
    as_windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert _shown(parse_list(Path("LIST.md"), as_windows)) == reading
    assert _shown(parse_list(Path("LIST.md"), text.rstrip("\n").encode())) == reading


def test_separators_inside_a_line_do_not_end_it():
    text = "## A\n\n- One\u2028Two\x85Three. [[paper]](https://arxiv.org/abs/2205.00001)\n"
    (entry,) = parse_list(Path("LIST.md"), text.encode()).entries
    assert entry.title == "One\u2028Two\x85Three"


def test_a_file_without_topics_is_refused_with_what_a_topic_is():
    with pytest.raises(ListFormatError, match=r"NOTES.md: no topics were found.*`## Topic`"):
        parse_list(Path("NOTES.md"), b"# Notes\n\n- One [link](https://example.org)\n")


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b"# Title", b"- - -\n---\n"])
def test_a_file_of_almost_nothing_is_refused(data: bytes):
    with pytest.raises(ListFormatError, match="no topics"):
        parse_list(Path("LIST.md"), data)


def test_a_file_that_is_not_there_is_refused_with_where_to_look(tmp_path: Path):
    with pytest.raises(ListFormatError, match=r"cannot be read: No such file.*config.toml"):
        read_list(tmp_path / "README.md")


def test_a_comment_that_never_ends_hides_the_rest_and_says_so():
    text = f"## A\n\n{paper('2205.00002')}\n<!-- open\n\n{paper('2205.00001')}"
    list_file = parse_list(Path("LIST.md"), text.encode())
    assert [entry.arxiv_id for entry in list_file.entries] == ["2205.00002"]
    assert [remark.line for remark in list_file.remarks] == [10]
