"""What the tests of faults share: an arXiv, and machines that read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.arxiv_emulator import Emulator
from tests.faults.machines import DAILY, End, Machines, end_of
from tests.live_folder import make_week
from tests.pipeline.git.checkouts import isolate_git


@pytest.fixture(scope="package")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """Machines on the morning of a daily run, with approved papers waiting."""
    folder = tmp_path_factory.mktemp("machines")
    with pytest.MonkeyPatch.context() as patch:
        isolate_git(folder, patch)
        with Emulator(make_week(new=6, seed=4), seed=1, records_per_page=40) as emulator:
            made = Machines(emulator=emulator, folder=folder)
            made.begin()
            yield made


@pytest.fixture(scope="package")
def undisturbed(machines: Machines) -> End:
    """What a run comes to where nothing goes wrong."""
    folder = machines.copy()
    machines.type(folder, *DAILY)
    return end_of(folder)
