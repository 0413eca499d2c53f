"""A request as it arrived, and an answer before it is sent, with what may go wrong on the wire.

Faults are functions from answers to answers; only ``server`` knows sockets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape

from tests.arxiv_emulator.papers import View

ATOM = "application/atom+xml; charset=utf-8"
RSS = "application/rss+xml; charset=utf-8"
XML = "application/xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked.

    Attributes:
        number: 1-based, over all views.
        view: Which interface.
        path: Without the query.
        query: All values of each parameter, of the address and a form body.
        headers: Names in lower case.
    """

    number: int
    view: View
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    headers: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        values = self.query.get(name)
        return values[-1] if values else default


Ending = Literal["close", "reset", "stall"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, and how it is sent.

    Attributes:
        status: The status.
        headers: Beside those that frame the body.
        body: All of it, as the headers promise.
        framing: How its end is told: its length, chunks, or the end of the connection.
        wait_seconds: Real seconds before the first byte.
        cut_after: Send only so many bytes of the body (-1: not even the head), then ``ending``.
        ending: What happens at the cut.
        trickle_seconds: Real seconds between two single bytes of the body; 0 sends at once.
        repeat_bytes: Send the body over and over until so many bytes (-1: for ever).
        refuse_seconds: Afterwards refuse all connections for so long; open ones are reset.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    framing: Literal["length", "chunked", "none"] = "length"
    wait_seconds: float = 0.0
    cut_after: int | None = None
    ending: Ending = "close"
    trickle_seconds: float = 0.0
    repeat_bytes: int = 0
    refuse_seconds: float = 0.0


def says(status: int, body: str | bytes, content_type: str = PLAIN, **headers: str) -> Answer:
    """A plain answer; header names with underscores."""
    return Answer(
        status=status,
        headers={
            "Content-Type": content_type,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
        body=body.encode() if isinstance(body, str) else body,
    )


def html_page(status: int, heading: str) -> Answer:
    """A page of HTML, as arXiv's front servers make them."""
    body = (
        f"<!DOCTYPE html>\n<html><head><title>{heading}</title></head>\n"
        f"<body><h1>{heading}</h1><p>Please try again later.</p></body></html>\n"
    )
    return says(status, body, HTML)


def xml_text(text: str) -> str:
    """Escaped as lxml does it (API and RSS): quotes stay."""
    return escape(text)


def xml_quoted(text: str) -> str:
    """Escaped as Jinja does it (OAI-PMH, attributes everywhere)."""
    return escape(text, {"'": "&#39;", '"': "&#34;"})
