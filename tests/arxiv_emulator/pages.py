"""Faults of what a page says: gaps, shifts, stale batches, lost tokens (F18-F26, F29, F30, F35)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import unquote

from tests.arxiv_emulator.answers import Answer
from tests.arxiv_emulator.api import Tweak
from tests.arxiv_emulator.clock import eastern_day, previous_announcement_day
from tests.arxiv_emulator.exchange import Exchange
from tests.arxiv_emulator.papers import State, View
from tests.arxiv_emulator.search import UnknownFieldError

_TOKEN = re.compile(rb"(<resumptionToken[^>]*>)[^<]+(</resumptionToken>)")
_LISTS = frozenset({"ListRecords", "ListIdentifiers"})


def empty_page(exchange: Exchange) -> Answer | None:
    """F18."""
    found = len(_found(exchange))
    later = _start(exchange) > 0
    if not found or (exchange.variant == "middle") != later:
        return None
    tweak = Tweak(entries=0, total=0 if exchange.variant == "zero" else None)
    return exchange.world.api.answer(exchange.request, tweak)


def short_page(exchange: Exchange) -> Answer | None:
    """F19."""
    size = int(exchange.request.get("max_results") or 10)
    page = min(size, max(0, len(_found(exchange)) - _start(exchange)))
    if page < 2:
        return None
    tweak = Tweak(entries=int(exchange.number("entries", page // 2)))
    return exchange.world.api.answer(exchange.request, tweak)


def other_total(exchange: Exchange) -> Answer | None:
    """F20."""
    if not _start(exchange):
        return None
    by = int(exchange.number("by", 3))
    tweak = Tweak(total_by=by if exchange.variant == "grow" else -by)
    return exchange.world.api.answer(exchange.request, tweak)


def repeat_across_pages(exchange: Exchange) -> Answer | None:
    """F21."""
    if not _start(exchange):
        return None
    tweak = Tweak(shift=-1, shuffle=str(exchange.request.number))
    return exchange.world.api.answer(exchange.request, tweak)


def insert_at_head(exchange: Exchange) -> Answer | None:
    """F22."""
    found = _found(exchange)
    if not _start(exchange) or not found:
        return None
    newest = max(found, key=lambda state: state.submitted)
    exchange.world.corpus.announce(
        newest.announced,
        submitted=newest.submitted + timedelta(seconds=1),
        categories=newest.categories,
        at=exchange.world.clock.now(),
    )
    return exchange.world.api.answer(exchange.request)


def touch_between_pages(exchange: Exchange) -> Answer | None:
    """F23."""
    skip = re.search(r"skip=(\d+)", unquote(exchange.request.get("resumptionToken")))
    rows = exchange.world.oai.listed(exchange.request)
    if skip is None or not int(skip[1]) or not rows:
        return None
    touched = rows[0].paper.arxiv_id
    exchange.world.corpus.touch(touched, exchange.world.clock.now())
    return exchange.world.oai.answer(exchange.request)


def lose_token(exchange: Exchange) -> Answer | None:
    """F24."""
    token = exchange.request.get("resumptionToken")
    if not token:
        return None
    if exchange.variant == "expired":
        return exchange.world.oai.error("badResumptionToken", "Token has expired.")
    body, changed = _TOKEN.subn(
        lambda found: found[1] + token.encode() + found[2], exchange.right.body
    )
    return replace(exchange.right, body=body) if changed else None


def no_records(exchange: Exchange) -> Answer | None:
    """F25."""
    if exchange.request.get("verb") not in _LISTS:
        return None
    return exchange.world.oai.no_records(exchange.request)


def stale_batch(exchange: Exchange) -> Answer | None:
    """F26."""
    spared = exchange.arguments.get("spare")
    if spared is not None and exchange.request.path.startswith(f"/{spared}/"):
        return None
    today = eastern_day(exchange.world.clock.now())
    return exchange.world.rss.answer(exchange.request, batch=previous_announcement_day(today))


def missing_category(exchange: Exchange) -> Answer | None:
    """F29."""
    chosen = exchange.arguments.get("category")
    query = exchange.request.path.rpartition("/")[2]
    if chosen is None:
        chosen = exchange.memory.setdefault("category", query)
    if str(chosen).lower() not in query.lower().split("+"):
        return None
    if exchange.variant == "empty":
        return exchange.world.rss.answer(exchange.request, batch=date.min)
    return exchange.world.rss.error(exchange.request, f"Bad archive '{query}'.")


def lag(exchange: Exchange) -> Answer | None:
    """F30."""
    hidden = exchange.memory.get("ids")
    if not isinstance(hidden, frozenset):
        world = exchange.world
        states = world.corpus.listing(world.clock.now(), View.API)
        latest = max((state.announced for state in states), default=None)
        ids = sorted(state.paper.arxiv_id for state in states if state.announced == latest)
        first = str(exchange.arguments.get("first", ids[len(ids) // 4] if ids else ""))
        last = str(exchange.arguments.get("last", ids[len(ids) // 2] if ids else ""))
        hidden = frozenset(
            state.paper.arxiv_id for state in states if first <= state.paper.arxiv_id <= last
        )
        exchange.memory["ids"] = hidden
    gone = hidden

    def is_hidden(state: State) -> bool:
        return state.paper.arxiv_id in gone

    return exchange.world.api.answer(exchange.request, Tweak(hidden=is_hidden))


def error_entry(exchange: Exchange) -> Answer:
    """F35."""
    return exchange.world.api.error(
        exchange.request, "An internal error occurred", legacy=exchange.variant == "legacy"
    )


def _start(exchange: Exchange) -> int:
    return int(exchange.request.get("start") or 0)


def _found(exchange: Exchange) -> list[State]:
    try:
        return exchange.world.api.found(exchange.request)
    except (UnknownFieldError, ValueError):
        return []
