"""Which files a dump has, and what a line of each holds."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select

from db import json_lines
from db.scorings import fold_scorings, unfold_scorings
from db.tables import (
    CANDIDATE_COLUMNS,
    CANDIDATES,
    DECISIONS,
    FETCHES,
    HARVESTS,
    JOB_RUNS,
    PAPERS,
    REQUESTS,
    SCORINGS,
    TOPIC_RENAMES,
    CandidateRow,
    DecisionRow,
    JobRunRow,
    PaperRow,
    TopicRenameRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import RowMapping, Select

    from db.json_lines import Check

Values = dict[str, Any]
"""What a line holds, by its keys; or a row, by its columns."""


class DumpFile(NamedTuple):
    """One file of a dump: its lines in order, and what a line holds.

    Lines are sorted by ``order``, or stay in the order of the query without. Where
    rows would say the same again and again, ``fold`` makes fewer lines of them, and
    ``unfold`` makes the rows of a line. A dump of a format before ``since`` does not
    have the file; ``lacking`` says, by the format that brought them, which keys lines
    of earlier formats do not have, and what to read instead.
    """

    name: str
    query: Select[Any]
    checks: Mapping[str, Check]
    order: Callable[[RowMapping], Any] | None = None
    since: int = 1
    lacking: Mapping[int, Mapping[str, Any]] = MappingProxyType({})
    fold: Callable[[Sequence[RowMapping]], list[Values]] | None = None
    unfold: Callable[[Values], list[Values]] = lambda values: [values]


FILES = (
    DumpFile(
        "candidates.jsonl",
        select(*CANDIDATE_COLUMNS).select_from(
            CANDIDATES.join(PAPERS, CANDIDATES.c.arxiv_id == PAPERS.c.arxiv_id)
        ),
        json_lines.CANDIDATE,
        lambda line: line["arxiv_id"],
        lacking={3: json_lines.CANDIDATE_BEFORE_3, 4: json_lines.CANDIDATE_BEFORE_4},
    ),
    DumpFile(
        "decisions.jsonl",
        select(DECISIONS).order_by(DecisionRow.decision_id),
        json_lines.DECISION,
        lacking={4: json_lines.DECISION_BEFORE_4},
    ),
    DumpFile(
        "fetches.jsonl",
        select(FETCHES),
        json_lines.FETCH,
        lambda line: (line["day"], line["source"]),
        lacking={3: json_lines.FETCH_BEFORE_3},
    ),
    DumpFile(
        "harvests.jsonl",
        select(HARVESTS),
        json_lines.HARVEST,
        lambda line: line["name"],
        since=3,
    ),
    DumpFile("job_runs.jsonl", select(JOB_RUNS).order_by(JobRunRow.run_id), json_lines.JOB_RUN),
    DumpFile(
        "requests.jsonl",
        select(REQUESTS),
        json_lines.REQUEST,
        lambda line: (line["handled_at"], line["request"]),
        since=4,
    ),
    DumpFile(
        "scorings.jsonl",
        select(SCORINGS),
        json_lines.SCORED_TOGETHER,
        lambda line: (line["announced"], line["rank"], line["arxiv_id"]),
        since=4,
        fold=fold_scorings,
        unfold=unfold_scorings,
    ),
    DumpFile(
        "seen.jsonl",
        # History is left out: it would be found to be history again.
        select(PAPERS.c.arxiv_id, PAPERS.c.announced, PAPERS.c.versions).where(
            PaperRow.triaged.is_(True),
            PaperRow.history.is_(False),
            PaperRow.arxiv_id.not_in(select(CandidateRow.arxiv_id)),
            or_(
                PaperRow.sampling_weight.is_(None),
                PaperRow.title.is_(None),
                PaperRow.announce_type.is_(None),
            ),
        ),
        json_lines.SEEN,
        lambda line: (line["announced"], line["arxiv_id"]),
        lacking={3: json_lines.SEEN_BEFORE_3},
    ),
    DumpFile(
        "topic_renames.jsonl",
        select(TOPIC_RENAMES).order_by(TopicRenameRow.rename_id),
        json_lines.TOPIC_RENAME,
        since=2,
    ),
    DumpFile(
        "waiting.jsonl",
        select(PAPERS).where(PaperRow.triaged.is_(False)),
        json_lines.PAPER,
        lambda line: line["arxiv_id"],
        lacking={3: json_lines.PAPER_BEFORE_3},
    ),
)

SAMPLE = DumpFile(
    "sample",
    select(PAPERS).where(
        PaperRow.triaged.is_(True),
        PaperRow.history.is_(False),
        PaperRow.arxiv_id.not_in(select(CandidateRow.arxiv_id)),
        PaperRow.sampling_weight.is_not(None),
        PaperRow.title.is_not(None),
        PaperRow.announce_type.is_not(None),
    ),
    json_lines.SAMPLED,
    lambda line: line["arxiv_id"],
    since=3,
)
"""Papers of the training sample that were not queued: a file for each month of announcement."""

SAMPLE_NAME = re.compile(r"sample-(\d{4}-\d{2})\.jsonl")

NOTHING_SAID = {"estimated": False, "withdrawn": False, "license": "", "history": False}
"""Columns of a paper of which little is remembered, and which are never NULL."""

KEYS = {
    "candidates.jsonl": ("arxiv_id",),
    "fetches.jsonl": ("source", "day"),
    "harvests.jsonl": ("name",),
    "requests.jsonl": ("request",),
    "scorings.jsonl": ("arxiv_id",),
    "seen.jsonl": ("arxiv_id",),
    "waiting.jsonl": ("arxiv_id",),
}
"""What stands in a file once; a paper stands in one of these or in a file of the sample."""

BY_THEMSELVES = {
    "fetches.jsonl": FETCHES,
    "harvests.jsonl": HARVESTS,
    "job_runs.jsonl": JOB_RUNS,
    "requests.jsonl": REQUESTS,
    "scorings.jsonl": SCORINGS,
    "topic_renames.jsonl": TOPIC_RENAMES,
}
"""Files whose lines are the rows of one table, which no other table needs."""

FOLDED = frozenset(file.name for file in FILES if file.fold)
"""Files of which a line is several rows."""
