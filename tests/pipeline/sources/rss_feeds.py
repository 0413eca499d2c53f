"""arXiv's feeds, made up: RSS 2.0 as rss.arxiv.org writes it, and its twin in Atom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from xml.sax.saxutils import escape

DAY = date(2026, 11, 20)
MIDNIGHT = "{:%a, %d %b %Y} 00:00:00 -0500"


def item_xml(
    arxiv_id: str = "2611.00001",
    *,
    version: int = 1,
    kind: str = "new",
    day: date = DAY,
    title: str = "On $x_1$ & <think>",
    abstract: str = "For all $i<j>k$ and $<x|y>$, the <think> tag & &amp; more.",
    authors: str = "Ada Example (Univ. X), Bob von Muster",
    categories: Sequence[str] = ("cs.LG", "stat.ML"),
    description: str | None = None,
    doi: str = "",
) -> str:
    """One announcement."""
    name = f"{arxiv_id}v{version}"
    if description is None:
        description = f"arXiv:{name} Announce Type: {kind} \nAbstract: {abstract}"
    return (
        f"<item><title>{escape(title)}</title><link>https://arxiv.org/abs/{arxiv_id}</link>"
        f"<description>{escape(description)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{name}</guid>'
        + "".join(f"<category>{category}</category>" for category in categories)
        + f"<pubDate>{MIDNIGHT.format(day)}</pubDate>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        + (f"<arxiv:DOI>{doi}</arxiv:DOI>" if doi else "")
        + f"<dc:creator>{escape(authors)}</dc:creator></item>"
    )


def feed_xml(items: Iterable[str] = (), *, day: date = DAY, category: str = "cs.LG") -> bytes:
    """A feed; it ends with its closing tag, without a new line."""
    title = f"{category} updates on arXiv.org"
    return _rss(title, f"{title} of the archive.", day, "".join(items))


def error_feed_xml(said: str, *, day: date = DAY, category: str = "cs.NOPE") -> bytes:
    """arXiv's answer to a category it does not know (status 400)."""
    return _rss(f"Feed error for query: http://rss.arxiv.org/rss/{category}", said, day, "")


def _rss(title: str, description: str, day: date, items: str) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom" version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>http://rss.arxiv.org/rss/cs.LG</link>"
        f"<description>{escape(description)}</description>"
        '<atom:link href="http://rss.arxiv.org/rss/cs.LG" rel="self" type="application/rss+xml"/>'
        "<language>en-us</language>"
        f"<lastBuildDate>{day:%a, %d %b %Y} 05:00:07 +0000</lastBuildDate>"
        f"<pubDate>{MIDNIGHT.format(day)}</pubDate>"
        "<skipDays><day>Sunday</day><day>Saturday</day></skipDays>"
        f"{items}</channel></rss>"
    ).encode()
