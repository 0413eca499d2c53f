from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import EditError
from pipeline.lists.entry import Link
from pipeline.lists.escape import one_line
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.writer import DigestForm, convention, plan_edit, render_entry
from tests.pipeline.lists.conftest import an_entry, paper

PATH = Path("README.md")
LIST = f"# Paper List\n\n## Privacy\n\n{paper('2205.00002')}\n{paper('2204.00001')}\n## Fairness\n"


def a_list(text: str = LIST) -> ListFile:
    return parse_list(PATH, text.encode())


def test_an_entry_is_four_lines_in_the_house_form():
    entry = an_entry(
        title="Small Leaks",
        venue="ICLR 2023",
        digest="Small models leak. We measure it.",
        links=(
            Link(label="paper", url="https://arxiv.org/abs/2206.01234"),
            Link(label="code", url="https://a.org/b"),
        ),
    )
    assert render_entry(entry) == (
        "- Small Leaks. [[paper]](https://arxiv.org/abs/2206.01234) [[code]](https://a.org/b)",
        "  - Ada Example, Bo Sample. *ICLR 2023*",
        "  - Key Word: Membership Inference; Small Models.",
        "  - <details><summary>Digest</summary> Small models leak. We measure it.</details>",
    )


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("A  Title\nwith breaks.", "- A Title with breaks. "),
        ("Is This a Title?", "- Is This a Title? "),
        ("Stop!", "- Stop! "),
        ("A World for A.I.", "- A World for A.I. "),
        ("And So On...", "- And So On... "),
        ("GPT-4.5", "- GPT-4.5. "),
    ],
)
def test_a_title_ends_with_one_full_stop_or_its_own_mark(title: str, shown: str):
    assert render_entry(an_entry(title=title))[0].startswith(shown + "[[paper]]")


def test_parts_that_an_entry_has_not_have_no_line():
    assert len(render_entry(an_entry(authors="", keywords=(), digest=""))) == 1


def test_an_entry_without_links_gets_that_to_its_paper():
    assert "(https://arxiv.org/abs/2206.01234)" in render_entry(an_entry(links=()))[0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": " "}, "without a title"),
        ({"title": "half \ud83d"}, "lone surrogate"),
        ({"digest": "half \ud83d"}, "lone surrogate"),
        ({"arxiv_id": None, "links": ()}, "no link to the paper"),
        ({"links": (Link(label="paper", url="javascript:alert(1)"),)}, "no web address"),
        ({"links": (Link(label="paper", url="https://a b"),)}, "no web address"),
        ({"links": (Link(label="a](b", url="https://a.org"),)}, "no label for a link"),
        (
            {"links": (Link(label="paper", url="https://arxiv.org/abs/2206.09999"),)},
            "is 2206.01234, but its links say 2206.09999",
        ),
    ],
)
def test_an_entry_that_cannot_be_written_is_refused(changes: dict[str, object], problem: str):
    with pytest.raises(EditError, match=problem):
        render_entry(an_entry(**changes))


@pytest.mark.parametrize(
    ("digest", "form"),
    [
        ("  - <details><summary>Digest</summary> Text.</details>", DigestForm.CLOSED),
        ("  - <details><summary>Digest</summary> Text.\n  </details>", DigestForm.CLOSED),
        ("  - <details><summary>Digest</summary> Text.", DigestForm.OPEN),
        ("  - Digest: Text.", DigestForm.PLAIN),
        ("  - Key Word: None.", DigestForm.CLOSED),
    ],
)
def test_the_convention_is_what_the_newest_entries_do(digest: str, form: DigestForm):
    title = "- Newest. [[paper]](https://arxiv.org/abs/2205.0000{})\n"
    newest = "".join(f"{title.format(n)}{digest}\n\n" for n in range(5, 9))
    old = "- Old. [[paper]](https://arxiv.org/abs/2001.00001)\n  - Digest: Old.\n\n" * 9
    text = newest if form is DigestForm.CLOSED and "Key" in digest else old + newest
    assert convention(a_list(f"## Privacy\n\n{text}")) is form


