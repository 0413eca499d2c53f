"""People who edit the list by hand, in a clone of their own, and push at once."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.pipeline.git.checkouts import git

HEADINGS = {"Fairness": "Fairness and Bias", "Fairness and Bias": "Fairness"}
"""What a topic is renamed to by hand, and back."""

_ENTRY = re.compile(r"^- .*\n(?:  .*\n)+\n?", re.MULTILINE)
_ID = re.compile(r"/abs/([^)\s]+)\)")


@dataclass(kw_only=True)
class Hands:
    """A maintainer with a clone.

    Attributes:
        clone: Of the list's origin.
        rng: Draws what is done.
        wishes: Papers that they may write into the list themselves.
        added: What they wrote into it.
        removed: What they took out of it.
        edits: What was done, by kind.
    """

    clone: Path
    rng: random.Random
    wishes: list[str] = field(default_factory=list)
    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    edits: dict[str, int] = field(default_factory=dict)

    def edit(self) -> None:
        """One edit of what the origin holds now, pushed."""
        git(self.clone, "pull", "--quiet", "--ff-only")
        path = self.clone / "README.md"
        kinds = (self._add, self._remove, self._swap, self._rename, self._retouch)
        kind = self.rng.choice(kinds)
        before = path.read_text(encoding="utf-8")
        after = kind(before)
        if after == before:
            return
        name = kind.__name__.removeprefix("_")
        self.edits[name] = self.edits.get(name, 0) + 1
        self._push(after, f"By hand: {name}")

    def name_again(self, topic: str) -> None:
        """Give a topic its old name back, if it has another."""
        git(self.clone, "pull", "--quiet", "--ff-only")
        text = (self.clone / "README.md").read_text(encoding="utf-8")
        self._push(text.replace(f"## {HEADINGS[topic]}\n", f"## {topic}\n"), "The old name")

    def _push(self, text: str, message: str) -> None:
        path = self.clone / "README.md"
        if path.read_text(encoding="utf-8") == text:
            return
        path.write_text(text, encoding="utf-8")
        git(self.clone, "commit", "--quiet", "-m", message, "README.md")
        git(self.clone, "push", "--quiet", "origin", "HEAD:main")

    def _add(self, text: str) -> str:
        wanted = [arxiv_id for arxiv_id in self.wishes if f"/abs/{arxiv_id})" not in text]
        if not wanted:
            return text
        arxiv_id = self.rng.choice(wanted)
        self.added.add(arxiv_id)
        self.removed.discard(arxiv_id)
        entry = (
            f"- A Paper That I Met. [[paper]](https://arxiv.org/abs/{arxiv_id})\n"
            "  - Ann Author.\n  - Key Word: Auditing.\n"
            "  - <details><summary>Digest</summary> I met it.</details>\n\n"
        )
        return text.replace("## Privacy\n\n", f"## Privacy\n\n{entry}", 1)

    def _remove(self, text: str) -> str:
        entries = list(_ENTRY.finditer(text))
        if len(entries) < 6:
            return text
        gone = self.rng.choice(entries)
        self.removed.update(_ID.findall(gone[0]))
        return text[: gone.start()] + text[gone.end() :]

    def _swap(self, text: str) -> str:
        entries = list(_ENTRY.finditer(text))
        pairs = [(a, b) for a, b in pairwise(entries) if a.end() == b.start()]
        if not pairs:
            return text
        first, second = self.rng.choice(pairs)
        return text[: first.start()] + second[0] + first[0] + text[second.end() :]

    def _rename(self, text: str) -> str:
        old, new = self.rng.choice(list(HEADINGS.items()))
        return text.replace(f"## {old}\n", f"## {new}\n")

    def _retouch(self, text: str) -> str:
        entries = list(_ENTRY.finditer(text))
        one = self.rng.choice(entries)
        return (
            text[: one.start()]
            + one[0].replace(". [[paper]]", ", Revisited. [[paper]]", 1)
            + (text[one.end() :])
        )
