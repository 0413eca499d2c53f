"""An entry of a list, as a value; knows neither its file's bytes nor where it goes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from pipeline.lists.tex import plain_title


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One ``[[label]](url)`` of an entry.

    Attributes:
        label: As written, without brackets (``paper``, ``code``, ``dataset``).
        url: As written.
    """

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One paper of the list, its text as GitHub shows it.

    Attributes:
        title: Without the final full stop.
        arxiv_id: Without version, ``None`` if no link goes to arXiv.
        topic: The topic's heading.
        year: The year group it stands in, ``None`` outside any. For a new
            entry the year it is meant for; ``None`` leaves that to its arXiv id.
        links: In the file's order.
        authors: As in the file, without the final full stop.
        venue: Without its italics, "" if none.
        keywords: In the file's order.
        digest: "" if none.
        line: 1-based line of the title, 0 when not from a file.
    """

    title: str
    arxiv_id: str | None
    topic: str
    year: int | None
    links: tuple[Link, ...]
    authors: str
    venue: str
    keywords: tuple[str, ...]
    digest: str
    line: int = 0


_TEX = re.compile(r"\\[A-Za-z]+\s*|\\.|[${}]")
_NO_WORD = re.compile(r"[\W_]+")


def title_key(title: str) -> str:
    """What stays the same however a title is typed: two papers with one key are one paper.

    Compatibility forms, case, letters typed as TeX, TeX and Markdown marks,
    punctuation and white space make no difference. A title of nothing but
    marks keeps them, so that two such titles stay apart.

    >>> title_key("**$k$-NN**: A  Re-visit.")
    'k nn a re visit'
    """
    plain = _TEX.sub("", plain_title(title))
    folded = unicodedata.normalize("NFKC", plain).casefold()
    words = _NO_WORD.sub(" ", folded).strip()
    return words or " ".join(folded.split())
