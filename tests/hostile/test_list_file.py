"""Hostile papers in the list file: an entry in the house form, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from db.records import Candidate
from pipeline.lists.escape import one_line
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.rules import RULES, Lists, check_lists
from pipeline.lists.writer import plan_edit, render_entry
from pipeline.triage.draft import draft_entry, vocabulary_of
from tests.builders import README
from tests.hostile.shape import html_words, markdown_shape, rendered, unseen

DEFAULT = tuple(rule for rule in RULES if rule.default)


@pytest.fixture(scope="module")
def list_file() -> ListFile:
    contents = README.replace("(#privacy)\n", "(#privacy)\n- [Fairness](#fairness)\n")
    return parse_list(Path("README.md"), contents.encode())


def test_the_entry_reads_back_as_it_was_meant_and_the_list_stays_valid(
    candidate: Candidate, list_file: ListFile
):
    entry = draft_entry(candidate, vocabulary_of(list_file.entries))
    edit = plan_edit((entry,), list_file)
    after = parse_list(list_file.document.path, edit.after)
    (read,) = [each for each in after.entries if each.arxiv_id == candidate.paper.arxiv_id]
    assert read.title == edit.entries[0].title
    assert read.title.split()
    assert (read.topic, read.authors) == ("Privacy", edit.entries[0].authors)
    assert len(after.entries) == len(list_file.entries) + 1
    assert [topic.name for topic in after.topics] == ["Privacy", "Fairness"]
    found = {finding.rule for finding in check_lists(Lists(files=(after,)), DEFAULT)}
    # Where the source lost a letter, `lists check` says so, and rightly.
    assert found == ({"mojibake"} if "\ufffd" in read.title else set())


def test_the_entry_is_four_lines_without_a_character_that_cannot_be_seen(
    candidate: Candidate, list_file: ListFile
):
    lines = render_entry(draft_entry(candidate, vocabulary_of(list_file.entries)))
    assert 3 <= len(lines) <= 4
    assert lines[0].startswith("- ")
    assert all(line.startswith("  - ") for line in lines[1:])
    assert not {c for c in "".join(lines) if c in "\n\r\x1b\x00\u2028\u2029\u202e\u2066"}


def test_github_makes_nothing_of_it_but_the_entry(candidate: Candidate, list_file: ListFile):
    entry = draft_entry(candidate, vocabulary_of(list_file.entries))
    markdown = "\n".join(render_entry(entry))
    made = Counter(tag for tag, _ in markdown_shape(markdown))
    leads = [said for tag, said in markdown_shape(markdown) if tag == "a"]
    assert made["a"] == len(entry.links)
    assert leads == [(f"href={link.url}",) for link in entry.links]
    assert made["details"] == made["summary"] == 1
    assert made["em"] == (1 if entry.venue else 0)
    assert set(made) <= {"ul", "li", "p", "a", "em", "details", "summary"}
    assert one_line(entry.title).rstrip(" .") in html_words(rendered(markdown))


def test_links_are_those_of_the_paper_and_of_its_code(candidate: Candidate, list_file: ListFile):
    entry = draft_entry(candidate, vocabulary_of(list_file.entries))
    assert entry.links[0].url == f"https://arxiv.org/abs/{candidate.paper.arxiv_id}"
    assert all(link.url.startswith(("https://", "http://")) for link in entry.links)
    assert not unseen("".join(link.url for link in entry.links), allowed="")
