"""The query API's answers as they were until November 2025, by the recorded ones of that time.

Titles and abstracts wrapped by hand or mail program; every extension with its own
``xmlns``; a feed dated to midnight that links to itself; errors with status 200. What is
found is the business of ``api``, in either era.
"""

from __future__ import annotations

import textwrap
from datetime import datetime

from tests.arxiv_emulator.answers import ATOM, Answer
from tests.arxiv_emulator.answers import xml_quoted as quoted
from tests.arxiv_emulator.answers import xml_text as escaped
from tests.arxiv_emulator.clock import eastern_day, eastern_midnight
from tests.arxiv_emulator.papers import Author, State, Texts

_OPENSEARCH = 'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/"'
_ARXIV = 'xmlns:arxiv="http://arxiv.org/schemas/atom"'
_SCHEME = 'scheme="http://arxiv.org/schemas/atom"'
_PDF = ' rel="related" type="application/pdf"'
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_WIDTH = 79
_HEADING = len("Title: ")
"""Titles were wrapped with their heading before them."""


def feed(
    asked: str, name: str, entries: str, *, now: datetime, start: int, size: int, total: int
) -> Answer:
    """A feed.

    Args:
        asked: The request, as the feed repeats it.
        name: The last part of its identifier.
        entries: From :func:`entry` or :func:`error_entry`.
        now: For the midnight before it.
        start: Of the page.
        size: Of the page; told only if something was found.
        total: How much was found.
    """
    midnight = eastern_midnight(eastern_day(now)).isoformat()
    numbers = {"totalResults": total, "startIndex": start, "itemsPerPage": size if total else 0}
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f'  <link href="http://arxiv.org/api/query?{quoted(asked)}" rel="self" '
        f'type="application/atom+xml"/>\n  <title>ArXiv Query: {escaped(asked)}</title>\n'
        f"  <id>http://arxiv.org/api/{name}</id>\n  <updated>{midnight}</updated>\n"
        + "".join(
            f"  <opensearch:{key} {_OPENSEARCH}>{number}</opensearch:{key}>\n"
            for key, number in numbers.items()
        )
        + f"{entries}</feed>\n"
    )
    return Answer(headers={"Content-Type": ATOM}, body=body.encode())


def entry(
    state: State, texts: Texts, *, comment: str, journal_ref: str, dois: tuple[str, ...]
) -> str:
    """A paper; the last three as they are now, the abstract in ``texts`` as well."""
    place = f"{state.paper.arxiv_id}v{state.version.number}"
    terms = [*state.categories, *filter(None, (texts.acm, texts.msc))]
    lines = [
        f"<id>http://arxiv.org/abs/{place}</id>",
        f"<published>{state.submitted.strftime(_STAMP)}</published>",
        f"<updated>{state.version.submitted.strftime(_STAMP)}</updated>",
        f"<title>{escaped(_title(texts.title))}</title>",
        f"<summary>{escaped(_abstract(texts.abstract))}</summary>",
        *map(_author, texts.authors),
        *_extension("doi", " ".join(dois)),
        *(
            f'<link title="doi" href="http://dx.doi.org/{quoted(doi)}" rel="related"/>'
            for doi in dois
        ),
        *_extension("comment", comment),
        *_extension("journal_ref", journal_ref),
        f'<link href="http://arxiv.org/abs/{place}" rel="alternate" type="text/html"/>',
        f'<link title="pdf" href="http://arxiv.org/pdf/{place}"{_PDF}/>',
        f'<arxiv:primary_category {_ARXIV} term="{state.categories[0]}" {_SCHEME}/>',
        *(f'<category term="{quoted(term)}" {_SCHEME}/>' for term in terms),
    ]
    return "  <entry>\n" + "".join(f"    {line}\n" for line in lines) + "  </entry>\n"


def error_entry(problem: str, *, now: datetime) -> str:
    """An entry that is no paper."""
    place = f"http://arxiv.org/api/errors#{quoted(problem.replace(' ', '_'))}"
    return (
        f"  <entry>\n    <id>{place}</id>\n    <title>Error</title>\n"
        f"    <summary>{escaped(problem)}</summary>\n"
        f"    <updated>{eastern_midnight(eastern_day(now)).isoformat()}</updated>\n"
        f'    <link href="{place}" rel="alternate" type="text/html"/>\n'
        "    <author>\n      <name>arXiv api core</name>\n    </author>\n  </entry>\n"
    )


def _extension(name: str, text: str) -> list[str]:
    return [f"<arxiv:{name} {_ARXIV}>{escaped(text)}</arxiv:{name}>"] if text else []


def _author(author: Author) -> str:
    place = "".join(f"      {line}\n" for line in _extension("affiliation", author.affiliation))
    return f"<author>\n      <name>{escaped(author.name)}</name>\n{place}    </author>"


def _title(text: str) -> str:
    """On lines of 79 characters with its heading; those after the first are indented."""
    return _wrapped(" " * _HEADING + text.strip(" \n"), "  ")[_HEADING:]


def _abstract(text: str) -> str:
    """On lines of 79 characters, each paragraph indented, with a line's end after the last."""
    paragraphs = text.strip(" \n").split("\n  ")
    return "".join(_wrapped(f"  {paragraph.strip()}", "") + "\n" for paragraph in paragraphs)


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
