"""What a rule is and what it finds; knows no rule in particular."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from pathlib import Path

    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The files of one list, parsed, and what rules need to know beside them.

    Attributes:
        files: All of them: some rules compare entries across files.
        preview: The file that new entries go to, ``None`` if nothing rolls over.
        preview_days: Days that an entry stays in the preview.
        as_of: The day on which to judge age; ``None`` leaves age alone.
        in_all_files: Whether the list keeps every entry in each of its files.
    """

    files: tuple[ListFile, ...]
    preview: Path | None = None
    preview_days: int | None = None
    as_of: date | None = None
    in_all_files: bool = False

    def entries(self) -> Iterator[tuple[ListFile, Entry, range]]:
        """Every entry with its file and its 0-based lines, in order."""
        for file in self.files:
            for entry, span in zip(file.entries, file.spans, strict=True):
                yield file, entry, span


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where a list breaks a rule.

    Attributes:
        rule: The rule's name.
        path: The list file.
        line: 1-based.
        message: What is wrong, one line without its full stop.
        fix: What the line reads after the repair, without line ending; "" when
            that takes a person's judgement.
        entry: The entry it is about, if it is about one.
    """

    rule: str
    path: Path
    line: int
    message: str
    fix: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that a list should be, with one example each way.

    Attributes:
        name: In kebab-case.
        summary: What it finds, a sentence.
        default: Whether it is checked unless rules are named.
        fixable: Whether ``lists fix`` repairs it.
        touches: Fields of an entry that its repair may change; a slip that the
            reader overlooks changes none.
        bad: A whole small list file that breaks it, and no other rule that is on by default.
        good: The same list as it should be.
        check: Finds every place that breaks it.
    """

    name: str
    summary: str
    default: bool = True
    fixable: bool = False
    touches: tuple[str, ...] = ()
    bad: str
    good: str
    check: Callable[[Lists], Iterable[Finding]]
