"""A polite client that is quick: on loopback, with its lock file in ``tmp_path``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
