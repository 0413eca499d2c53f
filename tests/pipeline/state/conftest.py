from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.git.checkouts import isolate_git


@pytest.fixture(autouse=True)
def _isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    isolate_git(tmp_path, monkeypatch)
