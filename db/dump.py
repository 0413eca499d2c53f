"""The whole memory as a folder of sorted JSON Lines, and back.

Made for git: one line a record, in an order that does not change, so that a
day's changes are a small diff; the training sample stands in files by month, so that
a day rewrites the newest of them and leaves the others. What is loaded and dumped
again is the same to the byte. Knows no git.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from db import json_lines
from db.columns import storable
from db.dump_files import (
    BY_THEMSELVES,
    FILES,
    FOLDED,
    KEYS,
    NOTHING_SAID,
    SAMPLE,
    SAMPLE_NAME,
    DumpFile,
)
from db.engine import keep_writers_out, reading, writing
from db.errors import DatabaseError, DumpError
from db.json_lines import read_line, write_line
from db.tables import CANDIDATES, DECISIONS, PAPERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from db.dump_files import Values

FORMAT = 4
"""Version of the files' shape; one that is higher is refused, a lower one is read."""

FORMAT_FILE = "format.json"

_TABLES = (DECISIONS, CANDIDATES, PAPERS, *BY_THEMSELVES.values())
"""In an order in which they may be emptied."""


def dump(engine: Engine, folder: Path) -> None:
    """Writes everything into ``folder``, which is made if it is missing.

    A paper that was triaged, not queued, and is no part of the training sample is kept
    as identifier and day only. Files of months that left the sample are removed.

    Raises:
        DatabaseUnavailableError: The database cannot be read.
        DumpError: The folder cannot be written.
    """
    files = dump_files(engine)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if SAMPLE_NAME.fullmatch(path.name) and path.name not in files:
                path.unlink()
        for name, data in files.items():
            _write(folder / name, data)
    except OSError as error:
        raise DumpError(f"{folder} cannot be written: {error.strerror}") from error


def dump_files(engine: Engine) -> dict[str, bytes]:
    """What :func:`dump` writes, by name; ``format.json`` last.

    Raises:
        DatabaseUnavailableError: The database cannot be read.
    """
    with reading(engine) as connection:
        return _dumped(connection)


def load(engine: Engine, folder: Path, *, replace: bool = False) -> None:
    """Fills the database with a dump, all of it or nothing.

    Args:
        engine: A database without papers.
        folder: What :func:`dump` wrote.
        replace: Whether to forget first what the database holds.

    Raises:
        DatabaseError: The database holds papers, and ``replace`` is not set.
        DumpError: The dump is damaged, or of a newer format; the database is as it was.
    """
    load_rows(engine, read_dump(folder), replace=replace)


def load_rows(engine: Engine, found: Mapping[str, list[Values]], *, replace: bool = False) -> None:
    """:func:`load`, of what :func:`read_dump` gave."""
    with writing(engine) as connection:
        if not replace and connection.execute(select(PAPERS.c.arxiv_id).limit(1)).first():
            raise DatabaseError(
                f"the database {engine.url.database} is not empty",
                hint="`shortlist state load --replace` forgets what it holds",
            )
        _fill(connection, found)


def replace_dumped(
    engine: Engine, found: Mapping[str, list[Values]], *, expected: Mapping[str, bytes]
) -> bool:
    """Put ``found`` in the place of what the database holds, if that is still ``expected``.

    Args:
        engine: The database.
        found: As :func:`read_dump` gives it.
        expected: As :func:`dump_files` gave it.

    Returns:
        Whether it was; if not, somebody wrote meanwhile, and nothing was changed.
    """
    with writing(engine) as connection:
        keep_writers_out(connection, _TABLES)
        if _dumped(connection) != expected:
            return False
        _fill(connection, found)
    return True


def _fill(connection: Connection, found: Mapping[str, list[Values]]) -> None:
    papers, candidates = _split(found)
    for table in _TABLES:
        connection.execute(delete(table))
    for table, rows in (
        (PAPERS, papers),
        (CANDIDATES, candidates),
        (DECISIONS, found["decisions.jsonl"]),
        *((table, found[name]) for name, table in BY_THEMSELVES.items()),
    ):
        if rows:
            connection.execute(insert(table), rows)


def _dumped(connection: Connection) -> dict[str, bytes]:
    lines = {file.name: list(_lines(connection, file)) for file in FILES}
    lines |= _sample_lines(connection)
    # Last, so that a dump which stopped half-way contradicts its own count.
    counts = {name: len(found) for name, found in lines.items()}
    lines[FORMAT_FILE] = [json.dumps({"format": FORMAT, "lines": counts}, indent=2)]
    return {name: "".join(f"{line}\n" for line in found).encode() for name, found in lines.items()}


def _lines(connection: Connection, file: DumpFile) -> Iterator[str]:
    rows = connection.execute(file.query).mappings().all()
    ordered = sorted(rows, key=file.order) if file.order else rows
    for line in file.fold(ordered) if file.fold else ordered:
        yield write_line({key: line[key] for key in file.checks})


def _sample_lines(connection: Connection) -> dict[str, list[str]]:
    """The lines of each file of the sample, by its name, oldest month first."""
    rows = connection.execute(SAMPLE.query).mappings().all()
    months: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda line: (line["announced"], line["arxiv_id"])):
        name = f"sample-{row['announced']:%Y-%m}.jsonl"
        months.setdefault(name, []).append(write_line({key: row[key] for key in SAMPLE.checks}))
    return months


def _write(path: Path, data: bytes) -> None:
    # Beside and over: a reader, or a kill, finds the old file or the new one.
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(data)
    beside.replace(path)


