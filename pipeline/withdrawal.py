"""An entry taken back after it was published: text, label and queue state together.

The list first, as a commit of its own whose trailers say so, the database second:
whoever dies in between leaves a commit by which the next publication completes it
(:func:`pipeline.publication.complete_undone`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from db.errors import ChangedError, RepeatedRequestError
from db.records import State
from pipeline.errors import EditError, GitError, ListFormatError
from pipeline.lists.entry import title_key
from pipeline.lists.reader import parse_list
from pipeline.lists.removal import plan_removal
from pipeline.lists.upkeep.moving import lines_of
from pipeline.ports import Proposer
from pipeline.publication import provenance_of, read_lists
from pipeline.publish.again import until_it_holds
from pipeline.publish.message import list_message
from pipeline.publish.provenance import Change, commits_about

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from db.queue import Queue
    from db.records import Candidate
    from pipeline.git import Repository
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.writer import FileEdit
    from pipeline.ports import Publisher, PublisherMaker


BRANCHES = "shortlist/undo-"
"""How the branches begin on which entries are proposed to be taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoJob:
    """What it takes to take something back.

    Attributes:
        list_paths: The list files.
        queue: Where the candidate stands.
        publisher: Makes what puts edits where the maintainers keep the list.
        repository: Opens the list's repository, whose history says what Shortlist wrote.
        reviewer: Who takes back.
        now: When (UTC).
        reader: Reads the list files where edits go: in the checkout, or on the remote.
    """

    list_paths: tuple[Path, ...]
    queue: Queue
    publisher: PublisherMaker
    repository: Callable[[], Repository]
    reviewer: str
    now: datetime
    reader: Callable[[Sequence[Path]], tuple[ListFile, ...]] = read_lists


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was taken back.

    Attributes:
        candidate: The candidate as it stands now.
        was: Its state before.
        commit: The list commit that took its entry out; "" where none stood there.
        files: Names of the list files that changed, or would.
        pull_request: Page of the pull request that proposes it: all stays as it is until
            that is merged. "" where nothing has to be merged.
        problems: Why it is not proposed, one line each.
    """

    candidate: Candidate
    was: State
    commit: str = ""
    files: tuple[str, ...] = ()
    pull_request: str = ""
    problems: tuple[str, ...] = ()


def undo(
    job: UndoJob,
    arxiv_id: str,
    *,
    force: bool = False,
    revision: int | None = None,
    request: str = "",
) -> Undone:
    """Take back the last decision, and the entry if it is published.

    Where changes are only proposed, all stays as it is until the pull request is merged;
    the publication after that takes it back in the queue.

    An entry that stands in no list file any more, for a person took it out or a run
    was killed, is taken back in the queue only.

    Args:
        job: What it takes.
        arxiv_id: The candidate.
        force: Take the entry out though a person has changed it.
        revision: What the reviewer saw, ``None`` for whatever there is.
        request: Key of the request from outside that asks for it, or "".

    Raises:
        EditError: A person has changed the entry, or it is not known whether.
        PublishError: The list cannot be committed to; nothing changed.
        DatabaseError: There is nothing to undo, or the candidate is not as it was seen.
    """
    candidate = job.queue.get(arxiv_id)
    was = candidate.state
    if was is State.PUBLISHED:
        _refuse_stale(job, candidate, revision, request)
        publisher = job.publisher(f"{BRANCHES}{arxiv_id}")
        publisher.recover()
        edits, commit = until_it_holds(lambda: _take_out(job, publisher, candidate, force=force))
        if edits and isinstance(publisher, Proposer):
            if request:
                job.queue.mark_handled(request, now=job.now)
            return Undone(
                candidate=candidate,
                was=was,
                commit=commit,
                files=tuple(edit.path.name for edit in edits),
                pull_request=publisher.proposal.url,
                problems=publisher.proposal.problems,
            )
    else:
        edits, commit = (), ""
    undone = job.queue.undo(
        arxiv_id,
        reviewer=job.reviewer,
        now=job.now,
        revision=revision,
        request=request,
        withdrawn=was is State.PUBLISHED,
    )
    files = tuple(edit.path.name for edit in edits)
    return Undone(candidate=undone, was=was, commit=commit, files=files)


def _refuse_stale(job: UndoJob, candidate: Candidate, revision: int | None, request: str) -> None:
    """What the database would refuse is refused before the list is touched."""
    if request and request in job.queue.handled([request]):
        raise RepeatedRequestError(request)
    if revision is not None and revision != candidate.revision:
        raise ChangedError(candidate.paper.arxiv_id, candidate.state, candidate.reviewer)


def _take_out(
    job: UndoJob, publisher: Publisher, candidate: Candidate, *, force: bool
) -> tuple[tuple[FileEdit, ...], str]:
    """The edits that took the entry out of the list files, and their commit."""
    arxiv_id = candidate.paper.arxiv_id
    standing = list(_entries(candidate, job.reader(job.list_paths)))
    if not standing:
        return (), ""
    past = _Past(job, arxiv_id, candidate.commit)
    if not force:
        for list_file, entry in standing:
            _refuse_edited(past, list_file, entry, arxiv_id)
    edits = tuple(
        plan_removal(entry, list_file, earlier=past.earlier(list_file.document.path))
        for list_file, entry in standing
    )
    source = replace(
        provenance_of(candidate), change=Change.REMOVE, decision="undo", reviewer=job.reviewer
    )
    first = standing[0][1]
    message = list_message(
        f"Take back 1 paper: {arxiv_id}", [(arxiv_id, first.title, first.topic)], [source]
    )
    return edits, publisher.publish(edits, message=message)


def _entries(candidate: Candidate, lists: Sequence[ListFile]) -> Iterator[tuple[ListFile, Entry]]:
    """Where the paper stands, once a file: by its identifier, else by its title."""
    title = title_key(candidate.paper.title)
    for file in lists:
        by_id = (e for e in file.entries if e.arxiv_id == candidate.paper.arxiv_id)
        by_title = (e for e in file.entries if not e.arxiv_id and title_key(e.title) == title)
        entry = next(by_id, None) or next(by_title, None)
        if entry:
            yield file, entry


def _refuse_edited(past: _Past, list_file: ListFile, entry: Entry, arxiv_id: str) -> None:
    """Refuse to take out what is not as Shortlist wrote it."""
    place = f"{list_file.document.path.name}, line {entry.line}"
    hint = f"`shortlist queue undo {arxiv_id} --force` takes it out as it is"
    written = past.written()
    if not written:
        raise EditError(
            f"no commit here says what Shortlist wrote for {arxiv_id} ({place});"
            " a person may have written it",
            hint=hint,
        )
    if lines_of(list_file, entry) not in written:
        raise EditError(
            f"the entry of {arxiv_id} was changed since it was published ({place})", hint=hint
        )


class _Past:
    """What the list's history says of the commit that brought an entry."""

    def __init__(self, job: UndoJob, arxiv_id: str, commit: str) -> None:
        self._job = job
        self._arxiv_id = arxiv_id
        self._repository = repository = job.repository()
        told = [
            each.commit.sha
            for each in commits_about(repository, arxiv_id)
            if each.paper.change is Change.ADD
        ]
        known = [commit] if commit and repository.resolve(commit) else []
        self._commit = next(iter([*told, *known]), "")

    def written(self) -> tuple[tuple[str, ...], ...]:
        """The lines of the entry in each list file, as that commit wrote them."""
        files = [self._file(self._commit, path) for path in self._job.list_paths]
        return tuple(
            lines_of(file, entry)
            for file in files
            if file
            for entry in file.entries
            if entry.arxiv_id == self._arxiv_id
        )

    def earlier(self, path: Path) -> bytes | None:
        """The file before that commit, ``None`` where that is not known."""
        file = self._file(f"{self._commit}^", path)
        return file.document.data if file else None

    def _file(self, rev: str, path: Path) -> ListFile | None:
        if not self._commit:
            return None
        try:
            return parse_list(
                path, self._repository.show(rev, self._repository.relative(path.absolute()))
            )
        except (GitError, ListFormatError):
            return None
