from __future__ import annotations

import subprocess
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.publish.message import commit_message, list_message
from pipeline.publish.provenance import Change, Provenance, read_trailers, trailers
from tests.pipeline.git.checkouts import BOT, git, make_list
from tests.pipeline.publish.test_message import HOSTILE

PAPER = Provenance(
    arxiv_id="2207.12020",
    change=Change.ADD,
    decision="approve",
    reviewer="Mara Tester",
    relevance=0.934,
    model="2026-11-20",
    announced=date(2022, 7, 26),
)
LINE = (
    "Shortlist-Paper: 2207.12020; change=add; decision=approve; reviewer=Mara Tester;"
    " relevance=0.93; model=2026-11-20; announced=2022-07-26"
)


def parsed_by_git(message: str) -> list[str]:
    done = subprocess.run(
        ["git", "interpret-trailers", "--parse"],
        input=message.encode("utf-8", "replace"),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().splitlines()


def by(reviewer: str) -> Provenance:
    return Provenance(arxiv_id="2207.12020", change=Change.ADD, reviewer=reviewer)


def test_a_paper_is_one_line_that_people_can_read():
    assert trailers([PAPER]) == LINE + "\n"


def test_what_is_not_known_has_no_field():
    moved = Provenance(arxiv_id="2207.12020", change=Change.MOVE, decision="rollover")
    assert trailers([moved]) == "Shortlist-Paper: 2207.12020; change=move; decision=rollover\n"
    assert read_trailers(trailers([moved])) == (moved,)


def test_git_reads_the_papers_of_a_commit_back_one_by_one(tmp_path):
    repository = make_list(tmp_path / "list")
    (repository.root / "README.md").write_bytes(b"changed\n")
    papers = [PAPER, Provenance(arxiv_id="2207.12021", change=Change.REMOVE, decision="undo")]
    message = commit_message([("2207.12020", "A title", "Privacy")], papers)
    repository.commit(["README.md"], message, BOT)
    lines = trailers(papers).splitlines()
    assert parsed_by_git(message) == lines
    assert git(repository.root, "log", "-1", "--format=%(trailers)").splitlines() == lines
    values = git(
        repository.root, "log", "-1", "--format=%(trailers:key=Shortlist-Paper,valueonly)"
    ).splitlines()
    assert values[0] == LINE.removeprefix("Shortlist-Paper: ")
    found = git(repository.root, "log", "--format=%s", "--grep=Shortlist-Paper: 2207.12021;")
    assert found == "Add 1 paper: 2207.12020"


def test_a_message_of_another_kind_ends_with_them_too():
    message = list_message("Undo 2207.12020", [("2207.12020", "A title", "Privacy")], [PAPER])
    assert message == f"Undo 2207.12020\n\n- 2207.12020 A title (Privacy)\n\n{LINE}\n"
    assert list_message("Undo", (), [PAPER]) == f"Undo\n\n{LINE}\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_in_its_field(text):
    paper = Provenance(
        arxiv_id="2207.12020", change=Change.ADD, decision=text, reviewer=text, model=text
    )
    message = commit_message([("2207.12020", text, text)], [paper])
    lines = parsed_by_git(message)
    assert len(lines) == 1
    assert lines == trailers([paper]).splitlines()
    assert len(lines[0]) < 2200
    (read,) = read_trailers(message)
    assert (read.arxiv_id, read.change) == ("2207.12020", Change.ADD)
    if len(text) <= 200 and not any("\ud800" <= c <= "\udfff" for c in text):
        assert (read.reviewer, read.model) == (text, text)


@pytest.mark.parametrize(
    "reviewer",
    [
        "Mara; change=remove",
        "Mara\nShortlist-Paper: 2207.99999; change=remove",
        " 100%25 \u202eMara =\\ ",
        "@mara #12 GH-7 https://x.example www.x.example [skip ci]",
        "Ünal Ö, the 2nd",
    ],
)
def test_a_reviewer_can_forge_nothing_and_reads_back_as_they_are_named(reviewer):
    line = trailers([by(reviewer)])
    assert line.count("\n") == 1
    assert len(read_trailers(line)) == 1
    assert read_trailers(line)[0] == by(reviewer)
    assert not any(mark in line for mark in ("@m", "#1", "GH-7", "://", "www.", "[skip"))


def test_a_title_that_looks_like_a_trailer_is_none():
    title = "x\nShortlist-Paper: 2207.99999; change=remove"
    assert read_trailers(commit_message([("2207.12020", title, "Privacy")], [PAPER]))[0].arxiv_id
    assert len(read_trailers(commit_message([("2207.12020", title, "Privacy")], [PAPER]))) == 1


def test_lines_that_people_edited_are_passed_over():
    message = (
        "Subject\n\nShortlist-Paper: nothing\nShortlist-Paper: 2207.1; change=eat\n"
        f"Shortlist-Paper: 2207.1; change=add; relevance=high\n{LINE}\n\nCo-authored-by: x <x@y>\n"
    )
    assert [paper.arxiv_id for paper in read_trailers(message)] == ["2207.12020"]


@given(st.text(max_size=60).filter(lambda t: not any("\ud800" <= c <= "\udfff" for c in t)))
def test_any_name_is_one_field_and_reads_back(reviewer):
    line = trailers([by(reviewer)])
    assert line.splitlines() == [line[:-1]]
    assert read_trailers(line) == (by(reviewer),)
