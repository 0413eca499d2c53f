"""Commands in a comment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.issue import find_commands


def read(comment):
    return [(each.name, each.arxiv_id, each.text) for each in find_commands(comment)]


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/approve 2302.06637", ("approve", "2302.06637", "")),
        ("/approve 2302.06637 privacy", ("approve", "2302.06637", "privacy")),
        ("/approve 2302.06637v2 Evasion Attacks", ("approve", "2302.06637", "Evasion Attacks")),
        ("/approve https://arxiv.org/abs/2302.06637", ("approve", "2302.06637", "")),
        ("/approve `2302.06637` privacy", ("approve", "2302.06637", "privacy")),
        ("/Reject arXiv:2302.06637  off   topic ", ("reject", "2302.06637", "off topic")),
        ("/reject cs/0112017", ("reject", "cs/0112017", "")),
        ("/topic 2302.06637 fairness\r", ("topic", "2302.06637", "fairness")),
        ("/undo 2302.06637", ("undo", "2302.06637", "")),
        ("/later 2302.06637", ("later", "2302.06637", "")),
        ("/help", ("help", "", "")),
    ],
)
def test_a_line_is_a_command(line, command):
    assert read(f"Thanks!\n{line}\nbye") == [command]


def test_several_commands_and_several_papers_in_one():
    assert read("/approve 2302.06637 2302.06638 privacy\n\n/reject 2302.06639") == [
        ("approve", "2302.06637", "privacy"),
        ("approve", "2302.06638", "privacy"),
        ("reject", "2302.06639", ""),
    ]


@pytest.mark.parametrize(
    "comment",
    [
        "",
        "I would /approve 2302.06637",
        "> /approve 2302.06637",
        "    /approve 2302.06637",
        "```\n/approve 2302.06637\n```",
        "~~~~\n```\n/approve 2302.06637",
        "/usr/bin/python is missing",
        "//approve 2302.06637",
        "- /approve 2302.06637",
    ],
)
def test_what_commands_nobody_is_no_command(comment):
    assert read(comment) == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/merge", "there is no command /merge"),
        ("/approve", "the identifier is missing"),
        ("/approve privacy", "privacy is no arXiv identifier"),
        ("/topic 2302.06637", "the topic is missing"),
    ],
)
def test_a_command_that_cannot_be_carried_out_says_why(line, problem):
    (command,) = find_commands(line)
    assert (command.line, command.problem) == (line, problem)


def test_a_comment_holds_a_bounded_number_of_commands():
    assert len(find_commands("/undo 2302.06637\n" * 500)) == 50


@given(text=st.text(st.sampled_from("/aprove 2302.06637\n`~> ") | st.characters()))
def test_any_comment_can_be_read(text):
    find_commands(text)
