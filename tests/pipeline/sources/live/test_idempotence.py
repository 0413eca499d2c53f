"""A run that is repeated changes nothing (invariant I6)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from db.dump import dump
from tests.arxiv_emulator import Rule, make_corpus, weather
from tests.live_world import LiveWorld
from tests.pipeline.sources.live.conftest import Start

LANES = [("oai", "rss", "api"), ("oai",), ("rss",), ("rss", "api")]


def bytes_of(world: LiveWorld) -> dict[str, bytes]:
    """The whole database, file by file, but for where the harvest of the last run began."""
    folder = world.folder / "dump"
    dump(world.engine, folder)
    files = {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
    files["harvests.jsonl"] = re.sub(rb'"since": "[-0-9]*"', b"", files["harvests.jsonl"])
    return files


@pytest.mark.parametrize("use", LANES, ids="+".join)
def test_a_day_read_three_times_is_as_if_read_once(use: tuple[str, ...], start: Start) -> None:
    corpus = make_corpus(seed=3, days=4, new=10, replaced=8)
    world = start(corpus, use=use)
    first, *days = corpus.days()[-4:]
    world.run(first)  # which looks no further back than its own day, other than all later ones
    for day in days:
        world.run(day)
        once = bytes_of(world)
        triaged = list(world.triaged)
        for _ in range(2):
            world.run(day)
            assert bytes_of(world) == once
        assert world.triaged == triaged


def test_a_run_repeated_after_a_bad_one_is_as_a_good_one(start: Start) -> None:
    corpus = make_corpus(seed=3, days=4, new=10, replaced=8)
    good, bad = start(corpus), start(corpus)
    for day in corpus.days()[-4:]:
        good.run(day)
        bad.emulator.faults.set(Rule("F25", hours=1), weather(0.4))
        bad.run(day)
        bad.calm()
        bad.run(day)
        wanted = good.emulator.oracle.papers(good.categories)
        assert bad.held() == good.held()
        assert bad.store.known(wanted).keys() == good.store.known(wanted).keys()
    assert {p.arxiv_id for p in bad.triaged} == {p.arxiv_id for p in good.triaged}
    assert bad.doubled() == []
