"""A page of OAI-PMH: records, the token of the next page, or arXiv's refusal.

A page is whole or a :class:`PageError`. A record that cannot be read is named and
costs no other, also if it is the reason that the page is no XML: arXiv sends
control characters as they are. Knows no request; what a record holds is the
business of ``oai_record``.

Source of the protocol: https://www.openarchives.org/OAI/openarchivesprotocol.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pipeline.sources.oai_record import (
    OAI,
    Header,
    OaiRecord,
    RecordError,
    read_header,
    read_record,
)
from pipeline.sources.plain_text import plain_text
from pipeline.sources.strict_xml import XmlError, local_name, parse_inside, parse_xml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

_AT_ONCE = 64
"""Records parsed at once: a parser for each takes longer, and one large tree too."""

MAX_RECORDS = 20_000
"""Most records of a page; arXiv sends 2,500 (RECORDS_LIMIT in arXiv/oaipmh at 27ad99e)."""

_RECORD, _RECORD_END = b"<record>", b"</record>"
_WRAP_BEGIN = (
    b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><record>'
)
_WRAP_END = b"</record></OAI-PMH>"
_IDENTIFIER = re.compile(rb"<identifier>\s*(?:oai:arXiv\.org:)?([^<]{1,80})")
_END = b"</OAI-PMH>"
_VERBS = frozenset({f"{OAI}ListRecords", f"{OAI}GetRecord"})
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML 1.0 does not allow, as single bytes of UTF-8.

Source: https://www.w3.org/TR/xml/#charsets
"""
_SHOWN_CHARACTERS = 160


class PageError(Exception):
    """An answer is no page of records; the message says what it is instead."""


