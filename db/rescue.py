"""A damaged database moved out of the way, so that what was saved elsewhere can take its place.

Nothing is deleted: whoever knows how may still read what is left of it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from db.engine import open_database, reading
from db.errors import DamagedDatabaseError, DatabaseUnavailableError

if TYPE_CHECKING:
    from sqlalchemy import Engine

_SUFFIXES = ("", "-wal", "-shm")
"""Of the files that a SQLite database is made of."""

_log = logging.getLogger(__name__)


def open_or_replace(url: str) -> Engine:
    """The database at ``url``; a new one if its file is damaged, which is moved aside.

    The file is then called ``<name>.damaged``; one of that name from before is replaced.

    Raises:
        DatabaseUnavailableError: It cannot be opened, or not be moved.
        SchemaError: It belongs to a newer Shortlist, or to another program.
    """
    try:
        engine = open_database(url)
        _read_all_of(engine)
    except DamagedDatabaseError as error:
        path = Path(make_url(url).database or "")
        _move_aside(path)
        _log.warning("%s: moved to %s.damaged, begun anew", error.problem, path.name)
        return open_database(url)
    return engine


def _read_all_of(engine: Engine) -> None:
    """Look at every page: a file may be damaged where opening it does not look."""
    if engine.dialect.name != "sqlite":
        return
    with reading(engine) as connection:
        said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if said != "ok":
        raise DamagedDatabaseError(f"the database {engine.url.database} is damaged ({said})")


def _move_aside(path: Path) -> None:
    try:
        for suffix in _SUFFIXES:
            file = path.with_name(path.name + suffix)
            aside = path.with_name(f"{path.name}.damaged{suffix}")
            aside.unlink(missing_ok=True)
            if file.exists():
                file.replace(aside)
    except OSError as error:
        raise DatabaseUnavailableError(
            f"{path} is damaged and cannot be moved aside ({error.strerror})",
            hint="make its folder writable",
        ) from error
