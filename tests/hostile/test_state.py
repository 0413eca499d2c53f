"""Hostile papers on the state branch: dumped and loaded, they are the same to the letter."""

from __future__ import annotations

import json

from db.dump import dump, load
from db.engine import open_database
from db.queue import Queue
from tests.hostile.corpus import PAPERS


def test_a_dump_gives_every_candidate_back(hostile_folder, hostile_queue, tmp_path):
    dump(open_database(f"sqlite:///{hostile_folder}/var/shortlist.db"), tmp_path / "state")
    other = open_database(f"sqlite:///{tmp_path}/other.db")
    load(other, tmp_path / "state")
    assert Queue(other).candidates() == hostile_queue.candidates()
    dump(other, tmp_path / "again")
    for path in sorted((tmp_path / "state").iterdir()):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_a_line_of_the_dump_is_one_candidate_whoever_reads_lines(hostile_folder, tmp_path):
    dump(open_database(f"sqlite:///{hostile_folder}/var/shortlist.db"), tmp_path / "state")
    text = (tmp_path / "state" / "candidates.jsonl").read_bytes().decode("utf-8")
    assert len(text.split("\n")) == len(PAPERS) + 1
    assert all(json.loads(line) for line in text.split("\n") if line)
