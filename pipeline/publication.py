"""The publication: approved candidates become one commit of the list.

Commit first, mark published second: whoever dies in between finds the papers
in the list on the next run, and only marks them.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.errors import UnknownCandidateError
from db.records import OPEN, State, Verdict
from pipeline.errors import (
    DraftError,
    EditError,
    ListMovedError,
    PipelineError,
    PublicationChangedError,
    PublishError,
)
from pipeline.lists.entry import title_key
from pipeline.lists.reader import read_list
from pipeline.lists.writer import plan_edit
from pipeline.outcome import Publication
from pipeline.ports import Proposer
from pipeline.publish.again import until_it_holds
from pipeline.publish.message import commit_message
from pipeline.publish.provenance import Change, Provenance
from pipeline.triage.draft import draft_entry, vocabulary_of
from pipeline.triage.explain import BY_HAND

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from db.queue import Queue
    from db.records import Candidate
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.writer import FileEdit
    from pipeline.ports import Publisher
    from pipeline.publish.provenance import PaperCommit


def read_lists(paths: Sequence[Path]) -> tuple[ListFile, ...]:
    """Every list file, in order.

    Raises:
        ListFormatError: One is missing, or not shaped as a list.
    """
    return tuple(read_list(path) for path in paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishJob:
    """What a publication needs.

    Attributes:
        list_paths: The list files, the one for new entries first.
        in_all_files: Whether new entries go to every list file (``policy = "both"``).
        queue: Where approved candidates wait.
        publisher: Puts edits where the maintainers keep the list.
        now: The time that decisions are stamped with (UTC).
        taken_back: What the list's history says was taken back last, so that an undo
            that was killed between commit and database is completed.
        told_of: What it says of one paper, newest first, so that a publication that was
            killed there is completed too.
        reader: Reads the list files where entries go: in the checkout, or on the remote.
    """

    list_paths: tuple[Path, ...]
    in_all_files: bool
    queue: Queue
    publisher: Publisher
    now: datetime
    taken_back: Callable[[], Sequence[PaperCommit]] = tuple
    told_of: Callable[[str], Sequence[PaperCommit]] = lambda _: ()
    reader: Callable[[Sequence[Path]], tuple[ListFile, ...]] = read_lists

    def lists(self) -> tuple[ListFile, ...]:
        """The list files as they are now.

        Raises:
            ListFormatError: One is missing, or not shaped as a list.
            PublishError: The remote's cannot be read.
        """
        return self.reader(self.list_paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationPlan:
    """What a publication would write, if nothing changed until then.

    Attributes:
        candidates: Those that can be written, in the order of the decisions.
        entries: Their entries.
        edits: Of the list files; none if there are no entries.
        message: Of the commit, "" if there are no entries.
        problems: Approved candidates that cannot be written and wait, one line each.
    """

    candidates: tuple[Candidate, ...]
    entries: tuple[Entry, ...]
    edits: tuple[FileEdit, ...]
    message: str
    problems: tuple[str, ...]

    @property
    def token(self) -> str:
        """Stands for exactly this plan: another one has another token."""
        digest = hashlib.sha256()
        parts = [self.message.encode()]
        for edit in self.edits:
            parts += [str(edit.path).encode(), edit.before, edit.after]
        for part in parts:
            digest.update(len(part).to_bytes(8) + part)
        return digest.hexdigest()


def publish_approved(job: PublishJob, *, token: str = "") -> Publication:
    """Commit every approved candidate, after closing those that are listed already.

    A list that cannot be committed to, and a candidate that cannot be written,
    are problems of the report; what was approved stays approved.

    Args:
        job: What the publication needs.
        token: The plan that a person has seen, "" to publish whatever is approved.

    Raises:
        PublicationChangedError: What would be published differs from that plan.
    """
    try:
        # Before the list is read: what a killed run wrote is no addition by a person.
        job.publisher.recover()
    except PublishError as error:
        return Publication(problems=(str(error),), failed=True)
    closed: list[str] = []

    def attempt() -> Publication:
        lists = job.lists()
        complete_undone(job, lists)
        closed.extend(complete_published(job, lists))
        closed.extend(job.queue.close_listed(listed_candidates(job.queue, lists), now=job.now))
        return _publish(job, lists, token)

    try:
        publication = until_it_holds(attempt)
    except PublicationChangedError:
        raise
    except PublishError as error:
        publication = Publication(problems=(str(error),), failed=True)
    return replace(publication, closed=tuple(closed))


def complete_undone(job: PublishJob, lists: Sequence[ListFile]) -> tuple[str, ...]:
    """Take back in the queue what an undo took out of the list before it was killed.

    A paper that a person took out by hand has no such commit: it stays published, as
    one that was wanted once, and is neither offered nor written again.
    """
    ids, _ = _listed_keys(lists)
    undone = []
    for taken in job.taken_back():
        arxiv_id = taken.paper.arxiv_id
        if arxiv_id not in ids and _was_published(job.queue, arxiv_id, taken.commit.committed_at):
            reviewer = taken.paper.reviewer or taken.commit.author
            job.queue.undo(arxiv_id, reviewer=reviewer, now=job.now, withdrawn=True)
            undone.append(arxiv_id)
    return tuple(undone)


def complete_published(job: PublishJob, lists: Sequence[ListFile]) -> tuple[str, ...]:
    """Mark what a publication had committed before it was killed, each with its commit.

    What a person wrote into the list has no commit that says so: it is left to be closed.
    """
    ids, _ = _listed_keys(lists)
    marked: list[str] = []
    for candidate in job.queue.approved():
        arxiv_id = candidate.paper.arxiv_id
        told = job.told_of(arxiv_id) if arxiv_id in ids else ()
        if told and told[0].paper.change is Change.ADD:
            commit = told[0].commit.sha
            marked += job.queue.mark_published([arxiv_id], commit=commit, now=job.now)
    return tuple(marked)


def _publish(job: PublishJob, lists: Sequence[ListFile], token: str) -> Publication:
    """Commit what is approved into ``lists`` as they were read.

    What is only proposed stays approved; a later run finds it in the list and closes it.

    Raises:
        ListMovedError: They changed since.
        PublicationChangedError: As :func:`publish_approved`.
    """
    try:
        plan = plan_publication(job.queue.approved(), lists, in_all_files=job.in_all_files)
    except PipelineError as error:
        return Publication(problems=(str(error),), failed=True)
    if token and plan.token != token:
        raise PublicationChangedError(
            "what would be published has changed since it was shown", hint="look at it again"
        )
    if not plan.entries:
        unsent = _push_pending(job.publisher)
        return Publication(problems=(*plan.problems, *unsent), failed=bool(unsent))
    try:
        commit = job.publisher.publish(plan.edits, message=plan.message)
    except ListMovedError:
        raise
    except PipelineError as error:
        return Publication(problems=(*plan.problems, str(error)), failed=True)
    ids = [entry.arxiv_id or "" for entry in plan.entries]
    if isinstance(job.publisher, Proposer):
        proposal = job.publisher.proposal
        return Publication(
            proposed=tuple(ids) if commit else (),
            commit=commit,
            pull_request=proposal.url,
            problems=(*plan.problems, *proposal.problems),
        )
    return Publication(
        published=job.queue.mark_published(ids, commit=commit, now=job.now),
        commit=commit,
        problems=plan.problems,
    )


def plan_publication(
    approved: Sequence[Candidate], lists: Sequence[ListFile], *, in_all_files: bool
) -> PublicationPlan:
    """What a publication of ``approved`` would write; writes nothing.

    Candidates that are listed already are left out: a publication closes them.

    Raises:
        EditError: The entries, each of which can be written, cannot be written together.
    """
    ids, titles = _listed_keys(lists)
    fresh = [
        each
        for each in approved
        if each.paper.arxiv_id not in ids and title_key(each.paper.title) not in titles
    ]
    targets = lists if in_all_files else lists[:1]
    drafted, problems = _draft_each(fresh, lists, targets)
    entries = tuple(entry for _, entry in drafted)
    return PublicationPlan(
        candidates=tuple(candidate for candidate, _ in drafted),
        entries=entries,
        edits=tuple(plan_edit(entries, file) for file in targets) if entries else (),
        message=_message(drafted) if entries else "",
        problems=problems,
    )


def listed_candidates(queue: Queue, lists: Sequence[ListFile]) -> tuple[str, ...]:
    """Candidates that are not closed, whose paper stands in a list file, by id or by title."""
    ids, titles = _listed_keys(lists)
    return tuple(
        arxiv_id
        for arxiv_id, title in queue.titles(OPEN | {State.APPROVED}).items()
        if arxiv_id in ids or title_key(title) in titles
    )


def _was_published(queue: Queue, arxiv_id: str, moment: datetime) -> bool:
    """Whether the candidate is published, and was at that moment."""
    try:
        published = queue.get(arxiv_id).state is State.PUBLISHED
    except UnknownCandidateError:
        return False
    return published and queue.history(arxiv_id)[-1].decided_at <= moment


def _listed_keys(lists: Sequence[ListFile]) -> tuple[set[str], set[str]]:
    """Identifiers and keys of titles of all that stands in the list."""
    entries = [entry for file in lists for entry in file.entries]
    ids = {entry.arxiv_id for entry in entries if entry.arxiv_id}
    return ids, {title_key(entry.title) for entry in entries}


def _draft_each(
    approved: Sequence[Candidate], lists: Sequence[ListFile], targets: Sequence[ListFile]
) -> tuple[list[tuple[Candidate, Entry]], tuple[str, ...]]:
    """Entries that can be written, and why the others cannot: one bad never stops the rest."""
    vocabulary = vocabulary_of(entry for file in lists for entry in file.entries)
    with suppress(DraftError, EditError):
        # Mostly all can be written: then one proof for all of them is enough.
        entries = [draft_entry(candidate, vocabulary) for candidate in approved]
        for file in targets if entries else ():
            plan_edit(entries, file)
        return list(zip(approved, entries, strict=True)), ()
    drafted: list[tuple[Candidate, Entry]] = []
    problems: list[str] = []
    titles: dict[str, str] = {}
    for candidate in approved:
        try:
            entry = draft_entry(candidate, vocabulary)
            _refuse_twice(entry, titles)
            for file in targets:
                plan_edit((entry,), file)
        except (DraftError, EditError) as error:
            problems.append(str(error))
        else:
            drafted.append((candidate, entry))
            titles[title_key(entry.title)] = candidate.paper.arxiv_id
    return drafted, tuple(problems)


def _refuse_twice(entry: Entry, titles: Mapping[str, str]) -> None:
    """Two papers of one title are one paper: both in one commit would stop all the others.

    Args:
        entry: The entry.
        titles: Identifier by the key of the title, of those that go before it.

    Raises:
        EditError: One of these has its title.
    """
    other = titles.get(title_key(entry.title))
    if other:
        raise EditError(
            f"{entry.arxiv_id} has the title of {other}, which is approved too",
            hint="reject one of them, or change its title",
        )


def _push_pending(publisher: Publisher) -> tuple[str, ...]:
    """Send on what an earlier run could not; why it failed again, or nothing."""
    try:
        publisher.push_pending()
    except PipelineError as error:
        return (str(error),)
    return ()


def provenance_of(candidate: Candidate) -> Provenance:
    """Where the entry of an approved candidate comes from."""
    return Provenance(
        arxiv_id=candidate.paper.arxiv_id,
        change=Change.ADD,
        decision=Verdict.ADD if BY_HAND in candidate.why else Verdict.APPROVE,
        reviewer=candidate.reviewer,
        relevance=candidate.relevance if candidate.model else None,
        model=candidate.model,
        announced=candidate.paper.announced,
    )


def _message(drafted: Sequence[tuple[Candidate, Entry]]) -> str:
    return commit_message(
        [(entry.arxiv_id or "", entry.title, entry.topic) for _, entry in drafted],
        [provenance_of(candidate) for candidate, _ in drafted],
    )
