"""Editing an entry: in the reviewer's own editor, or line by line where there is none.

What was typed is never lost: an edit that cannot stand in the list is shown again as it was typed,
with the reason, until it can stand or the reviewer gives it up; and if the program ends meanwhile,
the file stays and its place is named.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from db.errors import DatabaseError
from db.records import EntryEdit
from pipeline.errors import PipelineError
from pipeline.review.terminal.entry_text import (
    Typed,
    entry_text,
    read_entry_text,
    split_keywords,
    with_remarks,
)
from pipeline.review.terminal.look import exact, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.review.card import Card, Desk, DraftedEntry
    from pipeline.review.terminal.screen import Screen

_GIVES_UP = "d"


def edit_entry(desk: Desk, screen: Screen, card: Card) -> Card | None:
    """Let the reviewer edit the entry; the card as it is then, ``None`` if it stays."""
    with screen.lent():
        if _editor():
            return _in_editor(desk, card)
        return _line_by_line(desk, card)


def _editor() -> str:
    """The reviewer's own editor as a command line, or ""."""
    return (os.environ.get("VISUAL") or os.environ.get("EDITOR") or "").strip()


def _in_editor(desk: Desk, card: Card) -> Card | None:
    """The entry as a file in ``$VISUAL`` or ``$EDITOR``."""
    folder = Path(tempfile.mkdtemp(prefix="shortlist-entry-"))
    path = folder / "entry.txt"
    path.write_text(entry_text(card.entry, topics=card.all_topics), encoding="utf-8")
    is_settled = False
    try:
        while True:
            before = path.read_text(encoding="utf-8", errors="replace")
            problem = _open_editor(path)
            text = path.read_text(encoding="utf-8", errors="replace")
            is_same = text == before
            if not problem and is_same and "\n# Not kept" not in f"\n{text}":
                is_settled = True
                return None
            if not problem:
                try:
                    typed = read_entry_text(text, before=card.entry)
                    kept = None if typed is None else _keep(desk, card, typed)
                except (PipelineError, DatabaseError) as error:
                    problem = str(error)
                else:
                    is_settled = True
                    return kept
            path.write_text(with_remarks(text, [f"Not kept: {problem}"]), encoding="utf-8")
            if _answer(problem) == _GIVES_UP:
                is_settled = True
                return None
    finally:
        if is_settled:
            with contextlib.suppress(OSError):
                path.unlink()
                folder.rmdir()
        else:
            typer.echo(f"what you typed is in {path}", err=True)


def _open_editor(path: Path) -> str:
    """Runs the editor until it is closed; why it could not, or ""."""
    editor = _editor()
    # Ctrl-C is the editor's; a handler, unlike SIG_IGN, does not go on to it.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        program = [*shlex.split(editor), str(path)]
        status = subprocess.Popen(program).wait()  # noqa: S603 -- what the reviewer chose
    except (OSError, ValueError) as error:
        return f"{exact(editor)} cannot be run ({error})"
    finally:
        signal.signal(signal.SIGINT, before)
    return f"{exact(editor)} ended with status {status}" if status else ""


def _answer(problem: str) -> str:
    """Whether to go on editing: anything but ``d`` does."""
    typer.echo(f"\nNot kept: {exact(problem)}.")
    try:
        return input("Enter edits it again, d drops the edit: ").strip().casefold()
    except EOFError:
        return _GIVES_UP


def _line_by_line(desk: Desk, card: Card) -> Card | None:
    """Every field in turn, its text there to be changed."""
    typer.echo(
        "Edit the entry: change a line, or keep it with Enter. Ctrl-C gives up.\n"
        "(Set EDITOR to do this in an editor of your own.)\n"
    )
    entry = card.entry
    lines = {
        "Title": entry.title,
        "Authors": entry.authors,
        "Venue": entry.venue,
        "Key words": "; ".join(entry.keywords),
        "Digest": entry.digest,
        "Topic": entry.topic,
    }
    links = list(entry.links)
    while True:
        try:
            lines = {name: _typed(f"{name}: ", text) for name, text in lines.items()}
            links = [(label, _typed(f"Link {label}: ", address)) for label, address in links]
        except (EOFError, KeyboardInterrupt):
            return None
        typed = Typed(
            edit=EntryEdit(
                title=lines["Title"],
                authors=lines["Authors"],
                venue=lines["Venue"],
                keywords=split_keywords(lines["Key words"]),
                digest=lines["Digest"],
                links=tuple(link for link in links if link[1]),
            ),
            topic=lines["Topic"],
        )
        if typed == Typed(edit=_as_it_is(entry), topic=entry.topic):
            return None
        try:
            return _keep(desk, card, typed)
        except (PipelineError, DatabaseError) as error:
            if _answer(str(error)) == _GIVES_UP:
                return None


def _as_it_is(entry: DraftedEntry) -> EntryEdit:
    return EntryEdit(
        title=entry.title,
        authors=entry.authors,
        venue=entry.venue,
        keywords=entry.keywords,
        digest=entry.digest,
        links=entry.links,
    )


def _keep(desk: Desk, card: Card, typed: Typed) -> Card:
    """Hands the edit to the desk, if the candidate is as the reviewer saw it."""
    candidate = card.candidate
    return desk.edit(
        candidate.paper.arxiv_id, typed.edit, topic=typed.topic, revision=candidate.revision
    )


def _typed(label: str, text: str) -> str:
    """One line with ``text`` in it to be changed."""
    return " ".join(_with_text(text, lambda: input(label)).split())


def _with_text(text: str, ask: Callable[[], str]) -> str:
    try:
        import readline
    except ImportError:
        # Without it nothing can stand in the line: it is shown above, and Enter keeps it.
        typer.echo(f"  now: {shown(text)}")
        return ask() or text
    readline.set_startup_hook(lambda: readline.insert_text(shown(text)))
    try:
        return ask()
    finally:
        readline.set_startup_hook()
