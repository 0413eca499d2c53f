"""A list, and a config that reads an emulated arXiv: what a person has who types ``shortlist``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from pipeline.setup import config_text
from tests.arxiv_emulator import Corpus, Emulator, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.builders import make_list_repo
from tests.live_world import CATEGORIES, MORNING

WEEK = tuple(date(2022, 6, day) for day in (6, 7, 8, 9, 10))
"""Monday to Friday. They are past by any clock, so that the command line can look at its own."""

LISTED = ("2205.00002", "2204.00001", "2203.00003", "2001.00001")
"""What stands in the list, in its order."""


def make_week(*, seed: int = 1, new: int = 12, listed: Iterable[str] = LISTED) -> Corpus:
    """A week of papers, and those of the list that arXiv has."""
    corpus = make_corpus(seed=seed, first=WEEK[0], days=5, new=new, replaced=8, oddities=False)
    for arxiv_id in listed:
        day = date(2000 + int(arxiv_id[:2]), int(arxiv_id[2:4]), 16)
        corpus.announce(day, arxiv_id=arxiv_id)
    return corpus


def make_live_config(emulator: Emulator, **tables: dict[str, object]) -> str:
    """The config: three lanes, all before the emulator; ``tables`` go over it."""
    settings: dict[str, dict[str, object]] = {
        "list": {"repo": "list"},
        "sources": {
            "oai_url": emulator.oai_url,
            "rss_url": emulator.rss_url,
            "api_url": emulator.api_url,
            "categories": list(CATEGORIES),
            "spacing_seconds": 0.0,
        },
        "publish": {"author": "Mara Tester <mara@example.org>"},
        "review": {"reviewer": "Mara"},
    }
    for name, table in tables.items():
        settings[name] = settings.get(name, {}) | table
    return config_text(settings)


def make_live_folder(folder: Path, emulator: Emulator, **tables: dict[str, object]) -> None:
    """A list in ``folder/list`` and ``folder/config.toml``."""
    make_list_repo(folder / "list")
    (folder / "config.toml").write_text(make_live_config(emulator, **tables), encoding="utf-8")


def morning_of(emulator: Emulator, day: date) -> None:
    """Let it be the hour of the daily run on ``day``."""
    emulator.clock.set(announced(day) + MORNING)
