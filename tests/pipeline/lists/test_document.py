from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EditError, ListFormatError
from pipeline.lists.document import Document, Insertion, insert, write_atomically

PATH = Path("LIST.md")


def test_lines_are_split_at_line_feeds_only():
    text = "a\u2028b\x85c\x0cd\x0be\x1cf\n\ufeffg\rh\r\n"
    document = Document(PATH, text.encode())
    assert document.lines == ("a\u2028b\x85c\x0cd\x0be\x1cf", "\ufeffg\rh\r")


@pytest.mark.parametrize(
    ("data", "newline"),
    [
        (b"", "\n"),
        (b"a", "\n"),
        (b"a\nb\n", "\n"),
        (b"a\r\nb\r\n", "\r\n"),
        (b"a\r\nb\r\nc\n", "\r\n"),
        (b"a\nb\nc\r\n", "\n"),
    ],
)
def test_the_newline_is_the_one_that_most_lines_have(data: bytes, newline: str):
    assert Document(PATH, data).newline == newline


def test_bytes_that_are_not_utf8_are_refused_with_their_line():
    with pytest.raises(ListFormatError) as caught:
        Document(PATH, b"fine\nTram\xe8r\n")
    assert caught.value.line == 2
    assert "LIST.md:2: byte 0xe8 is not UTF-8" in str(caught.value)
    assert "save the file as UTF-8" in str(caught.value)


@pytest.mark.parametrize(
    ("data", "line", "after"),
    [
        (b"a\nb\n", 0, b"X\nY\na\nb\n"),
        (b"a\nb\n", 1, b"a\nX\nY\nb\n"),
        (b"a\nb\n", 2, b"a\nb\nX\nY\n"),
        (b"a\nb", 2, b"a\nb\nX\nY"),
        (b"a\r\nb\r\n", 1, b"a\r\nX\r\nY\r\nb\r\n"),
        (b"a\r\nb", 2, b"a\r\nb\r\nX\r\nY"),
        (b"", 0, b"X\nY\n"),
        (b"\n", 1, b"\nX\nY\n"),
    ],
)
def test_lines_go_in_with_the_files_own_ending(data: bytes, line: int, after: bytes):
    assert insert(Document(PATH, data), [Insertion(line, ("X", "Y"))]) == after


def test_insertions_at_one_place_keep_their_order():
    document = Document(PATH, b"a\nb\n")
    insertions = [Insertion(1, ("2",)), Insertion(0, ("1",)), Insertion(1, ("3",))]
    assert insert(document, insertions) == b"1\na\n2\n3\nb\n"


@pytest.mark.parametrize("line", [-1, 3])
def test_a_place_outside_the_file_is_refused(line: int):
    with pytest.raises(EditError, match="no line"):
        insert(Document(PATH, b"a\nb\n"), [Insertion(line, ("X",))])


@pytest.mark.parametrize("text", ["a\nb", "a\r", "\r\n"])
def test_a_line_that_is_more_than_one_is_refused(text: str):
    with pytest.raises(EditError, match="line break"):
        insert(Document(PATH, b"a\n"), [Insertion(0, (text,))])


def test_half_a_surrogate_pair_is_refused():
    with pytest.raises(EditError, match="no UTF-8 form"):
        insert(Document(PATH, b"a\n"), [Insertion(0, ("\ud83d",))])


_LINE = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(_LINE, max_size=6),
    ending=st.sampled_from(["\n", "\r\n"]),
    final=st.booleans(),
    places=st.lists(st.tuples(st.integers(0, 6), st.lists(_LINE, max_size=3)), max_size=4),
)
def test_any_insertions_leave_every_other_line_as_it_was(lines, ending, final, places):
    data = (ending.join(lines) + (ending if final and lines else "")).encode()
    document = Document(PATH, data)
    count = len(document.lines)
    insertions = [Insertion(min(line, count), tuple(new)) for line, new in places]
    after = Document(PATH, insert(document, insertions)).lines
    expected: list[str] = []
    for number in range(count + 1):
        for insertion in insertions:
            if insertion.line == number:
                expected += insertion.lines
        expected += document.lines[number : number + 1]
    # An empty last line is no line at all, and an unterminated one has no carriage return.
    shown = [line.rstrip("\r") for line in after]
    assert shown == [line.rstrip("\r") for line in expected][: len(shown)]
    assert not any(expected[len(shown) :])


def test_writing_keeps_the_mode_and_leaves_nothing_behind(tmp_path: Path):
    path = tmp_path / "README.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]


def test_a_symbolic_link_stays_one(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    target = tmp_path / "docs" / "list.md"
    target.write_bytes(b"old")
    link = tmp_path / "README.md"
    link.symlink_to(target)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "README.md"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EditError, match=r"No space left on device.*as it was"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["README.md"]


def test_a_folder_that_is_gone_is_refused(tmp_path: Path):
    with pytest.raises(EditError, match="cannot be written"):
        write_atomically(tmp_path / "gone" / "README.md", b"new")
