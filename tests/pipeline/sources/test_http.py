from __future__ import annotations

import gzip
import os
import subprocess
import sys
import time
import tracemalloc
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.errors import ConfigError, SetupError, SourceError
from pipeline.sources.http import RETRY_AFTER_CAP_SECONDS, HttpClient
from pipeline.sources.raw import RawAnswers, read_answer
from tests.pipeline.sources import server as faults
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.server import RATE_EXCEEDED, LoopbackServer, says

ROOT = Path(__file__).resolve().parents[3]


class Clock:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_an_answer_has_its_status_headers_and_whole_body(make_client: MakeClient) -> None:
    with LoopbackServer(body=b"x" * 100_000) as server:
        answer = make_client(server.url).get(server.url, {"q": "a b&c"})
    assert (answer.status, len(answer.body)) == (200, 100_000)
    assert answer.headers["content-type"] == "text/plain"
    assert server.requests[0].query == {"q": "a b&c"}


def test_every_request_says_who_asks_and_keeps_no_connection_open(make_client: MakeClient) -> None:
    with LoopbackServer() as server:
        make_client(server.url, contact="lists@example.org\r\nX-Evil: 1 (é)").get(server.url)
    headers = server.requests[0].headers
    assert headers["user-agent"].startswith("arxiv-shortlist/")
    assert headers["user-agent"].endswith("(lists@example.orgX-Evil: 1)")
    assert "x-evil" not in headers
    assert headers["accept"].startswith("application/atom+xml")
    assert headers["connection"] == "close"


@pytest.mark.parametrize(
    "fault",
    [
        says(429, RATE_EXCEEDED),
        says(406),
        says(500),
        says(502, b"<html>"),
        says(503),
        faults.reset_before_the_answer,
        faults.reset_in_the_body,
        faults.short_body,
        says(200, b"this is not gzip", Content_Encoding="gzip"),
        says(200, b"\x80\x81", Content_Encoding="x-unknown"),
    ],
)
def test_what_may_pass_is_asked_again(make_client: MakeClient, fault: faults.Fault) -> None:
    with LoopbackServer(faults=[fault, fault]) as server:
        assert make_client(server.url).get(server.url).body == b"hello"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "fault",
    [
        faults.stall_before_the_answer,
        faults.stall_in_the_body,
        faults.trickle_the_head,
        faults.trickle_the_body,
    ],
)
def test_the_deadline_covers_the_whole_request(
    make_client: MakeClient, fault: faults.Fault
) -> None:
    with LoopbackServer(faults=[fault]) as server:
        began = time.monotonic()
        assert make_client(server.url, timeout_seconds=0.3).get(server.url).body == b"hello"
        assert 0.3 <= time.monotonic() - began < 2


def test_after_the_last_try_the_error_says_what_came_and_what_happens_next(
    make_client: MakeClient,
) -> None:
    with LoopbackServer(faults=[says(503)] * 9) as server:
        with pytest.raises(SourceError) as caught:
            make_client(server.url, max_attempts=3).get(f"{server.url}?secret=1", source="api")
        assert str(caught.value) == (
            f"api: {server.url}: status 503 (3 tries): the next run asks again"
        )
    assert len(server.requests) == 3


def test_a_server_that_is_not_there_is_one_line(make_client: MakeClient) -> None:
    with LoopbackServer() as server:
        url = server.url
    with pytest.raises(SourceError, match=r"the connection failed \(ConnectionRefusedError"):
        make_client(url, max_attempts=2).get(url)


@pytest.mark.parametrize("status", [400, 404])
def test_a_refusal_is_an_answer_and_is_not_asked_again(
    make_client: MakeClient, status: int
) -> None:
    with LoopbackServer(faults=[says(status, b"why")]) as server:
        answer = make_client(server.url).get(server.url)
    assert (answer.status, answer.body, len(server.requests)) == (status, b"why", 1)


