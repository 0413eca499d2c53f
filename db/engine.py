"""Opening a database, transactions on it, and what its refusals mean.

The only place that knows SQLite from PostgreSQL. Every statement of this
package runs inside :func:`reading` or :func:`writing`, so that an error of
SQLAlchemy or of a driver leaves as one clear line.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, NullPool, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError

from db.errors import DamagedDatabaseError, DatabaseError, DatabaseUnavailableError
from db.schema import migrate, needs_migration, newest_revision, revision_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Table

__all__ = [
    "Engine",
    "current_revision",
    "insert_into",
    "keep_writers_out",
    "kept_open",
    "newest_revision",
    "open_database",
    "reading",
    "take_turns",
    "wrap_errors",
    "writing",
]

BUSY_TIMEOUT_SECONDS = 5.0
"""How long a writer waits for another before it gives up."""

MIGRATION_LOCK = 5_320_711
"""Key of the PostgreSQL advisory lock under which the tables change; any number."""

TURNS_LOCK = 5_320_712
"""Key of the PostgreSQL advisory lock under which papers are stored; another number."""

_INSERTS = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
# The address itself is not shown: it may hold a password.
_NO_ADDRESS = "[queue] url is no address of a SQLite or PostgreSQL database"
_EXAMPLE = "write it like sqlite:///var/shortlist.db or postgresql+psycopg://user@host/name"
_RESTORE = "`shortlist state load --replace` moves it aside and brings back what was saved last"
_MEANINGS = {
    sqlite3.SQLITE_BUSY: ("is locked by another process", "try again"),
    sqlite3.SQLITE_LOCKED: ("is locked by another process", "try again"),
    sqlite3.SQLITE_READONLY: ("is read-only", "make the file and its folder writable"),
    sqlite3.SQLITE_FULL: ("cannot grow", "the disk is full: make room, and try again"),
    sqlite3.SQLITE_CORRUPT: ("is damaged ({said})", _RESTORE),
    sqlite3.SQLITE_NOTADB: ("is damaged ({said})", _RESTORE),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check [queue] url and who may read its folder"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written ({said})", "see to its disk: is it full?"),
}
"""What SQLite's result codes mean here, and what to do.

Source: https://www.sqlite.org/rescode.html
"""
_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def open_database(url: str, *, busy_timeout_seconds: float = BUSY_TIMEOUT_SECONDS) -> Engine:
    """The database at ``url``, with the newest tables.

    Makes a SQLite file and its folder if they are missing, and migrates an
    older database.

    Args:
        url: As SQLAlchemy writes it: ``sqlite:////absolute/path``, or
            ``postgresql+psycopg://user@host/name``.
        busy_timeout_seconds: How long to wait for another writer (SQLite).

    Raises:
        DatabaseUnavailableError: It cannot be opened.
        SchemaError: It belongs to a newer Shortlist, or to another program.
    """
    engine = _make_engine(url, busy_timeout_seconds)
    try:
        with reading(engine) as connection:
            outdated = needs_migration(revision_of(connection))
        if outdated:
            _migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def current_revision(engine: Engine) -> str | None:
    """The revision of the database, or ``None`` if it has no tables."""
    with reading(engine) as connection:
        return revision_of(connection)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one moment of the database and writes nothing."""
    with wrap_errors(engine), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that is committed at the end, or not at all.

    On SQLite it is the only writer from its first statement on, so that what it
    reads stays true until it commits; on PostgreSQL, lock the rows you read.
    """
    with wrap_errors(engine), engine.connect() as connection:
        connection.execution_options(shortlist_writes=True)
        with connection.begin():
            yield connection


@contextmanager
def kept_open(engine: Engine) -> Iterator[None]:
    """Holds the database open meanwhile, so that many small transactions cost less.

    SQLite folds its log in whenever the last connection to a file closes, and waits for
    the disk while it does; held open, it does so now and then.
    """
    with wrap_errors(engine), engine.connect() as connection:
        connection.execute(text("SELECT COUNT(*) FROM alembic_version"))
        connection.commit()
        yield


@contextmanager
def wrap_errors(engine: Engine) -> Iterator[None]:
    """Turns what the driver refuses into one clear line.

    Raises:
        DatabaseUnavailableError: Instead of any error of the driver.
    """
    try:
        yield
    except DBAPIError as error:
        raise _unavailable(engine, error.orig or error) from error
    except sqlite3.Error as error:
        # From what is said to a new connection before SQLAlchemy has it.
        raise _unavailable(engine, error) from error
    except StatementError as error:
        # A value that fits no column: a fault of the caller, told as such.
        raise error.orig or error from error


def take_turns(connection: Connection) -> None:
    """Waits until no other transaction that took its turn is open any more.

    For what is decided from rows that may not exist yet, and so cannot be locked.
    On SQLite a transaction that writes is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({TURNS_LOCK})"))


def keep_writers_out(connection: Connection, tables: Iterable[Table]) -> None:
    """Lets nobody else write to ``tables`` until the transaction ends; they may read.

    On SQLite a transaction that writes is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what happens to rows which exist (``on_conflict_do_…``).

    Both databases speak it alike; SQLAlchemy keeps it apart by dialect.
    """
    return _INSERTS[connection.dialect.name](table)


def _make_engine(url: str, busy_timeout_seconds: float) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() not in _INSERTS:
            raise DatabaseUnavailableError(_NO_ADDRESS, hint=_EXAMPLE)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
        _make_folder(parsed.database)
        # No connection outlives its transaction: nothing stays open at exit, and
        # the file is whole by itself (its log folded in) whenever nobody writes.
        engine = create_engine(
            parsed, poolclass=NullPool, connect_args={"timeout": busy_timeout_seconds}
        )
    except ArgumentError as error:
        raise DatabaseUnavailableError(_NO_ADDRESS, hint=_EXAMPLE) from error
    except ImportError as error:
        raise DatabaseUnavailableError(
            f"the driver of this database is not installed ({error})",
            hint="install it beside Shortlist, e.g. `pip install 'psycopg[binary]'`",
        ) from error
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(database: str | None) -> None:
    if not database or database.startswith((":", "file:")):
        return
    folder = Path(database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailableError(
            f"the folder {folder} cannot be made: {error.strerror}"
        ) from error


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # We say BEGIN ourselves (_begin_sqlite): the driver would say it too late,
    # after what a transaction reads first.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # A commit waits until the disk has it: no power cut takes a decision back.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("shortlist_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    with wrap_errors(engine), engine.connect() as connection:
        connection.execution_options(shortlist_writes=True)
        on_sqlite = engine.dialect.name == "sqlite"
        if on_sqlite:
            # Neither can be changed inside a transaction. Without WAL (on some
            # network file systems) all works, only slower.
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)  # noqa: S101 what the pool holds
            driver.execute("PRAGMA journal_mode = WAL")
            driver.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            if not on_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
            # Another process may have done it while this one waited.
            if needs_migration(revision_of(connection)):
                migrate(connection)


def _unavailable(engine: Engine, error: BaseException) -> DatabaseError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of SQLite
    said = str(error).strip().partition("\n")[0]
    what, hint = _MEANINGS.get(code, ("refused ({said})", ""))
    kind = DamagedDatabaseError if code in _DAMAGED else DatabaseUnavailableError
    return kind(f"the database {engine.url.database} {what.format(said=said)}", hint=hint)
