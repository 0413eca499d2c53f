"""What follows from the code: config.toml and tables of docs. ``python -m tests.docs`` writes."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from pipeline.cli import app
from pipeline.config import known_keys
from pipeline.setup import config_text, shown_default

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
REFERENCE = ROOT / "docs" / "reference.md"
HOUSE = ROOT / "docs" / "architecture.md"
CONFIG = ROOT / "config.toml"
WORKFLOW_SETTINGS = {
    "list": {"repo": "list"},
    "publish": {
        "push": True,
        "author": "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com>",
    },
}
"""What the workflows need: the list checked out beside, commits by GitHub's own bot, pushed."""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its full name, in the order of ``--help``."""

    def below(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        for child in getattr(command, "commands", {}).values():
            yield from below(child, f"{name} {child.name}")
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield name, command

    yield from below(typer.main.get_command(app), "shortlist")


def command_table() -> str:
    """Name and first sentence of every command."""
    rows = []
    for name, command in commands():
        arguments = " ".join(
            (parameter.metavar or parameter.name.upper()) + ("..." if parameter.nargs == -1 else "")
            for parameter in command.params
            if parameter.param_type_name == "argument"
        )
        first = command.help.split("\n\n")[0].replace("\n", " ").strip()
        rows.append(f"| `{' '.join([name, arguments]).strip()}` | {first} |")
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def config_table() -> str:
    """Every key with its default and its meaning."""
    rows = [
        f"| `[{table}]` | `{key}` | `{shown_default(field)}` | {field.description} |"
        for table, keys in known_keys().items()
        for key, field in keys.items()
    ]
    return "\n".join(["| table | key | default | what it is |", "|---|---|---|---|", *rows])


def with_tables(text: str) -> str:
    """A page with both tables written anew.

    Raises:
        ValueError: A marker is missing.
    """
    for name, table in (("commands", command_table()), ("configuration", config_table())):
        text = _with_part(text, name, table)
    return text


def _with_part(text: str, name: str, part: str) -> str:
    pattern = re.compile(rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the page has no part {name}")
    return pattern.sub(lambda found: f"{found[1]}{part}\n{found[2]}", text)


NOTES = {
    "cli": "asks and shows, no logic",
    "wiring": "config becomes objects",
    "daily": "jobs: know steps and ports",
    "publication": "steps that jobs share",
    "sources": "parts: never know each other",
    "lists": "what parts share",
    "ports": "vocabulary",
    "models": "know nobody above",
}
"""What is said beside the layer that a module is in."""
_WIDTH = 62


def house() -> str:
    """The layers as import-linter holds them, from the front door down.

    ``·`` stands between modules of one layer that may import each other, ``|`` between those
    that never do.
    """
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (program,) = [each for each in contracts if each.get("containers") == ["pipeline"]]
    (packages,) = [each for each in contracts if each.get("layers", [""])[0] == "pipeline"]
    lines = [line for layer in program["layers"] for line in _storey(layer)]
    floor = [line for layer in packages["layers"][1:] for line in _storey(layer)]
    return "\n".join(["```text", *lines, "─" * (_WIDTH + 32), *floor, "```"])


def _storey(layer: str) -> list[str]:
    """A layer on as many lines as it takes, its note beside the first."""
    names = re.findall(r"\w+", layer)
    between = " | " if "|" in layer or len(names) == 1 else " · "
    rows = textwrap.wrap(between.join(names), _WIDTH, break_on_hyphens=False)
    note = next((NOTES[name] for name in names if name in NOTES), "")
    first = f"{rows[0]:<{_WIDTH}}  {note}".rstrip()
    return [f" {row}" for row in (first, *rows[1:])]


def with_house(text: str) -> str:
    """The page of the architecture with its picture drawn anew.

    Raises:
        ValueError: A marker is missing.
    """
    return _with_part(text, "layers", house())


if __name__ == "__main__":
    CONFIG.write_text(config_text(WORKFLOW_SETTINGS), encoding="utf-8")
    HOUSE.write_text(with_house(HOUSE.read_text(encoding="utf-8")), encoding="utf-8")
    REFERENCE.write_text(with_tables(REFERENCE.read_text(encoding="utf-8")), encoding="utf-8")
