"""The catalogue: everything arXiv was seen to do wrong, by the numbers of the reference page.

An entry says what a fault is and which function makes it; the functions are in
``wire``, ``bodies``, ``pages`` and ``histories``, and when they strike is the
business of ``rules``. The evidence for each is in the reference page, 7.4.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from tests.arxiv_emulator import bodies, histories, pages, wire
from tests.arxiv_emulator.clock import EASTERN, eastern_day, eastern_midnight
from tests.arxiv_emulator.fault import Fault
from tests.arxiv_emulator.papers import View

_API = frozenset({View.API})
_OAI = frozenset({View.OAI})
_RSS = frozenset({View.RSS})
_DAY = timedelta(days=1)


def _utc_midnight(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(UTC).date() + _DAY, time(0), UTC)


def _eastern_midnight(now: datetime) -> datetime:
    return eastern_midnight(eastern_day(now.astimezone(EASTERN)) + _DAY)


def _in_a_day(now: datetime) -> datetime:
    return now + _DAY


_CATALOGUE = (
    Fault(
        number=1,
        name="429 fast",
        meaning="'Rate exceeded.' at once, without Retry-After",
        spoil=wire.throttle,
        passing=True,
    ),
    Fault(
        number=2,
        name="429 slow",
        meaning="the same after a stall (argument seconds)",
        spoil=wire.throttle_slowly,
    ),
    Fault(
        number=3,
        name="Retry-After",
        meaning="429 (argument status) and when to come back (argument seconds)",
        variants=("seconds", "date", "huge", "zero", "garbage"),
        spoil=wire.retry_after,
        passing=True,
    ),
    Fault(
        number=4,
        name="server error",
        meaning="a page of HTML with status 503, 500 or 502",
        variants=("503", "500", "502"),
        spoil=wire.server_error,
        passing=True,
    ),
    Fault(
        number=5,
        name="406 window",
        meaning="every request is answered 406 for a while (argument seconds, real ones; or the "
        "rule's hours): throttling, not the query",
        spoil=wire.not_acceptable,
        times=0,
        lasts_seconds=0.2,
        passing=True,
    ),
    Fault(
        number=6,
        name="403",
        meaning="blocked; whoever goes on asking is an attacker",
        spoil=wire.forbid,
        times=0,
    ),
    Fault(
        number=7,
        name="spacing police",
        meaning="429 for a request too soon (argument seconds) or beside an open connection",
        spoil=wire.police,
        times=0,
    ),
    Fault(
        number=8,
        name="no connection",
        meaning="reset before the answer, or refused for a while (argument seconds)",
        variants=("reset", "refuse"),
        spoil=wire.break_before,
        passing=True,
    ),
    Fault(
        number=9,
        name="reset in the body",
        meaning="half of the body, then a reset",
        variants=("length", "chunked", "gzip"),
        spoil=wire.break_in_the_body,
        passing=True,
    ),
    Fault(
        number=10,
        name="short body",
        meaning="half of the body, then a polite end",
        variants=("length", "chunked", "gzip"),
        spoil=wire.short_body,
        passing=True,
    ),
    Fault(
        number=11,
        name="stall",
        meaning="nothing more after the head or half of the body, or a byte at a time",
        variants=("head", "body", "trickle"),
        spoil=wire.stall,
    ),
    Fault(
        number=12,
        name="endless body",
        meaning="a body without end, or of 200 MB (argument megabytes)",
        variants=("endless", "huge"),
        spoil=wire.endless,
        times=0,
    ),
    Fault(
        number=13,
        name="HTML with 200",
        meaning="a page of HTML instead, also labelled Atom",
        variants=("html", "labelled"),
        spoil=wire.html_instead,
        passing=True,
    ),
    Fault(
        number=14,
        name="empty body",
        meaning="status 200 and no body",
        spoil=wire.empty_body,
        passing=True,
    ),
    Fault(
        number=15,
        name="truncated XML",
        meaning="cut between records, inside one, or before the token; the length agrees",
        variants=("between", "inside", "token"),
        spoil=bodies.truncate,
        passing=True,
    ),
    Fault(
        number=16,
        name="malformed XML",
        meaning="not well-formed for one record (argument id) every time, or as a whole once",
        variants=("control", "entity", "encoding", "bom", "doctype", "bomb"),
        spoil=bodies.malform,
        times=0,
    ),
    Fault(
        number=17,
        name="poison record",
        meaning="500 for every page that holds one record (argument id)",
        spoil=bodies.poison,
        times=0,
    ),
    Fault(
        number=18,
        name="empty page",
        meaning="no entries on a later page, on the first one, or a total of 0 once",
        variants=("middle", "first", "zero"),
        views=_API,
        spoil=pages.empty_page,
        passing=True,
    ),
    Fault(
        number=19,
        name="short page",
        meaning="fewer entries than asked (argument entries), with the right total",
        views=_API,
        spoil=pages.short_page,
        passing=True,
    ),
    Fault(
        number=20,
        name="moving total",
        meaning="totalResults grows or shrinks on a later page (argument by)",
        variants=("grow", "shrink"),
        views=_API,
        spoil=pages.other_total,
        passing=True,
    ),
    Fault(
        number=21,
        name="duplicates across pages",
        meaning="a later page repeats an entry, and equal stamps are ordered anew",
        views=_API,
        spoil=pages.repeat_across_pages,
        passing=True,
    ),
    Fault(
        number=22,
        name="insert at the head",
        meaning="a new paper appears before the first page while a later one is read",
        views=_API,
        spoil=pages.insert_at_head,
    ),
    Fault(
        number=23,
        name="touch between pages",
        meaning="a record of an earlier page moves to the end, and one row is never shown",
        views=_OAI,
        spoil=pages.touch_between_pages,
    ),
    Fault(
        number=24,
        name="lost token",
        meaning="badResumptionToken, or the same token again",
        variants=("expired", "loop"),
        views=_OAI,
        spoil=pages.lose_token,
        passing=True,
    ),
    Fault(
        number=25,
        name="cached noRecordsMatch",
        meaning="no records until midnight UTC, whatever there is",
        views=_OAI,
        spoil=pages.no_records,
        times=0,
        lasts_until=_utc_midnight,
    ),
    Fault(
        number=26,
        name="stale batch",
        meaning="the last batch under today's dates until midnight ET (argument spare: atom "
        "or rss, a twin that is fresh)",
        views=_RSS,
        spoil=pages.stale_batch,
        times=0,
        lasts_until=_eastern_midnight,
    ),
    Fault(
        number=27,
        name="2,000 items",
        meaning="a feed (argument category) over the cap on a day: new papers fall out",
        prepare=histories.overfill,
    ),
    Fault(
        number=28,
        name="deferred mailing",
        meaning="a working day without a mailing, and a double one after it",
        prepare=histories.defer,
    ),
    Fault(
        number=29,
        name="missing category",
        meaning="one category answers 400 or nothing for an hour (argument category)",
        variants=("error", "empty"),
        views=_RSS,
        spoil=pages.missing_category,
        times=0,
        lasts_until=lambda now: now + timedelta(hours=1),
    ),
    Fault(
        number=30,
        name="index lag",
        meaning="the API misses a range of identifiers for a day (arguments first, last)",
        views=_API,
        spoil=pages.lag,
        times=0,
        lasts_until=_in_a_day,
    ),
    Fault(
        number=31,
        name="held papers",
        meaning="announced 13 days after their submission",
        prepare=histories.hold,
    ),
    Fault(
        number=32,
        name="replacements",
        meaning="v2 to v12 (v6 on in no feed), a reference without a version, a new primary",
        prepare=histories.revise,
    ),
    Fault(
        number=33,
        name="withdrawals",
        meaning="with the flag, with an empty source, with only a comment; one comes back",
        prepare=histories.withdraw,
    ),
    Fault(
        number=34,
        name="identifiers not found",
        meaning="always on: unknown ones are left out, a bad one refuses all, ten by default",
    ),
    Fault(
        number=35,
        name="error entry",
        meaning="an entry that is no paper, with status 400 or (legacy) 200",
        variants=("status", "legacy"),
        views=_API,
        spoil=pages.error_entry,
    ),
    Fault(
        number=36,
        name="redirect",
        meaning="to another path once, to https, in circles, to another host, to nowhere",
        variants=("once", "https", "loop", "elsewhere", "nowhere"),
        spoil=wire.redirect,
    ),
    Fault(
        number=37,
        name="edges of days",
        meaning="papers at the deadline and at midnight UTC; set the clock to the day you mean",
        prepare=histories.straddle,
    ),
    Fault(
        number=38,
        name="wrong encoding",
        meaning="gzip claimed but not so, gzip corrupt, or an unknown encoding",
        variants=("claimed", "corrupt", "unknown"),
        spoil=wire.wrong_encoding,
        passing=True,
    ),
    Fault(
        number=39,
        name="wrong type",
        meaning="the right body as text/html",
        spoil=wire.wrong_type,
        passing=True,
    ),
    Fault(
        number=40,
        name="restart",
        meaning="the server goes away in the middle of a body and comes back (argument seconds)",
        spoil=wire.restart,
    ),
)

FAULTS: dict[str, Fault] = {fault.code: fault for fault in _CATALOGUE}
"""All of them by code."""

ONCE = frozenset({"encoding", "bom", "doctype", "bomb"})
"""Variants of F16 about a page, not a record: they strike once, and are passing."""


def find_fault(text: str) -> tuple[Fault, str]:
    """The fault and variant that ``F9`` or ``F9:gzip`` means.

    Raises:
        ValueError: There is none.
    """
    code, _, variant = text.partition(":")
    fault = FAULTS.get(code.upper())
    if fault is None:
        raise ValueError(f"there is no fault {code!r}; they are F1 to F{len(FAULTS)}")
    if variant and variant not in fault.variants:
        known = ", ".join(fault.variants)
        raise ValueError(f"{fault.code} has no variant {variant!r}; it has {known or 'none'}")
    return fault, variant or fault.variants[0]


def every_fault() -> tuple[str, ...]:
    """Every fault in every variant, as a test's parameters."""
    return tuple(
        f"{fault.code}:{variant}" if variant else fault.code
        for fault in FAULTS.values()
        for variant in fault.variants
    )
