"""``shortlist lists check`` and ``fix``: what a list should be, and repairs that are proved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.cli import show
from pipeline.cli.lists import findings as shown
from pipeline.cli.lists.contribution import check_contribution
from pipeline.cli.lists.findings import annotation
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, JsonOption, read_config, utc_now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.lists.rules import Lists, Rule

__all__ = ["add_to", "annotation", "check", "fix"]

Format = Literal["text", "json", "github", "comment"]
PathsArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH", help="List files; by default the config's."),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        "check", epilog="Example: shortlist lists check --diff origin/main --format comment"
    )(check)
    app.command("fix", epilog="Example: shortlist lists fix --rule bracket-slip --dry-run")(fix)


def check(
    paths: PathsArgument = None,
    *,
    rule: Annotated[
        list[str] | None,
        typer.Option("--rule", metavar="RULE", help="Only this rule; may be repeated."),
    ] = None,
    output: Annotated[
        Format,
        typer.Option(
            "--format", help="github: annotations of a workflow; comment: Markdown, with --diff."
        ),
    ] = "text",
    list_rules: Annotated[
        bool, typer.Option("--list-rules", help="Show all rules and end.")
    ] = False,
    diff: Annotated[
        str, typer.Option(metavar="BASE", help="Only what this branch adds to BASE.")
    ] = "",
    papers: Annotated[
        list[Path] | None,
        typer.Option("--papers", metavar="FILE", help="With --diff: a file of papers' metadata."),
    ] = None,
    online: Annotated[
        bool, typer.Option("--online", help="With --diff: ask arXiv what is not at hand.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Find slips in list files, or in what a branch adds.

    Ends with 0 if there are none, 1 if there are, 2 if asked for what does not exist.
    """
    from pipeline.lists.rules import RULES, check_lists

    output = "json" if as_json else output
    if list_rules:
        shown.print_rules(RULES, in_json=output == "json")
        return
    if diff:
        _refuse("--rule", rule, "is of no use with --diff: all rules are checked")
        check_contribution(config, paths or [], diff, output, metadata=papers or (), online=online)
        return
    for name, given in (("--papers", papers), ("--online", online)):
        _refuse(name, given, "is of use only with --diff BASE")
    _refuse("--format", output == "comment", "comment is of use only with --diff BASE")
    chosen = _rules(rule)
    lists = _read_lists(paths or [], config)
    findings = check_lists(lists, chosen)
    if output == "json":
        show.print_json([shown.as_json(finding) for finding in findings])
    elif output == "github":
        for finding in findings:
            typer.echo(annotation(finding))
    else:
        shown.print_text(findings, files=len(lists.files))
    raise typer.Exit(1 if findings else 0)


def fix(
    paths: PathsArgument = None,
    *,
    rule: Annotated[
        list[str],
        typer.Option("--rule", metavar="RULE", help="What to repair; may be repeated."),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the diff, write nothing.")
    ] = False,
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Repair slips that take no judgement; commits nothing.

    Each repair is proved before it is written: no other line changes, and every
    entry reads as before but for what was repaired. Ends with 1 if anything is left.
    """
    from pipeline.lists.rules.fix import plan_repairs, write_repairs
    from pipeline.publish.diff import unified_diff

    chosen = _fixable(_rules(rule))
    repairs = plan_repairs(_read_lists(paths or [], config), chosen)
    if not dry_run:
        write_repairs(repairs)
    if as_json:
        show.print_json(
            {
                "repaired": [shown.as_json(finding) for finding in repairs.repaired],
                "left": [
                    {**shown.as_json(left.finding), "reason": left.reason} for left in repairs.left
                ],
            }
        )
    elif dry_run:
        for file in repairs.files:
            typer.echo(unified_diff(file, root=Path.cwd()), nl=False)
    if not as_json:
        shown.print_repairs(repairs, dry_run=dry_run)
    raise typer.Exit(1 if repairs.left else 0)


def _refuse(option: str, given: object, problem: str) -> None:
    if given:
        raise typer.BadParameter(problem, param_hint=option)


def _read_lists(paths: Sequence[Path], config: Path) -> Lists:
    """The named files, or the config's; with the config's terms where there is one."""
    from pipeline.lists.reader import read_list
    from pipeline.lists.rules import Lists

    for path in paths:
        _refuse("PATH", not path.is_file(), f"there is no file {str(path)!r}")
    if paths and config == DEFAULT_CONFIG and not config.exists():
        unique = {path.resolve(): path for path in paths}
        return Lists(files=tuple(read_list(path) for path in unique.values()))
    settings = read_config(config).list
    chosen = tuple({path.resolve(): path for path in paths or settings.paths}.values())
    preview = settings.paths[0]
    return Lists(
        files=tuple(read_list(path) for path in chosen),
        preview=next((path for path in chosen if path.resolve() == preview.resolve()), None)
        if len(settings.paths) > 1 and settings.policy == "preview"
        else None,
        preview_days=settings.preview_days,
        as_of=utc_now().date(),
        in_all_files=settings.policy == "both",
    )


def _rules(names: Iterable[str] | None) -> tuple[Rule, ...]:
    """The named rules, or those that are on by default.

    Raises:
        BadParameter: There is no such rule (exit status 2).
    """
    from pipeline.lists.rules import RULES, UnknownRuleError, find_rules

    if not names:
        return tuple(rule for rule in RULES if rule.default)
    wanted = [name.strip() for text in names for name in text.split(",") if name.strip()]
    try:
        return find_rules(wanted)
    except UnknownRuleError as error:
        raise typer.BadParameter(str(error), param_hint="--rule") from error


def _fixable(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    for rule in rules:
        if not rule.fixable:
            raise typer.BadParameter(
                f"what {rule.name} finds takes a person's judgement:"
                f" `shortlist lists check --rule {rule.name}` shows it",
                param_hint="--rule",
            )
    return tuple(rules)
