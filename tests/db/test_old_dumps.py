"""Dumps as earlier releases wrote them: the folders of ``dumps`` are theirs, byte by byte."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.dump import FORMAT, dump, load
from db.errors import DumpError
from db.ledger import Ledger
from db.papers import PaperStore
from db.queue import Queue
from db.records import (
    AnnounceType,
    FetchStatus,
    KnownPaper,
    Standing,
    State,
    TopicRename,
    Verdict,
)
from db.renames import TopicRenames
from tests.db.builders import (
    DAY,
    NOW,
    make_candidate,
    make_decision,
    make_fetch,
    make_paper,
    make_run,
)

DUMPS = Path(__file__).parent / "dumps"
FORMATS = tuple(range(1, FORMAT))
DECIDED_AT = NOW + timedelta(hours=1)
PUBLISHED_AT = NOW + timedelta(days=1)


def old_paper(arxiv_id: str, **said):
    """A paper as releases before format 3 knew it."""
    not_told = {
        "estimated": False,
        "versions": (),
        "revised": None,
        "withdrawn": False,
        "license": "",
        "dois": (),
        "journal_ref": None,
    }
    return make_paper(arxiv_id, **{**not_told, **said})


PUBLISHED = make_candidate(
    paper=old_paper("2206.00001"),
    state=State.PUBLISHED,
    reviewer="ada",
    decided_at=DECIDED_AT,
    reason="a core topic",
    commit="abc123",
)
PENDING = make_candidate(
    paper=old_paper(
        "2206.00002",
        comment="12 pages",
        abstract=None,
        published=None,
        announce_type=AnnounceType.CROSS,
    )
)
WAITING = old_paper("2206.00010")
SEEN = {"2206.00009": DAY, "cs/0701001": date(2022, 6, 2)}
RENAME = TopicRename(old="Uncertainty", new="Others", renamed_at=NOW)


def test_there_is_a_dump_of_every_format_before_this_one():
    assert sorted(path.name for path in DUMPS.iterdir()) == [f"format_{each}" for each in FORMATS]


@pytest.fixture(params=FORMATS)
def version(request) -> int:
    return request.param


@pytest.fixture
def loaded(make_engine, version):
    engine = make_engine()
    load(engine, DUMPS / f"format_{version}")
    return engine


def test_candidates_and_their_decisions_are_as_they_were(loaded):
    queue = Queue(loaded)
    assert queue.get("2206.00001") == PUBLISHED
    assert queue.get("2206.00002") == PENDING
    assert len(queue.candidates()) == 2
    told = {"model": "2022-05-31", "relevance": 0.5, "topic_probability": 0.75}
    assert queue.history("2206.00001") == (
        make_decision(reason="a core topic", decided_at=DECIDED_AT, **told),
        make_decision(
            verdict=Verdict.PUBLISH, reviewer="shortlist", decided_at=PUBLISHED_AT, **told
        ),
    )


def test_what_waits_and_what_was_seen_is_as_it_was(loaded):
    queue, papers = Queue(loaded), PaperStore(loaded)
    assert queue.waiting() == (WAITING,)
    assert queue.seen_ids([*SEEN, "2206.00010", "2206.00001"]) == {*SEEN, "2206.00001"}
    assert papers.known(SEEN) == {
        arxiv_id: KnownPaper(
            arxiv_id=arxiv_id, announced=day, version=0, standing=Standing.TRIAGED, paper=None
        )
        for arxiv_id, day in SEEN.items()
    }
    assert papers.known(["2206.00010"])["2206.00010"].paper == WAITING


def test_deliveries_and_runs_are_as_they_were_and_there_was_no_harvest(loaded):
    bare = {"expected": None, "highest_id": ""}
    assert Ledger(loaded).days(since=date(2022, 1, 1)) == (
        make_fetch(**bare),
        make_fetch("rss", status=FetchStatus.FAILED, received=0, problem="503", **bare),
    )
    assert Ledger(loaded).last_runs() == (make_run(),)
    assert PaperStore(loaded).harvest("cs") is None


def test_renames_are_as_they_were(loaded, version):
    assert TopicRenames(loaded).done() == ((RENAME,) if version > 1 else ())
    assert TopicRenames(loaded).pending() == ()


def test_it_is_dumped_again_in_the_format_of_today_with_nothing_lost(loaded, make_engine, tmp_path):
    dump(loaded, tmp_path / "one")
    assert f'"format": {FORMAT},' in (tmp_path / "one" / "format.json").read_text()
    copy = make_engine()
    load(copy, tmp_path / "one")
    assert Queue(copy).candidates() == Queue(loaded).candidates()
    assert Queue(copy).waiting() == (WAITING,)
    assert PaperStore(copy).known(SEEN) == PaperStore(loaded).known(SEEN)


@pytest.mark.parametrize(
    ("before", "name", "key"),
    [
        (before, *line)
        for since, lines in {
            3: [
                ("candidates.jsonl", '"withdrawn": false'),
                ("fetches.jsonl", '"expected": 600'),
                ("seen.jsonl", '"versions": []'),
                ("waiting.jsonl", '"license": ""'),
            ],
            4: [
                ("candidates.jsonl", '"revision": 1'),
                ("decisions.jsonl", '"edit_before": {}'),
            ],
        }.items()
        for before in range(1, since)
        for line in lines
    ],
)
def test_a_line_that_holds_what_its_format_does_not_is_named(
    make_engine, tmp_path, before, name, key
):
    folder = tmp_path / "state"
    shutil.copytree(DUMPS / f"format_{before}", folder)
    text = (folder / name).read_text()
    (folder / name).write_text(text.replace("}\n", f", {key}}}\n", 1))
    unknown = key.split('"')[1]
    with pytest.raises(DumpError, match=rf"{name}:1: has an unknown key '{unknown}'"):
        load(make_engine(), folder)
