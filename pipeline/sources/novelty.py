"""What of a harvest is news.

OAI-PMH says what changed, not what is new: a harvest holds replacements, corrected
journal references and old papers that an administrator touched. These are the
decisions, pure: they ask nothing and remember nothing.

Two facts carry them. arXiv gives identifiers at the announcement, in order, so an
identifier above all those of a complete day was announced later; a paper that
moderation held for weeks has an old submission date but such an identifier. And
RSS says how a paper was announced, while it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from pipeline.arxiv_id import id_month, id_order
from pipeline.sources.calendar import (
    estimate_announcement,
    is_announcement_day,
    submission_window,
)
from pipeline.sources.rss import FeedType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from pipeline.sources.rss import FeedItem

FIRST_RUN_AGE = timedelta(days=14)
"""On a first run, a paper submitted longer ago than this is history."""

_FIRST_WORDS = frozenset({FeedType.NEW, FeedType.CROSS})
_DAY = timedelta(days=1)


class Dated(Protocol):
    """What is asked of a record: an ``OaiRecord``, or one of the query interface."""

    @property
    def arxiv_id(self) -> str:
        """Identifier without version."""
        ...

    @property
    def version(self) -> int:
        """Number of the current version."""
        ...

    @property
    def submitted(self) -> datetime:
        """When the first version was submitted (UTC)."""
        ...


class Novelty(StrEnum):
    """What a record is to those who have read everything before it."""

    NEW = "new"
    """Announced now: it may become a candidate."""
    UPDATE = "update"
    """A version of a known paper that was not known."""
    KNOWN = "known"
    """History: stored, and never a candidate."""


class NoveltyReason(StrEnum):
    """Why a record is what it is."""

    FEED = "feed"
    """RSS calls it new or cross."""
    HIGHER_ID = "higher_id"
    """Its identifier is above the highest of the last complete day."""
    RECENT = "recent"
    """A first run: its month is current and its first version young."""
    NEW_VERSION = "new_version"
    TOUCHED = "touched"
    """A known paper with something else changed, or nothing."""
    OLD = "old"
    """Not known, and announced before anybody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a record is, and why.

    Attributes:
        novelty: What it is.
        reason: Why.
    """

    novelty: Novelty
    reason: NoveltyReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """When a paper was announced first.

    Attributes:
        day: The announcement day.
        estimated: Whether it follows from the calendar; else a feed named it.
    """

    day: date
    estimated: bool


def judge_novelty(
    record: Dated,
    *,
    known_version: int | None,
    word: FeedType | None,
    highest_id: str,
    today: date,
) -> Judgement:
    """Whether a record is new, an update of a known paper, or known history.

    Args:
        record: The record.
        known_version: The highest version stored of this paper, 0 if stored without
            one, ``None`` if the paper is not stored.
        word: How a fresh feed announces it, ``None`` if none does.
        highest_id: The highest identifier of the last complete day, "" on a first run.
        today: The announcement day of this run.
    """
    if known_version is not None:
        return _judge_known(record.version, known_version)
    if word in _FIRST_WORDS:
        return Judgement(novelty=Novelty.NEW, reason=NoveltyReason.FEED)
    if highest_id:
        if is_above(record.arxiv_id, highest_id):
            return Judgement(novelty=Novelty.NEW, reason=NoveltyReason.HIGHER_ID)
    elif _is_recent(record, today):
        return Judgement(novelty=Novelty.NEW, reason=NoveltyReason.RECENT)
    return Judgement(novelty=Novelty.KNOWN, reason=NoveltyReason.OLD)


def judge_item(item: FeedItem, *, known_version: int | None) -> Judgement:
    """Likewise of an announcement in a fresh feed, before OAI-PMH has the paper."""
    if known_version is not None:
        return _judge_known(item.version, known_version)
    if item.feed_type in _FIRST_WORDS:
        return Judgement(novelty=Novelty.NEW, reason=NoveltyReason.FEED)
    return Judgement(novelty=Novelty.KNOWN, reason=NoveltyReason.OLD)


def is_above(arxiv_id: str, highest_id: str) -> bool:
    """Whether an identifier was given after another.

    Old-style numbers count per archive, so of two archives only the months compare.
    """
    archive, other = (text.rpartition("/")[0].partition(".")[0] for text in (arxiv_id, highest_id))
    if archive != other and archive and other:
        return id_month(arxiv_id) > id_month(highest_id)
    return id_order(arxiv_id) > id_order(highest_id)


def highest_of(arxiv_ids: Iterable[str]) -> str:
    """The identifier given last, "" if there is none."""
    return max(arxiv_ids, key=id_order, default="")


def announcement_of(
    record: Dated, *, feed_day: date | None = None, after: date | None = None
) -> Announcement:
    """When a paper was announced first.

    Args:
        record: The record.
        feed_day: The day of the fresh feed that calls it new or cross, if one does.
        after: A day that the paper was announced after, as its identifier shows: the
            last complete day for one above its highest. Moves the estimate of a paper
            that moderation held.
    """
    if feed_day is not None:
        return Announcement(day=feed_day, estimated=False)
    day = estimate_announcement(record.submitted, record.arxiv_id)
    if after is not None and day <= after:
        day = after + _DAY
        while not is_announcement_day(day):
            day += _DAY
    return Announcement(day=day, estimated=True)


def _judge_known(version: int, known_version: int) -> Judgement:
    """A known paper is never new again, whatever is said of it."""
    if version > known_version:
        return Judgement(novelty=Novelty.UPDATE, reason=NoveltyReason.NEW_VERSION)
    return Judgement(novelty=Novelty.KNOWN, reason=NoveltyReason.TOUCHED)


def _is_recent(record: Dated, today: date) -> bool:
    """Whether a first run takes a paper for new."""
    return (
        id_month(record.arxiv_id) >= _current_month(today)
        and today - record.submitted.date() < FIRST_RUN_AGE
    )


def _current_month(today: date) -> tuple[int, int]:
    """The month of the latest identifiers: that of the last submission deadline.

    The listing of 2022-01-03 has identifiers of December, as has every first listing
    of a month: they were submitted the month before.
    """
    while (window := submission_window(today)) is None:
        today -= _DAY
    deadline = window[1]
    return deadline.year, deadline.month
