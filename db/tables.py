"""The tables, and how their columns become the values of :mod:`db.records`.

A column is named as the attribute it holds, so that a row becomes a record
without a list of names. Nothing here is particular to one database.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    RowMapping,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from db.records import (
    AnnounceType,
    Candidate,
    Decision,
    Fetch,
    FetchStatus,
    JobRun,
    Paper,
    State,
    TopicProbability,
    TopicRename,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_Word = TypeVar("_Word", bound=StrEnum)
WORD_LENGTH = 16
"""Room for the longest word of any :class:`StrEnum` in a column, in characters."""


def storable(text: str) -> str:
    """``text`` with U+FFFD for what no database stores: lone surrogates and U+0000.

    One damaged title must not keep a whole day from being remembered.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


class SafeText(TypeDecorator[str]):
    """Text from anywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Makes any text storable."""
        return None if value is None else storable(value)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times, in UTC also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times, and stores others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Gives aware times in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WordOf(TypeDecorator[_Word]):
    """A word of a closed vocabulary, stored as itself."""

    impl = String(WORD_LENGTH)
    cache_ok = True

    def __init__(self, words: type[_Word]) -> None:
        self.words = words
        super().__init__()

    def process_bind_param(self, value: _Word | None, _dialect: Dialect) -> str | None:
        """Refuses what is not in the vocabulary."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> _Word | None:
        """Gives the word of the vocabulary."""
        return None if value is None else self.words(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Several texts in order."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, _dialect: Dialect) -> list[str]:
        """Makes each text storable."""
        return [storable(text) for text in value or ()]

    def process_result_value(self, value: list[str] | None, _dialect: Dialect) -> tuple[str, ...]:
        """Gives a tuple."""
        return tuple(value or ())


class Topics(TypeDecorator[tuple[TopicProbability, ...]]):
    """Topics with their probabilities, best first."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: Iterable[TopicProbability] | None, _dialect: Dialect
    ) -> list[tuple[str, float]]:
        """Stores pairs."""
        return [(storable(each.topic), float(each.probability)) for each in value or ()]

    def process_result_value(
        self, value: list[tuple[str, float]] | None, _dialect: Dialect
    ) -> tuple[TopicProbability, ...]:
        """Gives records."""
        return tuple(
            TopicProbability(topic=topic, probability=probability)
            for topic, probability in value or ()
        )


class Base(DeclarativeBase):
    """What all tables share: which column type stands for which Python type."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: SafeText,
        float: Float,
        datetime: UtcDateTime,
        tuple[str, ...]: Texts,
        tuple[TopicProbability, ...]: Topics,
        AnnounceType: WordOf(AnnounceType),
        State: WordOf(State),
        Verdict: WordOf(Verdict),
        FetchStatus: WordOf(FetchStatus),
    }


class PaperRow(Base):
    """Every paper seen.

    ``title`` and ``announce_type`` are NULL where only the identifier and the
    day are still known. ``triaged`` is false for a paper that waits to be scored.
    ``seen_at`` is when this database first saw the paper; NULL after a load, as
    a dump does not hold it.
    """

    __tablename__ = "papers"

    arxiv_id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    abstract: Mapped[str | None]
    authors: Mapped[tuple[str, ...]]
    categories: Mapped[tuple[str, ...]]
    comment: Mapped[str | None]
    published: Mapped[date | None]
    announced: Mapped[date]
    announce_type: Mapped[AnnounceType | None]
    triaged: Mapped[bool] = mapped_column(index=True)
    seen_at: Mapped[datetime | None]


class CandidateRow(Base):
    """Every paper that waits, or waited, for a decision."""

    __tablename__ = "candidates"
    __table_args__ = (Index("ix_candidates_state", "state", "relevance"),)

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


class DecisionRow(Base):
    """The history: rows are added, never changed, but for names of topics that changed.

    ``state_before`` and ``topic_before`` are what an undo goes back to.
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


class FetchRow(Base):
    """What each source delivered for each announcement day."""

    __tablename__ = "fetches"

    source: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    status: Mapped[FetchStatus]
    received: Mapped[int]
    problem: Mapped[str]
    fetched_at: Mapped[datetime]


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
JOB_RUNS = cast("Table", JobRunRow.__table__)
TOPIC_RENAMES = cast("Table", TopicRenameRow.__table__)

CANDIDATE_COLUMNS = (*PAPERS.c, *(column for column in CANDIDATES.c if column.name != "arxiv_id"))
"""What :func:`candidate_of` reads, from ``CANDIDATES`` joined with ``PAPERS``."""

_PAPER = tuple(field.name for field in fields(Paper))
_CANDIDATE = tuple(field.name for field in fields(Candidate) if field.name != "paper")
_DECISION = tuple(field.name for field in fields(Decision))
_FETCH = tuple(field.name for field in fields(Fetch))
_JOB_RUN = tuple(field.name for field in fields(JobRun))
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


def job_run_of(row: RowMapping) -> JobRun:
    """The run in a row of ``JOB_RUNS``."""
    return JobRun(**{name: row[name] for name in _JOB_RUN})


def topic_rename_of(row: RowMapping) -> TopicRename:
    """The rename in a row of ``TOPIC_RENAMES``."""
    return TopicRename(**{name: row[name] for name in _TOPIC_RENAME})


def row_of(
    record: Paper | Candidate | Decision | Fetch | JobRun | TopicRename, **more: object
) -> dict[str, Any]:
    """The columns of ``record``, and ``more``; a candidate's paper is another row."""
    columns = {field.name: getattr(record, field.name) for field in fields(record)}
    if isinstance(record, Candidate):
        columns["arxiv_id"] = columns.pop("paper").arxiv_id
    return {**columns, **more}
