"""What a branch adds: ``shortlist lists check --diff BASE`` judges, ``lists answer`` tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.config import Config
    from pipeline.contribution import Memory
    from pipeline.lists.contributions.belonging import Belonging
    from pipeline.lists.contributions.judged import Contribution, Judged
    from pipeline.lists.rules import Finding, Lists

FORMATS = ("text", "json", "github", "comment")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file; ``check`` calls :func:`check_contribution`."""
    app.command("answer", epilog="Example: shortlist lists answer judged --head 1f0c1ae…")(answer)


def answer(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Holds comment.md and number.", show_default=False)
    ],
    *,
    head: Annotated[
        str, typer.Option(metavar="COMMIT", help="The commit that was judged, in full.")
    ],
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Post the one comment on a pull request, or replace it.

    For a workflow that is told what to post by one that ran a stranger's code: a comment that
    Shortlist could not have written is refused, and so is a pull request that is not at COMMIT.
    """
    from pipeline import wiring
    from pipeline.answer import answer_contribution

    number, done = answer_contribution(folder, wiring.make_github(read_config(config)), head=head)
    if as_json:
        show.print_json({"pull_request": number, "comment": done})
    else:
        show.print_line(f"pull request {number}: comment {done}")


def check_contribution(
    config_path: Path,
    paths: Sequence[Path],
    base: str,
    output_format: str,
    *,
    metadata: Sequence[Path] = (),
    online: bool = False,
) -> None:
    """Say what the branch that is checked out adds, and end with status 1 if that has slips.

    Args:
        config_path: The config file; it need not be there if ``paths`` are given.
        paths: The list files; none for the config's.
        base: The branch or commit that the contribution is meant for.
        output_format: One of :data:`FORMATS`.
        metadata: Papers files.
        online: Whether to ask arXiv for what is not at hand.
    """
    from pipeline.contribution import ContributionJob, Memory, check_contribution
    from pipeline.git import Repository
    from pipeline.lists.rules import Lists

    now = utc_now()
    needless = bool(paths) and config_path == DEFAULT_CONFIG and not config_path.exists()
    settings = None if needless else read_config(config_path)
    files = tuple(path.absolute() for path in paths)
    lists, memory = Lists(files=()), Memory(files=tuple(metadata))
    if settings:
        lists = _lists(settings)
        files = files or _list_files(settings)
        memory = _memory(settings, metadata, online=online)
    repository = Repository.open(files[0].parent)
    contribution = check_contribution(
        ContributionJob(
            repository=repository,
            paths=files,
            base=base,
            lists=lists,
            memory=memory,
            today=now.date(),
        )
    )
    for problem in contribution.problems:
        show.print_error(problem)
    _print(contribution, repository.root, output_format)
    if contribution.findings:
        raise typer.Exit(1)


def _lists(settings: Config) -> Lists:
    from pipeline.lists.rules import Lists

    table = settings.list
    return Lists(
        files=(),
        preview=table.repo / table.preview,
        preview_days=table.preview_days,
        in_all_files=table.policy == "both",
    )


def _list_files(settings: Config) -> tuple[Path, ...]:
    """Preview and full list, there or not: the branch may have removed one."""
    table = settings.list
    return tuple(dict.fromkeys((table.repo / table.preview, table.repo / table.full)))


def _memory(settings: Config, metadata: Sequence[Path], *, online: bool) -> Memory:
    from pipeline import wiring
    from pipeline.contribution import Memory

    address = settings.queue.url
    file = address.removeprefix("sqlite:///")
    is_there = file == address or Path(file).is_file()  # A check makes no database.
    asks = online and "api" in settings.sources.use
    return Memory(
        files=(*metadata, *settings.training.papers),
        recorded=settings.sources.recorded,
        queue=wiring.open_queue(settings) if is_there else None,
        fetch_ids=wiring.make_lookup(settings).fetch_ids if asks else None,
    )


def _print(contribution: Contribution, root: Path, output_format: str) -> None:
    if output_format == "comment":
        from pipeline.lists.contributions.comment import contribution_comment

        typer.echo(contribution_comment(contribution, base=root), nl=False)
    elif output_format == "json":
        show.print_json(contribution_as_json(contribution))
    elif output_format == "github":
        from pipeline.cli.lists.check import annotation

        for finding in contribution.findings:
            typer.echo(annotation(finding))
    else:
        for finding in contribution.findings:
            where = f"{_shown(finding.path)}:{finding.line}"
            show.print_line(f"{where}: {finding.rule}: {finding.message}")
        show.print_line(_summary(contribution))


def contribution_as_json(contribution: Contribution) -> dict[str, object]:
    """The contract of ``lists check --diff BASE --format json``."""
    return {
        "findings": [_finding_as_json(finding) for finding in contribution.findings],
        "entries": [_judged_as_json(judged) for judged in contribution.judged],
        "removed": [
            {"path": _shown(path), "title": entry.title, "arxiv_id": entry.arxiv_id}
            for path, entry in contribution.removed
        ],
        "moved": contribution.moved,
        "topics": [name for _, name in contribution.topics],
        "problems": list(contribution.problems),
    }


def _finding_as_json(finding: Finding) -> dict[str, object]:
    return {
        "rule": finding.rule,
        "path": _shown(finding.path),
        "line": finding.line,
        "message": finding.message,
    }


def _judged_as_json(judged: Judged) -> dict[str, object]:
    return {
        "path": _shown(judged.path),
        "line": judged.line,
        "status": judged.status,
        "title": judged.title,
        "arxiv_id": judged.entry.arxiv_id if judged.entry else None,
        "compared": judged.compared,
        "findings": [_finding_as_json(finding) for finding in judged.findings],
        "corrected": list(judged.corrected.lines) if judged.corrected else [],
        "belongs": _belonging_as_json(judged.belongs) if judged.belongs else None,
    }


def _belonging_as_json(belongs: Belonging) -> dict[str, object]:
    return {
        "topic": belongs.topic,
        "group": belongs.group,
        "new_year": belongs.new_year,
        "before": belongs.before.title if belongs.before else None,
        "after": belongs.after.title if belongs.after else None,
        "right": belongs.right,
    }


def _summary(contribution: Contribution) -> str:
    judged = contribution.judged
    changed = sum(one.status == "changed" for one in judged)
    parts = [f"{len(judged) - changed} added", f"{changed} changed"]
    parts += [f"{len(contribution.removed)} removed", f"{contribution.moved} moved"]
    found = len(contribution.findings)
    return f"{', '.join(parts)}; {found or 'no'} finding{'' if found == 1 else 's'}"


def _shown(path: Path) -> str:
    """A path as one would type it here."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
