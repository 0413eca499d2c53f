"""XML from outside, read strictly: whole and well-formed, or not at all.

Lenient parsers repair a page that was cut in two and call the rest an empty
result; that is how papers are lost in silence. Here nothing is repaired. A
document type is refused before anything of it is read, so that there are no
entities but XML's own five. Knows no format.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from pipeline.sources.plain_text import plain_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_ELEMENTS = 1_000_000
"""Most tags of a document, the closing ones included.

A feed of 2,000 papers has about 60,000. An element takes some hundred bytes of
memory but four of an answer, so the byte cap alone would not do.
"""

_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_SHOWN_CHARACTERS = 120


class XmlError(Exception):
    """An answer is no whole document; the message says what it is instead."""


def parse_xml(body: bytes) -> Element:
    """The root of the document that ``body`` is, to its closing tag.

    Raises:
        XmlError: It is empty, cut short, not well-formed, HTML, or has a document type.
    """
    if not body.strip():
        raise XmlError("the answer is empty")
    if _HTML.match(body):
        raise XmlError("the answer is a page of HTML")
    _refuse_doctype(body)
    return parse_inside(body)


def parse_inside(body: bytes) -> Element:
    """As :func:`parse_xml`, for what has no document type: it begins with an element of ours.

    Raises:
        XmlError: It is not well-formed, or has no end of elements.
    """
    if body.count(b"<") > MAX_ELEMENTS:
        raise XmlError(f"the answer has over {MAX_ELEMENTS:,} tags")
    # Strict, without entities of its own, and within the client's byte cap.
    parser = ElementTree.XMLParser()  # noqa: S314 - as above
    try:
        parser.feed(body)
        root: Element = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise XmlError(f"the answer is not well-formed XML ({_shown(str(error))})") from error
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace, fit to be shown."""
    return _shown(element.tag.rpartition("}")[2])


def _refuse_doctype(body: bytes) -> None:
    """Reads up to the first element, in whatever encoding the document is."""
    from xml.parsers import expat

    parser = expat.ParserCreate()

    def refuse(name: str, *_: object) -> None:
        raise XmlError(f"the answer has a document type ({_shown(name)}), which arXiv's never do")

    def stop(*_: object) -> None:
        raise _FirstElementError

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        parser.Parse(body, True)
    except _FirstElementError:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise XmlError(f"the answer is not well-formed XML ({_shown(str(error))})") from error


class _FirstElementError(Exception):
    """Ends the look at what comes before the first element."""


def _shown(text: str) -> str:
    return plain_text(text)[:_SHOWN_CHARACTERS]
