"""The entry as the maintainers would write it, from what is known of a paper.

Facts only: a venue is taken from the authors' own comment and only where they
say it was accepted (:mod:`.venue`), links from abstract and comment
(:mod:`.links`), key words from the list's own vocabulary (:mod:`.keywords`),
the digest from sentences of the abstract, never all of it (:mod:`.digest`).
What a maintainer changed in it stands over all that. Knows no list file and
writes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url, id_month
from pipeline.errors import DraftError
from pipeline.lists.entry import Entry, Link
from pipeline.lists.tex import plain_title
from pipeline.triage.digest import digest_of
from pipeline.triage.keywords import keywords_of
from pipeline.triage.links import links_of
from pipeline.triage.venue import spellings_of, venue_of
from pipeline.triage.vocabulary import Vocabulary, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from db.records import Candidate, EntryEdit

__all__ = ["draft_entry", "edited_entry", "outline_entry", "vocabulary_of"]

_digest_of = lru_cache(maxsize=256)(digest_of)
"""The same abstract is asked for whenever somebody looks at, edits or decides its paper."""


def draft_entry(candidate: Candidate, vocabulary: Mapping[str, int]) -> Entry:
    """An entry in the house form for an approved candidate, as a maintainer edited it.

    Args:
        candidate: The paper, the topic that was decided for it and what was edited.
        vocabulary: The list's key words with how often each was used
            (:func:`vocabulary_of`, which also knows the entries they stand under).

    Raises:
        DraftError: No abstract was ever delivered, so there is nothing to make a digest of.
    """
    entry = outline_entry(candidate, vocabulary)
    if not entry.digest and candidate.edit.digest is None:
        raise DraftError(
            f"{candidate.paper.arxiv_id} has no abstract, so its digest cannot be drafted",
            hint=f"`shortlist add {candidate.paper.arxiv_id}` fetches it again",
        )
    return entry


def outline_entry(candidate: Candidate, vocabulary: Mapping[str, int]) -> Entry:
    """The same, with no digest where none can be drafted: a maintainer may write one."""
    paper = candidate.paper
    abstract, comment = paper.abstract or "", paper.comment or ""
    known = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    year, _ = id_month(paper.arxiv_id)
    title = plain_title(paper.title).rstrip(" .")
    drafted = Entry(
        title=title,
        arxiv_id=paper.arxiv_id,
        topic=candidate.topic,
        year=year,
        links=(
            Link(label="paper", url=abs_url(paper.arxiv_id)),
            *links_of(abstract, comment),
        ),
        authors=", ".join(plain_title(author) for author in paper.authors),
        venue=venue_of(comment, spellings_of(known.venues)),
        keywords=keywords_of(title, abstract, candidate.topic, known),
        digest=_digest_of(abstract, paper.title),
        line=0,
    )
    return edited_entry(drafted, candidate.edit)


def edited_entry(entry: Entry, edit: EntryEdit) -> Entry:
    """``entry`` with what ``edit`` changes; the rest is as it was."""
    changes: dict[str, object] = {
        name: value
        for name in ("title", "authors", "venue", "keywords", "digest")
        if (value := getattr(edit, name)) is not None
    }
    if edit.links is not None:
        changes["links"] = tuple(Link(label=label, url=url) for label, url in edit.links)
    return replace(entry, **changes)  # type: ignore[arg-type]
