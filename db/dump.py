"""The whole memory as a folder of sorted JSON Lines, and back.

Made for git: one line a record, in an order that does not change, so that a
day's changes are a small diff; the training sample stands in files by month, so that
a day rewrites the newest of them and leaves the others. What is loaded and dumped
again is the same to the byte. Knows no git.
"""

from __future__ import annotations

import json
import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import delete, insert, or_, select

from db import json_lines
from db.columns import storable
from db.engine import reading, writing
from db.errors import DatabaseError, DumpError
from db.json_lines import Check, read_line, write_line
from db.tables import (
    CANDIDATE_COLUMNS,
    CANDIDATES,
    DECISIONS,
    FETCHES,
    HARVESTS,
    JOB_RUNS,
    PAPERS,
    TOPIC_RENAMES,
    CandidateRow,
    DecisionRow,
    JobRunRow,
    PaperRow,
    TopicRenameRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine, RowMapping, Select

FORMAT = 3
"""Version of the files' shape; one that is higher is refused, a lower one is read."""

FORMAT_FILE = "format.json"

_Values = dict[str, Any]


class _File(NamedTuple):
    """One file of a dump: its lines in order, and what a line holds.

    Lines are sorted by ``order``, or stay in the order of the query without.
    A dump of a format before ``since`` does not have the file; one of a format
    before 3 does not have the keys of ``before_3``, which says what to read instead.
    """

    name: str
    query: Select[Any]
    checks: Mapping[str, Check]
    order: Callable[[RowMapping], Any] | None = None
    since: int = 1
    before_3: Mapping[str, Any] = MappingProxyType({})


_FILES = (
    _File(
        "candidates.jsonl",
        select(*CANDIDATE_COLUMNS).select_from(
            CANDIDATES.join(PAPERS, CANDIDATES.c.arxiv_id == PAPERS.c.arxiv_id)
        ),
        json_lines.CANDIDATE,
        lambda line: line["arxiv_id"],
        before_3=json_lines.CANDIDATE_BEFORE_3,
    ),
    _File(
        "decisions.jsonl", select(DECISIONS).order_by(DecisionRow.decision_id), json_lines.DECISION
    ),
    _File(
        "fetches.jsonl",
        select(FETCHES),
        json_lines.FETCH,
        lambda line: (line["day"], line["source"]),
        before_3=json_lines.FETCH_BEFORE_3,
    ),
    _File(
        "harvests.jsonl",
        select(HARVESTS),
        json_lines.HARVEST,
        lambda line: line["name"],
        since=3,
    ),
    _File("job_runs.jsonl", select(JOB_RUNS).order_by(JobRunRow.run_id), json_lines.JOB_RUN),
    _File(
        "seen.jsonl",
        # History is left out: it would be found to be history again.
        select(PAPERS.c.arxiv_id, PAPERS.c.announced, PAPERS.c.versions).where(
            PaperRow.triaged.is_(True),
            PaperRow.history.is_(False),
            PaperRow.arxiv_id.not_in(select(CandidateRow.arxiv_id)),
            or_(
                PaperRow.sampling_weight.is_(None),
                PaperRow.title.is_(None),
                PaperRow.announce_type.is_(None),
            ),
        ),
        json_lines.SEEN,
        lambda line: (line["announced"], line["arxiv_id"]),
        before_3=json_lines.SEEN_BEFORE_3,
    ),
    _File(
        "topic_renames.jsonl",
        select(TOPIC_RENAMES).order_by(TopicRenameRow.rename_id),
        json_lines.TOPIC_RENAME,
        since=2,
    ),
    _File(
        "waiting.jsonl",
        select(PAPERS).where(PaperRow.triaged.is_(False)),
        json_lines.PAPER,
        lambda line: line["arxiv_id"],
        before_3=json_lines.PAPER_BEFORE_3,
    ),
)

_SAMPLE = _File(
    "sample",
    select(PAPERS).where(
        PaperRow.triaged.is_(True),
        PaperRow.history.is_(False),
        PaperRow.arxiv_id.not_in(select(CandidateRow.arxiv_id)),
        PaperRow.sampling_weight.is_not(None),
        PaperRow.title.is_not(None),
        PaperRow.announce_type.is_not(None),
    ),
    json_lines.SAMPLED,
    lambda line: line["arxiv_id"],
    since=3,
)
"""Papers of the training sample that were not queued: a file for each month of announcement."""

_SAMPLE_NAME = re.compile(r"sample-(\d{4}-\d{2})\.jsonl")

_NOTHING_SAID = {"estimated": False, "withdrawn": False, "license": "", "history": False}
"""Columns of a paper of which little is remembered, and which are never NULL."""

_KEYS = {
    "candidates.jsonl": ("arxiv_id",),
    "fetches.jsonl": ("source", "day"),
    "harvests.jsonl": ("name",),
    "seen.jsonl": ("arxiv_id",),
    "waiting.jsonl": ("arxiv_id",),
}
"""What stands in a file once; a paper stands in one of these or in a file of the sample."""


def dump(engine: Engine, folder: Path) -> None:
    """Writes everything into ``folder``, which is made if it is missing.

    A paper that was triaged, not queued, and is no part of the training sample is kept
    as identifier and day only. Files of months that left the sample are removed.

    Raises:
        DatabaseUnavailableError: The database cannot be read.
        DumpError: The folder cannot be written.
    """
    with reading(engine) as connection:
        lines = {file.name: list(_lines(connection, file)) for file in _FILES}
        lines |= _sample_lines(connection)
    # Last, so that a dump which stopped half-way contradicts its own count.
    counts = {name: len(found) for name, found in lines.items()}
    lines[FORMAT_FILE] = [json.dumps({"format": FORMAT, "lines": counts}, indent=2)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if _SAMPLE_NAME.fullmatch(path.name) and path.name not in lines:
                path.unlink()
        for name, found in lines.items():
            _write(folder / name, "".join(f"{line}\n" for line in found))
    except OSError as error:
        raise DumpError(f"{folder} cannot be written: {error.strerror}") from error


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
    found = _read(folder)
    papers, candidates = _split(found)
    with writing(engine) as connection:
        if not replace and connection.execute(select(PAPERS.c.arxiv_id).limit(1)).first():
            raise DatabaseError(
                f"the database {engine.url.database} is not empty",
                hint="`shortlist state load --replace` forgets what it holds",
            )
        for table in (DECISIONS, CANDIDATES, PAPERS, FETCHES, HARVESTS, JOB_RUNS, TOPIC_RENAMES):
            connection.execute(delete(table))
        for table, rows in (
            (PAPERS, papers),
            (CANDIDATES, candidates),
            (DECISIONS, found["decisions.jsonl"]),
            (FETCHES, found["fetches.jsonl"]),
            (HARVESTS, found["harvests.jsonl"]),
            (JOB_RUNS, found["job_runs.jsonl"]),
            (TOPIC_RENAMES, found["topic_renames.jsonl"]),
        ):
            if rows:
                connection.execute(insert(table), rows)


def _lines(connection: Connection, file: _File) -> Iterator[str]:
    rows = connection.execute(file.query).mappings().all()
    for row in sorted(rows, key=file.order) if file.order else rows:
        yield write_line({key: row[key] for key in file.checks})


def _sample_lines(connection: Connection) -> dict[str, list[str]]:
    """The lines of each file of the sample, by its name, oldest month first."""
    rows = connection.execute(_SAMPLE.query).mappings().all()
    months: dict[str, list[str]] = {}
    for row in sorted(rows, key=lambda line: (line["announced"], line["arxiv_id"])):
        name = f"sample-{row['announced']:%Y-%m}.jsonl"
        months.setdefault(name, []).append(write_line({key: row[key] for key in _SAMPLE.checks}))
    return months


def _write(path: Path, text: str) -> None:
    # Beside and over: a reader, or a kill, finds the old file or the new one.
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(text.encode())
    beside.replace(path)


def _read(folder: Path) -> dict[str, list[_Values]]:
    """Every file of a dump, checked by itself and against the others."""
    version, counts = _read_format(folder / FORMAT_FILE)
    found: dict[str, list[_Values]] = {}
    for file in (*_FILES, *_sample_files(folder, version, counts)):
        path = folder / file.name
        if version < file.since:
            found[file.name] = []
            continue
        lacking = file.before_3 if version < 3 else {}  # noqa: PLR2004 the format it is named for
        found[file.name] = _read_lines(path, file.checks, lacking)
        if (count := len(found[file.name])) != counts.get(file.name):
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


def _sample_files(folder: Path, version: int, counts: Mapping[str, Any]) -> list[_File]:
    """The files of the sample that the dump says it has; one that it does not name is wrong."""
    if version < _SAMPLE.since:
        return []
    there = {path.name for path in folder.iterdir() if _SAMPLE_NAME.fullmatch(path.name)}
    for name in sorted(there - set(counts)):
        raise DumpError(
            f"{folder / name}: {FORMAT_FILE} does not name it",
            hint="it was left by a dump that was cut off; dump again",
        )
    return [_month_file(name) for name in sorted(counts) if _SAMPLE_NAME.fullmatch(name)]


def _month_file(name: str) -> _File:
    """The file of one month, which holds no paper of another."""
    month = name.removeprefix("sample-").removesuffix(".jsonl")
    wanted = f"a day of {month}, as the file is named"

    def check(value: Any) -> Any:
        found = json_lines.day(value)
        if f"{found:%Y-%m}" != month:
            raise json_lines.WrongValueError(wanted)
        return found

    return _SAMPLE._replace(name=name, checks={**_SAMPLE.checks, "announced": check})


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


def _read_lines(
    path: Path, checks: Mapping[str, Check], lacking: Mapping[str, Any]
) -> list[_Values]:
    # Only \n ends a line: titles may hold U+2028 and its like.
    *lines, rest = _read_text(path).split("\n")
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(read_line(line, checks, lacking=lacking))
        except ValueError as error:
            raise DumpError(f"{path}:{number}: {error}") from error
    if rest:
        raise DumpError(f"{path}:{len(lines) + 1}: is cut off")
    return found


def _check_unique(folder: Path, found: Mapping[str, list[_Values]]) -> None:
    met: dict[tuple[Any, ...], str] = {}
    samples = {name: ("arxiv_id",) for name in found if _SAMPLE_NAME.fullmatch(name)}
    for name, columns in {**_KEYS, **samples}.items():
        for number, values in enumerate(found[name], start=1):
            key = tuple(
                storable(values[column]) if column != "day" else values[column]
                for column in columns
            )
            here = f"{name}:{number}"
            if (first := met.setdefault(key, here)) != here:
                raise DumpError(
                    f"{folder / here}: {' '.join(map(str, key))} stands at {first} already"
                )


def _split(found: Mapping[str, list[_Values]]) -> tuple[list[_Values], list[_Values]]:
    """The rows of ``PAPERS`` and of ``CANDIDATES``."""
    unknown = {column.name: None for column in PAPERS.c} | _NOTHING_SAID
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
            *((name, True) for name in found if _SAMPLE_NAME.fullmatch(name)),
        )
        for values in found[name]
    ]
    own = [column.name for column in CANDIDATES.c]
    return papers, [{key: values[key] for key in own} for values in found["candidates.jsonl"]]
