"""Hostile papers in what commands print: on a terminal, in a log of Actions, and as JSON."""

from __future__ import annotations

import pytest

from db.columns import storable
from pipeline.cli import show
from tests.hostile.corpus import ATTACKS, PAPERS
from tests.hostile.shape import unseen

IDS = {hostile.name: hostile.paper.arxiv_id for hostile in PAPERS}

pytestmark = pytest.mark.usefixtures("in_hostile_folder", "in_actions")


@pytest.fixture
def in_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a step of a workflow, where lines of output may be commands."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")


def assert_is_text(printed: str) -> None:
    """Nothing drives a terminal, and no line is a command to the runner of Actions."""
    assert not unseen(printed, allowed="\n\t")
    commands = [line for line in printed.split("\n") if line.strip().startswith(("::", "##["))]
    # Source: actions/runner, ActionCommand.TryParseV2 and TryParse: the line's first characters
    # that are no white space.
    assert commands == []


def test_the_queue_is_listed_as_text(shortlist):
    outcome = shortlist("queue", "list", "--state", "all")
    assert outcome.status == 0
    assert_is_text(outcome.out)
    assert all(arxiv_id in outcome.out for arxiv_id in IDS.values())


def test_a_candidate_is_shown_as_text_with_as_many_lines_as_any(candidate, plain, capsys):
    show.print_candidate(candidate, (), "its entry")
    shown = capsys.readouterr().out
    show.print_candidate(plain, (), "its entry")
    assert_is_text(shown)
    lines = len((candidate.paper.abstract or "").split("\n")) - 1
    assert shown.count("\n") == capsys.readouterr().out.count("\n") + lines


@pytest.mark.parametrize("name", list(ATTACKS)[::12])
def test_json_gives_back_what_is_stored(shortlist, name):
    outcome = shortlist("queue", "show", IDS[name], "--json")
    assert outcome.json["title"] == storable(ATTACKS[name])
    assert outcome.json["authors"][0] == storable(ATTACKS[name])
    assert not unseen(outcome.out)


def test_json_of_the_queue_has_a_row_for_each(shortlist):
    rows = shortlist("queue", "list", "--json").json
    assert {row["arxiv_id"]: row["title"] for row in rows} == {
        hostile.paper.arxiv_id: storable(hostile.text) for hostile in PAPERS
    }


@pytest.mark.parametrize("name", ["terminal: a link of the terminal", "GitHub: a workflow command"])
def test_what_is_wrong_is_told_as_text(shortlist, name):
    outcome = shortlist("queue", "approve", IDS[name], "--topic", ATTACKS[name])
    assert outcome.status == 1
    assert_is_text(outcome.err)
    assert len(outcome.told) == 1


def test_a_digest_is_text(shortlist):
    outcome = shortlist("digest")
    assert not unseen(outcome.out.replace("\u2060", ""))
    assert_is_text(outcome.out.replace("\u2060", ""))


@pytest.mark.parametrize("name", list(ATTACKS)[::12])
def test_the_story_of_a_paper_is_text(shortlist, name):
    outcome = shortlist("log", IDS[name])
    assert outcome.status == 0
    assert_is_text(outcome.out)
    assert f"\nhttps://arxiv.org/abs/{IDS[name]}\n" in outcome.out
    told = shortlist("log", IDS[name], "--json")
    assert told.json["title"] == storable(ATTACKS[name])
    assert not unseen(told.out)
