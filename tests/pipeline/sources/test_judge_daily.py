"""What becomes of a record in the harvest of a day: news, an update, or history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from db.records import AnnounceType, KnownPaper, Standing
from pipeline.sources.horizon import horizon_of
from pipeline.sources.oai_record import OaiRecord
from pipeline.sources.spine import category_of, judge_daily
from tests.pipeline.sources.records import (
    DAY,
    SUBMITTED,
    make_fetch,
    make_known,
    make_record,
    make_remembered,
)

FLOOR = "2611.10000"
THURSDAY = DAY - timedelta(days=1)
WHOLE = horizon_of([make_fetch(THURSDAY, highest_id=FLOOR)], since=DAY, today=DAY)


@pytest.mark.parametrize(
    ("record", "known", "standing"),
    [
        (make_record("2611.10001"), None, Standing.WAITING),
        (make_record("2611.10000"), None, Standing.HISTORY),
        (make_record("0704.0001", versions=12), None, Standing.HISTORY),
        (make_record("2611.10001", withdrawn=True), None, Standing.HISTORY),
        (make_record(versions=2), make_known(standing=Standing.TRIAGED), Standing.TRIAGED),
        (make_record(versions=2), make_known(standing=Standing.HISTORY), Standing.HISTORY),
        (make_record(versions=2), make_known(standing=Standing.WAITING), Standing.WAITING),
        (
            make_record(versions=2, withdrawn=True),
            make_known(standing=Standing.WAITING),
            Standing.HISTORY,
        ),
        (
            make_record(versions=2, withdrawn=True),
            make_known(standing=Standing.TRIAGED),
            Standing.TRIAGED,
        ),
        (make_record(), make_remembered(), Standing.TRIAGED),
    ],
    ids=[
        "above the line: news",
        "not above the line: history",
        "an old paper that somebody touched",
        "withdrawn before it was seen",
        "a replacement of one that was scored",
        "a replacement of history",
        "a replacement of one that waits",
        "withdrawn while it waits",
        "withdrawn after it was scored",
        "one of which little is remembered",
    ],
)
def test_what_becomes_of_a_record(
    record: OaiRecord, known: KnownPaper | None, standing: Standing
) -> None:
    change = judge_daily(record, known, WHOLE)
    assert change is not None
    assert change.standing is standing


def test_a_record_that_says_nothing_new_is_no_change() -> None:
    first = judge_daily(make_record("2611.10001"), None, WHOLE)
    assert first is not None
    known = replace(make_known("2611.10001", standing=Standing.WAITING), paper=first.paper)
    assert judge_daily(make_record("2611.10001"), known, WHOLE) is None


@pytest.mark.parametrize(
    ("said", "announced"),
    [
        ({}, DAY),
        # Held by moderation: above the highest of Thursday, so not announced before Friday.
        ({"submitted": SUBMITTED - timedelta(days=13)}, DAY),
        # Touched on Thursday, so it cannot have been announced on Friday.
        ({"datestamp": THURSDAY}, THURSDAY),
        # A Saturday is no announcement day: the calendar stands.
        ({"datestamp": date(2026, 11, 14)}, DAY),
    ],
    ids=["by the calendar", "held", "a mailing that the calendar missed", "touched on a weekend"],
)
def test_when_a_record_was_announced(said: dict[str, Any], announced: date) -> None:
    change = judge_daily(make_record("2611.10001", **said), None, WHOLE)
    assert change is not None
    assert (change.paper.announced, change.paper.estimated) == (announced, True)


def test_an_old_paper_is_a_cross_list_and_a_new_one_is_new() -> None:
    new = judge_daily(make_record("2611.10001", categories=("math.CO", "cs.LG")), None, WHOLE)
    assert new is not None
    assert new.paper.announce_type is AnnounceType.NEW
    old = judge_daily(
        make_record("2601.00001", submitted=datetime(2026, 1, 5, tzinfo=UTC)),
        make_known("2601.00001", announce_type=AnnounceType.CROSS, announced=DAY),
        WHOLE,
    )
    assert old is not None
    assert old.paper.announce_type is AnnounceType.CROSS


@pytest.mark.parametrize(
    ("spec", "category"),
    [
        ("cs:cs:LG", "cs.LG"),
        ("stat:stat:ML", "stat.ML"),
        ("physics:hep-th", "hep-th"),
        ("physics:cond-mat:mtrl-sci", "cond-mat.mtrl-sci"),
        ("math", "math"),
    ],
)
def test_a_set_means_a_category(spec: str, category: str) -> None:
    assert category_of(spec) == category
