"""Recorded days as a source: announcements kept in files, one day a file.

For replay, training, demonstrations and tests; nothing is ever asked of arXiv.
What a line holds is the business of ``rows``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from db.records import AnnounceType, Fetch, FetchStatus, Paper
from pipeline.arxiv_id import id_month
from pipeline.errors import RecordedDayError
from pipeline.outcome import Delivery
from pipeline.sources.calendar import is_announcement_day
from pipeline.sources.rows import Metadata, iso_date, read_announcements, read_papers

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

__all__ = [
    "Metadata",
    "RecordedSource",
    "find_recorded",
    "read_day",
    "read_papers",
    "recorded_days",
]

_DAY_FILE = re.compile(r"(\d{4}-\d\d-\d\d)\.jsonl(?:\.gz)?", re.ASCII)
_PRIORITY = (AnnounceType.NEW, AnnounceType.CROSS, AnnounceType.REPLACE)
"""Which of two rows about one paper counts: arXiv's own order.

Source: arXiv's feeds show one item per paper, new before cross before replace
(arXiv/arxiv-feed at 110b5ab).
"""


class RecordedSource:
    """A folder of recorded days as a source.

    Args:
        folder: Holds ``YYYY-MM-DD.jsonl`` or ``YYYY-MM-DD.jsonl.gz``; of two for
            one day the plain one counts.
        now: The time (aware, UTC), for the ledger.
    """

    name = "recorded"

    def __init__(self, folder: Path, *, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._now = now

    def fetch_day(self, day: date) -> Delivery:
        """Everything recorded for ``day``; never raises for what the folder holds.

        A line set aside makes the day partial, so that it is looked at again. No
        file is right only for a day without a mailing, as arXiv's calendar knows
        it; for any other the recording has a hole, and that is a failure.
        """
        try:
            path = _files(self._folder).get(day)
            if path is None:
                return self._missing(day)
            papers, set_aside = read_announcements(path, day)
        except RecordedDayError as error:
            return self._delivery(day, FetchStatus.FAILED, problem=str(error))
        if not papers and not set_aside:
            if not is_announcement_day(day):
                return self._delivery(day, FetchStatus.NO_MAILING)
            problem = f"{path} holds no paper for a day with a mailing"
            return self._delivery(day, FetchStatus.FAILED, problem=problem)
        status = FetchStatus.COMPLETE
        if set_aside:
            status = FetchStatus.PARTIAL if papers else FetchStatus.FAILED
        return self._delivery(day, status, papers=_one_per_id(papers), set_aside=set_aside)

    def _missing(self, day: date) -> Delivery:
        if not is_announcement_day(day):
            return self._delivery(day, FetchStatus.NO_MAILING)
        problem = f"not recorded in {self._folder}; {_nearest(self._folder, day)}"
        return self._delivery(day, FetchStatus.FAILED, problem=problem)

    def _delivery(
        self,
        day: date,
        status: FetchStatus,
        *,
        papers: tuple[Paper, ...] = (),
        set_aside: tuple[str, ...] = (),
        problem: str = "",
    ) -> Delivery:
        if set_aside:
            problem = f"{len(set_aside)} line{'s' if len(set_aside) > 1 else ''} set aside"
        fetch = Fetch(
            source=self.name,
            day=day,
            status=status,
            received=len(papers),
            problem=problem,
            fetched_at=self._now(),
        )
        return Delivery(papers=papers, fetch=fetch, set_aside=set_aside)


def recorded_days(folder: Path) -> tuple[date, ...]:
    """The days recorded in ``folder``, oldest first.

    Raises:
        RecordedDayError: ``folder`` is not there or cannot be read.
    """
    return tuple(_files(folder))


def read_day(folder: Path, day: date) -> tuple[tuple[Paper, ...], tuple[str, ...]]:
    """The papers recorded for ``day``, one per identifier, and one line for each set aside.

    Raises:
        RecordedDayError: The day is not recorded, or its file cannot be read.
    """
    path = _files(folder).get(day)
    if path is None:
        raise RecordedDayError(f"no recorded day {day} in {folder}", hint=_nearest(folder, day))
    papers, set_aside = read_announcements(path, day)
    return _one_per_id(papers), set_aside


def find_recorded(folder: Path, arxiv_id: str) -> Paper | None:
    """A paper as it was first recorded, with its abstract if any day has it.

    Args:
        folder: The recorded days.
        arxiv_id: Identifier without version.

    Returns:
        ``None`` if no recorded day that can be read has it.

    Raises:
        RecordedDayError: ``folder`` is not there or cannot be read.
    """
    year, month = id_month(arxiv_id)
    number = arxiv_id.rpartition("/")[2]
    first: Paper | None = None
    for day, path in _files(folder).items():
        if (day.year, day.month) < (year, month):
            continue  # identifiers are given at the announcement
        try:
            papers, _ = read_announcements(path, day, holding=number)
        except RecordedDayError:
            continue
        for paper in papers:
            if paper.arxiv_id == arxiv_id:
                if paper.abstract:
                    return paper
                first = first or paper
    return first


def _files(folder: Path) -> dict[date, Path]:
    """The file of each recorded day in ``folder``, oldest day first.

    Raises:
        RecordedDayError: ``folder`` is not there or cannot be read.
    """
    try:
        paths = sorted(folder.iterdir(), reverse=True)
    except OSError as error:
        raise RecordedDayError(
            f"{folder} cannot be read as a folder of recorded days ({error.strerror or error})",
            hint="`recorded` under [sources], or --days, names it",
        ) from error
    files: dict[date, Path] = {}
    for path in paths:  # reversed: "….jsonl" comes after "….jsonl.gz" and replaces it
        found = _DAY_FILE.fullmatch(path.name)
        day = iso_date(found[1]) if found else None
        if day is not None:
            files[day] = path
    return dict(sorted(files.items()))


def _one_per_id(papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
    kept: dict[str, Paper] = {}
    for paper in sorted(papers, key=lambda paper: _PRIORITY.index(paper.announce_type)):
        kept.setdefault(paper.arxiv_id, paper)
    return tuple(paper for paper in papers if kept[paper.arxiv_id] is paper)


def _nearest(folder: Path, day: date) -> str:
    days = recorded_days(folder)
    before = [str(other) for other in days if other < day][-1:]
    after = [str(other) for other in days if other > day][:1]
    if not days:
        return "the folder has no recorded day"
    return f"the nearest recorded {'are' if before and after else 'is'} " + " and ".join(
        before + after
    )
