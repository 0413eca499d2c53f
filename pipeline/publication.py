"""The publication: approved candidates become one commit of the list.

Commit first, mark published second: whoever dies in between finds the papers
in the list on the next run, and only marks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import DraftError, EditError, PipelineError, PublishError
from pipeline.lists.entry import title_key
from pipeline.lists.reader import read_list
from pipeline.lists.writer import plan_edit
from pipeline.outcome import Publication
from pipeline.publish.message import commit_message
from pipeline.triage.draft import draft_entry, vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from db.queue import Queue
    from db.records import Candidate
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.ports import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishJob:
    """What a publication needs.

    Attributes:
        list_paths: The list files, the one for new entries first.
        in_all_files: Whether new entries go to every list file (``policy = "both"``).
        queue: Where approved candidates wait.
        publisher: Puts edits where the maintainers keep the list.
        now: The time that decisions are stamped with (UTC).
    """

    list_paths: tuple[Path, ...]
    in_all_files: bool
    queue: Queue
    publisher: Publisher
    now: datetime


def publish_approved(job: PublishJob) -> Publication:
    """Commit every approved candidate, after closing those that are listed already.

    A list that cannot be committed to, and a candidate that cannot be written,
    are problems of the report; what was approved stays approved.
    """
    try:
        # Before the list is read: what a killed run wrote is no addition by a person.
        job.publisher.recover()
    except PublishError as error:
        return Publication(problems=(str(error),), failed=True)
    lists = read_lists(job.list_paths)
    closed = job.queue.close_listed(listed_candidates(job.queue, lists), now=job.now)
    entries, unwritten = _draft_each(job.queue.approved(), lists, _targets(job, lists))
    if not entries:
        unsent = _push_pending(job.publisher)
        return Publication(closed=closed, problems=(*unwritten, *unsent), failed=bool(unsent))
    try:
        edits = [plan_edit(entries, file) for file in _targets(job, lists)]
        commit = job.publisher.publish(edits, message=_message(entries))
    except PipelineError as error:
        # A commit that was not pushed counts as not published: this machine may forget it. Where
        # it does not, the next run finds the papers in the list and only marks them.
        return Publication(closed=closed, problems=(*unwritten, str(error)), failed=True)
    ids = [entry.arxiv_id or "" for entry in entries]
    return Publication(
        published=job.queue.mark_published(ids, commit=commit, now=job.now),
        commit=commit,
        closed=closed,
        problems=unwritten,
    )


def read_lists(paths: Sequence[Path]) -> tuple[ListFile, ...]:
    """Every list file, in order.

    Raises:
        ListFormatError: One is missing, or not shaped as a list.
    """
    return tuple(read_list(path) for path in paths)


def listed_candidates(queue: Queue, lists: Sequence[ListFile]) -> tuple[str, ...]:
    """Identifiers of candidates whose paper stands in a list file, by id or by title."""
    entries = [entry for file in lists for entry in file.entries]
    ids = {entry.arxiv_id for entry in entries if entry.arxiv_id}
    titles = {title_key(entry.title) for entry in entries}
    return tuple(
        arxiv_id
        for arxiv_id, title in queue.titles().items()
        if arxiv_id in ids or title_key(title) in titles
    )


def _targets(job: PublishJob, lists: Sequence[ListFile]) -> Sequence[ListFile]:
    return lists if job.in_all_files else lists[:1]


def _draft_each(
    approved: Sequence[Candidate], lists: Sequence[ListFile], targets: Sequence[ListFile]
) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Entries that can be written, and why the others cannot: one bad never stops the rest."""
    vocabulary = vocabulary_of(entry for file in lists for entry in file.entries)
    entries: list[Entry] = []
    problems: list[str] = []
    for candidate in approved:
        try:
            entry = draft_entry(candidate, vocabulary)
            for file in targets:
                plan_edit((entry,), file)
        except (DraftError, EditError) as error:
            problems.append(str(error))
        else:
            entries.append(entry)
    return tuple(entries), tuple(problems)


def _push_pending(publisher: Publisher) -> tuple[str, ...]:
    """Send on what an earlier run could not; why it failed again, or nothing."""
    try:
        publisher.push_pending()
    except PublishError as error:
        return (str(error),)
    return ()


def _message(entries: Sequence[Entry]) -> str:
    return commit_message([(entry.arxiv_id or "", entry.title, entry.topic) for entry in entries])
