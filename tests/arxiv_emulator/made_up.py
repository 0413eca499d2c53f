"""A made-up arXiv over a span of days, from a seed.

Every day has new papers, cross-lists and replacements; among them are papers
that were held back, replaced many times, withdrawn, referenced, and of before
2007. :data:`SIZES` names the sizes of the reference page.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict

from pipeline.sources.calendar import announcement_days, submission_window
from tests.arxiv_emulator.clock import announced, eastern_day
from tests.arxiv_emulator.corpus import WITHDRAWALS, Corpus
from tests.arxiv_emulator.papers import Action, Change, Paper, Texts, Version
from tests.arxiv_emulator.texts import ODDITIES

FIRST_DAY = date(2026, 10, 5)
"""A Monday; the days after it hold a month's end and the end of daylight saving."""


class Size(TypedDict):
    """How much there is, as :func:`make_corpus` takes it."""

    days: int
    new: int
    replaced: int
    known: int


SIZES: dict[str, Size] = {
    "small": {"days": 5, "new": 20, "replaced": 15, "known": 40},
    "day": {"days": 1, "new": 1500, "replaced": 1200, "known": 1300},
    "month": {"days": 22, "new": 444, "replaced": 400, "known": 2000},
    "bulk": {"days": 22, "new": 3600, "replaced": 0, "known": 2800},
}
"""Sizes by name, as arguments of :func:`make_corpus`; "bulk" is 100,000 papers.

A month of 22 days has five Tuesdays, which count twice.
"""

_MIXES: tuple[tuple[str, ...], ...] = (
    ("cs.LG",),
    ("cs.LG", "cs.AI"),
    ("cs.AI", "cs.CL", "cs.LG"),
    ("cs.CV",),
    ("cs.CV", "cs.LG"),
    ("cs.CL", "cs.AI"),
    ("cs.CR", "cs.LG"),
    ("stat.ML", "cs.LG"),
    ("stat.ME",),
    ("math.ST", "stat.TH"),
    ("cs.CY", "cs.AI"),
    ("math.CO",),
    ("hep-th", "math-ph", "math.MP"),
    ("eess.SY", "cs.SY"),
)
_ADDED = ("cs.LG", "stat.ML", "cs.AI")
_HELD_FOR = timedelta(days=13)
_OLD_IDS = ("hep-th/9901001", "cs/0612047", "math/0309136", "astro-ph/0601002")
_TUESDAY = 1
_MOST_NUMBERS = 99_999
"""In a month's identifiers, since 2015."""
_MOST_ROOM = 8000
"""Numbers left free before a day: enough for F27, which announces 1,400 papers, three times."""
_WITHDRAWN = "This paper has been withdrawn by the authors"


def make_corpus(
    *,
    seed: int = 1,
    first: date = FIRST_DAY,
    days: int = 5,
    new: int = 20,
    replaced: int = 15,
    known: int = 40,
    oddities: bool = True,
) -> Corpus:
    """A corpus of ``days`` announcement days from ``first`` on.

    Args:
        seed: The same seed makes the same corpus.
        first: The first day, or the last one before the first announcement day.
        days: How many announcement days.
        new: New papers each day (of several days, Tuesdays have twice as many).
        replaced: Replacements each day; a fifth as many are cross-listed late.
        known: Papers announced before ``first``, old-style identifiers among them.
        oddities: Let the first new papers say everything odd that arXiv has.
    """
    rng = random.Random(f"corpus {seed}")
    span = announcement_days(first, first + timedelta(days=2 * days + 20))[:days]
    busy = {day: 2 if day.weekday() == _TUESDAY and days > 1 else 1 for day in span}
    long_known = _known_days(known, before=span[0])
    counts = Counter(long_known) + Counter({day: new * times for day, times in busy.items()})
    maker = _Maker(rng, oddities=oddities, room=_room(counts))
    maker.make_known(long_known)
    for number, day in enumerate(span):
        maker.make_new(day, new * busy[day])
        if number or known:
            maker.make_changes(day, replaced * busy[day])
    return Corpus(maker.papers(), seed=seed)


