"""Vectors of texts, kept by encoder and text so that none is computed twice.

A cache in a SQLite file of its own: whoever deletes it loses time and nothing
else. So nothing that happens to it is an error: what cannot be read is
computed again, what cannot be kept is forgotten, and the log says so.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import unicodedata
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CHUNK = 1_000
"""How many hashes one statement asks for; SQLite takes at most 32,766 values."""

BUSY_TIMEOUT_SECONDS = 5.0
"""How long to wait for another process that writes."""

_TABLES = """
CREATE TABLE IF NOT EXISTS encoders (
    encoder_id INTEGER PRIMARY KEY,
    identity TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS vectors (
    encoder_id INTEGER NOT NULL REFERENCES encoders,
    hash BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (encoder_id, hash)
) WITHOUT ROWID;
"""

_log = logging.getLogger(__name__)


def text_hash(text: str) -> str:
    """SHA-256 of ``text``, in hex; the same however its white space and accents are written."""
    normal = " ".join(unicodedata.normalize("NFC", text).split())
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()


class VectorCache:
    """Vectors by encoder and text hash.

    Args:
        path: The file; made when the first vector is kept. One that is no
            database is moved aside to ``<name>.damaged``.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, encoder: str, texts_hashes: Sequence[str]) -> dict[str, NDArray[np.float16]]:
        """The vectors that are known, by hash, each of shape (dimension,) and read-only.

        Args:
            encoder: Identity of the encoder; vectors of different ones never mix.
            texts_hashes: As :func:`text_hash` makes them.
        """
        found: dict[str, NDArray[np.float16]] = {}

        def read(connection: sqlite3.Connection) -> None:
            encoder_id = _encoder_id(connection, encoder)
            for chunk in _chunks(texts_hashes):
                marks = ",".join("?" * len(chunk))
                rows = connection.execute(
                    f"SELECT hash, vector FROM vectors WHERE encoder_id = ? AND hash IN ({marks})",  # noqa: S608 only question marks
                    (encoder_id, *map(bytes.fromhex, chunk)),
                )
                found.update((key.hex(), np.frombuffer(blob, "<f2")) for key, blob in rows)

        if self._path.exists():
            self._try(read, "read")
        return found

    def put(self, encoder: str, vectors: Mapping[str, NDArray[np.floating]]) -> None:
        """Keeps vectors, each of shape (dimension,), rounded to float16.

        Args:
            encoder: Identity of the encoder.
            vectors: By hash, as :func:`text_hash` makes it.
        """
        # In the order of the table: SQLite then writes each page of it once.
        rows = [
            (bytes.fromhex(key), np.asarray(vectors[key], dtype="<f2").tobytes())
            for key in sorted(vectors)
        ]

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT OR IGNORE INTO encoders (identity) VALUES (?)", (encoder,))
            encoder_id = _encoder_id(connection, encoder)
            connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                ((encoder_id, *row) for row in rows),
            )
            connection.execute("COMMIT")

        if rows:
            self._try(write, "kept")

    def shrink(self, encoder: str, *, most_bytes: int) -> int:
        """Drops what other encoders made, then half of the rest until it is small enough.

        Which half is chance; what is missed is computed again.

        Args:
            encoder: Identity of the encoder whose vectors stay.
            most_bytes: Of the file.

        Returns:
            Bytes of the file afterwards, 0 if there is none.
        """

        def drop(connection: sqlite3.Connection) -> None:
            encoder_id = _encoder_id(connection, encoder)
            connection.execute("DELETE FROM vectors WHERE encoder_id IS NOT ?", (encoder_id,))
            connection.execute("VACUUM")

        def halve(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM vectors WHERE random() > 0")
            connection.execute("VACUUM")

        if not self._path.exists():
            return 0
        self._try(drop, "dropped")
        while (size := self._path.stat().st_size) > most_bytes:
            self._try(halve, "dropped")
            if self._path.stat().st_size >= size:
                break
        return self._path.stat().st_size

    def _try(
        self, work: Callable[[sqlite3.Connection], None], purpose: str, *, anew: bool = False
    ) -> None:
        """Does ``work`` on the file, on a new one if it is damaged, or logs why not."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(
                sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
            ) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.executescript(_TABLES)
                work(connection)
        except (sqlite3.Error, OSError) as error:
            if not _is_damage(error) or anew:
                _log.warning("vectors could not be %s in %s: %s", purpose, self._path, error)
            elif self._move_aside(error):
                self._try(work, purpose, anew=True)

    def _move_aside(self, error: Exception) -> bool:
        aside = self._path.with_name(f"{self._path.name}.damaged")
        _log.warning("%s is damaged (%s): moved to %s, begun anew", self._path, error, aside.name)
        try:
            self._path.replace(aside)
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        except OSError as refused:
            _log.warning("%s could not be moved: %s", self._path, refused)
            return False
        return True


def _encoder_id(connection: sqlite3.Connection, identity: str) -> int | None:
    row = connection.execute(
        "SELECT encoder_id FROM encoders WHERE identity = ?", (identity,)
    ).fetchone()
    return None if row is None else int(row[0])


def _is_damage(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code of SQLite
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _chunks(hashes: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(hashes)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
