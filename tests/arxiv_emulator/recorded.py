"""Recorded days as a corpus, so that the whole product runs on real papers without arXiv.

A recorded day says who was announced, not when anything was submitted: papers
are spread over the day's submission window in the order of their identifiers,
and a replaced paper that no earlier day has gets a first version in the month
of its identifier. What a row does not have stays empty: nothing is invented.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from db.records import AnnounceType
from db.records import Paper as RecordedPaper
from pipeline.arxiv_id import id_month, id_order
from pipeline.sources.calendar import submission_window
from pipeline.sources.recorded import read_day, recorded_days
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.papers import Action, Author, Change, Paper, Texts, Version

_ACTIONS = {
    AnnounceType.NEW: Action.NEW,
    AnnounceType.CROSS: Action.CROSS,
    AnnounceType.REPLACE: Action.REPLACE,
}


def corpus_of_days(
    folder: Path, *, first: date | None = None, last: date | None = None, seed: int = 1
) -> Corpus:
    """The recorded days of ``folder`` from ``first`` to ``last``, both included.

    Raises:
        RecordedDayError: ``folder`` or one of its files cannot be read.
    """
    histories: dict[str, list[Change]] = {}
    known: dict[str, RecordedPaper] = {}
    for day in recorded_days(folder):
        if (first and day < first) or (last and day > last):
            continue
        papers, _ = read_day(folder, day)
        ordered = sorted(papers, key=lambda paper: id_order(paper.arxiv_id))
        for place, paper in enumerate(ordered):
            _announce(histories.setdefault(paper.arxiv_id, []), paper, place / len(ordered))
            before = known.get(paper.arxiv_id)
            if before is None or paper.abstract or not before.abstract:
                known[paper.arxiv_id] = paper
    return Corpus(
        (
            Paper(arxiv_id=arxiv_id, changes=tuple(changes), texts=_texts(known[arxiv_id]))
            for arxiv_id, changes in histories.items()
        ),
        seed=seed,
    )


def _announce(history: list[Change], paper: RecordedPaper, place: float) -> None:
    """Add what one row says to a paper's history; ``place`` is in 0..1."""
    day = paper.announced
    at = announced(day)
    window = submission_window(day) or (at - timedelta(days=1, hours=6), at - timedelta(hours=6))
    submitted = (window[0] + (window[1] - window[0]) * place).replace(microsecond=0)
    action = _ACTIONS[paper.announce_type]
    if not history and action is not Action.NEW and not _is_first_cross(paper):
        history.append(_long_ago(paper, submitted))
    version: Version | None = None
    if not history:
        if paper.published is not None:
            submitted = datetime.combine(paper.published, time(12), UTC)
        version, action = Version(number=1, submitted=submitted), Action.NEW
    elif action is Action.REPLACE:
        number = sum(change.version is not None for change in history) + 1
        version = Version(number=number, submitted=submitted)
    elif action is Action.NEW:
        return  # announced twice: the first one counts
    history.append(
        Change(
            at=at,
            day=day,
            action=action,
            version=version,
            categories=paper.categories or ("cs.LG",),
            comment=paper.comment,
        )
    )


def _is_first_cross(paper: RecordedPaper) -> bool:
    """Whether a cross-list is of a paper that is new: of this month or the end of the last."""
    if paper.announce_type is not AnnounceType.CROSS:
        return False
    year, month = id_month(paper.arxiv_id)
    return paper.announced - date(year, month, 1) < timedelta(days=35)


def _long_ago(paper: RecordedPaper, before: datetime) -> Change:
    """A first version in the month of the identifier."""
    year, month = id_month(paper.arxiv_id)
    submitted = min(datetime(year, month, 1, 12, tzinfo=UTC), before - timedelta(days=4))
    day = submitted.date() + timedelta(days=1)
    return Change(
        at=announced(day),
        day=day,
        action=Action.NEW,
        version=Version(number=1, submitted=submitted),
        categories=paper.categories or ("cs.LG",),
    )


def _texts(paper: RecordedPaper) -> Texts:
    return Texts(
        title=paper.title,
        abstract=paper.abstract or "",
        authors=tuple(Author(name=name) for name in paper.authors),
        comment=paper.comment or "",
    )
