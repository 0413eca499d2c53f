"""Options that several commands share, and the config they name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.config import Config

ConfigOption = Annotated[
    Path,
    typer.Option(
        "--config",
        envvar="SHORTLIST_CONFIG",
        metavar="PATH",
        help="The config file.",
        show_default="./config.toml",
    ),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else there.")
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Change nothing; print what would be committed.")
]
ListOption = Annotated[
    Path | None,
    typer.Option("--list", metavar="REPO", help="The list's repository.", show_default="config"),
]
PapersOption = Annotated[
    list[Path] | None,
    typer.Option("--papers", metavar="FILE", help="Abstracts of listed papers; repeatable."),
]
DaysOption = Annotated[
    list[Path] | None,
    typer.Option("--days", metavar="DIR", help="Recorded days to learn from; repeatable."),
]
DEFAULT_CONFIG = Path("config.toml")


def read_config(path: Path) -> Config:
    """The config that a command works with.

    Raises:
        ConfigError: It is missing or wrong.
    """
    from pipeline.config import load_config

    return load_config(path)


def utc_now() -> datetime:
    """The one place where the command line looks at the clock."""
    return datetime.now(UTC)


def parse_day(text: str | None, *, default: date) -> date:
    """A day as YYYY-MM-DD.

    Raises:
        BadParameter: It is none (exit status 2).
    """
    if text is None:
        return default
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no day of the form YYYY-MM-DD") from error
