"""What a stored paper becomes when a source tells of it: pure, one function a source.

OAI-PMH knows most: its word replaces the others'. A feed knows the announcement
day and little else, the query interface lacks the version list. None of them
takes away what another one knew, and a paper keeps its first announcement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from db.records import AnnounceType, Paper, PaperVersion
from pipeline.sources.calendar import estimate_announcement
from pipeline.sources.rss import FeedType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from db.records import KnownPaper
    from pipeline.sources.novelty import Announcement
    from pipeline.sources.oai_record import OaiRecord
    from pipeline.sources.rss import FeedItem

ESTIMATE_SLACK = timedelta(days=3)
"""How far a feed may move an estimated announcement day for a cross-list: a weekend.

A paper whose own category is not read is a cross-list when it is new; one that was
added to a category of ours later is a cross-list too, and keeps its day.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRecord:
    """A paper as the query interface has it: current version, no list of versions.

    Attributes:
        paper: Its metadata; ``announced`` is an estimate.
        version: Number of the current version.
        submitted: When the first version was submitted (UTC).
        updated: When the current one was.
    """

    paper: Paper
    version: int
    submitted: datetime
    updated: datetime

    @property
    def arxiv_id(self) -> str:
        """Identifier without version."""
        return self.paper.arxiv_id


def is_ours(categories: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether one of a paper's categories is one of those that config names (``cs.*`` too)."""
    patterns = tuple(wanted)
    return any(fnmatchcase(name, pattern) for name in categories for pattern in patterns)


def from_record(
    record: OaiRecord, known: KnownPaper | None, *, first: Announcement, is_first: bool
) -> Paper:
    """A paper after OAI-PMH told of it.

    Args:
        record: What it says.
        known: What was remembered.
        first: The announcement, for a paper that was not known.
        is_first: Whether the paper itself is as new as its announcement here; else it was
            announced before, in categories that are not ours, and is a cross-list.
    """
    before = known.paper if known else None
    was_first = before is not None and before.announce_type is AnnounceType.NEW
    announced, estimated = first.day, first.estimated
    if before is not None:
        announced, estimated = before.announced, before.estimated
    elif known is not None:
        announced, estimated = known.announced, True
    versions = tuple(
        PaperVersion(number=version.number, submitted=version.submitted)
        for version in record.versions
    )
    versions = _all_versions(versions, before.versions if before else ())
    if before is not None and record.version < before.version:
        # A feed was quicker: what it told of the later version stands until OAI-PMH has it.
        return replace(before, versions=versions, published=record.submitted.date())
    return Paper(
        arxiv_id=record.arxiv_id,
        title=record.title,
        abstract=record.abstract or (before.abstract if before else None),
        authors=record.authors or (before.authors if before else ()),
        categories=record.categories,
        comment=record.comment,
        published=record.submitted.date(),
        announced=announced,
        announce_type=AnnounceType.NEW if is_first or was_first else AnnounceType.CROSS,
        estimated=estimated,
        versions=versions,
        revised=_revised(before, record.arxiv_id, record.version, record.updated),
        withdrawn=record.withdrawn,
        license=record.license,
        dois=record.dois,
        journal_ref=record.journal_ref,
    )


def from_item(item: FeedItem, before: Paper | None) -> Paper | None:
    """A paper after a fresh feed told of it; ``None`` if that adds nothing to what was known.

    A replacement of a paper that is not known adds nothing: its history is OAI-PMH's to tell.
    """
    version = PaperVersion(number=item.version, submitted=None)
    if before is None:
        if not item.is_first:
            return None
        is_new = item.feed_type is FeedType.NEW
        return Paper(
            arxiv_id=item.arxiv_id,
            title=item.title,
            abstract=item.abstract,
            authors=item.authors,
            categories=item.categories,
            comment=None,
            published=None,
            announced=item.day,
            announce_type=AnnounceType.NEW if is_new else AnnounceType.CROSS,
            versions=(version,),
            license=item.license,
            dois=(item.doi,) if item.doi else (),
            journal_ref=item.journal_ref,
        )
    after = before
    if item.version > before.version:
        after = replace(
            after,
            title=item.title,
            abstract=item.abstract or before.abstract,
            authors=item.authors or before.authors,
            categories=item.categories or before.categories,
            versions=_all_versions((version,), before.versions),
            revised=item.day if item.version > 1 else None,
        )
    near = abs(item.day - before.announced) <= ESTIMATE_SLACK
    if before.estimated and item.is_first and (item.feed_type is FeedType.NEW or near):
        after = replace(after, announced=item.day, estimated=False)
    if item.feed_type is FeedType.NEW:
        # It may have been met before in the feed of another category, which calls it cross.
        after = replace(after, announce_type=AnnounceType.NEW)
    return after if after != before else None


def from_api(record: ApiRecord, known: KnownPaper | None) -> Paper:
    """A paper after the query interface told of it."""
    told = record.paper
    versions = {1: record.submitted, record.version: record.updated}
    list_of = tuple(PaperVersion(number=n, submitted=at) for n, at in versions.items())
    before = known.paper if known else None
    if before is None:
        return replace(
            told,
            announced=known.announced if known else told.announced,
            estimated=True,
            versions=list_of,
            revised=_revised(None, told.arxiv_id, record.version, record.updated),
        )
    newer = record.version > before.version
    return replace(
        before,
        title=told.title if newer else before.title,
        abstract=(told.abstract if newer else None) or before.abstract or told.abstract,
        authors=(told.authors if newer else ()) or before.authors or told.authors,
        categories=told.categories if newer else before.categories,
        comment=told.comment if newer else before.comment or told.comment,
        published=before.published or told.published,
        versions=_all_versions(list_of, before.versions),
        revised=_revised(before, told.arxiv_id, record.version, record.updated),
        dois=before.dois or told.dois,
        journal_ref=before.journal_ref or told.journal_ref,
    )


def _all_versions(
    told: tuple[PaperVersion, ...], known: tuple[PaperVersion, ...]
) -> tuple[PaperVersion, ...]:
    """By number; of two words about one version, the one with a time, and the later word."""
    merged = {version.number: version for version in known}
    for version in told:
        if version.submitted is not None or version.number not in merged:
            merged[version.number] = version
    return tuple(merged[number] for number in sorted(merged))


def _revised(before: Paper | None, arxiv_id: str, version: int, updated: datetime) -> date | None:
    """The announcement day of the current version, if it is not the first."""
    if before is not None and before.version >= version:
        return before.revised
    return estimate_announcement(updated, arxiv_id) if version > 1 else None
