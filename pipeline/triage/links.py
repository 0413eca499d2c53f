r"""Where a paper's code and data are, as its abstract and comment say.

Only addresses that stand there are taken, and only those that a reader can
judge: no anonymous copies made for reviewers, no shorteners, no address with a
name before the host. Knows ``\url{}`` and ``\href{}{}``; opens nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipeline.lists.entry import Link

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ADDRESS = re.compile(
    r"(?:(?P<scheme>https?)://|(?<![\w@./-])(?=(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/))"
    r"(?P<rest>[A-Za-z0-9._~:/?#@!$&'*+,;=%-]+)",
    re.IGNORECASE,
)
_TEX_ESCAPE = re.compile(r"\\(?=[_%#&~])|(?<=[/.])\\(?=[A-Za-z])|\{\\_\}|\\textunderscore\s?")
_TRAILING = ".,;:!?'*-_~=&#/$"
_REPOSITORIES = re.compile(
    r"(?:github\.com|gitlab\.(?:com|\w[\w.-]*)|bitbucket\.org|codeberg\.org|gitee\.com|git\.[\w.-]+)"
)
_DATA_HOSTS = re.compile(
    r"(?:\w+\.)?(?:zenodo\.org|kaggle\.com|physionet\.org|figshare\.com|dataverse\.\w[\w.]*"
    r"|osf\.io|ieee-dataport\.org|data\.mendeley\.com)"
)
_NO_OWNERS = frozenset({"features", "topics", "orgs", "about", "search", "sponsors", "apps"})
_LEFT_OUT = re.compile(
    r"(?:\w+\.)*(?:bit\.ly|git\.io|goo\.gl|tinyurl\.com|t\.co|aka\.ms|ow\.ly|is\.gd|rb\.gy|youtube\.com"
    r"|youtu\.be|vimeo\.com|arxiv\.org|doi\.org|openreview\.net|twitter\.com|x\.com)"
)
"""Shorteners, whose end nobody sees, and what is a film, a paper or a post."""
_ANONYMOUS = re.compile(r"(?i)anonym|4open\.science|double-?blind|blind-?review|under-?review")
_SAYS_CODE = re.compile(
    r"(?i)\b(?:codes?|codebase|implementations?|implemented|software|tool(?:box|kit|s)?|librar(?:y|ies)"
    r"|packages?|scripts?|framework|repository|repo|open[- ]?sourced?|source|github)\b"
)
_SAYS_DATA = re.compile(r"(?i)\b(?:data|data ?sets?|corpus|corpora|benchmarks?)\b")
_PAGE_OF_CODE = re.compile(
    r"(?i)\b(?:codes?|codebase|source|implementations?|software|toolbox|library|package)\b"
)
_PAGE_OF_DATA = re.compile(r"(?i)\b(?:data ?sets?|corpus|corpora|data (?:is|are)|benchmarks?)\b")
_TO_BE_HAD = re.compile(
    r"(?i)\b(?:available|accessible|releas\w+|found|download\w*|publi\w+|provided?|here|open\w*)\b|:\s*$"
)
"""What a page that is no repository must be said to be before it is taken for code or data."""
_OF_OTHERS = re.compile(
    r"(?i)\b(?:based on|built (?:up)?on|build (?:up)?on|adapted from|modified from|forked from"
    r"|taken from|borrowed from|provided by|thanks to)\b[^.;]*$"
)
_CLAUSE_START = re.compile(r"[.;!?]\s+(?=\S)|\n")
_CODE, _DATA = "code", "dataset"


@dataclass(frozen=True, slots=True)
class _Found:
    """An address with what is said of it; rank 0 is the best."""

    label: str
    url: str
    rank: int


def links_of(abstract: str, comment: str) -> tuple[Link, ...]:
    """At most one ``code`` and one ``dataset`` link, in this order; labels are the list's."""
    found = [link for text in (abstract, comment) for link in _labelled(text)]
    code = _best(link for link in found if link.label == _CODE)
    data = _best(link for link in found if link.label == _DATA)
    if code and data and code.url.casefold() == data.url.casefold():
        data = None
    return tuple(Link(label=link.label, url=link.url) for link in (code, data) if link)


def without_addresses(text: str) -> str:
    r"""``text`` with ``\href{address}{words}`` as its words, and no other address."""
    text = re.sub(r"\\href\s*\{[^{}]*\}\s*(?=\{)", "", text)
    text = re.sub(r"\\(?:url|path)\s*\{[^{}]*\}", "", text)
    return " ".join(re.sub(r"(?:https?://|www\.)[^\s{}<>\"]*[\w/]", "", text).split())


def _labelled(text: str) -> Iterator[_Found]:
    plain = _TEX_ESCAPE.sub(lambda m: "_" if m[0].endswith(("}", "e", " ")) else "", text)
    for match in _ADDRESS.finditer(plain):
        address = _address(match["scheme"] or "https", match["rest"])
        if address is None:
            continue
        host, path, url = address
        before = _CLAUSE_START.split(plain[: match.start()])[-1]
        after = re.split(r"[.;]\s|[.;]$", plain[match.end() :], maxsplit=1)[0]
        said = before + " " + after[:60]
        if _OF_OTHERS.search(before):
            continue
        code, data = bool(_SAYS_CODE.search(said)), bool(_SAYS_DATA.search(said))
        if _REPOSITORIES.fullmatch(host):
            label = _DATA if data and not code else _CODE
            yield _Found(label, url, rank=0 if code or data else 1)
        elif host == "huggingface.co" and path.startswith("/datasets/"):
            yield _Found(_DATA, url, rank=0)
        elif _DATA_HOSTS.fullmatch(host) and (data or code):
            yield _Found(_DATA if data else _CODE, url, rank=1)
        elif _TO_BE_HAD.search(said):
            if _PAGE_OF_CODE.search(said):
                yield _Found(_CODE, url, rank=2)
            elif _PAGE_OF_DATA.search(said):
                yield _Found(_DATA, url, rank=2)


def _address(scheme: str, rest: str) -> tuple[str, str, str] | None:
    """Host, path and whole address, or ``None`` for one that is not to be taken."""
    rest = rest.rstrip(_TRAILING)
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return None
    named = re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", host)
    if not named or "@" in parts.netloc or ":" in parts.netloc:
        return None
    if _ANONYMOUS.search(rest) or _LEFT_OUT.fullmatch(host):
        return None
    if not _REPOSITORIES.fullmatch(host):
        return host, parts.path, f"{scheme.lower()}://{rest}"
    path = parts.path.strip("/").removesuffix(".git").rstrip(_TRAILING)
    steps = path.split("/")
    owner_and_name = 2
    if len(steps) < owner_and_name or not all(steps) or steps[0].casefold() in _NO_OWNERS:
        return None
    return host, path, f"https://{host}/{path}"


def _best(found: Iterable[_Found]) -> _Found | None:
    return min(found, key=lambda link: link.rank, default=None)
