"""How outcomes look: tables and progress bars on a terminal, plain lines elsewhere.

Everything that came from outside is text: control characters are taken out,
and rich's markup is never interpreted in it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
import unicodedata
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from pipeline.outcome import span_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.progress import TaskID

    from db.records import Candidate, Decision, Evidence, Fetch
    from pipeline.ledger import LedgerDay, LedgerReport
    from pipeline.outcome import DailyReport, Publication
    from pipeline.ports import Progress
    from pipeline.withdrawal import Undone

PIPE_WIDTH = 120
"""Columns of a table that goes into a pipe or a log."""
LOG_SECONDS = 30.0
"""Time between two lines of progress in a log."""

AUDIT = "drawn at random from below the cut"
"""Why a paper is there that Shortlist would not have shown."""

_RUNNER_COMMAND = re.compile(r"(:(?=:)|##(?=\[))")
# "::error::" and "##[error]" where a line begins, and a table may begin a line at any character.
# Source: actions/runner, ActionCommand.TryParseV2 and TryParse, which skip leading white space.

WORTH_NAMING = 0.05
"""Least probability at which another topic is worth a maintainer's glance."""


def print_line(text: str = "") -> None:
    """One line of outcome on stdout."""
    typer.echo(printable(text))


def print_error(text: str) -> None:
    """One line of trouble on stderr."""
    typer.echo(f"shortlist: {printable(text)}", err=True)


def print_note(text: str) -> None:
    """One line worth knowing, on stderr so that it never mixes with outcome."""
    typer.echo(printable(text), err=True)


def print_markdown(markdown: str) -> None:
    """A document of ``pipeline.pages``, where all that came from outside is harmless already.

    Unlike :func:`print_line` it keeps the joiners that break what GitHub would act on.
    """
    typer.echo(markdown, nl=False)


