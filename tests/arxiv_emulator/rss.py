"""The feeds as ``https://rss.arxiv.org/rss/<q>`` and ``/atom/<q>`` have written them since 2024.

One announcement day a feed, chosen by the date in US Eastern; new before cross
before replacement; at most 2,000 items, of which the cap drops the new ones; a
cache in front that answers ``If-None-Match``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime

from tests.arxiv_emulator.answers import ATOM, RSS, Answer, Request
from tests.arxiv_emulator.answers import xml_text as escaped
from tests.arxiv_emulator.clock import (
    Clock,
    announced,
    eastern_day,
    eastern_midnight,
)
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.papers import Action, Change, Paper, State, View, state_of
from tests.arxiv_emulator.taxonomy import ALIASES, ARCHIVES, SET_OF, subjects

MOST_ITEMS = 2000
LAST_LISTED_VERSION = 5
"""Replacements after this version are in no feed."""

_PRIORITY = ("new", "cross", "replace", "replace-cross")
_SPACES = 'xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/"'
_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A paper in a feed; ``announce_type`` is as the feed of these categories sees it."""

    state: State
    announce_type: str


class FeedError(Exception):
    """What arXiv refuses; the message is its own."""


class Rss:
    """The feeds over a corpus and a clock."""

    def __init__(self, corpus: Corpus, clock: Clock) -> None:
        self._corpus = corpus
        self._clock = clock
        self._cache: dict[str, tuple[tuple[date, int], Answer]] = {}

    def answer(self, request: Request, *, batch: date | None = None) -> Answer:
        """The answer without a fault.

        Args:
            request: For ``/rss/<q>`` or ``/atom/<q>``.
            batch: Another day's items, under today's dates.
        """
        today = eastern_day(self._clock.now())
        key = (today, self._corpus.revision)
        cached = self._cache.get(request.path)
        if batch is None and cached is not None and cached[0] == key:
            answer = cached[1]
        else:
            answer = self._build(request.path, batch or today)
            if batch is None:
                self._cache[request.path] = (key, answer)
        if answer.status == 200 and request.headers.get("if-none-match") == answer.headers["ETag"]:
            return Answer(status=304, headers={"ETag": answer.headers["ETag"]})
        return answer

    def items(self, query: str, day: date) -> tuple[Item, ...]:
        """The items of a feed on ``day``, in its order, after the cap.

        Raises:
            FeedError: ``query`` names no category.
        """
        wanted = _wanted(query)
        best: dict[str, tuple[str, Paper]] = {}
        for paper, change in self._corpus.mailing(day):
            for category, kind in _rows(paper, change):
                if _matches(category, wanted):
                    known = best.get(paper.arxiv_id)
                    if known is None or _PRIORITY.index(kind) < _PRIORITY.index(known[0]):
                        best[paper.arxiv_id] = (kind, paper)
        # As arXiv does it: lowest priority first, cut, and turned round again.
        ordered = sorted(
            best.values(), key=lambda row: (_PRIORITY.index(row[0]), row[1].arxiv_id), reverse=True
        )
        items = []
        for kind, paper in reversed(ordered[:MOST_ITEMS]):
            state = state_of(paper, announced(day), View.RSS)
            if state is not None:
                items.append(Item(state=state, announce_type=kind))
        return tuple(items)

    def error(self, request: Request, problem: str) -> Answer:
        """arXiv's refusal: status 400 and a feed without items."""
        return self._refuse(request.path, problem)

    def _build(self, path: str, day: date) -> Answer:
        now = self._clock.now()
        _, kind, query = path.rstrip("/").split("/", 2)
        try:
            names = [_canonical(name) for name in query.split("+")]
            items = self.items(query, day)
        except FeedError as error:
            return self._refuse(path, str(error))
        midnight = eastern_midnight(eastern_day(now))
        write = self._rss if kind == "rss" else self._atom
        body = write("+".join(names), ", ".join(names), items, midnight)
        until_midnight = eastern_midnight(next_day(eastern_day(now))) - now
        return Answer(
            headers={
                "Content-Type": RSS if kind == "rss" else ATOM,
                "ETag": hashlib.sha256(body).hexdigest(),  # without quotes, as arXiv has it
                "Cache-Control": f"max-age={int(until_midnight.total_seconds())}",
                "Surrogate-Key": f"announce feed feed-{kind}",
            },
            body=body,
        )

    def _refuse(self, path: str, problem: str) -> Answer:
        now = self._clock.now()
        link = f"http://rss.arxiv.org{path}"
        body = _rss_channel(
            title=f"Feed error for query: {link}",
            link=link,
            description=problem,
            now=now,
            midnight=eastern_midnight(eastern_day(now)),
            editor="rss-help.arxiv.org",
            rest="",
        )
        return Answer(status=400, headers={"Content-Type": RSS}, body=body.encode())

    def _rss(self, query: str, names: str, items: tuple[Item, ...], midnight: datetime) -> bytes:
        stamp = _rfc822(midnight)
        rest = (
            "    <skipDays>\n      <day>Sunday</day>\n      <day>Saturday</day>\n    </skipDays>\n"
            + "".join(self._rss_item(item, stamp) for item in items)
        )
        return _rss_channel(
            title=f"{names} updates on arXiv.org",
            link=f"http://rss.arxiv.org/rss/{query}",
            description=f"{names} updates on the arXiv.org e-print archive.",
            now=self._clock.now(),
            midnight=midnight,
            editor="rss-help@arxiv.org",
            rest=rest,
        ).encode()

    def _rss_item(self, item: Item, stamp: str) -> str:
        state = item.state
        arxiv_id = state.paper.arxiv_id
        title, description = self._sayings(item)
        categories = "".join(f"      <category>{name}</category>\n" for name in state.categories)
        return (
            f"    <item>\n      <title>{title}</title>\n"
            f"      <link>https://arxiv.org/abs/{arxiv_id}</link>\n"
            f"      <description>{description}</description>\n"
            f'      <guid isPermaLink="false">oai:arXiv.org:{arxiv_id}v{state.version.number}'
            f"</guid>\n{categories}      <pubDate>{stamp}</pubDate>\n"
            f"{self._extensions(item, ' ' * 6)}    </item>\n"
        )

    def _atom(self, query: str, names: str, items: tuple[Item, ...], midnight: datetime) -> bytes:
        now = f"{self._clock.now():%Y-%m-%dT%H:%M:%S}.000001+00:00"
        link = f"http://rss.arxiv.org/atom/{query}"
        entries = "".join(self._atom_entry(item, now, midnight.isoformat()) for item in items)
        return (
            f'{_HEAD}<feed {_SPACES} xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">\n'
            f"  <id>{link}</id>\n  <title>{names} updates on arXiv.org</title>\n"
            f"  <updated>{now}</updated>\n"
            f'  <link href="{link}" rel="self" type="application/atom+xml"/>\n'
            f"  <subtitle>{names} updates on the arXiv.org e-print archive.</subtitle>\n"
            f"{entries}</feed>\n"
        ).encode()

    def _atom_entry(self, item: Item, now: str, midnight: str) -> str:
        state = item.state
        arxiv_id = state.paper.arxiv_id
        title, summary = self._sayings(item)
        categories = "".join(f'    <category term="{name}"/>\n' for name in state.categories)
        return (
            f"  <entry>\n    <id>oai:arXiv.org:{arxiv_id}v{state.version.number}</id>\n"
            f"    <title>{title}</title>\n    <updated>{now}</updated>\n"
            f'    <link href="https://arxiv.org/abs/{arxiv_id}" rel="alternate" '
            f'type="text/html"/>\n    <summary>{summary}</summary>\n{categories}'
            f"    <published>{midnight}</published>\n"
            f"{self._extensions(item, ' ' * 4)}  </entry>\n"
        )

    def _sayings(self, item: Item) -> tuple[str, str]:
        """Title and description."""
        state = item.state
        texts = self._corpus.texts(state.paper)
        abstract = texts.abstract if state.abstract is None else state.abstract
        head = (
            f"arXiv:{state.paper.arxiv_id}v{state.version.number} "
            f"Announce Type: {item.announce_type} \nAbstract: "
        )
        return escaped(texts.title), escaped(head + abstract)

    def _extensions(self, item: Item, indent: str) -> str:
        state = item.state
        texts = self._corpus.texts(state.paper)
        dois = texts.dois if state.dois is None else state.dois
        journal_ref = texts.journal_ref if state.journal_ref is None else state.journal_ref
        rows = [
            ("arxiv:announce_type", item.announce_type),
            ("dc:rights", texts.license),
            *([("arxiv:DOI", " ".join(dois))] if dois else []),
            *([("arxiv:journal_reference", journal_ref)] if journal_ref else []),
            ("dc:creator", ", ".join(author.raw for author in texts.authors)),
        ]
        return "".join(f"{indent}<{name}>{escaped(text)}</{name}>\n" for name, text in rows)


