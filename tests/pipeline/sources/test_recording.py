from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.records import AnnounceType, Paper
from pipeline.errors import RecordedDayError
from pipeline.sources.plain_text import plain_text
from pipeline.sources.recorded import read_day, recorded_days
from pipeline.sources.recording import record_day
from tests.builders import make_paper

DAY = date(2022, 6, 1)
FILE = "2022-06-01.jsonl.gz"

HOSTILE = (
    "On <think>$i<j>k$</think> and \\emph{$\\mathcal{O}(n^{2})$} \\& Poincar\\'e",
    "two\u2028lines\u2029and\u0085more\x0b\x0c\r\n\tof them",
    "a lone \ud800 surrogate and a pair \U0001f600",
    "\u202ereversed\u202c \x00\x1b[31m",
    '"quoted" \\ {"arxiv_id": "2206.00009"}',
    "zero\u200dwidth\ufeff",
    "İstanbul Ǆ ﬀ é é",
)


def paper(number: int = 1, announce_type: AnnounceType = AnnounceType.NEW) -> Paper:
    abstract = None if announce_type is AnnounceType.REPLACE else "We prove it."
    return make_paper(f"2206.{number:05d}", abstract=abstract, announce_type=announce_type)


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in gzip.open(folder / FILE).read().split(b"\n") if line]


def test_a_line_has_the_keys_of_the_format_in_their_order(tmp_path: Path) -> None:
    one = replace(paper(), published=date(2022, 5, 30), comment="9 pages")
    assert record_day(tmp_path, DAY, [one])
    (row,) = lines(tmp_path)
    assert list(row.items()) == [
        ("arxiv_id", "2206.00001"),
        ("title", "On Paper Number 2206 00001"),
        ("abstract", "We prove it."),
        ("authors", ["Dan Drafter", "Eve Editor"]),
        ("categories", ["cs.LG", "cs.CR"]),
        ("comment", "9 pages"),
        ("published", "2022-05-30"),
        ("announced", "2022-06-01"),
        ("announce_type", "new"),
    ]


def test_new_comes_before_cross_before_replace_and_then_the_identifier(tmp_path: Path) -> None:
    papers = [
        paper(5, AnnounceType.REPLACE),
        paper(4, AnnounceType.CROSS),
        paper(3),
        make_paper("cs/0601001", announce_type=AnnounceType.REPLACE),
        make_paper("1501.00001", announce_type=AnnounceType.REPLACE),
        make_paper("0704.0001", announce_type=AnnounceType.REPLACE),
        paper(2, AnnounceType.CROSS),
        paper(1),
    ]
    record_day(tmp_path, DAY, papers)
    assert [(row["announce_type"], row["arxiv_id"]) for row in lines(tmp_path)] == [
        ("new", "2206.00001"),
        ("new", "2206.00003"),
        ("cross", "2206.00002"),
        ("cross", "2206.00004"),
        ("replace", "cs/0601001"),
        ("replace", "0704.0001"),
        ("replace", "1501.00001"),
        ("replace", "2206.00005"),
    ]


def test_a_replacement_is_recorded_without_its_abstract(tmp_path: Path) -> None:
    known = make_paper("2206.00001", announce_type=AnnounceType.REPLACE)
    assert known.abstract
    record_day(tmp_path, DAY, [known])
    assert lines(tmp_path)[0]["abstract"] is None


def test_of_one_identifier_the_first_announcement_is_recorded(tmp_path: Path) -> None:
    record_day(tmp_path, DAY, [paper(1, AnnounceType.REPLACE), paper(1), paper(1)])
    assert [row["announce_type"] for row in lines(tmp_path)] == ["new"]


def test_recording_again_changes_nothing_and_says_so(tmp_path: Path) -> None:
    papers = [paper(number) for number in range(1, 9)]
    assert record_day(tmp_path / "days", DAY, papers)
    path = tmp_path / "days" / FILE
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    assert not record_day(tmp_path / "days", DAY, papers[::-1])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, stamp)
    assert record_day(tmp_path / "days", DAY, papers[1:])
    assert len(lines(tmp_path / "days")) == 7
    assert [path.name for path in (tmp_path / "days").iterdir()] == [FILE]


