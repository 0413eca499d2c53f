"""Review in a terminal: one paper at a time, one key a decision, over ssh in 80 columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.review.card import Desk

__all__ = ["review_in_terminal"]


def review_in_terminal(desk: Desk) -> str:
    """Review until the reviewer quits; what there is to say afterwards, in a line.

    Standard input and output are a terminal.
    """
    from pipeline.review.terminal.editing import edit_entry
    from pipeline.review.terminal.screen import TerminalScreen, logs_held
    from pipeline.review.terminal.session import Session

    with logs_held(), TerminalScreen() as screen:
        return Session(desk, screen, edit=edit_entry).run()
