"""A disk that is full, or cannot be written to: one line, nothing lost, and the next run heals."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.faults.disks import full, read_only, small_disk
from tests.faults.machines import DAILY, End, Machines, assert_healed
from tests.faults.refusals import assert_one_line

pytestmark = [pytest.mark.slow]


@pytest.mark.parametrize("kilobytes", [0, 40, 100, 150, 200, 250, 400])
def test_a_full_disk_costs_a_run_and_nothing_else(
    machines: Machines, undisturbed: End, kilobytes: int, tmp_path: Path
) -> None:
    folder = tmp_path / "disk"
    with small_disk(folder, megabytes=16):
        shutil.copytree(machines.folder / "begun", folder, dirs_exist_ok=True, symlinks=True)
        with full(folder, leave_kilobytes=kilobytes):
            typed = machines.typed(folder, *DAILY)
            if status := typed.end():  # what is left may be enough
                assert_one_line(typed, status)
        assert_healed(machines, folder, undisturbed)


@pytest.mark.parametrize("part", ["", "var", "list", "origin.git"])
def test_a_folder_that_cannot_be_written_to_costs_a_run_and_nothing_else(
    machines: Machines, undisturbed: End, part: str
) -> None:
    folder = machines.copy()
    typed = machines.typed(folder, *DAILY)
    with read_only(folder / part):
        assert_one_line(typed, typed.end())
    assert_healed(machines, folder, undisturbed)
