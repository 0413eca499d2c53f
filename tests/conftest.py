"""What every test may ask for."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.setup import config_text
from tests.builders import DAY, make_list_repo, make_paper, write_day

# The lock between processes lies in the user's cache: no test may wait for another run, or for
# the person whose machine this is. Set here, before anything reads it; children inherit it.
_CACHE = tempfile.TemporaryDirectory(prefix="shortlist-tests-")
os.environ["XDG_CACHE_HOME"] = _CACHE.name

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest tests first, else in random order: nobody waits at the end for one alone."""

    def patience(item: pytest.Item) -> float:
        allowed = item.get_closest_marker("timeout")
        return -float(allowed.args[0]) if allowed else 0.0

    items.sort(key=patience)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; skips where it is absent."""
    if not (SHARED / "list").is_dir():
        pytest.skip("../shared is not here")
    return SHARED


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def told(self) -> list[str]:
        """The lines of trouble, without those of the log."""
        begin = "shortlist: "
        return [
            line.removeprefix(begin) for line in self.err.splitlines() if line.startswith(begin)
        ]


Shortlist = Callable[..., Outcome]


@pytest.fixture
def shortlist(monkeypatch, capsys) -> Shortlist:
    """``shortlist("queue", "list")`` runs that command."""

    def run(*arguments: str | Path) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["shortlist", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        status = ended.value.code
        return Outcome(status=status if isinstance(status, int) else 0, out=said.out, err=said.err)

    return run


@pytest.fixture
def world(tmp_path, monkeypatch) -> Path:
    """A folder with a list repository, a recorded day and a config; the working folder."""
    make_list_repo(tmp_path / "list")
    titles = ["Private learning of fair things", "Robust cats", "Membership inference attacks"]
    write_day(
        tmp_path / "days",
        [make_paper(f"2206.0000{number}", title=title) for number, title in enumerate(titles, 1)],
        day=DAY,
    )
    settings = {
        "list": {"repo": "list"},
        "sources": {"use": ["recorded"], "recorded": "days"},
        "publish": {"author": "Mara Tester <mara@example.org>"},
        "review": {"reviewer": "Mara"},
    }
    (tmp_path / "config.toml").write_text(config_text(settings), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHORTLIST_CONFIG", raising=False)
    return tmp_path
