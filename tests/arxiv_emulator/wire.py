"""Faults of the way here: refusals, resets, stalls, redirects, encodings (F1-F14, F36-F40)."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from email.utils import formatdate

from tests.arxiv_emulator.answers import ATOM, HTML, Answer, Ending, html_page, says
from tests.arxiv_emulator.exchange import Exchange

RATE_EXCEEDED = "Rate exceeded."


def throttle(exchange: Exchange) -> Answer:
    """F1."""
    return says(429, RATE_EXCEEDED)


def throttle_slowly(exchange: Exchange) -> Answer:
    """F2."""
    return replace(throttle(exchange), wait_seconds=exchange.number("seconds", 0.5))


def retry_after(exchange: Exchange) -> Answer:
    """F3."""
    seconds = exchange.number("seconds", 1)
    values = {
        "seconds": f"{seconds:g}",
        # The client compares with the time it has, which is the real one.
        "date": formatdate(time.time() + seconds, usegmt=True),
        "huge": "99999999999",
        "zero": "0",
        "garbage": "soon, perhaps",
    }
    status = int(exchange.number("status", 429))
    return says(status, RATE_EXCEEDED, Retry_After=values[exchange.variant])


def server_error(exchange: Exchange) -> Answer:
    """F4."""
    headings = {
        "503": "Service Unavailable",
        "500": "Internal Server Error",
        "502": "Bad Gateway",
    }
    return html_page(int(exchange.variant), headings[exchange.variant])


def not_acceptable(exchange: Exchange) -> Answer:
    """F5."""
    return html_page(406, "Not Acceptable")


def forbid(exchange: Exchange) -> Answer:
    """F6."""
    return html_page(403, "Forbidden")


def police(exchange: Exchange) -> Answer | None:
    """F7."""
    least = exchange.number("seconds", 3.0)
    too_soon = exchange.gap_seconds is not None and exchange.gap_seconds < least
    return says(429, RATE_EXCEEDED) if too_soon or exchange.others else None


def break_before(exchange: Exchange) -> Answer:
    """F8."""
    away = exchange.number("seconds", 0.2) if exchange.variant == "refuse" else 0.0
    return Answer(cut_after=-1, ending="reset", refuse_seconds=away)


def break_in_the_body(exchange: Exchange) -> Answer:
    """F9."""
    return _half(_framed(exchange), "reset")


def short_body(exchange: Exchange) -> Answer:
    """F10."""
    return _half(_framed(exchange), "close")


def stall(exchange: Exchange) -> Answer:
    """F11."""
    if exchange.variant == "trickle":
        return replace(exchange.right, trickle_seconds=exchange.number("seconds", 0.05))
    answer = _half(exchange.right, "stall")
    return replace(answer, cut_after=0) if exchange.variant == "head" else answer


def endless(exchange: Exchange) -> Answer:
    """F12."""
    if exchange.variant == "huge":
        size = int(exchange.number("megabytes", 200) * 1_000_000)
        return replace(exchange.right, repeat_bytes=size)
    return replace(exchange.right, framing="none", repeat_bytes=-1)


def html_instead(exchange: Exchange) -> Answer:
    """F13."""
    page = html_page(200, "We will be back soon")
    return replace(page, headers={"Content-Type": HTML if exchange.variant == "html" else ATOM})


def empty_body(exchange: Exchange) -> Answer:
    """F14."""
    return replace(exchange.right, body=b"")


def redirect(exchange: Exchange) -> Answer:
    """F36."""
    request = exchange.request
    host = request.headers.get("host", "127.0.0.1")
    asked = request.headers.get(":target", request.path)
    targets = {
        "once": f"http://{host}/moved{asked}",
        "https": f"https://{host}{asked}",
        "loop": asked,
        "elsewhere": f"http://127.0.0.2:9{asked}",
        "nowhere": "",
    }
    if exchange.variant == "once" and request.headers.get(":moved"):
        return exchange.right
    return says(int(exchange.number("status", 301)), "", Location=targets[exchange.variant])


def wrong_encoding(exchange: Exchange) -> Answer:
    """F38."""
    body = exchange.right.body
    if exchange.variant == "corrupt":
        packed = bytearray(gzip.compress(body, mtime=0))
        middle = len(packed) // 2
        packed[middle : middle + 8] = bytes(8)
        packed[-8:-4] = bytes(4)  # the check sum: no accident makes it right
        body = bytes(packed)
    encoding = "x-unknown" if exchange.variant == "unknown" else "gzip"
    headers = {**exchange.right.headers, "Content-Encoding": encoding}
    if encoding == "x-unknown":
        body = bytes(byte ^ 0xFF for byte in body)
    return replace(exchange.right, headers=headers, body=body)


def wrong_type(exchange: Exchange) -> Answer:
    """F39."""
    headers = {**exchange.right.headers, "Content-Type": HTML}
    return replace(exchange.right, headers=headers)


def restart(exchange: Exchange) -> Answer:
    """F40."""
    answer = _half(exchange.right, "reset")
    return replace(answer, refuse_seconds=exchange.number("seconds", 0.2))


def _framed(exchange: Exchange) -> Answer:
    """The right answer with its end told as the variant says."""
    answer = exchange.right
    if exchange.variant == "gzip":
        headers = {**answer.headers, "Content-Encoding": "gzip"}
        return replace(answer, headers=headers, body=gzip.compress(answer.body, mtime=0))
    if exchange.variant == "chunked":
        return replace(answer, framing="chunked")
    return answer


def _half(answer: Answer, ending: Ending) -> Answer:
    return replace(answer, cut_after=len(answer.body) // 2, ending=ending)
