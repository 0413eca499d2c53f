"""Faults on the way here and in a body, as a client's socket sees them (F1-F17, F36, F38-F40)."""

from __future__ import annotations

import gzip
import time
import zlib
from email.utils import parsedate_to_datetime

import pytest
import requests

from tests.arxiv_emulator import FAULTS, Emulator, Rule, every_fault
from tests.arxiv_emulator.bodies import record_ids
from tests.arxiv_emulator_tests.checks import (
    LIST,
    QUERY,
    ask,
    is_on_the_way,
    is_xml,
    see,
    seen,
    variant,
)
from tests.arxiv_emulator_tests.conftest import Get, Start


@pytest.mark.parametrize("code", [code for code in every_fault() if is_on_the_way(code)])
def test_a_fault_on_the_way_is_seen_as_the_reference_says(
    code: str, start: Start, get: Get
) -> None:
    see(code, start, get)


@seen("F1", "F2")
def throttled(emulator: Emulator, get: Get) -> None:
    began = time.monotonic()
    answer = ask(emulator, get)
    assert (answer.status_code, answer.text) == (429, "Rate exceeded.")
    assert "Retry-After" not in answer.headers
    assert (time.monotonic() - began > 0.4) == (emulator.faults.rules[0][0].fault == "F2")
    assert ask(emulator, get).status_code == 200


@seen(*(f"F3:{name}" for name in FAULTS["F3"].variants))
def says_when(emulator: Emulator, get: Get) -> None:
    text = ask(emulator, get).headers["Retry-After"]
    if variant(emulator) == "date":
        assert abs(parsedate_to_datetime(text).timestamp() - time.time()) < 10
    else:
        expected = {"seconds": "1", "huge": "99999999999", "zero": "0"}
        assert text == expected.get(variant(emulator), "soon, perhaps")


