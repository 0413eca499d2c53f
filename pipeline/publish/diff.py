"""Edits of list files as text for a person, without writing anything."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.ports import FileEdit

# Titles are untrusted: a terminal must not obey escape codes in one, nor text
# run backwards. A carriage return is kept at the end of a line only.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]|\r(?!\n)"
)
_NO_NEWLINE = "\\ No newline at end of file\n"


class DiffPublisher:
    """Commits nothing and keeps the diffs (implements :class:`pipeline.ports.Publisher`).

    Args:
        root: Folder that paths are shown relative to.

    Attributes:
        diff: What was published so far, as one diff.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self.diff = ""

    def publish(self, edits: Sequence[FileEdit], *, message: str) -> str:  # noqa: ARG002 - the port's
        """Keep the diffs of ``edits``; the identifier is ""."""
        self.diff += "".join(unified_diff(edit, root=self._root) for edit in edits)
        return ""

    def recover(self) -> tuple[str, ...]:
        """Nothing is written, so nothing is left half done."""
        return ()

    def push_pending(self) -> str | None:
        """Nothing is committed, so nothing waits to be pushed."""
        return None


def unified_diff(edit: FileEdit, *, root: Path | None = None) -> str:
    """What ``edit`` changes, as ``git diff`` would show it; "" if nothing.

    Args:
        edit: One list file before and after.
        root: Folder that its path is shown relative to; as it is if ``None``
            or if it does not lie in there.

    Returns:
        Text that is safe to print: bytes that are no UTF-8 and characters that
        a terminal would obey are shown as escapes.
    """
    if edit.before == edit.after:
        return ""
    path = edit.path
    if root is not None and path.resolve().is_relative_to(root.resolve()):
        path = path.resolve().relative_to(root.resolve())
    name = _safe(path.as_posix()).replace("\n", "\\n")
    lines = difflib.unified_diff(
        _lines(edit.before), _lines(edit.after), fromfile=f"a/{name}", tofile=f"b/{name}"
    )
    return "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)


def _lines(data: bytes) -> list[str]:
    # Not str.splitlines, which also splits inside lines (U+2028, form feed).
    return [
        _safe(line)
        for line in re.findall(r"[^\n]*\n|[^\n]+", data.decode("utf-8", "backslashreplace"))
    ]


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