@pytest.mark.parametrize("form", DigestForm)
def test_a_new_entry_follows_the_convention_in_force(form: DigestForm):
    present = "\n".join(render_entry(an_entry(title="Older", arxiv_id="2205.00002"), form))
    after = plan_edit([an_entry()], a_list(f"## Privacy\n\n{present}\n")).after.decode()
    assert "\n".join(render_entry(an_entry(), form)) + "\n\n- Older" in after


def test_one_entry_is_a_diff_of_four_lines_and_a_blank_one():
    edit = plan_edit([an_entry()], a_list())
    before, after = edit.before.decode().split("\n"), edit.after.decode().split("\n")
    diff = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert sorted(diff) == sorted([*(f"+ {line}" for line in render_entry(an_entry())), "+ "])
    assert (edit.path, edit.entries) == (PATH, (an_entry(),))


def test_a_hundred_entries_go_in_at_once():
    new = [an_entry(title=f"Paper {n}", arxiv_id=f"2206.{n:05}") for n in range(1, 101)]
    result = parse_list(PATH, plan_edit(new, a_list()).after)
    ids = [entry.arxiv_id for entry in result.entries]
    assert ids == sorted(ids, reverse=True)
    assert len(ids) == 102


@pytest.mark.parametrize(
    "changes",
    [
        {"arxiv_id": "2205.00002", "title": "Another Title"},
        {"title": "**PAPER** 2205.00002."},
    ],
)
def test_a_paper_that_is_listed_already_is_refused_with_where(changes: dict[str, object]):
    with pytest.raises(EditError, match=r"already listed: README.md:5: Paper 2205.00002"):
        plan_edit([an_entry(**changes)], a_list())


def test_a_paper_given_twice_is_refused():
    with pytest.raises(EditError, match="already listed"):
        plan_edit([an_entry(), an_entry()], a_list())


def test_an_unknown_topic_is_refused_with_the_nearest():
    with pytest.raises(EditError, match=r"no topic 'Privcy': nearest: Privacy"):
        plan_edit([an_entry(topic="Privcy")], a_list())
    with pytest.raises(EditError, match=r"no topic 'Xyzzy': its topics: Privacy, Fairness"):
        plan_edit([an_entry(topic="Xyzzy")], a_list())


def test_a_topic_is_found_however_it_is_capitalised():
    (entry,) = plan_edit([an_entry(topic="PRIVACY")], a_list()).entries
    assert entry.topic == "Privacy"


def test_an_entry_that_would_be_hidden_is_refused():
    text = "## Privacy\n\n" + paper("2205.00002") + "\n## Fairness\n\n<!-- open\n"
    with pytest.raises(EditError, match=r"would not read as meant.*open comment"):
        plan_edit([an_entry(topic="Fairness")], a_list(text))


def test_nothing_to_add_changes_nothing():
    edit = plan_edit([], a_list())
    assert edit.after == edit.before


@pytest.mark.parametrize(
    "text",
    [
        "</details>",
        "</li></ul> <!-- gone",
        "`code` and ``more",
        "| a | b |",
        "[x](javascript:alert(1)) and ![y](z)",
        "[[paper]](https://arxiv.org/abs/2206.09999)",
        "line\nbreak\r\n\n## Heading",
        "\u202eright to left\u202c and \u200f mark",
        "Key Word: trap; Digest: trap",
        "<details><summary>Digest</summary> trap",
        "*stars* **and** _lines_ $x_1$ ~~no~~",
        "- [ ] task",
        "2022. A year",
        "\U0001f600 \U0001f469\u200d\U0001f52c emoji",
        "&lt;b&gt; &#35; &nbsp;",
        "ends with a backslash \\",
        "Paper. *Venue*",
    ],
)
@pytest.mark.parametrize("form", DigestForm)
def test_hostile_text_reads_back_as_it_was_meant(text: str, form: DigestForm):
    present = "\n".join(render_entry(an_entry(title="Older", arxiv_id="2205.00002"), form))
    list_file = a_list(f"## Privacy\n\n{present}\n\n## Fairness\n")
    entry = an_entry(title=text, authors=text, venue=text, digest=text, keywords=(text, "Last"))
    edit = plan_edit([entry], list_file)
    read = parse_list(PATH, edit.after).entries[0]
    assert replace(read, line=0) == edit.entries[0]
    assert " ".join(read.title.split()) == " ".join(text.split()).rstrip(".")
    assert read.digest == " ".join(text.split())


