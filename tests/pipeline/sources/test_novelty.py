from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeline.sources.novelty import (
    Announcement,
    Judgement,
    Novelty,
    NoveltyReason,
    announcement_of,
    highest_of,
    is_above,
    judge_item,
    judge_novelty,
)
from pipeline.sources.oai_record import OaiRecord, Version
from pipeline.sources.rss import FeedItem, FeedType

TODAY = date(2026, 11, 20)
SUBMITTED = datetime(2026, 11, 18, 10, tzinfo=UTC)
HIGHEST = "2611.12000"


def make_record(
    arxiv_id: str = "2611.12001",
    *,
    versions: int = 1,
    submitted: datetime = SUBMITTED,
    withdrawn: bool = False,
    datestamp: date = TODAY,
) -> OaiRecord:
    return OaiRecord(
        arxiv_id=arxiv_id,
        datestamp=datestamp,
        sets=("cs:cs:LG",),
        title="A title",
        abstract=None,
        authors=(),
        categories=("cs.LG",),
        comment=None,
        versions=tuple(
            Version(
                number=number,
                submitted=submitted + timedelta(hours=number - 1),
                size_kb=13,
                source_type="I" if withdrawn and number == versions else "",
            )
            for number in range(1, versions + 1)
        ),
        withdrawn=withdrawn,
        license="",
        dois=(),
        journal_ref=None,
    )


def judge(record: OaiRecord, **changes: Any) -> Judgement:
    settings: dict[str, Any] = {
        "known_version": None,
        "word": None,
        "highest_id": HIGHEST,
        "today": TODAY,
    }
    return judge_novelty(record, **(settings | changes))


NEW_BY_ID = Judgement(novelty=Novelty.NEW, reason=NoveltyReason.HIGHER_ID)
NEW_BY_FEED = Judgement(novelty=Novelty.NEW, reason=NoveltyReason.FEED)
NEW_AT_FIRST = Judgement(novelty=Novelty.NEW, reason=NoveltyReason.RECENT)
UPDATE = Judgement(novelty=Novelty.UPDATE, reason=NoveltyReason.NEW_VERSION)
TOUCHED = Judgement(novelty=Novelty.KNOWN, reason=NoveltyReason.TOUCHED)
OLD = Judgement(novelty=Novelty.KNOWN, reason=NoveltyReason.OLD)


def test_a_record_is_new_if_its_identifier_is_above_the_highest_of_the_last_complete_day() -> None:
    assert judge(make_record("2611.12001")) == NEW_BY_ID
    assert judge(make_record("2612.00001")) == NEW_BY_ID
    assert judge(make_record("2611.12000")) == OLD
    assert judge(make_record("2611.00001")) == OLD


@pytest.mark.parametrize("word", [FeedType.NEW, FeedType.CROSS])
def test_a_record_is_new_if_rss_calls_it_new_or_cross(word: FeedType) -> None:
    assert judge(make_record("2611.00001"), word=word) == NEW_BY_FEED
    assert judge(make_record("1706.03762", versions=7), word=word) == NEW_BY_FEED


@pytest.mark.parametrize("word", [FeedType.REPLACE, FeedType.REPLACE_CROSS])
def test_a_replacement_in_rss_makes_nothing_new_and_nothing_old(word: FeedType) -> None:
    assert judge(make_record("2611.00001", versions=2), word=word) == OLD
    assert judge(make_record("2611.12001", versions=2), word=word) == NEW_BY_ID


def test_a_paper_announced_and_replaced_since_the_last_complete_day_is_new() -> None:
    assert judge(make_record("2611.12001", versions=2)) == NEW_BY_ID


def test_a_held_paper_with_an_old_submission_date_is_new_by_its_identifier() -> None:
    held = make_record("2611.12001", submitted=SUBMITTED - timedelta(days=60))
    assert judge(held) == NEW_BY_ID


@pytest.mark.parametrize(
    ("arxiv_id", "age_days", "judgement"),
    [
        ("2611.11000", 0, NEW_AT_FIRST),
        ("2611.11000", 13, NEW_AT_FIRST),
        ("2611.11000", 14, OLD),
        ("2611.00010", 20, OLD),
        ("2610.31000", 13, OLD),
        ("1706.03762", 3000, OLD),
        ("hep-th/9901001", 9000, OLD),
    ],
)
def test_on_the_first_run_a_record_is_new_if_its_month_is_current_and_it_is_under_14_days_old(
    arxiv_id: str, age_days: int, judgement: Judgement
) -> None:
    submitted = datetime(2026, 11, 20, 10, tzinfo=UTC) - timedelta(days=age_days)
    assert judge(make_record(arxiv_id, submitted=submitted), highest_id="") == judgement


@pytest.mark.parametrize(
    ("today", "arxiv_id", "judgement"),
    [
        # Recorded: every listing of these days has identifiers of the month before.
        (date(2021, 12, 1), "2111.15000", NEW_AT_FIRST),
        (date(2022, 1, 3), "2112.15000", NEW_AT_FIRST),
        (date(2022, 1, 4), "2112.15000", OLD),
        (date(2022, 1, 4), "2201.00005", NEW_AT_FIRST),
        (date(2022, 1, 2), "2112.15000", NEW_AT_FIRST),
    ],
)
def test_the_first_listing_of_a_month_still_has_identifiers_of_the_last(
    today: date, arxiv_id: str, judgement: Judgement
) -> None:
    submitted = datetime(today.year, today.month, today.day, tzinfo=UTC) - timedelta(days=2)
    record = make_record(arxiv_id, submitted=submitted)
    assert judge(record, highest_id="", today=today) == judgement


