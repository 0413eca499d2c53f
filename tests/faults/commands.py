"""``shortlist`` typed in a process of its own, that can be killed wherever something was written.

The encoder alone is replaced, by one that needs no weights; the model it goes with is
trained on the spot and loaded as any other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from models.artifact import save_artifact
from pipeline.__main__ import main
from pipeline.wiring import memory, models
from tests.faults.outside import die_after_change
from tests.forkserver import FORK_SERVER
from tests.models.builders import make_examples, train_on
from tests.pipeline.retrain.worlds import NamedWordEncoder

SAID, WRITTEN = "said.txt", "written.txt"


def make_model(folder: Path) -> None:
    """A model of two topics, for the encoder of these tests."""
    save_artifact(train_on(make_examples(Privacy=12, Fairness=12)), folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Commands that are typed one after the other; the first that fails is the last.

    Attributes:
        lines: Each the words after ``shortlist``.
        folder: With ``config.toml``; what they may write to.
        notes: Where they say what they say, outside of ``folder``.
        dies: Ends with the n-th change of the folder; with 0 it does not, but notes them all.
        functions: Where changes are looked for; everywhere if ``None``.
    """

    lines: Sequence[Sequence[str]]
    folder: Path
    notes: Path
    dies: int | None = None
    functions: frozenset[str] | None = None

    def start(self) -> BaseProcess:
        """The process, running."""
        process = FORK_SERVER.Process(target=_type, args=(self,))
        process.start()
        return process

    def end(self) -> int:
        """Run to the end; the exit status, as ``multiprocessing`` tells it."""
        process = self.start()
        process.join()
        assert process.exitcode is not None
        return process.exitcode

    def said(self) -> str:
        """All that was printed."""
        return (self.notes / SAID).read_text(encoding="utf-8")

    def written(self) -> list[str]:
        """Before which lines something had changed, and from where these were called."""
        return (self.notes / WRITTEN).read_text(encoding="utf-8").splitlines()


def _type(typed: Typed) -> None:
    replace_encoder()
    os.chdir(typed.folder)
    typed.notes.mkdir(exist_ok=True)
    # The lock on arXiv lies there: these machines are not one.
    os.environ["XDG_CACHE_HOME"] = str(typed.notes)
    sys.stdout = sys.stderr = (typed.notes / SAID).open("a", encoding="utf-8")
    if typed.dies is not None:
        note = typed.notes / WRITTEN
        die_after_change(typed.folder, typed.dies, note, typed.functions)
    for line in typed.lines:
        sys.argv = ["shortlist", *line]
        try:
            main()
        except SystemExit as ended:
            if ended.code:
                raise


def replace_encoder() -> None:
    """Let the encoder of this process be the one that the tests' model was trained with."""
    for module in (memory, models):
        module.make_encoder = lambda config: NamedWordEncoder()  # type: ignore[attr-defined,assignment]
