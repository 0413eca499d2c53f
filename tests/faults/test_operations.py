"""Each fault that docs/operations.md speaks of is checked by a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "operations.md"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_DEFINED = re.compile(r"^def (test_\w+)", re.MULTILINE)


def named() -> list[tuple[str, str]]:
    return _TEST.findall(PAGE.read_text(encoding="utf-8"))


def test_every_test_that_the_page_names_is_there():
    assert len(named()) >= 30
    missing = [
        f"{file}::{name}"
        for file, name in named()
        if name not in _DEFINED.findall((PROJECT / file).read_text(encoding="utf-8"))
    ]
    assert missing == []


def test_the_page_tells_of_every_fault_that_is_tried():
    told = {name for _, name in named()}
    tried = {
        name
        for path in sorted(Path(__file__).parent.glob("test_*.py"))
        if path.name != Path(__file__).name
        for name in _DEFINED.findall(path.read_text(encoding="utf-8"))
    }
    assert tried - told == set()
