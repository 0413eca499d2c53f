"""Whether a feed is of the day it says it is of, and whether it is all of it.

arXiv has served a day's feed with the next day's date for 24 hours: every date
in it agrees, and nothing in it is new. What gives it away is what it holds. A
pure decision; knows no request and remembers nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_order
from pipeline.sources.rss import FeedType

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet
    from datetime import date

    from pipeline.sources.rss import Feed

ITEM_CAP = 2_000
"""Most items of a feed; of more, the new papers are left out first.

Source: the limit in arXiv/arxiv-feed at 110b5ab, run on made-up days.
"""

SEEN_SHARE = 0.2
"""From this share of announcements that the batch before had, a feed is that batch.

Of those as new, where there are any: as the same version a paper is announced twice
only when a category is added.
"""


class FreshnessReason(StrEnum):
    """What a feed is."""

    FRESH = "fresh"
    NO_MAILING = "no_mailing"
    """Empty, as it should be."""
    OTHER_DAY = "other_day"
    EMPTY = "empty"
    """Empty, though a mailing was due."""
    SEEN_BEFORE = "seen_before"
    NOTHING_HIGHER = "nothing_higher"
    """Its new papers have no higher identifier than those of the day before."""
    CAPPED = "capped"
    """Of the day, but cut at :data:`ITEM_CAP`."""


_WHOLE = frozenset({FreshnessReason.FRESH, FreshnessReason.NO_MAILING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The judgement of a feed.

    Attributes:
        reason: What the feed is.
        problem: What is wrong with it, in one line, or "".
    """

    reason: FreshnessReason
    problem: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the feed is the whole day."""
        return self.reason in _WHOLE

    @property
    def usable(self) -> bool:
        """Whether what it holds is of the day, be it all or not."""
        return self.accepted or self.reason is FreshnessReason.CAPPED


def judge_freshness(
    feed: Feed,
    *,
    expected: date,
    previous_guids: AbstractSet[str],
    highest_id: str,
    mailing_expected: bool,
) -> Freshness:
    """Whether ``feed`` is what arXiv announced on a day.

    Args:
        feed: The feed of one category, whole and well-formed.
        expected: The announcement day (US Eastern).
        previous_guids: The announcements of the last feed that was accepted for this
            category; none if there was none.
        highest_id: The highest identifier of the last complete day, "" if not known.
        mailing_expected: Whether the calendar says that there was a mailing.
    """
    return (
        _other_day(feed, expected)
        or _empty(feed, expected, mailing_expected)
        or _seen_before(feed, expected, previous_guids)
        or _nothing_higher(feed, highest_id)
        or _capped(feed)
        or Freshness(reason=FreshnessReason.FRESH)
    )


def _other_day(feed: Feed, expected: date) -> Freshness | None:
    others = {feed.day, *(item.day for item in feed.items)} - {expected}
    if not others or (feed.day is None and not feed.received):  # an empty Atom feed names none
        return None
    named = ", ".join(sorted(str(day or "no day") for day in others))
    problem = f"the feed is of {named}, not of {expected}"
    return Freshness(reason=FreshnessReason.OTHER_DAY, problem=problem)


def _empty(feed: Feed, expected: date, mailing_expected: bool) -> Freshness | None:
    if feed.received:
        return None
    if not mailing_expected:
        return Freshness(reason=FreshnessReason.NO_MAILING)
    problem = f"the feed of {expected} is empty, and a mailing was due"
    return Freshness(reason=FreshnessReason.EMPTY, problem=problem)


def _seen_before(feed: Feed, expected: date, previous_guids: AbstractSet[str]) -> Freshness | None:
    # A cross-list may be of yesterday's paper; a new one is announced as such only once.
    new = frozenset(item.guid for item in feed.items if item.feed_type is FeedType.NEW)
    guids = new or feed.guids
    seen = len(guids & previous_guids)
    if not seen or seen < SEEN_SHARE * len(guids):
        return None
    problem = (
        f"{seen} of {len(guids)} announcements were in the batch before: "
        f"arXiv serves an old feed as that of {expected}"
    )
    return Freshness(reason=FreshnessReason.SEEN_BEFORE, problem=problem)


def _nothing_higher(feed: Feed, highest_id: str) -> Freshness | None:
    new = [item.arxiv_id for item in feed.items if item.feed_type is FeedType.NEW]
    highest = max(new, key=id_order, default="")
    if not highest or not highest_id or id_order(highest) > id_order(highest_id):
        return None
    problem = f"its highest new identifier is {highest}, and {highest_id} was there before"
    return Freshness(reason=FreshnessReason.NOTHING_HIGHER, problem=problem)


def _capped(feed: Feed) -> Freshness | None:
    if feed.received < ITEM_CAP:
        return None
    problem = f"the feed holds {feed.received:,} items, where arXiv cuts: new papers are missing"
    return Freshness(reason=FreshnessReason.CAPPED, problem=problem)