def test_after_403_nothing_is_asked_any_more(make_client: MakeClient) -> None:
    with LoopbackServer(faults=[says(403)]) as server:
        client = make_client(server.url)
        with pytest.raises(SourceError, match="403: this machine is blocked"):
            client.get(server.url)
        with pytest.raises(SourceError, match=r"403 .* before, so nothing more is asked"):
            client.get(server.url)
    assert len(server.requests) == 1


def test_an_endless_answer_ends_at_the_byte_cap(make_client: MakeClient) -> None:
    with (
        LoopbackServer(faults=[faults.endless_body]) as server,
        pytest.raises(SourceError, match="more than 1,000,000 bytes"),
    ):
        make_client(server.url, max_bytes=1_000_000).get(server.url)
    assert len(server.requests) <= 1


def packed(size: int, times: int = 1) -> bytes:
    """So many zeros, packed so many times."""
    body = bytes(size)
    for _ in range(times):
        body = gzip.compress(body, compresslevel=1)
    return body


@pytest.mark.parametrize(
    "fault",
    [
        faults.endless_body,
        says(200, packed(200_000_000), Content_Encoding="gzip"),
        says(200, packed(200_000_000, 2), Content_Encoding="gzip, gzip"),
        says(302, packed(200_000_000), Content_Encoding="gzip", Location="/elsewhere"),
    ],
    ids=["endless", "bomb", "bomb in a bomb", "bomb in a redirect"],
)
def test_an_answer_takes_little_more_memory_than_the_cap(
    make_client: MakeClient, tmp_path: Path, fault: faults.Fault
) -> None:
    with LoopbackServer(faults=[fault]) as server:
        client = make_client(
            server.url, max_bytes=4_000_000, timeout_seconds=20, raw=RawAnswers(tmp_path / "raw")
        )
        tracemalloc.start()
        try:
            with pytest.raises(SourceError, match="more than 4,000,000 bytes"):
                client.get(server.url)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 16_000_000
    assert not list((tmp_path / "raw").rglob("*.gz"))


@pytest.mark.parametrize("encoding", ["identity", "GZIP", "x-gzip", ""])
def test_an_encoding_is_undone_however_it_is_written(
    make_client: MakeClient, encoding: str
) -> None:
    body = gzip.compress(b"good") if "gzip" in encoding.lower() else b"good"
    with LoopbackServer(faults=[says(200, body, Content_Encoding=encoding)]) as server:
        assert make_client(server.url).get(server.url).body == b"good"
    assert len(server.requests) == 1


def test_an_endless_answer_of_nothing_ends_at_the_deadline(make_client: MakeClient) -> None:
    def empty_blocks(handler: faults.Handler) -> None:
        handler.head(200, {"Content-Encoding": "gzip"})
        handler.wfile.write(gzip.compress(b"")[:10])
        while not handler.server.closing.is_set():
            handler.wfile.write(b"\x00\x00\x00\xff\xff" * 1000)

    with LoopbackServer(faults=[empty_blocks]) as server:
        began = time.monotonic()
        assert make_client(server.url, timeout_seconds=0.3).get(server.url).body == b"hello"
        assert time.monotonic() - began < 2


def test_a_redirect_within_the_configured_host_is_followed(make_client: MakeClient) -> None:
    with LoopbackServer(faults=[says(301, Location="/elsewhere?x=1")]) as server:
        answer = make_client(server.url).get(server.url)
    assert answer.body == b"hello"
    assert [request.path for request in server.requests] == ["/api/query", "/elsewhere?x=1"]


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/",
        "http://127.0.0.1:1/",
        "https://export.arxiv.org/",
        "file:///etc/passwd",
        "http://[",
    ],
)
def test_a_redirect_elsewhere_is_refused(make_client: MakeClient, target: str) -> None:
    with (
        LoopbackServer(faults=[says(302, Location=target)]) as server,
        pytest.raises(SourceError, match=r"not a configured address|no http or https|no address"),
    ):
        make_client(server.url).get(server.url)
    assert len(server.requests) == 1


