"""Day by day, as it would have been: who would have shown the papers that were added.

A day that is done is kept in a folder, so that a replay that was stopped goes on
where it was. The folder's name tells everything that a result depends on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from db.records import AnnounceType
from pipeline.errors import SetupError
from pipeline.replay.measure import RankedDay
from pipeline.replay.rankers import Known
from pipeline.sources.recorded import read_day, recorded_days
from pipeline.triage.examples import DAYS_TO_ENTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from db.records import Paper
    from pipeline.ports import Progress
    from pipeline.replay.past import ListPast
    from pipeline.replay.rankers import Ranker
    from pipeline.replay.shortlist import ShortlistRanker
    from pipeline.sources.recorded import Metadata

SHORTLIST = "shortlist"
"""Name of our own ranker among the others."""

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayJob:
    """What a replay needs.

    Attributes:
        past: The list's history.
        days: Folders of recorded days.
        listed: Metadata of listed papers, by identifier.
        start: First day.
        end: Last day, included.
        retrain_days: Everybody learns again after so many days.
        ours: Shortlist.
        others: The baselines, by name.
        folder: Where days that are done are kept.
        report: Called with one line for each thing worth knowing.
        progress: Called with days done and all days.
    """

    past: ListPast
    days: tuple[Path, ...]
    listed: Mapping[str, Metadata]
    start: date
    end: date
    retrain_days: int
    ours: ShortlistRanker
    others: Mapping[str, Ranker]
    folder: Path
    report: Callable[[str], None]
    progress: Progress | None = None


def replay(job: ReplayJob) -> tuple[RankedDay, ...]:
    """Every recorded day of the window, ranked by everybody.

    Raises:
        SetupError: No recorded day lies in the window, or none before it.
        ModelsError: There was too little to learn from.
    """
    announced = first_appearances(job.days, until=job.end, report=job.report)
    window = [day for day in announced if job.start <= day <= job.end]
    if not window:
        raise SetupError(
            f"no recorded day lies in {job.start} to {job.end}",
            hint="--days names a folder of recorded days",
        )
    rankers: dict[str, Ranker] = {SHORTLIST: job.ours, **job.others}
    ranked = []
    learned: date | None = None
    for done, day in enumerate(window):
        if job.progress is not None:
            job.progress(done, len(window))
        period = _period(day, window[0], job.retrain_days)
        kept = _load(job.folder, day)
        if kept is None:
            if learned != period:
                known = _known(job, announced, period)
                for ranker in rankers.values():
                    ranker.learn(known)
                learned = period
            kept = _rank(job, day, announced[day], rankers)
            _save(job.folder, kept)
        ranked.append(kept)
    if job.progress is not None:
        job.progress(len(window), len(window))
    return tuple(ranked)


def kept_days(folder: Path, *, start: date, end: date) -> tuple[RankedDay, ...]:
    """The days of a window that a replay has done so far, in order."""
    named = [path.stem for path in sorted(folder.glob("????-??-??.json"))]
    days = [
        date.fromisoformat(name) for name in named if start.isoformat() <= name <= end.isoformat()
    ]
    return tuple(kept for day in days if (kept := _load(folder, day)) is not None)


def first_appearances(
    folders: Sequence[Path], *, until: date, report: Callable[[str], None]
) -> dict[date, tuple[Paper, ...]]:
    """New and cross-listed papers of each recorded day until ``until``, each once, in order."""
    found: dict[date, list[Paper]] = {}
    for folder in folders:
        for day in recorded_days(folder):
            if day <= until:
                papers, set_aside = read_day(folder, day)
                found.setdefault(day, []).extend(papers)
                for line in set_aside:
                    report(line)
    seen: set[str] = set()
    first: dict[date, tuple[Paper, ...]] = {}
    for day in sorted(found):
        fresh = {
            paper.arxiv_id: paper
            for paper in found[day]
            if paper.announce_type is not AnnounceType.REPLACE and paper.arxiv_id not in seen
        }
        seen |= fresh.keys()
        first[day] = tuple(fresh.values())
    return first


def replay_key(job_files: Sequence[Path], *words: str) -> str:
    """A name for everything a result depends on: words, and the bytes of files.

    The program's own models are among the files: another program's days are another replay.
    """
    digest = hashlib.sha256("\n".join(words).encode())
    own = Path(__file__).resolve().parents[2]
    for folder in ("models", "pipeline/triage", "pipeline/replay"):
        for path in sorted((own / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    for path in job_files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _period(day: date, first: date, retrain_days: int) -> date:
    """The day on which the models that serve ``day`` were made."""
    return first + timedelta(days=(day - first).days // retrain_days * retrain_days)


def _known(job: ReplayJob, announced: Mapping[date, Sequence[Paper]], day: date) -> Known:
    state = job.past.before(day)
    then = {entry.arxiv_id for entry in state.entries if entry.arxiv_id}
    return Known(
        day=day,
        state=state,
        announced=tuple(
            paper for earlier, papers in announced.items() if earlier < day for paper in papers
        ),
        listed={arxiv_id: job.listed[arxiv_id] for arxiv_id in then if arxiv_id in job.listed},
        entered={arxiv_id: job.past.entered[arxiv_id] for arxiv_id in then},
    )


def _rank(
    job: ReplayJob, day: date, papers: Sequence[Paper], rankers: Mapping[str, Ranker]
) -> RankedDay:
    state = job.past.before(day)
    listed = {entry.arxiv_id for entry in state.entries}
    fresh = [paper for paper in papers if paper.arxiv_id not in listed]
    added = frozenset(
        paper.arxiv_id
        for paper in fresh
        if paper.arxiv_id in job.past.entered
        and 0 <= (job.past.entered[paper.arxiv_id].day - day).days <= DAYS_TO_ENTER
    )
    scores = {
        name: tuple(round(float(score), 6) for score in ranker.score(fresh))
        for name, ranker in rankers.items()
    }
    return RankedDay(
        day=day,
        arxiv_ids=tuple(paper.arxiv_id for paper in fresh),
        added=added,
        scores=scores,
        topics={
            paper.arxiv_id: (job.past.entered[paper.arxiv_id].topic, said)
            for paper, said in zip(fresh, job.ours.topics, strict=True)
            if paper.arxiv_id in added
        },
    )


def _save(folder: Path, ranked: RankedDay) -> None:
    content = {
        "day": ranked.day.isoformat(),
        "arxiv_ids": ranked.arxiv_ids,
        "added": sorted(ranked.added),
        "scores": ranked.scores,
        "topics": ranked.topics,
    }
    folder.mkdir(parents=True, exist_ok=True)
    unfinished = folder / f".{ranked.day}.new"
    unfinished.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(folder / f"{ranked.day}.json")


def _load(folder: Path, day: date) -> RankedDay | None:
    """The day as it was kept, if it was; a file that is not whole is no result."""
    try:
        content = json.loads((folder / f"{day}.json").read_text(encoding="utf-8"))
        return RankedDay(
            day=day,
            arxiv_ids=tuple(content["arxiv_ids"]),
            added=frozenset(content["added"]),
            scores={name: tuple(scores) for name, scores in content["scores"].items()},
            topics={key: (truth, said) for key, (truth, said) in content["topics"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
