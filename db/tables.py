"""The tables, and how their rows become the values of :mod:`db.records`.

A column is named as the attribute it holds, so that a row becomes a record
without a list of names. Nothing here is particular to one database.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import date, datetime
from typing import Any, ClassVar, cast

from sqlalchemy import (
    Float,
    ForeignKey,
    Index,
    RowMapping,
    String,
    Table,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.columns import (
    WORD_LENGTH,
    EntryEditColumn,
    EvidenceColumn,
    SafeText,
    Texts,
    Topics,
    UtcDateTime,
    Versions,
    WordOf,
)
from db.records import (
    AnnounceType,
    Candidate,
    Decision,
    EntryEdit,
    Evidence,
    Fetch,
    FetchStatus,
    Harvest,
    JobRun,
    KnownPaper,
    Paper,
    PaperVersion,
    Scoring,
    Standing,
    State,
    TopicProbability,
    TopicRename,
    Verdict,
)


class Base(DeclarativeBase):
    """What all tables share: which column type stands for which Python type."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: SafeText,
        float: Float,
        datetime: UtcDateTime,
        tuple[str, ...]: Texts,
        tuple[TopicProbability, ...]: Topics,
        tuple[PaperVersion, ...]: Versions,
        EntryEdit: EntryEditColumn,
        Evidence: EvidenceColumn,
        AnnounceType: WordOf(AnnounceType),
        State: WordOf(State),
        Verdict: WordOf(Verdict),
        FetchStatus: WordOf(FetchStatus),
    }


class PaperRow(Base):
    """Every paper seen.

    ``title`` and ``announce_type`` are NULL where only the identifier and the
    day are still known. ``triaged`` is false for a paper that waits to be scored;
    ``history`` is true for one that was never to be (``Standing``).
    ``sampling_weight`` is how many papers a triaged one stands for in the training
    sample; NULL for one that is no part of it.
    ``seen_at`` is when this database first saw the paper; NULL after a load, as
    a dump does not hold it.
    """

    __tablename__ = "papers"
    __table_args__ = (
        Index("ix_papers_announced", "announced"),
        Index("ix_papers_day", "arxiv_id", "announced"),
        Index("ix_papers_revised", "revised"),
    )

    arxiv_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    abstract: Mapped[str | None]
    authors: Mapped[tuple[str, ...]]
    categories: Mapped[tuple[str, ...]]
    comment: Mapped[str | None]
    published: Mapped[date | None]
    announced: Mapped[date]
    announce_type: Mapped[AnnounceType | None]
    estimated: Mapped[bool]
    versions: Mapped[tuple[PaperVersion, ...]]
    revised: Mapped[date | None]
    withdrawn: Mapped[bool]
    license: Mapped[str]
    dois: Mapped[tuple[str, ...]]
    journal_ref: Mapped[str | None]
    history: Mapped[bool]
    triaged: Mapped[bool] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]
    sampling_weight: Mapped[float | None] = mapped_column(index=True)


class CandidateRow(Base):
    """Every paper that waits, or waited, for a decision."""

    __tablename__ = "candidates"
    __table_args__ = (
        Index("ix_candidates_state", "state", "relevance", "arxiv_id"),
        Index("ix_candidates_topic", "state", "topic", "relevance", "arxiv_id"),
        Index("ix_candidates_decided", "decided_at"),
    )

    arxiv_id: Mapped[str] = mapped_column(ForeignKey("papers.arxiv_id"), primary_key=True)
    topic: Mapped[str]
    topics: Mapped[tuple[TopicProbability, ...]]
    relevance: Mapped[float]
    why: Mapped[tuple[str, ...]]
    model: Mapped[str]
    queued_at: Mapped[datetime]
    state: Mapped[State]
    reviewer: Mapped[str]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str]
    commit: Mapped[str]
    audit: Mapped[bool]
    choices: Mapped[tuple[str, ...]]
    evidence: Mapped[Evidence]
    edit: Mapped[EntryEdit]
    revision: Mapped[int]


class DecisionRow(Base):
    """The history: rows are added, never changed, but for names of topics that changed.

    ``state_before``, ``topic_before`` and ``edit_before`` are what an undo goes back to.
    """

    __tablename__ = "decisions"

    decision_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    arxiv_id: Mapped[str] = mapped_column(ForeignKey("candidates.arxiv_id"), index=True)
    verdict: Mapped[Verdict]
    topic: Mapped[str]
    reason: Mapped[str]
    reviewer: Mapped[str]
    decided_at: Mapped[datetime]
    model: Mapped[str]
    relevance: Mapped[float]
    topic_probability: Mapped[float]
    state_before: Mapped[State]
    topic_before: Mapped[str]
    edit_before: Mapped[EntryEdit]


class ScoringRow(Base):
    """What was last said of each paper that was scored, as long as it is remembered."""

    __tablename__ = "scorings"

    arxiv_id: Mapped[str] = mapped_column(primary_key=True)
    announced: Mapped[date] = mapped_column(index=True)
    model: Mapped[str]
    topic: Mapped[str]
    relevance: Mapped[float]
    rank: Mapped[int]
    papers: Mapped[int]
    cut: Mapped[int]
    sources: Mapped[tuple[str, ...]]
    scored_at: Mapped[datetime]


