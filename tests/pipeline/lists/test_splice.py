"""Splices: whole lines for whole lines, and every other byte as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import EditError
from pipeline.lists.document import Document, Splice, line_after, splice

PATH = Path("LIST.md")


@pytest.mark.parametrize(
    ("data", "change", "after"),
    [
        (b"a\nb\nc\n", Splice(1, 2), b"a\nc\n"),
        (b"a\nb\nc\n", Splice(0, 3), b""),
        (b"a\nb\nc", Splice(2, 3), b"a\nb\n"),
        (b"a\nb\nc\n", Splice(1, 2, ("X", "Y")), b"a\nX\nY\nc\n"),
        (b"a\nb\r\nc\n", Splice(1, 2, ("X",)), b"a\nX\r\nc\n"),
        (b"a\r\nb\nc\r\n", Splice(1, 2, ("X", "Y")), b"a\r\nX\nY\r\nc\r\n"),
        (b"a\nb", Splice(1, 2, ("X",)), b"a\nX"),
        (b"a\nb", Splice(1, 2, ("X", "Y")), b"a\nX\nY"),
        (b"\xef\xbb\xbfa\nb\n", Splice(1, 2, ("X",)), b"\xef\xbb\xbfa\nX\n"),
    ],
)
def test_lines_take_the_place_of_others_with_their_endings(data, change, after):
    assert splice(Document(PATH, data), [change]) == after


def test_what_goes_in_before_a_line_that_is_taken_out_keeps_its_order():
    changes = [Splice(1, 2, ("new b",)), Splice(1, 1, ("1",)), Splice(1, 1, ("2",))]
    assert splice(Document(PATH, b"a\nb\nc\n"), changes) == b"a\n1\n2\nnew b\nc\n"


@pytest.mark.parametrize(
    "changes",
    [
        [Splice(0, 2), Splice(1, 3)],
        [Splice(0, 3), Splice(1, 1, ("X",))],
        [Splice(1, 4)],
        [Splice(2, 1)],
        [Splice(-1, 1)],
        [Splice(4, 4, ("X",))],
    ],
)
def test_splices_that_overlap_or_leave_the_file_are_refused(changes):
    with pytest.raises(EditError):
        splice(Document(PATH, b"a\nb\nc\n"), changes)


@given(
    lines=st.lists(st.sampled_from(["", "a", "b\r", "ü\u2028", "c"]), max_size=8),
    ends=st.booleans(),
    cuts=st.lists(st.integers(0, 8), max_size=8),
    new=st.lists(st.lists(st.sampled_from(["X", "", "Y"]), max_size=3), min_size=4, max_size=4),
)
def test_lines_outside_of_splices_stand_where_they_are_said_to(lines, ends, cuts, new):
    text = "\n".join(lines) + ("\n" if ends else "")
    document = Document(PATH, text.encode())
    last = len(document.lines)
    places = sorted(min(cut, last) for cut in cuts)
    changes = [
        Splice(start, stop, tuple(put))
        for start, stop, put in zip(places[::2], places[1::2], new, strict=False)
    ]
    after = splice(document, changes)
    result = Document(PATH, after).lines
    gone = {number for each in changes for number in range(each.start, each.stop)}
    for number in range(last - 1):  # the last line's ending may be lent to what follows it
        if number not in gone:
            assert result[line_after(number, changes)] == document.lines[number]
