"""The list as a desk needs it: read once, and again only when its files changed.

A card asks for topics, vocabulary, the form of digests and whether a paper is
listed; reading all that takes a second of a large list, looking it up nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.lists.entry import title_key
from pipeline.lists.writer import DigestForm, convention
from pipeline.publication import read_lists
from pipeline.triage.draft import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipeline.lists.reader import ListFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the list files say.

    Attributes:
        lists: The files, the one for new entries first.
        topics: Its topics in its order, each once.
        vocabulary: Its key words.
        digest_form: How the first file writes digests.
        places: File and line of each entry, by identifier and by key of its title.
    """

    lists: tuple[ListFile, ...]
    topics: tuple[str, ...]
    vocabulary: Mapping[str, int]
    digest_form: DigestForm
    places: Mapping[str, str]

    def where(self, arxiv_id: str, *titles: str) -> str:
        """File and line of the entry that is this paper, by id or by a title; "" if none is."""
        keys = [arxiv_id, *(_title(title) for title in titles)]
        return next((self.places[key] for key in keys if key in self.places), "")


class ListReader:
    """Reads the list files, and remembers what it read until one of them changes.

    Safe to ask from several threads at once.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths
        self._lock = threading.Lock()
        self._seen: tuple[tuple[int, int, int], ...] = ()
        self._listed: Listed | None = None

    def read(self) -> Listed:
        """The list as its files are now.

        Raises:
            ListFormatError: One is missing, or not shaped as a list.
        """
        with self._lock:
            # The state before it is read: a change while reading is read the next time.
            now = tuple(_state_of(path) for path in self._paths)
            if self._listed is None or now != self._seen:
                self._listed = _understand(read_lists(self._paths))
                self._seen = now
            return self._listed


def _state_of(path: Path) -> tuple[int, int, int]:
    """What changes whenever a file is written: file, time in ns, size in bytes."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _understand(lists: tuple[ListFile, ...]) -> Listed:
    places: dict[str, str] = {}
    for file in lists:
        for entry in file.entries:
            place = f"{file.document.path.name}, line {entry.line}"
            for key in (entry.arxiv_id or "", _title(entry.title)):
                places.setdefault(key, place)
    places.pop("", None)
    return Listed(
        lists=lists,
        topics=tuple(dict.fromkeys(topic.name for topic in lists[0].topics)),
        vocabulary=vocabulary_of(entry for file in lists for entry in file.entries),
        digest_form=convention(lists[0]),
        places=places,
    )


def _title(title: str) -> str:
    """A key that no identifier can be."""
    return f"title {title_key(title)}"
