"""``shortlist lists read`` and ``replay-history``: what the reader sees, and whether it holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.lists.entry import Entry
    from pipeline.lists.past.history import Difference, Replay
    from pipeline.lists.past.placement import Position
    from pipeline.lists.reader import ListFile

FileArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[PATH]", help="A list file.", show_default="the config's preview"),
]
RepoArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="[REPO]",
        help="The list's repository, or a git bundle of it.",
        show_default="the config's list",
    ),
]
SHOWN = 20
"""Most differences that are shown one by one; ``--json`` has all."""


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("read", epilog="Example: shortlist lists read README.md --json")(read)
    app.command(
        "replay-history",
        epilog="Example: shortlist lists replay-history ../awesome-list --from 2022-01-01",
    )(replay)


def read(
    path: FileArgument = None,
    *,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show the topics and entries of a list file.

    What looks like an entry and is none is said on stderr, line by line. Needs no config for
    a file that is named.
    """
    from pipeline.lists.reader import read_list

    path = path or read_config(config).list.paths[0]
    list_file = read_list(path, hint="name a list file, like README.md")
    if as_json:
        show.print_json(list_as_json(path, list_file))
        return
    for line in _overview(list_file):
        show.print_line(line)
    for remark in list_file.remarks:
        show.print_note(f"{path}:{remark.line}: {remark.problem}")


def replay(
    repo: RepoArgument = None,
    *,
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="A",
            help="First commit, or first day as YYYY-MM-DD.",
            show_default="the first commit",
        ),
    ] = "",
    end: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="B",
            help="Last commit, or last day as YYYY-MM-DD.",
            show_default="what is checked out",
        ),
    ] = "",
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Do the maintainers' own additions again, and compare.

    Reads every version of the list files and gives it back; gives the entries of every
    commit that added one to five to the writer, and says where its result differs.
    """
    from pipeline.lists.past.history import opened, replay_history

    repo = repo or read_config(config).list.repo
    with opened(repo) as repository, show.progress_bar("commits replayed") as progress:
        found = replay_history(repository, start=start or None, end=end or None, progress=progress)
        shallow = repository.is_shallow()
    if shallow:
        show.print_note(f"{repo} is a shallow clone: what came before was not replayed")
    if as_json:
        show.print_json(replay_as_json(found))
        return
    for line in _summary(found):
        show.print_line(line)


def list_as_json(path: Path, list_file: ListFile) -> dict[str, object]:
    """The contract of ``lists read --json``."""
    return {
        "path": str(path),
        "topics": [
            {
                "name": topic.name,
                "line": topic.line,
                "years": [group.year for group in topic.years],
            }
            for topic in list_file.topics
        ],
        "entries": [_entry_as_json(entry) for entry in list_file.entries],
        "remarks": [
            {"line": remark.line, "problem": remark.problem} for remark in list_file.remarks
        ],
    }


def _entry_as_json(entry: Entry) -> dict[str, object]:
    return {
        "title": entry.title,
        "arxiv_id": entry.arxiv_id,
        "topic": entry.topic,
        "year": entry.year,
        "links": [{"label": link.label, "url": link.url} for link in entry.links],
        "authors": entry.authors,
        "venue": entry.venue,
        "keywords": list(entry.keywords),
        "digest": entry.digest,
        "line": entry.line,
    }


def replay_as_json(replay: Replay) -> dict[str, object]:
    """The contract of ``lists replay-history --json``."""
    return {
        "revisions": replay.revisions,
        "round_trips": replay.round_trips,
        "additions": replay.additions,
        "same_place": replay.same_place,
        "same_bytes": replay.same_bytes,
        "differences": [
            {
                "commit": difference.commit,
                "path": difference.path,
                "arxiv_id": difference.arxiv_id,
                "title": difference.title,
                "kind": difference.kind.value,
                "problem": difference.problem,
                "ours": _position_as_json(difference.ours),
                "theirs": _position_as_json(difference.theirs),
            }
            for difference in replay.differences
        ],
    }


def _position_as_json(position: Position | None) -> dict[str, object] | None:
    if position is None:
        return None
    return {
        "topic": position.topic,
        "year": position.year,
        "before": position.before,
        "line": position.line,
        "text": position.text,
    }


def _overview(list_file: ListFile) -> Iterator[str]:
    counts = Counter(entry.topic for entry in list_file.entries)
    width = max(len(topic.name) for topic in list_file.topics)
    yield f"{len(list_file.entries)} entries in {len(list_file.topics)} topics"
    yield ""
    yield f" line  {'topic':{width}}  entries  years"
    for topic in list_file.topics:
        years = ", ".join(
            f"{group.year} and before" if group.and_before else str(group.year)
            for group in topic.years
        )
        row = f"{topic.line:5}  {topic.name:{width}}  {counts[topic.name]:7}  {years}"
        yield row.rstrip()


def _summary(replay: Replay) -> Iterator[str]:
    if not replay.revisions:
        yield "no Markdown file in the top folder of these commits is a list"
        return
    yield f"{replay.round_trips} of {replay.revisions} versions came back byte for byte"
    share = f" ({replay.same_place / replay.additions:.1%})" if replay.additions else ""
    yield f"{replay.same_place} of {replay.additions} papers in the maintainers' place{share}"
    yield f"{replay.same_bytes} of them byte for byte"
    kinds = Counter(difference.kind.value for difference in replay.differences)
    for kind, count in kinds.most_common():
        yield f"  {kind}: {count}"
    # Slips are many, and say nothing of the writer.
    told = [d for d in replay.differences if d.kind.value not in {"slip", "digest form"}]
    for difference in told[:SHOWN]:
        yield ""
        yield from _told(difference)
    if len(told) > SHOWN:
        yield ""
        yield f"… and {len(told) - SHOWN} more: --json"


def _told(difference: Difference) -> Iterator[str]:
    paper = difference.arxiv_id or difference.title
    yield f"{difference.commit[:10]} {difference.path} {paper}: {difference.kind.value}"
    if difference.problem:
        yield f"  {difference.problem}"
    for whose, position in (("ours  ", difference.ours), ("theirs", difference.theirs)):
        if position:
            year = f", {position.year}" if position.year else ""
            where = f"above {position.before}" if position.before else "at the end"
            yield f"  {whose}  {position.topic}{year}, {where} (line {position.line})"
