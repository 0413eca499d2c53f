"""The daily job: publish what was approved, queue what arXiv announced.

Knows steps and ports, never which source, model or repository stands behind
them; ``pipeline.wiring`` decides that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import AnnounceType
from models.errors import ModelsError
from pipeline.errors import SetupError
from pipeline.job_runs import DAILY, find_skipped
from pipeline.ledger import find_alarm
from pipeline.outcome import DailyReport, Scores, span_of
from pipeline.publication import PublishJob, publish_approved
from pipeline.triage.audit import sampling_weights
from pipeline.triage.known import drop_known
from pipeline.triage.scorings import scorings_of
from pipeline.triage.select import select_candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from db.ledger import Ledger
    from db.queue import Queue
    from db.records import Candidate, Fetch, Paper, Scoring
    from pipeline.job_runs import JobRecorder
    from pipeline.lists.reader import ListFile
    from pipeline.outcome import Delivery
    from pipeline.ports import Intake, Scorer
    from pipeline.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyJob:
    """What a daily run needs.

    Attributes:
        publication: How approved entries reach the list; holds list and queue too.
        intake: What brings announced papers in.
        ledger: What each source delivered so far.
        scorer: What the models say.
        aliases: Other names of topics.
        per_day: Most candidates of one announcement day.
        expire_days: Days until an undecided candidate expires.
        day: The announcement day to run for.
        audit_per_week: How many papers a week are drawn from below the cut.
        watch: Looks at the queue, once something was queued.
    """

    publication: PublishJob
    intake: Intake
    ledger: Ledger
    scorer: Scorer
    aliases: Mapping[str, str]
    per_day: int
    expire_days: int
    day: date
    audit_per_week: int = 0
    watch: Callable[[], Watch] | None = None

    @property
    def queue(self) -> Queue:
        """The queue that publication and triage share."""
        return self.publication.queue

    @property
    def now(self) -> datetime:
        """The time of the run (UTC)."""
        return self.publication.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the models made of what is fresh.

    Attributes:
        candidates: The best of each day, and a few drawn at random.
        scorings: What was said of every paper.
        unscored: Why nothing could be said, one line; nothing if it could.
    """

    candidates: tuple[Candidate, ...] = ()
    scorings: tuple[Scoring, ...] = ()
    unscored: tuple[str, ...] = ()


def run_daily(job: DailyJob) -> DailyReport:
    """Publish what maintainers approved, then queue what arXiv announced.

    Safe to run again on the same day: a second run commits and queues nothing.
    """
    publication = publish_approved(job.publication)
    expired = job.queue.expire(before=job.now - timedelta(days=job.expire_days), now=job.now)
    lists = job.publication.lists()
    deliveries = job.intake.deliver(job.day)
    papers = merge_papers(deliveries)
    fresh = drop_known((*papers, *job.queue.waiting()), job.queue, lists)
    chosen = choose_candidates(job, fresh, lists, delivered_by(deliveries))
    queued = store_chosen(job, fresh, chosen)
    job.ledger.record([delivery.fetch for delivery in deliveries])
    alarm = find_alarm(job.ledger, today=job.day, now=job.now)
    skipped = find_skipped(job.ledger, today=job.now.date())
    days = {delivery.fetch.day for delivery in deliveries}
    return DailyReport(
        date=job.day,
        # Late news of other days comes once; a run that is repeated says the same.
        announced=sum(paper.announced in days for paper in papers),
        fresh=len(fresh),
        queued=queued,
        expired=expired,
        waiting=len(fresh) if chosen.unscored else 0,
        publication=publication,
        fetches=tuple(delivery.fetch for delivery in deliveries),
        problems=(
            *publication.problems,
            *problems_of(deliveries),
            *chosen.unscored,
            *alarm,
            *skipped,
        ),
        alarm=bool(alarm),
        scored=not chosen.unscored,
        notes=job.watch().lines if queued and job.watch is not None else (),
    )


