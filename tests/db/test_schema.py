from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from db import engine as engines
from db.dump import dump
from db.engine import current_revision, newest_revision, open_database, reading, writing
from db.queue import Queue
from db.schema import migrate, revisions
from db.tables import Base
from tests.db.builders import NOW, make_candidate, make_decision


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
    Queue(engine).record([], [make_candidate()], now=NOW)
    with writing(engine) as connection:
        migrate(connection, revision)
    assert current_revision(engine) == revision
    with writing(engine) as connection:
        migrate(connection)
    assert current_revision(engine) == newest_revision()
    assert Queue(engine).pending() == (make_candidate(),)


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
    engine.dispose()
    reopened = open_database(engine.url.render_as_string(hide_password=False))
    assert Queue(reopened).get("2206.00001").topics[0].probability == 0.5
    dump(reopened, tmp_path / "dump")
    reopened.dispose()