@pytest.mark.parametrize(
    ("keywords", "read"),
    [
        (("One; Two", "Three."), ("One", "Two", "Three")),
        (("One, Two",), ("One", "Two")),
        (("One, Two", "Three"), ("One, Two", "Three")),
        (("", " ", ","), ()),
    ],
)
def test_key_words_are_parted_as_they_will_be_read(keywords, read):
    (entry,) = plan_edit([an_entry(keywords=keywords)], a_list()).entries
    assert entry.keywords == read


@pytest.mark.parametrize("authors", ["0", "3.", "Ada Jr.", "Ada Example et al."])
def test_authors_read_back_without_their_final_full_stop(authors: str):
    (entry,) = plan_edit([an_entry(authors=authors)], a_list()).entries
    assert entry.authors == authors.removesuffix(".")


@pytest.mark.parametrize("venue", ["Key Word: A", "Digest: A", "Keyword\uff1aA", "Ada: Key Word:"])
def test_a_venue_without_authors_is_not_taken_for_another_line(venue: str):
    (entry,) = plan_edit([an_entry(authors="", venue=venue)], a_list()).entries
    assert (entry.venue, entry.keywords) == (venue, ("Membership Inference", "Small Models"))


def test_a_heading_that_counts_as_a_topic_now_is_no_harm():
    prose = "Words that are too long for a topic that waits for papers."
    text = f"## Privacy\n\n{paper('2205.00002')}\n## Odd\n\n{prose}\n\n## Fairness\n"
    list_file = a_list(text)
    assert [topic.name for topic in list_file.topics] == ["Privacy", "Fairness"]
    after = plan_edit([an_entry(topic="Fairness")], list_file).after
    assert [topic.name for topic in parse_list(PATH, after).topics][0::2] == ["Privacy", "Fairness"]


def test_three_thousand_authors_fit_on_a_line():
    authors = ", ".join(f"Author {n}" for n in range(3000))
    (entry,) = plan_edit([an_entry(authors=authors)], a_list()).entries
    assert entry.authors == authors


_HOSTILE = st.text(
    st.sampled_from("aB1 \\`*_~$[](){}<>!&#;:|.-+/\"'=?,\u202e\u200f\n\té漢")
    | st.characters(exclude_categories=["Cs"]),
    max_size=30,
)


_FIELDS = st.fixed_dictionaries(
    {
        "title": _HOSTILE.filter(lambda title: one_line(title).strip(" .")),
        "authors": _HOSTILE,
        "venue": _HOSTILE,
        "digest": _HOSTILE,
        "keywords": st.lists(_HOSTILE, max_size=3).map(tuple),
    }
)


@settings(max_examples=60, deadline=None)
@given(fields=_FIELDS, newline=st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_reads_back(fields: dict[str, object], newline: str):
    list_file = a_list(LIST.replace("\n", newline))
    edit = plan_edit([an_entry(**fields)], list_file)
    (read,) = (e for e in parse_list(PATH, edit.after).entries if e.arxiv_id == "2206.01234")
    assert replace(read, line=0) == edit.entries[0]
    assert read.title.rstrip(". ") == one_line(str(fields["title"])).rstrip(". ")
    assert read.digest == one_line(str(fields["digest"]))
    assert edit.after.count(b"\n") - edit.before.count(b"\n") <= 5
