"""One reviewer's desk, from the queue, the list's files and the publication.

Implements :class:`pipeline.review.card.Desk`. Keeps nothing about the queue, so
that what others decide is seen by the next call. Safe to use from several
threads at once.
"""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from db.records import Decision, EntryEdit, State
from pipeline.decisions import topic_named
from pipeline.desk.drafting import drafted, previewed, settled_edit
from pipeline.errors import CountChangedError, DecisionError, UndoProposedError
from pipeline.ledger import ledger_since, report_ledger
from pipeline.publication import PublishJob, plan_publication, publish_approved, read_lists
from pipeline.publish.diff import unified_diff
from pipeline.review.card import (
    MOST_AT_ONCE,
    Card,
    FetchedDay,
    LedgerPage,
    Progress,
    PublishPreview,
    QueuePage,
    Report,
)
from pipeline.withdrawal import UndoJob, undo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from db.ledger import Ledger
    from db.queue import Queue
    from db.records import Candidate, CandidateFilter, DecidedPaper, Verdict
    from pipeline.desk.listed import ListReader
    from pipeline.git import Repository
    from pipeline.lists.reader import ListFile
    from pipeline.outcome import Publication
    from pipeline.ports import PublisherMaker
    from pipeline.publish.provenance import PaperCommit
    from pipeline.review.card import DraftedEntry

WAITING = frozenset({State.PENDING, State.DEFERRED})
"""What a filter's numbers count where no state is asked for."""

_REPORT_HINT = "`shortlist report --out {path}` makes it"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTools:
    """What all desks share.

    Attributes:
        queue: Where candidates wait.
        ledger: What was fetched.
        lists: Reads the list files.
        list_paths: The list files, the one for new entries first.
        list_root: Folder that paths in a diff are shown relative to.
        in_all_files: Whether new entries go to every list file (``policy = "both"``).
        make_publisher: Makes what commits to the list; called when it is needed.
        open_repository: Likewise opens the list's repository.
        taken_back: What the list's history says was taken back last.
        told_of: What it says of one paper, newest first.
        read_remote: Reads the list where entries are proposed, ``None`` where they are
            committed to the checkout.
        story: Tells all that is known of a paper, as :func:`pipeline.story.as_json` has it.
        report_path: Where ``shortlist report`` puts its page.
        clock: The time (UTC).
        publishing: Held while this program publishes.
    """

    queue: Queue
    ledger: Ledger
    lists: ListReader
    list_paths: tuple[Path, ...]
    list_root: Path
    in_all_files: bool
    make_publisher: PublisherMaker
    open_repository: Callable[[], Repository]
    story: Callable[[str], Mapping[str, object]]
    report_path: Path
    clock: Callable[[], datetime]
    taken_back: Callable[[], Sequence[PaperCommit]] = tuple
    told_of: Callable[[str], Sequence[PaperCommit]] = lambda _: ()
    read_remote: Callable[[Sequence[Path]], tuple[ListFile, ...]] | None = None
    publishing: threading.Lock = field(default_factory=threading.Lock)


