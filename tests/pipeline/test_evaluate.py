"""Scores of topics on a made-up list, through the job and the command."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from db.vectors import VectorCache
from models.errors import TrainingError
from pipeline.errors import SetupError
from pipeline.evaluate import EvaluateJob, evaluate_topics
from pipeline.git import Repository
from tests.builders import DAY, MAINTAINER, make_list_repo, make_paper, recorded_row
from tests.models.builders import WordEncoder, text_on

CONTRACT = {
    "n",
    "accuracy",
    "macro_f1",
    "top2_accuracy",
    "ece",
    "coverage",
    "mean_set_size",
    "per_topic",
}


class NamedWordEncoder(WordEncoder):
    name = "made-up"

    def encode(self, texts, *, progress=None):
        return super().encode(texts)


@pytest.fixture
def make_job(tmp_path):
    """A job on a list with so many entries of each topic; the first ``silent`` lack abstracts."""

    def make(*, silent: int = 0, **counts: int) -> EvaluateJob:
        repository = make_list_repo(tmp_path / "list", full=False)
        parts, rows = ["# A list\n\n# Paper List\n"], []
        for place, (topic, count) in enumerate(counts.items()):
            parts.append(f"\n## {topic}\n\n")
            for number in range(count, 0, -1):
                arxiv_id = f"2205.{place}{number:04}"
                title, words = f"Paper {number} of {place}", text_on(topic, number)
                parts.append(
                    f"- {title}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n  - Ann Author.\n"
                    f"  - Key Word: Words.\n"
                    f"  - <details><summary>Digest</summary> {words}.</details>\n\n"
                )
                if number > silent:
                    rows.append(recorded_row(make_paper(arxiv_id, title=title, abstract=words)))
        (tmp_path / "list" / "README.md").write_text("".join(parts), encoding="utf-8")
        repository.commit(["README.md"], "Fill the list", MAINTAINER)
        papers = tmp_path / "papers.jsonl"
        papers.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return EvaluateJob(
            list_repo=tmp_path / "list",
            list_names=("README.md", "FULL_LIST.md"),
            papers=(papers,),
            aliases={},
            coverage=0.9,
            repeats=1,
            today=DAY,
            encoder=NamedWordEncoder(),
            cache=VectorCache(tmp_path / "vectors.db"),
            report=lambda line: None,
        )

    return make


def test_each_block_has_the_keys_of_the_contract_and_counts_its_own_entries(make_job):
    scores = evaluate_topics(make_job(Privacy=12, Fairness=10, Evasion=8, silent=2))
    for block in (scores, scores["by_time"], scores["without_abstract"]):
        assert set(block) >= CONTRACT
    assert (scores["n"], scores["without_abstract"]["n"]) == (24, 6)
    assert {topic: row["n"] for topic, row in scores["per_topic"].items()} == {
        "Privacy": 10,
        "Fairness": 8,
        "Evasion": 6,
    }
    # Topics told apart by their words are told apart.
    assert scores["accuracy"] >= 0.95
    assert scores["macro_f1"] <= scores["top2_accuracy"] == 1.0
    low, high = scores["intervals"]["accuracy"]
    assert low <= scores["accuracy"] <= high


def test_the_bins_and_the_confusion_count_each_paper_with_abstract_once(make_job):
    scores = evaluate_topics(make_job(Privacy=12, Fairness=10, Evasion=8, silent=2))
    confusion, bins = scores["confusion"], scores["reliability"]
    assert {topic: sum(row.values()) for topic, row in confusion.items()} == {
        topic: row["n"] for topic, row in scores["per_topic"].items()
    }
    right = sum(row.get(topic, 0) for topic, row in confusion.items())
    assert right / scores["n"] == pytest.approx(scores["accuracy"], abs=1e-4)
    assert sum(part["n"] for part in bins) == scores["n"]
    gaps = sum(abs(part["said"] - part["happened"]) * part["n"] for part in bins)
    assert gaps / scores["n"] == pytest.approx(scores["ece"], abs=1e-3)


def test_by_time_asks_only_models_of_what_came_before(make_job):
    # Identifiers rise from topic to topic: the last topic comes when no model has met it.
    by_time = evaluate_topics(make_job(Privacy=20, Fairness=20, Evasion=5))["by_time"]
    assert by_time["n"] == 36  # a fifth is only learned from
    assert by_time["per_topic"]["Fairness"]["recall"] < 0.7
    assert by_time["per_topic"]["Evasion"]["recall"] == 0.0
    assert by_time["per_topic"]["Evasion"]["coverage"] == 0.0


def test_labels_without_meaning_are_not_learned(make_job):
    job = make_job(Privacy=30)
    path = job.list_repo / "README.md"
    text = path.read_text(encoding="utf-8")
    entries = text.split("- Paper ")[1:]
    halves = ["".join("- Paper " + entry for entry in entries[start::2]) for start in (0, 1)]
    path.write_text(
        f"# A list\n\n# Paper List\n\n## One\n\n{halves[0]}\n## Two\n\n{halves[1]}",
        encoding="utf-8",
    )
    Repository.open(job.list_repo).commit(["README.md"], "Split by chance", MAINTAINER)
    scores = evaluate_topics(job)
    assert scores["n"] == 30
    assert 0.2 <= scores["accuracy"] <= 0.8
    assert scores["coverage"] >= 0.8


def test_a_list_of_ten_says_what_its_scores_are_worth(make_job):
    scores = evaluate_topics(make_job(Privacy=7, Fairness=3))
    assert scores["notes"] == [
        "Topics with fewer than 5 entries, absent from some fold: Fairness.",
        (
            "10 entries have an abstract: scores are rough, and prediction sets are wide for want"
            " of evidence."
        ),
    ]
    assert scores["n"] == 10


def test_a_list_with_one_topic_says_that_nothing_is_measured(make_job):
    scores = evaluate_topics(make_job(Privacy=12))
    assert scores["notes"][0] == (
        "The list has one topic: every paper is put there, and nothing is measured."
    )
    assert (scores["accuracy"], scores["mean_set_size"]) == (1.0, 1.0)


def test_what_was_measured_on_no_paper_is_null_and_no_score(make_job):
    scores = evaluate_topics(make_job(Privacy=12, Fairness=10))
    nothing = scores["without_abstract"]
    assert (nothing["n"], nothing["accuracy"], nothing["per_topic"]) == (0, None, {})


def test_a_list_too_short_to_score_is_refused_with_what_it_takes(make_job):
    with pytest.raises(TrainingError, match="the list has 9 entries, scoring takes 10"):
        evaluate_topics(make_job(Privacy=6, Fairness=3))


def test_a_repository_without_the_lists_files_is_refused(make_job):
    job = replace(make_job(Privacy=12), list_names=("LIST.md",))
    with pytest.raises(SetupError, match=r"has no entries in LIST\.md"):
        evaluate_topics(job)


def test_another_deal_of_the_folds_is_told_by_its_spread(make_job):
    repeats = evaluate_topics(replace(make_job(Privacy=12, Fairness=10), repeats=2))["repeats"]
    assert repeats["n"] == 2
    for measure in CONTRACT - {"n", "per_topic"}:
        assert repeats[measure]["min"] <= repeats[measure]["mean"] <= repeats[measure]["max"]


def test_aliases_join_topics(make_job):
    job = replace(make_job(Privacy=8, Fairness=8, Evasion=8), aliases={"Evasion": "Privacy"})
    scores = evaluate_topics(job)
    assert {topic: row["n"] for topic, row in scores["per_topic"].items()} == {
        "Privacy": 16,
        "Fairness": 8,
    }


@pytest.mark.slow
def test_the_command_prints_one_document(make_job, shortlist, tmp_path, monkeypatch):
    job = make_job(Privacy=8, Fairness=8)
    monkeypatch.chdir(tmp_path)
    asked = ("evaluate", "--list", job.list_repo, "--papers", job.papers[0], "--repeats", "1")
    printed = shortlist(*asked, "--json")
    assert printed.status == 0, printed.err
    assert set(printed.json) >= CONTRACT
    told = shortlist(*asked)
    assert "five folds" in told.out
    assert "Privacy: 8 papers" in told.out
