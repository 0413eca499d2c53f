"""The list's headings of today, handed to a model that was trained on those of some day before.

A heading that appears in the list today gets papers today: the model is told its name and
what stands under it. Nothing is trained, and what was encoded once is not encoded again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.lists.entry import title_key
from pipeline.triage.embed import embed_texts, training_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from db.vectors import VectorCache
    from models.artifact import Artifact
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.ports import Encoder, Progress

MOST_ENCODED = 20
"""Entries of a new heading that are encoded for it, the first of the file; the mean of these says
where it lies. Those the model has vectors of all count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A topic of the list as it stands: its heading, and what is listed under it."""

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Headings:
    """What the list says of its topics today.

    Attributes:
        headings: In the order of the file for new entries.
        aliases: Other names of topics.
        papers: What is known of some of the identifiers it is given, asked only for entries
            of new headings that the model has not met.
    """

    headings: tuple[Heading, ...]
    aliases: Mapping[str, str]
    papers: Callable[[Sequence[str]], Mapping[str, Paper]]


def headings_of(lists: Sequence[ListFile]) -> tuple[Heading, ...]:
    """The topics of the first list file, with the entries of all files, each paper once."""
    under: dict[str, dict[str, Entry]] = {}
    for file in lists:
        for entry in file.entries:
            papers = under.setdefault(entry.topic.casefold(), {})
            papers.setdefault(entry.arxiv_id or title_key(entry.title), entry)
    names = {topic.name.casefold(): topic.name for topic in reversed(lists[0].topics)}
    return tuple(
        Heading(name=names[key], entries=tuple(under.get(key, {}).values()))
        for key in dict.fromkeys(topic.name.casefold() for topic in lists[0].topics)
    )


def headings_meant(
    names: Iterable[str], topics: Sequence[str], aliases: Mapping[str, str]
) -> dict[str, str]:
    """For each of ``names`` the one of ``topics`` that it means; names that mean none are left out.

    A heading that bears the name itself comes before one that its alias leads to.
    """
    spelled = {topic.casefold(): topic for topic in topics}
    renamed = {old.casefold(): new.casefold() for old, new in aliases.items()}
    meant = {}
    for name in names:
        key = name.casefold()
        heading = spelled.get(key) or spelled.get(renamed.get(key, ""))
        if heading is not None:
            meant[name] = heading
    return meant


def with_headings(
    artifact: Artifact,
    today: Headings,
    encoder: Encoder,
    cache: VectorCache,
    *,
    progress: Progress | None = None,
) -> Artifact:
    """``artifact``, which also knows the headings of ``today`` that it has not met.

    If it has met none of them, it is the model of another list and comes back as it is:
    names alone make no model of this one.
    """
    topics = [heading.name for heading in today.headings]
    met = set(headings_meant(artifact.topics.known, topics, today.aliases).values())
    new = [heading for heading in today.headings if heading.name not in met]
    if not new or not met:
        return artifact
    from models.new_topics import NewTopic

    known = _Known.of(artifact)
    rows = [known.rows(heading.entries) for heading in new]
    strange = [known.strangers(heading.entries)[:MOST_ENCODED] for heading in new]
    texts = _texts_of([entry for entries in strange for entry in entries], today.papers)
    # Names and entries in one go: the encoder is asked once.
    vectors = embed_texts([*(h.name for h in new), *texts], encoder, cache, progress=progress)
    made, at = [], len(new)
    for place, heading in enumerate(new):
        count = len(strange[place])
        made.append(
            NewTopic(
                name=heading.name,
                vector=vectors[place],
                entries=_stacked(known.vectors[rows[place]], vectors[at : at + count]),
            )
        )
        at += count
    return artifact.with_new_topics(made)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """The listed papers that an artifact has vectors of, by identifier and by title."""

    vectors: NDArray[np.float32]
    by_id: Mapping[str, int]
    by_title: Mapping[str, int]

    @classmethod
    def of(cls, artifact: Artifact) -> _Known:
        near = artifact.neighbours
        return cls(
            vectors=near.vectors,
            by_id={arxiv_id: row for row, arxiv_id in enumerate(near.arxiv_ids) if arxiv_id},
            by_title={title_key(title): row for row, title in enumerate(near.titles)},
        )

    def _row(self, entry: Entry) -> int | None:
        found = self.by_id.get(entry.arxiv_id or "")
        return self.by_title.get(title_key(entry.title)) if found is None else found

    def rows(self, entries: Sequence[Entry]) -> list[int]:
        return [row for row in map(self._row, entries) if row is not None]

    def strangers(self, entries: Sequence[Entry]) -> list[Entry]:
        return [entry for entry in entries if self._row(entry) is None]


def _texts_of(
    entries: Sequence[Entry], papers: Callable[[Sequence[str]], Mapping[str, Paper]]
) -> list[str]:
    """As in training: title and abstract, or the list's digest where no abstract is known.

    The title is the paper's own where it was queued, so that its vector is at hand.
    """
    ids = [entry.arxiv_id for entry in entries if entry.arxiv_id]
    known = papers(ids) if ids else {}
    texts = []
    for entry in entries:
        paper = known.get(entry.arxiv_id or "")
        if paper is not None and paper.abstract:
            texts.append(training_text(paper.title, paper.abstract))
        else:
            texts.append(training_text(entry.title, entry.digest))
    return texts


def _stacked(*blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    return np.vstack(blocks)
