"""What a client that loses nothing must hold: the truth behind the three views."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase

from tests.arxiv_emulator.clock import Clock, announced, eastern_day
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.papers import LICENSE, Action, State, View
from tests.arxiv_emulator.rss import LAST_LISTED_VERSION

__all__ = ["LICENSE", "Announced", "Held", "Oracle"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One row of a mailing, paper by paper (not category by category).

    ``version`` is the version that is current afterwards.
    """

    arxiv_id: str
    version: int
    day: date
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that is to be known of a paper at a moment; texts are raw, as arXivRaw has them.

    Attributes:
        arxiv_id: Without version.
        announced: The first announcement day.
        versions: Number and submission of each, upwards.
        withdrawn: Whether it is withdrawn now.
        categories: Primary first.
    """

    arxiv_id: str
    announced: date
    versions: tuple[tuple[int, datetime], ...]
    withdrawn: bool
    categories: tuple[str, ...]
    title: str
    abstract: str
    authors: tuple[str, ...]
    comment: str
    journal_ref: str
    dois: tuple[str, ...]
    license: str

    def as_json(self) -> dict[str, object]:
        """For the control interface."""
        return {
            "arxiv_id": self.arxiv_id,
            "announced": self.announced.isoformat(),
            "versions": [[number, at.isoformat()] for number, at in self.versions],
            "withdrawn": self.withdrawn,
            "categories": list(self.categories),
            "title": self.title,
            "abstract": self.abstract,
            "authors": list(self.authors),
            "comment": self.comment,
            "journal_ref": self.journal_ref,
            "dois": list(self.dois),
            "license": self.license,
        }


class Oracle:
    """The truth at the clock's time.

    A paper must be held once OAI-PMH shows it: that is the first interface to.
    Categories are arXiv's, ``cs.*`` for all of an archive; none mean all.
    """

    def __init__(self, corpus: Corpus, clock: Clock) -> None:
        self._corpus = corpus
        self._clock = clock

    def papers(
        self, categories: Iterable[str] = (), *, modified_since: date | None = None
    ) -> dict[str, Held]:
        """All papers to be held, by identifier; those modified on or after a UTC day."""
        wanted = tuple(categories)
        return {
            state.paper.arxiv_id: self._held(state)
            for state in self._corpus.listing(self._clock.now(), View.OAI)
            if _is_in(state, wanted)
            and (modified_since is None or state.modified.date() >= modified_since)
        }

    def announcements(
        self, first: date, last: date, categories: Iterable[str] = ()
    ) -> frozenset[Announced]:
        """What was announced on the days from ``first`` to ``last`` and is visible by now."""
        wanted = tuple(categories)
        now = self._clock.now()
        rows: set[Announced] = set()
        for day in self._corpus.days():
            if not first <= day <= last:
                continue
            for paper, change in self._corpus.mailing(day):
                state = self._corpus.state(paper.arxiv_id, change.at, View.RSS)
                if change.seen_at(View.OAI) > now or state is None or not _is_in(state, wanted):
                    continue
                rows.add(
                    Announced(
                        arxiv_id=paper.arxiv_id,
                        version=state.version.number,
                        day=day,
                        action=change.action,
                    )
                )
        return frozenset(rows)

    def new(self, day: date, categories: Iterable[str] = ()) -> frozenset[str]:
        """The papers that are announced for the first time on ``day``: the candidates."""
        return frozenset(
            row.arxiv_id
            for row in self.announcements(day, day, categories)
            if row.action is Action.NEW
        )

    def reach(self, view: View | str, categories: Iterable[str] = ()) -> frozenset[str]:
        """The identifiers that one view can show now (RSS: today's, before its cap)."""
        wanted, now = tuple(categories), self._clock.now()
        if View(view) is not View.RSS:
            return frozenset(
                state.paper.arxiv_id
                for state in self._corpus.listing(now, View(view))
                if _is_in(state, wanted)
            )
        day = eastern_day(now)
        listed = set()
        for paper, change in self._corpus.mailing(day):
            state = self._corpus.state(paper.arxiv_id, announced(day), View.RSS)
            number = change.version.number if change.version else 1
            if (
                state is not None
                and _is_in(state, wanted)
                and change.action not in {Action.ABSONLY, Action.TOUCH}
                and number <= LAST_LISTED_VERSION
            ):
                listed.add(paper.arxiv_id)
        return frozenset(listed)

    def expected_days(self, first: date, last: date) -> dict[date, int]:
        """How many papers are announced for the first time on each day of a span, 0 included."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return {day: len(self.new(day)) for day in days}

    def _held(self, state: State) -> Held:
        texts = self._corpus.texts(state.paper)
        return Held(
            arxiv_id=state.paper.arxiv_id,
            announced=state.announced,
            versions=tuple((version.number, version.submitted) for version in state.versions),
            withdrawn=state.withdrawn,
            categories=state.categories,
            title=texts.title,
            abstract=texts.abstract if state.abstract is None else state.abstract,
            authors=tuple(author.name for author in texts.authors),
            comment=texts.comment if state.comment is None else state.comment,
            journal_ref=texts.journal_ref if state.journal_ref is None else state.journal_ref,
            dois=texts.dois if state.dois is None else state.dois,
            license=texts.license,
        )


def _is_in(state: State, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(
        fnmatchcase(name, pattern) for name in state.categories for pattern in wanted
    )
