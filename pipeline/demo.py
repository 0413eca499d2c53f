"""A small world to try Shortlist in: a list of real papers and one real day of arXiv.

Titles, authors, venues and identifiers are facts; every digest and abstract
was written for the demo.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from pipeline.errors import ConfigError, SetupError
from pipeline.git import Identity, Repository
from pipeline.setup import config_text, shown_path

DATA = Path(__file__).resolve().parent / "demo_data"
DEMO_DAY = date(2022, 7, 26)
"""The announcement day that ships with the project.

The shipped model learned from the list until the end of that August, and so from some of
these papers: here it shows what it does, not how well. ``shortlist replay`` tells that.
"""
MAINTAINER = Identity(name="Demo Maintainer", email="maintainer@example.org")
PER_DAY = 12


def make_world(
    folder: Path, config_path: Path, *, sources: dict[str, object] | None = None
) -> None:
    """Make list repository, recorded day and config.

    Args:
        folder: A folder that does not exist or is empty.
        config_path: Where the config goes; in ``folder`` or elsewhere.
        sources: The config's table of that name; the recorded day unless it is given.

    Raises:
        SetupError: The folder holds something, or cannot be written to.
        ConfigError: The config exists.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SetupError(
                f"{folder} is not empty and is left as it is", hint="name a new folder"
            )
        if config_path.exists():
            raise ConfigError(
                f"{config_path} exists and is left as it is", hint="name another file with --config"
            )
        list_repo = folder / "list"
        list_repo.mkdir()
        shutil.copytree(DATA / "days", folder / "days")
        names = [path.name for path in sorted(DATA.glob("*.md"))]
        for name in names:
            shutil.copyfile(DATA / name, list_repo / name)
        config_path.parent.mkdir(parents=True, exist_ok=True)
        config_path.write_text(
            config_text(_settings(folder, config_path, sources)), encoding="utf-8"
        )
    except OSError as error:
        raise SetupError(f"{folder} cannot be made ({error.strerror})") from error
    repository = Repository.init(list_repo)
    repository.commit(names, "Begin the demo list", MAINTAINER)


def _settings(
    folder: Path, config_path: Path, sources: dict[str, object] | None
) -> dict[str, dict[str, object]]:
    recorded: dict[str, object] = {
        "use": ["recorded"],
        "recorded": shown_path(folder / "days", config_path),
    }
    return {
        "list": {"repo": shown_path(folder / "list", config_path)},
        "sources": recorded if sources is None else sources,
        "queue": {"per_day": PER_DAY},
        "publish": {"author": f"{MAINTAINER.name} <{MAINTAINER.email}>"},
        "review": {"reviewer": MAINTAINER.name},
    }
