"""``shortlist review`` as a person runs it: a process that serves, and ends when told to."""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pipeline.review.web.serving import Client

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60


@contextmanager
def review(world: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    """The command, running in ``world``."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **variables}
    process = subprocess.Popen(
        [sys.executable, "-m", "pipeline", "review", "--port", "0", *arguments],
        cwd=world,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
    assert ready, "nothing was printed"
    return process.stdout.readline()


def address_in(line: str) -> str:
    found = re.search(r"http://\S+", line)
    assert found, line
    return found[0]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_page_says_where_it_is_answers_and_ends_when_told_to(world, ending):
    with review(world) as process:
        address = address_in(first_line(process))
        client = Client(address.rstrip("/"))
        assert client.get("/api/session").json["reviewer"] == "Mara"
        process.send_signal(ending)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out, err) == (0, "", "")


def test_it_ends_though_a_browser_keeps_its_connection(world):
    with review(world) as process:
        host, port = address_in(first_line(process))[7:].rstrip("/").split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET /api/session HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            connection.recv(100)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE_SECONDS)
            assert time.monotonic() - began < PATIENCE_SECONDS / 2
    assert process.returncode == 0


def test_a_page_for_others_prints_an_address_with_a_token_made_for_it(world):
    with review(world, "--host", "0.0.0.0", SHORTLIST_REVIEW_TOKEN="") as process:
        address = address_in(first_line(process))
        base, _, query = address.partition("/?")
        client = Client(base.replace("localhost", "127.0.0.1"))
        assert client.get("/api/session").status == 401
        assert client.get(f"/?{query}").status == 303
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)


def test_a_token_from_the_environment_is_not_printed(world):
    with review(
        world, "--host", "0.0.0.0", SHORTLIST_REVIEW_TOKEN="my-own-token-of-many-characters"
    ) as process:
        line = first_line(process)
        assert "my-own-token-of-many-characters" not in line
        client = Client(address_in(line).rstrip("/").replace("localhost", "127.0.0.1"))
        assert client.get("/?token=my-own-token-of-many-characters").status == 303
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert "my-own-token-of-many-characters" not in out + err


def test_a_port_in_use_is_told_in_one_line(world, shortlist):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = shortlist("review", "--port", port)
    assert ended.status == 1
    (told,) = ended.told
    assert told.startswith(f"port {port} of 127.0.0.1 cannot be listened on: Address already")
    assert told.endswith("`shortlist review --port N` takes another")


def test_an_address_that_is_not_of_this_machine_is_told_in_one_line(shortlist, world):
    ended = shortlist("review", "--host", "192.0.2.1", "--port", "0")
    assert (ended.status, len(ended.told)) == (1, 1)


def test_trusted_proxies_and_their_header_need_each_other(shortlist, world):
    text = Path("config.toml").read_text(encoding="utf-8")
    Path("config.toml").write_text(
        text.replace("[review]", '[review]\nproxy_header = "X-User"'), encoding="utf-8"
    )
    ended = shortlist("review")
    assert ended.status == 1
    assert "need each other" in ended.told[0]


def test_a_schedule_serves_no_page_for_others_under_a_token_that_only_its_log_would_know(
    world, shortlist, monkeypatch
):
    monkeypatch.delenv("SHORTLIST_REVIEW_TOKEN", raising=False)
    text = Path("config.toml").read_text(encoding="utf-8")
    Path("config.toml").write_text(
        text.replace("[review]", '[review]\nhost = "0.0.0.0"'), encoding="utf-8"
    )
    ended = shortlist("schedule")
    assert ended.status == 1
    assert "set SHORTLIST_REVIEW_TOKEN" in ended.told[-1]
    assert "token=" not in ended.out + ended.err


def test_a_token_that_could_be_guessed_is_refused(world, shortlist, monkeypatch):
    monkeypatch.setenv("SHORTLIST_REVIEW_TOKEN", "secret")
    ended = shortlist("review", "--port", "0")
    assert ended.status == 1
    assert "too short" in ended.told[0]
    assert "secret" not in ended.told[0]


def test_a_list_that_cannot_be_read_is_told_before_a_page_is_served(world, shortlist):
    (world / "list" / "README.md").unlink()
    ended = shortlist("review", "--port", "0")
    assert (ended.status, len(ended.told)) == (1, 1)
    assert "README.md" in ended.told[0]
