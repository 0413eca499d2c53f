"""The training sample and the labels: what a machine that forgets can train on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from db import queue as queues
from db.dump import dump, load
from db.errors import DumpError
from db.papers import PaperChange, PaperStore
from db.queue import Queue
from db.records import Answer, PaperVersion, Standing, State, TopicProbability, TopicRename, Verdict
from db.renames import TopicRenames
from tests.db.builders import DAY, NOW, make_candidate, make_decision, make_paper

JULY = date(2022, 7, 1)
LATER = NOW + timedelta(days=1)


def weights(queue: Queue) -> dict[str, float]:
    return {each.paper.arxiv_id: each.weight for each in queue.training_sample()}


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.startswith("sample")}


def test_every_queued_paper_and_what_was_sampled_of_the_rest_is_in_the_sample(queue):
    rest = [make_paper(f"2206.1000{number}") for number in range(3)]
    queue.record(
        rest,
        [make_candidate(), make_candidate("2206.00002", audit=True)],
        now=NOW,
        sampled={"2206.10001": 20.0, "2206.00002": 300.0},
    )
    queue.add(make_candidate("2206.00003", topics=()), reviewer="ada", now=NOW)
    assert weights(queue) == {
        "2206.00001": 1.0,
        "2206.00002": 300.0,
        "2206.00003": 1.0,
        "2206.10001": 20.0,
    }
    assert queue.training_sample()[-1].paper == rest[1]


def test_a_sampled_paper_that_is_told_anew_keeps_its_weight(queue, papers):
    queue.record([make_paper()], [], now=NOW, sampled={"2206.00001": 20.0})
    versions = (*make_paper().versions, PaperVersion(number=3, submitted=LATER))
    told = PaperChange(paper=make_paper(title="Anew", versions=versions), standing=Standing.TRIAGED)
    papers.take(["2206.00001"], lambda _known: [told], now=LATER)
    (sampled,) = queue.training_sample()
    assert (sampled.paper.title, sampled.weight) == ("Anew", 20.0)


def test_a_paper_of_the_sample_stands_whole_in_the_file_of_its_month(queue, engine, tmp_path):
    june, july = make_paper(), make_paper("2207.00001", announced=JULY)
    bare = make_paper("2206.00009")
    sampled = dict.fromkeys((june.arxiv_id, july.arxiv_id), 20.0)
    queue.record([june, july, bare], [], now=NOW, sampled=sampled)
    dump(engine, tmp_path / "state")
    assert names(tmp_path / "state") == {"sample-2022-06.jsonl", "sample-2022-07.jsonl"}
    line = json.loads((tmp_path / "state" / "sample-2022-06.jsonl").read_text())
    assert (line["abstract"], line["sampling_weight"]) == (june.abstract, 20.0)
    seen = (tmp_path / "state" / "seen.jsonl").read_text()
    assert [json.loads(each)["arxiv_id"] for each in seen.splitlines()] == ["2206.00009"]


def test_a_machine_that_forgets_has_the_same_sample_after_a_load(
    queue, engine, make_engine, tmp_path
):
    queue.record(
        [make_paper("2206.00009")],
        [make_candidate(audit=True)],
        now=NOW,
        sampled={"2206.00009": 20.0, "2206.00001": 300.0},
    )
    dump(engine, tmp_path / "state")
    copy = make_engine()
    load(copy, tmp_path / "state")
    assert Queue(copy).training_sample() == queue.training_sample()
    assert Queue(copy).seen_ids(["2206.00009"]) == {"2206.00009"}
    known = PaperStore(copy).known(["2206.00009"])["2206.00009"]
    assert known.standing is Standing.TRIAGED


def test_a_day_rewrites_only_the_newest_file_of_the_sample(queue, engine, tmp_path):
    def record(arxiv_id: str, day: date) -> dict[str, bytes]:
        paper = make_paper(arxiv_id, announced=day)
        queue.record([paper], [], now=NOW, sampled={arxiv_id: 20.0})
        dump(engine, tmp_path / "state")
        return {
            name: (tmp_path / "state" / name).read_bytes() for name in names(tmp_path / "state")
        }

    record("2206.00001", DAY)
    before = record("2207.00001", JULY)
    after = record("2207.00002", date(2022, 7, 4))
    changed = {name for name in after if before.get(name) != after[name]}
    assert changed == {"sample-2022-07.jsonl"}


def test_the_oldest_month_leaves_a_sample_that_is_too_large_and_its_papers_stay_seen(
    queue, engine, tmp_path, monkeypatch
):
    monkeypatch.setattr(queues, "MOST_SAMPLED", 4)
    june = [make_paper(f"2206.0000{n}", announced=DAY + timedelta(days=n)) for n in (1, 2)]
    july = [make_paper(f"2207.0000{n}", announced=JULY) for n in (1, 2)]
    for papers in (june, july):
        queue.record(papers, [], now=NOW, sampled={each.arxiv_id: 20.0 for each in papers})
    dump(engine, tmp_path / "state")
    assert names(tmp_path / "state") == {"sample-2022-06.jsonl", "sample-2022-07.jsonl"}
    queue.record(
        [], [make_candidate("2207.00003", paper=make_paper("2207.00003", announced=JULY))], now=NOW
    )
    assert set(weights(queue)) == {"2207.00001", "2207.00002", "2207.00003"}
    dump(engine, tmp_path / "state")
    assert names(tmp_path / "state") == {"sample-2022-07.jsonl"}
    seen = (tmp_path / "state" / "seen.jsonl").read_text()
    assert [json.loads(each)["arxiv_id"] for each in seen.splitlines()] == [
        "2206.00001",
        "2206.00002",
    ]


def test_a_candidate_whose_month_left_the_sample_is_a_candidate_still(
    queue, engine, make_engine, tmp_path, monkeypatch
):
    monkeypatch.setattr(queues, "MOST_SAMPLED", 1)
    queue.record([], [make_candidate()], now=NOW)
    queue.decide(make_decision())
    late = make_paper("2207.00001", announced=JULY)
    queue.record([late], [], now=NOW, sampled={"2207.00001": 20.0})
    dump(engine, tmp_path / "state")
    copy = make_engine()
    load(copy, tmp_path / "state")
    assert weights(Queue(copy)) == {"2207.00001": 20.0}
    assert Queue(copy).get("2206.00001").state is State.APPROVED
    assert Queue(copy).labels()["2206.00001"].answer is Answer.ADDED


def test_a_month_that_is_too_large_by_itself_gives_up_its_oldest_days(queue, monkeypatch):
    monkeypatch.setattr(queues, "MOST_SAMPLED", 2)
    papers = [make_paper(f"2206.0000{n}", announced=DAY + timedelta(days=n)) for n in range(4)]
    queue.record(papers, [], now=NOW, sampled={each.arxiv_id: 20.0 for each in papers})
    assert set(weights(queue)) == {"2206.00002", "2206.00003"}


def test_a_file_of_the_sample_that_the_dump_does_not_name_is_named(
    queue, engine, make_engine, tmp_path
):
    queue.record([make_paper()], [], now=NOW, sampled={"2206.00001": 20.0})
    dump(engine, tmp_path / "state")
    stale = tmp_path / "state" / "sample-2021-01.jsonl"
    stale.write_text("")
    with pytest.raises(DumpError, match=r"sample-2021-01\.jsonl: format\.json does not name it"):
        load(make_engine(), tmp_path / "state")
    dump(engine, tmp_path / "state")
    assert not stale.exists()
    load(make_engine(), tmp_path / "state")


def test_approvals_and_listings_are_positives_and_the_rest_as_it_was_answered(queue):
    ids = [f"2206.0000{number}" for number in range(1, 8)]
    queue.record([], [make_candidate(each, audit=each == ids[2]) for each in ids], now=NOW)
    approved, published, rejected, listed, deferred, expired, _ = ids
    for arxiv_id, verdict in (
        (approved, Verdict.APPROVE),
        (published, Verdict.APPROVE),
        (rejected, Verdict.REJECT),
        (deferred, Verdict.DEFER),
    ):
        queue.decide(make_decision(arxiv_id, verdict))
    queue.mark_published([published], commit="abc", now=LATER)
    queue.close_listed([listed], now=LATER)
    queue.expire(before=LATER, now=LATER)
    labels = queue.labels()
    assert {arxiv_id: label.answer for arxiv_id, label in labels.items()} == {
        approved: Answer.ADDED,
        published: Answer.ADDED,
        rejected: Answer.REJECTED,
        listed: Answer.ADDED,
        expired: Answer.EXPIRED,
        ids[6]: Answer.EXPIRED,
    }
    assert labels[rejected].audit
    assert not labels[approved].audit
    assert labels[published].answered_at == LATER
    assert labels[expired].answered_at == LATER


@pytest.mark.parametrize("verdict", [Verdict.APPROVE, Verdict.REJECT])
def test_an_answer_that_was_undone_is_none(queue, verdict):
    queue.record([], [make_candidate()], now=NOW)
    queue.decide(make_decision(verdict=verdict))
    queue.undo("2206.00001", reviewer="ada", now=LATER)
    assert queue.labels() == {}


def test_a_topic_that_a_person_changed_is_told_from_one_they_kept(queue):
    queue.record([], [make_candidate(), make_candidate("2206.00002")], now=NOW)
    queue.decide(make_decision(topic="Fairness"))
    queue.decide(make_decision("2206.00002"))
    labels = queue.labels()
    assert (labels["2206.00001"].topic, labels["2206.00001"].corrected) == ("Fairness", True)
    assert (labels["2206.00002"].topic, labels["2206.00002"].corrected) == ("Privacy", False)


def test_a_choice_of_topics_follows_a_rename(queue, engine):
    candidate = make_candidate(choices=("privacy", "Fairness", "Secrecy"))
    queue.record([], [candidate], now=NOW)
    TopicRenames(engine).complete(TopicRename(old="Privacy", new="Secrecy", renamed_at=NOW))
    assert queue.get("2206.00001") == replace(
        candidate,
        topic="Secrecy",
        topics=(
            TopicProbability(topic="Secrecy", probability=0.75),
            TopicProbability(topic="Fairness", probability=0.125),
        ),
        choices=("Secrecy", "Fairness"),
    )
