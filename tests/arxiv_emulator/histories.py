"""Faults that are part of the papers' history, not of an answer (F27, F28, F31-F33, F37).

Each changes the corpus for one day, by default the next with a mailing. What
they do is true: all three views agree, and the oracle knows.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pipeline.sources.calendar import submission_window
from tests.arxiv_emulator.clock import announced, next_announcement_day
from tests.arxiv_emulator.corpus import WITHDRAWALS, Corpus
from tests.arxiv_emulator.exchange import Arguments, World
from tests.arxiv_emulator.papers import Action, Change, Paper, Version, View

_FULL_FEED = (("new", 700), ("cross", 500), ("replace", 800), ("replace-cross", 600))
"""What made a real feed lose 600 of its 700 new papers (reference, fact 7)."""


def overfill(world: World, arguments: Arguments) -> None:
    """F27."""
    day = world.day(arguments)
    category = str(arguments.get("category", "cs.LG"))
    world.corpus.add(*_overfilling(world.corpus, day, category))


def defer(world: World, arguments: Arguments) -> None:
    """F28."""
    world.corpus.defer(world.day(arguments))


def hold(world: World, arguments: Arguments) -> None:
    """F31."""
    day = world.day(arguments)
    for number in range(3):
        submitted = announced(day) - timedelta(days=13, hours=number)
        world.corpus.announce(day, submitted=submitted, categories=("cs.LG",))


def revise(world: World, arguments: Arguments) -> None:
    """F32."""
    day = world.day(arguments)
    corpus = world.corpus
    _, often, referred, moved, *_ = _known(world, day, 5)
    while (version := corpus.revise(often, day).number) < 4:
        day = next_announcement_day(day)
    for number in range(version, 12):
        day = next_announcement_day(day)
        corpus.revise(often, day, comment=f"{number + 20} pages; version {number + 1}")
    day = world.day(arguments)
    corpus.refer(referred, day, journal_ref="J. Made Up 7 (2026) 1-9", doi="10.0000/made.up.7")
    corpus.revise(moved, day, categories=("stat.ML", "cs.LG"))


def withdraw(world: World, arguments: Arguments) -> None:
    """F33."""
    day = world.day(arguments)
    known = _known(world, day, len(WITHDRAWALS))
    for arxiv_id, how in zip(known, WITHDRAWALS, strict=True):
        world.corpus.withdraw(arxiv_id, day, how=how)
    world.corpus.revise(known[0], next_announcement_day(day), comment="The error is mended")


def straddle(world: World, arguments: Arguments) -> None:
    """F37."""
    day = world.day(arguments)
    window = submission_window(day)
    end = window[1] if window else announced(day) - timedelta(hours=6)
    for submitted, announced_on in _edges(end, day):
        world.corpus.announce(announced_on, submitted=submitted)


def _edges(end: datetime, day: date) -> Iterator[tuple[datetime, date]]:
    """Moments around the deadline and around midnight UTC, and the days they belong to."""
    midnight = end.replace(hour=0, minute=0, second=0)
    yield midnight - timedelta(seconds=1), day
    yield midnight - timedelta(seconds=59), day
    yield midnight, day
    yield end - timedelta(seconds=1), day
    yield end, next_announcement_day(day)


def _known(world: World, day: date, count: int) -> list[str]:
    """Papers with one version, announced before ``day`` and not changed from then on."""
    before = announced(day)
    known = sorted(
        paper.arxiv_id
        for paper in world.corpus
        if all(change.at < before for change in paper.changes)
        and sum(change.version is not None for change in paper.changes) == 1
        and (state := world.corpus.state(paper.arxiv_id, before, View.RSS)) is not None
        and not state.withdrawn
        and "." in paper.arxiv_id.partition("/")[0]
    )
    if len(known) < count:
        raise ValueError(f"the corpus has {len(known)} papers before {day}, {count} are needed")
    return known[-count:]


def _overfilling(corpus: Corpus, day: date, category: str) -> Iterator[Paper]:
    at = announced(day)
    long_ago = day - timedelta(days=200)
    other = "cs.AI" if category != "cs.AI" else "cs.LG"
    begins = {kind: long_ago if kind.startswith("replace") else day for kind, _ in _FULL_FEED}
    sizes: Counter[date] = Counter()
    for kind, count in _FULL_FEED:
        sizes[begins[kind]] += count
    ids = {first_day: iter(corpus.next_ids(first_day, size)) for first_day, size in sizes.items()}
    for kind, count in _FULL_FEED:
        first_day = begins[kind]
        categories = (other, category) if "cross" in kind else (category,)
        for number, arxiv_id in enumerate(itertools.islice(ids[first_day], count)):
            before = timedelta(hours=7, seconds=number)
            first = Change(
                at=announced(first_day),
                day=first_day,
                action=Action.NEW,
                version=Version(number=1, submitted=announced(first_day) - before),
                categories=categories,
            )
            changes = [first]
            if first_day != day:
                second = Version(number=2, submitted=at - before)
                changes.append(Change(at=at, day=day, action=Action.REPLACE, version=second))
            yield Paper(arxiv_id=arxiv_id, changes=tuple(changes))