def test_the_head_of_the_file_names_no_time_file_or_system(tmp_path: Path) -> None:
    record_day(tmp_path, DAY, [paper()])
    assert (tmp_path / FILE).read_bytes()[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"


def test_nothing_announced_writes_no_file_and_empties_none(tmp_path: Path) -> None:
    assert not record_day(tmp_path / "days", DAY, [])
    assert not (tmp_path / "days").exists()
    record_day(tmp_path, DAY, [paper()])
    assert not record_day(tmp_path, DAY, [])
    assert len(lines(tmp_path)) == 1


def test_a_paper_without_a_title_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record_day(tmp_path, DAY, [paper(1), make_paper("2206.00002", title="\x00 \u202e")])
    assert len(lines(tmp_path)) == 1
    assert caplog.messages == ["2022-06-01: 2206.00002 is not recorded: its title is empty"]


def test_a_paper_of_another_day_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="announced on 2022-06-01, not on 2022-06-02"):
        record_day(tmp_path, date(2022, 6, 2), [paper()])
    assert list(tmp_path.iterdir()) == []


def test_a_plain_file_of_the_day_is_not_hidden_behind(tmp_path: Path) -> None:
    (tmp_path / "2022-06-01.jsonl").write_text("")
    with pytest.raises(
        RecordedDayError, match=r"jsonl is there, and would be read instead of .*gz"
    ):
        record_day(tmp_path, DAY, [paper()])


def in_a_file(folder: Path) -> Path:
    (folder / "file").write_text("")
    return folder / "file" / "days"


def on_a_folder(folder: Path) -> Path:
    (folder / FILE).mkdir()
    return folder


@pytest.mark.parametrize("make", [in_a_file, on_a_folder])
def test_a_folder_that_cannot_be_written_is_one_line(
    tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    with pytest.raises(RecordedDayError, match=r"2022-06-01\.jsonl\.gz cannot be written \(") as no:
        record_day(make(tmp_path), DAY, [paper()])
    assert "\n" not in str(no.value)


_texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=())))
_papers = st.lists(
    st.builds(
        Paper,
        arxiv_id=st.one_of(
            st.integers(1, 99_999).map(lambda number: f"2206.{number:05d}"),
            st.integers(1, 999).map(lambda number: f"math.GT/0601{number:03d}"),
        ),
        title=_texts,
        abstract=st.none() | _texts,
        authors=st.lists(_texts, max_size=4).map(tuple),
        categories=st.lists(st.sampled_from(["cs.LG", "stat.ML", "hep-th"])).map(tuple),
        comment=st.none() | _texts,
        published=st.none() | st.dates(),
        announced=st.just(DAY),
        announce_type=st.sampled_from(AnnounceType),
    ),
    unique_by=lambda one: one.arxiv_id,
)


def cleaned(one: Paper) -> Paper:
    """As every source hands papers over: plain texts, and no replacement's abstract."""
    is_replacement = one.announce_type is AnnounceType.REPLACE
    return replace(
        one,
        title=plain_text(one.title),
        abstract=None if is_replacement else plain_text(one.abstract or "") or None,
        authors=tuple(filter(None, map(plain_text, one.authors))),
        comment=plain_text(one.comment or "") or None,
    )


@settings(deadline=None)
@given(_papers, st.randoms())
def test_what_is_read_back_is_what_was_written_whatever_the_texts(
    papers: list[Paper], dice: random.Random
) -> None:
    expected = {one.arxiv_id: one for one in map(cleaned, papers) if one.title}
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert record_day(folder, DAY, papers) == bool(expected)
        if not expected:
            assert recorded_days(folder) == ()
            return
        first = (folder / FILE).read_bytes()
        found, set_aside = read_day(folder, DAY)
        assert set_aside == ()
        assert len(found) == len(expected)
        assert {one.arxiv_id: one for one in found} == expected
        assert not record_day(folder, DAY, found)
        dice.shuffle(papers)
        (folder / FILE).unlink()
        assert record_day(folder, DAY, papers)
        assert (folder / FILE).read_bytes() == first


def test_the_hostile_texts_come_back_as_they_are_shown(tmp_path: Path) -> None:
    papers = [make_paper(f"2206.{n:05d}", title=text) for n, text in enumerate(HOSTILE, start=1)]
    record_day(tmp_path, DAY, papers)
    assert [one.title for one in read_day(tmp_path, DAY)[0]] == [
        HOSTILE[0],
        "two lines and more of them",
        "a lone surrogate and a pair \U0001f600",
        "reversed [31m",
        HOSTILE[4],
        HOSTILE[5],
        HOSTILE[6],
    ]


@pytest.mark.shared
def test_a_real_day_is_recorded_as_it_was(shared: Path, tmp_path: Path) -> None:
    papers, _ = read_day(shared / "arxiv" / "days", DAY)
    record_day(tmp_path, DAY, papers)
    assert set(read_day(tmp_path, DAY)[0]) == set(papers)
