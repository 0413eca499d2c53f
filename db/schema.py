"""Which revision a database has, which is the newest, and the way between them.

alembic is imported only when there is something to migrate. A new revision is
a new file in ``migrations/versions``; a test says when the tables and the
revisions no longer agree.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from db.errors import SchemaError

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSION_TABLE = "alembic_version"


def revisions() -> tuple[str, ...]:
    """Every revision this program knows, oldest first."""
    names = (file.name for file in files("db.migrations.versions").iterdir())
    return tuple(sorted(name.partition("_")[0] for name in names if name[:4].isdigit()))


def newest_revision() -> str:
    """The revision of this program's tables."""
    return revisions()[-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of a database, or ``None`` if it has no tables at all.

    Raises:
        SchemaError: The tables are another program's.
    """
    tables = inspect(connection).get_table_names()
    if VERSION_TABLE in tables:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 a constant
        revision = found.scalar_one_or_none()
        return None if revision is None else str(revision)
    if tables:
        raise SchemaError(
            f"the database already has tables of another program ({', '.join(sorted(tables)[:3])})",
            hint="give Shortlist a database of its own in [queue] url",
        )
    return None


def needs_migration(revision: str | None) -> bool:
    """Whether a database of this revision is older than this program.

    Raises:
        SchemaError: It is newer.
    """
    known = revisions()
    if revision is not None and revision not in known:
        raise SchemaError(
            f"the database has revision {revision}, this Shortlist knows none after {known[-1]}",
            hint="update Shortlist",
        )
    return revision != known[-1]


def migrate(connection: Connection, revision: str | None = None) -> None:
    """Brings a database to a revision, forward or back, in the transaction at hand.

    Args:
        connection: In a transaction that nobody else can write beside; foreign
            keys must not be enforced on SQLite, where tables are copied.
        revision: Where to go; ``None`` for the newest, ``"base"`` for no tables.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "db:migrations")
    config.attributes["connection"] = connection
    here, goal = revision_of(connection), revision or newest_revision()
    if goal == "base" or (here is not None and goal < here):
        command.downgrade(config, goal)
    else:
        command.upgrade(config, goal)
