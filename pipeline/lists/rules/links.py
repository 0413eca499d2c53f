"""Rules about how a paper's links are typed, and what they point to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.lists.grammar import arxiv_id_of, parse_bullet
from pipeline.lists.rules.example import SOUND, changed
from pipeline.lists.rules.finding import Finding, Lists, Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipeline.lists.reader import ListFile

_URL = r"(?:[^\s()<>]|\([^\s()<>]*\))+"
_LABEL = r"[^\[\]\\()]{1,60}"
_SLIP = re.compile(
    rf"""(?<![\\\[])(?:
        \[\[(?P<label>{_LABEL})\]\((?P<url>{_URL})\)(?:\]|(?=\s|$))   # [[paper](url)]
      | \[\[(?P<label2>{_LABEL})\]\](?:\((?P<url2>{_URL})\)\]|[ ]\((?P<url3>{_URL})\))
      | \[(?P<label4>{_LABEL})\]\]\((?P<url4>{_URL})\)               # [paper]](url)
    )""",
    re.VERBOSE,
)
_VERSION = re.compile(
    r"(?P<before>arxiv\.org/(?:abs|pdf|html)/[^\s?#]*?\d)v\d+(?=(?:\.pdf)?/?$|[?#])", re.IGNORECASE
)
_PDF = re.compile(
    r"(?P<host>https?://(?:www\.|export\.)?arxiv\.org)/pdf/(?P<id>[^\s?#]+?)(?:\.pdf)?/?$",
    re.IGNORECASE,
)
_HTTP = re.compile(r"http://", re.IGNORECASE)
_SECURE = re.compile(
    r"http://(?:www\.|export\.)?(?:arxiv\.org|doi\.org|dx\.doi\.org|github\.com|openreview\.net"
    r"|proceedings\.mlr\.press|openaccess\.thecvf\.com|dl\.acm\.org|aclanthology\.org)(?:/|$)",
    re.IGNORECASE,
)
"""Hosts known to serve the same pages by https."""
_BULLETS = re.compile(r"(?P<first>[ \t]*[-*+][ \t]+)(?:[-*+][ \t]+)+")


def title_lines(file: ListFile, span: range) -> range:
    """The 0-based lines of an entry's title: up to the first item under it."""
    below = (n for n in span[1:] if parse_bullet(file.document.lines[n]))
    return range(span.start, next(below, span.stop))


def _bracket_slips(lists: Lists) -> Iterator[Finding]:
    for file, entry, span in lists.entries():
        urls = {link.url for link in entry.links}
        for number in title_lines(file, span):
            line = file.document.lines[number].removesuffix("\r")
            slips = [m for m in _SLIP.finditer(line) if _url_of(m) in urls]
            if slips:
                fixed = line
                for slip in reversed(slips):
                    label = slip["label"] or slip["label2"] or slip["label4"]
                    repaired = f"[[{label.strip()}]]({_url_of(slip)})"
                    fixed = fixed[: slip.start()] + repaired + fixed[slip.end() :]
                yield Finding(
                    rule="bracket-slip",
                    path=file.document.path,
                    line=number + 1,
                    message=f"brackets in the wrong place: {slips[0][0]}",
                    fix=fixed,
                    entry=entry,
                )


def _url_of(slip: re.Match[str]) -> str:
    return slip["url"] or slip["url2"] or slip["url3"] or slip["url4"] or ""


def _double_bullets(lists: Lists) -> Iterator[Finding]:
    for file, entry, span in lists.entries():
        for number in span:
            line = file.document.lines[number].removesuffix("\r")
            found = _BULLETS.match(line)
            if found and parse_bullet(line):
                yield Finding(
                    rule="double-bullet",
                    path=file.document.path,
                    line=number + 1,
                    message="one bullet too many",
                    fix=found["first"] + line[found.end() :],
                    entry=entry,
                )


def _addresses(
    lists: Lists, rule: str, message: str, better: Callable[[str], str | None]
) -> Iterator[Finding]:
    """Lines with addresses that ``better`` has another for; "" if only a person can tell."""
    for file, entry, span in lists.entries():
        wrong = {
            url: new
            for url in (link.url for link in entry.links)
            if (new := better(url)) is not None and new != url
        }
        for number in title_lines(file, span) if wrong else ():
            line = file.document.lines[number].removesuffix("\r")
            found, fixed = _replaced(line, wrong)
            if found:
                yield Finding(
                    rule=rule,
                    path=file.document.path,
                    line=number + 1,
                    message=f"{message}: {', '.join(found)}",
                    fix=fixed if all(wrong[url] for url in found) else "",
                    entry=entry,
                )


def _replaced(line: str, wrong: Mapping[str, str]) -> tuple[list[str], str]:
    """Which of the ``wrong`` addresses a line holds, and the line with better ones."""
    found = []
    for url, new in wrong.items():
        pattern = re.compile(rf"(?<=[(<\s]){re.escape(url)}(?=[)>\s])")
        if pattern.search(line):
            found.append(url)
            line = pattern.sub(new.replace("\\", r"\\"), line)
    return found, line


def _versions(lists: Lists) -> Iterator[Finding]:
    return _addresses(
        lists,
        "version-suffix",
        "a link to one version of the paper",
        lambda url: _VERSION.sub(r"\g<before>", url),
    )


def _https(lists: Lists) -> Iterator[Finding]:
    def better(url: str) -> str | None:
        if not _HTTP.match(url):
            return None
        return _HTTP.sub("https://", url, count=1) if _SECURE.match(url) else ""

    return _addresses(lists, "http-link", "a link without https", better)


def _pdfs(lists: Lists) -> Iterator[Finding]:
    def better(url: str) -> str | None:
        found = _PDF.match(url) if arxiv_id_of(url) else None
        return f"{found['host']}/abs/{found['id']}" if found else None

    return _addresses(lists, "pdf-link", "a link to the PDF, not to the paper's page", better)


_CODE = "[[code]](https://github.com/ada/things)"
_PAPER = "https://arxiv.org/abs/2205.00002"

RULES = (
    Rule(
        name="bracket-slip",
        summary="A link's brackets stand in the wrong place.",
        fixable=True,
        bad=changed((_CODE, "[[code](https://github.com/ada/things)]")),
        good=SOUND,
        check=_bracket_slips,
    ),
    Rule(
        name="double-bullet",
        summary="A line begins with two bullets.",
        fixable=True,
        bad=changed(("- Private Things.", "- - Private Things.")),
        good=SOUND,
        check=_double_bullets,
    ),
    Rule(
        name="version-suffix",
        summary="A link goes to one version of an arXiv paper.",
        fixable=True,
        touches=("links",),
        bad=changed((_PAPER, f"{_PAPER}v2")),
        good=SOUND,
        check=_versions,
    ),
    Rule(
        name="http-link",
        summary="A link begins with http, without s; repaired for hosts known to serve both.",
        fixable=True,
        touches=("links",),
        bad=changed((_PAPER, _PAPER.replace("https", "http"))),
        good=SOUND,
        check=_https,
    ),
    Rule(
        name="pdf-link",
        summary="A link goes to an arXiv paper's PDF, not to its page.",
        fixable=True,
        touches=("links",),
        bad=changed((_PAPER, "https://arxiv.org/pdf/2205.00002.pdf")),
        good=SOUND,
        check=_pdfs,
    ),
)
