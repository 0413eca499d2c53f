"""All the papers there are, and what each interface can see of them at a moment.

The one state behind the three interfaces. It changes only through its methods,
each of which moves ``revision``; texts are made up when somebody reads them, so
that a hundred thousand papers cost little.
"""

from __future__ import annotations

import itertools
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from pipeline.arxiv_id import id_order
from tests.arxiv_emulator.clock import announced, next_announcement_day
from tests.arxiv_emulator.papers import (
    DELAYS,
    Action,
    Change,
    Paper,
    State,
    Texts,
    Version,
    View,
    state_of,
)
from tests.arxiv_emulator.texts import made_up_texts

_KEPT_LISTINGS = 4
_ROOM = 1000
"""Numbers left free after a day when papers are announced on a later one."""
_LONGEST_DELAY = max(DELAYS.values())

WITHDRAWALS = ("flag", "size", "comment")
"""How arXiv shows a withdrawal: source type I, an empty source, or only the comment."""


class Corpus:
    """The papers.

    Args:
        papers: To begin with.
        seed: Of the texts that are made up.
    """

    def __init__(self, papers: Iterable[Paper] = (), *, seed: int = 1) -> None:
        self.seed = seed
        self.revision = 0
        self._lock = threading.RLock()
        self._papers = {paper.arxiv_id: paper for paper in papers}
        self._seen: dict[View, list[datetime]] = {}
        self._mailings: dict[date, list[tuple[Paper, Change]]] | None = None
        self._listings: OrderedDict[tuple[View, int], tuple[State, ...]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._papers)

    def __iter__(self) -> Iterator[Paper]:
        return iter(tuple(self._papers.values()))

    def __contains__(self, arxiv_id: str) -> bool:
        return arxiv_id in self._papers

    def __getitem__(self, arxiv_id: str) -> Paper:
        return self._papers[arxiv_id]

    def texts(self, paper: Paper) -> Texts:
        """What a paper says."""
        return paper.texts or made_up_texts(paper.arxiv_id, seed=self.seed)

    def state(self, arxiv_id: str, moment: datetime, view: View) -> State | None:
        """What ``view`` knows of one paper at ``moment``."""
        paper = self._papers.get(arxiv_id)
        return None if paper is None else state_of(paper, moment, view)

    def listing(self, moment: datetime, view: View) -> tuple[State, ...]:
        """Everything ``view`` knows at ``moment``, in OAI's order: last modified, identifier."""
        with self._lock:
            if view not in self._seen:
                self._seen[view] = sorted(
                    change.seen_at(view) + (paper.api_lag if view is View.API else timedelta(0))
                    for paper in self._papers.values()
                    for change in paper.changes
                )
            key = (view, bisect_right(self._seen[view], moment))
            if key not in self._listings:
                states = (state_of(paper, moment, view) for paper in self._papers.values())
                self._listings[key] = tuple(
                    sorted(
                        (state for state in states if state is not None),
                        key=lambda state: (state.modified, state.paper.arxiv_id),
                    )
                )
                while len(self._listings) > _KEPT_LISTINGS:
                    self._listings.popitem(last=False)
            return self._listings[key]

    def mailing(self, day: date) -> tuple[tuple[Paper, Change], ...]:
        """What the mailing of ``day`` announces."""
        with self._lock:
            if self._mailings is None:
                self._mailings = {}
                for paper in self._papers.values():
                    for change in paper.changes:
                        if change.day is not None:
                            self._mailings.setdefault(change.day, []).append((paper, change))
            return tuple(self._mailings.get(day, ()))

    def days(self) -> tuple[date, ...]:
        """The days with a mailing, oldest first."""
        self.mailing(date.min)
        return tuple(sorted(self._mailings or ()))

    def remember(self) -> Callable[[], None]:
        """What takes the corpus back to how it is now."""
        papers = dict(self._papers)

        def restore() -> None:
            with self._lock:
                self._papers = dict(papers)
                self.add()

        return restore

    # What happens to papers. Every test of a fault, and the control interface, uses these.

    def add(self, *papers: Paper) -> None:
        """Take in papers (or other histories for known ones)."""
        with self._lock:
            for paper in papers:
                ordered = tuple(sorted(paper.changes, key=lambda change: change.at))
                self._papers[paper.arxiv_id] = replace(paper, changes=ordered)
            self.revision += 1
            self._seen.clear()
            self._listings.clear()
            self._mailings = None

    def change(self, arxiv_id: str, change: Change) -> None:
        """Let something happen to a paper."""
        with self._lock:
            paper = self._papers[arxiv_id]
            self.add(replace(paper, changes=(*paper.changes, change)))

    def touch(self, arxiv_id: str, at: datetime) -> None:
        """An administrator's change: modified, and nothing else."""
        self.change(arxiv_id, Change(at=at, day=None, action=Action.TOUCH))

    def revise(
        self,
        arxiv_id: str,
        day: date,
        *,
        submitted: datetime | None = None,
        comment: str | None = None,
        categories: tuple[str, ...] | None = None,
    ) -> Version:
        """Announce the next version on ``day``; submitted six hours before, unless told."""
        at = announced(day)
        version = Version(
            number=self._versions(arxiv_id) + 1, submitted=submitted or at - timedelta(hours=8)
        )
        self.change(
            arxiv_id,
            Change(
                at=at,
                day=day,
                action=Action.REPLACE,
                version=version,
                comment=comment,
                categories=categories,
            ),
        )
        return version

    def withdraw(self, arxiv_id: str, day: date, *, how: str = "flag") -> None:
        """Announce on ``day`` that a paper is withdrawn, shown as ``WITHDRAWALS`` says."""
        at = announced(day)
        version = Version(
            number=self._versions(arxiv_id) + 1,
            submitted=at - timedelta(hours=8),
            size_kb=0 if how in {"flag", "size"} else 8,
            source_type="I" if how == "flag" else "",
        )
        comment = "This paper has been withdrawn by the authors due to an error in Lemma 3"
        self.change(
            arxiv_id,
            Change(at=at, day=day, action=Action.WITHDRAW, version=version, comment=comment),
        )

    def refer(self, arxiv_id: str, day: date, *, journal_ref: str, doi: str) -> None:
        """Add a journal reference and a DOI on ``day``: a change without a version."""
        change = Change(
            at=announced(day),
            day=day,
            action=Action.ABSONLY,
            journal_ref=journal_ref,
            dois=(doi,),
        )
        self.change(arxiv_id, change)

    def cross_list(self, arxiv_id: str, day: date, category: str) -> None:
        """Add a category on ``day``, without a version."""
        known = state_of(self._papers[arxiv_id], announced(day), View.RSS)
        categories = (*(known.categories if known else ()), category)
        self.change(
            arxiv_id,
            Change(at=announced(day), day=day, action=Action.CROSS, categories=categories),
        )

    def defer(self, day: date) -> date:
        """Defer the mailing of ``day``: it goes out with the next one, whose day is returned."""
        target = next_announcement_day(day)
        moved = [
            replace(
                paper,
                changes=tuple(
                    replace(change, at=announced(target), day=target)
                    if change.day == day
                    else change
                    for change in paper.changes
                ),
            )
            for paper in self._papers.values()
            if any(change.day == day for change in paper.changes)
        ]
        self.add(*moved)
        return target

    def next_ids(self, day: date, count: int = 1) -> tuple[str, ...]:
        """The identifiers that the next papers announced on ``day`` get.

        arXiv numbers at the announcement: above all of the days before, and below those
        of later days, unless the corpus itself has these in no order (recorded days do).
        A new day leaves room for the one before it.

        Raises:
            ValueError: There are fewer numbers left between the days around.
        """
        month = f"{day:%y%m}"
        width = 5 if month >= "1501" else 4
        known = {
            id_order(arxiv_id)[1]: paper.changes[0].day or day
            for arxiv_id, paper in self._papers.items()
            if arxiv_id.startswith(month + ".")
        }
        later = {number for number, first in known.items() if first > day}
        last = max(known.keys() - later, default=0)
        is_new = last and day not in known.values()
        between = min(later, default=10**width) - last - count
        room = max(0, min(_ROOM, between // 2)) if is_new else 0
        free = (number for number in itertools.count(last + 1 + room) if number not in later)
        numbers = tuple(itertools.islice(free, count))
        if later and last < min(later) < numbers[-1]:
            raise ValueError(
                f"no {count} identifiers are left for {day} between {month}.{last} and "
                f"{month}.{min(later)}: announce days in their order, or leave room"
            )
        return tuple(f"{month}.{number:0{width}d}" for number in numbers)

    def announce(
        self,
        day: date,
        *,
        arxiv_id: str | None = None,
        submitted: datetime | None = None,
        categories: tuple[str, ...] = ("cs.LG",),
        texts: Texts | None = None,
        at: datetime | None = None,
    ) -> str:
        """Announce a new paper on ``day`` and return its identifier.

        With ``at`` every interface but RSS shows it from then on.
        """
        arxiv_id = arxiv_id or self.next_ids(day)[0]
        moment = announced(day)
        version = Version(number=1, submitted=submitted or moment - timedelta(hours=8))
        first = Change(
            at=at - _LONGEST_DELAY if at else moment,
            day=day,
            action=Action.NEW,
            version=version,
            categories=categories,
        )
        self.add(Paper(arxiv_id=arxiv_id, changes=(first,), texts=texts))
        return arxiv_id

    def _versions(self, arxiv_id: str) -> int:
        return max(
            change.version.number
            for change in self._papers[arxiv_id].changes
            if change.version is not None
        )
