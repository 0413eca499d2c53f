"""``make demo-live``: a recorded day through all sources, from an arXiv that ends with the demo."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.arxiv_emulator.demo_live import SHIPPED
from tests.arxiv_emulator.program import ROOT

pytestmark = pytest.mark.slow


def start(world: Path, *options: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.arxiv_emulator.demo_live", world, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def port_in(said: str) -> int:
    found = re.search(r"http://127\.0\.0\.1:(\d+)/rss", said)
    assert found is not None, said
    return int(found[1])


def is_open(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_shipped_day_comes_through_all_sources_into_the_queue(tmp_path, shortlist):
    with start(tmp_path / "world", "--days", SHIPPED) as demo:
        said, trouble = demo.communicate()
    assert demo.returncode == 0, trouble
    assert "shortlist: " not in trouble
    steps = re.findall(r"^\[(\d)/4\] (.*)$", said, re.MULTILINE)
    assert [number for number, _ in steps] == ["1", "2", "3", "4"]
    assert "1 recorded day (2022-07-26)" in steps[0][1]
    assert re.search(r"^2022-07-26: (\d+) announced, \1 fresh, 13 queued$", said, re.MULTILINE)
    assert re.search(r"^  rss 2022-07-26: complete, \d+ received$", said, re.MULTILINE)
    assert re.search(r"[78] feeds, \d OAI-PMH", said)
    ledger = said.partition("[4/4]")[2]
    assert re.search(r"2022-07-26 Tue +oai +complete +\d+", ledger)
    assert not is_open(port_in(said))
    next_command = said.splitlines()[-1].split()
    assert len(shortlist(*next_command[1:], "--json").json) == 13


def test_an_interrupt_ends_the_emulator_too(tmp_path):
    with start(tmp_path / "world", "--days", SHIPPED) as demo:
        assert demo.stdout is not None
        said = ""
        while "[3/4]" not in said:
            line = demo.stdout.readline()
            assert line, said
            said += line
        assert is_open(port_in(said))
        demo.send_signal(signal.SIGINT)
        _, trouble = demo.communicate()
    assert demo.returncode == 130
    # The signal went to the parent alone, so that the run beside it may have a last word.
    assert "interrupted: the emulator has ended" in trouble
    assert not is_open(port_in(said))


def test_a_folder_without_days_is_refused_in_one_line(tmp_path):
    with start(tmp_path / "world", "--days", SHIPPED, "--first", "2030-01-01") as demo:
        said, trouble = demo.communicate()
    assert (demo.returncode, said) == (1, "")
    assert trouble.count("\n") == 1
    assert "no recorded day from 2030-01-01 on" in trouble
