"""Clock, corpus, oracle, log, recorded days, the control interface and the program."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import requests

from db.records import AnnounceType
from pipeline.sources.calendar import is_announcement_day
from tests.arxiv_emulator import SIZES, Emulator, View, corpus_of_days, make_corpus
from tests.arxiv_emulator.clock import Clock, announced
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator_tests.conftest import Get, Start
from tests.arxiv_emulator_tests.harvest import harvest
from tests.builders import make_paper, write_day

PROJECT = Path(__file__).resolve().parents[2]
LIST = {"verb": "ListRecords", "metadataPrefix": "arXivRaw"}


def test_the_clock_stands_until_it_is_moved() -> None:
    clock = Clock(datetime(2026, 10, 31, 12, tzinfo=UTC))
    assert clock.now() == clock.now()
    assert clock.advance(hours=36) == datetime(2026, 11, 2, tzinfo=UTC)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(hours=-1)


def test_announcements_follow_the_end_of_daylight_saving() -> None:
    assert announced(date(2026, 10, 30)) == datetime(2026, 10, 30, 0, tzinfo=UTC)
    assert announced(date(2026, 11, 2)) == datetime(2026, 11, 2, 1, tzinfo=UTC)


def test_the_next_announcement_day_skips_weekends_and_holidays() -> None:
    clock = Clock(datetime(2026, 11, 25, 23, tzinfo=UTC))
    days = [clock.advance_to_announcement_day() for _ in range(3)]
    assert all(map(is_announcement_day, days))
    assert days == sorted(days)
    assert date(2026, 11, 27) not in days


@pytest.mark.slow
def test_a_hundred_thousand_papers_are_made_and_served_in_no_time(start: Start, get: Get) -> None:
    assert len(make_corpus(**SIZES["day"])) == 2800
    bulk = make_corpus(**SIZES["bulk"])
    assert len(bulk) == 100_000
    emulator = start(corpus=bulk)
    page = get(emulator.oai_url, from_="2026-10-20", set="cs", **LIST)
    assert page.text.count("<record>") == 2500


def test_a_corpus_has_everything_that_happens_to_papers() -> None:
    corpus = make_corpus(days=10, new=60, replaced=60)
    changes = [change for paper in corpus for change in paper.changes]
    kinds = {change.version.source_type for change in changes if change.version}
    held = [
        paper
        for paper in corpus
        if paper.changes[0].version is not None
        and paper.changes[0].at - paper.changes[0].version.submitted > timedelta(days=12)
    ]
    assert {change.action.value for change in changes} == {
        "new", "cross", "replace", "absonly", "wdr",
    }  # fmt: skip
    assert kinds == {"", "D", "I"}
    assert len(held) > 10
    assert any("/" in paper.arxiv_id for paper in corpus)


def test_identifiers_of_two_months_come_in_one_mailing() -> None:
    corpus = make_corpus(first=date(2026, 10, 1), days=1, new=30, known=0)
    months = {paper.arxiv_id[:4] for paper, _ in corpus.mailing(date(2026, 10, 1))}
    assert months == {"2609", "2610"}


def test_the_oracle_knows_a_paper_when_the_first_view_shows_it(start: Start) -> None:
    day = date(2026, 10, 8)
    emulator = start(now=announced(day))
    assert emulator.oracle.new(day) == frozenset()
    emulator.clock.advance(hours=2.5)
    assert len(emulator.oracle.new(day)) == 20
    assert emulator.oracle.new(day, ["cs.LG"]) < emulator.oracle.new(day)
    assert emulator.oracle.reach(View.API) < set(emulator.oracle.papers())


# The log


def test_spacing_is_measured_from_the_end_of_one_request_to_the_next(
    start: Start, get: Get
) -> None:
    emulator = start()
    for _ in range(3):
        get(emulator.oai_url, verb="Identify")
        time.sleep(0.05)
    assert emulator.log.violations(spacing_seconds=0.03) == ()
    found = emulator.log.violations(spacing_seconds=3.0)
    assert len(found) == 2
    assert "request 2 came 0.0" in found[0]


def test_a_client_that_closes_each_connection_breaks_no_terms(start: Start, get: Get) -> None:
    emulator = start()
    for _ in range(100):
        get(emulator.oai_url, verb="Identify")
    assert emulator.log.violations(spacing_seconds=0) == ()


def test_a_second_connection_is_a_violation(start: Start, get: Get) -> None:
    emulator = start()
    with requests.Session() as session:
        session.get(emulator.oai_url, params={"verb": "Identify"}, timeout=5)  # kept open
        get(emulator.oai_url, verb="Identify")
    assert [row.others for row in emulator.log.requests] == [0, 1]
    assert "beside 1 other connection" in emulator.log.violations(spacing_seconds=0)[0]


def test_going_on_after_403_and_saying_no_name_are_violations(start: Start) -> None:
    emulator = start("F6")
    for _ in range(2):
        headers = {"User-Agent": None, "Accept": None, "Connection": "close"}
        requests.get(emulator.api_url, headers=headers, timeout=5)
    found = emulator.log.violations(spacing_seconds=0)
    assert any("after request 1 was answered 403" in line for line in found)
    assert any("says no Accept" in line for line in found)


def test_a_client_can_be_stopped_at_any_request() -> None:
    seen: list[int] = []
    with Emulator(make_corpus(), on_request=lambda row: seen.append(row.request.number)) as it:
        requests.get(it.oai_url, params={"verb": "Identify"}, timeout=5)
        assert it.log.wait_for(1, timeout_seconds=1)
        assert not it.log.wait_for(2, timeout_seconds=0.05)
    assert seen == [1]


def test_a_restart_keeps_the_port_and_the_papers(start: Start, get: Get) -> None:
    emulator = start()
    before = harvest(get, emulator.oai_url)
    emulator.restart(seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        get(emulator.oai_url, verb="Identify")
    time.sleep(0.2)
    assert harvest(get, emulator.oai_url) == before


# Recorded days


def test_recorded_days_are_served_by_all_three(tmp_path: Path, start: Start, get: Get) -> None:
    first, second = date(2022, 6, 1), date(2022, 6, 2)
    new = make_paper("2206.00001", title="Fresh & <think>", announced=first)
    old = make_paper(
        "2104.00001", abstract=None, announced=first, announce_type=AnnounceType.REPLACE
    )
    again = make_paper("2206.00001", announced=second, announce_type=AnnounceType.REPLACE)
    write_day(tmp_path, [new, old], day=first)
    write_day(tmp_path, [again], day=second)
    emulator = start(corpus=corpus_of_days(tmp_path, last=first))
    assert emulator.oracle.new(first) == {"2206.00001"}
    assert set(harvest(get, emulator.oai_url, from_="2022-06-01")) == {"2206.00001", "2104.00001"}
    feed = get(f"{emulator.rss_url}/cs.LG").text
    assert "2206.00001v1" in feed
    assert "2104.00001v2" in feed
    window = "submittedDate:[202205301800 TO 202205311800]"
    found = get(emulator.api_url, search_query=f"cat:cs.LG AND {window}").text
    assert "Fresh &amp; &lt;think&gt;" in found
    both = corpus_of_days(tmp_path)
    assert [len(paper.changes) for paper in both] == [2, 2]


@pytest.mark.shared
def test_real_recorded_days_are_all_there(shared: Path, start: Start, get: Get) -> None:
    folder = shared / "arxiv" / "days"
    days = (date(2022, 6, 1), date(2022, 6, 2))
    corpus = corpus_of_days(folder, first=days[0], last=days[1])
    emulator = start(corpus=corpus)
    found = harvest(get, emulator.oai_url, from_="2022-06-01")
    announced_ids = {paper.arxiv_id for day in days for paper, _ in corpus.mailing(day)}
    assert set(found) == announced_ids
    assert len(announced_ids) > 200


# The program


def test_the_program_serves_until_it_is_told_to_stop(tmp_path: Path, get: Get) -> None:
    day = date(2022, 6, 1)
    write_day(tmp_path, [make_paper(announced=day)], day=day)
    command = [sys.executable, "-m", "tests.arxiv_emulator", "--json", "--days", str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout is not None
            urls = json.loads(program.stdout.readline())
            assert harvest(get, urls["oai_url"], from_="2022-06-01") == ["2206.00001"]
        finally:
            program.terminate()
        assert program.wait(timeout=10) == 0


def test_the_program_lists_the_faults_and_refuses_what_is_not_there(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.arxiv_emulator", *arguments]
        return subprocess.run(
            command, cwd=PROJECT, capture_output=True, text=True, timeout=30, check=False
        )

    listed = run("--list-faults")
    assert len(listed.stdout.split("\n")) == 41
    refused = run("--days", str(tmp_path / "nowhere"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("arxiv-emulator: ")
    assert "Traceback" not in refused.stderr


def test_an_empty_corpus_is_an_arxiv_too(start: Start, get: Get) -> None:
    emulator = start(corpus=Corpus())
    assert "noRecordsMatch" in get(emulator.oai_url, **LIST).text
    assert get(f"{emulator.rss_url}/cs.LG").status_code == 200
    assert "totalResults>0<" in get(emulator.api_url, search_query="cat:cs.LG").text
