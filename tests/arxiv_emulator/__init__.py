"""An arXiv of its own on loopback, for tests, soaks and demonstrations.

Three interfaces over one corpus and one virtual clock, the faults F1 to F40,
and an oracle of what a client that loses nothing must hold.
``python -m tests.arxiv_emulator --help`` runs it as a program.
"""

from __future__ import annotations

from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.emulator import Emulator
from tests.arxiv_emulator.faults import FAULTS, every_fault
from tests.arxiv_emulator.made_up import SIZES, make_corpus
from tests.arxiv_emulator.oracle import Held, Oracle
from tests.arxiv_emulator.papers import Action, Author, Change, Paper, Texts, Version, View
from tests.arxiv_emulator.recorded import corpus_of_days
from tests.arxiv_emulator.rules import Rule, weather

__all__ = [
    "FAULTS",
    "SIZES",
    "Action",
    "Author",
    "Change",
    "Corpus",
    "Emulator",
    "Held",
    "Oracle",
    "Paper",
    "Rule",
    "Texts",
    "Version",
    "View",
    "corpus_of_days",
    "every_fault",
    "make_corpus",
    "weather",
]
