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


@dataclass(frozen=True, slots=True)
class Splice:
    """Whole lines taken out, and others put in their place.

    Attributes:
        start: 0-based first line that is taken out, or before which lines go.
        stop: The line after the last that is taken out; ``start`` if none is.
        lines: What is put in, without line endings: a line that takes another's
            place takes its ending too, more have the file's own.
    """

    start: int
    stop: int
    lines: tuple[str, ...] = ()


def insert(document: Document, insertions: Sequence[Insertion]) -> bytes:
    """The document's bytes with ``insertions`` in them, every other byte as it was.

    Insertions before the same line keep the order they are given in.

    Raises:
        EditError: An insertion is not one of whole lines inside the document,
            or taking the insertions out again did not give the original.
    """
    return splice(document, [Splice(each.line, each.line, each.lines) for each in insertions])


def splice(document: Document, splices: Sequence[Splice]) -> bytes:
    """The document's bytes with ``splices`` made, every other byte as it was.

    What is put in before the same line keeps the order it is given in.

    Raises:
        EditError: A splice is not one of whole lines inside the document, two of
            them overlap, or undoing them did not give the original.
    """
    ordered = sorted(splices, key=lambda each: (each.start, each.stop > each.start))
    _check(document, ordered)
    data = document.data
    starts = [0, *accumulate(len(line) + 1 for line in data.split(b"\n"))]
    changes = [
        _Change(
            min(starts[each.start], len(data)),
            min(starts[each.stop], len(data)),
            _chunk(document, each),
        )
        for each in ordered
    ]
    pieces, done = [], 0
    for change in changes:
        pieces += [data[done : change.start], change.data]
        done = change.stop
    after = b"".join([*pieces, data[done:]])
    if _undone(after, changes, data) != data:
        raise EditError(f"{document.path}: the edit would have changed more than it says")
    return after


def line_after(line: int, splices: Sequence[Splice]) -> int:
    """Where a line that ``splices`` leave alone stands once they are made, both 0-based."""
    return line + sum(
        len(each.lines) - (each.stop - each.start) for each in splices if each.start <= line
    )


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


@dataclass(frozen=True, slots=True)
class _Change:
    """A splice as bytes: those from ``start`` to ``stop`` become ``data``."""

    start: int
    stop: int
    data: bytes


def _check(document: Document, ordered: Sequence[Splice]) -> None:
    done = 0
    for each in ordered:
        if not 0 <= each.start <= len(document.lines):
            raise EditError(f"{document.path} has no line {each.start + 1} to insert before")
        if not max(done, each.start) <= each.stop <= len(document.lines) or each.start < done:
            raise EditError(
                f"{document.path}: lines {each.start + 1} to {each.stop} cannot be taken out"
            )
        done = each.stop
        for line in each.lines:
            if "\n" in line or "\r" in line:
                raise EditError(f"{document.path}: an inserted line holds a line break: {line!r}")


def _chunk(document: Document, change: Splice) -> bytes:
    open_end = change.stop == len(document.lines) and not document.ends_with_newline
    newline = document.newline
    if change.start == change.stop:
        ending = newline
        behind = open_end and document.lines
        parts = [ending + line if behind else line + ending for line in change.lines]
    else:
        old = document.lines[change.start : change.stop]
        endings = ["\r\n" if line.endswith("\r") else "\n" for line in old]
        endings = (endings + [newline] * len(change.lines))[: len(change.lines)]
        if open_end and endings:
            endings[-1] = ""
        parts = [line + ending for line, ending in zip(change.lines, endings, strict=True)]
    try:
        return "".join(parts).encode()
    except UnicodeEncodeError as error:
        raise EditError(
            f"{document.path}: an inserted line holds a character that has no UTF-8 form: "
            f"{error.object[error.start]!r}"
        ) from error


def _undone(after: bytes, changes: Sequence[_Change], before: bytes) -> bytes:
    """``after`` with each change found by its place in it and taken back."""
    pieces, done, shift = [], 0, 0
    for change in changes:
        start = change.start + shift
        stop = start + len(change.data)
        if after[start:stop] != change.data:
            return b""
        pieces += [after[done:start], before[change.start : change.stop]]
        done = stop
        shift += len(change.data) - (change.stop - change.start)
    return b"".join([*pieces, after[done:]])
