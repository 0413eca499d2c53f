"""Hostile papers in the review in a terminal: frames of text that fit, whatever the title is."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from db.records import CandidateFilter, State
from pipeline import wiring
from pipeline.config import load_config
from pipeline.review.terminal.frames import Frame, fit
from pipeline.review.terminal.paper import card_lines
from tests.hostile.conftest import make_hostile_folder
from tests.hostile.corpus import ATTACKS, PAPERS
from tests.hostile.shape import unseen
from tests.pipeline.review.terminal.typed import review

SIZES = [(80, 24), (120, 40), (24, 8)]


@pytest.fixture(scope="module")
def desk(hostile_folder):
    return wiring.make_desk(load_config(hostile_folder / "config.toml"))


@pytest.mark.parametrize("hostile", PAPERS, ids=lambda hostile: hostile.name)
def test_a_card_is_text_that_fits_its_window(desk, hostile):
    card = desk.card(hostile.paper.arxiv_id)
    for columns, rows in SIZES:
        body = card_lines(card, topic=hostile.text, width=columns - 2)
        frame = Frame(
            header=body[0], body=body, notice=hostile.text, typed=("Search: ", hostile.text)
        )
        lines = fit(frame, columns=columns, rows=rows, scroll=0).lines
        assert len(lines) == rows
        assert not unseen("".join(line.plain for line in [*lines, *body]), allowed="")
        assert all(line.cell_len <= columns for line in lines)


@pytest.mark.parametrize("name", ["terminal: a link of the terminal", "programs: markup of rich"])
def test_nothing_of_it_becomes_an_escape_when_it_is_drawn(desk, name):
    hostile = next(each for each in PAPERS if each.name == name)
    console = Console(file=io.StringIO(), force_terminal=True, width=80, markup=False)
    for line in card_lines(desk.card(hostile.paper.arxiv_id), topic="Privacy", width=78):
        console.print(line)
    drawn = console.file.getvalue()
    assert "\x1b]" not in drawn
    assert "[bold red]" in drawn or "markup of rich" not in name


@pytest.mark.slow
def test_all_of_them_are_reviewed_with_a_key_each_and_published_from_the_terminal(tmp_path):
    make_hostile_folder(tmp_path)
    desk = wiring.make_desk(load_config(tmp_path / "config.toml"))
    screen = review(desk, *"a" * len(PAPERS), "p", *[" "] * 3, "y")
    assert f"{len(PAPERS)} papers published in " in screen.frames[-1]
    assert desk.queue(CandidateFilter(states=frozenset({State.PUBLISHED}))).total == len(PAPERS)
    for frame in screen.frames:
        assert not unseen(frame)


def test_whatever_is_searched_for_is_only_searched_for(desk):
    keys: list[str] = []
    for text in list(ATTACKS.values())[::6]:
        keys += ["/", "clear", *[c for c in text if c.isprintable()][:20], "enter"]
    screen = review(desk, *keys)
    assert not any(unseen(frame) for frame in screen.frames)
