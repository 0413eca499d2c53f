from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from db.records import AnnounceType, FetchStatus
from pipeline.errors import RecordedDayError
from pipeline.outcome import Delivery
from pipeline.sources.recorded import (
    RecordedSource,
    find_recorded,
    read_day,
    read_papers,
    recorded_days,
)

DAY = date(2022, 6, 1)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "arxiv_id": f"2206.{number:05d}",
        "title": f"Paper {number}",
        "abstract": f"We prove {number}.",
        "authors": ["Ada Example", "Bob von Muster"],
        "categories": ["cs.LG", "stat.ML"],
        "comment": None,
        "published": None,
        "announced": "2022-06-01",
        "announce_type": "new",
    } | changes


def write(folder: Path, *rows: Any, name: str = "2022-06-01.jsonl") -> Path:
    body = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in rows
    )
    path = folder / name
    path.write_bytes(gzip.compress(body) if name.endswith(".gz") else body)
    return path


def fetch(folder: Path, day: date = DAY) -> Delivery:
    return RecordedSource(folder, now=lambda: NOW).fetch_day(day)


@pytest.mark.parametrize("name", ["2022-06-01.jsonl", "2022-06-01.jsonl.gz"])
def test_a_day_is_read_plain_and_gzipped(tmp_path: Path, name: str) -> None:
    write(tmp_path, row(1, published="2022-05-30"), row(2, announce_type="cross"), name=name)
    delivery = fetch(tmp_path)
    assert [paper.arxiv_id for paper in delivery.papers] == ["2206.00001", "2206.00002"]
    first, second = delivery.papers
    assert (first.published, first.announced) == (date(2022, 5, 30), DAY)
    assert first.authors == ("Ada Example", "Bob von Muster")
    assert second.announce_type is AnnounceType.CROSS
    assert (delivery.fetch.source, delivery.fetch.day) == ("recorded", DAY)
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 2)
    assert (delivery.fetch.problem, delivery.fetch.fetched_at) == ("", NOW)


def test_the_plain_file_counts_where_both_are_there(tmp_path: Path) -> None:
    write(tmp_path, row(1), name="2022-06-01.jsonl.gz")
    write(tmp_path, row(2))
    assert [paper.arxiv_id for paper in fetch(tmp_path).papers] == ["2206.00002"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "the line is not JSON"),
        (b"\xff\xfe", "the line is not UTF-8"),
        (b"[" * 100_000, "the line is not JSON"),
        (b"[1]", "expected an object, found [1]"),
        (row(title=3), "title is 3, not a text"),
        (row(title=" \n "), "title is empty"),
        (row(arxiv_id=None), "arxiv_id is missing"),
        (row(arxiv_id="2213.1"), 'arxiv_id is "2213.1", which is no identifier'),
        (row(abstract=["a"]), 'abstract is ["a"], not a text'),
        (row(authors="Ada"), 'authors is "Ada", not a list of texts'),
        (row(authors=["Ada", 1]), "not a list of texts"),
        (row(categories=None), "categories is null, not a list of texts"),
        (row(comment=False), "comment is false, not a text"),
        (row(published="20220601"), "not a date like 2022-06-01"),
        (row(published="2022-02-30"), "not a date like 2022-06-01"),
        (row(published=0), "not a date like 2022-06-01"),
        (row(announced="2022-06-02"), "the file is of 2022-06-01"),
        (row(announced=None), "announced is null"),
        (row(announce_type="old"), 'announce_type is "old", not new, cross or replace'),
        (row(announce_type=None), "announce_type is null"),
        (row(title=["x" * 5000]), "…, not a text"),
    ],
)
def test_a_broken_line_is_set_aside_with_its_place_and_the_rest_goes_on(
    tmp_path: Path, line: Any, said: str
) -> None:
    path = write(tmp_path, row(7), line, row(8))
    delivery = fetch(tmp_path)
    assert [paper.arxiv_id for paper in delivery.papers] == ["2206.00007", "2206.00008"]
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.PARTIAL, 2)
    assert delivery.fetch.problem == "1 line set aside"
    (report,) = delivery.set_aside
    assert report.startswith(f"{path}:2: ")
    assert said in report
    assert len(report) < len(str(path)) + 150


