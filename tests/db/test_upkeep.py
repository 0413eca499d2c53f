"""What is forgotten: old and without consequence; nothing else."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db.dump import dump_files
from db.ledger import Ledger
from db.papers import PaperChange
from db.queue import Queue
from db.records import Standing, State
from db.upkeep import Upkeep
from tests.db.builders import (
    DAY,
    NOW,
    make_candidate,
    make_decision,
    make_fetch,
    make_paper,
    make_run,
    make_scoring,
)

OLD, TOMORROW = DAY - timedelta(days=100), DAY + timedelta(days=1)


@pytest.fixture
def upkeep(engine) -> Upkeep:
    return Upkeep(engine)


@pytest.fixture
def lived(engine, queue, papers) -> Queue:
    """One paper of each kind, all of them old but one."""
    kinds = ("queued", "sampled", "seen")
    old = {kind: f"2202.0000{number}" for number, kind in enumerate(kinds)}
    queue.record(
        [make_paper(arxiv_id, announced=OLD) for arxiv_id in old.values()],
        [make_candidate(paper=make_paper(old["queued"], announced=OLD))],
        now=NOW,
        sampled={old["sampled"]: 20.0},
    )
    queue.record([make_paper("2206.00001")], [], now=NOW)
    queue.remember([make_paper("2202.00008", announced=OLD)], now=NOW)
    history = PaperChange(
        paper=make_paper("2105.00001", announced=date(2021, 5, 3)), standing=Standing.HISTORY
    )
    papers.take([], lambda _known: [history], now=NOW)
    return queue


def test_only_what_was_seen_and_came_to_nothing_is_named(lived, upkeep):
    later = NOW + timedelta(seconds=1)
    assert upkeep.seen_before(DAY, history=later) == ("2105.00001", "2202.00002")
    assert upkeep.seen_before(DAY, history=NOW) == ("2202.00002",)
    assert upkeep.seen_before(TOMORROW, history=NOW) == ("2202.00002", "2206.00001")
    assert upkeep.texts_before(DAY) == ("2202.00002",)
    assert upkeep.newest_day() == DAY


def test_an_empty_database_has_nothing_to_forget(upkeep):
    assert (upkeep.newest_day(), upkeep.seen_before(TOMORROW, history=NOW)) == (None, ())


def test_only_what_came_to_nothing_is_forgotten_whatever_is_asked(lived, upkeep, papers):
    everything = ["2202.00000", "2202.00001", "2202.00002", "2202.00008", "2206.00001", "none"]
    assert upkeep.forget_papers(everything) == 2
    assert set(papers.known(everything)) == {"2202.00000", "2202.00001", "2202.00008"}
    assert lived.get("2202.00000").state is State.PENDING
    assert [each.paper.arxiv_id for each in lived.training_sample()] == [
        "2202.00000",
        "2202.00001",
    ]


def test_more_than_one_statement_can_name_is_forgotten(queue, upkeep):
    count = 1_001
    queue.record([make_paper(f"2206.{number:05}") for number in range(count)], [], now=NOW)
    assert upkeep.forget_papers(upkeep.seen_before(TOMORROW, history=NOW)) == count


def test_without_its_text_a_paper_is_what_it_is_after_a_load(lived, upkeep, engine, papers):
    before = dump_files(engine)
    assert upkeep.forget_texts([*upkeep.texts_before(DAY), "2202.00000", "2202.00008"]) == 1
    known = papers.known(["2202.00002", "2206.00001", "2202.00000"])
    assert {arxiv_id: each.paper is None for arxiv_id, each in known.items()} == {
        "2202.00000": False,
        "2202.00002": True,
        "2206.00001": False,
    }
    # The state did not have the text either, so nothing changes there.
    assert dump_files(engine) == before
    assert upkeep.texts_before(DAY) == ()


def test_old_lines_go_and_what_people_decided_stays(lived, upkeep, engine):
    ledger = Ledger(engine)
    ledger.record([make_fetch(day=OLD), make_fetch(day=DAY)])
    lived.record(
        [],
        [],
        now=NOW,
        scorings=[make_scoring("2202.00002", announced=OLD), make_scoring("2206.00001")],
    )
    lived.mark_handled("comment:1", now=NOW - timedelta(days=500))
    lived.mark_handled("comment:2", now=NOW)
    lived.decide(make_decision("2202.00000", decided_at=NOW - timedelta(days=500)))
    ledger.record_run(make_run(started_at=NOW - timedelta(days=99)))
    ledger.record_run(make_run(started_at=NOW - timedelta(days=98)))
    gone = upkeep.forget_lines(
        fetches_before=DAY,
        scorings_before=DAY,
        runs_before=NOW,
        requests_before=NOW - timedelta(days=400),
    )
    assert gone == 4
    assert [fetch.day for fetch in ledger.days(since=OLD)] == [DAY]
    assert lived.scoring("2202.00002") is None
    assert lived.scoring("2206.00001") is not None
    assert len(lived.history("2202.00000")) == 1
    assert [run.started_at for run in ledger.last_runs()] == [NOW - timedelta(days=98)]


def test_making_room_changes_nothing_that_is_kept(lived, upkeep, engine):
    before = dump_files(engine)
    upkeep.compact()
    assert dump_files(engine) == before
