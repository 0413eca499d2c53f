"""Where config becomes what brings papers in: arXiv through one client, or recorded days.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipeline.errors import SetupError
from pipeline.wiring.memory import open_ledger, open_papers, open_queue

if TYPE_CHECKING:
    from datetime import date, datetime

    from db.records import Paper
    from pipeline.backfill import DailyBackfill, HarvestBackfill
    from pipeline.config import Config
    from pipeline.ports import Intake, PaperSource, Progress
    from pipeline.sources.api import ApiSource
    from pipeline.sources.horizon import Horizon
    from pipeline.sources.http import HttpClient
    from pipeline.sources.live import LiveIntake
    from pipeline.sources.lookup import Lookup


def make_intake(config: Config, *, now: datetime, progress: Progress | None = None) -> Intake:
    """What brings announced papers in, as ``[sources] use`` says."""
    if not {"oai", "rss"} & set(config.sources.use):
        from pipeline.sources.day_by_day import DayByDay

        return DayByDay(sources=make_sources(config, now=now), ledger=open_ledger(config))
    return make_live_intake(config, now=now, progress=progress)


def make_live_intake(
    config: Config, *, now: datetime, progress: Progress | None = None
) -> LiveIntake:
    """Read arXiv itself, through the lanes that ``[sources] use`` names."""
    from pipeline.sources.feeds import FeedLane
    from pipeline.sources.live import LiveIntake
    from pipeline.sources.spine import Spine

    table, store, client = config.sources, open_papers(config), make_client(config)
    feeds = FeedLane(
        client=client, rss_url=table.rss_url, categories=table.categories, store=store, now=now
    )
    spine = Spine(
        client=client, oai_url=table.oai_url, categories=table.categories, store=store, now=now
    )
    return LiveIntake(
        client=client,
        feeds=feeds if "rss" in table.use else None,
        spine=spine if "oai" in table.use else None,
        lookup=make_lookup(config, client) if "api" in table.use else None,
        sets=table.sets,
        categories=table.categories,
        store=store,
        ledger=open_ledger(config),
        now=now,
        progress=progress,
    )


def make_horizon(config: Config, *, today: date) -> Horizon:
    """What is known of the days until ``today``: where news begins."""
    from pipeline.sources.horizon import horizon_of
    from pipeline.sources.live import REMEMBERED
    from pipeline.sources.oai_changes import SOURCE

    complete = open_ledger(config).complete_days(SOURCE, since=today - REMEMBERED)
    # A day's grace: what was announced today and is not read yet is news.
    return horizon_of(complete, since=today + timedelta(days=1), today=today)


def make_backfill(config: Config, *, now: datetime, today: date) -> HarvestBackfill | DailyBackfill:
    """What makes up for days of the past: OAI-PMH if it is in use, else each source by itself."""
    from pipeline.backfill import DailyBackfill, HarvestBackfill

    if "oai" not in config.sources.use:
        return DailyBackfill(
            sources=make_sources(config, now=now),
            ledger=open_ledger(config),
            queue=open_queue(config),
            now=now,
        )
    intake = make_live_intake(config, now=now)
    if intake.spine is None:
        raise SetupError("OAI-PMH is not in use", hint='name "oai" in [sources] use')
    return HarvestBackfill(
        spine=intake.spine,
        lookup=intake.lookup,
        sets=config.sources.sets,
        store=intake.store,
        ledger=intake.ledger,
        horizon=make_horizon(config, today=today),
        now=now,
    )


def make_client(config: Config) -> HttpClient:
    """The one polite client: make one for a run."""
    from pipeline.sources.http import HttpClient
    from pipeline.sources.raw import RawAnswers

    table = config.sources
    return HttpClient(
        spacing_seconds=table.spacing_seconds,
        contact=table.contact,
        addresses=(table.oai_url, table.rss_url, table.api_url),
        raw=RawAnswers(config.raw_path),
    )


def make_sources(config: Config, *, now: datetime) -> tuple[PaperSource, ...]:
    """The sources of the config that are asked day by day, in its order."""
    made: list[PaperSource] = []
    for name in config.sources.use:
        if name == "recorded":
            from pipeline.sources.recorded import RecordedSource

            if config.sources.recorded is None:  # the config's own check came before this one
                raise SetupError("no folder of recorded days is set")
            made.append(RecordedSource(config.sources.recorded, now=lambda: now))
        elif name == "api":
            made.append(make_api(config, now=now))
    return tuple(made)


def make_api(config: Config, *, now: datetime) -> ApiSource:
    """The arXiv API as a source of days."""
    from pipeline.sources.api import ApiSource

    table = config.sources
    return ApiSource(
        make_client(config),
        api_url=table.api_url,
        categories=table.categories,
        now=lambda: now,
    )


def make_lookup(config: Config, client: HttpClient | None = None) -> Lookup:
    """The arXiv API for papers by identifier."""
    from pipeline.sources.api_pages import ApiPages
    from pipeline.sources.lookup import Lookup

    table = config.sources
    return Lookup(
        ApiPages(client or make_client(config), api_url=table.api_url, categories=table.categories)
    )


def find_paper(config: Config, arxiv_id: str) -> Paper:
    """A paper by identifier: from memory, from recorded days, or from arXiv, in this order.

    Raises:
        SourceError: Nobody knows it.
    """
    from pipeline.errors import SourceError

    known = open_queue(config).paper(arxiv_id)
    if known is not None and known.abstract:
        return known
    if config.sources.recorded is not None:
        from pipeline.sources.recorded import find_recorded

        found = find_recorded(config.sources.recorded, arxiv_id)
        if found is not None:
            return found
        if "recorded" in config.sources.use:
            raise SourceError(
                "recorded",
                f"{arxiv_id} is in no recorded day under {config.sources.recorded}",
                hint='`use = ["api"]` in [sources] asks arXiv',
            )
    fetched = make_lookup(config).fetch_ids([arxiv_id])
    if arxiv_id not in fetched:
        raise SourceError("api", f"arXiv has no paper {arxiv_id}", hint="check the identifier")
    return fetched[arxiv_id]
