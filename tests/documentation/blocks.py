"""The commands of a page: what stands in its blocks marked ``console``, ``sh`` or ``bash``.

In ``console`` a command begins with ``$ ``, and what follows is what it prints;
in ``sh`` and ``bash`` every line is one. A backslash at the end continues it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(page for page in sorted(ROOT.glob("*.md")) if page.name != "CHANGELOG.md"),
    *sorted((ROOT / "docs").rglob("*.md")),
]
_BLOCK = re.compile(r"^(`{3,})(console|sh|bash)[^\n]*\n(.*?)^\1\s*$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of commands.

    Attributes:
        page: Where it stands.
        line: Its first line, as an editor counts.
        commands: What a person would type, in order.
    """

    page: Path
    line: int
    commands: tuple[str, ...]

    @property
    def name(self) -> str:
        """For the name of a test."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """All blocks of commands of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            page=page,
            line=text.count("\n", 0, found.start()) + 1,
            commands=commands_of(found[3], prompted=found[2] == "console"),
        )
        for found in _BLOCK.finditer(text)
    ]


def commands_of(text: str, *, prompted: bool) -> tuple[str, ...]:
    """The commands of a block, each on one line, without what stands behind ``#``."""
    joined = re.sub(r"\s*\\\n(?:> )?\s*", " ", text)
    lines = [line.strip() for line in joined.splitlines()]
    if prompted:
        lines = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    commands = (re.sub(r"(?:^|\s+)#(?:\s.*)?$", "", line) for line in lines)
    return tuple(command for command in commands if command)
