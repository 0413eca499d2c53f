"""``shortlist lists topics …``: the topics of both files, and the events that change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pipeline.housekeeping import TopicJob, TopicReport
    from pipeline.lists.upkeep.topics import TopicPlace, TopicRow

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Show the diff, and write and commit nothing.")
]

topics_app = typer.Typer(invoke_without_command=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    topics_app.callback(epilog="Example: shortlist lists topics --json")(show_topics)
    topics_app.command(
        "rename", epilog="Example: shortlist lists topics rename Privacy 'Privacy and Security'"
    )(rename)
    topics_app.command(
        "merge", epilog="Example: shortlist lists topics merge 'Open-World Learning' Others"
    )(merge)
    app.add_typer(topics_app, name="topics")


def show_topics(
    context: typer.Context, *, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Show the topics of both list files side by side.

    Entries, the line of the heading, what is missing, and other names that a topic has or had.
    """
    if context.invoked_subcommand is not None:
        for name in ("config", "as_json"):
            source = context.get_parameter_source(name)
            if source is not None and source.name == "COMMANDLINE":
                raise typer.BadParameter(
                    f"options go behind {context.invoked_subcommand!r}, not before it"
                )
        return
    from pipeline import wiring
    from pipeline.lists.reader import read_list
    from pipeline.lists.upkeep.topics import compare_topics

    settings = read_config(config)
    wiring.recover_list(settings)
    aliases = wiring.topic_aliases(settings)
    files = [read_list(path) for path in settings.list.paths]
    names = [path.name for path in settings.list.paths]
    rows = compare_topics(files, aliases)
    if as_json:
        show.print_json(
            {
                "files": names,
                "topics": [
                    {
                        "name": row.name,
                        "places": {
                            name: _place_as_json(place)
                            for name, place in zip(names, row.places, strict=True)
                        },
                        "other_names": _other_names(row, aliases),
                    }
                    for row in rows
                ],
                "aliases": aliases,
            }
        )
    else:
        _print_topics(rows, names, aliases)


def rename(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The topic's name now.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The name it gets.")],
    *,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Rename a topic in the list and in all labels.

    Its heading, the headings of its years, the table of contents and every link to them change in
    one commit; what the queue knows and what models are trained on follow.
    """
    from pipeline.housekeeping import rename_topic

    _change(rename_topic, old, new, config=config, dry_run=dry_run, as_json=as_json)


def merge(
    source: Annotated[str, typer.Argument(metavar="A", help="The topic that ends.")],
    target: Annotated[str, typer.Argument(metavar="B", help="The topic that takes it in.")],
    *,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put one topic's entries under another, labels too.

    Each entry moves as it stands to its year under B, newest first; A's headings and its line in
    the table of contents go, links to it lead to B. All of it is one commit.
    """
    from pipeline.housekeeping import merge_topics

    _change(merge_topics, source, target, config=config, dry_run=dry_run, as_json=as_json)


def _change(
    change: Callable[[TopicJob, str, str], TopicReport],
    old: str,
    new: str,
    *,
    config: Path,
    dry_run: bool,
    as_json: bool,
) -> None:
    from pipeline import wiring

    settings, now = read_config(config), utc_now()
    diff = ""
    if dry_run:
        wiring.recover_list(settings)
        with wiring.dry_run(settings) as (copy, publisher):
            report = change(wiring.make_topic_job(copy, now=now, publisher=publisher), old, new)
            diff = publisher.diff
    else:
        report = change(wiring.make_topic_job(settings, now=now), old, new)
    if as_json:
        show.print_json(
            {
                "old": report.old,
                "new": report.new,
                "entries": report.entries,
                "candidates": report.candidates,
                "files": list(report.files),
                "commit": report.commit,
                **({"diff": diff} if dry_run else {}),
            }
        )
        return
    if diff:
        show.print_line(diff)
    if not report.files:
        show.print_line(f"nothing to do: {report.old} is {report.new} already")
        return
    show.print_line(
        f"{report.old} {'would become' if dry_run else 'is now'} {report.new}:"
        f" {_count(report.entries, 'entry', 'entries')} in {' and '.join(report.files)},"
        f" {_count(report.candidates, 'candidate', 'candidates')}"
    )
    if report.commit:
        show.print_line(f"committed as {report.commit[:12]}")


def _print_topics(
    rows: Sequence[TopicRow], names: Sequence[str], aliases: Mapping[str, str]
) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("topic")
    for name in names:
        table.add_column(name)
    table.add_column("other names")
    for row in rows:
        others = ", ".join(_other_names(row, aliases))
        cells = [row.name, *(_cell(place, row) for place in row.places), others]
        table.add_row(*(Text(show.printable(cell)) for cell in cells))
    show.console().print(table)


def _cell(place: TopicPlace | None, row: TopicRow) -> str:
    if place is None:
        return "missing"
    said = f"{_count(place.entries, 'entry', 'entries')}, line {place.line}"
    return said if place.name == row.name else f"{said}, as {place.name}"


def _other_names(row: TopicRow, aliases: Mapping[str, str]) -> list[str]:
    """Names that mean this topic and are no heading of it."""
    headings = {place.name.casefold() for place in row.places if place}
    return [
        old
        for old, new in aliases.items()
        if new.casefold() in headings and old.casefold() not in headings
    ]


def _place_as_json(place: TopicPlace | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "name": place.name,
        "line": place.line,
        "entries": place.entries,
        "years": list(place.years),
    }


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
