"""What stands around a card, and the screens between cards: help, the diff, a quiet end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from pipeline.review.terminal.look import (
    ADDED,
    GRAVE,
    REMOVED,
    SOFT,
    STRONG,
    bar,
    exact,
    fitted,
    shown,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.outcome import Publication
    from pipeline.review.card import Progress, PublishPreview

MARGIN = 1
"""Columns left free on each side."""
TALL = 30
"""Lines from which on there is room for an empty one under the first."""
TALLEST_NOTICE = 3
_BAR = 20

HELP = (
    ("a", "approve"),
    ("r  x", "reject, at once"),
    ("R", "reject, and say why"),
    ("l", "later"),
    ("u", "undo the last decision"),
    ("j  →", "next"),
    ("k  ←", "previous"),
    ("1 - 9", "choose the topic of that number"),
    ("t", "choose any topic: type how it begins"),
    ("e", "edit the entry"),
    ("/", "search what waits; empty for all"),
    ("p", "publish: the diff first"),
    ("space  ↓", "read on; back with b or ↑"),
    ("q", "quit; everything is kept"),
    ("?", "these keys"),
)
"""Every key and what it does."""

CARD_KEYS = (
    ("a", "approve"),
    ("r", "reject"),
    ("l", "later"),
    ("u", "undo"),
    ("e", "edit"),
    ("1-9", "topic"),
    ("j/k", "move"),
    ("?", "help"),
    ("q", "quit"),
)

END_KEYS = (("u", "undo"), ("/", "search"), ("p", "publish"), ("?", "help"), ("q", "quit"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One screenful before it is fitted to the window.

    Attributes:
        header: The first line.
        body: What may be scrolled.
        notice: What is said once, above the keys; empty for nothing.
        keys: Keys and what they do, as many as find room.
        typed: A line that is being typed, its label and its text; ``None`` for none.
    """

    header: Text
    body: Sequence[Text]
    notice: str = ""
    keys: Sequence[tuple[str, str]] = ()
    typed: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A frame as it is drawn.

    Attributes:
        lines: The whole screen.
        cursor: Where something is typed (line, column), or ``None``.
        scroll: The body's first line that is seen.
        page: How many of its lines are seen.
    """

    lines: list[Text]
    cursor: tuple[int, int] | None
    scroll: int
    page: int


def fit(frame: Frame, *, columns: int, rows: int, scroll: int) -> Fitted:
    """The frame in a window, its body from line ``scroll`` on as far as there is one."""
    width = columns - 2 * MARGIN
    foot, cursor = _foot(frame, width)
    head = [frame.header, Text()] if rows >= TALL else [frame.header]
    page = max(1, rows - 1 - len(head) - len(foot))
    last = max(0, len(frame.body) - page)
    scroll = max(0, min(scroll, last))
    seen = list(frame.body[scroll : scroll + page])
    seen += [Text()] * (page - len(seen))
    more = len(frame.body) - scroll - page
    rule = _rule(width, more=more, above=scroll)
    lines = [*head, *seen, rule, *foot][:rows]
    placed = [Text.assemble(" " * MARGIN, line) for line in lines]
    for line in placed:
        line.truncate(columns)
    return Fitted(
        lines=placed,
        cursor=None if cursor is None else (len(lines) - 1, cursor + MARGIN),
        scroll=scroll,
        page=page,
    )


def _rule(width: int, *, more: int, above: int) -> Text:
    said = f" ↓ {more} more line{'' if more == 1 else 's'}: space " if more > 0 else ""
    if not said and above:
        said = " ↑ b goes back "
    if cell_len(said) > width - 4:
        said = " ↓ " if more > 0 else ""
    line = "─" * max(0, width - cell_len(said) - 2)
    return Text.assemble((line, SOFT), (said, STRONG), ("──", SOFT))


def _foot(frame: Frame, width: int) -> tuple[list[Text], int | None]:
    lines: list[Text] = []
    if frame.notice:
        lines += wrap(Text(shown(frame.notice, most=500), style=STRONG), width)[:TALLEST_NOTICE]
    if frame.typed is None:
        return [*lines, _keys(frame.keys, width)], None
    label, typed = frame.typed
    room = max(4, width - cell_len(label) - 1)
    text = Text(shown(typed))
    # The end is what is being typed: it stays in sight.
    while cell_len(text.plain) > room:
        text = text[1:]
    trailing = len(typed) - len(typed.rstrip(" "))
    text.append(" " * min(trailing, room - cell_len(text.plain)))
    return [*lines, Text.assemble((label, STRONG), text)], cell_len(label) + cell_len(text.plain)


def _keys(keys: Sequence[tuple[str, str]], width: int) -> Text:
    """As many keys as find room, closer together where they must; the last two always do."""
    whole = sum(cell_len(f"  {key} {does}") for key, does in keys) - 2
    gap = "  " if whole <= width else " "
    line = Text()
    for number, (key, does) in enumerate(keys):
        rest = keys[-2:] if number < len(keys) - 2 else ()
        part = Text.assemble(gap if number else "", (key, STRONG), f" {does}")
        needed = sum(cell_len(f"{gap}{k} {d}") for k, d in rest)
        if cell_len(line.plain) + cell_len(part.plain) + needed <= width:
            line.append_text(part)
    return line


def header(progress: Progress, *, reviewer: str, filtered: str, width: int) -> Text:
    """How far the day's work is, what is searched for, and who reviews."""
    done = f"{progress.done} of {progress.of}"
    share = progress.done / progress.of if progress.of else 1.0
    left = Text.assemble((done, STRONG), "  ")
    left.append_text(bar(share, min(_BAR, max(4, width // 4))))
    if filtered:
        left.append(f"  search: {shown(filtered, most=60)}", style=STRONG)
    name = f"  {shown(reviewer, most=30)}"
    room = width - cell_len(name)
    return Text.assemble(fitted(left, max(room, 8)), (name, SOFT))


def titled(title: str, *, width: int) -> Text:
    """The first line of a screen between cards."""
    return fitted(Text(title, style=STRONG), width)


def help_lines(width: int) -> list[Text]:
    """Every key."""
    lines = [Text()]
    for key, does in HELP:
        lines += wrap(Text.assemble(does), width, first=f"  {key:<10} ", indent=" " * 13)
    lines += [
        Text(),
        *wrap("Every decision is kept at once; u takes it back, here or on any other day.", width),
        *wrap(
            Text.assemble(
                "In the abstract, ",
                ("bold", "bold green"),
                " spoke for it and ",
                ("underlined", "underline red"),
                " against it.",
            ),
            width,
        ),
    ]
    return lines


def publish_lines(preview: PublishPreview, width: int) -> list[Text]:
    """What would be committed: entries, what cannot be written, and the exact diff."""
    lines = [Text()]
    for arxiv_id, title, topic in preview.entries:
        said = f"{shown(arxiv_id)}  {shown(title)} ({shown(topic)})"
        lines += wrap(said, width, first="  ", indent="    ")
    for problem in preview.problems:
        lines += wrap(Text(shown(problem), style=GRAVE), width, first="! ", indent="  ")
    lines.append(Text())
    for line in preview.diff.split("\n"):
        lines += _diff_line(line, width)
    return lines


def _diff_line(line: str, width: int) -> list[Text]:
    style = STRONG if line.startswith(("+++", "---", "@@")) else _DIFF_STYLES.get(line[:1], SOFT)
    return wrap(Text(exact(line), style=style), width, first="", indent="  ")


_DIFF_STYLES = {"+": ADDED, "-": REMOVED}


def published(publication: Publication) -> str:
    """What a publication did, in a sentence or two."""
    said = []
    if publication.published:
        number = len(publication.published)
        papers = "paper" if number == 1 else "papers"
        said.append(f"{number} {papers} published in {publication.commit[:10]}.")
    if publication.proposed:
        said.append(f"{len(publication.proposed)} proposed in {publication.pull_request}")
    said += [f"{shown(problem, most=300)}." for problem in publication.problems]
    return " ".join(said) or "Nothing was published."


def end_lines(
    *, decided: Sequence[tuple[str, int]], approved: int, deferred: int, filtered: str, width: int
) -> list[Text]:
    """The quiet end.

    Args:
        decided: What was decided in this sitting, with numbers.
        approved: How many are approved and not in the list yet.
        deferred: How many were left for later.
        filtered: What is searched for, or "".
        width: Columns there are.
    """
    lines = [Text()] * 2
    if filtered:
        lines += wrap(
            Text(f"Nothing waits that holds “{shown(filtered, most=100)}”.", STRONG), width
        )
        lines += [Text(), *wrap("/ and Enter shows all that waits.", width)]
    else:
        lines += wrap(Text("That is all for today.", style=STRONG), width)
    done = [f"{number} {what}" for what, number in decided if number]
    if done:
        lines += [Text(), *wrap(f"In this sitting: {', '.join(done)}.", width)]
    if approved:
        are = "is" if approved == 1 else "are"
        lines += [
            Text(),
            *wrap(
                f"{approved} {are} approved for the list: p shows what would be committed.", width
            ),
        ]
    if deferred and not filtered:
        were = "was" if deferred == 1 else "were"
        lines += [Text(), *wrap(f"{deferred} {were} left for later: l looks at them now.", width)]
    return lines
