"""Who is an example of what."""

from __future__ import annotations

from datetime import date

from db.records import AnnounceType
from pipeline.lists.reader import parse_list
from pipeline.triage import examples
from pipeline.triage.examples import background_of, examples_of
from tests.builders import README, make_paper


def entries(tmp_path):
    return parse_list(tmp_path / "README.md", README.encode()).entries


def teach(entries, abstracts=None, *, aliases=None, half_life_days=365.0):
    return examples_of(
        entries,
        abstracts or {},
        aliases or {},
        until=date(2022, 5, 31),
        half_life_days=half_life_days,
    )


def test_an_entry_teaches_with_its_abstract_and_without_one_with_its_digest(tmp_path):
    made = teach(entries(tmp_path), {"2205.00002": "The abstract."})
    assert [(e.arxiv_id, e.topic, e.text, e.has_abstract) for e in made[:2]] == [
        ("2205.00002", "Privacy", "Private Things. The abstract.", True),
        ("2204.00001", "Privacy", "Older Private Things. Older things are kept private.", False),
    ]


def test_labels_follow_a_renamed_topic(tmp_path):
    made = teach(entries(tmp_path), aliases={"fairness": "Equity"})
    assert {e.topic for e in made} == {"Privacy", "Equity"}


def test_a_paper_listed_twice_teaches_once(tmp_path):
    assert len(teach([*entries(tmp_path), *entries(tmp_path)])) == 3


def test_an_older_entry_teaches_less_of_relevance_and_one_without_abstract_nothing(tmp_path):
    abstracts = {"2205.00002": "New.", "2204.00001": "Older."}
    new, older, bare = teach(entries(tmp_path), abstracts, half_life_days=30.0)
    assert new.weight == 0.5
    assert older.weight == 0.25
    assert bare.weight == 0.0


def test_background_is_what_was_announced_until_then_and_not_added(tmp_path):
    papers = [
        make_paper("2205.00002"),
        make_paper("2206.00001"),
        make_paper("2206.00001"),
        make_paper("2206.00002", announced=date(2022, 6, 2)),
        make_paper("2206.00003", announce_type=AnnounceType.REPLACE),
        make_paper("2206.00004", abstract=None),
        make_paper("2206.00005", title="Private Things"),
    ]
    background, total = background_of(papers, entries(tmp_path), until=date(2022, 6, 1))
    assert ([paper.arxiv_id for paper in background], total) == (["2206.00001"], 1)


def test_a_sample_of_the_background_does_not_depend_on_its_order(tmp_path, monkeypatch):
    monkeypatch.setattr(examples, "BACKGROUND", 5)
    papers = [make_paper(f"2206.0{n:04}") for n in range(50)]
    there, total = background_of(papers, [], until=date(2022, 6, 1))
    back, _ = background_of(papers[::-1], [], until=date(2022, 6, 1))
    assert (there, total, len(there)) == (back, 50, 5)
