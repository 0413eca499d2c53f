"""Who ticked a box, and who may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.review.issue import is_untouched, read_ticks
from pipeline.review.issue.marks import seal_of, settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from pipeline.github.client import GitHub
    from pipeline.github.records import BodyEdit
    from pipeline.review.issue import Wish


class People:
    """Who may write to the repository, each asked of GitHub once a run."""

    def __init__(self, github: GitHub) -> None:
        self._github = github
        self._known: dict[str, bool] = {}

    def may_write(self, login: str) -> bool:
        """Whether somebody may; nobody ("") may not."""
        if login not in self._known:
            self._known[login] = self._github.may_write(login)
        return self._known[login]


def asked_for(
    body: str, edits: Sequence[BodyEdit], *, otherwise: str, checked: bool
) -> dict[Wish, str]:
    """What a body asks for, each tick with who made it: the first whose version has it.

    A tick stands until a version shows its box without it. Where the box itself is gone, because
    somebody emptied the body or cut it, the tick stands still.

    Args:
        body: As it is now.
        edits: Versions of the body, oldest first; those before the last one that Shortlist
            wrote are nobody's business any more.
        otherwise: Who it is taken to be where the versions do not tell.
        checked: Whether nothing was lost when Shortlist wrote that last one. Else the run that
            wrote it died before it could look, and what it may have written over counts too.
    """
    earlier, later = _intervals(edits)
    asked: dict[Wish, str] = {}
    if not is_untouched(body):
        asked = _standing([*((edit.text, edit.editor) for edit in later), (body, otherwise)])
    if not checked:
        for wish, who in _standing([(edit.text, edit.editor) for edit in earlier]).items():
            asked.setdefault(wish, who)
    return asked


def _standing(versions: Sequence[tuple[str, str]]) -> dict[Wish, str]:
    standing: dict[Wish, str] = {}
    for text, editor in versions:
        ticks = read_ticks(text)
        taken_back = ticks.boxes.difference(ticks.wishes)
        standing = {wish: who for wish, who in standing.items() if wish not in taken_back}
        for wish in ticks.wishes:
            standing.setdefault(wish, editor)
    return standing


def overwritten(
    edits: Sequence[BodyEdit], *, read: str, read_at: datetime, written: str
) -> tuple[BodyEdit, ...]:
    """Versions that people made after Shortlist had read the body and before it wrote its own.

    Args:
        edits: Versions of the body, oldest first.
        read: The body that was read.
        read_at: When the issue had been changed last then (UTC).
        written: The body that was written over it.
    """
    texts = [settled(edit.text) for edit in edits]
    own = _last(texts, settled(written), before=len(texts))
    known = _last(texts, settled(read), before=own)
    if own > 0 and known >= 0:
        return tuple(edits[known + 1 : own])
    # GitHub does not tell the texts: what is left is when, and Shortlist's own is the last.
    return tuple(edit for edit in edits[:-1] if edit.edited_at > read_at)


def _intervals(edits: Sequence[BodyEdit]) -> tuple[Sequence[BodyEdit], Sequence[BodyEdit]]:
    """Versions between the last two that Shortlist wrote, and those since the last.

    A version that only has other line ends is Shortlist's still.
    """
    own = [place for place, edit in enumerate(edits) if is_untouched(edit.text)]
    if not own:
        return (), edits
    last = own[-1]
    while last - 1 in own and seal_of(edits[last - 1].text) == seal_of(edits[last].text):
        last -= 1
    before = max((place for place in own if place < last), default=-1)
    return edits[before + 1 : last], edits[own[-1] + 1 :]


def _last(texts: Sequence[str], wanted: str, *, before: int) -> int:
    return next((place for place in range(before - 1, -1, -1) if texts[place] == wanted), -1)
