"""An entry as its contributor meant it, in the list's own form; and how theirs differs.

Only what needs no judgement is repaired: brackets, addresses and labels of
links, marks, full stops, and what arXiv has otherwise. Knows no file's order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.arxiv_id import abs_url, find_arxiv_id
from pipeline.errors import EditError, ListFormatError
from pipeline.lists.entry import Entry, Link
from pipeline.lists.escape import one_line
from pipeline.lists.grammar import (
    arxiv_id_of,
    is_paper,
    parse_bullet,
    split_authors,
    split_title,
    strip_details_end,
    strip_digest_label,
    strip_keywords_label,
)
from pipeline.lists.reader import parse_list
from pipeline.lists.writer import DigestForm, render_entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.lists.contributions.facts import Comparison

_ADDRESS = re.compile(r"https?://[^\s<>\\\"`|]+", re.ASCII)
_NO_SCHEME = re.compile(r"(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[^\s<>\\\"`|]*)?", re.ASCII)
_NO_LABEL = re.compile(r"[^\w .+-]+|_")
_URL = re.compile(r"<?(?:https?://)?(?:www\.)?arxiv\.org/\S+", re.IGNORECASE)
_KNOWN_LABELS = frozenset({"paper", "code", "dataset", "data", "website", "project", "slides"})
_NO_WEB_SHOWN = 60

OTHER_FORM = "it is written a little differently from the others"
"""A slip that has no name of its own."""
AUTHORS, KEYWORDS, DIGEST = "authors", "key words", "digest"
"""The parts of an entry below its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """The corrected form of an entry.

    Attributes:
        lines: Ready to copy, without line endings; empty if it cannot be written.
        slips: What was put right besides facts, sentences without their full stop.
        missing: Parts that only the contributor can fill in.
        is_sure: Whether it is clear which paper is meant.
    """

    lines: tuple[str, ...]
    slips: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_sure: bool = True


def correct_entry(
    entry: Entry,
    source: Sequence[str],
    *,
    form: DigestForm,
    parts: frozenset[str],
    spellings: Mapping[str, str],
    compared: Comparison | None,
) -> Corrected:
    """The entry in the list's form.

    Args:
        entry: As it was read.
        source: Its lines.
        form: How the list writes digests.
        parts: What the list's entries have (:data:`AUTHORS`, :data:`KEYWORDS`, :data:`DIGEST`).
        spellings: Key words with the spelling that the list prefers.
        compared: What arXiv says, ``None`` if that is not at hand.
    """
    meant, slips = _repair(entry)
    own = _digest_form(source)
    kept = DigestForm.CLOSED if own is DigestForm.CLOSED and form is DigestForm.OPEN else form
    if meant.digest and own and own is not kept:
        slips.append(
            "the digest is to be folded away (`<details>`) as the others are"
            if own is DigestForm.PLAIN
            else "the `<details>` of the digest is not closed"
            if own is DigestForm.OPEN
            else "the digest is not to be folded away"
        )
    slips += _missing_marks(source)
    if not slips and _words(_rendered(meant, kept)) not in {"", _words(source)}:
        slips.append(OTHER_FORM)
    meant = _with_facts(meant, compared)
    keywords = tuple(dict.fromkeys(spellings.get(word, word) for word in meant.keywords))
    meant = replace(meant, keywords=keywords)
    missing = tuple(
        part
        for part, there in (
            (AUTHORS, meant.authors),
            (KEYWORDS, meant.keywords),
            (DIGEST, meant.digest),
        )
        if part in parts and not there
    )
    return Corrected(
        lines=_rendered(meant, kept),
        slips=tuple(slips),
        missing=missing,
        is_sure=compared is None or compared.paper is not None,
    )


def _with_facts(meant: Entry, compared: Comparison | None) -> Entry:
    """The entry with what arXiv has otherwise."""
    if compared is None or compared.paper is None:
        return meant
    paper = compared.paper
    if compared.wrong_id:
        links = (Link(label="paper", url=abs_url(paper.arxiv_id)),)
        others = (link for link in meant.links if not is_paper((link,)))
        meant = replace(meant, arxiv_id=paper.arxiv_id, links=(*links, *others))
    if compared.title:
        meant = replace(meant, title=paper.shown_title)
    if compared.authors or not meant.authors:
        meant = replace(meant, authors=paper.shown_authors)
    return meant


def _rendered(meant: Entry, form: DigestForm) -> tuple[str, ...]:
    """Its lines, none if it cannot be written or would be misread."""
    try:
        lines = render_entry(meant, form)
    except EditError:
        return ()
    return () if _read_back(lines, meant) is None else lines


