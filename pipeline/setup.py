"""Setting up: a config file that explains itself, for any list repository.

The file is made from the descriptions in ``pipeline.config``, so that it
cannot say anything else than what the program reads.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import known_keys
from pipeline.errors import ConfigError, SetupError
from pipeline.git import Repository
from pipeline.lists.inspect import find_lists
from pipeline.lists.reader import read_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo

    from pipeline.lists.reader import ListFile

HEADINGS = {
    "list": "the list that is kept",
    "sources": "where announced papers come from",
    "queue": "what waits for the maintainers",
    "models": "how papers are scored",
    "training": "what models are trained on",
    "publish": "how approved entries reach the list",
    "github": "for the dashboard issue and pull requests; the token comes from GITHUB_TOKEN",
    "review": "who reviews, and where the page listens",
    "state": "state between runs on machines that forget",
}


def write_config(
    list_repo: Path, config_path: Path, *, days: Path | None = None
) -> tuple[ListFile, ...]:
    """Write a commented config for a list's repository.

    Args:
        list_repo: Folder of the list's git repository.
        config_path: The file to write.
        days: A folder of recorded days to use as the source, or ``None`` for arXiv.

    Returns:
        The list files that were found, the one for new entries first.

    Raises:
        ConfigError: ``config_path`` exists.
        SetupError: ``days`` is no folder.
        GitError: ``list_repo`` is no git repository.
        ListFormatError: It has no list file.
    """
    if config_path.exists():
        raise ConfigError(
            f"{config_path} exists and is left as it is",
            hint="delete it first, or name another file with --config",
        )
    if days is not None and not days.is_dir():
        raise SetupError(f"{days} is no folder of recorded days")
    root = Repository.open(list_repo).root
    paths = find_lists(root)
    files = tuple(read_list(path) for path in paths)
    table: dict[str, object] = {
        "repo": shown_path(root, config_path),
        "preview": paths[0].name,
    }
    if len(paths) > 1:
        table["full"] = paths[1].name
    settings: dict[str, dict[str, object]] = {"list": table}
    if days is not None:
        settings["sources"] = {"use": ["recorded"], "recorded": shown_path(days, config_path)}
    try:
        config_path.parent.mkdir(parents=True, exist_ok=True)
        with config_path.open("x", encoding="utf-8") as file:
            file.write(config_text(settings))
    except OSError as error:
        raise ConfigError(f"{config_path} cannot be written ({error.strerror})") from error
    return files


def config_text(settings: Mapping[str, Mapping[str, object]]) -> str:
    """A config file with every key: the given ones set, the others as comments.

    Args:
        settings: Table → key → value.
    """
    lines = [
        "# Shortlist's configuration: every key with what it is for.",
        "# A key behind a # has the default it shows. Relative paths count from this file.",
    ]
    for table, keys in known_keys().items():
        lines += ["", "", f"[{table}]  # {HEADINGS[table]}"]
        for key, field in keys.items():
            lines += ["", f"# {field.description}"]
            given = settings.get(table, {})
            lines.append(
                f"{key} = {_toml(given[key])}"
                if key in given
                else f"# {key} = {shown_default(field)}"
            )
    return "\n".join(lines) + "\n"


def shown_default(field: FieldInfo) -> str:
    """A key's default as a config file would hold it."""
    return _toml(_plain(field.get_default(call_default_factory=True)))


def shown_path(path: Path, config_path: Path) -> str:
    """A path as the config shows it: relative while it stays near, else absolute."""
    path, folder = path.resolve(), config_path.resolve().parent
    relative = Path(os.path.relpath(path, folder))
    return relative.as_posix() if relative.parts[:2] != ("..", "..") else path.as_posix()


def _plain(value: object) -> object:
    """A default as TOML can hold it; what has none (folders) is shown as what it would be."""
    if value is None:
        return "FOLDER"
    if isinstance(value, Path):
        return value.as_posix()
    return value


def _toml(value: object) -> str:
    if isinstance(value, dict):
        items: Sequence[str] = [f"{json.dumps(key)} = {_toml(item)}" for key, item in value.items()]
        return f"{{ {', '.join(items)} }}" if items else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_toml(item) for item in value)}]"
    # A JSON string, number or boolean is a TOML one.
    return json.dumps(value, ensure_ascii=False)
