"""The entry as the maintainers would write it, from what is known of a paper.

Facts only: a venue is taken from the authors' own comment and only where they
say it was accepted (:mod:`.venue`), links from abstract and comment
(:mod:`.links`), key words from the list's own vocabulary (:mod:`.keywords`),
the digest from sentences of the abstract, never all of it (:mod:`.digest`).
Knows no list file and writes nothing.
"""

from __future__ import annotations

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

    from db.records import Candidate

__all__ = ["draft_entry", "vocabulary_of"]


def draft_entry(candidate: Candidate, vocabulary: Mapping[str, int]) -> Entry:
    """An entry in the house form for an approved candidate.

    Args:
        candidate: The paper and the topic that was decided for it.
        vocabulary: The list's key words with how often each was used
            (:func:`vocabulary_of`, which also knows the entries they stand under).

    Raises:
        DraftError: No abstract was ever delivered, so there is nothing to make a digest of.
    """
    paper = candidate.paper
    abstract, comment = paper.abstract or "", paper.comment or ""
    digest = digest_of(abstract, paper.title)
    if not digest:
        raise DraftError(
            f"{paper.arxiv_id} has no abstract, so its digest cannot be drafted",
            hint=f"`shortlist add {paper.arxiv_id}` fetches it again",
        )
    known = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    year, _ = id_month(paper.arxiv_id)
    title = plain_title(paper.title).rstrip(" .")
    return Entry(
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
        digest=digest,
        line=0,
    )