def read_alone(source: Sequence[str], *, topic: str) -> Entry | None:
    """The entry that these lines were meant to be, ``None`` if nobody can tell."""
    bullet = parse_bullet(source[0])
    if bullet is None:
        return None
    below = [f"  - {b.text}" if (b := parse_bullet(line)) else line for line in source[1:]]
    attempts = [bullet.text]
    arxiv_id = find_arxiv_id(source[0]) or arxiv_id_of(source[0])
    found = _URL.search(bullet.text)
    if arxiv_id:
        end = found.start() if found else len(bullet.text)
        title = re.split(r"\[\[?|[(<]?https?:", bullet.text[:end])[0].strip(" ([<,;:-–—")
        if title:
            attempts.append(f"{title} [[paper]]({abs_url(arxiv_id)})")
    for text in attempts:
        entry = _parse([f"- {text}", *below])
        if entry is not None and is_paper(entry.links) and (entry.arxiv_id or not arxiv_id):
            return replace(entry, topic=topic, year=None)
    return None


def _repair(entry: Entry) -> tuple[Entry, list[str]]:
    """The entry with its links in order, and what was wrong with them."""
    links: list[Link] = []
    slips: list[str] = []
    for link in entry.links:
        arxiv_id = arxiv_id_of(link.url)
        if arxiv_id and arxiv_id == entry.arxiv_id:
            if any(arxiv_id_of(other.url) == arxiv_id for other in links):
                slips.append("two links go to the paper; one is enough")
                continue
            if link.label != "paper":
                slips.append(f"the label of the link to the paper is `paper`, not “{link.label}”")
            links.append(Link(label="paper", url=abs_url(arxiv_id)))
            continue
        url, label = one_line(link.url), " ".join(_NO_LABEL.sub(" ", one_line(link.label)).split())
        if not _ADDRESS.fullmatch(url):
            if not _NO_SCHEME.fullmatch(url.lower()):
                shown = url[:_NO_WEB_SHOWN]
                slips.append(f"“{shown}” is no web address" if shown else "a link has no address")
                continue
            url = f"https://{url}"
            slips.append("an address begins with `https://`")
        if label.lower() in _KNOWN_LABELS and label != label.lower():
            slips.append(f"the label of a link is `{label.lower()}`, not “{label}”")
            label = label.lower()
        links.append(Link(label=label or "link", url=url))
    return replace(entry, links=tuple(links)), slips


def _digest_form(source: Sequence[str]) -> DigestForm | None:
    text = "\n".join(source).rstrip()
    for line in source[1:]:
        digest = strip_digest_label(line.strip(" \t\r-*+"))
        if digest:
            if not digest[1]:
                return DigestForm.PLAIN
            return DigestForm.CLOSED if strip_details_end(text) != text else DigestForm.OPEN
    return None


def _missing_marks(source: Sequence[str]) -> list[str]:
    """Full stops that are not there."""
    slips = []
    bullet = parse_bullet(source[0])
    title, links, _ = split_title(bullet.text if bullet else source[0])
    if links and not title.rstrip("*_ ").endswith((".", "?", "!")):
        slips.append("the title has no full stop at its end")
    for number, line in enumerate(source[1:]):
        inner = parse_bullet(line)
        if inner is None or strip_digest_label(inner.text):
            continue
        words = strip_keywords_label(inner.text)
        what = "key words" if words is not None else "authors"
        text = words if words is not None else split_authors(inner.text)[0]
        if text.strip() and not text.rstrip(" )*_").endswith(".") and (words or number == 0):
            slips.append(f"the {what} have no full stop at their end")
    return slips


def _words(lines: Sequence[str]) -> str:
    """What counts of an entry's lines: bullets and words, not blanks and escapes."""
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"[\\ \t]|&#?\w+;", "", text)


def _read_back(lines: Sequence[str], meant: Entry) -> Entry | None:
    entry = _parse(lines)
    if entry is None or (entry.arxiv_id, bool(entry.digest)) != (
        meant.arxiv_id,
        bool(meant.digest),
    ):
        return None
    return entry


def _parse(lines: Sequence[str]) -> Entry | None:
    text = "\n".join(["## Topic", "", *lines, ""])
    try:
        file = parse_list(Path("entry"), text.encode("utf-8", "replace"))
    except ListFormatError:
        return None
    return file.entries[0] if len(file.entries) == 1 and not file.remarks else None
