"""What the tests of the models share."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.artifact import Artifact, save_artifact
from tests.models.builders import make_examples, train_on


@pytest.fixture(scope="session")
def artifact() -> Artifact:
    """Trained on three topics of unlike size, one with a single entry."""
    return train_on(make_examples(Privacy=20, Fairness=14, Ownership=1))


@pytest.fixture
def saved(artifact: Artifact, tmp_path: Path) -> Path:
    """A folder with that artifact."""
    folder = tmp_path / "model"
    save_artifact(artifact, folder)
    return folder
