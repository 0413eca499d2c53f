"""``shortlist review --terminal`` in a real terminal: keys, windows, signals, editors."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from db.records import EntryEdit, State
from pipeline.setup import config_text
from tests.builders import NOW, make_candidate, make_list_repo
from tests.pipeline.review.terminal.program import ROOT, SHORTLIST, Program

REVIEW = ("review", "--terminal")
MOST = "2206.00012"
"""The most relevant candidate: the first that is shown."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A list, a config and a queue of twelve."""
    make_list_repo(tmp_path / "list")
    settings = {
        "list": {"repo": "list"},
        "publish": {"author": "Mara Tester <mara@example.org>"},
        "review": {"reviewer": "Mara"},
    }
    (tmp_path / "config.toml").write_text(config_text(settings), encoding="utf-8")
    (tmp_path / "var").mkdir()
    candidates = [make_candidate(f"2206.{n:05}", relevance=n / 13) for n in range(1, 13)]
    queue_of(tmp_path).record([each.paper for each in candidates], candidates, now=NOW)
    return tmp_path


def queue_of(folder: Path) -> Queue:
    return Queue(open_database(f"sqlite:///{folder}/var/shortlist.db"))


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    program = Program(*REVIEW, folder=folder)
    program.until_shown("0 of 12")
    yield program
    program.end()


def assert_put_back(program: Program) -> None:
    assert not program.is_on_other_screen
    assert program.has_cursor
    assert program.said.rfind("\x1b[?2004l") > program.said.rfind("\x1b[?2004h")


@pytest.mark.slow
def test_twelve_candidates_are_decided_with_twelve_keys_and_no_enter(program, folder):
    for number, key in enumerate("arlarlarlarl", 1):
        program.type(key)
        program.until_shown(f"{number} of 12")
    frame = program.until_shown("That is all for today.")
    assert len(frame) == 24
    assert max(map(len, frame)) <= 80
    program.type("q")
    assert program.wait() == 0
    assert_put_back(program)
    assert "12 of 12 decided today; 4 approved wait for `shortlist publish`" in program.said
    counts = queue_of(folder).counts()
    assert [counts[state] for state in (State.APPROVED, State.REJECTED, State.DEFERRED)] == [4] * 3


@pytest.mark.slow
def test_keys_typed_ahead_of_a_slow_line_each_count(program, folder):
    program.type("arlu")
    program.until_shown("2 of 12")
    program.type("q")
    assert program.wait() == 0
    assert queue_of(folder).counts()[State.PENDING] == 10


@pytest.mark.slow
def test_what_is_pasted_decides_nothing(program, folder):
    program.type("\x1b[200~arl\nqaaa\x1b[201~?")
    program.until_shown("reject, and say why")
    program.type("qq")
    assert program.wait() == 0
    assert queue_of(folder).counts()[State.PENDING] == 12


@pytest.mark.slow
def test_arrows_and_escape_are_keys(program):
    program.type("\x1b[C")
    program.until_shown("00011")
    program.type("\x1bOD")
    program.until_shown("00012")
    program.type("/")
    program.until_shown("Search: ")
    program.type("zz\x1b")
    program.until(lambda: "Search: " not in "\n".join(program.frame), "the end of the search")
    program.type("q")
    assert program.wait() == 0


@pytest.mark.slow
def test_a_window_that_changes_is_drawn_anew(program):
    program.resize((120, 40))
    program.until(lambda: len(program.frame) == 40, "a frame of forty lines")
    assert "In the list, under Privacy" in "\n".join(program.frame)
    program.resize((40, 12))
    program.until(lambda: len(program.frame) == 12, "a frame of twelve lines")
    assert max(map(len, program.frame)) <= 40
    program.type("q")
    assert program.wait() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130)]
)
def test_whatever_ends_it_the_terminal_is_put_back(program, number, status):
    assert program.is_raw
    program.signal(number)
    assert program.wait() == status
    assert_put_back(program)
    assert "Traceback" not in program.said


@pytest.mark.slow
def test_ctrl_c_ends_it_and_what_was_decided_is_kept(program, folder):
    program.type("a")
    program.until_shown("1 of 12")
    program.type("\x03")
    assert program.wait() == 130
    assert_put_back(program)
    assert queue_of(folder).get(MOST).state is State.APPROVED


