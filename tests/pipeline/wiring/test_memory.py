"""What the memory knows of papers, and that asking makes no memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.papers import PaperChange
from db.records import Standing
from pipeline.config import Config, load_config
from pipeline.setup import config_text
from pipeline.wiring import open_papers, remembered_papers
from tests.builders import NOW, make_list_repo, make_paper

IDS = ("2205.00002", "2204.00001", "2203.00003")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    make_list_repo(tmp_path / "list")
    (tmp_path / "config.toml").write_text(config_text({"list": {"repo": "list"}}), encoding="utf-8")
    return load_config(tmp_path / "config.toml")


def store(config: Config, *papers) -> None:
    changes = [PaperChange(paper=paper, standing=Standing.HISTORY) for paper in papers]
    open_papers(config).take((paper.arxiv_id for paper in papers), lambda _: changes, now=NOW)


def test_asking_what_is_remembered_makes_no_database(config, tmp_path):
    assert remembered_papers(config, IDS) == {}
    assert not (tmp_path / "var").exists()


def test_papers_with_an_abstract_are_remembered_and_others_are_not(config):
    first, second, _ = IDS
    store(config, make_paper(first), make_paper(second, abstract=None))
    assert remembered_papers(config, IDS) == {first: make_paper(first)}
