"""``shortlist lists check --diff BASE`` says what a branch adds, in four ways."""

from __future__ import annotations

import subprocess

import pytest

from pipeline.git import Repository
from tests.builders import MAINTAINER, README, make_paper, write_day
from tests.pipeline.lists.contributions.builders import GOOD, assert_safe

SLIP = GOOD.replace("https://arxiv.org/abs/2205.00009", "http://arxiv.org/abs/2205.00009v2")


@pytest.fixture
def branch(world):
    """The world with a branch of its list checked out."""
    subprocess.run(["git", "-C", world / "list", "switch", "-qc", "contribution"], check=True)

    def add(entry: str) -> None:
        text = README.replace("## Privacy\n\n", f"## Privacy\n\n{entry}")
        (world / "list" / "README.md").write_text(text, encoding="utf-8")
        Repository.open(world / "list").commit(["README.md"], "Add a paper", MAINTAINER)

    return add


def test_a_sound_contribution_ends_with_0(shortlist, branch):
    branch(GOOD)
    outcome = shortlist("lists", "check", "--diff", "main")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "1 added, 0 changed, 0 removed, 0 moved; no findings\n"


def test_a_slip_ends_with_1_and_is_named_with_file_and_line(shortlist, branch):
    branch(SLIP)
    outcome = shortlist("lists", "check", "--diff", "main")
    assert outcome.status == 1
    lines = outcome.out.splitlines()
    assert lines[0].startswith("list/README.md:9: http-link: ")
    assert lines[-1] == "1 added, 0 changed, 0 removed, 0 moved; 2 findings"


def test_the_json_says_all_that_is_known(shortlist, branch):
    branch(SLIP)
    document = shortlist("lists", "check", "--diff", "main", "--format", "json").json
    assert [finding["rule"] for finding in document["findings"]] == ["http-link", "version-suffix"]
    (entry,) = document["entries"]
    assert (entry["status"], entry["line"], entry["arxiv_id"]) == ("added", 9, "2205.00009")
    assert entry["corrected"] == GOOD.rstrip().split("\n")
    assert entry["belongs"]["right"]
    assert document["removed"] == []


def test_github_gets_an_annotation_a_finding(shortlist, branch):
    branch(SLIP)
    outcome = shortlist("lists", "check", "--diff", "main", "--format", "github")
    assert outcome.status == 1
    assert len(outcome.out.splitlines()) == 2
    assert all("line=9" in line for line in outcome.out.splitlines())


def test_the_comment_shows_the_corrected_entry(shortlist, branch):
    branch(SLIP)
    outcome = shortlist("lists", "check", "--diff", "main", "--format", "comment")
    assert outcome.status == 1
    assert_safe(outcome.out)
    assert f"```markdown\n{GOOD.rstrip()}\n```\n" in outcome.out


def test_a_papers_file_brings_in_arxivs_word(shortlist, branch, world):
    branch(GOOD)
    file = write_day(world, [make_paper("2205.00009", title="Cats on Mats", authors=("Cy Cat",))])
    outcome = shortlist("lists", "check", "--diff", "main", "--papers", file)
    assert outcome.status == 1
    assert "arxiv-id: 2205.00009 is another paper on arXiv" in outcome.out


def test_recorded_days_of_the_config_are_looked_into(shortlist, branch):
    branch(GOOD.replace("2205.00009", "2206.00001"))
    outcome = shortlist("lists", "check", "--diff", "main")
    assert "arxiv-id: 2206.00001 is another paper on arXiv: “Private learning of" in outcome.out


def test_a_check_makes_no_database(shortlist, branch, world):
    branch(GOOD)
    shortlist("lists", "check", "--diff", "main")
    assert not (world / "var").exists()


def test_named_files_need_no_config(shortlist, branch, world):
    branch(SLIP)
    (world / "config.toml").unlink()
    outcome = shortlist("lists", "check", "list/README.md", "--diff", "main")
    assert outcome.status == 1
    assert "list/README.md:9: http-link" in outcome.out


def test_an_unknown_base_is_refused_in_one_line(shortlist, branch):
    outcome = shortlist("lists", "check", "--diff", "mian")
    assert outcome.status == 1
    assert outcome.err.count("\n") == 1
    assert "there is no branch or commit called 'mian'" in outcome.err
    assert "fetch it" in outcome.err


def test_the_comment_needs_a_base(shortlist, branch):
    outcome = shortlist("lists", "check", "--format", "comment")
    assert outcome.status == 2
