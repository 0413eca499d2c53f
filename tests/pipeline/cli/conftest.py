"""What the tests of commands that read arXiv share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.arxiv_emulator import Emulator
from tests.live_folder import WEEK, make_live_folder, make_week, morning_of


@pytest.fixture
def arxiv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulated arXiv on a Thursday morning; the working folder has a list that reads it."""
    with Emulator(make_week(), seed=1, records_per_page=50) as emulator:
        morning_of(emulator, WEEK[3])
        make_live_folder(tmp_path, emulator)
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("SHORTLIST_CONFIG", raising=False)
        yield emulator
