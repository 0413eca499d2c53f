"""Two copies that go their own ways and come together again, by chance."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest

from db.dump import dump, dump_files, load, load_rows, read_dump
from db.errors import DatabaseError
from db.ledger import Ledger
from db.merge import merge_dumps
from db.queue import Queue
from db.records import OPEN, EntryEdit, FetchStatus, State, Verdict
from tests.db.builders import (
    DAY,
    NOW,
    make_candidate,
    make_decision,
    make_fetch,
    make_paper,
    make_run,
)

IDS = tuple(f"2206.0000{number}" for number in range(1, 7))
PEOPLE = (Verdict.APPROVE, Verdict.REJECT, Verdict.DEFER)


def live(engine, who: str, chance: random.Random) -> None:
    """A morning on one machine: people decide, and the daily job does its part."""
    queue, ledger = Queue(engine), Ledger(engine)
    for step in range(chance.randrange(1, 7)):
        arxiv_id = chance.choice(IDS)
        now = NOW + timedelta(hours=2, minutes=step, seconds=ord(who[0]))
        with suppress(DatabaseError):
            match chance.randrange(8):
                case 0:
                    queue.undo(arxiv_id, reviewer=who, now=now)
                case 1:
                    edit = EntryEdit(venue=f"{who} {step}")
                    queue.edit(arxiv_id, edit, reviewer=who, now=now)
                case 2:
                    approved = [each.paper.arxiv_id for each in queue.approved()]
                    queue.mark_published(approved[:1], commit=f"{who}{step}", now=now)
                case 3:
                    queue.expire(before=NOW + timedelta(days=1), now=now)
                case 4:
                    fresh = make_paper(f"2207.0000{chance.randrange(1, 4)}")
                    chosen = [make_candidate(fresh.arxiv_id)] * chance.randrange(2)
                    queue.record([fresh], chosen, now=now)
                    ledger.record([make_fetch(who, DAY), make_fetch("both", fetched_at=now)])
                case _:
                    queue.decide(
                        make_decision(arxiv_id, chance.choice(PEOPLE), reviewer=who, decided_at=now)
                    )


def rows_of(engine, folder) -> dict:
    dump(engine, folder)
    return read_dump(folder)


def by_people(rows: dict) -> Counter:
    return Counter(
        (line["arxiv_id"], line["verdict"], line["reviewer"])
        for line in rows["decisions.jsonl"]
        if line["verdict"] not in {Verdict.EXPIRE, Verdict.PUBLISH}
    )


SEEDS = [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_decision_is_there_once_or_is_named_or_was_said_by_both(make_engine, tmp_path, seed):
    chance = random.Random(seed)
    begun = make_engine()
    candidates = [make_candidate(arxiv_id) for arxiv_id in IDS]
    Queue(begun).record([], candidates, now=NOW)
    live(begun, "zoe", chance)
    base = rows_of(begun, tmp_path / "base")
    here, there, both = make_engine(), make_engine(), make_engine()
    for engine, who in ((here, "ada"), (there, "bo")):
        load(engine, tmp_path / "base")
        live(engine, who, chance)
    ours, theirs = rows_of(here, tmp_path / "ours"), rows_of(there, tmp_path / "theirs")

    merged, lost = merge_dumps(base, ours, theirs)
    load_rows(both, merged)
    dumped = rows_of(both, tmp_path / "both")

    said = by_people(dumped)
    assert all(number == 1 for number in (said - by_people(theirs) - by_people(ours)).values())
    # All of theirs is there, in their order, for they were first.
    kept = [line for line in dumped["decisions.jsonl"] if line in theirs["decisions.jsonl"]]
    assert kept == theirs["decisions.jsonl"]
    # Of ours each is there, or named, or the paper stands as we said.
    named = Counter((each.arxiv_id, each.verdict, each.reviewer) for each in lost)
    stands = {line["arxiv_id"]: line for line in dumped["candidates.jsonl"]}
    was = {line["arxiv_id"]: line for line in ours["candidates.jsonl"]}
    for key, number in (by_people(ours) - by_people(base)).items():
        missing = number - said[key] - named[key]
        agreed = stands[key[0]]["state"] in {was[key[0]]["state"], State.PUBLISHED}
        assert missing <= 0 or agreed, key
    # A paper that was decided there first stands as it was decided, unless the list itself has it.
    for line in theirs["candidates.jsonl"]:
        now = stands[line["arxiv_id"]]
        if line["state"] not in OPEN and now["state"] is not State.PUBLISHED:
            assert (now["state"], now["reviewer"]) == (line["state"], line["reviewer"]) or (
                line in base["candidates.jsonl"]
            )
    # Nobody stands twice, and what waits may be decided.
    queue = Queue(both)
    assert len(queue.candidates()) == len(stands)
    for candidate in queue.candidates():
        arxiv_id = candidate.paper.arxiv_id
        if candidate.state in OPEN:
            queue.decide(make_decision(arxiv_id, Verdict.APPROVE))
            queue.undo(arxiv_id, reviewer="ada", now=NOW)
            assert queue.get(arxiv_id).state is candidate.state
    # The other side comes to the same, once it has loaded this.
    again, more = merge_dumps(theirs, dumped, dumped)
    assert (more, again["decisions.jsonl"]) == ((), dumped["decisions.jsonl"])


def test_what_only_one_side_has_or_has_not_is_so_afterwards(make_engine, tmp_path):
    one = make_engine()
    Ledger(one).record([make_fetch("oai"), make_fetch("rss", status=FetchStatus.FAILED)])
    Ledger(one).record_run(make_run())
    Queue(one).record([make_paper("2206.00009")], [], now=NOW, sampled={})
    base = rows_of(one, tmp_path / "base")
    Ledger(one).record([make_fetch("rss", fetched_at=NOW + timedelta(hours=1))])
    Ledger(one).record_run(make_run("retrain", finished_at=NOW + timedelta(hours=2)))
    theirs = rows_of(one, tmp_path / "theirs")
    gone = {**base, "seen.jsonl": [], "job_runs.jsonl": []}
    merged, _lost = merge_dumps(base, gone, theirs)
    assert merged["seen.jsonl"] == []
    assert [run["job"] for run in merged["job_runs.jsonl"]] == ["retrain"]
    assert {line["source"]: line["status"] for line in merged["fetches.jsonl"]} == {
        "oai": FetchStatus.COMPLETE,
        "rss": FetchStatus.COMPLETE,
    }
    assert merge_dumps(base, base, base)[0]["seen.jsonl"] == base["seen.jsonl"]


def test_a_day_that_came_whole_on_one_side_is_whole(make_engine, tmp_path):
    one = make_engine()
    base = rows_of(one, tmp_path / "base")
    Ledger(one).record([make_fetch("oai")])
    ours = rows_of(one, tmp_path / "ours")
    failed = make_fetch("oai", status=FetchStatus.FAILED, fetched_at=NOW + timedelta(hours=5))
    Ledger(one).record([failed])
    theirs = rows_of(one, tmp_path / "theirs")
    merged, _lost = merge_dumps(base, ours, theirs)
    assert [line["status"] for line in merged["fetches.jsonl"]] == [FetchStatus.COMPLETE]


def test_what_is_merged_is_put_in_place_only_of_what_was_looked_at(make_engine, tmp_path):
    from db.dump import replace_dumped

    engine = make_engine()
    seen = dump_files(engine)
    rows = rows_of(engine, tmp_path / "dump")
    Ledger(engine).record([make_fetch()])
    assert replace_dumped(engine, rows, expected=seen) is False
    assert len(Ledger(engine).days(since=DAY)) == 1
    assert replace_dumped(engine, rows, expected=dump_files(engine)) is True
    assert Ledger(engine).days(since=DAY) == ()


def test_nobody_writes_while_what_was_merged_is_put_in_place(engine, tmp_path, monkeypatch):
    """A decision that comes meanwhile waits, and is there afterwards; or it is seen before."""
    import threading

    from db import dump as dumps

    queue = Queue(engine)
    queue.record([], [make_candidate(IDS[0])], now=NOW)
    seen, rows = dump_files(engine), rows_of(engine, tmp_path / "dump")
    real, threads = dumps._fill, []

    def slow_fill(connection, found):
        decide = threading.Thread(target=queue.decide, args=(make_decision(IDS[0]),))
        threads.append(decide)
        decide.start()
        decide.join(timeout=0.5)
        assert decide.is_alive()
        real(connection, found)

    monkeypatch.setattr(dumps, "_fill", slow_fill)
    assert dumps.replace_dumped(engine, rows, expected=seen)
    threads[0].join()
    assert queue.get(IDS[0]).state is State.APPROVED