def test_unknown_keys_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(row(1, abstract_by="shortlist")).encode() + b"\r"
    write(tmp_path, marked, b"  ", row(2))
    assert fetch(tmp_path).fetch.status is FetchStatus.COMPLETE
    assert len(fetch(tmp_path).papers) == 2


def test_text_keeps_its_tex_and_loses_only_what_cannot_be_shown(tmp_path: Path) -> None:
    write(
        tmp_path,
        row(
            title="  Let's <think>\n about $i<j>k$ &amp; Poincar\\'e\u2028\x00\x1b[31m ",
            abstract="\ud800 \u202eevil\u202c ",
            comment="\x07 ",
            authors=["J\u0301o\u00a0 Me", "\x00"],
            arxiv_id="arXiv:2206.00001v3",
        ),
    )
    (paper,) = fetch(tmp_path).papers
    assert paper.title == "Let's <think> about $i<j>k$ &amp; Poincar\\'e [31m"
    assert (paper.abstract, paper.comment) == ("evil", None)
    assert paper.authors == ("J\u0301o Me",)
    assert paper.arxiv_id == "2206.00001"


def test_two_rows_about_one_paper_count_once_new_before_cross_before_replace(
    tmp_path: Path,
) -> None:
    write(tmp_path, row(1, announce_type="replace"), row(2), row(1, announce_type="cross"), row(2))
    delivery = fetch(tmp_path)
    assert [(paper.arxiv_id, paper.announce_type) for paper in delivery.papers] == [
        ("2206.00002", AnnounceType.NEW),
        ("2206.00001", AnnounceType.CROSS),
    ]
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 2)


def test_of_a_damaged_gzip_file_the_readable_part_is_kept(tmp_path: Path) -> None:
    path = write(tmp_path, *map(row, range(1, 2000)), name="2022-06-01.jsonl.gz")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    delivery = fetch(tmp_path)
    assert delivery.fetch.status is FetchStatus.PARTIAL
    assert 500 < len(delivery.papers) < 1500
    (report,) = delivery.set_aside
    assert report.startswith(f"{path}:{len(delivery.papers) + 1}: the gzip file is damaged")

    path.write_bytes(whole[:-8] + bytes(8))  # all there, but the checksum is wrong
    assert fetch(tmp_path).fetch.status is FetchStatus.PARTIAL
    assert len(fetch(tmp_path).papers) == 1999


@pytest.mark.parametrize("body", [b"no gzip at all", b"\x1f\x8b\x08\x00"])
def test_a_file_without_a_readable_line_fails(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "2022-06-01.jsonl.gz").write_bytes(body)
    delivery = fetch(tmp_path)
    assert (delivery.fetch.status, delivery.papers) == (FetchStatus.FAILED, ())
    assert "the gzip file is damaged" in delivery.set_aside[0]


