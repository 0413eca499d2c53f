"""What the three lanes say of a paper, of which a test says only what it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from db.records import (
    AnnounceType,
    Fetch,
    FetchStatus,
    KnownPaper,
    Paper,
    PaperVersion,
    Standing,
)
from pipeline.sources.merge import ApiRecord
from pipeline.sources.oai_record import OaiRecord, Version
from pipeline.sources.rss import FeedItem, FeedType

DAY = date(2026, 11, 20)
"""A Friday: announced on Thursday at 20:00 US Eastern, which is 01:00 UTC."""
SUBMITTED = datetime(2026, 11, 19, 10, tzinfo=UTC)
"""In the window that is announced on :data:`DAY`."""
MORNING = datetime(2026, 11, 20, 9, 47, tzinfo=UTC)
"""Late enough for OAI-PMH to have all of the day."""
ID = "2611.10001"
CATEGORIES = ("cs.LG", "stat.ML")


def make_record(arxiv_id: str = ID, *, versions: int = 1, **said: Any) -> OaiRecord:
    """A record of OAI-PMH; its versions are a day apart."""
    first = said.pop("submitted", SUBMITTED)
    settings: dict[str, Any] = {
        "arxiv_id": arxiv_id,
        "datestamp": DAY,
        "sets": ("cs:cs:LG",),
        "title": "A title of OAI-PMH",
        "abstract": "An abstract of OAI-PMH.",
        "authors": ("Ada Example",),
        "categories": ("cs.LG", "stat.ML"),
        "comment": "9 pages",
        "versions": tuple(
            Version(
                number=number,
                submitted=first + timedelta(days=number - 1),
                size_kb=13,
                source_type="",
            )
            for number in range(1, versions + 1)
        ),
        "withdrawn": False,
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "dois": (),
        "journal_ref": None,
    }
    return OaiRecord(**(settings | said))


def make_item(
    arxiv_id: str = ID, feed_type: FeedType = FeedType.NEW, *, version: int = 1, **said: Any
) -> FeedItem:
    """An announcement of a feed."""
    settings: dict[str, Any] = {
        "day": DAY,
        "title": "A title of the feed",
        "abstract": "An abstract of the feed.",
        "authors": ("Ada Example",),
        "categories": ("cs.LG", "stat.ML"),
        "license": "http://creativecommons.org/licenses/by/4.0/",
        "doi": "",
        "journal_ref": None,
    }
    return FeedItem(arxiv_id=arxiv_id, feed_type=feed_type, version=version, **(settings | said))


def make_paper(arxiv_id: str = ID, **said: Any) -> Paper:
    """A paper as OAI-PMH alone told it."""
    settings: dict[str, Any] = {
        "title": "A title as stored",
        "abstract": "An abstract as stored.",
        "authors": ("Ada Example",),
        "categories": ("cs.LG", "stat.ML"),
        "comment": None,
        "published": SUBMITTED.date(),
        "announced": DAY,
        "announce_type": AnnounceType.NEW,
        "estimated": True,
        "versions": (PaperVersion(number=1, submitted=SUBMITTED),),
        "license": "http://creativecommons.org/licenses/by/4.0/",
    }
    return Paper(arxiv_id=arxiv_id, **(settings | said))


def make_known(
    arxiv_id: str = ID, *, standing: Standing = Standing.TRIAGED, **said: Any
) -> KnownPaper:
    """A paper that is stored, with all that is known of it."""
    paper = make_paper(arxiv_id, **said)
    return KnownPaper(
        arxiv_id=arxiv_id,
        announced=paper.announced,
        version=paper.version,
        standing=standing,
        paper=paper,
    )


def make_remembered(arxiv_id: str = ID, announced: date = DAY) -> KnownPaper:
    """A paper of which little more than the identifier is remembered."""
    return KnownPaper(
        arxiv_id=arxiv_id, announced=announced, version=0, standing=Standing.TRIAGED, paper=None
    )


def make_api_record(arxiv_id: str = ID, *, version: int = 1, **said: Any) -> ApiRecord:
    """A paper as the query interface has it; its current version is a day after the one before."""
    submitted = said.pop("submitted", SUBMITTED)
    settings: dict[str, Any] = {
        "title": "A title of the API",
        "abstract": "An abstract of the API.",
        "comment": "9 pages",
        "versions": (),
        "license": "",
        "published": submitted.date(),
    }
    return ApiRecord(
        paper=make_paper(arxiv_id, **(settings | said)),
        version=version,
        submitted=submitted,
        updated=submitted + timedelta(days=version - 1),
    )


def make_fetch(day: date = DAY, status: FetchStatus = FetchStatus.COMPLETE, **said: Any) -> Fetch:
    """A line of OAI-PMH in the ledger."""
    settings: dict[str, Any] = {"source": "oai", "received": 0, "fetched_at": MORNING}
    return Fetch(day=day, status=status, **(settings | said))


def at(version: int, submitted: datetime | None = None) -> PaperVersion:
    """A version, without a time unless one is given."""
    return PaperVersion(number=version, submitted=submitted)
