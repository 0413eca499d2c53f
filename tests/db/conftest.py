"""Databases to test on: SQLite always, PostgreSQL where one is named.

``SHORTLIST_TEST_DATABASE_URL`` names an empty PostgreSQL database
(``postgresql+psycopg://…``); every test then runs on it too, in a schema of its
own that is dropped afterwards.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from db.engine import open_database
from db.ledger import Ledger
from db.papers import PaperStore
from db.queue import Queue

POSTGRESQL_URL = os.environ.get("SHORTLIST_TEST_DATABASE_URL", "")

MakeUrl = Callable[[], str]


@pytest.fixture(params=["sqlite", *(["postgresql"] if POSTGRESQL_URL else [])])
def make_url_of_empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeUrl]:
    """Gives the URL of another empty database each time it is called."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path}/{uuid4().hex}.db"
        return
    admin = create_engine(POSTGRESQL_URL, isolation_level="AUTOCOMMIT")
    names: list[str] = []

    def make() -> str:
        names.append(f"test_{uuid4().hex}")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {names[-1]}"))
        url = make_url(POSTGRESQL_URL).update_query_dict({"options": f"-csearch_path={names[-1]}"})
        return url.render_as_string(hide_password=False)

    yield make
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
    admin.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database of the newest revision, to be copied: migrating takes longer."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    open_database(f"sqlite:///{path}").dispose()
    return path


@pytest.fixture
def make_engine(
    make_url_of_empty_database: MakeUrl, migrated_file: Path
) -> Iterator[Callable[[], Engine]]:
    """Opens another new database each time it is called."""
    engines: list[Engine] = []

    def make() -> Engine:
        url = make_url_of_empty_database()
        if url.startswith("sqlite"):
            shutil.copyfile(migrated_file, make_url(url).database or "")
        engines.append(open_database(url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(make_engine: Callable[[], Engine]) -> Engine:
    return make_engine()


@pytest.fixture
def queue(engine: Engine) -> Queue:
    return Queue(engine)


@pytest.fixture
def papers(engine: Engine) -> PaperStore:
    return PaperStore(engine)


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    return Ledger(engine)
