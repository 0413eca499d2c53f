"""Rows about papers in JSON Lines files: recorded days and papers files.

The format is a contract with other tools ("Recorded day" and "Papers file" in
the design). Keys it does not name are ignored. A line that is not as the format
says is set aside with its place, and the others count.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from db.records import AnnounceType, Paper
from pipeline.arxiv_id import parse_arxiv_id
from pipeline.errors import RecordedDayError
from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CHUNK_BYTES = 1 << 16
_MAX_BYTES = 1 << 28
"""A day is a few megabytes; a file that unpacks to more than this is no day."""
_SHOWN_CHARACTERS = 60

_Row = dict[str, object]
_Built = TypeVar("_Built")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known of a paper apart from its announcement: a row of a papers file.

    Attributes:
        arxiv_id: Identifier without version.
        title: White space collapsed, TeX as arXiv gave it.
        abstract: ``None`` if the row has none.
        authors: In arXiv's order.
        categories: Primary first; may be empty.
        comment: The authors' comment, or ``None`` if there is none.
        published: Day of the first submission, or ``None`` if not known.
    """

    arxiv_id: str
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    comment: str | None
    published: date | None


def read_papers(path: Path) -> tuple[tuple[Metadata, ...], tuple[str, ...]]:
    """The rows of a papers file (plain or gzip), and one line for each set aside.

    Raises:
        RecordedDayError: ``path`` is not there or cannot be read.
    """
    return _read_rows(path, _metadata)


def read_announcements(
    path: Path, day: date, *, holding: str = ""
) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """The rows of a recorded day, and one line for each set aside.

    Args:
        path: The file, plain or gzip.
        day: The day it is of.
        holding: Leave out the lines that do not hold this text, unread.

    Raises:
        RecordedDayError: ``path`` is not there or cannot be read.
    """
    return _read_rows(path, lambda row: _paper(row, day), holding=holding.encode())


def _read_rows(
    path: Path, build: Callable[[_Row], _Built], *, holding: bytes = b""
) -> tuple[tuple[_Built, ...], tuple[str, ...]]:
    body, damage = _read_bytes(path)
    lines = body.split(b"\n")
    if damage:
        lines.pop()  # cut in two by the damage, which is reported instead
    rows: list[_Built] = []
    set_aside: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or holding not in line:
            continue
        try:
            rows.append(build(_parse(line)))
        except _BrokenLineError as error:
            set_aside.append(f"{path}:{number}: {error}")
    if damage:
        set_aside.append(f"{path}:{len(lines) + 1}: {damage}; what follows is lost")
    return tuple(rows), tuple(set_aside)


def _read_bytes(path: Path) -> tuple[bytes, str]:
    """What the file holds, unpacked, and what is wrong with it ("" if nothing).

    Of a damaged gzip file, what comes before the damage is still good.
    """
    body = bytearray()
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            # read1 hands over what was unpacked before it meets the damage.
            while chunk := file.read1(_CHUNK_BYTES):
                body += chunk
                if len(body) > _MAX_BYTES:
                    return bytes(body), f"the file holds over {_MAX_BYTES:,} bytes"
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        return bytes(body), f"the gzip file is damaged ({error})"
    except OSError as error:
        raise RecordedDayError(f"{path} cannot be read ({error.strerror or error})") from error
    return bytes(body), ""


class _BrokenLineError(ValueError):
    """A line is not as the format says; the message says what was found."""


def _parse(line: bytes) -> _Row:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _BrokenLineError("the line is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _BrokenLineError(f"the line is not JSON ({error})") from error
    if not isinstance(row, dict):
        raise _BrokenLineError(f"expected an object, found {_shown(row)}")
    return row


def _paper(row: _Row, day: date) -> Paper:
    known = _metadata(row)
    if _date(row, "announced") != day:
        raise _BrokenLineError(f"announced is {_shown(row.get('announced'))}, the file is of {day}")
    try:
        announce_type = AnnounceType(_text(row, "announce_type"))
    except ValueError as error:
        raise _BrokenLineError(
            f"announce_type is {_shown(row.get('announce_type'))}, not new, cross or replace"
        ) from error
    return Paper(
        arxiv_id=known.arxiv_id,
        title=known.title,
        abstract=known.abstract,
        authors=known.authors,
        categories=known.categories,
        comment=known.comment,
        published=known.published,
        announced=day,
        announce_type=announce_type,
    )


def _metadata(row: _Row) -> Metadata:
    arxiv_id = parse_arxiv_id(_text(row, "arxiv_id"))
    if arxiv_id is None:
        raise _BrokenLineError(f"arxiv_id is {_shown(row['arxiv_id'])}, which is no identifier")
    return Metadata(
        arxiv_id=arxiv_id,
        title=_text(row, "title"),
        abstract=_optional_text(row, "abstract"),
        authors=_texts(row, "authors"),
        categories=_texts(row, "categories"),
        comment=_optional_text(row, "comment"),
        published=_date(row, "published"),
    )


def _text(row: _Row, key: str) -> str:
    text = _optional_text(row, key)
    if text is None:
        raise _BrokenLineError(f"{key} is {'empty' if row.get(key) else 'missing'}")
    return text


def _optional_text(row: _Row, key: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _BrokenLineError(f"{key} is {_shown(value)}, not a text")
    return plain_text(value) or None


def _texts(row: _Row, key: str) -> tuple[str, ...]:
    values = row.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _BrokenLineError(f"{key} is {_shown(values)}, not a list of texts")
    return tuple(text for value in values if (text := plain_text(value)))


def _date(row: _Row, key: str) -> date | None:
    value = row.get(key)
    if value is None:
        return None
    day = iso_date(value) if isinstance(value, str) else None
    if day is None:
        raise _BrokenLineError(f"{key} is {_shown(value)}, not a date like 2022-06-01")
    return day


def iso_date(text: str) -> date | None:
    """The date that ``text`` writes as ``2022-06-01``, or ``None`` if it is none."""
    if not _ISO_DATE.fullmatch(text):
        return None  # fromisoformat would take weeks and dates without dashes
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=True)
    if len(shown) <= _SHOWN_CHARACTERS:
        return shown
    return shown[:_SHOWN_CHARACTERS] + "…"