@pytest.mark.slow
def test_stopped_with_ctrl_z_it_gives_the_terminal_back_and_goes_on_where_it_was(folder):
    # A program without a shell above it cannot be stopped, so a shell it is.
    shell = Program(folder=folder, command=("/bin/bash", "--norc", "--noprofile", "-i"))
    shell.type(f"{' '.join((*SHORTLIST, *REVIEW))}\n")
    shell.until_shown("0 of 12")
    shell.type("a")
    shell.until_shown("1 of 12")
    shell.type("\x1a")
    shell.until_said("Stopped")
    assert not shell.is_on_other_screen
    assert shell.has_cursor
    shell.type("stty -a | grep -o ' echo '; echo here; fg\n")
    shell.until(lambda: shell.is_on_other_screen and shell.is_raw, "the screen again")
    assert " echo \r\nhere" in shell.said
    shell.type("r")
    shell.until_shown("2 of 12")
    shell.type("q")
    shell.until_said("2 of 12 decided today")
    assert not shell.is_on_other_screen
    shell.type("exit\n")
    assert shell.wait() == 0


@pytest.mark.slow
def test_without_colours_words_are_still_told_apart(folder):
    program = Program(*REVIEW, folder=folder, environment={"NO_COLOR": "1"})
    program.until_shown("0 of 12")
    program.type("?")
    program.until_shown("bold spoke for it")
    assert "\x1b[1mbold" in program.said
    assert "\x1b[4munderlined" in program.said
    assert not any(f"\x1b[{code}m" in program.said for code in ("31", "32", "1;32", "4;31"))
    program.type("qq")
    assert program.wait() == 0


@pytest.mark.slow
def test_an_entry_is_edited_in_ones_own_editor_until_it_can_stand(folder):
    editor = folder / "editor.py"
    editor.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "text = path.read_text()\n"
        "again = 'Not kept' in text\n"
        "title = 'Title: A Better Title' if again else 'Title: ' + 'y' * 2000\n"
        "lines = [title if l.startswith('Title: ') else l for l in text.split('\\n')]\n"
        "path.write_text('\\n'.join(lines))\n",
        encoding="utf-8",
    )
    program = Program(*REVIEW, folder=folder, environment={"EDITOR": f"{sys.executable} {editor}"})
    program.until_shown("0 of 12")
    program.type("e")
    program.until_said("Not kept: the title has 2,000 characters")
    program.type("\n")
    program.until_shown("Kept. u takes it back.")
    program.type("a")
    program.until_shown("1 of 12")
    program.type("q")
    assert program.wait() == 0
    assert queue_of(folder).get(MOST).edit.title == "A Better Title"
    assert not list(folder.glob("shortlist-entry-*"))


@pytest.mark.slow
def test_without_an_editor_each_line_is_changed_in_place(folder):
    program = Program(*REVIEW, folder=folder)
    program.until_shown("0 of 12")
    program.type("e")
    program.until_said("Set EDITOR")
    program.until_said("Title: On Paper Number 2206 00012")
    program.type(" Revised\r")
    for label in ("Authors: ", "Venue: ", "Key words: ", "Digest: ", "Topic: ", "Link paper: "):
        program.until_said(label)
        program.type("\r")
    program.until_shown("Kept. u takes it back.")
    program.type("q")
    assert program.wait() == 0
    edit = queue_of(folder).get(MOST).edit
    assert edit == EntryEdit(title="On Paper Number 2206 00012 Revised")


@pytest.mark.slow
def test_what_was_typed_in_the_editor_outlives_the_program(folder):
    editor = folder / "editor.sh"
    editor.write_text('#!/bin/sh\necho "Title: typed" > "$1"\nkill -TERM $PPID\nsleep 1\n')
    editor.chmod(0o755)
    program = Program(*REVIEW, folder=folder, environment={"EDITOR": str(editor)})
    program.until_shown("0 of 12")
    program.type("e")
    program.until_said("what you typed is in ")
    assert program.wait() == 143
    path = Path(program.said.split("what you typed is in ")[1].split("\r\n")[0])
    assert path.read_text(encoding="utf-8") == "Title: typed\n"
    path.unlink()
    path.parent.rmdir()


@pytest.mark.slow
def test_a_list_that_cannot_be_read_is_one_line_and_the_terminal_is_put_back(folder):
    (folder / "list" / "README.md").write_text("nothing\n", encoding="utf-8")
    program = Program(*REVIEW, folder=folder)
    assert program.wait() == 1
    assert "Traceback" not in program.said
    assert "README.md" in program.said
    assert not program.is_on_other_screen


def test_without_a_terminal_it_says_so_in_one_line(folder):
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", *REVIEW],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "shortlist: review --terminal needs a terminal; in a pipe there is `shortlist queue`\n"
    )
