"""Shortlist's intake before an emulated arXiv, day after day, with what it must hold in the end."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from db.engine import Engine, open_database
from db.ledger import Ledger
from db.papers import PaperStore
from db.queue import Queue
from db.records import Fetch, KnownPaper, Paper
from pipeline.outcome import Delivery
from pipeline.sources.api_pages import ApiPages
from pipeline.sources.feeds import FeedLane
from pipeline.sources.http import HttpClient
from pipeline.sources.live import LiveIntake
from pipeline.sources.lookup import Lookup
from pipeline.sources.spine import Spine
from tests.arxiv_emulator import Emulator
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator.oracle import Held

CATEGORIES = ("cs.LG", "cs.CV", "cs.CR", "cs.AI", "cs.CL", "cs.CY", "stat.ML")
SETS = ("cs", "stat")
MORNING = timedelta(hours=8, minutes=47)
"""From the announcement to the daily run: 08:47 UTC in summer."""
LONGEST_WAIT_SECONDS = 0.1
"""What ``Retry-After`` asks for beyond this is not waited for."""


@dataclass(slots=True, kw_only=True)
class LiveWorld:
    """A database, and an intake for each run.

    Attributes:
        emulator: The arXiv that is asked.
        folder: Of the database and the lock.
        use: The lanes in use.
        categories: Which papers count.
        spacing_seconds: Between requests.
        timeout_seconds: Of one request.
        triaged: What became news, run by run: every paper that was to be scored.
    """

    emulator: Emulator
    folder: Path
    use: tuple[str, ...] = ("oai", "rss", "api")
    categories: tuple[str, ...] = CATEGORIES
    spacing_seconds: float = 0.0
    timeout_seconds: float = 5.0
    triaged: list[Paper] = field(default_factory=list)
    _engine: Engine | None = None
    _skipped_seconds: float = 0.0

    @property
    def engine(self) -> Engine:
        """The database, made when it is first asked for."""
        if self._engine is None:
            self._engine = open_database(f"sqlite:///{self.folder}/shortlist.db")
        return self._engine

    @property
    def store(self) -> PaperStore:
        return PaperStore(self.engine)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.engine)

    @property
    def queue(self) -> Queue:
        return Queue(self.engine)

    def calm(self, *, timeout_seconds: float = 5.0) -> None:
        """No faults any more, and an arXiv that answers: some make it refuse for a while."""
        self.emulator.faults.clear()
        url = urlsplit(self.emulator.url)
        until = time.monotonic() + timeout_seconds
        while True:
            try:
                socket.create_connection((url.hostname, url.port), timeout=1.0).close()
            except OSError:
                assert time.monotonic() < until, "the emulator does not come back"
                time.sleep(0.02)
            else:
                return

    def client(self) -> HttpClient:
        """A client as a run makes it, with short back-off."""
        emulator = self.emulator
        return HttpClient(
            spacing_seconds=self.spacing_seconds,
            contact="tester@example.org",
            addresses=(emulator.oai_url, emulator.rss_url, emulator.api_url),
            timeout_seconds=self.timeout_seconds,
            lock_path=self.folder / "arxiv.lock",
            clock=self._clock,
            sleep=self._sleep,
        )

    def _clock(self) -> float:
        """The real time, and what was not slept of long waits."""
        return time.time() + self._skipped_seconds

    def _sleep(self, seconds: float) -> None:
        """Short waits are real, so that the log sees them; of long ones only the beginning."""
        slept = min(seconds, LONGEST_WAIT_SECONDS)
        time.sleep(slept)
        self._skipped_seconds += seconds - slept

    def intake(self, *, client: HttpClient | None = None) -> LiveIntake:
        """The intake of a run at the emulator's time."""
        now, store, emulator = self.emulator.clock.now(), self.store, self.emulator
        client = client or self.client()
        feeds = FeedLane(
            client=client,
            rss_url=emulator.rss_url,
            categories=self.categories,
            store=store,
            now=now,
        )
        spine = Spine(
            client=client,
            oai_url=emulator.oai_url,
            categories=self.categories,
            store=store,
            now=now,
        )
        pages = ApiPages(client, api_url=emulator.api_url, categories=self.categories)
        return LiveIntake(
            client=client,
            feeds=feeds if "rss" in self.use else None,
            spine=spine if "oai" in self.use else None,
            lookup=Lookup(pages) if "api" in self.use else None,
            sets=SETS,
            categories=self.categories,
            store=store,
            ledger=self.ledger,
            now=now,
        )

    def run(self, day: date, *, at: datetime | None = None) -> tuple[Delivery, ...]:
        """A daily run on the morning of ``day``, as far as papers go: fetched, then triaged."""
        self.emulator.clock.set(at or announced(day) + MORNING)
        deliveries = self.intake().deliver(day)
        waiting = self.queue.waiting()
        self.triaged += waiting
        self.queue.record(waiting, [], now=self.emulator.clock.now())
        self.ledger.record([delivery.fetch for delivery in deliveries])
        return deliveries

    def line(self, source: str, day: date) -> Fetch:
        """The line of the ledger."""
        fetch = self.ledger.get(source, day)
        assert fetch is not None, f"the ledger has no line for {source} {day}"
        return fetch

    def held(self) -> dict[str, KnownPaper]:
        """What is stored of all papers that arXiv shows, by identifier."""
        return self.store.known(self.emulator.oracle.papers(self.categories))

    def lost(self, *, since: date) -> list[str]:
        """Papers changed on or after ``since`` that are not held as the oracle has them."""
        wanted = self.emulator.oracle.papers(self.categories, modified_since=since)
        held = self.store.known(wanted)
        return [i for i, paper in wanted.items() if not is_same(held.get(i), paper)]

    def missed(self, first: date, last: date) -> set[str]:
        """Papers announced for the first time on these days that were never news here.

        Those that are withdrawn by now are nobody's news.
        """
        oracle = self.emulator.oracle
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        new = {i for day in days for i in oracle.new(day, self.categories)}
        missing = new - {paper.arxiv_id for paper in self.triaged}
        held = oracle.papers(self.categories) if missing else {}
        return {i for i in missing if not held[i].withdrawn}

    def doubled(self) -> list[str]:
        """Papers that were news more than once."""
        ids = [paper.arxiv_id for paper in self.triaged]
        return sorted({i for i in ids if ids.count(i) > 1})


def is_same(known: KnownPaper | None, held: Held) -> bool:
    """Whether a stored paper has the versions, categories and standing that the oracle says."""
    if known is None or known.paper is None:
        return False
    paper = known.paper
    versions = tuple((version.number, version.submitted) for version in paper.versions)
    return (
        versions == held.versions
        and paper.withdrawn == held.withdrawn
        and set(paper.categories) == set(held.categories)
        and paper.license == held.license
    )