def test_an_empty_file_for_a_day_with_a_mailing_fails(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert fetch(tmp_path).fetch.status is FetchStatus.FAILED
    assert fetch(tmp_path).fetch.problem == f"{path} holds no paper for a day with a mailing"


@pytest.mark.parametrize("day", [date(2022, 6, 4), date(2022, 6, 5), date(2022, 6, 21)])
def test_a_weekend_and_a_holiday_have_no_mailing(tmp_path: Path, day: date) -> None:
    delivery = fetch(tmp_path, day)
    assert (delivery.fetch.status, delivery.fetch.problem) == (FetchStatus.NO_MAILING, "")
    write(tmp_path, name=f"{day}.jsonl")
    assert fetch(tmp_path, day).fetch.status is FetchStatus.NO_MAILING


def test_a_day_that_was_not_recorded_fails_and_names_the_nearest(tmp_path: Path) -> None:
    assert fetch(tmp_path).fetch.problem == (
        f"not recorded in {tmp_path}; the folder has no recorded day"
    )
    for day in ("2022-05-27", "2022-05-31", "2022-06-03"):
        write(tmp_path, name=f"{day}.jsonl.gz")
    delivery = fetch(tmp_path)
    assert delivery.fetch.status is FetchStatus.FAILED
    assert delivery.fetch.problem == (
        f"not recorded in {tmp_path}; the nearest recorded are 2022-05-31 and 2022-06-03"
    )
    problem = fetch(tmp_path, date(2023, 1, 4)).fetch.problem
    assert problem.endswith("the nearest recorded is 2022-06-03")


def test_a_folder_that_is_not_there_fails_with_its_path(tmp_path: Path) -> None:
    delivery = fetch(tmp_path / "absent")
    assert delivery.fetch.status is FetchStatus.FAILED
    assert str(tmp_path / "absent") in delivery.fetch.problem
    with pytest.raises(RecordedDayError, match="No such file"):
        recorded_days(tmp_path / "absent")


def test_a_folder_in_the_place_of_a_file_fails_with_its_path(tmp_path: Path) -> None:
    (tmp_path / "2022-06-01.jsonl").mkdir()
    assert fetch(tmp_path).fetch.problem.endswith(
        "2022-06-01.jsonl cannot be read (Is a directory)"
    )


def test_recorded_days_are_sorted_and_other_files_are_none(tmp_path: Path) -> None:
    for name in ("2022-06-02.jsonl.gz", "2022-06-01.jsonl", "2022-06-01.jsonl.gz", "notes.md"):
        write(tmp_path, name=name)
    for name in ("2022-13-01.jsonl", "2022-06-03.json", "x2022-06-03.jsonl"):
        write(tmp_path, name=name)
    assert recorded_days(tmp_path) == (date(2022, 6, 1), date(2022, 6, 2))


def test_one_day_is_read_from_its_folder_or_said_to_be_missing(tmp_path: Path) -> None:
    path = write(tmp_path, row(1), b"{", row(1, announce_type="replace"))
    papers, (report,) = read_day(tmp_path, DAY)
    assert [paper.announce_type for paper in papers] == [AnnounceType.NEW]
    assert report.startswith(f"{path}:2: the line is not JSON")
    with pytest.raises(RecordedDayError, match=r"no recorded day 2022-06-02 in .* 2022-06-01"):
        read_day(tmp_path, date(2022, 6, 2))


def test_a_paper_is_found_by_its_identifier_with_its_abstract_if_any_day_has_it(
    tmp_path: Path,
) -> None:
    write(tmp_path, row(1, abstract=None), row(2, abstract=None, comment="2206.00003"))
    write(tmp_path, row(1, announced="2022-06-03"), b"{", name="2022-06-03.jsonl.gz")
    write(tmp_path, row(3, announced="2022-05-31"), name="2022-05-31.jsonl")
    (tmp_path / "2022-06-02.jsonl").mkdir()
    found = find_recorded(tmp_path, "2206.00001")
    assert found is not None
    assert (found.announced, found.abstract) == (date(2022, 6, 3), "We prove 1.")
    bare = find_recorded(tmp_path, "2206.00002")
    assert bare is not None
    assert bare.abstract is None
    # Recorded before its own month: no day can have announced it.
    assert find_recorded(tmp_path, "2206.00003") is None
    assert find_recorded(tmp_path, "2206.00004") is None


@pytest.mark.parametrize("name", ["papers.jsonl", "papers.jsonl.gz"])
def test_a_papers_file_needs_no_announcement(tmp_path: Path, name: str) -> None:
    bare = {"arxiv_id": "cs/0601001v1", "title": "Old", "authors": [], "categories": []}
    path = write(tmp_path, bare, {"arxiv_id": "cs/0601001"}, row(2), name=name)
    papers, set_aside = read_papers(path)
    assert [paper.arxiv_id for paper in papers] == ["cs/0601001", "2206.00002"]
    assert (papers[0].abstract, papers[0].published, papers[0].categories) == (None, None, ())
    assert set_aside == (f"{path}:2: title is missing",)


def test_a_papers_file_that_is_not_there_is_an_error_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(RecordedDayError, match=r"papers\.jsonl cannot be read \(No such file"):
        read_papers(tmp_path / "papers.jsonl")


@pytest.mark.shared
def test_a_real_day_is_complete(shared: Path) -> None:
    delivery = fetch(shared / "arxiv" / "days")
    assert (delivery.fetch.status, delivery.fetch.received) == (FetchStatus.COMPLETE, 367)
    kinds = [paper.announce_type for paper in delivery.papers]
    assert kinds.count(AnnounceType.NEW) == 211
    assert all(paper.abstract for paper in delivery.papers if paper.announce_type == "new")


@pytest.mark.shared
@pytest.mark.slow
def test_every_real_day_is_complete(shared: Path) -> None:
    folder = shared / "arxiv" / "days"
    for day in recorded_days(folder):
        assert fetch(folder, day).fetch.status is FetchStatus.COMPLETE
