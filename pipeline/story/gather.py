"""What queue, store, ledger and the list's history remember of one paper, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from db.errors import UnknownCandidateError
from db.records import CandidateFilter, Standing, State
from pipeline.arxiv_id import id_month, id_order
from pipeline.lists.entry import title_key
from pipeline.lists.past.changes import changes_of
from pipeline.publication import read_lists
from pipeline.publish.provenance import read_trailers
from pipeline.sources.merge import is_ours
from pipeline.story.value import ListCommit, Place, Story, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.queue import Queue
    from db.records import Candidate, Fetch, KnownPaper
    from pipeline.git import Repository
    from pipeline.lists.reader import ListFile

_OF_A_DAY = 1_000
"""Most candidates of one announcement day that are looked at."""
_STATES = {
    State.PENDING: Why.PENDING,
    State.DEFERRED: Why.DEFERRED,
    State.APPROVED: Why.APPROVED,
    State.REJECTED: Why.REJECTED,
    State.EXPIRED: Why.EXPIRED,
    State.PUBLISHED: Why.LEFT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryJob:
    """Where a paper may have left a trace.

    Attributes:
        queue: Candidates and scorings.
        papers: What the sources told.
        ledger: What each source delivered.
        list_paths: The list files.
        repository: Opens their history.
        categories: The arXiv categories that are read.
        reader: Reads the list files where entries go: in the checkout, or on the remote.
        rev: Names the commit of the list whose history is told.
    """

    queue: Queue
    papers: PaperStore
    ledger: Ledger
    list_paths: tuple[Path, ...]
    repository: Callable[[], Repository]
    categories: tuple[str, ...]
    reader: Callable[[Sequence[Path]], tuple[ListFile, ...]] = read_lists
    rev: Callable[[], str] = lambda: "HEAD"


def tell_story(job: StoryJob, arxiv_id: str) -> Story:
    """All that is known of a paper, also of one that was never queued or never seen.

    Raises:
        ListFormatError: A list file cannot be read.
        GitError: The list's history cannot be read.
    """
    lists = job.reader(job.list_paths)
    known = job.papers.known([arxiv_id]).get(arxiv_id)
    candidate = _candidate(job.queue, arxiv_id)
    scoring = job.queue.scoring(arxiv_id)
    places = tuple(_places(arxiv_id, lists))
    paper = candidate.paper if candidate else known.paper if known else None
    listed = next((e.title for f in lists for e in f.entries if e.arxiv_id == arxiv_id), "")
    title = paper.title if paper else listed
    twin = _twin(arxiv_id, title, job.queue, lists) if not places and not candidate else ""
    day = known.announced if known else _suggested_day(arxiv_id, job.ledger)
    return Story(
        arxiv_id=arxiv_id,
        why=_why(known, candidate, places=places, twin=twin, scored=scoring is not None, job=job),
        title=title,
        known=known,
        day=day,
        fetches=_fetches(job.ledger, day),
        month=() if day else _month(job.ledger, arxiv_id),
        last_queued=_last_queued(job.queue, day),
        scoring=scoring,
        candidate=candidate,
        decisions=job.queue.history(arxiv_id) if candidate else (),
        commits=tuple(_commits(job, arxiv_id)),
        places=places,
        twin=twin,
        categories=job.categories,
    )


def _candidate(queue: Queue, arxiv_id: str) -> Candidate | None:
    try:
        return queue.get(arxiv_id)
    except UnknownCandidateError:
        return None


def _places(arxiv_id: str, lists: Sequence[ListFile]) -> Iterator[Place]:
    for file in lists:
        for entry in file.entries:
            if entry.arxiv_id == arxiv_id:
                name = file.document.path.name
                yield Place(file=name, line=entry.line, topic=entry.topic)


def _twin(arxiv_id: str, title: str, queue: Queue, lists: Sequence[ListFile]) -> str:
    """Another paper with the same title: it makes this one known."""
    if not title:
        return ""
    key = title_key(title)
    for file in lists:
        for entry in file.entries:
            if title_key(entry.title) == key and entry.arxiv_id != arxiv_id:
                name = f"{entry.arxiv_id or 'an entry without identifier'}"
                return f"{name} in {file.document.path.name}, line {entry.line}"
    for other, other_title in queue.titles().items():
        if other != arxiv_id and title_key(other_title) == key:
            return f"{other} in the queue"
    return ""


def _why(
    known: KnownPaper | None,
    candidate: Candidate | None,
    *,
    places: Sequence[Place],
    twin: str,
    scored: bool,
    job: StoryJob,
) -> Why:
    if places:
        return Why.LISTED
    if candidate:
        return _STATES[candidate.state]
    if twin:
        return Why.SAME_TITLE
    if scored:
        return Why.BELOW_THE_CUT
    return Why.NOT_SEEN if known is None else _why_not_scored(known, job.categories)


def _why_not_scored(known: KnownPaper, categories: Sequence[str]) -> Why:
    if known.paper and not is_ours(known.paper.categories, categories):
        return Why.OUTSIDE
    return {
        Standing.WAITING: Why.WAITING,
        Standing.TRIAGED: Why.FORGOTTEN,
        Standing.HISTORY: Why.HISTORY,
    }[known.standing]


def _suggested_day(arxiv_id: str, ledger: Ledger) -> date | None:
    """The first day whose papers go up to this identifier, as far as the ledger knows."""
    year, month = id_month(arxiv_id)
    own = id_order(arxiv_id)
    days = [
        fetch.day
        for fetch in ledger.days(since=date(year, month, 1))
        if fetch.highest_id and id_order(fetch.highest_id) >= own
    ]
    return min(days, default=None)


def _fetches(ledger: Ledger, day: date | None) -> tuple[Fetch, ...]:
    if day is None:
        return ()
    return tuple(fetch for fetch in ledger.days(since=day) if fetch.day == day)


def _month(ledger: Ledger, arxiv_id: str) -> tuple[Fetch, ...]:
    year, month = id_month(arxiv_id)
    first = date(year, month, 1)
    lines = ledger.days(since=first)
    return tuple(each for each in lines if (each.day.year, each.day.month) == (year, month))


def _last_queued(queue: Queue, day: date | None) -> float | None:
    if day is None:
        return None
    page = queue.page(CandidateFilter(day=day), limit=_OF_A_DAY)
    return min((each.relevance for each in page.candidates if not each.audit), default=None)


def _commits(job: StoryJob, arxiv_id: str) -> Iterator[ListCommit]:
    for change in changes_of(job.repository(), job.list_paths, arxiv_id, rev=job.rev()):
        said = [p for p in read_trailers(change.commit.text) if p.arxiv_id == arxiv_id]
        yield ListCommit(
            commit=change.commit,
            into=change.into,
            out_of=change.out_of,
            sure=change.sure,
            provenance=said[0] if said else None,
        )