class RequestRow(Base):
    """Requests from outside that were carried out, so that none is carried out twice."""

    __tablename__ = "requests"

    request: Mapped[str] = mapped_column(primary_key=True)
    handled_at: Mapped[datetime]


class FetchRow(Base):
    """What each source delivered for each announcement day."""

    __tablename__ = "fetches"

    source: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[FetchStatus]
    received: Mapped[int]
    expected: Mapped[int | None]
    highest_id: Mapped[str]
    problem: Mapped[str]
    fetched_at: Mapped[datetime]


class HarvestRow(Base):
    """How far each harvest came."""

    __tablename__ = "harvests"

    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[date]
    resume_from: Mapped[date]
    token: Mapped[str]
    completed: Mapped[date | None]
    open: Mapped[bool]


class JobRunRow(Base):
    """Every run of every job."""

    __tablename__ = "job_runs"

    run_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job: Mapped[str] = mapped_column(index=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(WORD_LENGTH))
    problem: Mapped[str]


class TopicRenameRow(Base):
    """Every rename or merge of a topic; ``pending`` until the list has it for certain."""

    __tablename__ = "topic_renames"

    rename_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    old: Mapped[str]
    new: Mapped[str]
    renamed_at: Mapped[datetime]
    pending: Mapped[bool]


PAPERS = cast("Table", PaperRow.__table__)
CANDIDATES = cast("Table", CandidateRow.__table__)
DECISIONS = cast("Table", DecisionRow.__table__)
FETCHES = cast("Table", FetchRow.__table__)
HARVESTS = cast("Table", HarvestRow.__table__)
JOB_RUNS = cast("Table", JobRunRow.__table__)
SCORINGS = cast("Table", ScoringRow.__table__)
REQUESTS = cast("Table", RequestRow.__table__)
TOPIC_RENAMES = cast("Table", TopicRenameRow.__table__)

CANDIDATE_COLUMNS = (*PAPERS.c, *(column for column in CANDIDATES.c if column.name != "arxiv_id"))
"""What :func:`candidate_of` reads, from ``CANDIDATES`` joined with ``PAPERS``."""

_PAPER = tuple(field.name for field in fields(Paper))
_CANDIDATE = tuple(field.name for field in fields(Candidate) if field.name != "paper")
_DECISION = tuple(field.name for field in fields(Decision))
_FETCH = tuple(field.name for field in fields(Fetch))
_HARVEST = tuple(field.name for field in fields(Harvest))
_JOB_RUN = tuple(field.name for field in fields(JobRun))
_SCORING = tuple(field.name for field in fields(Scoring))
_TOPIC_RENAME = tuple(field.name for field in fields(TopicRename))


def paper_of(row: RowMapping) -> Paper:
    """The paper in a row of ``PAPERS`` that holds a whole one."""
    return Paper(**{name: row[name] for name in _PAPER})


def candidate_of(row: RowMapping) -> Candidate:
    """The candidate in a row of ``CANDIDATE_COLUMNS``."""
    return Candidate(paper=paper_of(row), **{name: row[name] for name in _CANDIDATE})


def decision_of(row: RowMapping) -> Decision:
    """The decision in a row of ``DECISIONS``."""
    return Decision(**{name: row[name] for name in _DECISION})


def fetch_of(row: RowMapping) -> Fetch:
    """The line of the ledger in a row of ``FETCHES``."""
    return Fetch(**{name: row[name] for name in _FETCH})


def known_of(row: RowMapping) -> KnownPaper:
    """What a row of ``PAPERS`` remembers."""
    whole = row["title"] is not None and row["announce_type"] is not None
    standing = Standing.TRIAGED if row["triaged"] else Standing.WAITING
    return KnownPaper(
        arxiv_id=row["arxiv_id"],
        announced=row["announced"],
        version=row["versions"][-1].number if row["versions"] else 0,
        standing=Standing.HISTORY if row["history"] else standing,
        paper=paper_of(row) if whole else None,
    )


def harvest_of(row: RowMapping) -> Harvest:
    """How far a harvest came, in a row of ``HARVESTS``."""
    return Harvest(**{name: row[name] for name in _HARVEST})


def job_run_of(row: RowMapping) -> JobRun:
    """The run in a row of ``JOB_RUNS``."""
    return JobRun(**{name: row[name] for name in _JOB_RUN})


def scoring_of(row: RowMapping) -> Scoring:
    """What was said of a paper, in a row of ``SCORINGS``."""
    return Scoring(**{name: row[name] for name in _SCORING})


def topic_rename_of(row: RowMapping) -> TopicRename:
    """The rename in a row of ``TOPIC_RENAMES``."""
    return TopicRename(**{name: row[name] for name in _TOPIC_RENAME})


def row_of(
    record: Paper | Candidate | Decision | Scoring | Fetch | Harvest | JobRun | TopicRename,
    **more: object,
) -> dict[str, Any]:
    """The columns of ``record``, and ``more``; a candidate's paper is another row."""
    columns = {field.name: getattr(record, field.name) for field in fields(record)}
    if isinstance(record, Candidate):
        columns["arxiv_id"] = columns.pop("paper").arxiv_id
    return {**columns, **more}
