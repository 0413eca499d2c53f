"""Which model serves, and retraining on a machine that has the list and the state alone."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from models.artifact import ARTIFACT_FILES, SHIPPED_ARTIFACT, load_artifact
from models.errors import ArtifactError
from pipeline.config import Config, load_config
from pipeline.retrain.job import retrain
from pipeline.setup import config_text
from pipeline.state.snapshot import load_snapshot, save_snapshot
from pipeline.wiring import (
    artifact_path,
    author,
    make_retrain_job,
    make_scorer,
    make_shelf,
    open_engine,
    open_queue,
    open_repository,
)
from tests.builders import make_list_repo, make_paper
from tests.pipeline.retrain.worlds import NOW, NamedWordEncoder, fill_queue, make_spring_list

SHIPPED = {name: (SHIPPED_ARTIFACT / name).read_bytes() for name in ARTIFACT_FILES}


def renamed(version: str) -> dict[str, bytes]:
    """The shipped model under another name."""
    card = json.loads(SHIPPED["card.json"])
    return {**SHIPPED, "card.json": json.dumps({**card, "version": version}).encode()}


def config_in(folder: Path, **tables: dict[str, object]) -> Config:
    settings = {
        "list": {"repo": "list"},
        "publish": {"author": "Mara Tester <mara@example.org>"},
        **tables,
    }
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text(config_text(settings), encoding="utf-8")
    return load_config(folder / "config.toml")


@pytest.fixture
def config(tmp_path) -> Config:
    make_list_repo(tmp_path / "list")
    return config_in(tmp_path)


def test_the_shipped_model_serves_until_another_is_promoted(config):
    assert artifact_path(config) == SHIPPED_ARTIFACT


def test_a_model_on_the_branch_serves_where_config_names_no_folder(config):
    make_shelf(config).put(renamed("next"), before=SHIPPED, message="Model next")
    assert load_artifact(artifact_path(config)).card.version == "next"
    make_shelf(config).put(renamed("later"), before=renamed("next"), message="Model later")
    folder = artifact_path(config)
    assert load_artifact(folder).card.version == "later"
    assert list(folder.parent.iterdir()) == [folder]


def test_a_folder_that_config_names_serves_whatever_the_branch_holds(config, tmp_path):
    make_shelf(config).put(renamed("branch"), before=SHIPPED, message="Model")
    named = config_in(tmp_path, models={"artifact": "model"})
    make_shelf(named).put(renamed("folder"), before=SHIPPED, message="")
    assert load_artifact(artifact_path(named)).card.version == "folder"


def test_a_machine_that_forgets_is_served_from_the_branch_of_the_origin(tmp_path):
    make_list_repo(tmp_path / "seed")
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", tmp_path / "seed", origin], check=True)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        subprocess.run(["git", "clone", "-q", origin, tmp_path / name / "list"], check=True)
    publish = {"push": True, "author": "Mara Tester <mara@example.org>"}
    one, two = (config_in(tmp_path / name, publish=publish) for name in ("one", "two"))
    make_shelf(one).put(renamed("next"), before=SHIPPED, message="Model next")
    assert load_artifact(artifact_path(two)).card.version == "next"


def test_an_origin_that_does_not_answer_leaves_the_shipped_model_and_says_so(
    config, tmp_path, caplog
):
    list_repo = tmp_path / "list"
    subprocess.run(
        ["git", "-C", list_repo, "remote", "add", "origin", tmp_path / "gone.git"], check=True
    )
    pushing = config_in(
        tmp_path, publish={"push": True, "author": "Mara Tester <mara@example.org>"}
    )
    assert artifact_path(pushing) == SHIPPED_ARTIFACT
    (line,) = caplog.messages
    assert line.endswith("the model that is shipped serves instead")
    assert "\n" not in line


DAMAGE = {
    "missing": shutil.rmtree,
    "without its card": lambda folder: (folder / "card.json").unlink(),
    "tampered with": lambda folder: (folder / "model.skops").write_bytes(b"x"),
    "cut off": lambda folder: (folder / "card.json").write_bytes(b"{"),
}


class NoEncoder:
    """The shipped model's encoder, which is asked for nothing."""

    identity = json.loads(SHIPPED["card.json"])["encoder_identity"]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_model_that_is_broken_is_replaced_by_the_shipped_one_in_one_line(
    config, tmp_path, caplog, damage
):
    named = config_in(tmp_path, models={"artifact": "model"})
    make_shelf(named).put(renamed("next"), before=SHIPPED, message="")
    DAMAGE[damage](tmp_path / "model")
    scorer = make_scorer(named)
    with caplog.at_level(logging.WARNING):
        assert scorer.load().card.version == json.loads(SHIPPED["card.json"])["version"]
    (line,) = caplog.messages
    assert str(tmp_path / "model") in line
    assert line.endswith("the model that is shipped serves instead")


def test_a_shipped_model_that_is_broken_has_nothing_to_fall_back_to(config, tmp_path):
    scorer = make_scorer(config)
    scorer.artifact = scorer.fallback = tmp_path
    with pytest.raises(ArtifactError):
        scorer.load()


