"""Whatever the file's fate, people get one clear line and lose nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import event

from db.engine import open_database
from db.errors import DatabaseUnavailableError
from db.ledger import Ledger
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import CandidateFilter, EntryEdit, Standing, State
from tests.db.builders import (
    DAY,
    NOW,
    make_candidate,
    make_decision,
    make_fetch,
    make_harvest,
    make_paper,
    make_run,
)

ID = "2206.00001"
QUEUE = {
    "add": lambda queue: queue.add(make_candidate("2206.00002"), reviewer="ada", now=NOW),
    "added": lambda queue: queue.added(since=NOW),
    "approved": lambda queue: queue.approved(),
    "candidates": lambda queue: queue.candidates(),
    "close_listed": lambda queue: queue.close_listed([ID], now=NOW),
    "counts": lambda queue: queue.counts(),
    "day_counts": lambda queue: queue.day_counts([State.PENDING]),
    "decide": lambda queue: queue.decide(make_decision()),
    "decide_all": lambda queue: queue.decide_all([make_decision()]),
    "edit": lambda queue: queue.edit(ID, EntryEdit(venue="X"), reviewer="ada", now=NOW),
    "expire": lambda queue: queue.expire(before=NOW, now=NOW),
    "get": lambda queue: queue.get(ID),
    "handled": lambda queue: queue.handled(["comment:1"]),
    "history": lambda queue: queue.history(ID),
    "labels": lambda queue: queue.labels(),
    "mark_handled": lambda queue: queue.mark_handled("comment:1", now=NOW),
    "mark_published": lambda queue: queue.mark_published([ID], commit="abc", now=NOW),
    "page": lambda queue: queue.page(CandidateFilter(text="one"), limit=1),
    "paper": lambda queue: queue.paper(ID),
    "pending": lambda queue: queue.pending(),
    "recent": lambda queue: queue.recent(limit=1),
    "record": lambda queue: queue.record([make_paper()], [], now=NOW),
    "remember": lambda queue: queue.remember([make_paper()], now=NOW),
    "scoring": lambda queue: queue.scoring(ID),
    "seen_ids": lambda queue: queue.seen_ids([ID]),
    "titles": lambda queue: queue.titles(),
    "topic_counts": lambda queue: queue.topic_counts([State.PENDING]),
    "training_sample": lambda queue: queue.training_sample(),
    "undo": lambda queue: queue.undo(ID, reviewer="ada", now=NOW),
    "waiting": lambda queue: queue.waiting(),
    "work": lambda queue: queue.work(NOW),
}
LEDGER = {
    "complete_days": lambda ledger: ledger.complete_days("oai", since=DAY),
    "days": lambda ledger: ledger.days(since=DAY),
    "get": lambda ledger: ledger.get("oai", DAY),
    "incomplete": lambda ledger: ledger.incomplete("oai", since=DAY),
    "last_complete": lambda ledger: ledger.last_complete("oai"),
    "last_runs": lambda ledger: ledger.last_runs(),
    "last_successes": lambda ledger: ledger.last_successes(),
    "record": lambda ledger: ledger.record([make_fetch()]),
    "record_run": lambda ledger: ledger.record_run(make_run()),
}
PAPERS = {
    "announced_on": lambda papers: papers.announced_on(DAY),
    "announced_since": lambda papers: papers.announced_since(DAY),
    "days": lambda papers: papers.days(),
    "forget": lambda papers: papers.forget("cs"),
    "harvest": lambda papers: papers.harvest("cs"),
    "keep": lambda papers: papers.keep(make_harvest()),
    "known": lambda papers: papers.known([ID]),
    "revised_since": lambda papers: papers.revised_since(DAY),
    "take": lambda papers: papers.take([ID], told_again, now=NOW, harvest=make_harvest()),
}
BROUGHT_BACK = r"is damaged .*`shortlist state load --replace` moves it aside"
WRITERS = (
    "add",
    "close_listed",
    "decide",
    "decide_all",
    "edit",
    "mark_handled",
    "mark_published",
    "record",
    "remember",
)


def told_again(_known):
    return [PaperChange(paper=make_paper(ID, title="Again"), standing=Standing.TRIAGED)]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "queue.db"


@pytest.fixture
def url(path):
    engine = open_database(f"sqlite:///{path}")
    Queue(engine).record([], [make_candidate()], now=NOW)
    return f"sqlite:///{path}"


@contextmanager
def locked(path, *, from_readers=False):
    """Another process's lock: against writers, or against everybody."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        if from_readers:
            other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE papers SET comment = 'half-way'")
        yield
        other.execute("ROLLBACK")


