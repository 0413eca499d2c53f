"""The fields of an entry as a text to edit, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import EntryEdit
from pipeline.errors import EntryEditError
from pipeline.review.card import DraftedEntry
from pipeline.review.terminal.entry_text import (
    entry_text,
    read_entry_text,
    split_keywords,
    with_remarks,
)

ENTRY = DraftedEntry(
    topic="Privacy",
    title="Private Things: A Study",
    authors="Ann Author, Bob Writer",
    venue="ICLR 2022",
    keywords=("Differential Privacy", "Auditing"),
    digest="Things are kept private.",
    links=(("paper", "https://arxiv.org/abs/2205.00002"), ("code", "https://github.com/a/b")),
    markdown="",
)
TEXT = """\
# Change the entry as it will stand in the list, then save and close the editor.
# Key words are parted by semicolons. Each link has a line: Link LABEL: ADDRESS.
# Topics: Privacy; Fairness

Title: Private Things: A Study
Authors: Ann Author, Bob Writer
Venue: ICLR 2022
Key words: Differential Privacy; Auditing
Digest: Things are kept private.
Link paper: https://arxiv.org/abs/2205.00002
Link code: https://github.com/a/b
Topic: Privacy
"""


def whole(entry: DraftedEntry) -> EntryEdit:
    return EntryEdit(
        title=entry.title,
        authors=entry.authors,
        venue=entry.venue,
        keywords=entry.keywords,
        digest=entry.digest,
        links=entry.links,
    )


def read(text: str):
    return read_entry_text(text, before=ENTRY)


def test_an_entry_is_one_line_a_field_with_remarks_above():
    assert entry_text(ENTRY, topics=("Privacy", "Fairness")) == TEXT


def test_what_was_not_changed_reads_back_as_it_was():
    typed = read(TEXT)
    assert typed is not None
    assert (typed.edit, typed.topic) == (whole(ENTRY), "Privacy")


def test_fields_may_be_changed_wrapped_emptied_and_taken_out():
    text = (
        TEXT.replace("private.", "private.\n  And more\nlines: too.")
        .replace("Venue: ICLR 2022", "venue:")
        .replace("Authors: Ann Author, Bob Writer\n", "")
        .replace("Topic: Privacy", "Topic: Fairness")
        .replace("Link code: https://github.com/a/b\n", "")
    )
    typed = read(text)
    assert typed is not None
    assert typed.topic == "Fairness"
    assert typed.edit == replace(
        whole(ENTRY),
        venue="",
        digest="Things are kept private. And more lines: too.",
        links=ENTRY.links[:1],
    )


def test_a_number_sign_after_the_first_field_is_text():
    typed = read("Title: # Not a remark\n# nor this\nVenue:\n")
    assert typed is not None
    assert typed.edit.title == "# Not a remark # nor this"


@pytest.mark.parametrize("text", ["", "\n\n  \n"])
def test_an_emptied_text_gives_the_edit_up(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("A title without its field\n" + TEXT, "line 1 belongs to no field"),
        (TEXT + "Title: Twice\n", "the field title stands twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, problem):
    with pytest.raises(EntryEditError, match=problem):
        read(text)


def test_remarks_are_exchanged_and_what_was_typed_stays_to_the_letter():
    typed = TEXT.split("\n\n", 1)[1].replace("private.", "private.\n\n   odd  blanks\t\n")
    assert with_remarks("# old\n\n" + typed, ["Not kept: a\nproblem"]) == (
        "# Not kept: a problem\n\n" + typed
    )
    assert with_remarks("no field at all\n", ["x"]) == "# x\n\nno field at all\n"


def test_key_words_are_parted_by_semicolons():
    assert split_keywords(" a b ;; c;") == ("a b", "c")


_LINE = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30).map(
    lambda text: " ".join(text.split())
)


@given(title=_LINE, authors=_LINE, digest=_LINE, venue=_LINE)
def test_whatever_stands_in_the_fields_reads_back(title, authors, digest, venue):
    entry = replace(ENTRY, title=title, authors=authors, digest=digest, venue=venue)
    typed = read_entry_text(entry_text(entry, topics=("Privacy",)), before=ENTRY)
    assert typed is not None
    assert typed.edit == whole(entry)
