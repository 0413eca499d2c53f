"""The entry of a candidate as a card shows it, and why it could not be written.

What is checked here takes no time; the proof that the list takes it is made
when a publication is planned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db.records import EntryEdit, State
from pipeline.errors import EditError, EntryEditError
from pipeline.lists.headings import topic_key
from pipeline.lists.writer import render_entry
from pipeline.review.card import DraftedEntry
from pipeline.triage.draft import edited_entry, outline_entry
from pipeline.triage.entry_edit import check_edit

if TYPE_CHECKING:
    from db.records import Candidate
    from pipeline.desk.listed import Listed
    from pipeline.lists.entry import Entry

_FIELDS = ("title", "authors", "venue", "keywords", "digest")


def drafted(candidate: Candidate, listed: Listed) -> DraftedEntry:
    """The entry that an approval of ``candidate`` writes, with its problem if it has one."""
    entry = outline_entry(candidate, listed.vocabulary)
    markdown, problem = _written(entry, listed)
    return DraftedEntry(
        topic=entry.topic,
        title=entry.title,
        authors=entry.authors,
        venue=entry.venue,
        keywords=entry.keywords,
        digest=entry.digest,
        links=tuple((link.label, link.url) for link in entry.links),
        markdown=markdown,
        problem=problem or _refusal(candidate, entry, listed),
    )


def previewed(candidate: Candidate, listed: Listed) -> DraftedEntry:
    """The same for an edit that nobody has checked yet: what is wrong with it is its problem."""
    try:
        check_edit(candidate.edit)
    except EntryEditError as error:
        # What cannot stand in an entry is not rendered either.
        kept = drafted(replace(candidate, edit=EntryEdit()), listed)
        return replace(kept, markdown="", problem=str(error))
    return drafted(candidate, listed)


def settled_edit(candidate: Candidate, edit: EntryEdit, listed: Listed) -> EntryEdit:
    """``edit`` without what is as it was drafted anyway; checked.

    Raises:
        EntryEditError: A value cannot stand in an entry.
    """
    draft = outline_entry(replace(candidate, edit=EntryEdit()), listed.vocabulary)
    same: dict[str, None] = {
        name: None for name in _FIELDS if getattr(edit, name) == getattr(draft, name)
    }
    if edit.links == tuple((link.label, link.url) for link in draft.links):
        same["links"] = None
    settled = replace(edit, **same)
    check_edit(settled)
    try:
        render_entry(edited_entry(draft, settled), listed.digest_form)
    except EditError as error:
        raise EntryEditError(error.problem, hint=error.hint) from error
    return settled


def _written(entry: Entry, listed: Listed) -> tuple[str, str]:
    """The entry's lines, or why there are none."""
    try:
        return "\n".join(render_entry(entry, listed.digest_form)), ""
    except EditError as error:
        return "", str(error)


def _refusal(candidate: Candidate, entry: Entry, listed: Listed) -> str:
    if candidate.state is State.PUBLISHED:
        return ""
    if not entry.digest and candidate.edit.digest is None:
        return "no abstract was delivered, so its digest cannot be drafted: write one"
    if topic_key(entry.topic) not in {topic_key(topic) for topic in listed.topics}:
        return f"the list has no topic {entry.topic!r}: choose one"
    where = listed.where(candidate.paper.arxiv_id, candidate.paper.title, entry.title)
    return f"it is in the list already: {where}" if where else ""
