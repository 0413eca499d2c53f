"""The model in service and the one before it: one suite for folder and branch."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import StateError
from pipeline.state.shelf import MOST_BYTES, BranchShelf, FolderShelf, Shelf
from tests.pipeline.git.checkouts import BOT, clone, git, make_list, make_origin

NAMES = ("model.skops", "card.json")
BRANCH = "shortlist-models"
PROJECT = Path(__file__).resolve().parents[3]


def model(name: str) -> dict[str, bytes]:
    return {"model.skops": f"weights {name}".encode(), "card.json": f"card {name}".encode()}


OLD, NEW, NEWER = model("old"), model("new"), model("newer")


def branch_shelf(repository, *, push: bool = False) -> BranchShelf:
    return BranchShelf(repository, BRANCH, identity=lambda: BOT, push=push)


@pytest.fixture(params=["folder", "branch"])
def shelf(request, tmp_path) -> Shelf:
    if request.param == "folder":
        return FolderShelf(tmp_path / "model", NAMES)
    return branch_shelf(make_list(tmp_path / "list"))


def test_where_nothing_was_promoted_nothing_is_in_service(shelf):
    assert (shelf.current(), shelf.previous()) == ({}, {})


def test_the_first_promotion_keeps_what_served_before_it(shelf):
    shelf.put(NEW, before=OLD, message="Model new")
    assert (shelf.current(), shelf.previous()) == (NEW, OLD)


def test_the_next_promotion_keeps_the_one_before_and_forgets_the_one_before_that(shelf):
    shelf.put(NEW, before=OLD, message="Model new")
    shelf.put(NEWER, before=shelf.current(), message="Model newer")
    assert (shelf.current(), shelf.previous()) == (NEWER, NEW)


def test_going_back_and_forth_ends_where_it_began(shelf):
    shelf.put(NEW, before=OLD, message="Model new")
    shelf.put(shelf.previous(), before=shelf.current(), message="Roll back")
    assert (shelf.current(), shelf.previous()) == (OLD, NEW)
    shelf.put(shelf.previous(), before=shelf.current(), message="Roll forward")
    assert (shelf.current(), shelf.previous()) == (NEW, OLD)


def test_a_folder_holds_the_model_itself_and_nothing_unfinished(tmp_path):
    FolderShelf(tmp_path / "model", NAMES).put(NEW, before=OLD, message="")
    assert {path.name for path in (tmp_path / "model").iterdir()} == {*NAMES, "previous"}


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "model").write_text("a file")
    with pytest.raises(StateError, match="cannot be saved in"):
        FolderShelf(tmp_path / "model", NAMES).put(NEW, before=OLD, message="")


DYING_PROMOTION = """
import os, signal, sys
from pathlib import Path
from pipeline.state.shelf import FolderShelf
from tests.pipeline.state.test_shelf import NAMES, NEW, OLD

folder, stage = Path(sys.argv[1]), int(sys.argv[2])
real, moved = {name: getattr(Path, name) for name in ("replace", "rename")}, 0

def dying(name):
    def call(self, target):
        global moved
        if moved == stage:
            os.kill(os.getpid(), signal.SIGKILL)
        moved += 1
        return real[name](self, target)
    setattr(Path, name, call)

dying("replace")
dying("rename")
FolderShelf(folder, NAMES).put(NEW, before=OLD, message="")
print(moved)
"""


def promote_and_die(folder: Path, stage: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", DYING_PROMOTION, folder, str(stage)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


STAGES = 10
"""Four files to write, one sign that they are whole, four to copy, one to clean up."""


def test_a_promotion_has_as_many_stages_as_are_killed(tmp_path):
    FolderShelf(tmp_path, NAMES).put(OLD, before={}, message="")
    assert promote_and_die(tmp_path, 99).stdout.strip() == str(STAGES)


@pytest.mark.parametrize("stage", range(STAGES))
def test_a_promotion_killed_at_any_stage_is_there_as_a_whole_or_not_at_all(tmp_path, stage):
    shelf = FolderShelf(tmp_path, NAMES)
    shelf.put(OLD, before={}, message="")
    assert promote_and_die(tmp_path, stage).returncode == -signal.SIGKILL
    promoted = stage > 4
    assert (shelf.current(), shelf.previous()) == ((NEW, OLD) if promoted else (OLD, {}))
    shelf.put(NEWER, before=shelf.current(), message="")
    assert shelf.current() == NEWER


def test_each_promotion_is_one_commit_on_an_orphan_branch(tmp_path):
    repository = make_list(tmp_path / "list")
    shelf = branch_shelf(repository)
    shelf.put(NEW, before=OLD, message="Model new")
    shelf.put(NEWER, before=NEW, message="Model newer")
    assert git(repository.root, "log", "--format=%s", BRANCH) == "Model newer\nModel new"
    assert git(repository.root, "status", "--porcelain") == ""


def test_a_machine_that_forgets_finds_what_another_promoted(tmp_path):
    origin = make_origin(tmp_path / "origin.git")
    branch_shelf(clone(origin, tmp_path / "one"), push=True).put(NEW, before=OLD, message="Model")
    elsewhere = branch_shelf(clone(origin, tmp_path / "two"), push=True)
    assert (elsewhere.current(), elsewhere.previous()) == (NEW, OLD)


def test_a_promotion_that_another_was_faster_than_builds_on_that_one(tmp_path):
    origin = make_origin(tmp_path / "origin.git")
    one, two = (branch_shelf(clone(origin, tmp_path / name), push=True) for name in ("one", "two"))
    assert two.current() == {}
    one.put(NEW, before=OLD, message="Model new")
    two.put(NEWER, before=OLD, message="Model newer")
    assert one.current() == NEWER
    assert git(tmp_path / "one", "log", "--format=%s", BRANCH) == "Model newer\nModel new"


def test_a_commit_that_no_branch_got_is_no_promotion(tmp_path, monkeypatch):
    repository = make_list(tmp_path / "list")
    shelf = branch_shelf(repository)
    shelf.put(OLD, before={}, message="Model old")
    monkeypatch.setattr(
        type(repository), "update_ref", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        shelf.put(NEW, before=OLD, message="Model new")
    monkeypatch.undo()
    assert shelf.current() == OLD
    shelf.put(NEW, before=OLD, message="Model new")
    assert shelf.current() == NEW


def test_a_model_that_is_too_large_for_a_branch_is_refused(tmp_path):
    shelf = branch_shelf(make_list(tmp_path / "list"))
    large = {**NEW, "model.skops": bytes(MOST_BYTES)}
    with pytest.raises(StateError, match=r"the model has 1\.00 MB, .* set \[models\] artifact"):
        shelf.put(large, before=OLD, message="Model")
    assert shelf.current() == {}