def next_day(day: date) -> date:
    """The day after ``day``."""
    return date.fromordinal(day.toordinal() + 1)


def _rss_channel(
    *,
    title: str,
    link: str,
    description: str,
    now: datetime,
    midnight: datetime,
    editor: str,
    rest: str,
) -> str:
    return (
        f'{_HEAD}<rss {_SPACES} xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0">\n'
        f"  <channel>\n    <title>{escaped(title)}</title>\n    <link>{escaped(link)}</link>\n"
        f"    <description>{escaped(description)}</description>\n"
        f'    <atom:link href="{escaped(link)}" rel="self" type="application/rss+xml"/>\n'
        "    <docs>http://www.rssboard.org/rss-specification</docs>\n"
        "    <language>en-us</language>\n"
        f"    <lastBuildDate>{_rfc822(now)}</lastBuildDate>\n"
        f"    <managingEditor>{editor}</managingEditor>\n"
        f"    <pubDate>{_rfc822(midnight)}</pubDate>\n{rest}  </channel>\n</rss>\n"
    )


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment)


def _canonical(name: str) -> str:
    """A category as arXiv writes it.

    Raises:
        FeedError: There is none of that name.
    """
    archive, _, subject = name.partition(".")
    archive = archive.lower()
    if archive not in ARCHIVES:
        raise FeedError(
            f"Bad archive '{archive}'. Valid archive names are: {', '.join(ARCHIVES)}, test."
        )
    if not subject:
        return archive
    for known in subjects(archive):
        if known.lower() == f"{archive}.{subject}".lower():
            return known
    raise FeedError(
        f"Bad subject class '{subject}'. Valid subject classes for the archive '{archive}' "
        f"are: {', '.join(subjects(archive))}."
    )


def _wanted(query: str) -> tuple[str, ...]:
    return tuple(_canonical(name) for name in query.split("+"))


def _matches(category: str, wanted: tuple[str, ...]) -> bool:
    return category in SET_OF and any(
        known == name or known.startswith(name + ".")
        for known in (category, ALIASES.get(category, category))
        for name in wanted
    )


def _rows(paper: Paper, change: Change) -> list[tuple[str, str]]:
    """The rows of the mailing's table that a change makes: category and announce type."""
    state = state_of(paper, change.at, View.RSS)
    if state is None:
        return []
    primary, *others = state.categories
    if change.action is Action.NEW:
        return [(primary, "new"), *((name, "cross") for name in others)]
    if change.action is Action.CROSS:
        before = [
            other.categories
            for other in paper.changes
            if other.at < change.at and other.categories is not None
        ]
        added = [name for name in others if not before or name not in before[-1]]
        return [(name, "cross") for name in added or others]
    listed = change.version is not None and change.version.number <= LAST_LISTED_VERSION
    if change.action in {Action.REPLACE, Action.WITHDRAW} and listed:
        return [(primary, "replace"), *((name, "replace-cross") for name in others)]
    return []  # references and touches are in no feed
