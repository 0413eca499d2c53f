"""The job: what was measured elsewhere, brought together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.pages.facts import Drift, ReportFacts
from pipeline.replay.past import paper_key
from pipeline.reporting.listed import gained, topic_facts
from pipeline.reporting.replayed import find_replay, replay_facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from db.vectors import VectorCache
    from pipeline.ports import Encoder
    from pipeline.replay.past import ListPast
    from pipeline.sources.recorded import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportJob:
    """What a report is made of.

    Attributes:
        list_name: The list's, for headings.
        past: Its history.
        replay: A replay's folder, or the folder that replays are kept in.
        listed: Metadata of listed papers, by identifier.
        aliases: Other names of topics.
        evaluation: What ``shortlist evaluate --json`` prints; empty where topics cannot be scored.
        drift: ``None`` where nobody looked.
        today: The day of the report.
        encoder: Text to vectors.
        cache: Where vectors are kept.
        notes: What is known already that is worth saying.
    """

    list_name: str
    past: ListPast
    replay: Path
    listed: Mapping[str, Metadata]
    aliases: Mapping[str, str]
    evaluation: Mapping[str, Any]
    drift: Drift | None
    today: date
    encoder: Encoder
    cache: VectorCache
    notes: tuple[str, ...] = ()


def gather_facts(job: ReportJob) -> ReportFacts:
    """Everything the report tells.

    Raises:
        SetupError: The replay or the evaluation is not as it was written.
    """
    newest = job.past.newest()
    folder = find_replay(job.replay)
    return ReportFacts(
        list_name=job.list_name,
        commit=newest.commit,
        entries=len({paper_key(entry) for entry in newest.entries}),
        made_on=job.today,
        gained=gained(job.past, job.aliases),
        replay=None if folder is None else replay_facts(job, folder),
        topics=topic_facts(job.evaluation) if job.evaluation else None,
        drift=job.drift,
        notes=(*job.notes, *job.evaluation.get("notes", ())),
    )
