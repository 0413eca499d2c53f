"""What keeps a list in order over the years: roll-over, and topics that change their names.

Each is one commit of the list. A rename is noted in the database first, then
committed, then completed there: whoever dies in between leaves a note, and the
list says whether the commit was made (:func:`settle_renames`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from db.records import TopicRename
from db.renames import names_now
from pipeline.errors import PipelineError
from pipeline.lists.headings import topic_key
from pipeline.lists.reader import read_list
from pipeline.lists.upkeep.added import find_additions
from pipeline.lists.upkeep.rollover import Move, Overdue, Refusal, find_overdue, plan_rollover
from pipeline.lists.upkeep.topics import TopicPlan, check_name, plan_merge, plan_rename, topic_named
from pipeline.publish.again import until_it_holds
from pipeline.publish.message import list_message
from pipeline.publish.provenance import Change, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from db.renames import TopicRenames
    from pipeline.git import Repository
    from pipeline.lists.reader import ListFile
    from pipeline.ports import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloverJob:
    """What a roll-over needs.

    Attributes:
        list_paths: The list files, the preview first; with one there is nothing to do.
        publisher: Puts edits where the maintainers keep the list.
        repository: The list's history, asked when entries without identifier were added.
        submitted: Days of first submission for some of the identifiers it is given.
        aliases: Other names of topics, in either direction.
        preview_days: Days an entry stays in the preview.
        as_of: The day that ages are counted to.
    """

    list_paths: tuple[Path, ...]
    publisher: Publisher
    repository: Repository
    submitted: Callable[[Iterable[str]], Mapping[str, date]]
    aliases: Mapping[str, str]
    preview_days: int
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloverReport:
    """What one roll-over did.

    Attributes:
        as_of: The day that ages were counted to.
        overdue: Everything that was too old for the preview, moved or not.
        moved: What moved to the full list.
        refused: What stays where it is, and why.
        commit: The commit that moved them, "" if there is none.
    """

    as_of: date
    overdue: tuple[Overdue, ...] = ()
    moved: tuple[Move, ...] = ()
    refused: tuple[Refusal, ...] = ()
    commit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicJob:
    """What a rename or a merge of topics needs.

    Attributes:
        list_paths: The list files.
        publisher: Puts edits where the maintainers keep the list.
        renames: What was renamed before, and the labels that follow.
        now: When (UTC).
    """

    list_paths: tuple[Path, ...]
    publisher: Publisher
    renames: TopicRenames
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicReport:
    """What became of a topic.

    Attributes:
        old: The name it had.
        new: The name it has, or the topic that took it in.
        entries: Entries of the list that stand under it.
        candidates: Candidates of the queue whose labels changed.
        files: Names of the list files that changed; none if it was done before.
        commit: The commit, "" if there is none.
    """

    old: str
    new: str
    entries: int = 0
    candidates: int = 0
    files: tuple[str, ...] = ()
    commit: str = ""


def roll_over(job: RolloverJob) -> RolloverReport:
    """Move what is overdue from the preview to the full list, as one commit.

    Raises:
        PipelineError: The list cannot be read or committed to; it is as it was.
    """
    return until_it_holds(lambda: _roll_over(job))


def _roll_over(job: RolloverJob) -> RolloverReport:
    job.publisher.recover()
    if len(job.list_paths) == 1:
        return RolloverReport(as_of=job.as_of)
    preview, full = (read_list(path) for path in job.list_paths)
    ids = [entry.arxiv_id for entry in preview.entries if entry.arxiv_id]
    nameless = [entry for entry in preview.entries if not entry.arxiv_id]
    overdue, unknown = find_overdue(
        preview,
        as_of=job.as_of,
        preview_days=job.preview_days,
        submitted=job.submitted(ids),
        added=find_additions(job.repository, preview.document.path, nameless),
    )
    plan = plan_rollover(overdue, preview, full, job.aliases)
    commit = ""
    if plan.edits:
        count = f"{len(plan.moved)} paper" + ("" if len(plan.moved) == 1 else "s")
        message = list_message(
            f"Move {count} to {full.document.path.name}",
            [
                (move.overdue.entry.arxiv_id or "", move.overdue.entry.title, move.topic)
                for move in plan.moved
            ],
            [
                Provenance(
                    arxiv_id=move.overdue.entry.arxiv_id,
                    change=Change.MOVE,
                    decision="rollover",
                )
                for move in plan.moved
                if move.overdue.entry.arxiv_id
            ],
        )
        commit = job.publisher.publish(plan.edits, message=message)
    else:
        job.publisher.push_pending()
    return RolloverReport(
        as_of=job.as_of,
        overdue=overdue,
        moved=plan.moved,
        refused=(*unknown, *plan.refused),
        commit=commit,
    )


def rename_topic(job: TopicJob, old: str, new: str) -> TopicReport:
    """Give a topic another name, in the list as one commit and in all labels.

    Doing it again does nothing.

    Raises:
        PipelineError: It cannot be done; list and labels are as they were.
    """
    name = check_name(new)
    return until_it_holds(lambda: _change(job, plan_rename, old, name, "Rename topic {} to {}"))


def merge_topics(job: TopicJob, source: str, target: str) -> TopicReport:
    """Put the entries of one topic under another, in the list as one commit and in all labels.

    Doing it again does nothing.

    Raises:
        PipelineError: It cannot be done; list and labels are as they were.
    """
    return until_it_holds(
        lambda: _change(job, plan_merge, source, target, "Merge topic {} into {}")
    )


def settle_renames(renames: TopicRenames, list_paths: Sequence[Path]) -> tuple[TopicRename, ...]:
    """Complete or forget what killed runs left pending; those completed.

    To be called after the publisher has recovered: files that were written but
    not committed would tell the wrong story.

    Raises:
        ListFormatError: A list file cannot be read.
    """
    pending = renames.pending()
    if not pending:
        return ()
    files = [read_list(path) for path in list_paths]
    completed = []
    for rename in pending:
        if _is_in(files, rename.new) and _is_gone(files, rename):
            renames.complete(rename)
            completed.append(rename)
        else:
            renames.drop(rename)
    return tuple(completed)


def _change(
    job: TopicJob,
    plan_change: Callable[[Sequence[ListFile], str, str], TopicPlan],
    old: str,
    new: str,
    subject: str,
) -> TopicReport:
    job.publisher.recover()
    settle_renames(job.renames, job.list_paths)
    files = [read_list(path) for path in job.list_paths]
    if _was_done(job.renames, files, old, new):
        job.publisher.push_pending()
        return TopicReport(old=old, new=new)
    plan = plan_change(files, old, new)
    if not plan.edits:
        return TopicReport(old=plan.old, new=plan.new, entries=plan.entries)
    rename = TopicRename(old=plan.old, new=plan.new, renamed_at=job.now)
    job.renames.begin(rename)
    try:
        commit = job.publisher.publish(
            plan.edits, message=list_message(subject.format(plan.old, plan.new))
        )
    except PipelineError:
        # Refused, or it moved: the list knows which.
        settle_renames(job.renames, job.list_paths)
        raise
    return TopicReport(
        old=plan.old,
        new=plan.new,
        entries=plan.entries,
        candidates=job.renames.complete(rename),
        files=tuple(edit.path.name for edit in plan.edits),
        commit=commit,
    )


def _was_done(renames: TopicRenames, files: Sequence[ListFile], old: str, new: str) -> bool:
    if _is_in(files, old) or not _is_in(files, new):
        return False
    now = {topic_key(name): other for name, other in names_now(renames.done()).items()}
    return topic_key(now.get(topic_key(old), "")) == topic_key(new)


def _is_in(files: Sequence[ListFile], name: str) -> bool:
    return any(topic_named(file, name) for file in files)


def _is_gone(files: Sequence[ListFile], rename: TopicRename) -> bool:
    """Whether no file has the old name; in another spelling of the same name, to the letter."""
    if topic_key(rename.old) != topic_key(rename.new):
        return not _is_in(files, rename.old)
    return all(topic.name != rename.old for file in files for topic in file.topics)