class ReviewDesk:
    """The work of one reviewer (implements :class:`pipeline.review.card.Desk`)."""

    def __init__(self, tools: DeskTools, reviewer: str) -> None:
        self._tools = tools
        self._queue = tools.queue
        self._reviewer = reviewer

    @property
    def reviewer(self) -> str:
        """The name kept with decisions."""
        return self._reviewer

    def of_reviewer(self, name: str) -> ReviewDesk:
        """The desk of another reviewer."""
        return self if name == self._reviewer else ReviewDesk(self._tools, name)

    # -- what there is -----------------------------------------------------

    def topics(self) -> tuple[str, ...]:
        """The list's topics, in the list's order."""
        return self._tools.lists.read().topics

    def progress(self) -> Progress:
        """How far the day's work is; a day begins at midnight where this program runs."""
        here = self._tools.clock().astimezone()
        midnight = datetime.combine(here.date(), time.min, here.tzinfo).astimezone(UTC)
        work = self._queue.work(midnight)
        return Progress(done=work.done, of=work.done + work.waiting)

    def queue(self, wanted: CandidateFilter, *, offset: int = 0, limit: int = 50) -> QueuePage:
        """The candidates that ``wanted`` finds, most relevant first."""
        page = self._queue.page(wanted, offset=offset, limit=limit)
        states = wanted.states or WAITING
        return QueuePage(
            candidates=page.candidates,
            total=page.total,
            topics=tuple(self._queue.topic_counts(states).items()),
            days=tuple(self._queue.day_counts(states).items()),
        )

    def candidate(self, arxiv_id: str) -> Candidate:
        """One candidate."""
        return self._queue.get(arxiv_id)

    def card(self, arxiv_id: str) -> Card:
        """One candidate with all that is needed to decide."""
        return self._card(self._queue.get(arxiv_id))

    def history(
        self, *, offset: int = 0, limit: int = 50, reviewer: str = ""
    ) -> tuple[DecidedPaper, ...]:
        """What was decided, newest first; of all reviewers, or of one."""
        return self._queue.recent(limit=limit, offset=offset, reviewer=reviewer)

    def story(self, arxiv_id: str) -> Mapping[str, object]:
        """All that is known of a paper, also of one that was never queued."""
        return self._tools.story(arxiv_id)

    def ledger(self, *, days: int = 14) -> LedgerPage:
        """What each source delivered in the last ``days`` days."""
        now = self._tools.clock()
        since = ledger_since(now.date(), days)
        fetches = self._tools.ledger.days(since=since)
        report = report_ledger(fetches, today=now.date(), days=days, now=now)
        return LedgerPage(
            days=tuple(
                FetchedDay(
                    day=day.day, mailing=day.mailing.value, owed=day.is_owed, fetches=day.fetches
                )
                for day in report.days
            ),
            alarm=report.alarm,
        )

    def report(self) -> Report:
        """The page of the model."""
        path = self._tools.report_path
        hint = _REPORT_HINT.format(path=path)
        try:
            written = path.stat().st_mtime
            html = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return Report(html="", made_at=None, hint=hint)
        return Report(html=html, made_at=datetime.fromtimestamp(written, UTC), hint=hint)

    # -- what a reviewer answers -------------------------------------------

    def decide(
        self,
        arxiv_id: str,
        verdict: Verdict,
        *,
        topic: str = "",
        reason: str = "",
        revision: int | None = None,
        request: str = "",
    ) -> Card:
        """Approve, reject or defer one candidate."""
        decision = self._decision(arxiv_id, verdict, topic=self._topic(topic), reason=reason)
        revisions = {} if revision is None else {arxiv_id: revision}
        return self._card(
            self._queue.decide_all([decision], revisions=revisions, request=request)[0]
        )

    def decide_found(
        self, verdict: Verdict, wanted: CandidateFilter, *, count: int
    ) -> tuple[Candidate, ...]:
        """Give all that ``wanted`` finds one verdict: all of them, or none."""
        if not 1 <= count <= MOST_AT_ONCE:
            raise DecisionError(
                f"{count:,} candidates cannot be decided at once",
                hint=f"1 to {MOST_AT_ONCE} can: narrow the filter",
            )
        found = self._queue.page(wanted, limit=MOST_AT_ONCE)
        if found.total != count:
            raise CountChangedError(
                f"the filter finds {found.total:,} candidates now, not {count:,}",
                hint="look again, and confirm the number",
            )
        return self._queue.decide_all(
            [self._decision(each.paper.arxiv_id, verdict) for each in found.candidates],
            revisions={each.paper.arxiv_id: each.revision for each in found.candidates},
        )

    def undo(self, arxiv_id: str, *, revision: int | None = None, request: str = "") -> Card:
        """Take back the last decision or edit; of a published one, its entry in the list too."""
        tools = self._tools
        job = UndoJob(
            list_paths=tools.list_paths,
            queue=tools.queue,
            publisher=tools.make_publisher,
            repository=tools.open_repository,
            reviewer=self._reviewer,
            now=tools.clock(),
        )
        is_listed = self._queue.get(arxiv_id).state is State.PUBLISHED
        # Only what changes the list waits for those who do.
        with tools.publishing if is_listed else nullcontext():
            undone = undo(job, arxiv_id, revision=revision, request=request)
        if undone.pull_request:
            raise UndoProposedError(arxiv_id, undone.pull_request, undone.problems)
        return self._card(undone.candidate)

    def edit(
        self,
        arxiv_id: str,
        edit: EntryEdit,
        *,
        topic: str = "",
        revision: int | None = None,
        request: str = "",
    ) -> Card:
        """Keep what a maintainer changed in the entry."""
        candidate = self._queue.get(arxiv_id)
        heading = self._topic(topic)
        placed = replace(candidate, topic=heading or candidate.topic)
        settled = settled_edit(placed, edit, self._tools.lists.read())
        return self._card(
            self._queue.edit(
                arxiv_id,
                settled,
                topic="" if heading == candidate.topic else heading,
                reviewer=self._reviewer,
                now=self._tools.clock(),
                revision=revision,
                request=request,
            )
        )

    def preview(self, arxiv_id: str, edit: EntryEdit, *, topic: str = "") -> DraftedEntry:
        """The entry as :meth:`edit` would have it; nothing is kept, and nothing refused."""
        candidate = self._queue.get(arxiv_id)
        return previewed(
            replace(candidate, edit=edit, topic=topic or candidate.topic), self._tools.lists.read()
        )

    # -- what reaches the list ---------------------------------------------

    def preview_publication(self) -> PublishPreview:
        """What :meth:`publish` would do now; nothing is written."""
        tools = self._tools
        here = tools.lists.read().lists
        lists = tools.read_remote(tools.list_paths) if tools.read_remote else here
        plan = plan_publication(self._queue.approved(), lists, in_all_files=tools.in_all_files)
        return PublishPreview(
            diff="".join(unified_diff(edit, root=tools.list_root) for edit in plan.edits),
            entries=tuple((each.arxiv_id or "", each.title, each.topic) for each in plan.entries),
            message=plan.message,
            problems=plan.problems,
            token=plan.token,
        )

    def publish(self, token: str) -> Publication:
        """Publish what was approved, if it is what ``token`` stands for."""
        tools = self._tools
        with tools.publishing:
            job = PublishJob(
                list_paths=tools.list_paths,
                in_all_files=tools.in_all_files,
                queue=tools.queue,
                publisher=tools.make_publisher(),
                now=tools.clock(),
                taken_back=tools.taken_back,
                told_of=tools.told_of,
                reader=tools.read_remote or read_lists,
            )
            return publish_approved(job, token=token)

    # ----------------------------------------------------------------------

    def _card(self, candidate: Candidate) -> Card:
        listed = self._tools.lists.read()
        return Card(
            candidate=candidate,
            entry=drafted(candidate, listed),
            all_topics=listed.topics,
            history=self._queue.history(candidate.paper.arxiv_id),
        )

    def _topic(self, name: str) -> str:
        return topic_named(name, self._tools.lists.read().lists) if name else ""

    def _decision(
        self, arxiv_id: str, verdict: Verdict, *, topic: str = "", reason: str = ""
    ) -> Decision:
        return Decision(
            arxiv_id=arxiv_id,
            verdict=verdict,
            topic=topic,
            reason=reason,
            reviewer=self._reviewer,
            decided_at=self._tools.clock(),
        )
