"""Editing an entry, with an editor that a test plays and lines that a test types."""

from __future__ import annotations

import builtins
import stat
import sys
from pathlib import Path

import pytest

from db.records import EntryEdit, Verdict
from pipeline.review.terminal.editing import edit_entry
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.terminal.typed import TypedScreen, review

FIRST = "2206.00003"


@pytest.fixture
def world(tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    return make_world(tmp_path)


@pytest.fixture
def editor(tmp_path, monkeypatch):
    """``editor("...")`` makes Python of it the editor: it changes ``text``."""

    def play(code: str) -> None:
        path = tmp_path / "editor"
        path.write_text(
            f"#!{sys.executable}\nimport pathlib, sys\npath = pathlib.Path(sys.argv[1])\n"
            f"text = path.read_text()\n{code}\npath.write_text(text)\n",
            encoding="utf-8",
        )
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("EDITOR", str(path))

    return play


@pytest.fixture
def answers(monkeypatch):
    """What a person types where a line is asked for; nothing more is asked in vain."""
    typed: list[str] = []
    monkeypatch.setattr(builtins, "input", lambda _label="": typed.pop(0))
    return typed


def edited(world):
    return edit_entry(world.desk, TypedScreen(), world.desk.card(FIRST))


def left_behind(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").iterdir())


def test_what_the_editor_changed_is_kept_and_its_file_goes(world, editor, tmp_path):
    editor("text = text.replace('Key words: Privacy', 'Key words: Auditing; Privacy')")
    card = edited(world)
    assert card.entry.keywords == ("Auditing", "Privacy")
    assert world.queue.get(FIRST).edit == EntryEdit(keywords=("Auditing", "Privacy"))
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize("code", ["pass", "text = ''"])
def test_an_editor_that_changes_nothing_or_empties_the_file_changes_nothing(
    world, editor, tmp_path, code
):
    editor(code)
    assert edited(world) is None
    assert world.queue.history(FIRST) == ()
    assert left_behind(tmp_path) == []


def test_another_topic_is_typed_like_any_field(world, editor):
    editor("text = text.replace('Topic: Privacy', 'Topic: fair')")
    assert edited(world).entry.topic == "Fairness"


def test_an_edit_that_cannot_stand_comes_back_as_it_was_typed(world, editor, answers, capsys):
    editor(
        "again = 'Not kept' in text\n"
        "assert not again or 'my long digest' in text\n"
        "text = text.replace('Topic: Poetry', 'Topic: Fairness') if again else "
        "text.replace('Digest: ', 'Digest: my long digest ').replace('Topic: Privacy',"
        " 'Topic: Poetry')"
    )
    answers.append("")
    card = edited(world)
    assert card.entry.digest.startswith("my long digest We study")
    assert card.entry.topic == "Fairness"
    assert "Not kept: the list has no topic 'Poetry'" in capsys.readouterr().out


def test_an_edit_that_cannot_stand_may_be_dropped(world, editor, answers, tmp_path):
    editor("text = 'no field'")
    answers.append("d")
    assert edited(world) is None
    assert left_behind(tmp_path) == []


def test_an_editor_that_fails_is_said_and_loses_nothing(world, answers, monkeypatch, capsys):
    monkeypatch.setenv("EDITOR", "/nonexistent/editor")
    answers.append("d")
    assert edited(world) is None
    assert "Not kept: /nonexistent/editor cannot be run" in capsys.readouterr().out


def test_an_editor_that_ends_badly_keeps_nothing_and_the_text(world, editor, answers, capsys):
    editor("path.write_text('Title: half')\nsys.exit(3)")
    answers.append("d")
    assert edited(world) is None
    assert "ended with status 3" in capsys.readouterr().out
    assert world.queue.history(FIRST) == ()


def test_ctrl_c_between_lines_gives_the_edit_up_and_nothing_else(world, monkeypatch):
    def interrupted(_label=""):
        raise KeyboardInterrupt

    monkeypatch.setattr(builtins, "input", interrupted)
    assert edited(world) is None
    assert world.queue.history(FIRST) == ()


def test_what_another_decided_meanwhile_is_not_overwritten(world, editor, answers, capsys):
    card = world.desk.card(FIRST)
    world.desk.of_reviewer("Bo").decide(FIRST, Verdict.REJECT)
    editor("text = text.replace('Title: ', 'Title: Mine ')")
    answers.append("d")
    assert edit_entry(world.desk, TypedScreen(), card) is None
    assert "(by Bo)" in capsys.readouterr().out.replace("by Bo", "(by Bo)")
    assert world.queue.get(FIRST).edit == EntryEdit()


def test_without_an_editor_every_field_is_asked_for(world, answers):
    card = world.desk.card(FIRST)
    entry = card.entry
    answers += ["A Better Title", entry.authors, "ICLR 2023", "Privacy", entry.digest]
    answers += ["Privacy", entry.links[0][1]]
    after = edited(world)
    assert (after.entry.title, after.entry.venue) == ("A Better Title", "ICLR 2023")
    assert world.queue.get(FIRST).edit == EntryEdit(title="A Better Title", venue="ICLR 2023")


def test_lines_that_are_all_kept_change_nothing(world, answers):
    entry = world.desk.card(FIRST).entry
    answers += [entry.title, entry.authors, entry.venue, "; ".join(entry.keywords), entry.digest]
    answers += [entry.topic, entry.links[0][1]]
    assert edited(world) is None
    assert world.queue.history(FIRST) == ()


def test_a_topic_chosen_before_is_in_the_text_and_is_kept_with_it(world, editor):
    editor("assert 'Topic: Fairness' in text\ntext = text.replace('Title: ', 'Title: More ')")
    screen = review(world.desk, "2", "e", "a", edit=edit_entry)
    assert screen.lendings == 1
    assert world.queue.get(FIRST).topic == "Fairness"
    assert world.queue.get(FIRST).edit.title == "More On Paper Number 2206 00003"