def print_json(document: object) -> None:
    """One JSON document on stdout; what drives a terminal is escaped in it."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    typer.echo("".join(c if c == "\n" or _is_printable(c) else json.dumps(c)[1:-1] for c in text))


def printable(text: str) -> str:
    """``text`` without control and format characters, so that no title drives a terminal.

    In a log of Actions it gives the runner no command either.
    """
    shown = "".join(char if char in "\n\t" or _is_printable(char) else "�" for char in text)
    return _RUNNER_COMMAND.sub(r"\1 ", shown) if os.environ.get("GITHUB_ACTIONS") else shown


def _is_printable(char: str) -> bool:
    """Whether it is neither a control nor a format character, half of one, or an end of line."""
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def print_queue(candidates: Sequence[Candidate]) -> None:
    """The queue as a table: relevance, topic, title with its id, and the first reason."""
    from rich.table import Table
    from rich.text import Text

    if not candidates:
        print_line("nothing is waiting")
        return
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="bold")
    table.add_column("relevance", justify="right")
    table.add_column("topic", max_width=24)
    table.add_column("paper", ratio=3)
    table.add_column("why", ratio=2)
    states = {candidate.state for candidate in candidates}
    if len(states) > 1:
        table.add_column("state")
    for candidate in candidates:
        cells = [
            Text(f"{candidate.relevance:.2f}"),
            Text(printable(_topic(candidate))),
            Text.assemble(
                (candidate.paper.arxiv_id, "bold"),
                "\n",
                printable(_flat(candidate.paper.title)),
            ),
            Text(printable(_flat(_first_reason(candidate)))),
        ]
        if len(states) > 1:
            cells.append(Text(candidate.state.value))
        table.add_row(*cells)
    console().print(table)


def print_candidate(candidate: Candidate, history: Sequence[Decision], draft: str) -> None:
    """All that is known of one candidate, with its entry as it will stand in the list."""
    paper = candidate.paper
    lines = [
        _flat(paper.title),
        (
            f"{paper.arxiv_id}  {', '.join(paper.categories)}"
            f"  announced {paper.announced} ({paper.announce_type.value})"
        ),
        f"by {_flat(', '.join(paper.authors))}",
        *([f"comment: {_flat(paper.comment)}"] if paper.comment else []),
        "",
        f"state      {candidate.state.value}"
        + (f" by {candidate.reviewer}" if candidate.reviewer else ""),
        f"relevance  {candidate.relevance:.2f}" if candidate.model else "relevance  added by hand",
        f"topic      {_topics(candidate)}",
        *([f"choice     {' | '.join(candidate.choices)}"] if candidate.choices else []),
        f"model      {candidate.model or 'none'}",
        *([f"audit      {AUDIT}"] if candidate.audit else []),
        *(f"why        {_flat(reason)}" for reason in candidate.why),
        *(
            f"history    {decision.decided_at:%Y-%m-%d %H:%M} {decision.verdict.value}"
            f" by {_flat(decision.reviewer)}"
            + (f": {_flat(decision.reason)}" if decision.reason else "")
            for decision in history
        ),
        "",
        paper.abstract or "(no abstract was delivered)",
        "",
        draft,
    ]
    for line in lines:
        print_line(line)


def print_report(report: DailyReport) -> None:
    """What a daily run did, in a few lines."""
    print_publication(report.publication, quiet=True)
    print_line(
        f"{report.date}: {report.announced} announced, {report.fresh} fresh, {report.queued} queued"
        + (f", {report.waiting} waiting for a model" if report.waiting else "")
        + (f", {len(report.expired)} expired" if report.expired else "")
    )
    print_fetches(report.fetches)
    for note in report.notes:
        print_line(f"  {note}")
    for problem in report.problems:
        print_error(problem)


def print_fetches(fetches: Sequence[Fetch]) -> None:
    """What each source delivered: a line for each, days of one status together."""
    fetched: dict[tuple[str, str], list[Fetch]] = {}
    for fetch in fetches:
        fetched.setdefault((fetch.source, fetch.status.value), []).append(fetch)
    for (source, status), those in fetched.items():
        span = span_of([fetch.day for fetch in those])
        print_line(f"  {source} {span}: {status.replace('_', ' ')}, {_papers(those)} received")


def _papers(fetches: Sequence[Fetch]) -> str:
    """How many papers came, and of how many where that is known and not the same."""
    received = sum(fetch.received for fetch in fetches)
    expected = [fetch.expected for fetch in fetches if fetch.expected is not None]
    if len(expected) == len(fetches) and sum(expected) != received:
        return f"{received} of {sum(expected)}"
    return str(received)


def print_ledger(report: LedgerReport) -> None:
    """The days from the newest back, one line for each source, and what is owed."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("day", no_wrap=True)
    table.add_column("source", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("papers", no_wrap=True)
    table.add_column("what is known", overflow="fold")
    for day in report.days:
        name = f"{day.day} {day.day:%a}"
        if not day.fetches:
            status, known = _unasked(day)
            table.add_row(name, "", Text(status, style=_STATUS_STYLES[status]), "", known)
        for fetch in day.fetches:
            status = fetch.status.value.replace("_", " ")
            table.add_row(
                name,
                fetch.source,
                Text(status, style=_STATUS_STYLES[status]),
                _papers([fetch]) if status != "no mailing" else "",
                Text(printable(fetch.problem or _no_mailing(day, status))),
            )
            name = ""
    console().print(table)
    if report.owed:
        print_line(f"the next run asks again for {span_of(report.owed)}")


def _unasked(day: LedgerDay) -> tuple[str, str]:
    """Status and remark of a day for which the ledger has no line."""
    if day.is_owed:
        return "owed", "nobody asked"
    if day.mailing.value == "due":
        return "due", "not announced yet"
    return "no mailing", day.mailing.value


_STATUS_STYLES = {
    "complete": "green",
    "no mailing": "dim",
    "partial": "yellow",
    "owed": "yellow",
    "due": "dim",
    "failed": "red",
}


def _no_mailing(day: LedgerDay, status: str) -> str:
    return day.mailing.value if status == "no mailing" and day.mailing.value != "due" else ""


def print_publication(publication: Publication, *, quiet: bool = False) -> None:
    """What was committed to the list and what was found in it."""
    if publication.published:
        print_line(
            f"published {len(publication.published)}"
            f" ({', '.join(publication.published)}) in {publication.commit[:10]}"
        )
    elif publication.proposed:
        print_line(
            f"proposed {len(publication.proposed)} ({', '.join(publication.proposed)})"
            f" in {publication.pull_request}"
        )
    elif not publication.problems and not quiet:
        print_line("nothing to publish: no candidate is approved")
    if publication.closed:
        print_line(f"already in the list, closed as added: {', '.join(publication.closed)}")
    if not quiet:
        for problem in publication.problems:
            print_error(problem)


def print_undone(undone: Undone, *, diff: str = "") -> None:
    """What was taken back; with the ``diff`` of what would be, for a dry run."""
    arxiv_id, state = undone.candidate.paper.arxiv_id, undone.candidate.state.value
    if diff:
        print_line(diff)
        print_line(f"{arxiv_id} would be {state} again")
        return
    for problem in undone.problems:
        print_error(problem)
    if undone.pull_request:
        if not undone.problems:
            print_line(f"proposed to take it out of the list: {undone.pull_request}")
        print_line(f"{arxiv_id} is {state} until that is merged")
        return
    print_line(f"{arxiv_id} is {state} again")
    if undone.files:
        print_line(f"taken out of {' and '.join(undone.files)} in {undone.commit[:10]}")
    elif undone.was == "published":
        print_line("it stood in no list file any more; the list is as it was")


def report_as_json(report: DailyReport) -> dict[str, object]:
    """The contract of ``run --json``."""
    return {
        "date": report.date.isoformat(),
        "announced": report.announced,
        "fresh": report.fresh,
        "queued": report.queued,
        "published": list(report.publication.published),
        "sources": fetches_as_json(report.fetches),
        "closed": list(report.publication.closed),
        "proposed": list(report.publication.proposed),
        "pull_request": report.publication.pull_request,
        "expired": list(report.expired),
        "waiting": report.waiting,
        "problems": list(report.problems),
        "notes": list(report.notes),
    }


def fetches_as_json(fetches: Sequence[Fetch]) -> list[dict[str, object]]:
    """What each source delivered, in the contracts of ``run`` and ``fetch``."""
    return [
        {
            "name": fetch.source,
            "day": fetch.day.isoformat(),
            "status": fetch.status.value,
            "received": fetch.received,
            "expected": fetch.expected,
            "problem": fetch.problem,
        }
        for fetch in fetches
    ]


def candidate_as_json(candidate: Candidate) -> dict[str, object]:
    """The contract of ``queue list --json``."""
    return {
        "arxiv_id": candidate.paper.arxiv_id,
        "title": candidate.paper.title,
        "topic": candidate.topic,
        "topic_probability": round(candidate.topic_probability, 4),
        "relevance": round(candidate.relevance, 4),
        "state": candidate.state.value,
        "announced": candidate.paper.announced.isoformat(),
        "why": list(candidate.why),
        "audit": candidate.audit,
        "choices": list(candidate.choices),
    }


def evidence_as_json(evidence: Evidence) -> dict[str, object]:
    """What a candidate's scores rest on, in the contract of ``queue show --json``."""
    return {
        "nearest": [
            {
                "title": near.title,
                "arxiv_id": near.arxiv_id,
                "similarity": round(near.similarity, 4),
            }
            for near in evidence.nearest
        ],
        "words_for": list(evidence.words_for),
        "words_against": list(evidence.words_against),
        "accepted": evidence.accepted,
        "listed_authors": list(evidence.listed_authors),
    }


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A progress bar on stderr; where that is no terminal, a plain line now and then."""
    with progress_bars(label) as (progress,):
        yield progress


@contextmanager
def progress_bars(*labels: str) -> Iterator[tuple[Progress, ...]]:
    """As :func:`progress_bar` for what is done one after the other, a bar for each."""
    if not sys.stderr.isatty():
        yield tuple(_lines_of_progress(label) for label in labels)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console(stderr=True),
        transient=True,
    )
    with bar:
        # It pulses at once: what is loaded before the first step takes seconds too.
        first = bar.add_task("loading", total=None)
        tasks = [first, *(bar.add_task(label, total=None, visible=False) for label in labels[1:])]

        def advance(task: TaskID, label: str) -> Progress:
            return lambda done, total: bar.update(
                task, completed=done, total=total, description=label, visible=True
            )

        yield tuple(advance(task, label) for task, label in zip(tasks, labels, strict=True))


def _lines_of_progress(label: str) -> Progress:
    """At most one line in :data:`LOG_SECONDS`, so that a short job says nothing."""
    last = time.monotonic()

    def advance(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LOG_SECONDS:
            last = time.monotonic()
            print_note(f"{label}: {done} of {total}")

    return advance


def is_terminal() -> bool:
    """Whether a person sits before input and output, at a screen that can be drawn on."""
    return (
        sys.stdin.isatty()
        and sys.stdout.isatty()
        and os.environ.get("TERM", "") not in {"", "dumb"}
    )


def console(*, stderr: bool = False) -> Console:
    """A console that is coloured on a terminal only, and wide enough in a pipe."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        file=stream,
        width=None if stream.isatty() else PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
    )


def _flat(text: str) -> str:
    """``text`` on one line, so that no title looks like a line of ours."""
    return " ".join(text.split())


def _first_reason(candidate: Candidate) -> str:
    """Why it is there: a paper that was drawn is there for no reason of its own."""
    if candidate.audit:
        return f"audit: {AUDIT}"
    return candidate.why[0] if candidate.why else ""


def _topic(candidate: Candidate) -> str:
    if not candidate.topic_probability:
        return candidate.topic
    return f"{candidate.topic} ({candidate.topic_probability:.2f})"


def _topics(candidate: Candidate) -> str:
    others = [
        f"{other.topic} ({other.probability:.2f})"
        for other in candidate.topics
        if other.topic != candidate.topic and other.probability >= WORTH_NAMING
    ]
    return _topic(candidate) + (f", else {', '.join(others[:2])}" if others else "")
