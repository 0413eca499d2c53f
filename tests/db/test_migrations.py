"""Every step between revisions, forward and back, on a database that holds a bit of everything."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, inspect, select, text

from db.dump import dump_files
from db.engine import open_database, reading, writing
from db.queue import Queue
from db.records import EntryEdit, State, Verdict
from db.schema import migrate, newest_revision, revisions
from tests.db.builders import NOW, make_candidate, make_decision
from tests.db.test_dump import fill

STEPS = list(zip(revisions()[:-1], revisions()[1:], strict=True))


def shape(engine: Engine) -> dict[str, object]:
    """Tables with their columns, keys and indexes, as the database itself tells them."""
    told = inspect(engine)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"])
                for column in told.get_columns(table)
            },
            "key": told.get_pk_constraint(table)["constrained_columns"],
            "links": [
                (link["constrained_columns"], link["referred_table"])
                for link in told.get_foreign_keys(table)
            ],
            "indexes": sorted(
                (index["name"] or "", tuple(index["column_names"]))
                for index in told.get_indexes(table)
            ),
        }
        for table in sorted(told.get_table_names())
    }


def counts(engine: Engine) -> dict[str, int]:
    tables = inspect(engine).get_table_names()
    with reading(engine) as connection:
        return {
            table: connection.scalar(select(func.count()).select_from(text(table))) or 0
            for table in tables
        }


def go(engine: Engine, revision: str) -> None:
    with writing(engine) as connection:
        migrate(connection, revision)


@pytest.fixture
def filled(make_engine: Callable[[], Engine]) -> Engine:
    engine = make_engine()
    fill(engine)
    queue = Queue(engine)
    waiting = queue.pending()[0].paper.arxiv_id
    queue.edit(waiting, EntryEdit(venue="ICML"), reviewer="ada", now=NOW)
    queue.decide(make_decision(waiting))
    return engine


@pytest.mark.parametrize(("older", "newer"), STEPS)
def test_a_step_back_leaves_the_tables_that_revision_made_itself(filled, make_engine, older, newer):
    go(filled, newer)
    go(filled, older)
    fresh = make_engine()
    go(fresh, "base")
    go(fresh, older)
    assert shape(filled) == shape(fresh)


@pytest.mark.parametrize(("older", "newer"), STEPS)
def test_a_step_and_back_loses_no_row_of_what_both_know(filled, older, newer):
    go(filled, newer)
    before = counts(filled)
    edits = 0
    if newer == "0005":
        with reading(filled) as connection:
            said = "SELECT count(*) FROM decisions WHERE verdict = :verdict"
            edits = connection.scalar(text(said), {"verdict": Verdict.EDIT.value}) or 0
    go(filled, older)
    after = counts(filled)
    assert after.keys() <= before.keys()
    expected = {table: before[table] for table in after}
    expected["decisions"] -= edits  # a revision that knows no edits has none in its history
    assert after == expected
    go(filled, newer)
    again = counts(filled)
    assert {table: again[table] for table in after} == after


def test_all_the_way_back_and_forth_keeps_candidates_and_what_people_decided(filled):
    queue = Queue(filled)
    before = {each.paper.arxiv_id: (each.state, each.topic) for each in queue.candidates()}
    said = [line.verdict for each in before for line in queue.history(each)]
    for revision in (*reversed(revisions()), *revisions()):
        go(filled, revision)
    after = {each.paper.arxiv_id: (each.state, each.topic) for each in queue.candidates()}
    assert after == before
    assert [line.verdict for each in before for line in queue.history(each)] == [
        verdict for verdict in said if verdict is not Verdict.EDIT
    ]
    if filled.dialect.name == "sqlite":
        with reading(filled) as connection:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


def test_an_edit_that_was_taken_back_goes_with_what_took_it_back(make_engine):
    engine = make_engine()
    queue, arxiv_id = Queue(engine), "2206.00001"
    queue.record([], [make_candidate(arxiv_id)], now=NOW)
    queue.decide(make_decision(arxiv_id))
    queue.edit(arxiv_id, EntryEdit(venue="ICML"), reviewer="ada", now=NOW)
    queue.undo(arxiv_id, reviewer="ada", now=NOW)
    for revision in ("0004", newest_revision()):
        go(engine, revision)
    assert [line.verdict for line in queue.history(arxiv_id)] == [Verdict.APPROVE]
    assert queue.undo(arxiv_id, reviewer="ada", now=NOW).state is State.PENDING


@pytest.mark.parametrize("revision", revisions()[:-1])
def test_a_database_of_any_earlier_revision_opens_and_is_dumped(filled, revision):
    go(filled, revision)
    filled.dispose()
    again = open_database(filled.url.render_as_string(hide_password=False))
    with reading(again) as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == (
            newest_revision()
        )
    files = dump_files(again)
    assert files["candidates.jsonl"].count(b"\n") == len(Queue(again).candidates()) > 0
    again.dispose()
