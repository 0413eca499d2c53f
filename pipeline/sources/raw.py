"""What the network answered, byte by byte, kept for a week: evidence for people.

Written before anybody parses it, so that what a run made of an answer can be
looked up afterwards. One gzip file an answer, under a folder for each UTC day:
a line of JSON (what was asked, and what came), then the body. Bounded in age
and in size, and never in the way of a fetch: what cannot be kept is said once.
Knows no format, and nobody in the program reads what it keeps.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import re
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from pipeline.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

KEEP = timedelta(days=7)
"""How long an answer is kept. A week, because a hole is filled within days or never."""

MAX_BYTES = 256 * 1024 * 1024
"""Most bytes on disk of all answers together; a day of all sources is about 5 MB packed."""

_HEADERS = (
    "age",
    "cache-control",
    "content-encoding",
    "content-length",
    "content-type",
    "date",
    "etag",
    "last-modified",
    "location",
    "retry-after",
    "server",
    "surrogate-control",
    "via",
    "x-cache",
)
"""What tells a cache's answer from arXiv's own, and a refusal from another."""
_HEADER_CHARACTERS = 500
_HEAD_BYTES = 1 << 20
_BLOCK_BYTES = 4096
_FAST = 1
_FULL = 7 / 8
"""Of the bound: what is left after making room, so that it is not made for each answer."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NAME = re.compile(r"\.?(\d{6})\.\d{6}-[a-z0-9]+-\d+-\d+\.gz(?:\.new)?", re.ASCII)
"""Time, microseconds, source, process, number; ``.….new`` while it is written."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A file that lies in the folder, the second (UTC) it was named, and the bytes it takes."""

    path: Path
    at: datetime
    taken: int


class RawAnswers:
    """A folder of answers as they came.

    Several processes may keep into one folder. Only files named as here are ever
    removed. Of what is over the bound the oldest goes first, so that answers of
    this run, which nobody may have parsed yet, go last.

    Args:
        folder: Made when the first answer is kept.
        keep: How long.
        max_bytes: Most bytes on disk; over it only while one answer is written.
    """

    def __init__(self, folder: Path, *, keep: timedelta = KEEP, max_bytes: int = MAX_BYTES) -> None:
        self._folder = folder
        self._keep_for = keep
        self._max_bytes = max_bytes
        self._numbers = count(1)
        self._total_bytes: int | None = None
        self._has_warned = False

    def keep(
        self,
        body: bytes,
        *,
        url: str,
        status: int,
        headers: Mapping[str, str],
        source: str,
        at: datetime,
    ) -> None:
        """Keep one answer, and remove what is too old or too much.

        Never raises for what happens to the folder: the first problem is logged.

        Args:
            body: All of it, unpacked.
            url: What was asked, with its query.
            status: Of the answer.
            headers: Names in lower case; a few of them are kept.
            source: Who asked.
            at: When it had come (aware).
        """
        at = at.astimezone(UTC)
        head = {
            "url": url,
            "status": status,
            "at": at.isoformat(),
            "source": source,
            "headers": {
                name: headers[name][:_HEADER_CHARACTERS] for name in _HEADERS if name in headers
            },
        }
        try:
            if self._total_bytes is None:
                # Before the first answer: where nothing can be removed, nothing is added.
                self._folder.mkdir(parents=True, exist_ok=True)
                self._total_bytes = self._make_room(at)
            self._total_bytes += self._write(head, body, source=source, at=at)
            if self._total_bytes > self._max_bytes:
                self._total_bytes = self._make_room(at)
        except OSError as error:
            if not self._has_warned:
                self._has_warned = True
                _log.warning(
                    "%s: answers of arXiv are not kept there (%s); nothing else depends on it",
                    self._folder,
                    error.strerror or error,
                )

    def shrink(self, now: datetime) -> int:
        """Remove what is too old or too much, and say how many bytes are left."""
        try:
            return self._make_room(now.astimezone(UTC))
        except FileNotFoundError:
            return 0

    def _write(self, head: dict[str, object], body: bytes, *, source: str, at: datetime) -> int:
        """Write one file, beside and over, and say how many bytes it takes."""
        folder = self._folder / f"{at:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        who = "".join(c for c in source.lower() if c.isascii() and c.isalnum()) or "x"
        name = f"{at:%H%M%S.%f}-{who}-{os.getpid()}-{next(self._numbers)}.gz"
        path, beside = folder / name, folder / f".{name}.new"
        try:
            with (
                beside.open("wb") as file,
                gzip.GzipFile("", "wb", _FAST, file, int(at.timestamp())) as packed,
            ):
                packed.write(json.dumps(head).encode("ascii") + b"\n")
                packed.write(body)
            taken = _taken(beside.stat().st_size)
            beside.replace(path)
        except OSError:
            with suppress(OSError):  # of a full disk nothing more should be taken
                beside.unlink(missing_ok=True)
            raise
        return taken

    def _make_room(self, now: datetime) -> int:
        """Remove what is too old or too much, and say how many bytes are left."""
        kept = sorted(self._files(), key=lambda file: (file.at, file.path.name))
        total = sum(file.taken for file in kept)
        allowed = total if total <= self._max_bytes else int(self._max_bytes * _FULL)
        for file in kept:
            if total <= allowed and now - file.at <= self._keep_for:
                break
            # One that cannot go (another user's) still counts, so that more of the others do.
            with suppress(OSError):
                file.path.unlink(missing_ok=True)
                total -= file.taken
        for folder in {file.path.parent for file in kept}:
            with suppress(OSError):  # those that still hold something stay
                folder.rmdir()
        return total

    def _files(self) -> Iterator[_Kept]:
        """What was kept here, by this run and others; nothing else, and through no link."""
        with os.scandir(self._folder) as days:
            folders = [
                self._folder / day.name
                for day in days
                if _DAY.fullmatch(day.name) and day.is_dir(follow_symlinks=False)
            ]
        for folder in folders:
            try:
                with os.scandir(folder) as found_there:
                    entries = list(found_there)
            except OSError:
                continue  # gone meanwhile, or another user's
            for entry in entries:
                found = _NAME.fullmatch(entry.name)
                if found is None or not entry.is_file(follow_symlinks=False):
                    continue
                # A date or a name that is none, or a file that has gone meanwhile.
                with suppress(ValueError, FileNotFoundError):
                    at = datetime.fromisoformat(f"{folder.name}T{found[1]}Z")
                    taken = _taken(entry.stat(follow_symlinks=False).st_size)
                    yield _Kept(path=folder / entry.name, at=at, taken=taken)


def _taken(size: int) -> int:
    """Bytes on disk of a file: whole blocks, so that many small ones are bounded as well."""
    return -(-size // _BLOCK_BYTES) * _BLOCK_BYTES


def read_answer(path: Path) -> tuple[dict[str, object], bytes]:
    """A kept answer: its head (``url status at source headers``) and its body.

    Raises:
        SourceError: ``path`` is not there, or no kept answer.
    """
    try:
        with gzip.open(path) as file:
            head = json.loads(file.readline(_HEAD_BYTES))
            body = file.read()
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        raise SourceError("raw", f"{path} cannot be read as a kept answer ({error})") from error
    if not isinstance(head, dict):
        raise SourceError("raw", f"{path} cannot be read as a kept answer (it has no head)")
    return head, body
