"""Recorded days as files: what ``recorded`` reads, written.

The format is the contract "Recorded day" of the design. The same papers are
always the same bytes, in whatever order they come, so that a folder of recorded
days can be kept in git and compared.
"""

from __future__ import annotations

import gzip
import io
import json
import logging
from typing import TYPE_CHECKING

from db.records import AnnounceType
from pipeline.arxiv_id import id_order
from pipeline.errors import RecordedDayError
from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from db.records import Paper

_ORDER = (AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE)
_LEVEL = 9

_log = logging.getLogger(__name__)


def record_day(folder: Path, day: date, papers: Sequence[Paper]) -> bool:
    """Write ``YYYY-MM-DD.jsonl.gz``: new before cross before replace, then by identifier.

    Texts are written as :func:`~pipeline.sources.plain_text.plain_text` leaves
    them, replacements without abstract, and of two papers with one identifier
    the first in that order. A paper whose title is empty has no place in the
    format; it is left out, and logged.

    Args:
        folder: Made if it is not there.
        day: The announcement day of all ``papers``.
        papers: All that was announced. None write nothing: a day without a mailing
            has no file, and a recorded day is never emptied.

    Returns:
        Whether the folder holds something else than before.

    Raises:
        RecordedDayError: The file cannot be written, or would not be read because
            the day is there as a plain file.
        ValueError: A paper was announced on another day.
    """
    lines = list(_lines(papers, day))
    if not lines:
        return False
    body = _pack("".join(lines).encode())
    path = folder / f"{day.isoformat()}.jsonl.gz"
    plain = path.with_suffix("")
    try:
        if plain.exists():
            raise RecordedDayError(
                f"{plain} is there, and would be read instead of {path.name}",
                hint="move it away, or record into another folder",
            )
        if path.is_file() and path.read_bytes() == body:
            return False
        folder.mkdir(parents=True, exist_ok=True)
        # Beside and over: a reader, or a kill, finds the old day or the new one.
        beside = path.with_name(f".{path.name}.new")
        beside.write_bytes(body)
        beside.replace(path)
    except OSError as error:
        raise RecordedDayError(
            f"{path} cannot be written ({error.strerror or error})",
            hint="make the folder writable, or record into another",
        ) from error
    return True


def _lines(papers: Sequence[Paper], day: date) -> Iterator[str]:
    """A line for each identifier, in the order of the file."""
    rows: dict[tuple[int, tuple[int, int], str, str], str] = {}
    for paper in papers:
        if paper.announced != day:
            raise ValueError(f"{paper.arxiv_id} was announced on {paper.announced}, not on {day}")
        if not plain_text(paper.title):
            _log.warning("%s: %s is not recorded: its title is empty", day, paper.arxiv_id)
            continue
        line = _line(paper)
        rank = _ORDER.index(paper.announce_type)
        rows[rank, id_order(paper.arxiv_id), paper.arxiv_id, line] = line
    written: set[str] = set()
    for key in sorted(rows):
        if key[2] not in written:
            written.add(key[2])
            yield rows[key]


def _line(paper: Paper) -> str:
    is_replacement = paper.announce_type is AnnounceType.REPLACE
    row = {
        "arxiv_id": paper.arxiv_id,
        "title": plain_text(paper.title),
        "abstract": None if is_replacement else plain_text(paper.abstract or "") or None,
        "authors": _texts(paper.authors),
        "categories": _texts(paper.categories),
        "comment": plain_text(paper.comment or "") or None,
        "published": paper.published.isoformat() if paper.published else None,
        "announced": paper.announced.isoformat(),
        "announce_type": paper.announce_type.value,
    }
    return json.dumps(row, ensure_ascii=False) + "\n"


def _texts(texts: Sequence[str]) -> list[str]:
    return [text for one in texts if (text := plain_text(one))]


def _pack(body: bytes) -> bytes:
    """``body`` as gzip with nothing in its head that changes (time, name, system)."""
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", _LEVEL, packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