def test_the_body_of_a_redirect_is_capped_too(make_client: MakeClient) -> None:
    def endless_redirect(handler: faults.Handler) -> None:
        handler.head(302, {"Location": "/elsewhere"})
        while not handler.server.closing.is_set():
            handler.wfile.write(b"x" * 65536)

    with (
        LoopbackServer(faults=[endless_redirect]) as server,
        pytest.raises(SourceError, match="more than 1,000,000 bytes"),
    ):
        make_client(server.url, max_bytes=1_000_000).get(server.url)


def test_redirects_in_a_circle_and_to_nowhere_are_errors(make_client: MakeClient) -> None:
    circle = says(307, Location="/api/query")
    with LoopbackServer(faults=[*[circle] * 6, says(301)]) as server:
        with pytest.raises(SourceError, match="in circles"):
            make_client(server.url).get(server.url)
        with pytest.raises(SourceError, match="to nowhere"):
            make_client(server.url).get(server.url)


def test_requests_keep_their_distance_also_over_two_clients(make_client: MakeClient) -> None:
    clock = Clock()
    with LoopbackServer() as server:
        for _ in range(2):
            client = make_client(server.url, spacing_seconds=3, clock=clock, sleep=clock.sleep)
            client.get(server.url)
            client.get(server.url)
    assert clock.slept == [3, 3, 3]


def test_each_try_waits_longer_than_the_last(make_client: MakeClient) -> None:
    clock = Clock()
    with LoopbackServer(faults=[says(503)] * 3) as server:
        make_client(
            server.url, spacing_seconds=3, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5
        ).get(server.url)
    assert clock.slept == [4.5, 9, 18]


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("20", 20),
        (formatdate(1_790_000_030, usegmt=True), 30),
        ("86400", RETRY_AFTER_CAP_SECONDS),
        ("9" * 5000, RETRY_AFTER_CAP_SECONDS),
        (formatdate(1_700_000_000, usegmt=True), 3),
        ("0", 3),
        ("soon", 3),
        ("²", 3),
        ("", 3),
    ],
)
def test_retry_after_is_honoured_in_seconds_and_as_a_date_and_capped(
    make_client: MakeClient, header: str, waited: float
) -> None:
    clock = Clock()
    header = header.encode().decode("latin-1")
    with LoopbackServer(faults=[says(429, RATE_EXCEEDED, Retry_After=header)]) as server:
        make_client(server.url, spacing_seconds=3, clock=clock, sleep=clock.sleep).get(server.url)
    assert clock.slept == [waited]


def test_a_throttled_client_makes_the_others_wait_too(make_client: MakeClient) -> None:
    clock = Clock()
    with LoopbackServer(faults=[says(429, Retry_After="60")]) as server:
        throttled = make_client(server.url, clock=clock, sleep=clock.sleep, max_attempts=1)
        with pytest.raises(SourceError, match="429"):
            throttled.get(server.url)
        make_client(server.url, clock=clock, sleep=clock.sleep).get(server.url)
    assert clock.slept == [60]


@pytest.mark.parametrize("text", ["", "17900", "99999999999.0", "nan", "\x00"])
def test_a_damaged_pause_file_delays_a_little_and_is_mended(
    make_client: MakeClient, tmp_path: Path, text: str
) -> None:
    clock = Clock()
    (tmp_path / "arxiv.next").write_text(text)
    with LoopbackServer() as server:
        client = make_client(server.url, spacing_seconds=3, clock=clock, sleep=clock.sleep)
        client.get(server.url)
        client.get(server.url)
    assert sum(clock.slept) <= RETRY_AFTER_CAP_SECONDS + 3
    assert clock.slept[-1] == 3


ASK_THRICE = """
import sys
from itertools import pairwise
from pathlib import Path
from pipeline.sources.http import HttpClient
url, lock = sys.argv[1:]
client = HttpClient(spacing_seconds=0.1, contact="", addresses=(url,), lock_path=Path(lock))
for _ in range(3):
    client.get(url)
"""


