from __future__ import annotations

import gzip
import json
import logging
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import SourceError
from pipeline.sources.raw import RawAnswers, read_answer

ROOT = Path(__file__).resolve().parents[3]
NOW = datetime(2026, 11, 22, 7, 30, 5, 1234, tzinfo=UTC)
URL = "https://oaipmh.example.org/oai?verb=ListRecords&set=cs"
MEGABYTE = 1 << 20


def keep(raw: RawAnswers, body: bytes = b"<OAI-PMH/>", **changes: Any) -> None:
    settings: dict[str, Any] = {
        "url": URL,
        "status": 200,
        "headers": {"content-type": "text/xml"},
        "source": "oai",
        "at": NOW,
    }
    raw.keep(body, **(settings | changes))


def noise(size: int, seed: int = 1) -> bytes:
    """Bytes that do not pack."""
    return random.Random(seed).randbytes(size)


def kept(folder: Path) -> list[Path]:
    """All files, oldest first."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def numbers(folder: Path) -> list[int]:
    """The number of each file: the how manieth answer of its run it was."""
    return [int(path.stem.rpartition("-")[2]) for path in kept(folder)]


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in kept(folder))


def test_an_answer_is_kept_packed_with_what_was_asked(tmp_path: Path) -> None:
    body = b"<record>\xff\x00\n" * 10_000
    headers = {"content-type": "text/xml", "age": "12", "set-cookie": "x", "etag": "e" * 9999}
    keep(RawAnswers(tmp_path), body, headers=headers, status=503)
    (path,) = kept(tmp_path)
    assert path.parent.name == "2026-11-22"
    assert path.name.startswith("073005.001234-oai-")
    assert path.stat().st_size < len(body) / 10
    assert read_answer(path) == (
        {
            "url": URL,
            "status": 503,
            "at": "2026-11-22T07:30:05.001234+00:00",
            "source": "oai",
            "headers": {"age": "12", "content-type": "text/xml", "etag": "e" * 500},
        },
        body,
    )


def test_a_person_can_read_it_with_gzip_alone(tmp_path: Path) -> None:
    keep(RawAnswers(tmp_path), b"two\nlines")
    head, *lines = gzip.decompress(kept(tmp_path)[0].read_bytes()).split(b"\n")
    assert json.loads(head)["url"] == URL
    assert lines == [b"two", b"lines"]


def test_answers_of_one_moment_are_all_kept(tmp_path: Path) -> None:
    first, second = RawAnswers(tmp_path), RawAnswers(tmp_path)
    keep(first, b"")
    keep(first, b"", source="rss")
    keep(second, b"b", source="API/../x é")
    names = [path.name.split("-")[1] for path in kept(tmp_path)]
    assert sorted(names) == ["apix", "oai", "rss"]


def test_the_day_is_utcs(tmp_path: Path) -> None:
    evening = datetime.fromisoformat("2026-11-21T20:30:00-05:00")
    keep(RawAnswers(tmp_path), at=evening)
    assert kept(tmp_path)[0].relative_to(tmp_path).parts[0] == "2026-11-22"


def test_the_first_answer_of_a_run_removes_those_over_a_week_old(tmp_path: Path) -> None:
    old = RawAnswers(tmp_path)
    for days in (30, 7.01, 6.99, 1):
        keep(old, at=NOW - timedelta(days=days))
    assert len(kept(tmp_path)) == 4  # a run removes once
    keep(RawAnswers(tmp_path))
    days = [path.parent.name for path in kept(tmp_path)]
    assert days == ["2026-11-15", "2026-11-21", "2026-11-22"]
    assert sorted(path.name for path in tmp_path.iterdir()) == days  # and no empty folder stays


def test_over_the_bound_the_oldest_go_first_and_this_runs_last(tmp_path: Path) -> None:
    before = RawAnswers(tmp_path / "raw")
    for hours in (3, 2, 1):
        keep(before, noise(MEGABYTE), at=NOW - timedelta(hours=hours))
    now = RawAnswers(tmp_path / "raw", max_bytes=4 * MEGABYTE)
    for minutes in range(3):
        keep(now, noise(MEGABYTE), at=NOW + timedelta(minutes=minutes))
        assert size_of(tmp_path) <= 4 * MEGABYTE
    assert numbers(tmp_path)[-3:] == [1, 2, 3]
    for minutes in range(3, 9):
        keep(now, noise(MEGABYTE), at=NOW + timedelta(minutes=minutes))
        assert size_of(tmp_path) <= 4 * MEGABYTE
    assert numbers(tmp_path) == [7, 8, 9]


def test_an_answer_over_the_bound_alone_is_not_kept(tmp_path: Path) -> None:
    keep(RawAnswers(tmp_path, max_bytes=MEGABYTE), noise(2 * MEGABYTE))
    assert kept(tmp_path) == []


def test_many_small_answers_are_bounded_by_the_blocks_they_take(tmp_path: Path) -> None:
    raw = RawAnswers(tmp_path, max_bytes=100 * 4096)
    for second in range(250):
        keep(raw, b"Rate exceeded.", at=NOW + timedelta(seconds=second))
    assert 80 <= len(kept(tmp_path)) <= 100
    assert numbers(tmp_path)[-1] == 250


def test_the_folder_is_looked_through_once_a_run_and_then_seldom(tmp_path: Path) -> None:
    """A file that is too old stays until somebody looks."""
    raw = RawAnswers(tmp_path, max_bytes=160 * 4096)
    keep(raw)

    def answers_until_it_goes(most: int) -> int:
        too_old = tmp_path / "2026-11-01" / "073005.000000-oai-1-1.gz"
        too_old.parent.mkdir()
        too_old.write_bytes(b"x")
        for number in range(most):
            if not too_old.exists():
                return number
            keep(raw)
        return most

    assert answers_until_it_goes(300) == 160
    assert answers_until_it_goes(300) >= 15


def test_what_a_killed_run_left_is_removed_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    old = tmp_path / "2026-11-01"
    old.mkdir()
    left = old / ".073005.000000-oai-17-3.gz.new"
    mine = old / "notes.txt"
    odd_time = old / "997799.000000-oai-17-3.gz"
    odd_day = tmp_path / "2026-13-99"
    odd_day.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (left, mine, odd_time, odd_day / "073005.000000-oai-1-1.gz"):
        path.write_bytes(b"x")
    (elsewhere / "073005.000000-oai-1-1.gz").write_bytes(b"x")
    (tmp_path / "2026-11-02").symlink_to(elsewhere)
    keep(RawAnswers(tmp_path, max_bytes=1))
    assert kept(tmp_path) == sorted(
        [
            mine,
            odd_time,
            odd_day / "073005.000000-oai-1-1.gz",
            elsewhere / "073005.000000-oai-1-1.gz",
        ]
    )


def test_a_folder_that_cannot_be_used_is_said_once_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    raw = RawAnswers(tmp_path / "file" / "raw")
    for _ in range(3):
        keep(raw)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == (
        f"{tmp_path}/file/raw: answers of arXiv are not kept there (Not a directory); "
        "nothing else depends on it"
    )


def test_a_file_in_the_place_of_a_days_folder_costs_that_day_only(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "2026-11-22").write_text("")
    raw = RawAnswers(tmp_path)
    keep(raw)
    keep(raw, at=NOW + timedelta(days=1))
    assert [path.parent.name for path in kept(tmp_path)] == [tmp_path.name, "2026-11-23"]
    assert len(caplog.records) == 1


FULL_DISK = """
import logging, random, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from pipeline.sources.raw import RawAnswers
logging.basicConfig(format="%(message)s")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
raw = RawAnswers(Path(sys.argv[1]))
for body in (b"small", random.randbytes(1_000_000), random.randbytes(1_000_000), b"small"):
    raw.keep(body, url="", status=200, headers={}, source="oai", at=datetime.now(UTC))
"""


def test_a_full_disk_leaves_no_half_file_and_is_said_once(tmp_path: Path) -> None:
    """The size of a file is limited here: to its writer the same as a full disk."""
    command = [sys.executable, "-W", "error", "-c", FULL_DISK, str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.split(" (")[1] for line in done.stderr.splitlines()] == [
        "File too large); nothing else depends on it"
    ]
    assert [read_answer(path)[1] for path in kept(tmp_path)] == [b"small", b"small"]


@pytest.mark.parametrize(
    "content",
    [
        None,
        b"",
        b"plain",
        gzip.compress(b"no head"),
        gzip.compress(b"[1]\nbody"),
        gzip.compress(noise(5000))[:-2000],
        gzip.compress(b"{}\nbody")[:12] + b"\xff" * 20,
    ],
    ids=["no file", "empty", "not packed", "no head", "a list for a head", "cut", "spoiled"],
)
def test_a_file_that_is_no_answer_is_refused_in_one_line(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "x.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match=r"x\.gz cannot be read as a kept answer") as caught:
        read_answer(path)
    assert "\n" not in str(caught.value)
