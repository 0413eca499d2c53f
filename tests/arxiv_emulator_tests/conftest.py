"""A small arXiv that runs, and a way to ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

import pytest
import requests

from tests.arxiv_emulator import Emulator, make_corpus

Start = Callable[..., Emulator]
Get = Callable[..., requests.Response]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start an emulator over the small corpus of seed 1, or another."""
    with ExitStack() as stack:

        def begin(*faults: Any, **settings: Any) -> Emulator:
            corpus = settings.pop("corpus") if "corpus" in settings else make_corpus(seed=1)
            return stack.enter_context(Emulator(corpus, faults=faults, **settings))

        yield begin


@pytest.fixture
def get() -> Iterator[Get]:
    """Ask like a polite client: one connection for each request, closed after it."""
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Connection"] = "close"

        def ask(url: str, **params: object) -> requests.Response:
            if "from_" in params:
                params["from"] = params.pop("from_")
            address = f"{url}?{urlencode(params)}" if params else url
            return session.get(address, timeout=5, allow_redirects=False)

        yield ask