def test_two_processes_never_ask_at_once_nor_too_soon(tmp_path: Path) -> None:
    with LoopbackServer() as server:
        command = [sys.executable, "-c", ASK_THRICE, server.url, str(tmp_path / "arxiv.lock")]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        processes = [subprocess.Popen(command, env=environment) for _ in range(2)]
        assert [process.wait(30) for process in processes] == [0, 0]
    requests = sorted(server.requests, key=lambda request: request.began)
    gaps = [b.began - a.ended for a, b in pairwise(requests)]
    assert len(requests) == 6
    assert min(gaps) >= 0.09


def test_spacing_below_arxivs_terms_is_refused_except_on_loopback(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"spacing_seconds = 1 .* below the 3 seconds"):
        HttpClient(
            spacing_seconds=1,
            contact="",
            addresses=("http://127.0.0.1:9/", "https://export.arxiv.org/api/query"),
        )
    HttpClient(spacing_seconds=1, contact="", addresses=("http://localhost:9/", "http://[::1]:9/"))


def test_a_lock_file_that_cannot_be_written_is_said_with_its_path(
    make_client: MakeClient, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with LoopbackServer() as server:
        client = make_client(server.url, lock_path=tmp_path / "file" / "arxiv.lock")
        with pytest.raises(SetupError, match=r"file/arxiv\.lock cannot be used"):
            client.get(server.url)
    assert server.requests == []


def kept(folder: Path) -> list[tuple[object, bytes]]:
    """Status and body of every kept answer, in the order they came."""
    heads = [read_answer(path) for path in folder.rglob("*.gz")]
    return [
        (head["status"], body) for head, body in sorted(heads, key=lambda row: str(row[0]["at"]))
    ]


def test_every_complete_answer_is_kept_as_it_came(make_client: MakeClient, tmp_path: Path) -> None:
    unpacked = b"<feed>" * 1000
    script = [
        says(429, RATE_EXCEEDED, Retry_After="1"),
        faults.reset_in_the_body,
        faults.short_body,
        says(301, b"moved", Location="/elsewhere"),
        says(200, gzip.compress(unpacked), Content_Encoding="gzip"),
        says(400, b"why"),
        says(403, b"blocked"),
    ]
    clock = Clock()
    with LoopbackServer(faults=script) as server:
        client = make_client(
            server.url,
            raw=RawAnswers(tmp_path / "raw"),
            clock=clock,
            sleep=clock.sleep,
            spacing_seconds=3,
        )
        assert client.get(server.url, {"q": "1"}, source="oai").body == unpacked
        assert len(kept(tmp_path / "raw")) == 3  # there when get returns
        assert client.get(server.url).status == 400
        with pytest.raises(SourceError, match="403"):
            client.get(server.url)
    assert kept(tmp_path / "raw") == [
        (429, RATE_EXCEEDED),
        (301, b"moved"),
        (200, unpacked),
        (400, b"why"),
        (403, b"blocked"),
    ]
    first = min((tmp_path / "raw").rglob("*.gz"))
    head, _ = read_answer(first)
    assert (head["url"], head["source"]) == (f"{server.url}?q=1", "oai")
    assert head["headers"] == {
        "content-length": "14",
        "date": head["headers"]["date"],
        "retry-after": "1",
        "server": head["headers"]["server"],
    }


def test_a_folder_that_keeps_nothing_stops_no_fetch(
    make_client: MakeClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    with LoopbackServer() as server:
        client = make_client(server.url, raw=RawAnswers(tmp_path / "file"))
        assert [client.get(server.url).body for _ in range(3)] == [b"hello"] * 3
    assert len(caplog.records) == 1


def test_importing_the_sources_imports_no_third_party_client() -> None:
    code = """
import sys
import pipeline.sources.api, pipeline.sources.http, pipeline.sources.recorded
print(*sorted({"arxiv", "requests", "lxml", "filelock"} & set(sys.modules)))
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    assert subprocess.check_output(command, env=environment, text=True) == "\n"
