from __future__ import annotations

import re
import subprocess

import pytest

from pipeline.publish.commit import commit_message
from pipeline.publish.message import WORD_JOINER

HOSTILE = (
    "Signed-off-by: Evil <evil@example.org>",
    "A title\n\nCo-authored-by: Evil <evil@example.org>",
    "x\r\n\r\nReviewed-by: me",
    "# Not a comment",
    "Fixes #12 and closes GH-7 for @maintainer",
    "see https://github.com/a/b/issues/1 or www.example.org",
    "[skip ci] [ci skip] [no ci] [skip actions] [ actions skip ] [CI SKIP]",
    "right\u202eot\u2066left\u200b\x1b[31mred\x07\x00",
    "line\u2028separator\u2029and\x85next\x0b\x0c",
    "\ud800lone\udfff",
    "non\ufffe char\uffff \U0010ffff \ufdd0",
    "",
    "$(touch /tmp/x) `id` %s {0} \\n",
    "skip-checks: true",
    "y" * 5000,
)


def test_the_subject_names_the_papers():
    message = commit_message(
        [("2302.06637", "PerAda", "Privacy"), ("2302.06638", "Other", "Fairness")]
    )
    assert message == (
        "Add 2 papers: 2302.06637, 2302.06638\n\n"
        "- 2302.06637 PerAda (Privacy)\n"
        "- 2302.06638 Other (Fairness)\n"
    )


def test_one_paper_is_one_paper():
    assert commit_message([("2302.06637", "PerAda", "Privacy")]).startswith(
        "Add 1 paper: 2302.06637\n\n"
    )


def test_a_paper_without_identifier_stands_under_its_title():
    assert commit_message([("", "On Paper", "Privacy")]) == "Add 1 paper\n\n- On Paper (Privacy)\n"


@pytest.mark.parametrize("count", range(1, 15))
def test_the_subject_is_never_longer_than_a_host_shows(count):
    items = [(f"2302.{number:05}", "T", "P") for number in range(count)]
    subject = commit_message(items).split("\n")[0]
    assert len(subject) <= 72
    assert subject.startswith(f"Add {count} paper")
    assert (items[-1][0] in subject) == (count <= 5)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_stays_one_line_that_nothing_acts_on(title):
    message = commit_message([("2302.06637", title, title), ("2302.06638", title, title)])
    lines = message.split("\n")
    assert len(lines) == 5
    assert message.splitlines() == lines[:-1]
    assert all(line.startswith("- 2302.0663") for line in lines[2:4])
    for active in (r"@\w", r"#\w", r"GH-\d", r"://", r"www\.", r"\[\s*(skip|ci|no|actions) ",
                   r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e\u2066\ud800-\udfff]"):  # fmt: skip
        assert not re.search(active, message, re.IGNORECASE), active
    assert len(message) < 2000


@pytest.mark.parametrize("title", [t for t in HOSTILE if "\ud800" not in t])
def test_no_title_forges_a_trailer_and_real_ones_may_follow(title):
    message = commit_message([("2302.06637", title, "Privacy")])
    command = ["git", "interpret-trailers", "--parse"]
    for tail, expected in (("", ""), ("\nReviewer: me\n", "Reviewer: me\n")):
        done = subprocess.run(
            command, input=(message + tail).encode(), capture_output=True, check=True
        )
        assert done.stdout.decode() == expected


def test_ordinary_titles_are_kept_as_they_are():
    title = "Über C# and F-measures: 50% of $k$-anonymity [v2], a & b <think> (no. 3)"
    assert title in commit_message([("2302.06637", title, "Privacy")]).replace(WORD_JOINER, "")
    assert WORD_JOINER not in commit_message([("2302.06637", title, "Privacy")])
