"""What ``[sources] use`` brings to life."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.config import Config, load_config
from pipeline.errors import ConfigError
from pipeline.setup import config_text
from pipeline.sources.day_by_day import DayByDay
from pipeline.sources.live import LiveIntake
from pipeline.wiring import make_client, make_intake, make_sources

NOW = datetime(2026, 11, 20, 9, 47, tzinfo=UTC)


def config(folder: Path, **sources: Any) -> Config:
    text = config_text({"list": {"repo": "list"}, "sources": sources})
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "config.toml")


def lanes(intake: LiveIntake) -> set[str]:
    made = {"rss": intake.feeds, "oai": intake.spine, "api": intake.lookup}
    return {name for name, lane in made.items() if lane is not None}


def test_all_three_lanes_read_arxiv_unless_told_otherwise(tmp_path):
    intake = make_intake(config(tmp_path), now=NOW)
    assert isinstance(intake, LiveIntake)
    assert lanes(intake) == {"oai", "rss", "api"}
    assert (intake.sets, intake.now) == (("cs", "stat"), NOW)
    assert "cs.LG" in intake.categories


@pytest.mark.parametrize("use", [["oai"], ["rss"], ["oai", "api"], ["rss", "oai"], ["api", "rss"]])
def test_a_lane_that_is_not_named_is_not_in_use(tmp_path, use):
    intake = make_intake(config(tmp_path, use=use), now=NOW)
    assert isinstance(intake, LiveIntake)
    assert lanes(intake) == set(use)


def test_the_lanes_share_one_client_so_that_a_block_ends_them_all(tmp_path):
    intake = make_intake(config(tmp_path), now=NOW)
    assert isinstance(intake, LiveIntake)
    assert intake.feeds is not None
    assert intake.spine is not None
    assert intake.feeds.client is intake.spine.client is intake.client


@pytest.mark.parametrize(
    ("sources", "names"),
    [({"use": ["api"]}, ["api"]), ({"use": ["recorded"], "recorded": "days"}, ["recorded"])],
)
def test_one_source_that_keeps_nothing_is_asked_day_by_day(tmp_path, sources, names):
    settings = config(tmp_path, **sources)
    intake = make_intake(settings, now=NOW)
    assert isinstance(intake, DayByDay)
    assert [source.name for source in intake.sources] == names
    assert [source.name for source in make_sources(settings, now=NOW)] == names


def test_a_category_that_is_none_is_refused_before_anything_is_asked(tmp_path):
    settings = config(tmp_path, categories=["cs.LG", "cs.LG OR all:x"])
    with pytest.raises(ConfigError, match="categories under"):
        make_intake(settings, now=NOW)


def test_making_an_intake_asks_nobody_and_keeps_no_answer(tmp_path):
    settings = config(tmp_path)
    make_intake(settings, now=NOW)
    make_client(settings)
    assert not settings.raw_path.exists()
