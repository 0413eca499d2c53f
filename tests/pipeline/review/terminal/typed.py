"""A screen that keys are typed at, and that keeps every frame it was told to draw."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from rich.text import Text

from pipeline.review.card import Card, Desk
from pipeline.review.terminal.screen import Screen
from pipeline.review.terminal.session import Session


class TypedScreen:
    """Gives the keys it was made with; nothing more after them is asked for in vain."""

    def __init__(self, *keys: str, columns: int = 80, rows: int = 24) -> None:
        self.keys = list(keys)
        self.size = (columns, rows)
        self.drawn: list[list[Text]] = []
        self.cursors: list[tuple[int, int] | None] = []
        self.lendings = 0

    def draw(self, lines: Sequence[Text], *, cursor: tuple[int, int] | None = None) -> None:
        self.drawn.append(list(lines))
        self.cursors.append(cursor)

    def key(self) -> str:
        return self.keys.pop(0)

    @contextlib.contextmanager
    def lent(self) -> Iterator[None]:
        self.lendings += 1
        yield

    # -- what is seen ------------------------------------------------------

    @property
    def frames(self) -> list[str]:
        """Every frame as text."""
        return ["\n".join(line.plain.rstrip() for line in frame) for frame in self.drawn]


def no_edit(_desk: Desk, _screen: Screen, _card: Card) -> Card | None:
    return None


def review(desk: Desk, *keys: str, columns: int = 80, rows: int = 24, edit=no_edit) -> TypedScreen:
    """A whole sitting: these keys, then ``q``."""
    screen = TypedScreen(*keys, "q", columns=columns, rows=rows)
    screen.farewell = Session(desk, screen, edit=edit).run()  # type: ignore[attr-defined]
    assert screen.keys == []
    return screen
