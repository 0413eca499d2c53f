"""The shapes of lines in a hand-kept list, with every slip that was ever made.

Each function takes one line's text and says what it is; which lines belong
together is the reader's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.arxiv_id import find_arxiv_id, parse_arxiv_id
from pipeline.lists.entry import Link

_BULLET = re.compile(r"(?P<indent>[ \t]*)(?P<markers>(?:[-*+][ \t]+)+)(?P<text>\S.*)")
_HEADING = re.compile(r" {0,3}(?P<marks>#{1,6})[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*$")
_SUMMARY = re.compile(
    r"\s*(?:<details[^>]*>\s*)?<summary[^>]*>(?P<text>.*?)</summary>\s*$", re.IGNORECASE
)
_LINK = re.compile(
    r"""(?<!\\)(?P<open>\[{1,2})\s*
        (?P<label>[^\[\]\\()]{1,60}?)\s*\]{1,2}\s?
        [(<]{1,2}\s*
        (?P<url>(?:[^\s()<>]|\([^\s()<>]*\))*)
        (?:\s+"[^"]*")?\s*[)>]{1,2}\]?""",
    re.VERBOSE,
)
_NO_ADDRESS = re.compile(r"(?<!\\)\[\[\s*[^\[\]\\()]{1,60}\]{1,2}")
_WHOLE_LINK = re.compile(
    r"(?<![\\!])\[(?P<label>(?:[^\[\]\\]|\\.|\[[^\[\]]*\])+)\]"
    r"\((?P<url>(?:[^\s()<>]|\([^\s()<>]*\))+)\)"
)
_PAPER_LABEL = re.compile(r"(?:paper|pdf|arxiv|preprint|openreview|article)s?\b", re.IGNORECASE)
_NUMBER_OR_CELL = re.compile(r"(?:\d{1,9}[.)]|\|)\s+")
_ARXIV_DOI = re.compile(r"doi\.org/10\.48550/arXiv\.(?P<id>[^\s)]+)", re.IGNORECASE)
_YEAR_LABEL = re.compile(
    r"""(?:(?P<topic>.*?\S)(?P<colon>\s*[:\uff1a]\s*|\s+[-\u2013]?\s*))?
        (?P<year>(?:19|20)\d\d)
        (?P<before>\s*(?:and|&|or)\s+(?:before|earlier|older))?\s*:?""",
    re.VERBOSE | re.IGNORECASE,
)
_LABEL = r"[*_]{{0,3}}{0}[*_]{{0,3}}\s*[:\uff1a][*_]{{0,3}}\s*"
_KEYWORDS = re.compile(_LABEL.format(r"key[\s-]*wor[dk]s?"), re.IGNORECASE)
_FOLDED = (
    r"<details[^>]*>\s*<summary[^>]*>\s*(?:<[^>]+>\s*)*{0}\s*:?\s*(?:</[^>]+>\s*)*</summary>\s*"
)
_FOLDED_DIGEST = re.compile(_FOLDED.format("(?:digest|abstract|tl;?dr)"), re.IGNORECASE)
_PLAIN_DIGEST = re.compile(_LABEL.format("(?:digest|abstract|tl;?dr)"), re.IGNORECASE)
_FOLDED_AUTHORS = re.compile(_FOLDED.format("(?:full\\s+)?authors?(?:\\s+list)?"), re.IGNORECASE)
_DETAILS_END = re.compile(r"\s*</details>\s*$", re.IGNORECASE)
_VENUE = re.compile(
    r"""(?:^|(?<=[\s.>]))
        (?: \*{1,3}(?P<starred>(?:[^\s*\\]|\\.)(?:[^*\\]|\\.)*?)?\*{1,3}
          | _(?P<lined>[^\s_\\](?:[^_\\]|\\.)*?)_ )
        \s*\.?\s*$""",
    re.VERBOSE,
)
_KEYWORD_WORDS = 5
"""Most words of a key word; a comma in a longer run belongs to a sentence."""
_ABBREVIATION = re.compile(r"(?:\b[^\W\d_]\.){2,}$|\.\.$")
_BLANKS = re.compile(r"[ \t]{2,}|\t")
_TAG = re.compile(r"<[^>]*>")
_EMOJI = re.compile(r":[a-z0-9_+-]+:")


