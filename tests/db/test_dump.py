from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.dump import FORMAT, dump, load
from db.engine import open_database
from db.errors import DatabaseError, DatabaseUnavailableError, DumpError
from db.ledger import Ledger
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import (
    EntryEdit,
    Evidence,
    FetchStatus,
    NearEntry,
    Standing,
    State,
    TopicProbability,
    TopicRename,
    Verdict,
)
from db.renames import TopicRenames
from tests.db.builders import (
    HOSTILE,
    NOW,
    make_candidate,
    make_decision,
    make_fetch,
    make_harvest,
    make_paper,
    make_run,
    make_scoring,
    unrevised,
)

FILES = {
    "candidates.jsonl",
    "decisions.jsonl",
    "fetches.jsonl",
    "format.json",
    "harvests.jsonl",
    "job_runs.jsonl",
    "requests.jsonl",
    "sample-2022-05.jsonl",
    "sample-2022-06.jsonl",
    "scorings.jsonl",
    "seen.jsonl",
    "topic_renames.jsonl",
    "waiting.jsonl",
}
LATER = NOW + timedelta(days=1)


def fill(engine) -> None:
    """A bit of everything."""
    queue, ledger = Queue(engine), Ledger(engine)
    hostile = [
        make_candidate(
            f"2206.001{number:02}",
            paper=make_paper(
                f"2206.001{number:02}",
                title=text,
                authors=(text,),
                comment=text,
                license=text,
                dois=(text,),
                journal_ref=text,
            ),
            topic=text,
            topics=(TopicProbability(topic=text, probability=1 / 3),),
            why=(text, text),
            relevance=number / 7,
        )
        for number, text in enumerate(HOSTILE)
    ]
    candidates = [make_candidate(f"2206.0000{number}") for number in range(1, 7)]
    seen = [
        make_paper("cs/0701001", announced=date(2022, 6, 2)),
        make_paper("2206.00009"),
        make_paper("2206.00008", versions=()),
    ]
    evidence = Evidence(
        nearest=(NearEntry(title=HOSTILE[1], arxiv_id="2205.00002", similarity=0.75),),
        words_for=HOSTILE,
        words_against=HOSTILE[:2],
        accepted="NeurIPS 2022",
        listed_authors=HOSTILE[:1],
    )
    drawn = make_candidate("2206.00020", audit=True, choices=HOSTILE, evidence=evidence)
    sampled = [
        make_paper("2206.00031", title=HOSTILE[0]),
        make_paper("2206.00030", announced=date(2022, 6, 2), abstract=None),
        make_paper("2205.00030", announced=date(2022, 5, 31)),
    ]
    weights = dict.fromkeys((each.arxiv_id for each in sampled), 20.0) | {"2206.00020": 1 / 0.003}
    scored = {"sources": HOSTILE[:2], "topic": HOSTILE[0]}
    queue.record(
        [*seen, *sampled],
        [*hostile, drawn, *reversed(candidates)],
        now=NOW,
        sampled=weights,
        scorings=[
            make_scoring("2206.00009", rank=31, **scored),
            make_scoring("2206.00001", rank=1, relevance=2 / 3),
            make_scoring("2206.00008", rank=31, topic="Fairness"),
            make_scoring("cs/0701001", announced=date(2022, 6, 2), model=HOSTILE[0]),
        ],
    )
    queue.remember([make_paper("2206.00011"), make_paper("2206.00010", abstract=None)], now=NOW)
    queue.decide_all([make_decision("2206.00003"), make_decision("2206.00001", topic="Fairness")])
    queue.decide(make_decision("2206.00002", Verdict.REJECT, reason=HOSTILE[0]))
    queue.decide(make_decision("2206.00004", Verdict.DEFER, reviewer=HOSTILE[1]))
    queue.undo("2206.00002", reviewer="bo", now=LATER)
    edit = EntryEdit(
        title=HOSTILE[0],
        authors="",
        venue=HOSTILE[1],
        keywords=HOSTILE,
        digest=HOSTILE[2],
        links=((HOSTILE[3], HOSTILE[4]),),
    )
    queue.edit("2206.00003", edit, topic="Fairness", reviewer="bo", now=LATER)
    queue.edit("2206.00005", EntryEdit(keywords=()), reviewer="bo", now=LATER)
    queue.mark_handled(HOSTILE[0], now=LATER)
    queue.mark_handled("comment:2", now=NOW)
    queue.mark_published(["2206.00001"], commit="abc123", now=LATER)
    queue.add(make_candidate("2206.00007", topics=(), relevance=0.0), reviewer="bo", now=LATER)
    ledger.record([make_fetch("rss"), make_fetch(), make_fetch(day=date(2022, 5, 31))])
    ledger.record([make_fetch("api", status=FetchStatus.FAILED, problem=HOSTILE[0])])
    ledger.record([make_fetch("api", date(2022, 5, 31), expected=None, highest_id=HOSTILE[1])])
    history = PaperChange(paper=make_paper("2105.00001"), standing=Standing.HISTORY)
    papers = PaperStore(engine)
    papers.take([], lambda _known: [history], now=NOW, harvest=make_harvest("cs", token=HOSTILE[0]))
    papers.keep(make_harvest("cs 2021", token="", completed=None, open=False))
    ledger.record_run(make_run("retrain", status="failed", problem=HOSTILE[1]))
    ledger.record_run(make_run())
    for old, new in (("Uncertainty", "Others"), (HOSTILE[0], HOSTILE[1])):
        TopicRenames(engine).complete(TopicRename(old=old, new=new, renamed_at=LATER))
    TopicRenames(engine).begin(TopicRename(old="Privacy", new="Secrecy", renamed_at=LATER))


