"""Faults inside a body that came whole: cut, malformed, or never to be had (F15-F17)."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.arxiv_emulator.answers import Answer, html_page
from tests.arxiv_emulator.exchange import Exchange
from tests.arxiv_emulator.papers import View

_ENDS = {View.OAI: b"</record>", View.RSS: b"</item>", View.API: b"</entry>"}
_RECORD_ID = re.compile(
    rb"<identifier>oai:arXiv\.org:([^<]+)</identifier>"
    rb"|(?:<guid[^>]*>|<id>)oai:arXiv\.org:([^<]+?)v\d+<"
    rb"|<id>http://arxiv\.org/abs/([^<]+?)v\d+</id>"
)
_ABSTRACTS = (b"</abstract>", b"</summary>", b"</dc:creator>", b"</dc:description>")
_IN_A_RECORD = {"control": b"\x0b", "entity": b"&nbsp;"}
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>\n")
_BOMB = (
    b'<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(
        b'<!ENTITY %c "%s">' % (b"abcdefghij"[n], b"&%c;" % b"abcdefghij"[n - 1] * 10)
        for n in range(1, 10)
    )
    + b"]>\n"
)


def record_ids(body: bytes) -> list[str]:
    """The identifiers of the records in a body of any view, without versions."""
    return [next(filter(None, found.groups())).decode() for found in _RECORD_ID.finditer(body)]


def truncate(exchange: Exchange) -> Answer | None:
    """F15."""
    body = exchange.right.body
    end = _ENDS[exchange.request.view]
    if exchange.variant == "token":
        place = body.find(b"<resumptionToken")
    else:
        ends = [found.end() for found in re.finditer(end, body)]
        if not ends:
            return None
        place = ends[len(ends) // 2]
        if exchange.variant == "inside":
            place -= len(end) + 60
    return replace(exchange.right, body=body[:place]) if place > 0 else None


def malform(exchange: Exchange) -> Answer | None:
    """F16."""
    body = exchange.right.body
    if exchange.variant in _IN_A_RECORD:
        record = _the_record(exchange)
        place = _inside(body, record) if record else -1
        if place < 0:
            return None
        return replace(
            exchange.right, body=body[:place] + _IN_A_RECORD[exchange.variant] + body[place:]
        )
    if exchange.variant == "encoding":
        # Says UTF-8, is Latin-1, and has a letter that shows it.
        place = max(body.find(end) for end in _ABSTRACTS)
        if place < 0:
            return None
        return replace(exchange.right, body=body[:place] + b" na\xefve" + body[place:])
    heads = {
        "bom": b"\xef\xbb\xbf",
        "doctype": b'<!DOCTYPE feed SYSTEM "http://127.0.0.2:9/feed.dtd">\n',
        "bomb": _BOMB,
    }
    head = heads[exchange.variant]
    if exchange.variant == "bom":
        return replace(exchange.right, body=head + body)
    declared = _DECLARATION.match(body)
    place = declared.end() if declared else 0
    spoiled = body[:place] + head + body[place:]
    if exchange.variant == "bomb":
        spoiled = re.sub(rb"</title>", b"&j;</title>", spoiled, count=1)
    return replace(exchange.right, body=spoiled)


def poison(exchange: Exchange) -> Answer | None:
    """F17."""
    record = _the_record(exchange)
    if not record or record not in record_ids(exchange.right.body):
        return None
    return html_page(500, "Internal Server Error")


def _the_record(exchange: Exchange) -> str:
    """The record that a fault is about: its argument, or the middle of the first page it met."""
    known = exchange.arguments.get("id") or exchange.memory.get("id")
    if known is None:
        ids = record_ids(exchange.right.body)
        if len(ids) < 2:
            return ""
        known = exchange.memory["id"] = ids[len(ids) // 2]
    return str(known)


def _inside(body: bytes, record: str) -> int:
    """A place in the text of a record; -1 if the body has none."""
    for found in _RECORD_ID.finditer(body):
        if next(filter(None, found.groups())).decode() == record:
            places = [body.find(end, found.end()) for end in _ABSTRACTS]
            return min((place for place in places if place >= 0), default=-1)
    return -1
