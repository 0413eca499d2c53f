from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from db.engine import (
    current_revision,
    kept_open,
    newest_revision,
    open_database,
    reading,
    writing,
)
from db.errors import DatabaseUnavailableError, SchemaError
from db.queue import Queue
from tests.db.builders import NOW, make_candidate

ROOT = Path(__file__).resolve().parents[2]


def test_a_new_database_is_made_with_its_folder(tmp_path):
    path = tmp_path / "var" / "deep" / "shortlist.db"
    engine = open_database(f"sqlite:///{path}")
    assert path.is_file()
    assert current_revision(engine) == newest_revision()


def test_every_database_is_opened_at_the_newest_revision(engine):
    assert current_revision(engine) == newest_revision()


def test_a_database_opened_again_holds_what_it_held(make_url_of_empty_database):
    url = make_url_of_empty_database()
    first = open_database(url)
    Queue(first).record([], [make_candidate()], now=NOW)
    first.dispose()
    second = open_database(url)
    assert Queue(second).pending() == (make_candidate(),)
    second.dispose()


def test_sqlite_is_set_up_for_readers_beside_a_writer(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/queue.db", busy_timeout_seconds=1.5)
    with reading(engine) as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        }
    assert found == {
        "journal_mode": "wal",
        "busy_timeout": 1500,
        "foreign_keys": 1,
        "synchronous": 2,
    }


def test_the_file_is_whole_by_itself_when_nobody_writes(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/queue.db")
    Queue(engine).record([], [make_candidate()], now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["queue.db"]


def test_a_database_that_is_held_open_is_folded_in_at_the_end(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/queue.db")
    with kept_open(engine):
        Queue(engine).record([], [make_candidate()], now=NOW)
        assert "queue.db-wal" in {path.name for path in tmp_path.iterdir()}
        assert Queue(engine).pending() == (make_candidate(),)
    assert [path.name for path in tmp_path.iterdir()] == ["queue.db"]


def test_every_database_can_be_held_open(engine):
    with kept_open(engine):
        Queue(engine).record([], [make_candidate()], now=NOW)
    assert Queue(engine).pending() == (make_candidate(),)


def test_a_reader_does_not_wait_for_a_writer(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path}/queue.db", busy_timeout_seconds=0)
    queue = Queue(engine)
    with writing(engine):
        assert queue.pending() == ()


def test_what_fails_half_way_is_taken_back(engine):
    def forget_and_fail() -> None:
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        forget_and_fail()
    assert current_revision(engine) == newest_revision()


@pytest.mark.benchmark
def test_opening_an_up_to_date_database_is_quick(tmp_path):
    url = f"sqlite:///{tmp_path}/queue.db"
    open_database(url)
    started = time.perf_counter()
    open_database(url)
    assert time.perf_counter() - started < 0.15


def test_the_queue_is_imported_and_opened_without_alembic_and_numpy(tmp_path):
    url = f"sqlite:///{tmp_path}/queue.db"
    open_database(url)
    program = (
        "import sys, db.queue, db.ledger, db.dump, db.engine\n"
        f"db.queue.Queue(db.engine.open_database({url!r})).pending()\n"
        "print(sorted({'alembic', 'numpy', 'mako', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_newer_database_is_refused(engine):
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match="has revision 9999, this Shortlist knows none after"):
        open_database(engine.url.render_as_string(hide_password=False))


def test_a_database_of_another_program_is_left_alone(tmp_path):
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE songs (title)")
    before = path.read_bytes()
    with pytest.raises(SchemaError, match=r"tables of another program \(songs\).*of its own"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "url", ["shortlist.db", "", "nosuch://x", "mysql://x/secret", "postgresql+secret://x"]
)
def test_an_address_that_is_none_is_refused_in_one_line_without_showing_it(url):
    with pytest.raises(DatabaseUnavailableError, match="is no address of a SQLite") as caught:
        open_database(url)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(DatabaseUnavailableError, match=r"the folder .*var.* cannot be made"):
        open_database(f"sqlite:///{tmp_path}/var/queue.db")


def test_a_folder_is_no_database(tmp_path):
    with pytest.raises(DatabaseUnavailableError, match="cannot be opened"):
        open_database(f"sqlite:///{tmp_path}")


def test_a_server_that_does_not_answer_is_one_line():
    pytest.importorskip("psycopg")
    with pytest.raises(DatabaseUnavailableError, match="the database shortlist") as caught:
        open_database("postgresql+psycopg://nobody@127.0.0.1:9/shortlist?connect_timeout=2")
    assert "\n" not in str(caught.value)
