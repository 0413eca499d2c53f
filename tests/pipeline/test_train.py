"""From a list's history and past days to a model, with nothing known of later."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.vectors import VectorCache
from models.artifact import load_artifact, save_artifact
from models.card import read_card
from models.errors import ModelsError
from pipeline.errors import SetupError
from pipeline.git import Repository
from pipeline.train import TrainJob, entries_at, listed_papers, train_models
from tests.builders import MAINTAINER, NOW, make_list_repo, make_paper, recorded_row, write_day
from tests.models.builders import WORDS, WordEncoder, text_elsewhere, text_on

TODAY = datetime.now(UTC).date()


class NamedWordEncoder(WordEncoder):
    name = "made-up"

    def encode(self, texts, *, progress=None):
        return super().encode(texts)


def entry(arxiv_id: str, title: str) -> str:
    return (
        f"- {title}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n  - Ann Author.\n"
        f"  - Key Word: Words.\n  - <details><summary>Digest</summary> {title}.</details>\n\n"
    )


@pytest.fixture
def job(tmp_path) -> TrainJob:
    repository = make_list_repo(tmp_path / "list", full=False)
    parts = ["# A list\n\n# Paper List\n"]
    rows = []
    for place, topic in enumerate(WORDS):
        parts.append(f"\n## {topic}\n\n")
        for number in range(11, 0, -1):
            arxiv_id = f"2205.{place}{number:04}"
            parts.append(entry(arxiv_id, f"{topic} paper {number}"))
            abstract = text_on(topic, number)
            rows.append(recorded_row(make_paper(arxiv_id, title="T", abstract=abstract)))
    (tmp_path / "list" / "README.md").write_text("".join(parts), encoding="utf-8")
    repository.commit(["README.md"], "Fill the list", MAINTAINER)
    papers = tmp_path / "papers.jsonl"
    papers.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    background = [
        make_paper(f"2206.1{n:04}", title=f"Elsewhere {n}", abstract=text_elsewhere(n))
        for n in range(150)
    ]
    write_day(tmp_path / "days", background)
    return TrainJob(
        list_repo=tmp_path / "list",
        list_names=("README.md", "FULL_LIST.md"),
        papers=(papers,),
        days=(tmp_path / "days",),
        until=TODAY,
        aliases={},
        half_life_days=365.0,
        encoder=NamedWordEncoder(),  # type: ignore[arg-type]
        cache=VectorCache(tmp_path / "vectors.db"),
        now=NOW,
        report=lambda line: None,
    )


def test_a_model_knows_the_topics_of_the_list_and_what_is_relevant(job, tmp_path):
    save_artifact(train_models(job), tmp_path / "model")
    artifact = load_artifact(tmp_path / "model")
    texts = [text_on("Privacy", 99), text_elsewhere(999)]
    on_topic, elsewhere = artifact.score(texts, WordEncoder().encode(texts))
    assert on_topic.topics[0][0] == "Privacy"
    assert on_topic.relevance > elsewhere.relevance


def test_the_card_says_what_it_was_made_of(job, tmp_path):
    save_artifact(train_models(job), tmp_path / "model")
    card = read_card(tmp_path / "model")
    assert card.data.entries == 44
    assert (card.data.background, card.data.until) == (150, TODAY)
    assert card.topics == dict.fromkeys(WORDS, 11)
    head = Repository.open(job.list_repo).head()
    assert head is not None
    assert head in card.data.source


def test_nothing_after_until_is_known(job):
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(SetupError, match=f"has no commit until {yesterday}"):
        train_models(replace(job, until=yesterday))


def test_without_past_days_there_is_nothing_to_tell_relevant_from(job, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SetupError, match="--days names a folder"):
        train_models(replace(job, days=(tmp_path / "empty",)))


def test_a_list_with_too_few_entries_is_told_what_is_missing(job, tmp_path):
    repository = make_list_repo(tmp_path / "small", full=False)
    with pytest.raises(ModelsError):
        train_models(replace(job, list_repo=repository.root))


def test_a_broken_line_of_the_papers_file_is_reported_and_the_rest_used(job, tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text("{broken\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    said: list[str] = []
    artifact = train_models(replace(job, report=said.append))
    assert any("papers.jsonl:1" in line for line in said)
    assert artifact.card.data.entries == 44


def test_the_same_text_is_not_encoded_again_for_the_next_model(job):
    train_models(job)

    class Refusing(NamedWordEncoder):
        def encode(self, texts, *, progress=None):
            raise AssertionError("encoded again")

    train_models(replace(job, encoder=Refusing()))  # type: ignore[arg-type]


def test_a_day_after_until_is_not_background(job, tmp_path):
    later = [make_paper("2207.00001", announced=date(2999, 1, 1))]
    write_day(tmp_path / "days", later, day=date(2999, 1, 1))
    assert train_models(job).card.data.background == 150


def test_what_is_remembered_of_listed_papers_counts_before_the_papers_file(job, tmp_path):
    with pytest.raises(ModelsError, match="0 of 44 entries have an abstract"):
        train_models(replace(job, papers=()))

    said: list[str] = []
    asked: list[str] = []

    def remembered(arxiv_ids):
        asked.extend(arxiv_ids)
        return {
            arxiv_id: make_paper(arxiv_id, abstract=text_on("Privacy", 5)) for arxiv_id in asked[:7]
        }

    train_models(replace(job, papers=(), remembered=remembered, report=said.append))
    assert len(asked) == 44
    assert "(7 with abstract)" in said[0]

    _, entries = entries_at(job)
    both = listed_papers(replace(job, remembered=remembered), entries)
    assert both.keys() == set(asked)
    assert [both[arxiv_id].abstract == text_on("Privacy", 5) for arxiv_id in asked[:8]] == [
        *[True] * 7,
        False,
    ]