class RefusalError(Exception):
    """arXiv answers with an error of the protocol.

    Args:
        code: One of the protocol's (``"badArgument"``).
        said: arXiv's own words.
    """

    def __init__(self, code: str, said: str) -> None:
        self.code = code
        self.said = said
        super().__init__(f"{code}: {said}" if said else code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of records.

    Attributes:
        records: Those that could be read, in arXiv's order.
        deleted: Identifiers of those that arXiv says are gone.
        set_aside: One line for each record that could not be read.
        mended: One line for each that could after control characters were taken out.
        token: What to ask the next page with, "" if there is none.
        ends: Whether arXiv says that this is the last page of several.
        responded: UTC day of the answer by arXiv's clock, ``None`` if it does not say.
    """

    records: tuple[OaiRecord, ...]
    deleted: tuple[str, ...]
    set_aside: tuple[str, ...]
    mended: tuple[str, ...]
    token: str
    ends: bool
    responded: date | None

    @property
    def last_datestamp(self) -> date | None:
        """The latest day of a record on it, ``None`` if it has no record."""
        return max((record.datestamp for record in self.records), default=None)


@dataclass(slots=True)
class _Found:
    """What the records of a page come to."""

    records: list[OaiRecord] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    set_aside: list[str] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)

    def take(self, pieces: Sequence[bytes]) -> None:
        """Read what follows each ``<record>``, up to the next one or the end of the page."""
        for start in range(0, len(pieces), _AT_ONCE):
            some = pieces[start : start + _AT_ONCE]
            insides = [piece.partition(_RECORD_END)[0] for piece in some]
            try:
                elements = _parse(insides)
            except XmlError:
                for piece in some:
                    self._take_alone(piece)
            else:
                for element, inside in zip(elements, insides, strict=True):
                    self._read(element, inside)

    def _take_alone(self, piece: bytes) -> None:
        """Read one record, if need be without the control characters that XML forbids."""
        inside, end, _ = piece.partition(_RECORD_END)
        name = _name(inside)
        try:
            (element,) = _parse([inside])
        except XmlError as error:
            inside = _CONTROL.sub(b"", inside)
            try:
                (element,) = _parse([inside])
            except XmlError:
                self.set_aside.append(f"{name}: {error if end else 'it has no end'}")
                return
            self.mended.append(f"{name}: read without its control characters")
        self._read(element, inside)

    def _read(self, element: Element, inside: bytes) -> None:
        try:
            header = read_header(element.find(f"{OAI}header"))
            if header.deleted:
                self.deleted.append(header.arxiv_id)
            else:
                self.records.append(read_record(header, element))
        except RecordError as error:
            self.set_aside.append(f"{_name(inside)}: {error}")


def _parse(insides: Sequence[bytes]) -> list[Element]:
    """The records that hold ``insides``, in order.

    Raises:
        XmlError: They are not well-formed, each by itself.
    """
    body = b"</record><record>".join(insides)
    try:
        elements = list(parse_inside(_WRAP_BEGIN + body + _WRAP_END))
    except XmlError as error:
        raise XmlError(str(error).replace("the answer", "it", 1)) from error
    if len(elements) != len(insides):
        raise XmlError("a comment reaches from one to another")
    return elements


def _name(inside: bytes) -> str:
    """What a record calls itself, as far as that can be read."""
    found = _IDENTIFIER.search(inside)
    return _shown(found[1].decode("ascii", "replace")) if found else "a record"


def read_page(body: bytes) -> Page:
    """The page of ``ListRecords`` or ``GetRecord`` that ``body`` is.

    Raises:
        PageError: It is none: empty, cut short, HTML, another verb, no XML around its records.
        RefusalError: arXiv refuses, which includes that nothing matches.
    """
    # Taking the records out first is quicker than one large tree, and what is
    # wrong with one of them stays with it. Of a page that was cut short, what is
    # left has lost the closing tags.
    if body.count(_RECORD) > MAX_RECORDS:
        raise PageError(f"the answer holds over {MAX_RECORDS:,} records, which no page does")
    head, *pieces = body.split(_RECORD)
    tail = pieces[-1].rpartition(_RECORD_END)[2] if pieces else b""
    root = _read_root(head + tail)
    verb = _answer(root, _VERBS)
    found = _Found()
    found.take(pieces)
    token = verb.find(f"{OAI}resumptionToken")
    text = "" if token is None else (token.text or "").strip()
    return Page(
        records=tuple(found.records),
        deleted=tuple(found.deleted),
        set_aside=tuple(found.set_aside),
        mended=tuple(found.mended),
        token=text,
        ends=token is not None and not text,
        responded=read_day(root),
    )


def read_identifiers(body: bytes) -> tuple[tuple[str, ...], str]:
    """The identifiers on a page of ``ListIdentifiers``, and the token of the next page.

    Raises:
        PageError: It is none.
        RefusalError: arXiv refuses, which includes that nothing matches.
    """
    headers, token = read_headers(body)
    return tuple(header.arxiv_id for header in headers), token


def read_headers(body: bytes) -> tuple[tuple[Header, ...], str]:
    """What a page of ``ListIdentifiers`` says of each record that is not deleted, and the token.

    Raises:
        PageError: It is none.
        RefusalError: arXiv refuses, which includes that nothing matches.
    """
    verb = _answer(_read_root(body), frozenset({f"{OAI}ListIdentifiers"}))
    try:
        headers = [read_header(element) for element in verb.iterfind(f"{OAI}header")]
    except RecordError as error:
        raise PageError(f"a header cannot be read: {error}") from error
    standing = tuple(header for header in headers if not header.deleted)
    return standing, (verb.findtext(f"{OAI}resumptionToken") or "").strip()


def _read_root(body: bytes) -> Element:
    """The answer of the protocol that ``body`` is, if it is no error of the protocol."""
    try:
        root = parse_xml(body)
    except XmlError as error:
        raise PageError(str(error)) from error
    if root.tag != f"{OAI}OAI-PMH":
        raise PageError(f"the answer is no OAI-PMH but <{local_name(root)}>")
    refusal = root.find(f"{OAI}error")
    if refusal is not None:
        # arXiv puts its reason behind the protocol's own words.
        said = (refusal.text or "").rpartition("Reason: ")[2]
        raise RefusalError(_shown(refusal.get("code") or "error"), _shown(said))
    return root


def _answer(root: Element, verbs: frozenset[str]) -> Element:
    """The part of an answer that answers what was asked."""
    found = next((element for element in root if element.tag in verbs), None)
    if found is None:
        names = ", ".join(f"<{local_name(element)}>" for element in list(root)[:4])
        raise PageError(f"the answer holds no records but {names or 'nothing'}")
    return found


def read_day(root: Element) -> date | None:
    """The UTC day on which arXiv wrote an answer, or ``None`` if it does not say."""
    try:
        return date.fromisoformat((root.findtext(f"{OAI}responseDate") or "").strip()[:10])
    except ValueError:
        return None


def _shown(text: str) -> str:
    return plain_text(text)[:_SHOWN_CHARACTERS]
