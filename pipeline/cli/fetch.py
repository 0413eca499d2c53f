"""``shortlist fetch``: papers brought in without being ranked."""

from __future__ import annotations

import datetime
from pathlib import Path  # noqa: TC003 -- typer reads annotations at run time
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    parse_day,
    read_config,
    utc_now,
)

if TYPE_CHECKING:
    from pipeline.config import Config
    from pipeline.sources.repair import Repaired


_NAMED = 5
"""How many identifiers a line of trouble names."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("fetch", epilog="Example: shortlist fetch 2302.06637 2111.08644v2")(fetch)


def fetch(
    papers: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Papers by identifier or address."),
    ] = None,
    *,
    listed: Annotated[
        bool, typer.Option("--list", help="Fetch what lacks an abstract of the list's entries.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write what was ingested as recorded days."),
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="YYYY-MM-DD", help="The first day to record."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day to record.")
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The announcement day.", show_default="today"),
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Bring in papers and rank nothing.

    Without arguments, what was announced today and what is owed from before; with identifiers,
    these papers, each accounted for; with --list, abstracts for the list's own entries. --record
    writes all days that were ingested, or with --from and --to these days and fetches nothing.
    """
    if listed and papers:
        raise typer.BadParameter("name papers, or --list, not both")
    if (first or last) and record is None:
        raise typer.BadParameter("--from and --to say what --record writes")
    if date and (papers or listed or first or last):
        raise typer.BadParameter("--date names the one day to fetch: nothing else goes with it")
    now = utc_now()
    day = parse_day(date, default=now.date())
    begin, end = parse_day(first, default=datetime.date.min), parse_day(last, default=now.date())
    if first and begin > end:
        raise typer.BadParameter(f"--from {begin} --to {end} is no span of days")
    settings = read_config(config)
    document: dict[str, object] = {}
    failed = False
    if papers or listed:
        failed = _fetch_papers(settings, papers or [], document, now=now, as_json=as_json)
    elif not (first or last):
        failed = _fetch_day(settings, day, document, now=now, as_json=as_json)
    if record is not None:
        span = (begin if first else None, end if last else None)
        _record(settings, record, span, document, as_json=as_json)
    if as_json:
        show.print_json(document)
    if failed:
        raise typer.Exit(1)


def _fetch_day(
    settings: Config,
    day: datetime.date,
    document: dict[str, object],
    *,
    now: datetime.datetime,
    as_json: bool,
) -> bool:
    """Fetch a day; whether no source answered."""
    from db.records import FetchStatus
    from pipeline import wiring
    from pipeline.daily import problems_of
    from pipeline.fetch import fetch_day

    with show.progress_bar("reading arXiv") as progress:
        fetched = fetch_day(
            wiring.make_intake(settings, now=now, progress=progress),
            wiring.open_queue(settings),
            wiring.open_ledger(settings),
            day,
            now=now,
        )
    fetches = [delivery.fetch for delivery in fetched.deliveries]
    document |= {
        "date": day.isoformat(),
        "waiting": fetched.waiting,
        "sources": show.fetches_as_json(fetches),
    }
    if not as_json:
        show.print_fetches(fetches)
        show.print_line(f"{fetched.waiting} papers wait to be ranked: `shortlist run` does it")
    for problem in problems_of(fetched.deliveries):
        show.print_error(problem)
    return all(fetch.status is FetchStatus.FAILED for fetch in fetches)


def _fetch_papers(
    settings: Config,
    papers: list[str],
    document: dict[str, object],
    *,
    now: datetime.datetime,
    as_json: bool,
) -> bool:
    """Fetch papers by identifier, or those of the list; whether one could not be stored."""
    from pipeline import wiring
    from pipeline.fetch import fetch_ids, ids_without_abstract
    from pipeline.publication import read_lists
    from pipeline.sources.recorded import read_papers

    store = wiring.open_papers(settings)
    wanted = papers
    if not papers:
        elsewhere = [
            row.arxiv_id
            for path in settings.training.papers
            for row in read_papers(path)[0]
            if row.abstract
        ]
        lists = read_lists(settings.list.paths)
        wanted = list(ids_without_abstract(lists, store, elsewhere))
    with show.progress_bar("asking arXiv") as progress:
        repaired = fetch_ids(
            wanted,
            wiring.make_lookup(settings),
            store,
            wiring.make_horizon(settings, today=now.date()),
            categories=settings.sources.categories,
            now=now,
            progress=progress,
        )
    document |= repaired_as_json(repaired)
    if not as_json:
        show.print_line(
            f"{repaired.asked} asked for: {len(repaired.stored)} stored,"
            f" {len(repaired.not_found)} not found, {len(repaired.set_aside)} set aside"
        )
    if repaired.not_found:
        named = ", ".join(repaired.not_found[:_NAMED])
        more = "" if len(repaired.not_found) <= _NAMED else ", … (--json names all)"
        show.print_error(f"arXiv has no paper {named}{more}: check the identifiers")
    for reason in repaired.set_aside.values():
        show.print_error(reason)
    if repaired.problem:
        left = repaired.asked - len(repaired.stored) - len(repaired.not_found)
        left -= len(repaired.set_aside)
        show.print_error(f"api: {repaired.problem} ({left} not asked for: try again later)")
    return len(repaired.stored) < repaired.asked


def _record(
    settings: Config,
    folder: Path,
    span: tuple[datetime.date | None, datetime.date | None],
    document: dict[str, object],
    *,
    as_json: bool,
) -> None:
    from pipeline import wiring
    from pipeline.fetch import record_days
    from pipeline.outcome import span_of

    recorded = record_days(
        wiring.open_papers(settings),
        wiring.open_ledger(settings),
        folder,
        first=span[0],
        last=span[1],
    )
    document["recorded"] = [
        {"day": day.isoformat(), "papers": papers, "written": changed}
        for day, papers, changed in recorded.days
    ]
    document["left_out"] = [day.isoformat() for day in recorded.left_out]
    if as_json:
        return
    for day, papers, changed in recorded.days:
        show.print_line(f"  {day}: {papers} papers{'' if changed else ', as they were'}")
    count = len(recorded.days)
    show.print_line(f"{count} recorded day{'' if count == 1 else 's'} in {folder}")
    if recorded.left_out:
        show.print_line(f"left out, for no source has it whole: {span_of(recorded.left_out)}")


def repaired_as_json(repaired: Repaired) -> dict[str, object]:
    """The contract of ``fetch ID... --json``."""
    return {
        "asked": repaired.asked,
        "stored": list(repaired.stored),
        "not_found": list(repaired.not_found),
        "set_aside": dict(repaired.set_aside),
        "problem": repaired.problem,
    }
