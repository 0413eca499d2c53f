"""The links of a list's files after a rename or a merge of topics, and the finished edits.

A table of contents, a line that leads from one file to the other, and any
other link to a heading follow the anchors that changed; links in entries and
to other people's lists are left alone. Each result is read back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.lists.anchors import Target, change_links, only_links, targets
from pipeline.lists.document import Document, Splice, splice
from pipeline.lists.headings import hidden_lines
from pipeline.lists.reader import parse_list
from pipeline.lists.upkeep.topic_edits import Draft, name_pattern
from pipeline.lists.writer import FileEdit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.lists.reader import ListFile

_BULLET = re.compile(r"(?P<indent>[ \t]*)(?:[-*+]|\d+[.)])[ \t]+")


def follow(drafts: Sequence[Draft], old: str, new: str) -> tuple[FileEdit, ...]:
    """The edits of ``drafts`` with every link led to where its heading is now, proved.

    A line of a table of contents that leads to nothing but a heading that is
    gone goes with it.

    Raises:
        EditError: A result does not read as it should.
    """
    ours = _own_repositories(drafts)
    edits: list[FileEdit] = []
    for draft in drafts:
        after = _Links(draft, drafts, ours, old, new).led()
        draft.prove(after)
        document = draft.file.document
        if after != document.data:
            edits.append(
                FileEdit(
                    path=document.path, before=document.data, after=after, entries=draft.arriving
                )
            )
    return tuple(edits)


def _own_repositories(drafts: Sequence[Draft]) -> frozenset[str]:
    """The repositories that lines between the topics' entries call the list's own.

    Elsewhere in the file links lead to other people's lists, which may have
    files of the same names.
    """
    found: set[str] = set()
    for draft in drafts:
        file = draft.file
        entries = {number for span in file.spans for number in span}
        for topic in file.topics:
            for region in topic.loose:
                for number in region:
                    if number not in entries and "#" in file.document.lines[number]:
                        found |= {
                            target.repository
                            for target in targets(file.document.lines[number])
                            if any(_leads_to(target, other.file) for other in drafts)
                        }
    return frozenset(found - {""})


def _leads_to(target: Target, file: ListFile) -> bool:
    path = file.document.path.as_posix()
    return bool(target.page) and f"/{path}".endswith(f"/{target.page.lstrip('./')}")


@dataclass(frozen=True, slots=True)
class _Links:
    """The links of one file, and where each leads.

    Attributes:
        draft: The file.
        drafts: All files.
        ours: Repositories that are the list's own.
        old: The topic's old name.
        new: Its new one.
    """

    draft: Draft
    drafts: Sequence[Draft]
    ours: frozenset[str]
    old: str
    new: str

    def led(self) -> bytes:
        """The file with its links led to where the headings are now."""
        document = Document(self.draft.file.document.path, self.draft.data)
        spans = parse_list(document.path, self.draft.data).spans
        skipped = {number for span in spans for number in span} | set(hidden_lines(document.lines))
        splices: list[Splice] = []
        for number, line in enumerate(document.lines):
            if "#" not in line or number in skipped:
                continue
            text = line.removesuffix("\r")
            below = _children(document.lines, number)
            if self.is_gone(line) and all(self.is_gone(child) for child in below):
                splices.append(Splice(number, number + 1))
            elif (changed := change_links(text, self.new_anchor, self.new_text)) != text:
                splices.append(Splice(number, number + 1, (changed,)))
        return splice(document, splices)

    def home(self, target: Target) -> Draft | None:
        """The file that a link leads to, if it is one of the list's."""
        if not target.page:
            return self.draft
        if target.repository and target.repository not in self.ours:
            return None
        return next((each for each in self.drafts if _leads_to(target, each.file)), None)

    def new_anchor(self, target: Target) -> str | None:
        """The anchor that the link's heading has now; ``None`` if it need not change."""
        found = self.home(target)
        return found.anchors.get(target.anchor) if found else None

    def new_text(self, target: Target, text: str) -> str:
        """What the link shall show."""
        found = self.home(target)
        if found is None or target.anchor not in found.own:
            return text
        return name_pattern(self.old).sub(lambda _: self.new, text, count=1)

    def is_gone(self, line: str) -> bool:
        """Whether a line is a list item that leads to nothing but headings that are gone."""
        leads = targets(line)
        if not leads or not _BULLET.match(line) or not only_links(_BULLET.sub("", line, count=1)):
            return False
        homes = [(self.home(target), target.anchor) for target in leads]
        return all(found is not None and anchor in found.gone for found, anchor in homes)


def _children(lines: Sequence[str], number: int) -> Iterator[str]:
    """The lines below a list item that are indented deeper."""
    found = _BULLET.match(lines[number])
    indent = len(found["indent"].expandtabs(4)) if found else 0
    for below in range(number + 1, len(lines)):
        line = lines[below].expandtabs(4)
        if not line.strip() or len(line) - len(line.lstrip(" ")) <= indent:
            return
        yield lines[below]
