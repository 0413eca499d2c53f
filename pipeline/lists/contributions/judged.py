"""What is said of a contribution, as values; judges nothing and words nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.lists.rules import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.lists.contributions.belonging import Belonging
    from pipeline.lists.contributions.corrected import Corrected
    from pipeline.lists.entry import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One entry that the branch adds or changes.

    Attributes:
        path: The list file.
        line: 1-based line of its title.
        entry: As it was read; ``None`` if it cannot be.
        lines: As they stand in the file, without line endings.
        status: ``added``, ``changed``, or ``unread`` for what is no entry of any topic.
        findings: What to put right.
        corrected: The entry in the list's form, ``None`` if nobody can tell.
        belongs: Where it belongs, ``None`` if the file does not say.
        compared: Whether arXiv's word on it was at hand.
    """

    path: Path
    line: int
    entry: Entry | None
    lines: tuple[str, ...]
    status: str
    findings: tuple[Finding, ...]
    corrected: Corrected | None
    belongs: Belonging | None
    compared: bool

    @property
    def title(self) -> str:
        """What to call it."""
        return self.entry.title if self.entry else self.lines[0].strip(" \t-*+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """What a branch does to the list.

    Attributes:
        judged: The entries it adds or changes, by file and line.
        removed: The entries it removes, with their file.
        moved: How many entries it moves with not a word changed.
        topics: Topics it adds, with their file.
        others: What else it brings about: headings, the table of contents, files.
        problems: What could not be looked at, one line each.
    """

    judged: tuple[Judged, ...]
    removed: tuple[tuple[Path, Entry], ...]
    moved: int
    topics: tuple[tuple[Path, str], ...]
    others: tuple[Finding, ...]
    problems: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them, by file and line."""
        removals = (
            Finding(
                rule="removed-entry",
                path=path,
                line=1,
                message=f"removes an entry that was in the list: {entry.title}",
                entry=entry,
            )
            for path, entry in self.removed
        )
        found = [*self.others, *removals, *(f for judged in self.judged for f in judged.findings)]
        return tuple(sorted(found, key=lambda f: (str(f.path), f.line, f.rule, f.message)))
