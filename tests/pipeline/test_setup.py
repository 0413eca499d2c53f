"""A config for any list, and the demo's small world."""

from __future__ import annotations

import json

from pipeline.config import load_config
from pipeline.demo import DATA, DEMO_DAY, make_world
from pipeline.git import Repository
from pipeline.lists.reader import read_list
from pipeline.setup import write_config
from tests.builders import FULL_LIST, MAINTAINER, README, make_list_repo


def test_a_list_of_two_files_is_found_with_the_preview_first(tmp_path):
    make_list_repo(tmp_path / "list")
    files = write_config(tmp_path / "list", tmp_path / "config.toml")
    assert [file.document.path.name for file in files] == ["README.md", "FULL_LIST.md"]
    config = load_config(tmp_path / "config.toml")
    assert config.list.paths == tuple(file.document.path for file in files)


def test_a_list_of_one_file_under_any_name_is_found(tmp_path):
    repository = Repository.init(tmp_path / "list")
    (tmp_path / "list" / "PAPERS.md").write_text(README, encoding="utf-8")
    (tmp_path / "list" / "README.md").write_text("# About\n\nSee PAPERS.\n", encoding="utf-8")
    repository.commit(["PAPERS.md", "README.md"], "Begin", MAINTAINER)
    write_config(tmp_path / "list", tmp_path / "config.toml")
    config = load_config(tmp_path / "config.toml")
    assert [path.name for path in config.list.paths] == ["PAPERS.md"]


def test_paths_in_the_config_stay_true_when_it_lies_far_away(tmp_path):
    make_list_repo(tmp_path / "list")
    far = tmp_path / "a" / "b" / "c" / "config.toml"
    write_config(tmp_path / "list", far)
    assert load_config(far).list.repo == tmp_path / "list"


def test_a_folder_inside_the_repository_means_the_repository(tmp_path):
    make_list_repo(tmp_path / "list")
    (tmp_path / "list" / "deep").mkdir()
    write_config(tmp_path / "list" / "deep", tmp_path / "config.toml")
    assert load_config(tmp_path / "config.toml").list.repo == tmp_path / "list"


def test_the_demo_is_a_clean_repository_of_real_papers_and_a_recorded_day(tmp_path):
    make_world(tmp_path / "world", tmp_path / "world" / "config.toml")
    config = load_config(tmp_path / "world" / "config.toml")
    files = [read_list(path) for path in config.list.paths]
    entries = [entry for file in files for entry in file.entries]
    assert len(entries) >= 40
    assert len({entry.topic for entry in entries}) >= 8
    assert len({entry.arxiv_id for entry in entries}) == len(entries)
    assert not any(file.remarks for file in files)
    repository = Repository.open(config.list.repo)
    assert repository.dirty(["README.md", "FULL_LIST.md"]) == ()
    assert (config.folder / "days" / f"{DEMO_DAY}.jsonl").is_file()


def test_every_abstract_of_the_demo_is_marked_as_written_for_it():
    rows = [
        json.loads(line)
        for path in (DATA / "days").glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(rows) >= 40
    assert all((row["abstract"] is None) != ("abstract_by" in row) for row in rows)
    assert {row.get("abstract_by", "shortlist") for row in rows} == {"shortlist"}


def test_the_test_list_reads_without_a_remark(tmp_path):
    for name, text in (("README.md", README), ("FULL_LIST.md", FULL_LIST)):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert not read_list(tmp_path / name).remarks
