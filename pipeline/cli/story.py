"""``shortlist log``: the whole story of one paper."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.story import Event, Story

_LEAST_WIDTH = 40
_INDENT = 18
"""Columns of an event's time."""


def add_to(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command("log", epilog="Example: shortlist log 2207.12020")(log)


def log(
    paper: Annotated[str, typer.Argument(metavar="ID", help="arXiv identifier or address.")],
    *,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Tell the whole story of a paper, and why it is not here.

    Also of one that was seen and not queued, or never seen: its day, what the sources delivered,
    its relevance, its rank and where the cut was, who decided what, and the commits of the list.
    """
    from pipeline import wiring
    from pipeline.decisions import identifiers
    from pipeline.story import answer_of, events_of, tell_story
    from pipeline.story import as_json as story_as_json

    settings = read_config(config)
    (arxiv_id,) = identifiers([paper])
    story = tell_story(wiring.make_story_job(settings), arxiv_id)
    answer, events = answer_of(story), events_of(story)
    if as_json:
        show.print_json(story_as_json(story, answer=answer, events=events))
    else:
        _print(story, answer, events)


def _print(story: Story, answer: str, events: Sequence[Event]) -> None:
    from pipeline.arxiv_id import abs_url

    width = max(show.console().width, _LEAST_WIDTH)
    head = f"{story.arxiv_id}  {show.printable(' '.join(story.title.split()))}".rstrip()
    for line in textwrap.wrap(head, width, subsequent_indent=" " * (len(story.arxiv_id) + 2)):
        show.print_line(line)
    show.print_line(abs_url(story.arxiv_id))
    show.print_line()
    for event in events:
        when = f"{event.at:%Y-%m-%d %H:%M}" if event.at else f"{event.day}"
        text = textwrap.wrap(show.printable(event.text), width - _INDENT) or [""]
        show.print_line(f"{when:<{_INDENT}}{text[0]}")
        for line in text[1:]:
            show.print_line(" " * _INDENT + line)
    if events:
        show.print_line()
    for line in textwrap.wrap(show.printable(answer), width):
        show.print_line(line)
