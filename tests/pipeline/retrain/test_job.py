"""A challenger takes the champion's place only if it is not worse, and can be sent back."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from models.artifact import ARTIFACT_FILES, load_artifact, save_artifact
from models.card import read_card
from pipeline.errors import SetupError
from pipeline.retrain.job import RetrainJob, retrain, roll_back
from pipeline.state.shelf import FolderShelf
from pipeline.train import Material, Workshop, make_models
from tests.pipeline.retrain.worlds import NOW, TODAY, gather_spring, make_workshop

APRIL = date(2022, 4, 15)


@pytest.fixture(scope="module")
def spring(tmp_path_factory):
    return gather_spring(tmp_path_factory.mktemp("spring"))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory) -> Workshop:
    return make_workshop(tmp_path_factory.mktemp("vectors"))


@pytest.fixture(scope="module")
def champion_files(spring, workshop, tmp_path_factory) -> dict[str, bytes]:
    """The files of a model that knew nothing after :data:`APRIL`."""
    folder = tmp_path_factory.mktemp("champion")
    save_artifact(make_models(spring.known_until(APRIL), workshop), folder)
    return {name: (folder / name).read_bytes() for name in ARTIFACT_FILES}


@pytest.fixture
def job(spring, workshop, champion_files, tmp_path) -> RetrainJob:
    shelf = FolderShelf(tmp_path / "model", ARTIFACT_FILES)
    shelf.put(champion_files, before={}, message="")
    saved = tmp_path / "saved"

    def files_of(artifact):
        save_artifact(artifact, saved)
        return {name: (saved / name).read_bytes() for name in ARTIFACT_FILES}

    return RetrainJob(
        gathered=spring,
        champion=load_artifact(tmp_path / "model"),
        champion_files=champion_files,
        shelf=shelf,
        workshop=workshop,
        files_of=files_of,
        now=NOW,
    )


def with_texts_shuffled(material: Material, workshop: Workshop):
    """Trains on papers whose texts were dealt out anew: nothing says any more who was added."""
    papers = [*material.announced, *material.listed.values()]
    texts = [(paper.title, paper.abstract) for paper in papers]
    random.Random(7).shuffle(texts)
    dealt = [
        replace(paper, title=title, abstract=abstract)
        for paper, (title, abstract) in zip(papers, texts, strict=True)
    ]
    announced, listed = dealt[: len(material.announced)], dealt[len(material.announced) :]
    return make_models(
        replace(
            material,
            announced=tuple(announced),
            listed=dict(zip(material.listed, listed, strict=True)),
        ),
        workshop,
    )


def with_topics_shuffled(material: Material, workshop: Workshop):
    topics = [entry.topic for entry in material.entries]
    random.Random(7).shuffle(topics)
    entries = zip(material.entries, topics, strict=True)
    dealt = tuple(replace(entry, topic=topic) for entry, topic in entries)
    return make_models(replace(material, entries=dealt), workshop)


def test_a_challenger_that_is_not_worse_takes_the_place_of_the_champion(job, tmp_path):
    outcome = retrain(job)
    assert outcome.promoted, outcome.verdict
    card = read_card(tmp_path / "model")
    assert card.version == outcome.challenger != outcome.champion
    assert card.data.until == TODAY
    assert read_card(tmp_path / "model" / "previous").version == outcome.champion
    assert load_artifact(tmp_path / "model").card == card


def test_the_card_holds_both_scores_and_the_verdict(job, tmp_path):
    outcome = retrain(job)
    card = read_card(tmp_path / "model")
    for measure, found in outcome.comparisons.items():
        assert card.scores[f"slice_{measure}"] == pytest.approx(found.challenger, abs=1e-4)
        assert card.scores[f"slice_{measure}_of_champion"] == pytest.approx(
            found.champion, abs=1e-4
        )
    assert set(outcome.comparisons) == {"recall_at_20", "topic_macro_f1"}
    assert card.notes[-1].startswith("Promoted: not worse beyond noise: recall at 20")


def test_the_slice_is_later_than_all_the_champion_knew_and_over(job):
    slice_ = retrain(job).compared_on
    assert slice_ is not None
    assert not slice_.seen
    assert slice_.days[0].day > APRIL
    assert slice_.days[-1].day < TODAY - timedelta(days=7)
    assert slice_.days[-1].day - slice_.days[0].day < timedelta(days=28)


def test_the_challenger_is_judged_by_a_twin_that_knew_nothing_of_the_slice(job):
    asked: list[date] = []

    def noting(material: Material, workshop: Workshop):
        asked.append(material.until)
        return make_models(material, workshop)

    slice_ = retrain(replace(job, make=noting)).compared_on
    assert slice_ is not None
    assert asked == [slice_.days[0].day - timedelta(days=1), TODAY]


@pytest.mark.parametrize("sabotage", [with_texts_shuffled, with_topics_shuffled])
def test_a_challenger_trained_on_shuffled_labels_is_not_promoted(job, tmp_path, sabotage):
    outcome = retrain(replace(job, make=sabotage))
    assert not outcome.promoted
    assert outcome.verdict.startswith("worse beyond noise")
    assert read_card(tmp_path / "model").version == outcome.champion
    assert job.shelf.previous() == {}


def test_a_champion_that_knows_the_slice_is_compared_on_the_last_weeks_and_that_is_said(
    job, spring, workshop
):
    knowing = make_models(spring.known_until(TODAY - timedelta(days=10)), workshop)
    outcome = retrain(replace(job, champion=knowing))
    slice_ = outcome.compared_on
    assert slice_ is not None
    assert slice_.seen
    assert (slice_.days[-1].day - slice_.days[0].day).days <= 27
    assert outcome.verdict.endswith("the champion has seen some of these days")


def test_with_too_little_to_tell_the_champion_stays_and_it_is_said(job, spring):
    few = {
        arxiv_id: paper
        for arxiv_id, paper in spring.papers.items()
        if paper.announced > TODAY - timedelta(days=14)
    }
    outcome = retrain(replace(job, gathered=replace(spring, papers=few)))
    assert not outcome.promoted
    assert outcome.verdict.startswith("too little to tell")
    assert outcome.comparisons == {}


def test_where_no_model_can_serve_the_first_is_promoted_without_a_contest(job):
    outcome = retrain(replace(job, champion=None, champion_files={}))
    assert outcome.promoted
    assert outcome.compared_on is None
    assert "no other model" in outcome.verdict


def test_a_promotion_can_be_rolled_back_and_forward_again(job, tmp_path, champion_files):
    promoted = retrain(job).challenger
    roll_back(job.shelf)
    assert job.shelf.current() == champion_files
    assert load_artifact(tmp_path / "model").card.version != promoted
    roll_back(job.shelf)
    assert load_artifact(tmp_path / "model").card.version == promoted


def test_without_a_model_before_there_is_nothing_to_roll_back_to(job):
    with pytest.raises(SetupError, match="no model was in service before this one"):
        roll_back(job.shelf)


def test_the_same_data_come_to_the_same_verdict(job):
    first = retrain(replace(job, make=with_texts_shuffled))
    again = retrain(replace(job, make=with_texts_shuffled))
    assert first.comparisons == again.comparisons
