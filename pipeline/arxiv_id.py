"""arXiv identifiers: the one place that knows their grammar.

A paper's identity is its identifier without version. Knows no list, no
database and no network.

Source of the grammar: https://info.arxiv.org/help/arxiv_identifier.html
(old style ``archive.XX/YYMMNNN`` until March 2007; new style ``YYMM.NNNN``
from April 2007 and ``YYMM.NNNNN`` from January 2015).
"""

from __future__ import annotations

import re

_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ID = re.compile(rf"(?P<id>{_NEW}|{_OLD})(?:v[1-9]\d*)?", re.ASCII)
_VERSION = re.compile(r"v([1-9]\d{0,3})(?:\.pdf)?$", re.ASCII)
_URL = re.compile(
    rf"https?://(?:www\.|export\.|browse\.)?arxiv\.org/(?:abs|pdf|html|format|src|e-print)/"
    rf"(?P<id>{_NEW}|{_OLD})(?:v\d+)?(?:\.pdf)?/?(?=$|[\s?#)\]>\"'])",
    re.ASCII | re.IGNORECASE,
)


def parse_arxiv_id(text: str) -> str | None:
    """The identifier in ``text`` without its version, or ``None`` if it is none.

    Takes a bare identifier, ``arXiv:`` and an identifier, or an arXiv address;
    surrounding white space is ignored.

    >>> parse_arxiv_id("arXiv:2302.06637v2")
    '2302.06637'
    >>> parse_arxiv_id("https://arxiv.org/pdf/2302.06637v2.pdf")
    '2302.06637'
    """
    stripped = text.strip()
    found = _URL.fullmatch(stripped) or _ID.fullmatch(re.sub(r"(?i)^arxiv:\s*", "", stripped))
    return found["id"] if found else None


def find_arxiv_id(text: str) -> str | None:
    """The identifier of the first arXiv address inside ``text``, without version."""
    found = _URL.search(text)
    return found["id"] if found else None


def version_in(text: str) -> int:
    """The version that an identifier or address names, 1 if it names none.

    >>> version_in("http://arxiv.org/abs/2302.06637v12")
    12
    """
    found = _VERSION.search(text.strip())
    return int(found[1]) if found else 1


def abs_url(arxiv_id: str) -> str:
    """The address of a paper's page, in the form the list uses."""
    return f"https://arxiv.org/abs/{arxiv_id}"


def id_order(arxiv_id: str) -> tuple[int, int]:
    """A key that sorts identifiers by when they were given, oldest first.

    Old-style numbers are per archive, so two of the same month order by number.
    """
    digits = arxiv_id.rpartition("/")[2].replace(".", "")
    return _months(digits), int(digits[4:])


def id_month(arxiv_id: str) -> tuple[int, int]:
    """The year and month an identifier was given, as ``(2023, 2)``."""
    months = _months(arxiv_id.rpartition("/")[2])
    return months // 12, months % 12 + 1


def _months(digits: str) -> int:
    short, month = int(digits[:2]), int(digits[2:4])
    # arXiv began in August 1991; two-digit years from 91 on are of that century.
    year = 1900 + short if short >= 91 else 2000 + short  # noqa: PLR2004
    return year * 12 + month - 1
