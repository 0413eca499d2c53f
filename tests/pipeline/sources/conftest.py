"""A polite client that is quick: on loopback, with its lock file in ``tmp_path``; a store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Engine, open_database
from db.ledger import Ledger
from db.papers import PaperStore
from pipeline.sources.http import HttpClient

MakeClient = Callable[..., HttpClient]


@pytest.fixture
def make_client(tmp_path: Path) -> MakeClient:
    """Make a client for one address: no pause, two seconds a request, unless told otherwise."""

    def make(url: str, **changes: Any) -> HttpClient:
        settings: dict[str, Any] = {
            "spacing_seconds": 0.0,
            "contact": "maintainer@example.org",
            "addresses": (url,),
            "timeout_seconds": 2.0,
            "lock_path": tmp_path / "arxiv.lock",
            "jitter": lambda: 0.0,
        }
        return HttpClient(**(settings | changes))

    return make


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    opened = open_database(f"sqlite:///{tmp_path}/shortlist.db")
    yield opened
    opened.dispose()


@pytest.fixture
def store(engine: Engine) -> PaperStore:
    """Where papers are kept."""
    return PaperStore(engine)


@pytest.fixture
def ledger(engine: Engine) -> Ledger:
    """What each source delivered."""
    return Ledger(engine)