def public_methods(kind):
    return {name for name in dir(kind) if not name.startswith("_")}


def test_every_method_is_tried():
    assert public_methods(Queue) == set(QUEUE)
    assert public_methods(Ledger) == set(LEDGER)
    assert public_methods(PaperStore) == set(PAPERS)


@pytest.mark.parametrize("method", QUEUE)
def test_a_locked_queue_is_one_clear_line(url, path, method):
    queue = Queue(open_database(url, busy_timeout_seconds=0.01))
    with locked(path, from_readers=True):
        with pytest.raises(DatabaseUnavailableError) as caught:
            QUEUE[method](queue)
        assert str(caught.value) == f"the database {path} is locked by another process: try again"
    assert queue.pending() == (make_candidate(),)


@pytest.mark.parametrize("method", LEDGER)
def test_a_locked_ledger_is_one_clear_line(url, path, method):
    ledger = Ledger(open_database(url, busy_timeout_seconds=0.01))
    with (
        locked(path, from_readers=True),
        pytest.raises(DatabaseUnavailableError, match="is locked by another process"),
    ):
        LEDGER[method](ledger)


@pytest.mark.parametrize("method", PAPERS)
def test_locked_papers_are_one_clear_line(url, path, method):
    papers = PaperStore(open_database(url, busy_timeout_seconds=0.01))
    with (
        locked(path, from_readers=True),
        pytest.raises(DatabaseUnavailableError, match="is locked by another process"),
    ):
        PAPERS[method](papers)
    assert papers.known([ID])[ID].paper == make_paper()
    assert papers.harvest("cs") is None


@pytest.mark.parametrize("method", ["forget", "keep", "take"])
def test_a_page_beside_a_writer_is_one_clear_line(url, path, method):
    papers = PaperStore(open_database(url, busy_timeout_seconds=0.01))
    with (
        locked(path),
        pytest.raises(DatabaseUnavailableError, match="is locked by another process"),
    ):
        PAPERS[method](papers)
    assert papers.harvest("cs") is None


@pytest.mark.parametrize("method", WRITERS)
def test_a_writer_beside_a_writer_is_one_clear_line(url, path, method):
    queue = Queue(open_database(url, busy_timeout_seconds=0.01))
    with (
        locked(path),
        pytest.raises(DatabaseUnavailableError, match="is locked by another process"),
    ):
        QUEUE[method](queue)


def test_a_locked_database_cannot_be_opened(url, path):
    with (
        locked(path, from_readers=True),
        pytest.raises(DatabaseUnavailableError, match="is locked by another process"),
    ):
        open_database(url, busy_timeout_seconds=0.01)


def test_a_read_only_database_can_be_read_and_says_so_when_written(url, path):
    queue = Queue(open_database(f"sqlite:///file:{path}?mode=ro&uri=true"))
    assert queue.pending() == (make_candidate(),)
    with pytest.raises(DatabaseUnavailableError, match="is read-only: make the file"):
        queue.decide(make_decision())


def test_a_full_disk_loses_nothing_that_was_there(url, path):
    engine = open_database(url)

    @event.listens_for(engine, "connect")
    def fill_the_disk(connection, _record):
        connection.execute("PRAGMA max_page_count = 1")

    queue = Queue(engine)
    papers = [make_paper(f"2206.{number:05}", abstract="x" * 5000) for number in range(2, 9)]
    with pytest.raises(DatabaseUnavailableError, match="the disk is full"):
        queue.record(papers, [make_candidate("2206.00009")], now=NOW)
    assert queue.pending() == (make_candidate(),)
    assert Queue(open_database(url)).seen_ids([each.arxiv_id for each in papers]) == frozenset()


def test_a_file_that_is_no_database_is_told_with_the_way_back(path):
    path.write_bytes(b"<html>not found</html>" * 100)
    with pytest.raises(DatabaseUnavailableError, match=BROUGHT_BACK):
        open_database(f"sqlite:///{path}")


def test_a_file_that_was_damaged_is_told_with_the_way_back(url, path):
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(DatabaseUnavailableError, match=BROUGHT_BACK):
        Queue(open_database(url)).pending()


def test_a_file_that_was_cut_off_is_told_with_the_way_back(url, path):
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(DatabaseUnavailableError, match=BROUGHT_BACK):
        Queue(open_database(url)).pending()


def test_missing_tables_are_one_line(url, path):
    with closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE decisions")
    with pytest.raises(DatabaseUnavailableError, match=r"refused \(no such table: decisions\)"):
        Queue(open_database(url)).history(ID)
