"""The fast lane: what arXiv's feeds announce today, category by category.

Feeds come before OAI-PMH and say how and on which day a paper was announced; what a
fresh one calls new is stored at once, so that a spine that fails costs no paper. A
feed that is stale, cut or missing is said in one line and left to the spine.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from db.papers import PaperChange
from db.records import Standing
from pipeline.arxiv_id import id_order
from pipeline.errors import SourceError
from pipeline.sources.calendar import is_announcement_day
from pipeline.sources.freshness import Freshness, FreshnessReason, judge_freshness
from pipeline.sources.merge import from_item
from pipeline.sources.rss import SOURCE, fetch_category

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from db.papers import PaperStore
    from db.records import KnownPaper, Paper
    from pipeline.ports import Progress
    from pipeline.sources.http import HttpClient
    from pipeline.sources.rss import Feed, FeedItem

_STALE = frozenset(
    {FreshnessReason.SEEN_BEFORE, FreshnessReason.NOTHING_HIGHER, FreshnessReason.EMPTY}
)
"""What arXiv's other cache may have better: the same feed in Atom is asked for once."""


@dataclass(slots=True)
class FeedNews:
    """What the feeds of a day said.

    Attributes:
        announced: Identifiers that a usable feed calls new or cross.
        papers: Those that were not known before.
        set_aside: One line for each item that could not be read.
        problems: What was wrong with a category, by category.
        fresh: Categories whose feed is the whole day.
        empty: Those of them that rightly hold nothing, or agree that there was no mailing.
    """

    announced: dict[str, None] = field(default_factory=dict)
    papers: list[Paper] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    empty: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLane:
    """Reads the feeds of one announcement day.

    Attributes:
        client: The run's client.
        rss_url: The address of the feeds.
        categories: One feed each.
        store: Where papers are kept.
        now: The time of the run (UTC).
    """

    client: HttpClient
    rss_url: str
    categories: tuple[str, ...]
    store: PaperStore
    now: datetime

    def read(
        self,
        day: date,
        *,
        before: Mapping[date, Sequence[KnownPaper]],
        progress: Progress | None = None,
    ) -> FeedNews:
        """The news of ``day``; every problem is a line in it, none an error.

        Args:
            day: The announcement day expected.
            before: The papers of the days before it, as far as they are remembered.
            progress: Called with (feeds read, all feeds).
        """
        news = FeedNews()
        last = max((known for known in before if known < day), default=None)
        guids = {
            f"oai:arXiv.org:{paper.arxiv_id}v{paper.version}"
            for paper in (before[last] if last else ())
        }
        ids = (
            paper.arxiv_id for known, papers in before.items() if known < day for paper in papers
        )
        highest = max(ids, key=id_order, default="")
        for number, category in enumerate(self.categories):
            verdict = self._read_category(news, category, day, guids, highest)
            if progress is not None:
                progress(number + 1, len(self.categories))
            if verdict is FreshnessReason.OTHER_DAY or self.client.blocked:
                # All feeds turn over at one midnight: the others are of that day too.
                rest = self.categories[number + 1 :]
                news.problems.update(dict.fromkeys(rest, news.problems[category]))
                break
        return news

    def _read_category(
        self, news: FeedNews, category: str, day: date, guids: set[str], highest: str
    ) -> FreshnessReason | None:
        """Reads one feed into ``news``; what it turned out to be."""
        freshness: Freshness | None = None
        times_empty = 0
        for twin in (False, True):
            try:
                feed = fetch_category(self.client, self.rss_url, category, twin=twin)
            except SourceError as error:
                said = error.problem.removeprefix(f"{SOURCE}: ").removeprefix(f"{category}: ")
                news.problems.setdefault(category, said)
                return freshness.reason if freshness else None
            freshness = judge_freshness(
                feed,
                expected=day,
                previous_guids=guids,
                highest_id=highest,
                mailing_expected=is_announcement_day(day),
            )
            if freshness.usable or freshness.reason not in _STALE:
                break
            news.problems[category] = freshness.problem
            times_empty += freshness.reason is FreshnessReason.EMPTY
        if times_empty > 1:  # that is the feed's word that there was no mailing
            news.empty.add(category)
        assert freshness is not None  # noqa: S101 the loop runs at least once
        if freshness.usable:
            news.problems.pop(category, None)
            self._take(news, feed)
        if freshness.accepted:
            news.fresh.add(category)
            if not feed.received:
                news.empty.add(category)
        else:
            news.problems[category] = freshness.problem
        news.set_aside += [f"{SOURCE}: {category}: {line}" for line in feed.set_aside]
        return freshness.reason

    def _take(self, news: FeedNews, feed: Feed) -> None:
        """Stores what a feed tells, all of it or nothing."""
        items: dict[str, FeedItem] = {item.arxiv_id: item for item in feed.items}

        def decide(known: Mapping[str, KnownPaper]) -> list[PaperChange]:
            changes = (_change(item, known.get(item.arxiv_id)) for item in items.values())
            return [change for change in changes if change is not None]

        changes = self.store.take(items, decide, now=self.now)
        news.announced.update((i, None) for i, item in items.items() if item.is_first)
        news.papers += [c.paper for c in changes if c.standing is Standing.WAITING]


def _change(item: FeedItem, known: KnownPaper | None) -> PaperChange | None:
    """What becomes of a paper that a fresh feed announces, ``None`` if nothing does."""
    if known is None:
        paper = from_item(item, None)
        return None if paper is None else PaperChange(paper=paper, standing=Standing.WAITING)
    before = known.paper
    if before is None:
        return None  # it was triaged, and OAI-PMH will tell the rest again
    paper = from_item(item, before)
    if known.standing is Standing.HISTORY and item.is_first and not before.withdrawn:
        # Nobody has been asked about it, and arXiv announces it today.
        news = replace(paper or before, announced=item.day, estimated=False)
        return PaperChange(paper=news, standing=Standing.WAITING)
    return None if paper is None else PaperChange(paper=paper, standing=known.standing)