class _Maker:
    """Papers under construction: histories that grow day by day."""

    def __init__(self, rng: random.Random, *, oddities: bool, room: int) -> None:
        self._rng = rng
        self._room = room
        self._odd: Iterator[Texts] = iter(ODDITIES if oddities else ())
        self._histories: dict[str, list[Change]] = {}
        self._texts: dict[str, Texts] = {}
        self._numbers: dict[str, int] = {}
        self._numbered: dict[str, date] = {}
        self._pool: list[str] = []

    def papers(self) -> Iterator[Paper]:
        for arxiv_id, changes in self._histories.items():
            yield Paper(arxiv_id=arxiv_id, changes=tuple(changes), texts=self._texts.get(arxiv_id))

    def make_known(self, days: list[date]) -> None:
        """A paper on each of these days, but the first of them from before 2007."""
        for number, planned in enumerate(days):
            if number < len(_OLD_IDS):
                arxiv_id = _OLD_IDS[number]
                digits = arxiv_id.partition("/")[2]
                year = int(digits[:2])
                day = date(1900 + year if year > 90 else 2000 + year, int(digits[2:4]), 14)
                categories: tuple[str, ...] = (arxiv_id.partition("/")[0],)
                if categories[0] in {"cs", "math"}:
                    categories = (f"{categories[0]}.{'LG' if categories[0] == 'cs' else 'GT'}",)
            else:
                day = planned
                self._numbers.setdefault(f"{day:%y%m}", self._room)
                arxiv_id = self._next_id(f"{day:%y%m}", day)
                categories = self._rng.choice(_MIXES)
            submitted = announced(day) - timedelta(hours=9, seconds=self._rng.randrange(3600))
            self._begin(arxiv_id, day, submitted, categories)

    def make_new(self, day: date, count: int) -> None:
        """A day's new papers, identifiers in order of submission; a few were held back."""
        begin, end = _window(day)
        step = (end - begin) / max(count, 1)
        old_month, new_month = _months(day)
        for number in range(count):
            # A mailing on a month's last evening gives identifiers of both months.
            month = old_month if number * 3 < count * 2 else new_month
            # Two stamps in a row are often equal: nothing breaks ties in the real index.
            submitted = begin + step * (number - number % 2)
            if number % 25 == 24:
                submitted -= _HELD_FOR
            arxiv_id = self._next_id(month, day)
            self._begin(arxiv_id, day, submitted.replace(microsecond=0), self._rng.choice(_MIXES))
            if (texts := next(self._odd, None)) is not None:
                self._texts[arxiv_id] = texts

    def make_changes(self, day: date, count: int) -> None:
        """A day's replacements, withdrawals, cross-lists and references."""
        if not count:
            return
        at = announced(day)
        begin, end = _window(day)
        others = [one for one in self._pool if self._histories[one][-1].day != day]
        chosen = self._rng.sample(others, min(len(others), count + count // 5 + count // 8))
        for number, arxiv_id in enumerate(chosen):
            history = self._histories[arxiv_id]
            submitted = (begin + (end - begin) * (number / len(chosen))).replace(microsecond=0)
            if number < count:
                history.append(self._version(history, day, submitted, number))
            elif number < count + count // 5:
                last = next(c.categories for c in reversed(history) if c.categories is not None)
                more = tuple(name for name in _ADDED if name not in last)[:1]
                if more:
                    history.append(
                        Change(at=at, day=day, action=Action.CROSS, categories=(*last, *more))
                    )
            else:
                history.append(
                    Change(
                        at=at,
                        day=day,
                        action=Action.ABSONLY,
                        journal_ref=f"J. Made Up {number} ({day.year}) 1-9",
                        dois=(f"10.0000/{arxiv_id.replace('/', '.')}",),
                    )
                )

    def _version(
        self, history: list[Change], day: date, submitted: datetime, number: int
    ) -> Change:
        last = max(change.version.number for change in history if change.version is not None)
        withdraws = number % 10 == 9 and history[-1].action is not Action.WITHDRAW
        how = WITHDRAWALS[number // 10 % len(WITHDRAWALS)] if withdraws else ""
        said = next((c.comment for c in reversed(history) if c.comment is not None), None)
        comment = _WITHDRAWN if withdraws else ("The error is mended" if said else None)
        return Change(
            at=announced(day),
            day=day,
            action=Action.WITHDRAW if withdraws else Action.REPLACE,
            version=Version(
                number=last + 1,
                submitted=submitted,
                size_kb=0 if how in {"flag", "size"} else 42 + number,
                source_type="I" if how == "flag" else ("D" if number % 3 == 0 else ""),
            ),
            comment=comment,
        )

    def _begin(
        self, arxiv_id: str, day: date, submitted: datetime, categories: tuple[str, ...]
    ) -> None:
        first = Change(
            at=announced(day),
            day=day,
            action=Action.NEW,
            version=Version(number=1, submitted=submitted),
            categories=categories,
        )
        self._histories[arxiv_id] = [first]
        self._pool.append(arxiv_id)

    def _next_id(self, month: str, day: date) -> str:
        """The next number of a month, with room after each day before this one."""
        if self._numbered.setdefault(month, day) != day:
            self._numbers[month] += self._room
            self._numbered[month] = day
        self._numbers[month] = self._numbers.get(month, 0) + 1
        return f"{month}.{self._numbers[month]:05d}"


def _known_days(count: int, *, before: date) -> list[date]:
    """Days of the year before, spread evenly."""
    span = announcement_days(before - timedelta(days=365), before - timedelta(days=20))
    return [span[(number * len(span)) // count] for number in range(count)]


def _months(day: date) -> tuple[str, str]:
    """The months in the identifiers of a mailing: that of its evening, that of its day."""
    return f"{eastern_day(announced(day)):%y%m}", f"{day:%y%m}"


def _room(counts: Counter[date]) -> int:
    """How many numbers the busiest month can spare before each of its days."""
    months: dict[str, list[int]] = {}
    for day, count in counts.items():
        for month in set(_months(day)):
            months.setdefault(month, []).append(count)
    spare = [(_MOST_NUMBERS - sum(rows)) // len(rows) for rows in months.values()]
    return max(0, min(_MOST_ROOM, *spare))


def _window(day: date) -> tuple[datetime, datetime]:
    """When the papers of ``day`` were submitted, as a rule."""
    window = submission_window(day)
    if window is None:
        end = announced(day) - timedelta(hours=6)
        return end - timedelta(days=1), end
    return window[0].astimezone(UTC), window[1].astimezone(UTC)
