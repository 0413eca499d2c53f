"""How findings and repairs look: text, JSON, annotations of a workflow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from pipeline.cli import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.lists.rules import Finding, Rule
    from pipeline.lists.rules.fix import Repairs


def annotation(finding: Finding) -> str:
    """A finding as GitHub shows it beside the line.

    Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
    and ``escapeProperty`` and ``escapeData`` of https://github.com/actions/toolkit.
    """
    properties = {
        "file": _shown(finding.path),
        "line": str(finding.line),
        "title": f"shortlist: {finding.rule}",
    }
    shown = ",".join(f"{name}={_escape_property(text)}" for name, text in properties.items())
    return f"::warning {shown}::{_escape(_with_fix(finding))}"


def _escape(text: str) -> str:
    return show.printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")


def _with_fix(finding: Finding) -> str:
    if not finding.fix:
        return finding.message
    return f"{finding.message}\nshould read: {finding.fix}"


def as_json(finding: Finding) -> dict[str, object]:
    """The contract of ``lists check --format json``, for one finding."""
    return {
        "rule": finding.rule,
        "path": _shown(finding.path),
        "line": finding.line,
        "message": finding.message,
        "fix": finding.fix,
    }


def _shown(path: Path) -> str:
    """A path as one would type it here."""
    here = Path.cwd()
    full = path if path.is_absolute() else here / path
    return (full.relative_to(here) if full.is_relative_to(here) else path).as_posix()


def print_text(findings: Sequence[Finding], *, files: int) -> None:
    """Findings one a line, coloured on a terminal only, and how many there are."""
    coloured = sys.stdout.isatty()
    for finding in findings:
        place = f"{_shown(finding.path)}:{finding.line}:"
        name = f"{finding.rule}:"
        if coloured:
            place = typer.style(show.printable(place), bold=True)
            name = typer.style(name, fg="yellow")
            typer.echo(f"{place} {name} {show.printable(finding.message)}")
        else:
            show.print_line(f"{place} {name} {finding.message}")
    fixable = sum(bool(finding.fix) for finding in findings)
    what = f"{_counted(len(findings), 'finding')} in {_counted(files, 'file')}"
    more = f"; `shortlist lists fix --rule RULE` repairs {fixable}" if fixable else ""
    show.print_line(f"{what}{more}")


def print_repairs(repairs: Repairs, *, dry_run: bool) -> None:
    """On stderr: what was left and why, and what was done."""
    for left in repairs.left:
        finding = left.finding
        place = f"{_shown(finding.path)}:{finding.line}"
        show.print_note(f"{place}: left: {finding.rule}: {finding.message} ({left.reason})")
    files = _counted(len(repairs.files), "file")
    done = "would be repaired" if dry_run else "repaired"
    show.print_note(f"{_counted(len(repairs.repaired), 'finding')} {done} in {files}")
    if repairs.files and not dry_run:
        show.print_note("nothing is committed; next: git diff")


def print_rules(rules: Sequence[Rule], *, in_json: bool) -> None:
    """Every rule with its summary."""
    if in_json:
        show.print_json(
            [
                {
                    "rule": rule.name,
                    "summary": rule.summary,
                    "default": rule.default,
                    "fixable": rule.fixable,
                }
                for rule in rules
            ]
        )
        return
    width = max(len(rule.name) for rule in rules)
    for rule in rules:
        marks = [*(["fixable"] if rule.fixable else []), *([] if rule.default else ["off"])]
        after = f" ({', '.join(marks)})" if marks else ""
        show.print_line(f"{rule.name:{width}}  {rule.summary.removesuffix('.')}{after}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
