"""A text file as lines, and insertions that provably change nothing else.

No Markdown is re-rendered anywhere: an edit is a list of insertions between
existing lines, and :func:`insert` takes them out again to compare with the
original before it returns. Knows nothing of Markdown.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.errors import EditError, ListFormatError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Document:
    r"""A UTF-8 text file, lossless.

    Lines are split at ``\n`` only: ``str.splitlines`` would also split at
    U+2028, U+0085 and form feed, which occur inside lines. A carriage return
    and a byte order mark stay part of their line.

    Args:
        path: The file.
        data: Its bytes.

    Attributes:
        lines: The lines without ``\n``; an empty last one stands for nothing:
            a file that ends with ``\n`` has no line after it.
        newline: The line ending most lines have, ``"\n"`` or ``"\r\n"``.
        ends_with_newline: Whether the last line is terminated.

    Raises:
        ListFormatError: The bytes are not UTF-8.
    """

    path: Path
    data: bytes
    lines: tuple[str, ...] = field(init=False, repr=False, compare=False)
    newline: str = field(init=False, repr=False, compare=False)
    ends_with_newline: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        lines = _decode(self.path, self.data).split("\n")
        ends_with_newline = lines[-1] == ""
        if ends_with_newline:
            lines.pop()
        endings = self.data.count(b"\n")
        carriage_returns = self.data.count(b"\r\n")
        object.__setattr__(self, "lines", tuple(lines))
        object.__setattr__(self, "newline", "\r\n" if carriage_returns * 2 > endings else "\n")
        object.__setattr__(self, "ends_with_newline", ends_with_newline)


@dataclass(frozen=True, slots=True)
class Insertion:
    """Whole lines put between existing ones.

    Attributes:
        line: 0-based line before which they go; the number of lines for the end.
        lines: Without line endings; the file's own are added.
    """

    line: int
    lines: tuple[str, ...]


def insert(document: Document, insertions: Sequence[Insertion]) -> bytes:
    """The document's bytes with ``insertions`` in them, every other byte as it was.

    Insertions before the same line keep the order they are given in.

    Raises:
        EditError: An insertion is not one of whole lines inside the document,
            or taking the insertions out again did not give the original.
    """
    ordered = sorted(insertions, key=lambda insertion: insertion.line)
    starts = [0, *accumulate(len(line) + 1 for line in document.data.split(b"\n"))]
    splices = [
        (min(starts[insertion.line], len(document.data)), _chunk(document, insertion))
        for insertion in ordered
        if _fits(document, insertion)
    ]
    pieces, done = [], 0
    for offset, chunk in splices:
        pieces += [document.data[done:offset], chunk]
        done = offset
    after = b"".join([*pieces, document.data[done:]])
    if _take_out(after, splices) != document.data:
        raise EditError(f"{document.path}: the edit would have changed more than it adds")
    return after


def write_atomically(path: Path, data: bytes) -> None:
    """Replace the file at ``path`` by ``data``, or leave it exactly as it is.

    The bytes go to a new file in the same folder, reach the disk, and take the
    old file's name and mode in one step. A symbolic link stays one; what it
    points to is replaced.

    Raises:
        EditError: The system refused (disk full, folder read-only).
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            with temporary.open("xb") as file:
                if target.exists():
                    os.fchmod(file.fileno(), target.stat().st_mode & 0o7777)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise EditError(
            f"{path} cannot be written: {error.strerror or error}",
            hint="the file is as it was",
        ) from error


def _decode(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ListFormatError(
            path,
            line,
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            hint="save the file as UTF-8 in your editor",
        ) from error


def _fits(document: Document, insertion: Insertion) -> bool:
    if not 0 <= insertion.line <= len(document.lines):
        raise EditError(f"{document.path} has no line {insertion.line + 1} to insert before")
    for line in insertion.lines:
        if "\n" in line or "\r" in line:
            raise EditError(f"{document.path}: an inserted line holds a line break: {line!r}")
    return True


def _chunk(document: Document, insertion: Insertion) -> bytes:
    at_open_end = (
        insertion.line == len(document.lines) and document.lines and not document.ends_with_newline
    )
    ending = document.newline
    parts = (ending + line if at_open_end else line + ending for line in insertion.lines)
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError as error:
        raise EditError(
            f"{document.path}: an inserted line holds a character that has no UTF-8 form: "
            f"{error.object[error.start]!r}"
        ) from error


def _take_out(after: bytes, splices: Sequence[tuple[int, bytes]]) -> bytes:
    """``after`` without what was put in, found by its place in the result."""
    rest = bytearray(after)
    grown = sum(len(chunk) for _, chunk in splices)
    for offset, chunk in reversed(splices):
        grown -= len(chunk)
        start = offset + grown
        if rest[start : start + len(chunk)] != chunk:
            return b""
        del rest[start : start + len(chunk)]
    return bytes(rest)
