"""One record of arXiv's OAI-PMH, in its own format ``arXivRaw``.

The only format with the version list, the withdrawal flag and the true first
submission. Text stays what the authors typed, TeX included, on one line. Knows
no page and no request.

Source of the format: https://info.arxiv.org/help/oa/index.md, answers recorded
in 2014 and 2026, and arXiv/oaipmh at 27ad99e.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from pipeline.arxiv_id import parse_arxiv_id
from pipeline.sources.authors import split_authors
from pipeline.sources.plain_text import plain_text
from pipeline.sources.strict_xml import local_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

OAI = "{http://www.openarchives.org/OAI/2.0/}"
"""Namespace of the protocol."""
RAW = "{http://arxiv.org/OAI/arXivRaw/}"
"""Namespace of arXiv's own format."""

_TEXTS = frozenset(
    f"{RAW}{name}"
    for name in (
        "id",
        "title",
        "authors",
        "categories",
        "comments",
        "abstract",
        "license",
        "journal-ref",
    )
)
ID_PREFIX = "oai:arXiv.org:"
"""What the protocol writes before an identifier."""
_VERSION = re.compile(r"v([1-9]\d{0,3})", re.ASCII)
_TIME = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (?:GMT|\+0000)",
    re.ASCII,
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = {name: number for number, name in enumerate(_MONTHS, start=1)}
_SIZE = re.compile(r"(\d{1,9})\s*kb", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T[\d:]+Z)?", re.ASCII)
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.\S+)", re.ASCII | re.IGNORECASE)
_WITHDRAWN = re.compile("withdraw", re.IGNORECASE)
_WITHDRAWN_FLAG = "I"
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a paper.

    Attributes:
        number: 1 for the first.
        submitted: When it was submitted (UTC).
        size_kb: Size of its source, or ``None`` if not said.
        source_type: arXiv's letters for its source (``"D"``), or "".
    """

    number: int
    submitted: datetime
    size_kb: int | None
    source_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OaiRecord:
    """A paper as OAI-PMH has it: its current version, and the list of all.

    Attributes:
        arxiv_id: Identifier without version.
        datestamp: UTC day on which anything about it changed last.
        sets: The sets it is in (``"cs:cs:LG"``), cross-lists included.
        title: White space collapsed, TeX as the authors typed it.
        abstract: Likewise, or ``None`` if there is none.
        authors: In arXiv's order, without affiliations.
        categories: Primary first.
        comment: The authors' comment, or ``None``.
        versions: By number, at least one.
        withdrawn: Whether the current version withdraws the paper.
        license: Address of the licence, or "".
        dois: Digital object identifiers of the published paper.
        journal_ref: Where it was published, or ``None``.
    """

    arxiv_id: str
    datestamp: date
    sets: tuple[str, ...]
    title: str
    abstract: str | None
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    comment: str | None
    versions: tuple[Version, ...]
    withdrawn: bool
    license: str
    dois: tuple[str, ...]
    journal_ref: str | None

    @property
    def version(self) -> int:
        """Number of the current version."""
        return self.versions[-1].number

    @property
    def submitted(self) -> datetime:
        """When the paper was submitted first (UTC)."""
        return self.versions[0].submitted

    @property
    def updated(self) -> datetime:
        """When the current version was submitted (UTC)."""
        return self.versions[-1].submitted


class RecordError(Exception):
    """A record cannot be read; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the protocol says of a record.

    Attributes:
        arxiv_id: Identifier without version.
        datestamp: UTC day of its last change.
        sets: The sets it is in.
        deleted: Whether arXiv says that it is gone.
    """

    arxiv_id: str
    datestamp: date
    sets: tuple[str, ...]
    deleted: bool


def read_header(header: Element | None) -> Header:
    """What a ``<header>`` says.

    Raises:
        RecordError: There is none, or it names no paper or no day.
    """
    if header is None:
        raise RecordError("it has no header")
    identifier = plain_text(header.findtext(f"{OAI}identifier") or "")
    arxiv_id = parse_arxiv_id(identifier.removeprefix(ID_PREFIX))
    if arxiv_id is None:
        raise RecordError(f"its identifier {_shown(identifier)!r} is none of arXiv's")
    datestamp = _date(header.findtext(f"{OAI}datestamp") or "")
    if datestamp is None:
        raise RecordError("its datestamp is no day")
    return Header(
        arxiv_id=arxiv_id,
        datestamp=datestamp,
        sets=tuple(plain_text(element.text or "") for element in header.iter(f"{OAI}setSpec")),
        deleted=header.get("status") == "deleted",
    )


def read_record(header: Header, record: Element) -> OaiRecord:
    """A ``<record>`` that is not deleted.

    Args:
        header: What :func:`read_header` made of it.
        record: The element.

    Raises:
        RecordError: It is not in arXiv's own format, or lacks what every paper has.
    """
    raw = _raw(record)
    texts = {
        element.tag: plain_text(element.text or "") for element in raw if element.tag in _TEXTS
    }
    arxiv_id = parse_arxiv_id(texts.get(f"{RAW}id", ""))
    if arxiv_id != header.arxiv_id:
        found = _shown(texts.get(f"{RAW}id", ""))
        raise RecordError(f"its metadata are of {found!r}")
    title = texts.get(f"{RAW}title", "")
    if not title:
        raise RecordError("it has no title")
    categories = tuple(dict.fromkeys(texts.get(f"{RAW}categories", "").split()))
    if not categories:
        raise RecordError("it has no category")
    versions = _versions(raw)
    comment = texts.get(f"{RAW}comments") or None
    return OaiRecord(
        arxiv_id=arxiv_id,
        datestamp=header.datestamp,
        sets=header.sets,
        title=title,
        abstract=texts.get(f"{RAW}abstract") or None,
        authors=split_authors(texts.get(f"{RAW}authors", "")),
        categories=categories,
        comment=comment,
        versions=versions,
        withdrawn=_is_withdrawn(versions[-1], comment),
        license=texts.get(f"{RAW}license", ""),
        dois=_dois(raw),
        journal_ref=texts.get(f"{RAW}journal-ref") or None,
    )


def _raw(record: Element) -> Element:
    metadata = record.find(f"{OAI}metadata")
    if metadata is None or len(metadata) != 1:
        raise RecordError("it has no metadata")
    raw = metadata[0]
    if raw.tag != f"{RAW}arXivRaw":
        raise RecordError(f"its metadata are in format <{local_name(raw)}>, not arXivRaw")
    return raw


def _versions(raw: Element) -> tuple[Version, ...]:
    """By number: arXiv sorted them as words (v1, v10, v2) until 2025."""
    versions: dict[int, Version] = {}
    for element in raw.iter(f"{RAW}version"):
        number = _VERSION.fullmatch(element.get("version") or "")
        submitted = _time(element.findtext(f"{RAW}date") or "")
        if number is None or submitted is None:
            raise RecordError("one of its versions has no number or no time")
        size = _SIZE.fullmatch((element.findtext(f"{RAW}size") or "").strip())
        version = Version(
            number=int(number[1]),
            submitted=submitted,
            size_kb=int(size[1]) if size else None,
            source_type=plain_text(element.findtext(f"{RAW}source_type") or ""),
        )
        versions.setdefault(version.number, version)
    if not versions:
        raise RecordError("it has no version")
    return tuple(versions[number] for number in sorted(versions))


def _is_withdrawn(current: Version, comment: str | None) -> bool:
    """Whether ``current`` withdraws the paper.

    The flag is reliable but not always set (0906.3336 has none). Without it, an
    empty source tells (with another flag it means proceedings whose papers lie
    elsewhere, as 2310.08262), or the comment. A withdrawal is a version of its
    own, so the comment of a first one speaks of something else: a conference.
    """
    if _WITHDRAWN_FLAG in current.source_type:
        return True
    if current.number == 1:
        return False
    if current.size_kb == 0 and not current.source_type:
        return True
    return bool(comment and _WITHDRAWN.search(comment))


def _dois(raw: Element) -> tuple[str, ...]:
    """All of them: the field is free text, and may hold two with a blank between."""

    def found() -> Iterator[str]:
        for element in raw.iter(f"{RAW}doi"):
            for word in plain_text(element.text or "").split():
                if doi := _DOI.fullmatch(word.rstrip(",;")):
                    yield doi[1]

    return tuple(dict.fromkeys(found()))


def _time(text: str) -> datetime | None:
    """A time as arXiv writes it: ``Wed, 25 Jun 2008 15:29:38 GMT``."""
    found = _TIME.fullmatch(text.strip())
    if found is None or found[2] not in _MONTH:
        return None
    day, year, hour, minute, second = (int(found[n]) for n in (1, 3, 4, 5, 6))
    try:
        return datetime(year, _MONTH[found[2]], day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _date(text: str) -> date | None:
    found = _DATE.fullmatch(text.strip())
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _shown(text: str) -> str:
    return text[:_SHOWN_CHARACTERS]