def add_heading(config: Config, heading: str) -> None:
    path = config.list.paths[0]
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# Related Lists", f"## {heading}\n\n# Related Lists"))


def test_the_scorer_reads_the_headings_of_the_list_as_it_stands_when_papers_come(config, tmp_path):
    scorer = make_scorer(config_in(tmp_path, list={"repo": "list", "topic_aliases": {"A": "B"}}))
    add_heading(config, "Machine Unlearning")
    today = scorer.headings()
    assert [(each.name, len(each.entries)) for each in today.headings] == [
        ("Privacy", 3),
        ("Fairness", 1),
        ("Machine Unlearning", 0),
    ]
    assert today.aliases == {"A": "B"}
    assert today.papers(["2205.00002"]) == {}


def test_the_scorer_knows_what_the_database_knows_of_listed_papers(config):
    paper = make_paper("2205.00002", title="Private Things")
    open_queue(config).record([paper], [], now=NOW)
    known = make_scorer(config).headings().papers([paper.arxiv_id, "2204.00001"])
    assert {key: each.abstract for key, each in known.items()} == {paper.arxiv_id: paper.abstract}


@pytest.mark.slow
def test_the_shipped_model_puts_papers_under_a_heading_it_was_not_trained_on(config):
    """With the encoder in service: by name alone, on the day the heading appears."""
    unlearning, private = (
        make_paper("2206.00001", title="Machine unlearning", abstract=UNLEARNING),
        make_paper("2206.00002", title="Membership inference", abstract=MEMBERSHIP),
    )
    before = make_scorer(config).score([unlearning, private]).predictions
    assert "Machine Unlearning" not in dict(before[0].topics)
    add_heading(config, "Machine Unlearning")
    after = make_scorer(config).score([unlearning, private]).predictions
    assert [each.topics[0][0] for each in after] == ["Machine Unlearning", "Privacy"]
    assert [each.relevance for each in after] == [each.relevance for each in before]


UNLEARNING = (
    "We make a trained network forget chosen examples. Machine unlearning removes what was "
    "learned from them without training from scratch. Our method unlearns a class in seconds."
)
MEMBERSHIP = (
    "We ask whether a record was in the training set of a model. Our membership inference "
    "attack needs labels alone. Differential privacy lowers its success."
)


@pytest.fixture(scope="module")
def origin(tmp_path_factory) -> Path:
    """A bare origin with the list and the saved state of a spring."""
    folder = tmp_path_factory.mktemp("origin")
    make_spring_list(folder / "list")
    settings = config_in(folder)
    fill_queue(open_queue(settings))
    save_snapshot(
        open_engine(settings),
        open_repository(settings),
        settings.state.branch,
        identity=author(settings),
        push=False,
        now=NOW,
    )
    path = folder / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", folder / "list", path], check=True)
    return path


@pytest.fixture
def forgetful(origin, tmp_path) -> Config:
    """A clean folder: a fresh clone of the list, and the state loaded from it."""
    subprocess.run(["git", "clone", "-q", origin, tmp_path / "list"], check=True)
    settings = config_in(
        tmp_path, publish={"push": True, "author": "Mara Tester <mara@example.org>"}
    )
    loaded = load_snapshot(open_engine(settings), open_repository(settings), settings.state.branch)
    assert loaded.commit
    return settings


def made_up(config: Config):
    """The job with an encoder that needs no weights, and no model made with another."""
    job = make_retrain_job(config, now=NOW, report=lambda line: None)
    workshop = replace(job.workshop, encoder=NamedWordEncoder())
    return replace(job, workshop=workshop, champion=None, champion_files={})


def test_list_and_state_alone_are_enough_to_retrain(forgetful):
    outcome = retrain(made_up(forgetful))
    assert outcome.promoted, outcome.verdict
    assert outcome.where == "branch shortlist-models"
    card = load_artifact(artifact_path(forgetful)).card
    assert card.version == outcome.challenger
    assert card.data.background_total > 10 * card.data.background


def test_the_shipped_model_is_the_first_champion_of_a_list_whose_topics_it_knows(forgetful):
    champion = make_retrain_job(forgetful, now=NOW, report=lambda line: None).champion
    assert champion is not None
    assert champion.card.version == json.loads(SHIPPED["card.json"])["version"]


def test_the_next_machine_that_forgets_finds_the_champion_of_the_last(forgetful, origin, tmp_path):
    first = retrain(made_up(forgetful))
    shutil.rmtree(tmp_path / "list")
    subprocess.run(["git", "clone", "-q", origin, tmp_path / "list"], check=True)
    card = load_artifact(artifact_path(forgetful)).card
    assert card.version == first.challenger


def test_a_recorded_day_and_a_papers_file_are_used_where_config_names_them(forgetful, tmp_path):
    row = {
        "arxiv_id": "2106.00000",
        "title": "Old",
        "abstract": "Abstract",
        "authors": [],
        "categories": [],
        "comment": None,
        "published": None,
    }
    (tmp_path / "papers.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    settings = config_in(tmp_path, training={"papers": ["papers.jsonl"]})
    assert make_paper().arxiv_id not in made_up(forgetful).gathered.listed
    assert made_up(settings).gathered.listed["2106.00000"].abstract == "Abstract"