@dataclass(frozen=True, slots=True)
class Bullet:
    """A list item's first line: its indentation in columns, and its text."""

    indent: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 to 6, text without marks, emoji, tags and link."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class YearLabel:
    """What a year heading says.

    Attributes:
        topic: The topic it names, "" if it is a bare year.
        year: The year.
        and_before: Whether it takes in all earlier years ("2019 and Before").
        sure: Whether it is a year heading wherever it stands (bare, or with a colon).
    """

    topic: str
    year: int
    and_before: bool
    sure: bool


def parse_bullet(line: str) -> Bullet | None:
    """The list item that starts on this line; a doubled bullet counts once."""
    found = _BULLET.match(line)
    if not found:
        return None
    return Bullet(len(found["indent"].expandtabs(4)), found["text"].rstrip())


def parse_heading(line: str) -> Heading | None:
    """The heading on this line."""
    found = _HEADING.match(line)
    if not found:
        return None
    return Heading(len(found["marks"]), plain_label(found["text"]))


def parse_summary(line: str) -> str | None:
    """The text of a ``<summary>`` that has a line to itself."""
    found = _SUMMARY.match(line) if "<summary" in line.lower() else None
    return plain_label(found["text"]) if found else None


def plain_label(text: str) -> str:
    """A heading's text without links, tags, emoji and emphasis."""
    if any(mark in text for mark in "[<:*`"):
        text = _WHOLE_LINK.sub(r"\g<label>", text)
        text = _EMOJI.sub("", _TAG.sub("", text)).strip().strip("*`")
    return collapse(text)


def parse_year_label(text: str) -> YearLabel | None:
    """The year group that a heading's text names."""
    found = _YEAR_LABEL.fullmatch(text)
    if not found:
        return None
    topic = found["topic"] or ""
    return YearLabel(
        topic=topic,
        year=int(found["year"]),
        and_before=bool(found["before"]),
        sure=not topic or ":" in found["colon"] or "\uff1a" in found["colon"],
    )


def _without_comments(text: str) -> str:
    """``text`` without its HTML comments; one that is never closed stays.

    By hand, because a pattern would look for an end from each of many beginnings.
    """
    kept: list[str] = []
    start = done = 0
    while (start := text.find("<!--", start)) >= 0:
        end = text.find("-->", start + len("<!--"))
        if end < 0:
            break
        if text[start - 1 : start] == "\\":
            start += 1
            continue
        kept.append(text[done:start])
        start = done = end + len("-->")
    return "".join(kept) + text[done:]


@lru_cache(maxsize=8_192)
def split_title(text: str) -> tuple[str, tuple[Link, ...], str]:
    """A title line as (title with its full stop, links, what follows the links).

    The links begin at the first ``[[``; without one, at the links that end the
    line; a title that is itself a link to arXiv counts as its paper link.
    Remembered, because every title is looked at more than once.
    """
    if "<!--" in text:
        text = _without_comments(text)
    if "[" not in text:
        return text.strip(), (), ""
    found = list(_LINK.finditer(text))
    doubled = next((i for i, m in enumerate(found) if m["open"] == "[["), None)
    tail = found[doubled:] if doubled is not None else _run_at_end(text, found)
    if tail and text[: tail[0].start()].strip():
        links = tuple(Link(label=m["label"].strip(), url=m["url"]) for m in tail)
        rest = _between(text, tail)
        return text[: tail[0].start()].strip(), links, rest
    whole = _WHOLE_LINK.match(text)
    if whole and arxiv_id_of(whole["url"]):
        others = tuple(
            Link(label=m["label"].strip(), url=m["url"]) for m in found if m.start() >= whole.end()
        )
        return whole["label"], (Link(label="paper", url=whole["url"]), *others), ""
    return text.strip(), (), ""


def _run_at_end(text: str, found: list[re.Match[str]]) -> list[re.Match[str]]:
    run: list[re.Match[str]] = []
    end = len(text.rstrip(" ."))
    for link in reversed(found):
        if link.end() != end or link["open"] != "[":
            break
        run.insert(0, link)
        end = len(text[: link.start()].rstrip(" ,|/"))
    return run


def _between(text: str, links: list[re.Match[str]]) -> str:
    """What stands between and after the links, if it is more than punctuation."""
    starts = [*(link.start() for link in links[1:]), len(text)]
    parts = (text[m.end() : start] for m, start in zip(links, starts, strict=True))
    rest = " ".join(" ".join(parts).split())
    return rest if any(c.isalnum() for c in rest) else ""


