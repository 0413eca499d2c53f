from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db import engine as engines
from db.dump import dump
from db.engine import current_revision, newest_revision, open_database, reading, writing
from db.ledger import Ledger
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import AnnounceType, FetchStatus, Paper, PaperVersion, Standing
from db.schema import migrate, revisions
from db.tables import Base
from tests.db.builders import (
    DAY,
    NOW,
    make_candidate,
    make_decision,
    make_fetch,
    make_harvest,
    make_paper,
)

NOT_TOLD = {
    "estimated": False,
    "versions": (),
    "revised": None,
    "withdrawn": False,
    "license": "",
    "dois": (),
    "journal_ref": None,
}
"""A paper's attributes that revisions before 0003 do not hold."""
HISTORY = make_paper("2105.00001", announced=date(2021, 5, 3))


def test_tables_and_migrations_agree(engine):
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_what_we_take_for_the_newest_revision_is_alembics_head():
    config = Config()
    config.set_main_option("script_location", "db:migrations")
    scripts = ScriptDirectory.from_config(config)
    assert tuple(each.revision for each in scripts.walk_revisions())[::-1] == revisions()
    assert scripts.get_current_head() == newest_revision()


@pytest.mark.parametrize("revision", revisions())
def test_every_revision_goes_back_and_forth(engine, revision):
    queue, ledger, papers = Queue(engine), Ledger(engine), PaperStore(engine)
    queue.record([], [make_candidate()], now=NOW)
    queue.remember([make_paper("2206.00002", versions=(), revised=None)], now=NOW)
    history = PaperChange(paper=HISTORY, standing=Standing.HISTORY)
    papers.take([HISTORY.arxiv_id], lambda _known: [history], now=NOW, harvest=make_harvest())
    ledger.record([make_fetch()])
    with writing(engine) as connection:
        migrate(connection, revision)
    assert current_revision(engine) == revision
    with writing(engine) as connection:
        migrate(connection)
    assert current_revision(engine) == newest_revision()
    held = revision >= "0003"
    lost = {} if held else NOT_TOLD
    assert queue.pending() == (make_candidate(paper=make_paper(**lost)),)
    assert [each.weight for each in queue.training_sample()] == [1.0]
    waiting = make_paper("2206.00002", versions=(), revised=None)
    assert queue.waiting() == (replace(waiting, **lost),)
    known = papers.known([HISTORY.arxiv_id])[HISTORY.arxiv_id]
    assert known.paper == replace(HISTORY, **lost)
    assert known.standing is (Standing.HISTORY if held else Standing.TRIAGED)
    assert papers.harvest("cs") == (make_harvest() if held else None)
    fetch = make_fetch() if held else make_fetch(expected=None, highest_id="")
    assert ledger.days(since=DAY) == (fetch,)


def test_all_tables_can_be_taken_away_and_made_again(engine):
    Queue(engine).record([], [make_candidate()], now=NOW)
    Queue(engine).decide(make_decision())
    with writing(engine) as connection:
        migrate(connection, "base")
    with reading(engine) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    assert current_revision(engine) is None
    again = open_database(engine.url.render_as_string(hide_password=False))
    assert Queue(again).candidates() == ()
    again.dispose()


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    make_url_of_empty_database, monkeypatch
):
    def fail(connection):
        migrate(connection)
        raise RuntimeError("half-way")

    url = make_url_of_empty_database()
    monkeypatch.setattr(engines, "migrate", fail)
    with pytest.raises(RuntimeError, match="half-way"):
        open_database(url)
    monkeypatch.undo()
    engine = open_database(url)
    assert Queue(engine).candidates() == ()
    engine.dispose()


def test_the_first_released_schema_opens(make_engine, tmp_path):
    # Grows with each revision: what revision 0001 held must reach the newest.
    engine = make_engine()
    with writing(engine) as connection:
        migrate(connection, "0001")
        connection.execute(
            text(
                "INSERT INTO papers (arxiv_id, title, authors, categories, announced,"
                " announce_type, triaged)"
                " VALUES ('2206.00001', 'T', '[\"A\"]', '[]', '2022-06-01', 'new', true)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO candidates (arxiv_id, topic, topics, relevance, why, model,"
                ' queued_at, state, reviewer, reason, "commit")'
                " VALUES ('2206.00001', 'P', '[[\"P\", 0.5]]', 0.5, '[]', 'm',"
                " '2022-06-01 04:47:00', 'pending', '', '', '')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO papers (arxiv_id, title, authors, categories, announced,"
                " announce_type, triaged) VALUES"
                " ('2206.00002', 'W', '[]', '[]', '2022-06-01', 'cross', false),"
                " ('2206.00003', NULL, '[]', '[]', '2022-06-01', NULL, true)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO fetches (source, day, status, received, problem, fetched_at)"
                " VALUES ('oai', '2022-06-01', 'complete', 600, '', '2022-06-01 04:47:00')"
            )
        )
    engine.dispose()
    reopened = open_database(engine.url.render_as_string(hide_password=False))
    assert Queue(reopened).get("2206.00001").topics[0].probability == 0.5
    waiting = Paper(
        arxiv_id="2206.00002",
        title="W",
        abstract=None,
        authors=(),
        categories=(),
        comment=None,
        published=None,
        announced=DAY,
        announce_type=AnnounceType.CROSS,
    )
    assert Queue(reopened).waiting() == (waiting,)
    papers = PaperStore(reopened)
    known = papers.known(["2206.00001", "2206.00002", "2206.00003"])
    assert {arxiv_id: (each.standing, each.version) for arxiv_id, each in known.items()} == {
        "2206.00001": (Standing.TRIAGED, 0),
        "2206.00002": (Standing.WAITING, 0),
        "2206.00003": (Standing.TRIAGED, 0),
    }
    assert known["2206.00003"].paper is None
    (fetch,) = Ledger(reopened).complete_days("oai", since=DAY)
    assert (fetch.status, fetch.received) == (FetchStatus.COMPLETE, 600)
    assert (fetch.expected, fetch.highest_id) == (None, "")
    told = replace(waiting, versions=(PaperVersion(number=1, submitted=NOW),), revised=DAY)
    change = PaperChange(paper=told, standing=Standing.WAITING)
    papers.take([told.arxiv_id], lambda _known: [change], now=NOW, harvest=make_harvest())
    assert (Queue(reopened).waiting(), papers.harvest("cs")) == ((told,), make_harvest())
    dump(reopened, tmp_path / "dump")
    reopened.dispose()