def run_and_record(job: Callable[[], DailyJob], recorder: JobRecorder) -> DailyReport:
    """:func:`run_daily`, with its end in the ledger, so that a run that failed is noticed.

    Args:
        job: Makes the job once it is its turn.
        recorder: Where the run is noted.
    """
    return recorder.run(DAILY, lambda: run_daily(job()), problem_of=_why_it_failed)


def _why_it_failed(report: DailyReport) -> str:
    if not report.failed:
        return ""
    return "; ".join(report.problems) or "no source answered"


def merge_papers(deliveries: Iterable[Delivery]) -> tuple[Paper, ...]:
    """Each paper once: its first announcement, with an abstract if any source has one."""
    merged: dict[str, Paper] = {}
    for delivery in deliveries:
        for paper in delivery.papers:
            known = merged.get(paper.arxiv_id)
            if known is None or _says_more(paper, known):
                merged[paper.arxiv_id] = paper
    return tuple(merged.values())


def choose_candidates(
    job: DailyJob,
    fresh: Sequence[Paper],
    lists: Sequence[ListFile],
    sources: Mapping[date, tuple[str, ...]],
) -> Chosen:
    """The best of each day, and what was said of all; or why they could not be scored."""
    topics = [topic.name for topic in lists[0].topics]
    try:
        scores: Scores = job.scorer.score(fresh)
        standing = job.queue.candidates()
        candidates = select_candidates(
            fresh,
            scores.predictions,
            standing=standing,
            entries=[entry for file in lists for entry in file.entries],
            topics=topics,
            aliases=job.aliases,
            per_day=job.per_day,
            audit_per_week=job.audit_per_week,
            model=scores.model,
            now=job.now,
        )
        scorings = scorings_of(
            fresh,
            scores.predictions,
            standing=standing,
            topics=topics,
            aliases=job.aliases,
            per_day=job.per_day,
            model=scores.model,
            sources=sources,
            now=job.now,
        )
    except (ModelsError, SetupError) as error:
        return Chosen(unscored=(f"{error} ({len(fresh)} papers wait for the next run)",))
    return Chosen(candidates=candidates, scorings=scorings)


def store_chosen(job: DailyJob, fresh: Sequence[Paper], chosen: Chosen) -> int:
    """Keep what was fresh, scored or not; how many were queued."""
    if chosen.unscored:
        job.queue.remember(fresh, now=job.now)
        return 0
    return job.queue.record(
        fresh,
        chosen.candidates,
        now=job.now,
        sampled=sampling_weights(fresh, chosen.candidates, per_week=job.audit_per_week),
        scorings=chosen.scorings,
    )


def delivered_by(deliveries: Iterable[Delivery]) -> dict[date, tuple[str, ...]]:
    """Which sources delivered papers, by announcement day."""
    sources: dict[date, dict[str, None]] = {}
    for delivery in deliveries:
        if delivery.fetch.received:
            sources.setdefault(delivery.fetch.day, {})[delivery.fetch.source] = None
    return {day: tuple(names) for day, names in sources.items()}


def problems_of(deliveries: Sequence[Delivery]) -> tuple[str, ...]:
    """One line for each problem of a source and its days, one for each record set aside."""
    fetches: dict[str, list[Fetch]] = {}
    for fetch in (delivery.fetch for delivery in deliveries):
        if fetch.problem:
            fetches.setdefault(fetch.problem, []).append(fetch)
    lines = [
        f"{', '.join(dict.fromkeys(fetch.source for fetch in those))}"
        f" {span_of(sorted({fetch.day for fetch in those}))}: {problem}"
        for problem, those in fetches.items()
    ]
    return (*lines, *(line for delivery in deliveries for line in delivery.set_aside))


def _says_more(paper: Paper, known: Paper) -> bool:
    """A first announcement says more than a replacement, an abstract more than none."""

    def weight(one: Paper) -> tuple[bool, bool]:
        return one.announce_type is not AnnounceType.REPLACE, bool(one.abstract)

    return weight(paper) > weight(known)
