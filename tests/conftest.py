"""What every test may ask for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

# The lock between processes lies in the user's cache: no test may wait for another run, or for
# the person whose machine this is. Set here, before anything reads it; children inherit it.
_CACHE = tempfile.TemporaryDirectory(prefix="shortlist-tests-")
os.environ["XDG_CACHE_HOME"] = _CACHE.name

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; skips where it is absent."""
    if not (SHARED / "list").is_dir():
        pytest.skip("../shared is not here")
    return SHARED
