"""``shortlist train`` as it is typed, on a list that is too small to learn from."""

from __future__ import annotations

from db.papers import PaperChange
from db.records import Standing
from pipeline.config import load_config
from pipeline.wiring import open_papers
from tests.builders import NOW, make_paper


def test_training_makes_no_database(shortlist, world):
    done = shortlist("train", "--days", "days")
    assert done.status == 1
    assert "(0 with abstract)" in done.err
    assert "the list has 4 entries, learning takes" in done.err
    assert not (world / "var" / "shortlist.db").exists()


def test_an_abstract_that_the_database_has_counts(shortlist, world):
    fetched = PaperChange(paper=make_paper("2205.00002"), standing=Standing.HISTORY)
    store = open_papers(load_config(world / "config.toml"))
    store.take(["2205.00002"], lambda _: [fetched], now=NOW)
    assert "(1 with abstract)" in shortlist("train", "--days", "days").err