def is_paper(links: tuple[Link, ...]) -> bool:
    """Whether one of the links is a paper's, by its label or because it goes to arXiv."""
    return any(_PAPER_LABEL.match(link.label) or arxiv_id_of(link.url) for link in links)


def looks_like_entry(text: str) -> bool:
    """Whether a line that is no list item has a title and a link to its paper.

    A row of a table or a numbered line counts with any such link; other text
    only with ``[[paper]]`` or the like, since a sentence may link to a paper too.
    """
    if "](" not in text and "[[" not in text:
        return False
    numbered = _NUMBER_OR_CELL.match(text)
    start = numbered.end() if numbered else 0
    links = split_title(text[start:].rstrip(" |"))[1]
    if not is_paper(links):
        return False
    return bool(numbered or "[[" in text or any(_PAPER_LABEL.fullmatch(k.label) for k in links))


def names_paper_without_address(text: str) -> bool:
    """Whether ``[[paper]]`` stands there without an address."""
    return _NO_ADDRESS.search(text) is not None


def arxiv_id_of(url: str) -> str | None:
    """The arXiv identifier an address stands for, without version."""
    doi = _ARXIV_DOI.search(url)
    return parse_arxiv_id(doi["id"]) if doi else find_arxiv_id(url)


def paper_id(links: tuple[Link, ...]) -> str | None:
    """The entry's identifier: that of its paper link, else of the first that goes to arXiv."""
    papers_first = sorted(links, key=lambda link: not _PAPER_LABEL.match(link.label))
    return next((found for link in papers_first if (found := arxiv_id_of(link.url))), None)


def strip_keywords_label(text: str) -> str | None:
    """What follows ``Key Word:``, in all its spellings."""
    found = _KEYWORDS.match(text)
    return text[found.end() :] if found else None


def split_keywords(text: str) -> tuple[str, ...]:
    """The key words of a line; commas separate only where no semicolon does."""
    parts = text.split(";")
    if len(parts) == 1:
        by_comma = text.split(",")
        if all(len(part.split()) <= _KEYWORD_WORDS for part in by_comma):
            parts = by_comma
    words = [collapse(part).strip() for part in parts]
    words[-1] = without_full_stop(words[-1])
    return tuple(word for word in words if word)


def strip_digest_label(text: str) -> tuple[str, bool] | None:
    """What follows ``Digest``, and whether it is folded (HTML) or plain (Markdown)."""
    found = _FOLDED_DIGEST.match(text)
    if found:
        return text[found.end() :], True
    found = _PLAIN_DIGEST.match(text)
    return (text[found.end() :], False) if found else None


def strip_details_end(text: str) -> str:
    """``text`` without a ``</details>`` at its end."""
    # Searched for only near the end, where it stands if it does.
    found = _DETAILS_END.search(text, text.rfind("<")) if "<" in text else None
    return text[: found.start()].rstrip() if found else text


def split_authors(text: str) -> tuple[str, str]:
    """An author line as (authors with their full stop, venue or ""), both still Markdown."""
    folded = _FOLDED_AUTHORS.match(text)
    if folded:
        text = re.sub(r"(?i)\s*</details>", "", text[folded.end() :])
    return split_venue(text)


def split_venue(text: str) -> tuple[str, str]:
    """What stands before a venue in italics at the end of ``text``, and the venue."""
    found = _VENUE.search(text) if text.rstrip(" .").endswith(("*", "_")) else None
    if not found:
        return text.strip(), ""
    venue = found["starred"] or found["lined"] or ""
    return text[: found.start()].strip(), collapse(venue).strip()


def without_full_stop(text: str) -> str:
    """``text`` without its final full stop; that of an abbreviation stays.

    >>> without_full_stop("A Title."), without_full_stop("A World for A.I.")
    ('A Title', 'A World for A.I.')
    """
    text = text.strip()
    if text.endswith(".") and not _ABBREVIATION.search(text):
        return text[:-1].rstrip()
    return text


def collapse(text: str) -> str:
    """Blanks and tabs collapsed; other white space may be half of a damaged letter."""
    if "  " in text or "\t" in text:
        text = _BLANKS.sub(" ", text)
    return text.strip(" \t\r")