def read_dump(folder: Path) -> dict[str, list[Values]]:
    """The rows of every file of a dump, checked by themselves and against the others.

    Raises:
        DumpError: It is damaged, or of a newer format.
    """
    version, counts = _read_format(folder / FORMAT_FILE)
    found: dict[str, list[Values]] = {}
    for file in (*FILES, *_sample_files(folder, version, counts)):
        path = folder / file.name
        if version < file.since:
            found[file.name] = []
            continue
        lacking = {
            key: value
            for brought, values in file.lacking.items()
            if version < brought
            for key, value in values.items()
        }
        lines = _read_lines(path, file, lacking)
        found[file.name] = [row for rows in lines for row in rows]
        if (count := len(lines)) != counts.get(file.name):
            raise DumpError(
                f"{path}: has {count} lines, {FORMAT_FILE} says {counts.get(file.name)}",
                hint="it was cut off or edited; correct the number if that was meant",
            )
    _check_unique(folder, found)
    queued = {values["arxiv_id"] for values in found["candidates.jsonl"]}
    for line, values in enumerate(found["decisions.jsonl"], start=1):
        if values["arxiv_id"] not in queued:
            raise DumpError(
                f"{folder / 'decisions.jsonl'}:{line}: {values['arxiv_id']} is no candidate"
            )
    return found


def _sample_files(folder: Path, version: int, counts: Mapping[str, Any]) -> list[DumpFile]:
    """The files of the sample that the dump says it has; one that it does not name is wrong."""
    if version < SAMPLE.since:
        return []
    there = {path.name for path in folder.iterdir() if SAMPLE_NAME.fullmatch(path.name)}
    for name in sorted(there - set(counts)):
        raise DumpError(
            f"{folder / name}: {FORMAT_FILE} does not name it",
            hint="it was left by a dump that was cut off; dump again",
        )
    return [_month_file(name) for name in sorted(counts) if SAMPLE_NAME.fullmatch(name)]


def _month_file(name: str) -> DumpFile:
    """The file of one month, which holds no paper of another."""
    month = name.removeprefix("sample-").removesuffix(".jsonl")
    wanted = f"a day of {month}, as the file is named"

    def check(value: Any) -> Any:
        found = json_lines.day(value)
        if f"{found:%Y-%m}" != month:
            raise json_lines.WrongValueError(wanted)
        return found

    return SAMPLE._replace(name=name, checks={**SAMPLE.checks, "announced": check})


def _read_format(path: Path) -> tuple[int, dict[str, Any]]:
    """Version of the files' shape, and how many lines each file has."""
    try:
        values = json.loads(_read_text(path))
        version, counts = values["format"], dict(values["lines"])
        newer = version > FORMAT
    except (ValueError, TypeError, KeyError) as error:
        raise DumpError(f"{path}: is not as Shortlist writes it") from error
    if newer:
        raise DumpError(
            f"{path}: is of format {version}, and this Shortlist knows none after {FORMAT}",
            hint="update Shortlist",
        )
    return version, counts


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError as error:
        raise DumpError(f"{path}: is missing") from error
    except OSError as error:
        raise DumpError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise DumpError(f"{path}:{line}: is no UTF-8") from error


def _read_lines(path: Path, file: DumpFile, lacking: Mapping[str, Any]) -> list[list[Values]]:
    """The rows of each line."""
    # Only \n ends a line: titles may hold U+2028 and its like.
    *lines, rest = _read_text(path).split("\n")
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(file.unfold(read_line(line, file.checks, lacking=lacking)))
        except ValueError as error:
            raise DumpError(f"{path}:{number}: {error}") from error
    if rest:
        raise DumpError(f"{path}:{len(lines) + 1}: is cut off")
    return found


def _check_unique(folder: Path, found: Mapping[str, list[Values]]) -> None:
    met: dict[tuple[Any, ...], str] = {}
    samples = {name: ("arxiv_id",) for name in found if SAMPLE_NAME.fullmatch(name)}
    for name, columns in {**KEYS, **samples}.items():
        # A paper stands in one of several files; everything else once in its own.
        space = name if name in BY_THEMSELVES else "papers"
        for number, values in enumerate(found[name], start=1):
            key = tuple(
                storable(values[column]) if column != "day" else values[column]
                for column in columns
            )
            here = f"{name}:{number}"
            if (first := met.setdefault((space, *key), here)) != here:
                place = folder / (name if name in FOLDED else here)
                again = "twice" if name in FOLDED else f"at {first} already"
                raise DumpError(f"{place}: {' '.join(map(str, key))} stands {again}")


def _split(found: Mapping[str, list[Values]]) -> tuple[list[Values], list[Values]]:
    """The rows of ``PAPERS`` and of ``CANDIDATES``."""
    unknown = {column.name: None for column in PAPERS.c} | NOTHING_SAID
    papers = [
        {
            **unknown,
            **{key: values[key] for key in json_lines.SAMPLED if key in values},
            "triaged": triaged,
        }
        for name, triaged in (
            ("candidates.jsonl", True),
            ("seen.jsonl", True),
            ("waiting.jsonl", False),
            *((name, True) for name in found if SAMPLE_NAME.fullmatch(name)),
        )
        for values in found[name]
    ]
    own = [column.name for column in CANDIDATES.c]
    return papers, [{key: values[key] for key in own} for values in found["candidates.jsonl"]]
