from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io

from models.artifact import (
    SHIPPED_ARTIFACT,
    Artifact,
    check_encoder,
    load_artifact,
    read_card,
    save_artifact,
)
from models.encoder import load_encoder
from models.errors import ArtifactError, EncoderMismatchError
from models.relevance_parts import relevance_to_parts
from models.topics import topics_to_parts
from tests.models.builders import IDENTITY, WordEncoder, text_elsewhere, text_on

TEXTS = [text_on("Privacy", 700), text_elsewhere(700), ""]


def rewrite_model(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the skops schema and let the card vouch for it, as an attacker would."""
    path = folder / "model.skops"
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(members["schema.json"])
    change(schema)
    members["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    vouch_for(folder, buffer.getvalue())


def vouch_for(folder: Path, model: bytes) -> None:
    (folder / "model.skops").write_bytes(model)
    change_card(
        folder,
        lambda card: card["files"].update({"model.skops": hashlib.sha256(model).hexdigest()}),
    )


def change_card(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    card = json.loads((folder / "card.json").read_text())
    change(card)
    (folder / "card.json").write_text(json.dumps(card))


def test_a_loaded_artifact_says_what_the_saved_one_said(artifact: Artifact, saved: Path):
    loaded = load_artifact(saved)
    vectors = WordEncoder().encode(TEXTS)
    for before, after in zip(
        artifact.score(TEXTS, vectors), loaded.score(TEXTS, vectors), strict=True
    ):
        assert after.relevance == pytest.approx(before.relevance, abs=1e-5)
        assert dict(after.topics) == pytest.approx(dict(before.topics), abs=1e-5)
        assert (after.neighbours, after.words) == (before.neighbours, before.words)


def test_the_card_survives_the_way_to_disk_and_back(artifact: Artifact, saved: Path):
    card = read_card(saved)
    assert set(card.files) == {"model.skops"}
    assert replace(card, files={}) == artifact.card


def as_format_2(artifact: Artifact, folder: Path) -> None:
    """Write what a program of format 2 wrote: vectors of listed papers as float16."""
    near = artifact.neighbours
    content = {
        "relevance": relevance_to_parts(artifact.relevance),
        "topics": topics_to_parts(artifact.topics),
        "neighbours": {
            "vectors": near.vectors.astype(np.float16),
            "arxiv_ids": "\n".join(near.arxiv_ids),
            "titles": "\n".join(near.titles),
        },
    }
    vouch_for(folder, skops.io.dumps(content))
    change_card(folder, lambda card: card.update(format=2))


def test_an_artifact_of_the_format_before_says_the_same_to_a_hundredth(
    artifact: Artifact, saved: Path
):
    as_format_2(artifact, saved)
    loaded = load_artifact(saved)
    assert loaded.neighbours.codes.dtype == np.int8
    vectors = WordEncoder().encode(TEXTS)
    for now, then in zip(artifact.score(TEXTS, vectors), loaded.score(TEXTS, vectors), strict=True):
        assert (now.relevance, now.topics) == (then.relevance, then.topics)
        # Vectors that were float16 are rounded once more.
        for one, other in zip(now.neighbours, then.neighbours, strict=True):
            assert one.similarity == pytest.approx(other.similarity, abs=0.01)


def test_saving_over_an_artifact_replaces_it(artifact: Artifact, saved: Path):
    save_artifact(artifact, saved)
    assert load_artifact(saved).card.version == artifact.card.version
    assert sorted(path.name for path in saved.iterdir()) == ["card.json", "model.skops"]


def test_a_prediction_names_the_three_nearest_entries_and_the_words_that_spoke(
    artifact: Artifact,
):
    text = text_on("Privacy", 3)
    said = artifact.score([text], WordEncoder().encode([text]))[0]
    assert said.neighbours[0].title == "Paper 3 on Privacy"
    assert said.neighbours[0].arxiv_id == "2201.00003"
    assert said.neighbours[0].similarity == pytest.approx(1.0, abs=1e-3)
    similarities = [neighbour.similarity for neighbour in said.neighbours]
    assert similarities == sorted(similarities, reverse=True)
    assert len(said.neighbours) == 3
    assert 1 <= len(said.words) <= 5
    assert all(word in text for word in said.words)


def test_no_papers_are_no_predictions(artifact: Artifact):
    assert artifact.score([], np.zeros((0, 384), dtype=np.float32)) == ()


def test_vectors_of_another_length_are_refused(artifact: Artifact):
    with pytest.raises(EncoderMismatchError, match=r"48 dimensions"):
        artifact.score(["text"], np.zeros((1, 384), dtype=np.float32))


def test_an_encoder_it_was_not_trained_with_is_refused(artifact: Artifact):
    check_encoder(artifact.card, IDENTITY)
    with pytest.raises(EncoderMismatchError) as caught:
        check_encoder(artifact.card, "other@ffff")
    assert str(caught.value) == (
        "the model was trained with made-up@0123456789ab, config says other@ffff: "
        "run `shortlist train`, or set [models] encoder to the one it was trained with"
    )


def test_one_changed_byte_is_noticed_and_the_file_named(saved: Path):
    content = bytearray((saved / "model.skops").read_bytes())
    content[len(content) // 2] ^= 1
    (saved / "model.skops").write_bytes(content)
    with pytest.raises(ArtifactError, match=r"model\.skops is not the file its card describes"):
        load_artifact(saved)


def test_a_file_cut_short_is_noticed_even_if_the_card_vouches_for_it(saved: Path):
    cut = (saved / "model.skops").read_bytes()[:-200]
    (saved / "model.skops").write_bytes(cut)
    with pytest.raises(ArtifactError, match="is not the file its card describes"):
        load_artifact(saved)
    vouch_for(saved, cut)
    with pytest.raises(ArtifactError, match=r"model\.skops is damaged"):
        load_artifact(saved)


def test_a_type_that_is_not_on_the_list_is_refused_before_anything_is_built(saved: Path):
    def plant(schema: dict[str, Any]) -> None:
        schema["content"]["relevance"]["content"]["slope"] = {
            "__class__": "system",
            "__module__": "posix",
            "__loader__": "FunctionNode",
            "content": {"module_path": "posix", "function": "system"},
        }

    rewrite_model(saved, plant)
    with pytest.raises(ArtifactError) as caught:
        load_artifact(saved)
    assert "holds types that are not trusted: FunctionNode, posix.system" in str(caught.value)
    assert "do not use this file" in caught.value.hint


def test_an_estimator_that_skops_itself_would_trust_is_refused_too(saved: Path):
    def swap(schema: dict[str, Any]) -> None:
        node = schema["content"]["relevance"]["content"]["classifier"]
        node["__class__"], node["__module__"] = "RandomForestClassifier", "sklearn.ensemble._forest"

    rewrite_model(saved, swap)
    with pytest.raises(ArtifactError, match=r"not trusted: sklearn\.ensemble\._forest\.Random"):
        load_artifact(saved)


def test_a_trusted_type_under_a_loader_that_runs_code_is_refused(saved: Path):
    def disguise(schema: dict[str, Any]) -> None:
        schema["content"]["relevance"]["content"]["slope"]["__loader__"] = "MethodNode"

    rewrite_model(saved, disguise)
    with pytest.raises(ArtifactError, match="not trusted: MethodNode"):
        load_artifact(saved)


def test_a_file_that_unpacks_to_too_much_is_not_unpacked(saved: Path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("schema.json", b" " * (65 * 2**20))
    vouch_for(saved, buffer.getvalue())
    with pytest.raises(ArtifactError, match="would unpack to 68157440 bytes"):
        load_artifact(saved)


def test_a_part_that_is_missing_is_named(saved: Path):
    rewrite_model(saved, lambda schema: schema["content"]["relevance"]["content"].pop("slope"))
    with pytest.raises(ArtifactError, match=r"lacks a part \('slope'\)"):
        load_artifact(saved)


def test_a_model_that_no_longer_says_what_it_said_is_refused_with_both_versions(saved: Path):
    def forget(card: dict[str, Any]) -> None:
        card["probe"]["relevance"] = 0.123
        card["scikit_learn"] = "0.1"

    change_card(saved, forget)
    with pytest.raises(ArtifactError) as caught:
        load_artifact(saved)
    assert (
        "does not say what it said when it was saved (trained with scikit-learn 0.1, this is "
        in (str(caught.value))
    )
    assert caught.value.hint == "`shortlist train` makes a new one"


def test_another_version_of_scikit_learn_is_fine_while_the_model_says_the_same(saved: Path):
    def age(schema: dict[str, Any]) -> None:
        state = schema["content"]["relevance"]["content"]["classifier"]["content"]["content"]
        state["_sklearn_version"]["content"] = '"1.2.0"'

    rewrite_model(saved, age)
    assert load_artifact(saved).card.data.entries == 35


def test_a_folder_without_a_model_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(ArtifactError) as caught:
        load_artifact(tmp_path / "nothing")
    assert str(caught.value) == (
        f"no model in {tmp_path / 'nothing'} (card.json is missing): "
        "`shortlist train` makes a new one"
    )


def test_a_card_without_its_model_names_the_missing_file(saved: Path):
    (saved / "model.skops").unlink()
    with pytest.raises(ArtifactError, match=r"model\.skops is missing"):
        load_artifact(saved)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"card\.json is damaged"),
        ("[]", r"card\.json is no model card"),
        ('{"format": 1}', r"card\.json is damaged \(KeyError\('data'\)\)"),
        ('{"format": 99}', r"has format 99, this program reads up to 3: update Shortlist"),
    ],
)
def test_a_card_that_cannot_be_read_says_why(saved: Path, content: str, message: str):
    (saved / "card.json").write_text(content)
    with pytest.raises(ArtifactError, match=message):
        read_card(saved)


def test_a_card_that_names_other_files_is_refused(saved: Path):
    change_card(saved, lambda card: card["files"].update({"../../elsewhere": "0" * 64}))
    with pytest.raises(ArtifactError, match=r"does not name model\.skops alone"):
        load_artifact(saved)


def test_a_place_that_cannot_be_written_to_is_one_clear_line(artifact: Artifact, tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match=r"cannot save the model in .*file/model: Not a dir"):
        save_artifact(artifact, tmp_path / "file" / "model")


def test_the_card_and_the_encoders_identity_need_nothing_heavy(saved: Path):
    code = (
        "import sys; from pathlib import Path\n"
        "import models.artifact, models.encoder, models.training\n"
        "encoder = models.encoder.load_encoder(); encoder.identity; encoder.verify()\n"
        "encoder.encode([])\n"
        "models.artifact.read_card(Path(sys.argv[1]))\n"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'sklearn', 'skops', 'scipy'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, str(saved)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_shipped_model_loads_and_was_trained_with_the_default_encoder():
    shipped = load_artifact(SHIPPED_ARTIFACT)
    check_encoder(shipped.card, load_encoder().identity)
    assert sum(shipped.card.topics.values()) == shipped.card.data.entries


def test_the_shipped_model_leaves_room_for_a_longer_list_below_what_a_branch_takes():
    """The limit is 1,000,000 bytes (pipeline.state.shelf); an entry takes about 500."""
    assert sum(path.stat().st_size for path in SHIPPED_ARTIFACT.iterdir()) < 850_000