def test_after_the_first_run_youth_makes_nothing_new() -> None:
    assert judge(make_record("2611.11999")) == OLD


def test_a_first_run_that_harvests_2000_old_touched_records_takes_none_for_new() -> None:
    records = [
        make_record(
            f"{year:02d}{month:02d}.{number:05d}",
            versions=1 + number % 3,
            submitted=datetime(2000 + year, month, 10, tzinfo=UTC),
        )
        for year in range(15, 26)
        for month in range(1, 13)
        for number in range(1, 17)
    ]
    assert len(records) > 2000
    assert {judge(record, highest_id="").novelty for record in records} == {Novelty.KNOWN}


@pytest.mark.parametrize("word", [None, *FeedType])
@pytest.mark.parametrize("highest_id", ["", HIGHEST])
def test_a_new_version_of_a_known_paper_is_an_update_and_never_new(
    word: FeedType | None, highest_id: str
) -> None:
    record = make_record("2611.12001", versions=3)
    for known_version in (0, 1, 2):
        found = judge(record, known_version=known_version, word=word, highest_id=highest_id)
        assert found == UPDATE


@pytest.mark.parametrize("word", [None, *FeedType])
def test_a_known_paper_with_a_journal_reference_added_is_only_touched(
    word: FeedType | None,
) -> None:
    assert judge(make_record("2611.12001", versions=2), known_version=2, word=word) == TOUCHED
    assert judge(make_record("2611.12001", versions=2), known_version=3, word=word) == TOUCHED


def test_a_withdrawal_and_its_end_are_updates() -> None:
    assert judge(make_record(versions=2, withdrawn=True), known_version=1) == UPDATE
    assert judge(make_record(versions=3), known_version=2) == UPDATE


def test_old_style_identifiers_are_never_above_new_ones_and_count_per_archive() -> None:
    assert judge(make_record("hep-th/0703001")) == OLD
    assert not is_above("hep-th/9901001", "2611.12000")
    assert is_above("0704.0001", "math/0703999")
    assert is_above("math/0703002", "math/0703001")
    assert is_above("math/0701001", "math/9912999")
    assert not is_above("hep-th/0703999", "math/0703001")
    assert is_above("hep-th/0703001", "math/0702999")


def test_the_highest_identifier_is_the_one_given_last() -> None:
    assert highest_of(["2512.31000", "2601.00001", "math/0703001"]) == "2601.00001"
    assert highest_of([]) == ""


def make_item(feed_type: FeedType, *, version: int = 1) -> FeedItem:
    return FeedItem(
        arxiv_id="2611.12001",
        version=version,
        feed_type=feed_type,
        day=TODAY,
        title="A title",
        abstract=None,
        authors=(),
        categories=("cs.LG",),
        license="",
        doi="",
        journal_ref=None,
    )


def test_what_a_feed_announces_is_judged_before_the_harvest_has_it() -> None:
    assert judge_item(make_item(FeedType.NEW), known_version=None) == NEW_BY_FEED
    assert judge_item(make_item(FeedType.CROSS, version=4), known_version=None) == NEW_BY_FEED
    assert judge_item(make_item(FeedType.REPLACE, version=2), known_version=None) == OLD
    assert judge_item(make_item(FeedType.REPLACE, version=2), known_version=1) == UPDATE
    assert judge_item(make_item(FeedType.CROSS, version=2), known_version=2) == TOUCHED


def test_the_announcement_day_follows_from_the_first_version_and_is_marked_estimated() -> None:
    # Wednesday 18 November, 5:00 in the east: announced that evening, listed on Thursday.
    expected = Announcement(day=date(2026, 11, 19), estimated=True)
    assert announcement_of(make_record()) == expected
    assert announcement_of(make_record(versions=4)) == expected
    friday = make_record(submitted=datetime(2026, 11, 20, 20, tzinfo=UTC))
    assert announcement_of(friday).day == date(2026, 11, 24)


def test_a_replacement_years_later_does_not_move_the_announcement_day() -> None:
    record = make_record("1706.03762", submitted=datetime(2017, 6, 12, 17, tzinfo=UTC), versions=7)
    assert announcement_of(record) == Announcement(day=date(2017, 6, 13), estimated=True)


def test_a_fresh_feed_names_the_day_itself() -> None:
    held = make_record(submitted=SUBMITTED - timedelta(days=13))
    assert announcement_of(held, feed_day=TODAY) == Announcement(day=TODAY, estimated=False)


def test_a_held_paper_was_announced_after_the_day_its_identifier_is_above() -> None:
    held = make_record(submitted=datetime(2026, 11, 3, tzinfo=UTC))
    assert announcement_of(held).day == date(2026, 11, 4)
    assert announcement_of(held, after=date(2026, 11, 19)).day == date(2026, 11, 20)
    assert announcement_of(held, after=date(2026, 11, 20)).day == date(2026, 11, 23)
    assert announcement_of(make_record(), after=date(2026, 11, 2)).day == date(2026, 11, 19)


def test_a_paper_held_into_another_month_was_announced_in_the_month_of_its_identifier() -> None:
    # 2511.07430: submitted on 2025-10-30, announced on 2025-11-12.
    held = make_record("2511.07430", submitted=datetime(2025, 10, 30, tzinfo=UTC))
    assert announcement_of(held).day == date(2025, 11, 3)
    assert announcement_of(held, after=date(2025, 11, 11)).day == date(2025, 11, 12)