def contents(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(engine, tmp_path):
    """A dump with a bit of everything."""
    fill(engine)
    dump(engine, tmp_path / "state")
    return tmp_path / "state"


def test_what_is_loaded_and_dumped_again_is_the_same_to_the_byte(folder, make_engine, tmp_path):
    copy = make_engine()
    load(copy, folder)
    dump(copy, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


def test_a_loaded_database_answers_as_the_dumped_one(engine, folder, make_engine):
    copy = make_engine()
    load(copy, folder)
    for kind in (Queue, Ledger):
        old, new = kind(engine), kind(copy)
        for ask in (
            (
                Queue.candidates,
                Queue.approved,
                Queue.waiting,
                Queue.counts,
                Queue.titles,
                Queue.training_sample,
                Queue.labels,
            )
            if kind is Queue
            else (Ledger.last_runs, lambda ledger: ledger.days(since=date(2022, 1, 1)))
        ):
            assert ask(new) == ask(old)
    for candidate in Queue(engine).candidates():
        arxiv_id = candidate.paper.arxiv_id
        assert Queue(copy).history(arxiv_id) == Queue(engine).history(arxiv_id)
    ids = ["2206.00008", "2206.00009", "cs/0701001", "2206.00010", "2206.00001"]
    assert Queue(copy).seen_ids(ids) == Queue(engine).seen_ids(ids)
    old, new = PaperStore(engine), PaperStore(copy)
    for name in ("cs", "cs 2021"):
        assert new.harvest(name) == old.harvest(name) is not None
    assert new.days() == old.days()
    assert by_id(new.announced_since(date(2022, 1, 1))) == by_id(
        old.announced_since(date(2022, 1, 1))
    )
    known = new.known(ids)
    assert {each: known[each].version for each in ids} == dict.fromkeys(ids, 2) | {"2206.00008": 0}


def by_id(days):
    return {day: {each.arxiv_id: each for each in papers} for day, papers in days.items()}


def test_history_is_not_dumped(folder, make_engine):
    assert b"2105.00001" not in b"".join(contents(folder).values())
    copy = make_engine()
    load(copy, folder)
    assert PaperStore(copy).known(["2105.00001"]) == {}


def test_decisions_can_be_made_and_undone_after_a_load(folder, make_engine):
    queue = Queue(make := make_engine())
    load(make, folder)
    queue.undo("2206.00004", reviewer="ada", now=LATER)
    assert unrevised(queue.get("2206.00004")) == make_candidate("2206.00004")
    queue.record([make_paper("2206.00010")], [make_candidate("2206.00010")], now=LATER)
    assert queue.record([], [make_candidate("2206.00008")], now=LATER) == 1
    assert queue.get("2206.00008") == make_candidate("2206.00008")


def test_a_dump_is_sorted_and_holds_every_file(folder):
    assert contents(folder).keys() == FILES
    lines = {
        name: [json.loads(line) for line in text.decode().split("\n")[:-1]]
        for name, text in contents(folder).items()
        if name.endswith("l")
    }
    ids = [line["arxiv_id"] for line in lines["candidates.jsonl"]]
    assert ids == sorted(ids)
    assert [line["arxiv_id"] for line in lines["seen.jsonl"]] == [
        "2206.00008",
        "2206.00009",
        "cs/0701001",
    ]
    assert lines["seen.jsonl"][1] == {
        "arxiv_id": "2206.00009",
        "announced": "2022-06-01",
        "versions": [[1, "2022-05-31T17:59:59+00:00"], [2, None]],
    }
    assert [line["name"] for line in lines["harvests.jsonl"]] == ["cs", "cs 2021"]
    assert [line["verdict"] for line in lines["decisions.jsonl"]] == [
        "approve",
        "approve",
        "reject",
        "defer",
        "undo",
        "edit",
        "edit",
        "publish",
        "add",
    ]
    assert [line["request"] for line in lines["requests.jsonl"]] == ["comment:2", HOSTILE[0]]
    assert [line["announced"] for line in lines["scorings.jsonl"]] == ["2022-06-01", "2022-06-02"]
    together = lines["scorings.jsonl"][0]
    assert together["topics"] == sorted({HOSTILE[0], "Privacy", "Fairness"})
    assert [(ranked[0], ranked[1], ranked[2]) for ranked in together["ranked"]] == [
        ("2206.00001", 1, 0.6667),
        ("2206.00008", 31, 0.1234),
        ("2206.00009", 31, 0.1234),
    ]
    assert [(line["day"], line["source"]) for line in lines["fetches.jsonl"]] == [
        ("2022-05-31", "api"),
        ("2022-05-31", "oai"),
        ("2022-06-01", "api"),
        ("2022-06-01", "oai"),
        ("2022-06-01", "rss"),
    ]


def test_a_decision_is_a_small_diff(engine, folder, tmp_path):
    Queue(engine).decide(make_decision("2206.00005"))
    dump(engine, tmp_path / "after")
    before, after = contents(folder), contents(tmp_path / "after")
    assert {name for name in FILES if before[name] != after[name]} == {
        "candidates.jsonl",
        "decisions.jsonl",
        "format.json",
    }
    assert after["decisions.jsonl"].startswith(before["decisions.jsonl"])
    old, new = (set(each["candidates.jsonl"].split(b"\n")) for each in (before, after))
    assert len(new - old) == 1


def test_an_empty_database_dumps_and_loads(make_engine, tmp_path):
    dump(make_engine(), tmp_path / "state")
    copy = make_engine()
    load(copy, tmp_path / "state")
    assert Queue(copy).candidates() == ()


def test_dumping_twice_into_one_folder_leaves_no_other_file(engine, folder):
    dump(engine, folder)
    assert contents(folder).keys() == FILES


def test_a_database_with_papers_is_not_overwritten_unasked(folder, make_engine, tmp_path):
    other = make_engine()
    Queue(other).record([], [make_candidate("2301.00001")], now=NOW)
    with pytest.raises(DatabaseError, match="is not empty"):
        load(other, folder)
    assert len(Queue(other).candidates()) == 1
    load(other, folder, replace=True)
    dump(other, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


def test_a_dump_can_be_loaded_into_the_database_it_came_from(engine, folder, tmp_path):
    load(engine, folder, replace=True)
    dump(engine, tmp_path / "again")
    assert contents(tmp_path / "again") == contents(folder)


DAMAGE = {
    "no JSON": ("candidates.jsonl", 2, lambda line: line[:-5], "is no JSON"),
    "conflict marks": ("decisions.jsonl", 1, lambda _line: "<<<<<<< HEAD", "is no JSON"),
    "no object": ("seen.jsonl", 1, lambda _line: "[1]", "should be an object"),
    "a key less": (
        "candidates.jsonl",
        3,
        lambda line: line.replace('"relevance"', '"relevant"'),
        "lacks relevance",
    ),
    "a key more": (
        "fetches.jsonl",
        1,
        lambda line: line[:-1] + ', "colour": 1}',
        "has an unknown key 'colour'",
    ),
    "a key twice": ("seen.jsonl", 2, lambda _line: '{"a": 1, "a": 2}', "has a key twice"),
    "a wrong state": (
        "candidates.jsonl",
        1,
        lambda line: line.replace('"state": "published"', '"state": "maybe"'),
        r'state should be one of pending, .*, is "maybe"',
    ),
    "a wrong day": (
        "seen.jsonl",
        1,
        lambda line: line.replace("2022-06-01", "2022-06-31"),
        'announced should be a day like 2022-06-01, is "2022-06-31"',
    ),
    "a time without zone": (
        "candidates.jsonl",
        1,
        lambda line: line.replace('04:47:00+00:00", "state"', '04:47:00", "state"'),
        "queued_at should be a time with its zone",
    ),
    "no number": (
        "candidates.jsonl",
        1,
        lambda line: line.replace('"relevance": 0.5', '"relevance": NaN'),
        "has NaN",
    ),
    "a text for a number": (
        "fetches.jsonl",
        2,
        lambda line: line.replace('"received": 600', '"received": "600"'),
        "received should be a whole number",
    ),
    "a number for a text": (
        "candidates.jsonl",
        1,
        lambda line: line.replace('"Ada Example"', "3"),
        "authors should be a list of texts",
    ),
    "an empty line": ("decisions.jsonl", 2, lambda _line: "", "is no JSON"),
    "very deep": ("seen.jsonl", 1, lambda _line: "[" * 100_000, "is no JSON|nested too deeply"),
    "a decision about nobody": (
        "decisions.jsonl",
        1,
        lambda line: line.replace("2206.00003", "2206.99999"),
        "2206.99999 is no candidate",
    ),
    "evidence that is none": (
        "candidates.jsonl",
        1,
        lambda line: line.replace('"words_for": []', '"words_for": "all"'),
        "evidence should be an object with nearest, words_for",
    ),
    "a sampled paper that stands for less than itself": (
        "sample-2022-06.jsonl",
        1,
        lambda line: line.replace('"sampling_weight": 20.0', '"sampling_weight": 0.5'),
        "sampling_weight should be a number, 1 or more, is 0.5",
    ),
    "a sampled paper of another month": (
        "sample-2022-06.jsonl",
        1,
        lambda line: line.replace('"announced": "2022-06-01"', '"announced": "2022-05-31"'),
        "announced should be a day of 2022-06, as the file is named",
    ),
    "a sampled paper that was queued": (
        "sample-2022-06.jsonl",
        1,
        lambda line: line.replace("2206.00031", "2206.00001"),
        "2206.00001 stands at candidates.jsonl:1 already",
    ),
    "a paper that stands elsewhere": (
        "waiting.jsonl",
        1,
        lambda line: line.replace("2206.00010", "2206.00001"),
        "2206.00001 stands at candidates.jsonl:1 already",
    ),
    "a line twice": (
        "fetches.jsonl",
        5,
        lambda line: line.replace('"rss"', '"oai"'),
        "oai 2022-06-01 stands at fetches.jsonl:4 already",
    ),
    "a harvest twice": (
        "harvests.jsonl",
        2,
        lambda line: line.replace('"cs 2021"', '"cs"'),
        "cs stands at harvests.jsonl:1 already",
    ),
    "a version that is no pair": (
        "seen.jsonl",
        2,
        lambda line: line.replace("[2, null]", "[2]"),
        "versions should be a list of pairs, version and time or null",
    ),
    "a version of a time without zone": (
        "waiting.jsonl",
        1,
        lambda line: line.replace("+00:00", ""),
        "versions should be a list of pairs, version and time or null",
    ),
    "a version that is no number": (
        "candidates.jsonl",
        2,
        lambda line: line.replace("[2, null]", '["2", null]'),
        "versions should be a list of pairs, version and time or null",
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_line_is_named_and_nothing_is_loaded(folder, make_engine, damage):
    name, number, change, message = DAMAGE[damage]
    path = folder / name
    lines = path.read_text().split("\n")
    lines[number - 1] = change(lines[number - 1])
    path.write_text("\n".join(lines))
    other = make_engine()
    Queue(other).record([], [make_candidate("2301.00001")], now=NOW)
    with pytest.raises(DumpError, match=message) as caught:
        load(other, folder, replace=True)
    assert str(caught.value).startswith(f"{path}:{number}: ")
    assert "\n" not in str(caught.value)
    assert [each.paper.arxiv_id for each in Queue(other).candidates()] == ["2301.00001"]


def test_a_file_cut_off_in_a_line_is_named_with_that_line(folder, make_engine):
    path = folder / "candidates.jsonl"
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(DumpError, match=r"candidates\.jsonl:\d+: is cut off"):
        load(make_engine(), folder)


def test_a_file_that_lost_whole_lines_is_noticed(folder, make_engine):
    path = folder / "seen.jsonl"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(DumpError, match=r"seen\.jsonl: has 2 lines, format\.json says 3"):
        load(make_engine(), folder)


def test_bytes_that_are_no_utf8_are_named_with_their_line(folder, make_engine):
    path = folder / "seen.jsonl"
    path.write_bytes(path.read_bytes().replace(b"cs/", b"c\xff/"))
    with pytest.raises(DumpError, match=r"seen\.jsonl:3: is no UTF-8"):
        load(make_engine(), folder)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_missing_file_is_named(folder, make_engine, name):
    (folder / name).unlink()
    with pytest.raises(DumpError, match=rf"{name}: is missing"):
        load(make_engine(), folder)


def test_a_newer_format_is_refused(folder, make_engine):
    path = folder / "format.json"
    path.write_text(path.read_text().replace(f'"format": {FORMAT}', f'"format": {FORMAT + 1}'))
    with pytest.raises(DumpError, match=rf"is of format {FORMAT + 1}, .* update Shortlist"):
        load(make_engine(), folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "1", "lines": {}}', "null"])
def test_a_format_file_that_is_none_is_refused(folder, make_engine, text):
    (folder / "format.json").write_text(text)
    with pytest.raises(DumpError, match=r"format\.json: is not as Shortlist writes it"):
        load(make_engine(), folder)


def test_a_folder_that_cannot_be_written_is_named(make_engine, tmp_path):
    (tmp_path / "state").write_text("a file")
    with pytest.raises(DumpError, match="state cannot be written"):
        dump(make_engine(), tmp_path / "state")


def test_a_dump_of_a_damaged_database_is_refused_before_anything_is_written(tmp_path):
    path = tmp_path / "queue.db"
    engine = open_database(f"sqlite:///{path}")
    path.write_bytes(b"rubbish" * 1000)
    with pytest.raises(DatabaseUnavailableError, match="is damaged"):
        dump(engine, tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_thousands_of_papers_are_dumped_and_loaded(make_engine, tmp_path):
    engine = make_engine()
    papers = [
        make_paper(f"22{month:02}.{number:05}") for month in range(1, 13) for number in range(1000)
    ]
    candidates = [make_candidate(f"2301.{number:05}") for number in range(500)]
    Queue(engine).record(papers, candidates, now=NOW)
    dump(engine, tmp_path / "state")
    copy = make_engine()
    load(copy, tmp_path / "state")
    assert Queue(copy).counts()[State.PENDING] == len(candidates)


@pytest.fixture
def two_engines(make_engine, tmp_path):
    dump(make_engine(), tmp_path / "empty")
    return make_engine(), make_engine()


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    # NUL and halves of characters are replaced when they are stored.
    text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    relevance=st.floats(0, 1),
    year=st.integers(1991, 9999),
)
def test_any_text_survives_a_dump(two_engines, tmp_path, text, relevance, year):
    engine, copy = two_engines
    load(engine, tmp_path / "empty", replace=True)
    paper = make_paper(title=text, abstract=text, categories=(text,), announced=date(year, 1, 1))
    candidate = make_candidate(paper=paper, relevance=relevance, topic=text, why=(text,))
    Queue(engine).record([], [candidate], now=NOW)
    dump(engine, tmp_path / "one")
    load(copy, tmp_path / "one", replace=True)
    dump(copy, tmp_path / "two")
    assert Queue(copy).candidates() == (candidate,)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