@seen("F4:503", "F4:500", "F4:502")
def server_error(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert (answer.status_code, "<html>" in answer.text) == (int(variant(emulator)), True)


@seen("F5", "F6")
def refused(emulator: Emulator, get: Get) -> None:
    is_window = emulator.faults.rules[0][0].fault == "F5"
    urls = (emulator.api_url, emulator.oai_url, f"{emulator.rss_url}/cs.LG", emulator.api_url)
    statuses = [get(url, **(QUERY if url == emulator.api_url else {})).status_code for url in urls]
    assert statuses == [406 if is_window else 403] * 4
    time.sleep(0.25)
    assert ask(emulator, get).status_code == (200 if is_window else 403)


@seen("F7")
def policed(emulator: Emulator, get: Get) -> None:
    assert [ask(emulator, get).status_code for _ in range(2)] == [200, 429]


@seen("F8:reset", "F8:refuse", "F40")
def broken(emulator: Emulator, get: Get) -> None:
    with pytest.raises(requests.RequestException, match="reset"):
        ask(emulator, get)
    if variant(emulator) == "refuse":
        with pytest.raises(requests.ConnectionError, match="refused"):
            ask(emulator, get)
    if emulator.faults.rules[0][0].fault != "F8:reset":
        time.sleep(0.25)
    assert ask(emulator, get).status_code == 200


@seen(*(f"{code}:{name}" for code in ("F9", "F10") for name in FAULTS["F9"].variants))
def cut(emulator: Emulator, get: Get) -> None:
    try:
        answer = ask(emulator, get)
    except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
        pass
    else:
        # A polite end of a body with a length: requests itself may not notice.
        assert len(answer.content) < int(answer.headers.get("Content-Length", 1 << 30))
        assert not is_xml(answer.content)
    assert is_xml(ask(emulator, get).content)


@seen("F11:head", "F11:body", "F11:trickle")
def stalled(emulator: Emulator, get: Get) -> None:
    with requests.get(emulator.api_url, params=QUERY, timeout=0.3, stream=True) as answer:
        assert answer.status_code == 200
        if variant(emulator) == "trickle":
            assert len(answer.raw.read(2)) == 2
            return
        with pytest.raises(requests.exceptions.RequestException):
            assert answer.content


@seen("F12:endless", "F12:huge")
def endless(emulator: Emulator, get: Get) -> None:
    with requests.get(emulator.api_url, params=QUERY, timeout=5, stream=True) as answer:
        assert len(answer.raw.read(3_000_000)) == 3_000_000
        length = answer.headers.get("Content-Length")
        assert length == ("200000000" if variant(emulator) == "huge" else None)


@seen("F13:html", "F13:labelled", "F14")
def no_feed(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert answer.status_code == 200
    assert not answer.content or b"<html>" in answer.content
    is_labelled = "html" not in answer.headers["Content-Type"]
    assert is_labelled == (variant(emulator) != "html")


@seen("F15:between", "F15:inside", "F15:token")
def truncated(emulator: Emulator, get: Get) -> None:
    answer = get(emulator.oai_url, **LIST)
    assert int(answer.headers["Content-Length"]) == len(answer.content) > 5000
    assert not is_xml(answer.content)
    ends = answer.content.rstrip().endswith(b"</record>")
    assert ends == (variant(emulator) != "inside")
    assert b"resumptionToken" not in answer.content


@seen("F16:control", "F16:entity")
def broken_record(emulator: Emulator, get: Get) -> None:
    first = get(emulator.oai_url, **LIST)
    assert not is_xml(first.content)
    assert not is_xml(get(emulator.oai_url, **LIST).content)
    whole = {"verb": "GetRecord", "metadataPrefix": "arXivRaw"}
    bad = [
        one
        for one in record_ids(first.content)
        if not is_xml(get(emulator.oai_url, identifier=f"oai:arXiv.org:{one}", **whole).content)
    ]
    assert len(bad) == 1
    assert not is_xml(ask(emulator, get, id_list=bad[0], search_query="").content)


@seen("F16:encoding", "F16:doctype", "F16:bomb", "F16:bom")
def broken_page(emulator: Emulator, get: Get) -> None:
    body = get(emulator.oai_url, **LIST).content
    marks = {"encoding": b"\xef", "doctype": b"<!DOCTYPE", "bomb": b"&j;", "bom": b"\xef\xbb\xbf<?"}
    assert marks[variant(emulator)] in body
    assert variant(emulator) != "encoding" or not is_xml(body)
    assert is_xml(get(emulator.oai_url, **LIST).content)


@seen("F17")
def poisoned(emulator: Emulator, get: Get) -> None:
    assert get(emulator.oai_url, **LIST).status_code == 500
    statuses = {
        one: get(
            emulator.oai_url,
            verb="GetRecord",
            metadataPrefix="arXivRaw",
            identifier=f"oai:arXiv.org:{one}",
        ).status_code
        for one in emulator.oracle.papers()
    }
    bad = [one for one, status in statuses.items() if status != 200]
    assert len(bad) == 1
    assert ask(emulator, get, id_list=bad[0], search_query="").status_code == 500


@seen(*(f"F36:{name}" for name in FAULTS["F36"].variants))
def redirected(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    target = answer.headers["Location"]
    assert answer.status_code == 301
    starts = {
        "once": f"{emulator.url}/moved/api/query?",
        "https": "https://127.0.0.1",
        "loop": "/api/query?",
        "elsewhere": "http://127.0.0.2:9/",
        "nowhere": "",
    }
    assert target.startswith(starts[variant(emulator)])
    if variant(emulator) == "once":
        assert get(target).content == ask(emulator, get).content


@seen("F38:claimed", "F38:corrupt", "F38:unknown")
def encoded(emulator: Emulator, get: Get) -> None:
    with requests.get(emulator.api_url, params=QUERY, timeout=5, stream=True) as answer:
        raw = answer.raw.read(decode_content=False)
        assert answer.headers["Content-Encoding"] == (
            "x-unknown" if variant(emulator) == "unknown" else "gzip"
        )
    with pytest.raises((gzip.BadGzipFile, EOFError, OSError, zlib.error)) as caught:
        gzip.decompress(raw)
    assert caught


@seen("F39")
def mislabelled(emulator: Emulator, get: Get) -> None:
    answer = ask(emulator, get)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert is_xml(answer.content)


def test_a_window_of_refusals_lasts_as_long_as_is_said(start: Start, get: Get) -> None:
    emulator = start(Rule("F5", arguments={"seconds": 0.05}))
    assert ask(emulator, get).status_code == 406
    time.sleep(0.07)
    assert ask(emulator, get).status_code == 200
    emulator.faults.set(Rule("F5", hours=2))
    for minutes in (0, 60, 59):
        emulator.clock.advance(minutes=minutes)
        assert ask(emulator, get).status_code == 406
    time.sleep(0.25)
    assert ask(emulator, get).status_code == 406
    emulator.clock.advance(minutes=1)
    assert ask(emulator, get).status_code == 200


def test_a_client_that_hangs_up_ends_its_request_when_it_took_the_last_piece(
    start: Start, get: Get
) -> None:
    emulator = start("F12")
    with requests.get(emulator.api_url, params=QUERY, timeout=5, stream=True) as answer:
        answer.raw.read(3_000_000)
        closed = time.monotonic()
    assert emulator.log.wait_for_end(1)
    (row,) = emulator.log.requests
    assert row.began < row.took == row.ended
    # The pieces that were on their way went out just before, or while it closed.
    assert row.ended < closed + 0.05
