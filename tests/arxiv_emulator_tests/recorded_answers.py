"""Papers out of arXiv's recorded answers, so that the emulator can answer the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime

from tests.arxiv_emulator import Action, Author, Change, Paper, Texts, Version
from tests.arxiv_emulator_tests.harvest import ARXIV, ATOM, OAI, RAW


def paper_of_raw(record: ET.Element) -> Paper:
    """The paper of an arXivRaw record."""
    raw = record.find(f".//{RAW}arXivRaw")
    assert raw is not None

    def text(name: str) -> str:
        return raw.findtext(RAW + name) or ""

    versions = [
        Version(
            number=int(one.attrib["version"][1:]),
            submitted=parsedate_to_datetime(one.findtext(f"{RAW}date") or ""),
            size_kb=int((one.findtext(f"{RAW}size") or "").removesuffix("kb")),
            source_type=one.findtext(f"{RAW}source_type") or "",
        )
        for one in raw.findall(f"{RAW}version")
    ]
    stamp = date.fromisoformat(record.findtext(f".//{OAI}datestamp") or "")
    touched = datetime(stamp.year, stamp.month, stamp.day, 12, tzinfo=UTC)
    texts = Texts(
        title=text("title"),
        abstract=text("abstract"),
        authors=tuple(map(_author, text("authors").split(", "))),
        submitter=text("submitter"),
        comment=text("comments"),
        proxy=text("proxy"),
        report_no=text("report-no"),
        msc=text("msc-class"),
        journal_ref=text("journal-ref"),
        dois=tuple(text("doi").split()),
        license=text("license"),
    )
    return _paper(text("id"), versions, tuple(text("categories").split()), texts, touched)


def paper_of_entry(entry: ET.Element) -> Paper:
    """The paper of an entry of the API."""
    arxiv_id, _, number = (
        (entry.findtext(f"{ATOM}id") or "").removeprefix("http://arxiv.org/abs/").rpartition("v")
    )
    first, last = (_moment(entry.findtext(ATOM + name)) for name in ("published", "updated"))
    versions = [
        Version(number=n, submitted=last if n == int(number) else first + timedelta(hours=n - 1))
        for n in range(1, int(number) + 1)
    ]
    texts = Texts(
        title=entry.findtext(f"{ATOM}title") or "",
        abstract=entry.findtext(f"{ATOM}summary") or "",
        authors=tuple(
            Author(
                name=one.findtext(f"{ATOM}name") or "",
                affiliation=one.findtext(f"{ARXIV}affiliation") or "",
            )
            for one in entry.findall(f"{ATOM}author")
        ),
        comment=entry.findtext(f"{ARXIV}comment") or "",
        journal_ref=entry.findtext(f"{ARXIV}journal_ref") or "",
        dois=tuple(one.text or "" for one in entry.findall(f"{ARXIV}doi")),
    )
    categories = tuple(one.attrib["term"] for one in entry.findall(f"{ATOM}category"))
    return _paper(arxiv_id, versions, categories, texts, last + timedelta(days=1))


def _paper(
    arxiv_id: str,
    versions: list[Version],
    categories: tuple[str, ...],
    texts: Texts,
    touched: datetime,
) -> Paper:
    changes = [
        Change(
            at=version.submitted,
            day=version.submitted.date(),
            action=Action.REPLACE if version.number > 1 else Action.NEW,
            version=version,
            categories=categories,
        )
        for version in versions
    ]
    changes.append(Change(at=touched, day=None, action=Action.TOUCH))
    return Paper(arxiv_id=arxiv_id, changes=tuple(changes), texts=texts)


def _author(raw: str) -> Author:
    return Author(name=raw)


def _moment(text: str | None) -> datetime:
    return datetime.strptime(text or "", "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
