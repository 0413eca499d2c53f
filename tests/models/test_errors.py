from __future__ import annotations

from models.errors import ArtifactError, EncoderMismatchError, ModelsError, TrainingError


def test_the_next_step_follows_the_problem():
    assert str(ModelsError("no model", hint="make one")) == "no model: make one"
    assert str(TrainingError("no data")) == "no data"


def test_a_mismatch_names_both_encoders_and_both_ways_out():
    error = EncoderMismatchError("a@1", "b@2")
    assert isinstance(error, ArtifactError)
    assert str(error) == (
        "the model was trained with a@1, config says b@2: run `shortlist train`, "
        "or set [models] encoder to the one it was trained with"
    )
