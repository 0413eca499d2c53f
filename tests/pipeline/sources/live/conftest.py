"""Intakes before emulated arXivs, each with a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.arxiv_emulator import Corpus, Emulator
from tests.arxiv_emulator.api import Era
from tests.live_world import LiveWorld

Start = Callable[..., LiveWorld]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start an emulator over a corpus, with pages of 20 records, and an intake before it."""
    with ExitStack() as stack:

        def start_one(
            corpus: Corpus, *, records_per_page: int = 20, era: Era = "now", **settings: Any
        ) -> LiveWorld:
            emulator = Emulator(corpus, seed=1, records_per_page=records_per_page, era=era)
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            return LiveWorld(emulator=stack.enter_context(emulator), folder=folder, **settings)

        yield start_one
