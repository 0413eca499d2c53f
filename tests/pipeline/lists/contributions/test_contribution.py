"""Only what a branch adds is judged, kindly, and with the entry as it should be."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lists.contributions.facts import KnownPaper, compare_authors
from pipeline.lists.contributions.judged import Contribution
from tests.builders import FULL_LIST, README
from tests.pipeline.lists.contributions.builders import (
    FULL_PATH,
    GOOD,
    README_PATH,
    added,
    comment_on,
    fences,
    judge,
    rules_of,
)

ARXIV = KnownPaper(
    arxiv_id="2205.00009", title="New Private Things", authors=("Ann Author", "Bob Writer")
)


def only(contribution: Contribution):
    assert len(contribution.judged) == 1
    return contribution.judged[0]


def test_a_sound_entry_is_thanked_for_and_nothing_more():
    contribution = added(GOOD, ARXIV)
    assert contribution.findings == ()
    comment = comment_on(contribution)
    assert "All is just as it should be and agrees with arXiv." in comment
    assert "```" not in comment


def test_sins_of_others_are_not_the_contributors():
    sinful = README.replace("Key Word: Group Fairness.", "Key Work: group fairness  ")
    contribution = judge(sinful.replace("## Privacy\n\n", f"## Privacy\n\n{GOOD}"), before=sinful)
    assert contribution.findings == ()


SLIPS = {
    "the title has no full stop at its end": ("Things. [[", "Things [["),
    "the authors have no full stop at their end": ("Bob Writer.", "Bob Writer"),
    "the key words have no full stop at their end": ("Auditing.", "Auditing"),
    "the `<details>` of the digest is not closed": ("private.</details>", "private."),
    "the label of the link to the paper is `paper`, not “PDF”": ("[[paper]]", "[[PDF]]"),
    "bracket-slip": (
        "[[paper]](https://arxiv.org/abs/2205.00009)",
        "[[paper](https://arxiv.org/abs/2205.00009)]",
    ),
    "double-bullet": ("- New", "- - New"),
    "version-suffix": ("2205.00009", "2205.00009v2"),
    "http-link": ("https://", "http://"),
    "pdf-link": ("abs/2205.00009", "pdf/2205.00009.pdf"),
    "keyword-label": ("Key Word", "Key Work"),
    "keyword-variant": ("Differential Privacy", "differential privacy"),
    "trailing-blanks": ("private.</details>", "private.</details>  "),
    "mojibake": ("Ann Author", "Ann TramÃ¨r"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_each_slip_is_named_and_put_right(slip):
    old, new = SLIPS[slip]
    written = GOOD.replace(old, new, 1)
    assert written != GOOD
    judged = only(added(written))
    assert [f.rule if f.rule != "house-form" else f.message for f in judged.findings] == [slip]
    expected = GOOD.replace("Ann Author", "Ann Tramèr") if slip == "mojibake" else GOOD
    assert fences(comment_on(added(written))) == [expected.rstrip("\n") + "\n"]


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("missing-authors", "  - Ann Author, Bob Writer.\n"),
        ("missing-keywords", "  - Key Word: Differential Privacy; Auditing.\n"),
        (
            "missing-digest",
            "  - <details><summary>Digest</summary> New things are kept private.</details>\n",
        ),
    ],
)
def test_a_missing_part_gets_a_line_to_fill_in(rule, line):
    contribution = added(GOOD.replace(line, ""))
    assert rules_of(contribution) == [rule]
    comment = comment_on(contribution)
    assert "the words in capitals are yours" in comment
    assert len(fences(comment)[0].splitlines()) == 4


def test_a_part_that_the_list_does_not_have_is_not_asked_for():
    bare = "\n".join(line for line in README.split("\n") if "Key Word" not in line)
    entry = GOOD.replace("  - Key Word: Differential Privacy; Auditing.\n", "")
    contribution = judge(bare.replace("## Privacy\n\n", f"## Privacy\n\n{entry}"), before=bare)
    assert contribution.findings == ()


def test_an_entry_in_the_wrong_place_is_told_its_neighbour():
    contribution = added(GOOD, under="\n## Fairness\n\n")
    assert contribution.findings == ()
    late = README.replace("## Fairness\n\n", f"{GOOD}## Fairness\n\n")
    judged = only(judge(late))
    assert [f.rule for f in judged.findings] == ["wrong-place"]
    assert not judged.belongs.right
    comment = comment_on(judge(late))
    assert "It belongs under `Privacy`, right before `Private Things`" in comment
    assert fences(comment) == []


def test_of_two_new_entries_out_of_order_only_one_is_told():
    older = GOOD.replace("2205.00009", "2205.00005").replace("New Private", "Almost New")
    contribution = added(older + GOOD)
    assert [(f.rule, f.entry.arxiv_id) for f in contribution.findings] == [
        ("wrong-place", "2205.00009")
    ]
    assert added(GOOD + older).findings == ()


def test_a_new_paper_in_the_list_of_all_papers_is_sent_to_the_preview():
    full = FULL_LIST.replace("### Privacy: 2020", f"### Privacy: 2022\n\n{GOOD}### Privacy: 2020")
    contribution = judge(README, full=full)
    assert [(f.rule, f.path) for f in contribution.findings] == [("wrong-file", FULL_PATH)]
    assert "right before `Private Things`" in comment_on(contribution)


@pytest.mark.parametrize("under", ["# Paper List\n\n", "# Related Lists\n\n", "# A list\n\n"])
def test_an_entry_in_no_topic_is_named_and_spoils_no_other(under):
    contribution = added(GOOD, under=under)
    assert rules_of(contribution) == ["no-topic"]
    assert only(contribution).status == "unread"
    assert (contribution.removed, contribution.moved, contribution.topics) == ((), 0, ())
    comment = comment_on(contribution)
    assert "Please choose one of the list's topics" in comment
    assert fences(comment) == []  # Its text is right.


@pytest.mark.parametrize(
    "title_line",
    [
        "- New Private Things. https://arxiv.org/abs/2205.00009",
        "- New Private Things: arXiv <https://arxiv.org/pdf/2205.00009v1>",
        "- New Private Things. [[paper]] https://arxiv.org/abs/2205.00009",
        "    - New Private Things. [[paper]](https://arxiv.org/abs/2205.00009)",
    ],
)
def test_what_looks_like_an_entry_and_is_none_is_named_and_made_one(title_line):
    entry = title_line + GOOD[GOOD.index("\n") :]
    text = README.replace("- Older Private", f"{entry}- Older Private")
    if title_line.startswith(" "):  # Right under another entry, where it would be a part of it.
        text = text.replace("\n\n    - New", "\n    - New")
    contribution = judge(text)
    judged = only(contribution)
    assert judged.status == "unread"
    assert "not-an-entry" in rules_of(contribution)
    assert judged.corrected.lines[1:] == tuple(GOOD.rstrip().split("\n")[1:])
    assert "https://arxiv.org/abs/2205.00009" in judged.corrected.lines[0]
    assert judged.belongs.before.title == "Private Things"
    comment_on(contribution)


def test_text_that_nobody_can_make_an_entry_of_is_only_named():
    contribution = added("- Please add my wonderful paper!\n\n")
    assert rules_of(contribution) == ["not-an-entry"]
    assert only(contribution).corrected is None
    assert fences(comment_on(contribution)) == []


def test_an_open_code_fence_is_seen_by_the_entries_it_swallows():
    contribution = judge(README.replace("## Privacy\n\n", "## Privacy\n\n```\n"))
    assert "removed-entry" in rules_of(contribution)
    assert "not-an-entry" in rules_of(contribution)
    comment_on(contribution)


def test_removed_entries_are_named():
    start, end = README.index("- Private Things"), README.index("## Fairness")
    contribution = judge(README[:start] + README[end:])
    assert [entry.title for _, entry in contribution.removed] == [
        "Private Things",
        "Older Private Things",
    ]
    assert "This pull request removes 2 entries" in comment_on(contribution)


def test_a_corrected_entry_is_changed_and_no_finding():
    contribution = judge(
        README.replace("Private Things.", "Very Private Things.", 1).replace(
            "205.00002", "205.00003"
        )
    )
    assert only(contribution).status == "changed"
    assert contribution.findings == ()
    assert "It changes 1 entry." in comment_on(contribution)


def test_of_a_changed_entry_only_what_the_change_brought_is_told():
    before = README.replace(
        "Bob Writer.\n  - Key Word: Differential Privacy; Aud",
        "Bob Writer\n  - Key Word: Differential Privacy; Aud",
    )
    after = before.replace("Private Things. [[", "Private Things [[", 1)
    assert [f.message for f in judge(after, before=before).findings] == [
        "the title has no full stop at its end"
    ]


def test_entries_moved_to_another_file_are_neither_new_nor_gone():
    start, end = README.index("- Older Private"), README.index("## Fairness")
    entry = README[start:end]
    full = FULL_LIST.replace("### Privacy: 2020", f"### Privacy: 2022\n\n{entry}### Privacy: 2020")
    contribution = judge(README[:start] + README[end:], full=full)
    assert (contribution.moved, contribution.judged, contribution.removed) == (1, (), ())
    assert "It moves 1 entry." in comment_on(contribution)


def test_a_renamed_topic_is_told_and_its_entries_are_moved():
    contribution = judge(README.replace("## Fairness", "## Justice"))
    assert [name for _, name in contribution.topics] == ["Justice"]
    assert contribution.moved == 1
    assert "It adds 1 topic (`Justice`)" in comment_on(contribution)


def test_edits_outside_of_the_papers_are_ignored():
    text = README.replace(
        "- [Another list]", "- [My list](http://example.com)   \n- [Another list]"
    )
    contribution = judge(text)
    assert contribution.findings == ()
    assert "touches no entry" in comment_on(contribution)


@pytest.mark.parametrize("under", ["## Privacy\n\n", "## Fairness\n\n"])
def test_a_paper_that_is_listed_already_is_told_where(under):
    twin = GOOD.replace("2205.00009", "2205.00002").replace("New Private", "private")
    comment = comment_on(added(twin, under=under))
    assert "is listed already" in comment or "stands in" in comment
    assert "So there is nothing to add here." in comment


def test_a_link_that_another_paper_has_is_told():
    clash = GOOD.replace("2205.00009", "2205.00002").replace("Ann Author, Bob", "Zoe Else, Dan")
    clash = clash.replace("New Private Things", "Cats on Mats")
    assert "link-clash" in rules_of(added(clash))


def test_a_key_word_is_spelled_as_the_list_did_before():
    contribution = added(GOOD.replace("Auditing", "auditings"))
    assert "Differential Privacy; Auditing." in fences(comment_on(contribution))[0]


def test_carriage_returns_are_kept_out_of_it():
    crlf = README.replace("\n", "\r\n")
    new = GOOD.replace("Auditing.", "Auditing").replace("\n", "\r\n")
    contribution = judge(
        crlf.replace("## Privacy\r\n\r\n", f"## Privacy\r\n\r\n{new}"), before=crlf
    )
    assert rules_of(contribution) == ["house-form"]
    assert "\r" not in comment_on(contribution)
    assert judge(crlf).findings == ()
    assert judge(crlf).judged == ()


# What arXiv says.


def test_a_title_that_differs_from_arxivs_is_named_and_replaced():
    paper = KnownPaper(
        arxiv_id="2205.00009", title="New Very Private $k$ Things", authors=ARXIV.authors
    )
    contribution = added(GOOD, paper)
    assert rules_of(contribution) == ["arxiv-title"]
    assert fences(comment_on(contribution))[0].startswith("- New Very Private k Things. [[paper]]")


def test_case_tex_and_marks_make_no_other_title():
    paper = KnownPaper(arxiv_id="2205.00009", title="New {P}rivate   things", authors=ARXIV.authors)
    assert added(GOOD, paper).findings == ()


def test_an_identifier_of_another_paper_is_named_and_the_right_one_is_given():
    other = KnownPaper(arxiv_id="2205.00009", title="Cats on Mats", authors=("Cy Cat",))
    right = KnownPaper(arxiv_id="2205.00019", title=ARXIV.title, authors=ARXIV.authors)
    contribution = added(GOOD, other, right)
    assert rules_of(contribution) == ["arxiv-id"]
    assert "https://arxiv.org/abs/2205.00019" in fences(comment_on(contribution))[0]
    unknown = added(GOOD, other)
    assert rules_of(unknown) == ["arxiv-id"]
    assert "Cats on Mats" in comment_on(unknown)
    assert "Please look which paper is meant" in comment_on(unknown)
    assert fences(comment_on(unknown)) == []


@pytest.mark.parametrize(
    ("authors", "said"),
    [
        ("Bob Writer, Ann Author", "not in arXiv's order"),
        ("Ann Author", "missing Bob Writer"),
        ("Ann Author et al", "missing Bob Writer"),
        ("Ann Author, Bob Writer, Cy Cat", "not an author on arXiv: Cy Cat"),
        ("Ann Auther, Bob Writer", "“Ann Auther” is “Ann Author”"),
        ("Author Ann, Bob Writer", "“Author Ann” is “Ann Author”"),
    ],
)
def test_authors_that_differ_from_arxivs_are_named_and_replaced(authors, said):
    contribution = added(GOOD.replace("Ann Author, Bob Writer", authors), ARXIV)
    assert rules_of(contribution) == ["arxiv-authors"]
    assert said in contribution.findings[0].message
    assert "  - Ann Author, Bob Writer.\n" in fences(comment_on(contribution))[0]


@pytest.mark.parametrize(
    "written",
    [
        "A. Author, Bob Writer",
        "Ann Author and Bob Writer",
        "Ann Q. Author, Bob Wrïter",
        "J. Ann Author, Bobby Writer",
        "",
    ],
)
def test_another_way_to_write_the_same_authors_is_none_of_our_business(written):
    assert compare_authors(written, ARXIV.authors) == ""


def test_three_thousand_missing_authors_take_one_line():
    many = tuple(f"Author{number} Name{number}" for number in range(3000))
    said = compare_authors("Author0 Name0", many)
    assert said.endswith("and 2994 more")
    other = ", ".join(f"Someone{number} Else{number}" for number in range(3000))
    assert "and 2995 more" in compare_authors(other, many)
    paper = KnownPaper(arxiv_id="2205.00009", title=ARXIV.title, authors=many)
    comment = comment_on(added(GOOD, paper))
    assert "too long to be shown here" in comment


# Hostile text.

HOSTILE = [
    "</details><script>alert(1)</script>",
    "<!-- shortlist: contribution -->",
    "<!-- never closed",
    "``` and ```` and `one`",
    "@everyone @octocat #1 GH-2 owner/repo#3 see https://evil.example www.evil.example",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "$\\unsafe{x}$ :tada: **bold** _it_ ~~no~~ | a | b |",
    "\u202eright to left\u2066",
    "“quoted” ”back“ 'and' \"more\" `un“even`",
    "x" * 10_000,
    "` " * 3_000,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("place", ["title", "authors", "keywords", "digest", "label", "heading"])
def test_a_hostile_entry_makes_a_harmless_comment(text, place):
    entry = GOOD
    if place == "title":
        entry = entry.replace("New Private Things.", f"{text}")
    elif place == "authors":
        entry = entry.replace("Ann Author", text)
    elif place == "keywords":
        entry = entry.replace("Key Word: Differential", f"Key Work: {text}")
    elif place == "digest":
        entry = entry.replace("New things are", text).replace("Auditing.", "Auditing")
    elif place == "label":
        entry = entry.replace("\n", f" [[{text}]](javascript:{text})\n", 1)
    under = "## Privacy\n\n"
    text_after = README.replace(under, under + entry)
    if place == "heading":
        text_after = README.replace("## Fairness", f"## {text}\n\n{GOOD}")
    contribution = judge(text_after, ARXIV)
    comment_on(contribution)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_text_makes_a_harmless_comment(title, authors, url):
    clean = [text.replace("\n", " ").replace("\r", " ") for text in (title, authors, url)]
    entry = (
        f"- {clean[0]} [[paper]](https://arxiv.org/abs/2205.00009) [[{clean[1]}]]({clean[2]})\n"
        f"  - {clean[1]}\n  - Key Work: {clean[2]}\n\n"
    )
    try:
        entry.encode()
    except UnicodeEncodeError:
        return
    paper = KnownPaper(arxiv_id="2205.00009", title=title, authors=(authors, url))
    comment_on(judge(README.replace("## Privacy\n\n", f"## Privacy\n\n{entry}"), paper))


def test_a_link_that_is_no_web_address_is_left_out_of_the_corrected_entry():
    contribution = added(GOOD.replace("00009)", "00009) [[code]](javascript:alert)"))
    assert "“javascript:alert” is no web address" in contribution.findings[0].message
    assert fences(comment_on(contribution)) == [GOOD.rstrip("\n") + "\n"]


def test_too_many_entries_are_counted_and_left_out():
    entries = "".join(
        GOOD.replace("2205.00009", f"2205.{number:05}")
        .replace("New Private", f"Number {number}")
        .replace("Bob Writer.", "Bob Writer")
        for number in range(2000, 1700, -1)
    )
    comment = comment_on(added(entries))
    left_out = 300 - len(fences(comment))
    assert f"{left_out} more entries are not shown here" in comment
    assert left_out > 0


def test_a_file_and_a_line_are_named_with_every_finding():
    contribution = added(GOOD.replace("Auditing.", "Auditing"))
    assert {finding.path for finding in contribution.findings} == {README_PATH}
    assert "(`README.md`, line 9)" in comment_on(contribution)


# The documentation.

DOCS = Path(__file__).resolve().parents[4] / "docs" / "lists" / "contributions.md"


def doc_example() -> tuple[str, str]:
    """The entry and the comment that the documentation shows."""
    entry = (
        "- Auditing Small Models [[paper]](http://arxiv.org/pdf/2204.00009v2.pdf)"
        " [[code](https://github.com/example/auditing)]\n"
        "  - Bob Writer, Ann Author.\n"
        "  - Key Work: auditing; Small Models.\n"
        "  - <details><summary>Digest</summary> What a small model gives away.</details>\n"
    )
    authors = ("Ann Author", "Bob Writer", "Cyd Scribe")
    paper = KnownPaper(arxiv_id="2204.00009", title="Auditing Small Models", authors=authors)
    return entry, comment_on(added(f"{entry}\n", paper))


def test_the_comment_in_the_documentation_is_a_real_one():
    shown = DOCS.read_text(encoding="utf-8").split("````markdown\n")[1:]
    assert [block.partition("````")[0] for block in shown] == list(doc_example())
